//! The annotated tag, in the checkout.

use super::{Acting, Run, RunWatch};
use crate::causes;
use crate::tags::tag_seen;
use gonogo_core::door::DoorPass;
use gonogo_core::mechanics::{
    Cause, Code, Observation, Step, Tag, TagEffect, TagSeen, judge_local_tag, tag_message,
};

impl Acting for Tag {
    async fn observe(
        &self,
        run: &Run<'_>,
        _: &Step,
        _: &mut impl RunWatch,
    ) -> Result<Observation<Self>, Cause> {
        let tag = filled(run, &self.name)?;
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

    async fn apply(
        &self,
        run: &Run<'_>,
        _: &Step,
        effect: &TagEffect,
        pass: DoorPass<'_>,
    ) -> Result<Option<u64>, Cause> {
        let TagEffect::Create = effect;
        let tag = filled(run, &self.name)?;
        let target = &run.context.candidate.target;
        let message = tag_message(target, &run.summary, run.ledger.anchor().head);
        let made =
            run.world.git.create_annotated_tag(pass, &tag, &run.context.candidate.commit, &message).await;
        made.map(|()| None).map_err(|error| causes::of_git(&error))
    }
}

/// The tag's name, with its placeholders filled in.
pub(super) fn filled(run: &Run<'_>, name: &str) -> Result<String, Cause> {
    run.values.fill(name).map_err(|error| causes::of_placeholder(&error))
}

/// The tag as the checkout has it.
pub(super) async fn local(run: &Run<'_>, tag: &str) -> Result<Option<TagSeen>, Cause> {
    let facts = run.world.git.local_tag(tag).await.map_err(|error| causes::of_git(&error))?;
    Ok(facts.map(|facts| tag_seen(facts, tag)))
}
