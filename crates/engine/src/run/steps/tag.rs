//! The annotated tag, in the checkout and on the remote.

use super::super::Run;
use crate::causes;
use crate::tags::tag_seen;
use gonogo_core::mechanics::{
    Cause, Code, Observation, TagSeen, judge_local_tag, judge_remote_tag, tag_message,
};
use gonogo_world::git::Pushed;

pub async fn observe_local(run: &Run<'_>, name: &str) -> Result<Observation, Cause> {
    let tag = filled(run, name)?;
    let seen = local(run, &tag).await?;
    if seen.is_none() {
        // A tag that the remote has is not made a second time here: it would be another object.
        let remote = run.world.git.remote_tag(&run.world.remote, &tag).await;
        if let Some(found) = remote.map_err(|error| causes::of_git(&error))? {
            let message =
                format!("{} has the tag {tag} at {}, and it is not here", run.world.remote, found.commit);
            let code = if found.commit == run.context.candidate.commit {
                Code::TagNotOurs
            } else {
                Code::TagElsewhere
            };
            let remedy =
                format!("git fetch {} tag {tag}, and run again where the ledger is", run.world.remote);
            return Ok(Observation::Conflict(Cause::new(code, message).remedy(remedy)));
        }
    }
    Ok(judge_local_tag(seen.as_ref(), &tag, &run.context.candidate.commit, |digest| run.is_ours(digest)))
}

pub async fn observe_remote(run: &Run<'_>, name: &str, remote: Option<&str>) -> Result<Observation, Cause> {
    let tag = filled(run, name)?;
    let remote = remote.unwrap_or(&run.world.remote);
    let Some(local) = local(run, &tag).await? else {
        return Ok(Observation::Conflict(Cause::new(
            Code::Vanished,
            format!("the tag {tag} is not here any more"),
        )));
    };
    // A tag that was moved here since is not pushed.
    let judged =
        judge_local_tag(Some(&local), &tag, &run.context.candidate.commit, |digest| run.is_ours(digest));
    if !matches!(judged, Observation::Done(_)) {
        return Ok(judged);
    }
    let found = run.world.git.remote_tag(remote, &tag).await;
    let found = found.map_err(|error| causes::of_git(&error))?;
    let seen = found.map(|tag| TagSeen { object: tag.object, commit: tag.commit, message: None });
    Ok(judge_remote_tag(seen.as_ref(), &local, &tag, remote))
}

pub async fn create(run: &Run<'_>, name: &str) -> Result<(), Cause> {
    let tag = filled(run, name)?;
    let target = &run.context.candidate.target;
    let message = tag_message(target, &run.summary, run.ledger.anchor().head);
    let made = run
        .world
        .git
        .create_annotated_tag(run.clearance, &tag, &run.context.candidate.commit, &message)
        .await;
    made.map_err(|error| causes::of_git(&error))
}

pub async fn push(run: &Run<'_>, name: &str, remote: Option<&str>) -> Result<(), Cause> {
    let remote = remote.unwrap_or(&run.world.remote);
    match run.world.git.push_tag(run.clearance, remote, &filled(run, name)?).await {
        Ok(Pushed::Created | Pushed::Updated | Pushed::AlreadyThere) => Ok(()),
        Ok(Pushed::Rejected { why }) => Err(Cause::new(
            Code::PushRejected,
            format!("{remote} did not take the tag: {}", run.redacted(&why)),
        )),
        Err(error) => {
            let cause = causes::of_git(&error);
            Err(Cause { message: run.redacted(&cause.message), ..cause })
        }
    }
}

fn filled(run: &Run<'_>, name: &str) -> Result<String, Cause> {
    run.values.fill(name).map_err(|error| causes::of_placeholder(&error))
}

async fn local(run: &Run<'_>, tag: &str) -> Result<Option<TagSeen>, Cause> {
    let facts = run.world.git.local_tag(tag).await.map_err(|error| causes::of_git(&error))?;
    Ok(facts.map(|facts| tag_seen(facts, tag)))
}
