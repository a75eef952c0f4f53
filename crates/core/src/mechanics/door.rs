//! The re-check before an effect: the subject is still what was polled, and nothing has come in between.

use super::{Cause, Code};
use crate::ci::CiState;
use crate::digest::Digest;

/// What the world says right before an effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoorSeen {
    /// The commit that is checked out.
    pub head: String,
    /// Its tree.
    pub tree: String,
    /// Paths that are not as the commit has them.
    pub dirty: Vec<String>,
    /// Whether the remote branch holds the commit, or why that is not known. The text names the branch.
    pub branch_holds_commit: Result<bool, Cause>,
    /// The name of that branch.
    pub branch: String,
    /// The blockers that stand, by the tracker's IDs, or why that is not known.
    pub blockers: Result<Vec<String>, String>,
    /// What CI says of the commit, or why that is not known; `None` where the plan names no CI.
    pub ci: Option<Result<CiState, Cause>>,
    /// The head of the ledger as it is on disk.
    pub ledger_head: Digest,
}

/// Checks what was seen against the commit and tree that were polled and the ledger's head as this run wrote it.
pub fn check_door(seen: &DoorSeen, commit: &str, tree: &str, ledger_head: Digest) -> Result<(), Cause> {
    if seen.head != commit || seen.tree != tree {
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
    if seen.ledger_head != ledger_head {
        return Err(Cause::new(Code::LedgerMoved, "the ledger on disk is not as this run wrote it"));
    }
    match &seen.branch_holds_commit {
        Ok(true) => {}
        Ok(false) => {
            let message =
                format!("{} does not hold {commit}: it was not pushed, or was pushed over", seen.branch);
            return Err(Cause::new(Code::BranchLacksCommit, message).remedy("find out who moved the branch"));
        }
        Err(cause) => return Err(cause.clone()),
    }
    match &seen.blockers {
        Ok(standing) if standing.is_empty() => {}
        Ok(standing) => {
            let message = format!("blockers stand: {}", standing.join(", "));
            return Err(Cause::new(Code::BlockerOpen, message).remedy("settle and close them, and run again"));
        }
        Err(why) => return Err(Cause::new(Code::TrackerUnreadable, why.clone())),
    }
    match &seen.ci {
        None => Ok(()),
        Some(Ok(ci)) => check_ci(ci),
        Some(Err(cause)) => Err(cause.clone()),
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

    fn fine() -> DoorSeen {
        DoorSeen {
            head: "c".to_owned(),
            tree: "t".to_owned(),
            dirty: Vec::new(),
            branch_holds_commit: Ok(true),
            branch: "origin/main".to_owned(),
            blockers: Ok(Vec::new()),
            ci: None,
            ledger_head: Digest::of(b"head"),
        }
    }

    fn cause() -> Cause {
        Cause::new(Code::Unreachable, "no")
    }

    fn code(change: impl FnOnce(&mut DoorSeen)) -> Option<Code> {
        let mut seen = fine();
        change(&mut seen);
        check_door(&seen, "c", "t", Digest::of(b"head")).err().map(|cause| cause.code)
    }

    #[test]
    fn a_door_opens_where_nothing_has_changed_and_nowhere_else() {
        assert_eq!(code(|_| {}), None);
        assert_eq!(code(|seen| seen.head = "d".to_owned()), Some(Code::HeadMoved));
        assert_eq!(code(|seen| seen.tree = "u".to_owned()), Some(Code::HeadMoved));
        assert_eq!(code(|seen| seen.dirty = vec!["a".to_owned()]), Some(Code::TreeChanged));
        assert_eq!(code(|seen| seen.ledger_head = Digest::of(b"x")), Some(Code::LedgerMoved));
        assert_eq!(code(|seen| seen.branch_holds_commit = Ok(false)), Some(Code::BranchLacksCommit));
        assert_eq!(code(|seen| seen.branch_holds_commit = Err(cause())), Some(Code::Unreachable));
        assert_eq!(code(|seen| seen.blockers = Ok(vec!["B1".to_owned()])), Some(Code::BlockerOpen));
        assert_eq!(code(|seen| seen.blockers = Err("no".to_owned())), Some(Code::TrackerUnreadable));
        assert_eq!(code(|seen| seen.ci = Some(Ok(CiState::Missing))), Some(Code::CiNotGreen));
        assert_eq!(code(|seen| seen.ci = Some(Err(cause()))), Some(Code::Unreachable));
        let untrusted = CiState::Untrusted { why: "fork".to_owned() };
        assert_eq!(code(|seen| seen.ci = Some(Ok(untrusted))), Some(Code::CiUnknown));
    }
}
