//! The annotated tag, in the checkout and on the remote.

use super::super::{Run, causes};
use gonogo_core::mechanics::{
    Cause, Code, Observation, TagSeen, judge_local_tag, judge_remote_tag, tag_message,
};
use gonogo_world::git::TagFacts;

pub async fn observe_local(run: &Run<'_>, name: &str) -> Result<Observation, Cause> {
    let tag = filled(run, name)?;
    let seen = local(run, &tag).await?;
    if seen.is_none() {
        // A tag that the remote has is not made a second time here: it would be another object.
        let remote = run.hands.git.remote_tag(&run.hands.remote, &tag).await;
        if let Some(found) = remote.map_err(|error| causes::of_git(&error))? {
            let message =
                format!("{} has the tag {tag} at {}, and it is not here", run.hands.remote, found.commit);
            let code = if found.commit == run.context.commit { Code::TagNotOurs } else { Code::TagElsewhere };
            let remedy =
                format!("git fetch {} tag {tag}, and run again where the ledger is", run.hands.remote);
            return Ok(Observation::Conflict(Cause::new(code, message).remedy(remedy)));
        }
    }
    Ok(judge_local_tag(seen.as_ref(), &tag, &run.context.commit, |digest| run.is_ours(digest)))
}

pub async fn observe_remote(run: &Run<'_>, name: &str, remote: Option<&str>) -> Result<Observation, Cause> {
    let tag = filled(run, name)?;
    let remote = remote.unwrap_or(&run.hands.remote);
    let Some(local) = local(run, &tag).await? else {
        return Ok(Observation::Conflict(Cause::new(
            Code::Vanished,
            format!("the tag {tag} is not here any more"),
        )));
    };
    // A tag that was moved here since is not pushed.
    let judged = judge_local_tag(Some(&local), &tag, &run.context.commit, |digest| run.is_ours(digest));
    if !matches!(judged, Observation::Done(_)) {
        return Ok(judged);
    }
    let found = run.hands.git.remote_tag(remote, &tag).await;
    let found = found.map_err(|error| causes::of_git(&error))?;
    let seen = found.map(|tag| TagSeen { object: tag.object, commit: tag.commit, message: None });
    Ok(judge_remote_tag(seen.as_ref(), &local, &tag, remote))
}

pub async fn create(run: &Run<'_>, name: &str) -> Result<(), Cause> {
    let tag = filled(run, name)?;
    let target = &run.context.target;
    let message = tag_message(target, &run.summary, run.ledger.anchor().head);
    let made = run.hands.git.create_annotated_tag(run.clearance, &tag, &run.context.commit, &message).await;
    made.map_err(|error| causes::of_git(&error))
}

pub async fn push(run: &Run<'_>, name: &str, remote: Option<&str>) -> Result<(), Cause> {
    let remote = remote.unwrap_or(&run.hands.remote);
    let pushed = run.hands.git.push_tag(run.clearance, remote, &filled(run, name)?).await;
    let pushed = pushed.map_err(|error| causes::of_git(&error));
    let taken = pushed.and_then(|pushed| causes::of_push(pushed, remote, "the tag"));
    taken.map_err(|cause| Cause { message: run.redacted(&cause.message), ..cause })
}

fn filled(run: &Run<'_>, name: &str) -> Result<String, Cause> {
    run.values.fill(name).map_err(|error| causes::of_placeholder(&error))
}

async fn local(run: &Run<'_>, tag: &str) -> Result<Option<TagSeen>, Cause> {
    let facts = run.hands.git.local_tag(tag).await.map_err(|error| causes::of_git(&error))?;
    Ok(facts.map(|facts| seen(facts, tag)))
}

/// A tag of the checkout, as the rules see it.
pub fn seen(facts: TagFacts, tag: &str) -> TagSeen {
    TagSeen {
        object: facts.object,
        commit: facts.commit,
        // The message of an object that names another tag is not about this one.
        message: Some(facts.message).filter(|_| facts.annotated && facts.name == tag),
    }
}
