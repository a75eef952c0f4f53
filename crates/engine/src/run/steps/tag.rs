//! The annotated tag, in the checkout.

use super::{Acting, Run, RunWatch};
use crate::causes;
use crate::tags::tag_seen;
use gonogo_core::door::DoorPass;
use gonogo_core::ids::TagName;
use gonogo_core::mechanics::{
    Cause, Code, Observation, Step, StepKind, Tag, TagEffect, check_signed, judge_local_tag, tag_message,
};
use gonogo_world::git::TagFacts;

impl Acting for Tag {
    async fn observe(
        &self,
        run: &Run<'_>,
        _: &Step,
        _: &mut impl RunWatch,
    ) -> Result<Observation<Self>, Cause> {
        let tag = filled(run, &self.name)?;
        let facts = local_facts(run, &tag).await?;
        let is_signed = facts.as_ref().is_some_and(|facts| facts.signed);
        let seen = facts.map(|facts| tag_seen(facts, &tag));
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
        let commit = &run.context.candidate.commit;
        let judged = judge_local_tag(seen.as_ref(), &tag, commit, |digest| run.is_ours(digest));
        Ok(match judged {
            // One that a run which was cut short left, or that was made before a signature was asked.
            Observation::Done(made) => match check_signed(&tag, is_signed, signs(run, &self.name).await?) {
                Ok(()) => Observation::Done(made),
                Err(cause) => Observation::Conflict(cause),
            },
            judged => judged,
        })
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
        let git = run.world.git.clone().with_signed_tags(self.signed);
        let made = git.create_annotated_tag(pass, &tag, &run.context.candidate.commit, &message).await;
        made.map(|()| None).map_err(|error| causes::of_git(&error))
    }
}

/// The tag's name, with its placeholders filled in.
pub(super) fn filled(run: &Run<'_>, name: &str) -> Result<TagName, Cause> {
    let tag = run.values.fill(name).map_err(|error| causes::of_placeholder(&error))?;
    tag.parse::<TagName>().map_err(|error| Cause::new(Code::PlaceholderEmpty, error.to_string()))
}

/// The tag as the checkout has it.
pub(super) async fn local_facts(run: &Run<'_>, tag: &TagName) -> Result<Option<TagFacts>, Cause> {
    run.world.git.local_tag(tag).await.map_err(|error| causes::of_git(&error))
}

/// Whether a tag that the plan names so has to be signed.
pub(super) async fn signs(run: &Run<'_>, name: &str) -> Result<bool, Cause> {
    let mut steps = run.context.candidate.plan.steps.iter();
    let is_signed =
        steps.any(|step| matches!(&step.kind, StepKind::Tag(tag) if tag.signed && tag.name == name));
    let git = run.world.git.clone().with_signed_tags(is_signed);
    git.signs_tags().await.map_err(|error| causes::of_git(&error))
}
