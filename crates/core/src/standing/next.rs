//! What comes next: a command, or a thing that only a person can do and the command after it, or nothing.

use super::given::{Given, Verb};
use super::words::words;
use crate::ids::CommitId;
use crate::mechanics::Code;
use crate::text::{one_line, shell_line};

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhatNext {
    /// These commands, one after the other.
    Command(Vec<Verb>),
    /// A person does something, and then come these commands, where any do.
    Person(Duty, Vec<Verb>),
    /// Nothing: the release is where it was to go.
    Nothing,
}

/// A thing that no command does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Duty {
    /// Wait for the command that is under way.
    Wait,
    /// Do what the remedies of the preconditions say.
    CloseGaps,
    /// Mend what failed, commit and push it.
    Mend,
    /// Settle what failed without another commit, since the tag of this one is out; or release another version.
    MendWithoutCommit,
    /// Settle what kept a check from showing anything.
    Show,
    /// Judge what a check asks to be reviewed, and record it.
    Review {
        /// The gate.
        gate: u32,
        /// The check.
        check: String,
    },
    /// Make the tracker readable.
    ReachTracker,
    /// Settle what blockers are about, which no check can tell.
    SettleBlockers(Vec<String>),
    /// Close tasks of people's own in the tracker.
    CloseByHand(Vec<String>),
    /// Settle why a step stopped.
    Settle(Code),
    /// Check out the commit that is released.
    CheckOut(CommitId),
    /// Say yes to the live release.
    Approve,
    /// Decide what becomes of a release that somebody else's work is in the way of.
    Decide(Code),
    /// Decide what becomes of a tag that is on the remote, and of which the ledger knows nothing.
    FindLedger,
    /// Do what is said of the channels.
    MendChannels,
}

words! {
    /// What kind of thing comes next.
    NextKind {
        /// The command under `next`.
        Command = "command",
        /// Another command is under way: its end is waited for.
        Wait = "wait",
        /// Something failed: it is mended, committed and pushed.
        Mend = "mend",
        /// Something could not be shown or done: its cause is settled.
        Settle = "settle",
        /// Somebody judges what a check asks to be reviewed.
        Review = "review",
        /// Somebody closes tasks of their own.
        Close = "close",
        /// A maintainer says yes to the live release.
        Approve = "approve",
        /// A maintainer decides.
        Decide = "decide",
        /// The release is where it was to go.
        Nothing = "nothing",
    }
}

impl WhatNext {
    /// What kind of thing it is.
    pub const fn kind(&self) -> NextKind {
        match self {
            Self::Command(_) => NextKind::Command,
            Self::Person(duty, _) => duty.kind(),
            Self::Nothing => NextKind::Nothing,
        }
    }

    /// The commands.
    pub fn verbs(&self) -> &[Verb] {
        match self {
            Self::Command(verbs) | Self::Person(_, verbs) => verbs,
            Self::Nothing => &[],
        }
    }

    /// The whole command line; empty where no command follows.
    pub fn line(&self, given: &Given) -> String {
        given.line(self.verbs())
    }

    /// What a person does before it, in words.
    pub fn first(&self, given: &Given) -> Option<String> {
        match self {
            Self::Person(duty, _) => Some(duty.words(given)),
            Self::Command(_) | Self::Nothing => None,
        }
    }

    /// All of it in one line for people.
    pub fn words(&self, given: &Given) -> String {
        let line = self.line(given);
        match self.first(given) {
            Some(first) if line.is_empty() => first,
            Some(first) => format!("{first}, then {line}"),
            None if line.is_empty() => "nothing".to_owned(),
            None => line,
        }
    }
}

