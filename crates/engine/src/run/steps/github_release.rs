//! The GitHub release: drafted, filled and published by us, or waited for where a workflow makes it; compared either way.

use super::fetch_artifacts;
use super::wait::{self, Waiting};
use super::workflow_runs::github;
use super::{Acting, Run, RunWatch};
use crate::causes;
use gonogo_core::delivery::{Channel, ExpectedNames};
use gonogo_core::door::DoorPass;
use gonogo_core::manifest::Manifest;
use gonogo_core::mechanics::{
    AssetSeen, Cause, Code, GithubRelease, KindEffect, Observation, ReleaseEffect, ReleaseSeen,
    ReleaseWanted, Step, Watched, chosen, judge_release,
};
use gonogo_core::versions::changelog_section;
use gonogo_world::github::{Asset, Gh, NewRelease, Release};
use gonogo_world::tools::digest_file;
use std::path::Path;

/// A list of digests is a text, and not a large one.
const LARGEST_LIST: u64 = 1 << 20;

impl Acting for GithubRelease {
    async fn observe(
        &self,
        run: &Run<'_>,
        step: &Step,
        watch: &mut impl RunWatch,
    ) -> Result<Observation<Self>, Cause> {
        let gh = github(run)?;
        let want = wanted(self, run, step)?;
        // Whoever may not push is shown no drafts: that there is none would mean nothing.
        if want.create {
            let facts = gh.facts(&run.context.session.cancel).await.map_err(|error| causes::of_gh(&error))?;
            if facts.can_push == Some(false) {
                let message =
                    format!("this login may not push to {}, and so sees no drafts", gh.repository());
                return Err(Cause::new(Code::Forbidden, message).remedy("log in as somebody who may"));
            }
        }
        let history = run.mechanics.step(&step.id);
        // A draft that was asked for may take its time to show, and so may all that GitHub has accepted.
        let may_show = |effect: &ReleaseEffect| {
            (effect.may_double() && history.has_intended(effect.clone()))
                || history.has_accepted(effect.clone())
        };
        let settling = Waiting::until(self.settle);
        let look = async |run: &Run<'_>| {
            // Asked before the look: what was read while the time ran out may be from before its end.
            let is_settled = settling.is_over();
            let releases = of_tag(run, gh, step).await?;
            let mut seen = Vec::new();
            for release in &releases {
                seen.push(see(run, gh, release, &want).await?);
            }
            Ok(match judge_release(&seen, &want) {
                Watched::Settled(Observation::Absent(effect)) if !is_settled && may_show(&effect) => {
                    Watched::Waiting(format!("`{effect}` was asked for, and does not show yet"))
                }
                judged => judged,
            })
        };
        let late = |text: String| {
            Cause::new(Code::ReleaseMissing, format!("the GitHub release is not complete in time: {text}"))
                .remedy("look at the workflow that makes it, and run again")
        };
        wait::settled(run, step.timeout, watch, look, late).await
    }

    async fn apply(
        &self,
        run: &Run<'_>,
        step: &Step,
        effect: &ReleaseEffect,
        pass: DoorPass<'_>,
    ) -> Result<Option<u64>, Cause> {
        let gh = github(run)?;
        let cancel = &run.context.session.cancel;
        match effect {
            ReleaseEffect::CreateDraft => {
                let made = gh.create_draft(pass, &new_release(run).await?, cancel).await;
                made.map(|made| Some(made.id)).map_err(|error| causes::of_gh(&error))
            }
            ReleaseEffect::Upload(name) => {
                let file = fetch_artifacts::folder(run).join(name);
                check(&file, name, &wanted(self, run, step)?.assets)?;
                let release = the_release(run, gh, step).await?;
                let uploaded = gh.upload_asset(pass, &release, name, &file, cancel).await;
                uploaded.map(|_| None).map_err(|error| causes::of_gh(&error))
            }
            ReleaseEffect::Remove(name) => {
                let release = the_release(run, gh, step).await?;
                let is_broken = |asset: &&Asset| asset.name == *name && asset.state != "uploaded";
                let Some(broken) = release.assets.iter().find(is_broken) else { return Ok(None) };
                let removed = gh.delete_asset(pass, broken.id, cancel).await;
                removed.map(|()| None).map_err(|error| causes::of_gh(&error))
            }
            ReleaseEffect::Publish => {
                let release = the_release(run, gh, step).await?;
                let is_newest = is_newest(run).await?;
                let published = gh.publish_release(pass, release.id, is_newest, cancel).await;
                published.map(|_| None).map_err(|error| causes::of_gh(&error))
            }
        }
    }
}

/// What the release has to be.
fn wanted(own: &GithubRelease, run: &Run<'_>, step: &Step) -> Result<ReleaseWanted, Cause> {
    let Some((_, manifest)) = run.mechanics.manifest() else {
        return Err(Cause::new(Code::ArtifactMissing, "nothing was fetched yet"));
    };
    Ok(ReleaseWanted {
        create: own.create,
        is_ours: run.mechanics.step(&step.id).has_intended(ReleaseEffect::CreateDraft),
        assets: chosen(manifest, &patterns(own, run)?)?,
        checksums: own.checksums.clone(),
        names: asset_names(run),
    })
}

/// The files that the plan says the release consists of.
fn asset_names(run: &Run<'_>) -> ExpectedNames {
    let candidate = &run.context.candidate;
    let mut packages = candidate.plan.packages().into_iter();
    let own = packages.find(|package| package.channel == Channel::GithubRelease);
    own.map(|package| candidate.plan.expected_names(&package, candidate.target.version())).unwrap_or_default()
}

