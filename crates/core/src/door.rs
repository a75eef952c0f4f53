//! The way to an effect: somebody is asked, then everything is looked at, then the effect is carried out.
//!
//! Invariant: each of the three is a value that only the one before it makes, and that is used up by the one after it. So
//! nothing can be carried out after a look that is older than the answer, nor twice after one look.

use crate::ci::CiState;
use crate::clearance::Clearance;
use crate::digest::Digest;
use crate::ids::{CommitId, TreeId};
use crate::mechanics::{Cause, Code, KindEffect, TagSeen};

/// Whether an effect waits for somebody's yes.
#[derive(Debug)]
pub enum Asking<'go> {
    /// Nobody has to be asked.
    Nobody(Confirmed<'go>),
    /// Somebody has: nothing after this effect can be undone.
    Somebody(Question<'go>),
}

impl<'go> Asking<'go> {
    /// Decides. Only the first effect that cannot be undone (`is_one_way`) is asked about: with it, the decision is made.
    pub const fn about(cleared: &'go Clearance, is_one_way: bool, is_past_the_door: bool) -> Self {
        if is_one_way && !is_past_the_door {
            Self::Somebody(Question(cleared))
        } else {
            Self::Nobody(Confirmed(cleared))
        }
    }
}

/// A question that waits for its answer.
#[derive(Debug)]
pub struct Question<'go>(&'go Clearance);

impl<'go> Question<'go> {
    /// What follows from the answer: nothing, where it is not a yes.
    pub fn answered(self, answer: Consent) -> Option<Confirmed<'go>> {
        match answer {
            Consent::Given => Some(Confirmed(self.0)),
            Consent::Withheld => None,
        }
    }
}

/// What somebody says to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Go on.
    Given,
    /// Anything else.
    Withheld,
}

/// That nobody has to be asked any more.
#[derive(Debug)]
pub struct Confirmed<'go>(&'go Clearance);

impl<'go> Confirmed<'go> {
    /// The pass of an effect that nobody can see, and that needs no look therefore; else the confirmation again.
    pub fn without_a_look(self, effect: &impl KindEffect) -> Result<DoorPass<'go>, Self> {
        if effect.is_behind_a_door() { Err(self) } else { Ok(DoorPass(self.0)) }
    }
}

/// That everything was looked at after the last question, and nothing stands in the way. One look, one effect.
#[derive(Debug)]
pub struct DoorPass<'go>(&'go Clearance);

impl DoorPass<'_> {
    /// The clearance that it stands on.
    pub const fn clearance(&self) -> &Clearance {
        self.0
    }
}

/// What the world says right before an effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoorSeen {
    /// The commit that is checked out.
    pub head: CommitId,
    /// Its tree.
    pub tree: TreeId,
    /// Paths that are not as the commit has them.
    pub dirty: Vec<String>,
    /// Whether the remote branch holds the commit, or why that is not known. The text names the branch.
    pub branch_holds_commit: Result<bool, Cause>,
    /// The name of that branch.
    pub branch: String,
    /// The release's tag on the remote, or why it is not known.
    pub tag: Result<Option<TagSeen>, Cause>,
    /// The blockers that stand, by the tracker's IDs, or why that is not known.
    pub blockers: Result<Vec<String>, String>,
    /// What CI says of the commit, or why that is not known; `None` where the plan names no CI.
    pub ci: Option<Result<CiState, Cause>>,
    /// The head of the ledger as it is on disk.
    pub ledger_head: Digest,
    /// The ledger's lock is still this run's own.
    pub is_ledger_locked: bool,
}

/// What the world has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoorWanted {
    /// The commit that was polled.
    pub commit: CommitId,
    /// Its tree.
    pub tree: TreeId,
    /// The ledger's head as this run wrote it.
    pub ledger_head: Digest,
    /// The release's tag on the remote.
    pub tag: TagWanted,
}

/// What the release's tag on the remote has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagWanted {
    /// Not there: nothing of this ledger has pushed it.
    Absent,
    /// This very object, which was seen there.
    Object(String),
    /// Not there, or at the commit: it may have been pushed by what the ledger does not look into.
    AbsentOrAtCommit,
}