impl Duty {
    const fn kind(&self) -> NextKind {
        match self {
            Self::Wait => NextKind::Wait,
            Self::Mend => NextKind::Mend,
            Self::CloseGaps
            | Self::Show
            | Self::ReachTracker
            | Self::SettleBlockers(_)
            | Self::Settle(_)
            | Self::CheckOut(_)
            | Self::MendChannels => NextKind::Settle,
            Self::Review { .. } => NextKind::Review,
            Self::CloseByHand(_) => NextKind::Close,
            Self::Approve => NextKind::Approve,
            Self::MendWithoutCommit | Self::Decide(_) | Self::FindLedger => NextKind::Decide,
        }
    }

    fn words(&self, given: &Given) -> String {
        match self {
            Self::Wait => "wait for the command that is under way".to_owned(),
            Self::CloseGaps => "do what the remedies say".to_owned(),
            Self::Mend => "mend what failed, commit and push".to_owned(),
            Self::MendWithoutCommit => {
                "ask a maintainer: what failed is settled without another commit, or another version is released"
                    .to_owned()
            }
            Self::Show => "settle what could not be shown".to_owned(),
            Self::Review { gate, check } => {
                let look = given.line(&[Verb::ShowReview { gate: *gate, check: check.clone() }]);
                format!("look at what is to be reviewed ({look}) and record it with --accept or --reject")
            }
            Self::ReachTracker => "make the tracker readable".to_owned(),
            Self::SettleBlockers(ids) => format!("settle what {} about", are(ids)),
            Self::CloseByHand(ids) => format!("have {} closed in the tracker", list(ids)),
            Self::Settle(code) => format!("settle the cause ({code})"),
            Self::CheckOut(commit) => {
                format!("check out what is released ({})", shell_line(["git", "checkout", commit.as_str()]))
            }
            Self::Approve => "have a maintainer say yes to the live release".to_owned(),
            Self::Decide(code) => {
                format!("ask a maintainer ({code}): the cause is taken away, or another version is released")
            }
            Self::FindLedger => {
                format!(
                    "find the ledger that {} was released with, or release another version",
                    one_line(&given.target)
                )
            }
            Self::MendChannels => "do what is said of the channels".to_owned(),
        }
    }
}

fn list(ids: &[String]) -> String {
    one_line(&ids.join(", "))
}

fn are(ids: &[String]) -> String {
    if ids.is_empty() {
        return "the blockers that stand are".to_owned();
    }
    let be = if ids.len() == 1 { "blocker" } else { "blockers" };
    format!("{be} {} {}", list(ids), if ids.len() == 1 { "is" } else { "are" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::Mode;

    #[test]
    fn a_command_alone_is_its_line_and_a_persons_part_comes_before_it() {
        let given = Given::target("v0.2.0");
        let poll = WhatNext::Command(vec![Verb::Poll]);
        assert_eq!((poll.words(&given), poll.first(&given)), ("gonogo poll v0.2.0".to_owned(), None));
        let live = WhatNext::Person(Duty::Approve, vec![Verb::Run(Mode::Live)]);
        assert_eq!(live.line(&given), "gonogo run v0.2.0 --mode live");
        assert_eq!(
            live.words(&given),
            "have a maintainer say yes to the live release, then gonogo run v0.2.0 --mode live"
        );
    }

    #[test]
    fn where_nothing_follows_there_is_no_command_and_it_is_said() {
        let given = Given::target("v0.2.0");
        assert_eq!(
            (WhatNext::Nothing.line(&given), WhatNext::Nothing.words(&given)),
            (String::new(), "nothing".to_owned())
        );
        let lost = WhatNext::Person(Duty::FindLedger, Vec::new());
        assert!(lost.line(&given).is_empty() && lost.words(&given).contains("v0.2.0"));
    }

    #[test]
    fn a_review_says_how_it_is_looked_at_with_what_was_given() {
        let given = Given { plan: Some("plasmite".to_owned()), ..Given::target("v0.2.0") };
        let review = WhatNext::Person(Duty::Review { gate: 2, check: "unsafe".to_owned() }, vec![Verb::Poll]);
        let line = "gonogo review v0.2.0 --gate 2 --check unsafe --show --plan plasmite";
        assert!(review.words(&given).contains(line), "{}", review.words(&given));
    }
}
