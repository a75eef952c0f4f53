//! What was built: fetched whole, checked against its metadata, and recorded as the release manifest.
//!
//! Invariant: the folder of artifacts holds exactly the files of the manifest, or is not there.

use super::workflow_runs::github;
use super::{Acting, Run, RunEvent, RunWatch, github_release};
use crate::causes;
use crate::delivery::{names_of_base, registries};
use gonogo_core::delivery::{ExpectedBuild, ExpectedNames, Package};
use gonogo_core::door::DoorPass;
use gonogo_core::manifest::{BuiltFile, Manifest};
use gonogo_core::mechanics::{
    BuildMetadata, Built, Cause, Code, FetchArtifacts, NoEffect, Observation, Step, WorkflowSucceeded,
    chosen, judge_built, judge_by_base, judge_metadata,
};
use gonogo_core::pattern::matches_pattern;
use gonogo_world::github::{Artifact, Gh};
use gonogo_world::tools::digest_file;
use gonogo_world::unpack::{Bounds, Unpacked};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// How much one artifact may hold.
const BOUNDS: Bounds = Bounds { entries: 10_000, bytes: 4 << 30 };
/// The file in the metadata artifact.
const METADATA: &str = "metadata.json";

impl Acting for FetchArtifacts {
    async fn observe(
        &self,
        run: &Run<'_>,
        _: &Step,
        watch: &mut impl RunWatch,
    ) -> Result<Observation<Self>, Cause> {
        let from = &self.from;
        let watched = run.mechanics.step(from);
        let Some(build) = watched.done_as::<WorkflowSucceeded>().map(|done| done.run) else {
            return Err(Cause::new(Code::ArtifactMissing, format!("step {from} has found no build")));
        };
        let folder = folder(run);
        if let Some((recorded, manifest)) = run.mechanics.manifest()
            && recorded == build
            && is_as_recorded(&folder, manifest)?
        {
            check_files(run, manifest).await?;
            return Ok(Observation::Done(Built { run: build, manifest: manifest.clone() }));
        }
        watch.run(RunEvent::Waits(&format!("fetching the artifacts of run {build}")));
        let manifest = fetch(run, build, &self.metadata, &self.artifacts).await?;
        Ok(Observation::Done(Built { run: build, manifest }))
    }

    async fn apply(
        &self,
        _: &Run<'_>,
        _: &Step,
        effect: &NoEffect,
        _: DoorPass<'_>,
    ) -> Result<Option<u64>, Cause> {
        match *effect {}
    }
}

/// Where what was fetched is.
pub(super) fn folder(run: &Run<'_>) -> PathBuf {
    run.world.folder.join("artifacts")
}

async fn fetch(run: &Run<'_>, build: u64, metadata: &str, patterns: &[String]) -> Result<Manifest, Cause> {
    let gh = github(run)?;
    let work = &run.world.folder;
    fs::create_dir_all(work).map_err(|error| causes::of_file("create", work, &error))?;
    let all =
        gh.artifacts(build, &run.context.session.cancel).await.map_err(|error| causes::of_gh(&error))?;
    let metadata = one(&all, metadata)?;
    let scratch = tempfile::Builder::new()
        .prefix("fetch-")
        .tempdir_in(work)
        .map_err(|error| causes::of_file("make a folder in", work, &error))?;
    check_metadata(run, gh, build, metadata, &scratch.path().join("metadata")).await?;

    let mut chosen: Vec<&str> = Vec::new();
    for pattern in patterns {
        let like = all
            .iter()
            .filter(|artifact| artifact.id != metadata.id && matches_pattern(pattern, &artifact.name));
        let before = chosen.len();
        chosen.extend(like.map(|artifact| artifact.name.as_str()));
        if chosen.len() == before {
            return Err(Cause::new(
                Code::ArtifactMissing,
                format!("run {build} has no artifact like `{pattern}`"),
            ));
        }
    }
    chosen.sort_unstable();
    chosen.dedup();
    let together = scratch.path().join("together");
    fs::create_dir(&together).map_err(|error| causes::of_file("create", &together, &error))?;
    let mut files = Vec::new();
    for (place, name) in chosen.into_iter().enumerate() {
        let into = scratch.path().join(place.to_string());
        for unpacked in download(run, gh, one(&all, name)?, &into).await? {
            files.push(gather(&into, &unpacked, &together)?);
        }
    }
    let manifest =
        Manifest::new(files).map_err(|error| Cause::new(Code::ArtifactMissing, error.to_string()))?;
    if manifest.is_empty() {
        return Err(Cause::new(Code::ArtifactMissing, format!("the artifacts of run {build} hold no file")));
    }
    check_files(run, &manifest).await?;
    let folder = folder(run);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| causes::of_file("remove", &folder, &error))?;
    }
    fs::rename(&together, &folder).map_err(|error| causes::of_file("write", &folder, &error))?;
    Ok(manifest)
}