/// Checks what was seen against what has to be.
pub fn check_door<'go>(
    confirmed: Confirmed<'go>,
    seen: &DoorSeen,
    wanted: &DoorWanted,
) -> Result<DoorPass<'go>, Cause> {
    let commit = &wanted.commit;
    if seen.head != *commit || seen.tree != wanted.tree {
        let message = format!("{} is checked out, and {commit} was polled", seen.head);
        return Err(
            Cause::new(Code::HeadMoved, message).remedy(format!("git checkout {commit}, or poll again"))
        );
    }
    if let Some(path) = seen.dirty.first() {
        let message = format!("the checkout is not what its commit says: {path}");
        return Err(
            Cause::new(Code::TreeChanged, message).remedy("commit, stash or remove it, and run again")
        );
    }
    check_ledger(seen, wanted)?;
    match &seen.branch_holds_commit {
        Ok(true) => {}
        Ok(false) => {
            let message =
                format!("{} does not hold {commit}: it was not pushed, or was pushed over", seen.branch);
            return Err(Cause::new(Code::BranchLacksCommit, message).remedy("find out who moved the branch"));
        }
        Err(cause) => return Err(cause.clone()),
    }
    check_tag(seen.tag.as_ref().map_err(Cause::clone)?.as_ref(), wanted)?;
    match &seen.blockers {
        Ok(standing) if standing.is_empty() => {}
        Ok(standing) => {
            let message = format!("blockers stand: {}", standing.join(", "));
            return Err(Cause::new(Code::BlockerOpen, message).remedy("settle and close them, and run again"));
        }
        Err(why) => return Err(Cause::new(Code::TrackerUnreadable, why.clone())),
    }
    match &seen.ci {
        None => {}
        Some(Ok(ci)) => check_ci(ci)?,
        Some(Err(cause)) => return Err(cause.clone()),
    }
    Ok(DoorPass(confirmed.0))
}

fn check_ledger(seen: &DoorSeen, wanted: &DoorWanted) -> Result<(), Cause> {
    if !seen.is_ledger_locked {
        return Err(Cause::new(Code::LedgerMoved, "another process has taken the ledger's lock"));
    }
    if seen.ledger_head != wanted.ledger_head {
        return Err(Cause::new(Code::LedgerMoved, "the ledger on disk is not as this run wrote it"));
    }
    Ok(())
}

fn check_tag(seen: Option<&TagSeen>, wanted: &DoorWanted) -> Result<(), Cause> {
    let remedy = "find out who pushed it; a tag that people may have is not moved";
    match (seen, &wanted.tag) {
        (None, TagWanted::Absent | TagWanted::AbsentOrAtCommit) => Ok(()),
        (None, TagWanted::Object(_)) => {
            let message = "the tag that was pushed is not on the remote any more";
            Err(Cause::new(Code::Vanished, message).remedy("find out who took it away"))
        }
        (Some(tag), _) if tag.commit != wanted.commit => {
            let message = format!("the remote has the release's tag at {}", tag.commit);
            Err(Cause::new(Code::TagElsewhere, message).remedy(remedy))
        }
        (Some(tag), TagWanted::Object(object)) if tag.object == *object => Ok(()),
        (Some(_), TagWanted::AbsentOrAtCommit) => Ok(()),
        (Some(_), TagWanted::Absent | TagWanted::Object(_)) => {
            let message = "the remote has the release's tag, and it is not the tag of this ledger";
            Err(Cause::new(Code::TagNotOurs, message).remedy(remedy))
        }
    }
}

