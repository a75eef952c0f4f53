//! What people do in the model: what they were asked to, and what nobody asked them to.

use crate::model::{Fault, Model};
use gonogo_core::blocker::TaskState;
use gonogo_core::canonical;
use gonogo_core::ledger::{Event, ReviewDecision, ReviewRecorded};
use gonogo_core::mechanics::Code;
use gonogo_core::release::Mode;
use gonogo_core::standing::Duty;

impl Model {
    /// Does what only a person can. `false` where the release ends with that.
    pub fn do_what_is_asked(&mut self, duty: &Duty) -> bool {
        match duty {
            Duty::Wait => self.ends(Fault::Busy),
            Duty::CloseGaps => {
                // Either a remedy of the host, or the tag that is only here.
                let gap = self.strikes(Fault::Gap);
                assert!(gap || self.tag_there.is_none(), "there was no gap");
                if !gap {
                    assert!(self.tag_here.take().is_some(), "there was no gap");
                }
            }
            Duty::Mend => {
                let red = self.end(|fault| matches!(fault, Fault::Red));
                assert!(red || self.tag_there.is_none(), "there was nothing to mend");
                self.commit += 1;
            }
            Duty::MendWithoutCommit => self.ends(Fault::RedLater),
            Duty::Show => self.ends(Fault::NoTool),
            Duty::Review { gate, check } => self.review(*gate, check),
            Duty::ReachTracker => self.ends(Fault::TrackerDown),
            Duty::SettleBlockers(_) => {
                self.end(|fault| matches!(fault, Fault::Stop(..) | Fault::Undelivered(_)));
            }
            Duty::CloseByHand(ids) => {
                let tasks = self.tasks.iter_mut().filter(|task| ids.contains(&task.id));
                tasks.for_each(|task| task.state = TaskState::Done);
                self.end(|fault| fault == Fault::OwnTask);
            }
            Duty::Settle(code) | Duty::Decide(code) => self.settle(*code),
            Duty::CheckOut(commit) => {
                self.commit = commit.parse().unwrap();
            }
            Duty::Approve => self.said_yes = true,
            Duty::MendChannels => self.ends(Fault::Undelivered(Mode::Live)),
            Duty::FindLedger => return false,
        }
        true
    }

    #[track_caller]
    fn ends(&mut self, fault: Fault) {
        assert!(self.strikes(fault), "somebody is asked to end {fault:?}, which is not there");
    }

    fn settle(&mut self, code: Code) {
        self.end(|fault| matches!(fault, Fault::Stop(_, _, own) if own == code));
        match code {
            Code::Undelivered => {
                self.end(|fault| matches!(fault, Fault::Undelivered(_)));
            }
            // The maintainer's decision: nobody has it yet, and it is taken away.
            Code::TagNotOurs | Code::TagElsewhere => {
                self.end(|fault| fault == Fault::ForeignTag);
                self.tag_there = None;
                self.tag_here = None;
            }
            _ => {}
        }
    }

    fn review(&mut self, gate: u32, check: &str) {
        let poll = self.folded().state.poll.unwrap();
        let review = ReviewRecorded {
            gate,
            check: check.to_owned(),
            subject: canonical::digest(&poll.started.subject).unwrap(),
            evidence: Vec::new(),
            agent: self.agent(),
            decision: ReviewDecision::Accepted,
            note: "read".to_owned(),
            scope: poll.finished[&(gate, check.to_owned())].review.as_ref().map(|asked| asked.scope.clone()),
            key: None,
            signature: None,
        };
        self.append(Event::ReviewRecorded(Box::new(review)));
    }

    /// What nobody asked for, in the middle of a release. Whether anything happened.
    pub fn meanwhile(&mut self) -> bool {
        let live = self.mechanics(Mode::Live);
        let is_pushed = self.tag_there.is_some();
        if !is_pushed
            && live.step("tag").done.is_some()
            && self.tag_here.is_some()
            && self.strikes(Fault::TagUndone)
        {
            self.tag_here = None;
            return true;
        }
        if live.run.is_some() && self.done.contains("notes") && self.has(Fault::NotesUndone) {
            let is_over =
                live.run.as_ref().is_some_and(|run| run.ended.as_ref().is_some_and(|ended| ended.completed));
            if !is_over && self.strikes(Fault::NotesUndone) {
                self.done.remove("notes");
                return true;
            }
        }
        let is_open = self.tasks.iter().any(|task| task.state == TaskState::Open);
        if is_open && self.backlog().is_some() && self.strikes(Fault::StoreLost) {
            // Whoever has a task of their own has lost it with the store.
            self.tasks.clear();
            self.end(|fault| fault == Fault::OwnTask);
            return true;
        }
        if live.has_intents() && self.strikes(Fault::Commit) {
            self.commit += 1;
            return true;
        }
        if is_pushed && !self.has(Fault::ForeignTag) && self.strikes(Fault::LedgerLost) {
            self.lose_ledger();
            return true;
        }
        false
    }
}