/// Nothing is published before the files are those that the release consists of.
async fn check_files(run: &Run<'_>, manifest: &Manifest) -> Result<(), Cause> {
    let (plan, version) = (&run.context.candidate.plan, run.context.candidate.target.version());
    let assets = plan.release_step().map(|step| github_release::patterns(step, run)).transpose()?;
    if let Some(patterns) = &assets {
        chosen(manifest, patterns)?;
    }
    let packages = plan.packages();
    let named = packages.into_iter().map(|package| {
        let names = plan.expected_names(&package, version);
        (package, names)
    });
    let packages: Vec<(Package, ExpectedNames)> = named.collect();
    let expected = ExpectedBuild { version, packages: &packages, assets: assets.as_deref() };
    judge_built(manifest, &expected)?;
    for package in expected.unsaid(manifest) {
        check_by_base(run, manifest, package).await?;
    }
    Ok(())
}

/// Where the plan says nothing, a release has no less than its base.
async fn check_by_base(run: &Run<'_>, manifest: &Manifest, package: &Package) -> Result<(), Cause> {
    let registries = registries(run.world.git.root(), &run.world.variables)
        .map_err(|failure| Cause::new(Code::ChannelUnknown, failure.message))?;
    let context = run.context;
    match names_of_base(&registries, &context.candidate, package, &context.session.cancel).await {
        Ok(Some(base)) => judge_by_base(manifest, &base, package.channel),
        Ok(None) => Ok(()),
        Err(doubt) => {
            let channel = package.channel;
            let message =
                format!("which files the base release has on {channel} is not known: {}", doubt.said);
            let remedy =
                format!("run again; or say in `channels.{channel}.files` what the release consists of");
            Err(Cause::new(Code::ChannelUnknown, message).remedy(remedy))
        }
    }
}

/// The one artifact of a name. A run that was run again may have several: it cannot be told which one is meant.
fn one<'a>(all: &'a [Artifact], name: &str) -> Result<&'a Artifact, Cause> {
    let mut found = all.iter().filter(|artifact| artifact.name == name);
    match (found.next(), found.next()) {
        (Some(artifact), None) if artifact.expired => {
            Err(Cause::new(Code::ArtifactMissing, format!("the artifact {name} has expired")))
        }
        (Some(artifact), None) => Ok(artifact),
        (None, _) => Err(Cause::new(Code::ArtifactMissing, format!("the build has no artifact {name}"))),
        (Some(_), Some(_)) => {
            Err(Cause::new(Code::ArtifactMissing, format!("the build has more than one artifact {name}"))
                .remedy("remove the one of the attempt that failed"))
        }
    }
}

async fn check_metadata(
    run: &Run<'_>,
    gh: &Gh,
    build: u64,
    artifact: &Artifact,
    into: &Path,
) -> Result<(), Cause> {
    download(run, gh, artifact, into).await?;
    let path = into.join(METADATA);
    let text = fs::read_to_string(&path).map_err(|error| {
        Cause::new(
            Code::MetadataWrong,
            format!("{} holds no {METADATA} that can be read: {error}", artifact.name),
        )
    })?;
    let want = BuildMetadata {
        tag: run.values.tag.clone(),
        version: run.values.version.clone(),
        source_sha: run.context.candidate.commit.to_string(),
        source_run_id: build,
    };
    judge_metadata(&text, &want)
}

async fn download(run: &Run<'_>, gh: &Gh, artifact: &Artifact, into: &Path) -> Result<Vec<Unpacked>, Cause> {
    fs::create_dir(into).map_err(|error| causes::of_file("create", into, &error))?;
    let unpacked = gh.download_artifact(artifact, into, BOUNDS, &run.context.session.cancel).await;
    unpacked.map_err(|error| causes::of_gh(&error))
}

/// Moves an unpacked file among the others, under its own name without folders.
fn gather(from: &Path, unpacked: &Unpacked, to: &Path) -> Result<BuiltFile, Cause> {
    let name = unpacked.path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| {
        Cause::new(Code::ArtifactMissing, format!("{} has no name that can be kept", unpacked.path.display()))
    })?;
    let target = to.join(name);
    if target.exists() {
        return Err(Cause::new(Code::ArtifactMissing, format!("`{name}` was built twice"))
            .remedy("choose artifacts in the step whose files have names of their own"));
    }
    fs::rename(from.join(&unpacked.path), &target)
        .map_err(|error| causes::of_file("write", &target, &error))?;
    Ok(BuiltFile { name: name.to_owned(), bytes: unpacked.size, digest: unpacked.digest })
}

/// Whether the folder still holds exactly the recorded files.
fn is_as_recorded(folder: &Path, manifest: &Manifest) -> Result<bool, Cause> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(causes::of_file("read", folder, &error)),
    };
    if entries.count() != manifest.files().len() {
        return Ok(false);
    }
    for file in manifest.files() {
        match digest_file(&folder.join(&file.name)) {
            Ok(found) if found == file.digest => {}
            Ok(_) => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(causes::of_file("read", &folder.join(&file.name), &error)),
        }
    }
    Ok(true)
}
