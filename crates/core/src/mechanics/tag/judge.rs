//! The annotated tag: its message, and what a tag that is there already means.

use super::{Tag, TagEffect, TagMade};
use crate::digest::Digest;
use crate::ids::CommitId;
use crate::mechanics::{Cause, Code, Observation};
use crate::release::Target;
use crate::text::shell_line;

/// The line of a tag's message that anchors the release's ledger.
const ANCHOR: &str = "gonogo-ledger: ";

/// A tag as it was seen, in the checkout or on a remote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagSeen {
    /// The ID of what the name leads to: the tag object's, or the commit's for a tag without an object.
    pub object: String,
    /// The commit that it stands for, peeled.
    pub commit: CommitId,
    /// The message of the tag object; `None` for a tag without one, and where only the name was read.
    pub message: Option<String>,
}

/// The message of the tag: what is released, what the poll said, and the ledger's head.
pub fn tag_message(target: &Target, summary: &str, ledger_head: Digest) -> String {
    format!("Release {target}\n\n{}\n\n{ANCHOR}{ledger_head}\n", summary.trim())
}

/// Judges the tag in the checkout. `is_ours` says whether a digest is of a record of this release's ledger.
pub fn judge_local_tag(
    seen: Option<&TagSeen>,
    name: &str,
    commit: &CommitId,
    is_ours: impl Fn(Digest) -> bool,
) -> Observation<Tag> {
    let Some(seen) = seen else { return Observation::Absent(TagEffect::Create) };
    match check_local_tag(seen, name, commit, is_ours) {
        Ok(()) => Observation::Done(TagMade { object: seen.object.clone(), commit: seen.commit.clone() }),
        Err(cause) => Observation::Conflict(cause),
    }
}

/// Whether a tag that is in the checkout is this release's.
pub fn check_local_tag(
    seen: &TagSeen,
    name: &str,
    commit: &CommitId,
    is_ours: impl Fn(Digest) -> bool,
) -> Result<(), Cause> {
    if seen.commit != *commit {
        let message = format!("the tag {name} is here already, at {}, and not at {commit}", seen.commit);
        let remedy = format!(
            "if it was never pushed, remove it with `git tag --delete {name}`; else release another version"
        );
        return Err(Cause::new(Code::TagElsewhere, message).remedy(remedy));
    }
    let anchor = seen.message.as_deref().and_then(anchor_in);
    if !anchor.is_some_and(is_ours) {
        let message = format!("the tag {name} is here already, and does not name a record of this ledger");
        let remedy = format!("if it was never pushed, remove it with `git tag --delete {name}`");
        return Err(Cause::new(Code::TagNotOurs, message).remedy(remedy));
    }
    Ok(())
}

/// Whether a tag of this release has the signature that is asked of it. An unsigned one is never pushed: it is taken away
/// and made anew.
pub fn check_signed(name: &str, is_signed: bool, is_asked: bool) -> Result<(), Cause> {
    if is_signed || !is_asked {
        return Ok(());
    }
    let message = format!(
        "the tag {name} is here without a signature, and git's configuration or the plan asks for one"
    );
    let delete = shell_line(["git", "tag", "--delete", name]);
    Err(Cause::new(Code::SigningFailed, message).remedy(format!(
        "`{delete}`; make the key of `git config user.signingKey` usable (unlock it, or name another), and run again"
    )))
}

/// The digest that a tag's message names: of its last such line, which is the one that was written by us.
fn anchor_in(message: &str) -> Option<Digest> {
    message.lines().rev().find_map(|line| line.strip_prefix(ANCHOR))?.trim_end().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::tests::commit;

    fn target() -> Target {
        Target::parse("1.2.3", &"v{version}".parse().unwrap()).unwrap()
    }

    fn seen(object: &str, at: &str, message: Option<&str>) -> TagSeen {
        TagSeen { object: object.to_owned(), commit: commit(at), message: message.map(str::to_owned) }
    }

    fn code(observation: Observation<Tag>) -> Option<Code> {
        match observation {
            Observation::Conflict(cause) | Observation::Unknown(cause) => Some(cause.code),
            Observation::Absent(_) | Observation::Done(_) => None,
        }
    }

    #[test]
    fn a_tag_that_names_a_record_of_this_ledger_is_done() {
        let head = Digest::of(b"head");
        let message = tag_message(&target(), "9 of 9 gates passed.", head);
        assert!(message.starts_with("Release v1.2.3\n\n9 of 9 gates passed.\n"));
        let tag = seen("o", "c", Some(&message));
        let judged = judge_local_tag(Some(&tag), "v1.2.3", &commit("c"), |digest| digest == head);
        assert_eq!(judged, Observation::Done(TagMade { object: "o".into(), commit: commit("c") }));
        assert_eq!(
            code(judge_local_tag(Some(&tag), "v1.2.3", &commit("c"), |_| false)),
            Some(Code::TagNotOurs)
        );
    }

    #[test]
    fn an_unsigned_tag_stops_where_a_signature_is_asked_and_the_way_on_begins_with_its_undo() {
        assert_eq!(check_signed("v1.2.3", true, true), Ok(()));
        assert_eq!(check_signed("v1.2.3", false, false), Ok(()));
        let cause = check_signed("v1.2.3", false, true).unwrap_err();
        assert_eq!(cause.code, Code::SigningFailed);
        assert!(cause.remedy.unwrap().starts_with("`git tag --delete v1.2.3`"));
    }

    #[test]
    fn no_tag_is_absent_and_any_other_tag_is_a_conflict() {
        let judge = |tag: Option<&TagSeen>| judge_local_tag(tag, "v1.2.3", &commit("c"), |_| true);
        assert_eq!(judge(None), Observation::Absent(TagEffect::Create));
        assert_eq!(code(judge(Some(&seen("o", "d", None)))), Some(Code::TagElsewhere));
        for message in
            [None, Some("Release v1.2.3"), Some("gonogo-ledger: sha256:12"), Some("gonogo-ledger: ")]
        {
            assert_eq!(code(judge(Some(&seen("c", "c", message)))), Some(Code::TagNotOurs), "{message:?}");
        }
    }
}