fn check_ci(ci: &CiState) -> Result<(), Cause> {
    match ci {
        CiState::Green { .. } => Ok(()),
        CiState::Red { run, conclusion } => {
            Err(Cause::new(Code::CiNotGreen, format!("CI of the commit ended as {conclusion}")).of_run(run))
        }
        CiState::Pending { run } => {
            let cause =
                Cause::new(Code::CiNotGreen, format!("CI of the commit is {}", run.status)).of_run(run);
            Err(cause.remedy("wait for it to end, and run again"))
        }
        CiState::Missing => Err(Cause::new(Code::CiNotGreen, "CI has not run for the commit")),
        CiState::Untrusted { why } => Err(Cause::new(Code::CiUnknown, why.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::tests::{commit, tree};

    fn fine() -> DoorSeen {
        DoorSeen {
            head: commit("c"),
            tree: tree("t"),
            dirty: Vec::new(),
            branch_holds_commit: Ok(true),
            branch: "origin/main".to_owned(),
            tag: Ok(None),
            blockers: Ok(Vec::new()),
            ci: None,
            ledger_head: Digest::of(b"head"),
            is_ledger_locked: true,
        }
    }

    fn cause() -> Cause {
        Cause::new(Code::Unreachable, "no")
    }

    fn go() -> Clearance {
        crate::clearance::tests::cleared()
    }

    fn code_with(wanted: TagWanted, change: impl FnOnce(&mut DoorSeen)) -> Option<Code> {
        let (mut seen, go) = (fine(), go());
        change(&mut seen);
        let Asking::Nobody(confirmed) = Asking::about(&go, false, false) else { unreachable!() };
        let wanted = DoorWanted {
            commit: commit("c"),
            tree: tree("t"),
            ledger_head: Digest::of(b"head"),
            tag: wanted,
        };
        check_door(confirmed, &seen, &wanted).err().map(|cause| cause.code)
    }

    fn code(change: impl FnOnce(&mut DoorSeen)) -> Option<Code> {
        code_with(TagWanted::Absent, change)
    }

    fn tag(object: &str, at: &str) -> Result<Option<TagSeen>, Cause> {
        Ok(Some(TagSeen { object: object.to_owned(), commit: commit(at), message: None }))
    }

    #[test]
    fn a_door_opens_where_nothing_has_changed_and_nowhere_else() {
        assert_eq!(code(|_| {}), None);
        assert_eq!(code(|seen| seen.head = commit("d")), Some(Code::HeadMoved));
        assert_eq!(code(|seen| seen.tree = tree("u")), Some(Code::HeadMoved));
        assert_eq!(code(|seen| seen.dirty = vec!["a".to_owned()]), Some(Code::TreeChanged));
        assert_eq!(code(|seen| seen.ledger_head = Digest::of(b"x")), Some(Code::LedgerMoved));
        assert_eq!(code(|seen| seen.is_ledger_locked = false), Some(Code::LedgerMoved));
        assert_eq!(code(|seen| seen.branch_holds_commit = Ok(false)), Some(Code::BranchLacksCommit));
        assert_eq!(code(|seen| seen.branch_holds_commit = Err(cause())), Some(Code::Unreachable));
        assert_eq!(code(|seen| seen.tag = Err(cause())), Some(Code::Unreachable));
        assert_eq!(code(|seen| seen.blockers = Ok(vec!["B1".to_owned()])), Some(Code::BlockerOpen));
        assert_eq!(code(|seen| seen.blockers = Err("no".to_owned())), Some(Code::TrackerUnreadable));
        assert_eq!(code(|seen| seen.ci = Some(Ok(CiState::Missing))), Some(Code::CiNotGreen));
        assert_eq!(code(|seen| seen.ci = Some(Err(cause()))), Some(Code::Unreachable));
        let untrusted = CiState::Untrusted { why: "fork".to_owned() };
        assert_eq!(code(|seen| seen.ci = Some(Ok(untrusted))), Some(Code::CiUnknown));
    }

    #[test]
    fn the_remotes_tag_is_absent_or_the_one_that_this_ledger_pushed() {
        let pushed = || TagWanted::Object("o".to_owned());
        for (wanted, seen, code) in [
            (TagWanted::Absent, tag("o", "d"), Some(Code::TagElsewhere)),
            (TagWanted::Absent, tag("o", "c"), Some(Code::TagNotOurs)),
            (pushed(), tag("o", "c"), None),
            (pushed(), tag("p", "c"), Some(Code::TagNotOurs)),
            (pushed(), tag("o", "d"), Some(Code::TagElsewhere)),
            (pushed(), Ok(None), Some(Code::Vanished)),
            (TagWanted::AbsentOrAtCommit, Ok(None), None),
            (TagWanted::AbsentOrAtCommit, tag("p", "c"), None),
            (TagWanted::AbsentOrAtCommit, tag("p", "d"), Some(Code::TagElsewhere)),
        ] {
            let told = format!("{wanted:?} {seen:?}");
            assert_eq!(code_with(wanted, |door| door.tag = seen), code, "{told}");
        }
    }

    #[test]
    fn the_first_effect_that_cannot_be_undone_is_asked_about_and_a_no_gives_nothing() {
        let go = go();
        assert!(matches!(Asking::about(&go, true, true), Asking::Nobody(_)));
        assert!(matches!(Asking::about(&go, false, false), Asking::Nobody(_)));
        for (answer, goes_on) in [(Consent::Given, true), (Consent::Withheld, false)] {
            let Asking::Somebody(question) = Asking::about(&go, true, false) else { unreachable!() };
            assert_eq!(question.answered(answer).is_some(), goes_on);
        }
    }

    #[test]
    fn only_what_nobody_can_see_goes_without_a_look() {
        use crate::mechanics::ReleaseEffect;
        let go = go();
        for (effect, goes) in [
            (ReleaseEffect::Upload("a".to_owned()), true),
            (ReleaseEffect::CreateDraft, false),
            (ReleaseEffect::Publish, false),
        ] {
            let Asking::Nobody(confirmed) = Asking::about(&go, true, true) else { unreachable!() };
            assert_eq!(confirmed.without_a_look(&effect).is_ok(), goes, "{effect}");
        }
    }
}
