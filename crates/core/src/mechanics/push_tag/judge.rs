//! What a tag that the remote has already means.

use super::{PushEffect, PushTag, TagPushed};
use crate::ids::RemoteName;
use crate::mechanics::{Cause, Code, Observation, TagSeen};

/// Judges the tag on the remote by the one in the checkout.
pub fn judge_remote_tag(
    seen: Option<&TagSeen>,
    local: &TagSeen,
    name: &str,
    remote: &RemoteName,
) -> Observation<PushTag> {
    let Some(seen) = seen else { return Observation::Absent(PushEffect::Push) };
    if seen.commit != local.commit {
        let message = format!("{remote} has the tag {name} already, at {}", seen.commit);
        let remedy = "release another version: a tag that people may have is not moved";
        return Observation::Conflict(Cause::new(Code::TagElsewhere, message).remedy(remedy));
    }
    if seen.object != local.object {
        let message =
            format!("{remote} has the tag {name} at this commit, and it is not the tag of this ledger");
        let remedy = "find out who pushed it; a tag that people may have is not moved";
        return Observation::Conflict(Cause::new(Code::TagNotOurs, message).remedy(remedy));
    }
    let (object, commit) = (seen.object.clone(), seen.commit.clone());
    Observation::Done(TagPushed { remote: remote.to_owned(), object, commit })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::tests::commit;

    fn seen(object: &str, at: &str) -> TagSeen {
        TagSeen { object: object.to_owned(), commit: commit(at), message: None }
    }

    #[test]
    fn a_remote_tag_is_done_only_where_it_is_the_very_same_object() {
        let local = seen("o", "c");
        let origin = "origin".parse().unwrap();
        let judge = |tag: Option<&TagSeen>| judge_remote_tag(tag, &local, "v1.2.3", &origin);
        let code = |observation| match observation {
            Observation::Conflict(cause) => Some(cause.code),
            _ => None,
        };
        assert_eq!(judge(None), Observation::Absent(PushEffect::Push));
        assert!(matches!(judge(Some(&seen("o", "c"))), Observation::Done(TagPushed { .. })));
        assert_eq!(code(judge(Some(&seen("c", "c")))), Some(Code::TagNotOurs));
        assert_eq!(code(judge(Some(&seen("o", "d")))), Some(Code::TagElsewhere));
    }
}