/// Which of the built files are its assets.
pub(super) fn patterns(own: &GithubRelease, run: &Run<'_>) -> Result<Vec<String>, Cause> {
    let patterns = own.artifacts.iter().map(|pattern| run.values.fill(pattern));
    patterns.collect::<Result<Vec<_>, _>>().map_err(|error| causes::of_placeholder(&error))
}

/// The one release of the tag.
async fn the_release(run: &Run<'_>, gh: &Gh, step: &Step) -> Result<Release, Cause> {
    let mut releases = of_tag(run, gh, step).await?;
    match (releases.pop(), releases.is_empty()) {
        (Some(release), true) => Ok(release),
        _ => Err(Cause::new(Code::ReleaseTwice, "the tag's releases changed since they were looked at")),
    }
}

/// The tag's releases. Lists may lag behind: the draft whose ID GitHub named when it was made is asked for by itself.
async fn of_tag(run: &Run<'_>, gh: &Gh, step: &Step) -> Result<Vec<Release>, Cause> {
    let (tag, cancel) = (run.context.candidate.target.tag(), &run.context.session.cancel);
    let mut releases = gh.releases_of_tag(tag, cancel).await.map_err(|error| causes::of_gh(&error))?;
    let made = run.mechanics.step(&step.id).made;
    if let Some(id) = made.filter(|id| releases.iter().all(|release| release.id != *id)) {
        let release = gh.release(id, cancel).await.map_err(|error| causes::of_gh(&error))?;
        releases.extend(release.filter(|release| *tag == release.tag_name));
    }
    Ok(releases)
}

async fn see(run: &Run<'_>, gh: &Gh, release: &Release, want: &ReleaseWanted) -> Result<ReleaseSeen, Cause> {
    let mut assets = Vec::new();
    let mut checksums = None;
    for asset in &release.assets {
        let uploaded = asset.state == "uploaded";
        let mut digest = asset.digest;
        // Older servers state no digest: then the bytes are looked at themselves.
        if uploaded && digest.is_none() && want.assets.get(&asset.name).is_some() {
            let scratch = scratch(run)?;
            digest = Some(download(run, gh, asset, &scratch.path().join("asset")).await?);
        }
        if uploaded && want.checksums.as_deref() == Some(&asset.name) && asset.size <= LARGEST_LIST {
            let scratch = scratch(run)?;
            let path = scratch.path().join("list");
            download(run, gh, asset, &path).await?;
            checksums = std::fs::read_to_string(&path).ok();
        }
        assets.push(AssetSeen { name: asset.name.clone(), bytes: asset.size, uploaded, digest });
    }
    Ok(ReleaseSeen { id: release.id, draft: release.draft, url: release.html_url.clone(), assets, checksums })
}

fn scratch(run: &Run<'_>) -> Result<tempfile::TempDir, Cause> {
    let work = &run.world.folder;
    std::fs::create_dir_all(work).map_err(|error| causes::of_file("create", work, &error))?;
    let made = tempfile::Builder::new().prefix("asset-").tempdir_in(work);
    made.map_err(|error| causes::of_file("make a folder in", work, &error))
}

async fn download(
    run: &Run<'_>,
    gh: &Gh,
    asset: &Asset,
    to: &Path,
) -> Result<gonogo_core::digest::Digest, Cause> {
    let downloaded = gh.download_asset(asset, to, &run.context.session.cancel).await;
    downloaded.map(|downloaded| downloaded.digest).map_err(|error| causes::of_gh(&error))
}

/// What is uploaded is what was recorded.
fn check(file: &Path, name: &str, assets: &Manifest) -> Result<(), Cause> {
    let found = digest_file(file).map_err(|error| causes::of_file("read", file, &error))?;
    match assets.get(name) {
        Some(built) if built.digest == found => Ok(()),
        _ => Err(Cause::new(
            Code::AssetDiffers,
            format!("{name} in the folder of artifacts is not what was fetched"),
        )
        .remedy("run again: it is fetched anew")),
    }
}

async fn new_release(run: &Run<'_>) -> Result<NewRelease, Cause> {
    let context = run.context;
    let mut body = String::new();
    if let Some(path) = &context.candidate.plan.project.changelog {
        let text = run
            .world
            .git
            .file_at(&context.candidate.commit, path)
            .await
            .map_err(|error| causes::of_git(&error))?;
        let text = text.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
        body = changelog_section(&text, context.candidate.target.version())
            .unwrap_or_default()
            .trim()
            .to_owned();
    }
    Ok(NewRelease {
        tag: context.candidate.target.tag().to_owned(),
        commit: context.candidate.commit.clone(),
        name: context.candidate.target.tag().to_string(),
        body,
        prerelease: !context.candidate.target.version().pre.is_empty(),
    })
}

/// Whether users who ask for the latest release are to get this one: it is final, and the remote has no tag of a higher
/// one. A release of an older line leaves the latest where it is.
async fn is_newest(run: &Run<'_>) -> Result<bool, Cause> {
    let own = run.context.candidate.target.version();
    let pattern = &run.context.candidate.plan.project.tag;
    let tags = run.world.git.remote_tags(&run.world.remote).await.map_err(|error| causes::of_git(&error))?;
    let versions = tags.iter().filter_map(|tag| pattern.version(tag.as_str()));
    let higher = versions.filter(|version| version.pre.is_empty()).any(|version| version > *own);
    Ok(own.pre.is_empty() && !higher)
}
