//! The Homebrew formula: read from the remote tap, and written there in one commit.

use super::{Acting, Run, RunWatch};
use crate::causes;
use crate::failure::chain;
use gonogo_core::door::DoorPass;
use gonogo_core::mechanics::{
    Cause, Code, FormulaEffect, FormulaSeen, HomebrewFormula, Observation, Step, judge_formula,
    updated_formula,
};
use gonogo_world::git::{Tap, Written, sibling_address};

impl Acting for HomebrewFormula {
    async fn observe(
        &self,
        run: &Run<'_>,
        _: &Step,
        _: &mut impl RunWatch,
    ) -> Result<Observation<Self>, Cause> {
        let (_, seen, _folder) = read(run, self.address.as_deref()).await?;
        let wanted = wanted(run, self.template.as_deref(), &seen).await?;
        Ok(judge_formula(&seen, &wanted, &run.context.candidate.target))
    }

    async fn apply(
        &self,
        run: &Run<'_>,
        _: &Step,
        effect: &FormulaEffect,
        pass: DoorPass<'_>,
    ) -> Result<Option<u64>, Cause> {
        let FormulaEffect::Push = effect;
        // Read anew: somebody else may have pushed to the tap since it was observed.
        let (tap, seen, _folder) = read(run, self.address.as_deref()).await?;
        let wanted = wanted(run, self.template.as_deref(), &seen).await?;
        if !matches!(judge_formula(&seen, &wanted, &run.context.candidate.target), Observation::Absent(_)) {
            return Err(Cause::new(
                Code::FormulaConflict,
                "the tap's formula changed since it was looked at",
            ));
        }
        let message = format!("{} {}", name(run)?, run.context.candidate.target.version());
        let written = tap.write_file(&pass, &path(run)?, wanted.as_bytes(), &message).await;
        let commit = match written.map_err(|error| causes::of_git(&error))? {
            Written::Committed { commit } => commit,
            Written::Unchanged => return Ok(None),
        };
        let pushed = tap.push(pass, &commit).await.map_err(|error| causes::of_git(&error));
        let taken = pushed.and_then(|pushed| causes::of_push(pushed, "the tap", "the commit"));
        taken.map_err(|cause| Cause { message: run.redacted(&cause.message), ..cause })?;
        Ok(None)
    }
}

/// The tap as the remote has it. The folder lives as long as the clone is needed.
async fn read(run: &Run<'_>, address: Option<&str>) -> Result<(Tap, FormulaSeen, tempfile::TempDir), Cause> {
    let address = match address {
        Some(address) => address.to_owned(),
        None => derived_address(run).await?,
    };
    std::fs::create_dir_all(&run.world.folder)
        .map_err(|error| causes::of_file("create", &run.world.folder, &error))?;
    let folder = tempfile::Builder::new()
        .prefix("tap-")
        .tempdir_in(&run.world.folder)
        .map_err(|error| causes::of_file("make a folder in", &run.world.folder, &error))?;
    let tap = run.world.git.clone_tap(&address, folder.path()).await.map_err(|error| {
        let cause = causes::of_git(&error);
        Cause { message: format!("the tap: {}", run.redacted(&cause.message)), ..cause }
    })?;
    let bytes = tap.file(&path(run)?).await.map_err(|error| causes::of_git(&error))?;
    let text = bytes.map(String::from_utf8).transpose();
    let text = text.map_err(|error| Cause::new(Code::FormulaUnusable, chain(&error.utf8_error())))?;
    let seen = FormulaSeen { commit: tap.cloned().to_owned(), text };
    Ok((tap, seen, folder))
}

async fn derived_address(run: &Run<'_>) -> Result<String, Cause> {
    let remote = &run.world.remote;
    let address = run.world.git.remote_address(remote).await.map_err(|error| causes::of_git(&error))?;
    let (project, tap) = (&run.context.candidate.plan.project, &run.context.candidate.plan.channels.homebrew);
    let derived = match (&address, &project.repository, tap) {
        (Some(address), Some(repository), Some(tap)) => sibling_address(address, repository, &tap.tap),
        _ => None,
    };
    derived.ok_or_else(|| {
        Cause::new(Code::FormulaUnusable, format!("the tap's address cannot be told from that of {remote}"))
            .remedy("give the step an `address`")
    })
}

async fn wanted(run: &Run<'_>, template: Option<&str>, seen: &FormulaSeen) -> Result<String, Cause> {
    let Some((_, manifest)) = run.mechanics.manifest() else {
        return Err(Cause::new(Code::ArtifactMissing, "nothing was fetched yet"));
    };
    let template = match template {
        None => None,
        Some(path) => {
            let bytes = run
                .world
                .git
                .file_at(&run.context.candidate.commit, path)
                .await
                .map_err(|error| causes::of_git(&error))?;
            let missing =
                || Cause::new(Code::FormulaUnusable, format!("{path} is not in the commit, or is no text"));
            Some(bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(missing)?)
        }
    };
    updated_formula(template.as_deref(), seen, &run.context.candidate.target, manifest)
}

fn name<'a>(run: &Run<'a>) -> Result<&'a str, Cause> {
    let homebrew = run.context.candidate.plan.channels.homebrew.as_ref();
    let missing = || Cause::new(Code::FormulaUnusable, "the plan has no `channels.homebrew`");
    homebrew.map(|homebrew| homebrew.formula.as_str()).ok_or_else(missing)
}

/// Where a tap keeps a formula.
fn path(run: &Run<'_>) -> Result<String, Cause> {
    Ok(format!("Formula/{}.rb", name(run)?))
}
