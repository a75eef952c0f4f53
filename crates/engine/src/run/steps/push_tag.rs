//! The annotated tag, on a remote.

use super::tag::{filled, local_facts, signs};
use super::{Acting, Known, Run, RunWatch};
use crate::causes;
use crate::tags::tag_seen;
use gonogo_core::door::DoorPass;
use gonogo_core::mechanics::{
    Cause, Code, Observation, PushEffect, PushTag, Step, TagSeen, check_local_tag, check_signed,
    judge_remote_tag,
};
use gonogo_core::text::shell_line;
use gonogo_world::git::Signature;

impl Acting for PushTag {
    async fn observe(
        &self,
        run: &Run<'_>,
        _: &Step,
        _: &mut impl RunWatch,
    ) -> Result<Observation<Self>, Cause> {
        let tag = filled(run, &self.name)?;
        let remote = self.remote.as_ref().unwrap_or(&run.world.remote);
        let Some(facts) = local_facts(run, &tag).await? else {
            return Ok(Observation::Conflict(Cause::new(
                Code::Vanished,
                format!("the tag {tag} is not here any more"),
            )));
        };
        let is_signed = facts.signed;
        let local = tag_seen(facts, &tag);
        // A tag that was moved here since is not pushed.
        let commit = &run.context.candidate.commit;
        if let Err(cause) = check_local_tag(&local, &tag, commit, |digest| run.is_ours(digest)) {
            return Ok(Observation::Conflict(cause));
        }
        if let Err(cause) = check_signed(&tag, is_signed, signs(run, &self.name).await?) {
            return Ok(Observation::Conflict(cause));
        }
        let found = run.world.git.remote_tag(remote, &tag).await;
        let found = found.map_err(|error| causes::of_git(&error))?;
        let seen = found.map(|tag| TagSeen { object: tag.object, commit: tag.commit, message: None });
        Ok(judge_remote_tag(seen.as_ref(), &local, &tag, remote))
    }

    /// What is pushed, and what git says of its signature: a bad one is never pushed.
    async fn before(&self, run: &Run<'_>, _: &Step, _: &PushEffect) -> Result<Known, Cause> {
        let tag = filled(run, &self.name)?;
        let Some(facts) = local_facts(run, &tag).await? else { return Ok(Known::default()) };
        if !facts.signed {
            return Ok(Known {
                detail: Some(format!("tag object {}, not signed", facts.object)),
                mark: None,
            });
        }
        let verified = run.world.git.verify_tag(&facts.object).await;
        let said = match verified.map_err(|error| causes::of_git(&error))? {
            Signature::Good(line) => format!("git verifies it: {line}"),
            Signature::Untold(line) => format!("git cannot verify it here: {line}"),
            Signature::Bad(line) => {
                let message = format!("the signature of the tag {tag} does not hold: {line}");
                let remedy = format!("`{}`, and run again", shell_line(["git", "tag", "--delete", &tag]));
                return Err(Cause::new(Code::SigningFailed, message).remedy(remedy));
            }
        };
        Ok(Known { detail: Some(format!("tag object {}, signed; {said}", facts.object)), mark: None })
    }

    async fn apply(
        &self,
        run: &Run<'_>,
        _: &Step,
        effect: &PushEffect,
        pass: DoorPass<'_>,
    ) -> Result<Option<u64>, Cause> {
        let PushEffect::Push = effect;
        let remote = self.remote.as_ref().unwrap_or(&run.world.remote);
        let pushed = run.world.git.push_tag(pass, remote, &filled(run, &self.name)?).await;
        let pushed = pushed.map_err(|error| causes::of_git(&error));
        let taken = pushed.and_then(|pushed| causes::of_push(pushed, remote, "the tag"));
        taken.map_err(|cause| Cause { message: run.redacted(&cause.message), ..cause })?;
        Ok(None)
    }
}
