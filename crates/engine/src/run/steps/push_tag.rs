//! The annotated tag, on a remote.

use super::tag::{filled, local};
use super::{Acting, Run, RunWatch};
use crate::causes;
use gonogo_core::door::DoorPass;
use gonogo_core::mechanics::{
    Cause, Code, Observation, PushEffect, PushTag, Step, TagSeen, check_local_tag, judge_remote_tag,
};

impl Acting for PushTag {
    async fn observe(
        &self,
        run: &Run<'_>,
        _: &Step,
        _: &mut impl RunWatch,
    ) -> Result<Observation<Self>, Cause> {
        let tag = filled(run, &self.name)?;
        let remote = self.remote.as_deref().unwrap_or(&run.world.remote);
        let Some(local) = local(run, &tag).await? else {
            return Ok(Observation::Conflict(Cause::new(
                Code::Vanished,
                format!("the tag {tag} is not here any more"),
            )));
        };
        // A tag that was moved here since is not pushed.
        let commit = &run.context.candidate.commit;
        if let Err(cause) = check_local_tag(&local, &tag, commit, |digest| run.is_ours(digest)) {
            return Ok(Observation::Conflict(cause));
        }
        let found = run.world.git.remote_tag(remote, &tag).await;
        let found = found.map_err(|error| causes::of_git(&error))?;
        let seen = found.map(|tag| TagSeen { object: tag.object, commit: tag.commit, message: None });
        Ok(judge_remote_tag(seen.as_ref(), &local, &tag, remote))
    }

    async fn apply(
        &self,
        run: &Run<'_>,
        _: &Step,
        effect: &PushEffect,
        pass: DoorPass<'_>,
    ) -> Result<Option<u64>, Cause> {
        let PushEffect::Push = effect;
        let remote = self.remote.as_deref().unwrap_or(&run.world.remote);
        let pushed = run.world.git.push_tag(pass, remote, &filled(run, &self.name)?).await;
        let pushed = pushed.map_err(|error| causes::of_git(&error));
        let taken = pushed.and_then(|pushed| causes::of_push(pushed, remote, "the tag"));
        taken.map_err(|cause| Cause { message: run.redacted(&cause.message), ..cause })?;
        Ok(None)
    }
}
