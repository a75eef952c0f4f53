//! The GitHub release: exactly the files that were built, published last.

use super::{GithubRelease, ReleaseEffect, ReleasePublished};
use crate::delivery::ExpectedNames;
use crate::digest::Digest;
use crate::manifest::{BuiltFile, Manifest};
use crate::mechanics::{Cause, Code, Observation, Watched};
use crate::pattern::matches_pattern;

/// A release or a draft, as it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseSeen {
    /// Its ID.
    pub id: u64,
    /// It is a draft.
    pub draft: bool,
    /// Where a person can look at it.
    pub url: String,
    /// Its assets.
    pub assets: Vec<AssetSeen>,
    /// The text of the asset that lists the others' digests, where it was read.
    pub checksums: Option<String>,
}

/// An asset, as it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetSeen {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// It has arrived whole: GitHub's `state` is `uploaded`.
    pub uploaded: bool,
    /// The digest of its content, as GitHub says or as it was computed from the download.
    pub digest: Option<Digest>,
}

/// What the release ought to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseWanted {
    /// gonogo creates it; else a workflow does.
    pub create: bool,
    /// This release's ledger holds the intent to create it.
    pub is_ours: bool,
    /// Its assets, all of them but for a list of digests that is made when they are published.
    pub assets: Manifest,
    /// The asset that lists the others' digests.
    pub checksums: Option<String>,
    /// The files that the release consists of, and what a workflow adds to them by itself.
    pub names: ExpectedNames,
}

/// Judges the releases and drafts of the tag.
pub fn judge_release(seen: &[ReleaseSeen], want: &ReleaseWanted) -> Watched<GithubRelease> {
    let release = match seen {
        [] if want.create => return Watched::absent(ReleaseEffect::CreateDraft),
        [] => return Watched::Waiting("the release is not there yet".to_owned()),
        [release] => release,
        [one, other, ..] => {
            let message = format!("the tag has releases {} and {}", one.id, other.id);
            let remedy = "remove the drafts that nobody needs";
            return Watched::conflict(release_cause(Code::ReleaseTwice, message, one).remedy(remedy));
        }
    };
    if want.create && !want.is_ours {
        let message =
            format!("there is a release {} of this tag, and this ledger did not make it", release.id);
        return Watched::conflict(release_cause(Code::ReleaseNotOurs, message, release));
    }
    if !want.create && release.draft {
        return Watched::Waiting("the release is a draft".to_owned());
    }
    judge_assets(release, want)
}

fn judge_assets(release: &ReleaseSeen, want: &ReleaseWanted) -> Watched<GithubRelease> {
    let made_later =
        |name: &str| !want.create && (want.checksums.as_deref() == Some(name) || want.names.is_added(name));
    for (index, asset) in release.assets.iter().enumerate() {
        if want.assets.get(&asset.name).is_none() && made_later(&asset.name) {
            continue;
        }
        let Some(built) = want.assets.get(&asset.name) else {
            let message = format!("the release has {}, which was not built", asset.name);
            return Watched::conflict(release_cause(Code::AssetForeign, message, release));
        };
        if release.assets.iter().skip(index + 1).any(|other| other.name == asset.name) {
            let message = format!("the release has {} twice", asset.name);
            return Watched::conflict(release_cause(Code::AssetForeign, message, release));
        }
        if !asset.uploaded {
            let name = asset.name.clone();
            return if want.create && release.draft {
                Watched::absent(ReleaseEffect::Remove(name))
            } else {
                Watched::Waiting(format!("{name} is not uploaded whole yet"))
            };
        }
        let Some(digest) = asset.digest else {
            let message = format!("the digest of {} is not known", asset.name);
            return Watched::Settled(Observation::Unknown(release_cause(
                Code::UnreadableAnswer,
                message,
                release,
            )));
        };
        if digest != built.digest || asset.bytes != built.bytes {
            let message = format!("{} is {digest}, and {} was built", asset.name, built.digest);
            return Watched::conflict(release_cause(Code::AssetDiffers, message, release));
        }
    }
    let is_there = |built: &&BuiltFile| release.assets.iter().any(|asset| asset.name == built.name);
    let missing = want.assets.files().find(|built| !is_there(built));
    match missing {
        Some(built) if want.create && release.draft => {
            Watched::absent(ReleaseEffect::Upload(built.name.clone()))
        }
        Some(built) if want.create => {
            let message = format!("the published release lacks {}", built.name);
            Watched::conflict(release_cause(Code::AssetMissing, message, release))
        }
        Some(built) => Watched::Waiting(format!("the release lacks {}", built.name)),
        None => judge_whole(release, want),
    }
}

/// Judges a release that has every file that was built.
fn judge_whole(release: &ReleaseSeen, want: &ReleaseWanted) -> Watched<GithubRelease> {
    if let Some(name) = &want.checksums {
        if !release.assets.iter().any(|asset| asset.name == *name && asset.uploaded) {
            return Watched::Waiting(format!("the release lacks {name}"));
        }
        let Some(text) = &release.checksums else {
            let message = format!("{name} could not be read");
            return Watched::Settled(Observation::Unknown(release_cause(
                Code::UnreadableAnswer,
                message,
                release,
            )));
        };
        if let Err(why) = judge_checksums(text, name, want) {
            return Watched::conflict(release_cause(Code::AssetDiffers, why, release));
        }
    }
    match release.draft {
        true => Watched::absent(ReleaseEffect::Publish),
        false => Watched::Settled(Observation::Done(ReleasePublished {
            id: release.id,
            url: release.url.clone(),
            assets: want.assets.clone(),
        })),
    }
}

/// Judges a list of digests, as `sha256sum` writes it: a line for each other asset, and no other line but of what a
/// workflow adds by itself.
fn judge_checksums(text: &str, name: &str, want: &ReleaseWanted) -> Result<(), String> {
    let assets = &want.assets;
    let mut listed = std::collections::BTreeSet::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let parts = line.split_once(' ').map(|(hex, file)| (hex, file.trim_start_matches([' ', '*'])));
        let (hex, file) = parts.ok_or_else(|| format!("{name} has a line that lists nothing"))?;
        let file = file.trim_end().trim_start_matches("./");
        let Some(built) = assets.get(file) else {
            if want.names.is_added(file) {
                continue;
            }
            return Err(format!("{name} lists {file}, which is no asset"));
        };
        if !built.digest.hex().eq_ignore_ascii_case(hex) {
            return Err(format!("{name} says {hex} of {file}, and {} was built", built.digest));
        }
        listed.insert(file.to_owned());
    }
    let unlisted = assets.files().find(|file| file.name != name && !listed.contains(&file.name));
    unlisted.map_or(Ok(()), |file| Err(format!("{name} does not list {}", file.name)))
}

/// The built files that the patterns choose. A pattern that chooses nothing is an error: what it was meant for is missing.
pub fn chosen(manifest: &Manifest, patterns: &[String]) -> Result<Manifest, Cause> {
    for pattern in patterns {
        if !manifest.files().any(|file| matches_pattern(pattern, &file.name)) {
            let message = format!("no built file is named like `{pattern}`");
            return Err(Cause::new(Code::ArtifactMissing, message));
        }
    }
    let is_chosen = |file: &&BuiltFile| patterns.iter().any(|pattern| matches_pattern(pattern, &file.name));
    let files = manifest.files().filter(is_chosen).cloned();
    Manifest::new(files).map_err(|error| Cause::new(Code::ArtifactMissing, error.to_string()))
}

fn release_cause(code: Code, message: String, release: &ReleaseSeen) -> Cause {
    Cause { url: Some(release.url.clone()), ..Cause::new(code, message) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::{Added, Channel, ReleaseFiles};

    fn manifest(names: &[&str]) -> Manifest {
        Manifest::new(names.iter().map(|name| BuiltFile {
            name: (*name).to_owned(),
            bytes: name.len() as u64,
            digest: Digest::of(name.as_bytes()),
        }))
        .unwrap()
    }

    fn asset(name: &str) -> AssetSeen {
        AssetSeen {
            name: name.to_owned(),
            bytes: name.len() as u64,
            uploaded: true,
            digest: Some(Digest::of(name.as_bytes())),
        }
    }

    fn release(draft: bool, assets: Vec<AssetSeen>) -> ReleaseSeen {
        ReleaseSeen { id: 1, draft, url: "https://example.test/r".to_owned(), assets, checksums: None }
    }

    fn ours() -> ReleaseWanted {
        ReleaseWanted {
            create: true,
            is_ours: true,
            assets: manifest(&["a", "b"]),
            checksums: None,
            names: ExpectedNames::default(),
        }
    }

    fn theirs() -> ReleaseWanted {
        ReleaseWanted { create: false, is_ours: false, ..ours() }
    }

    fn absent(effect: ReleaseEffect) -> Watched<GithubRelease> {
        Watched::absent(effect)
    }

    fn code(watched: Watched<GithubRelease>) -> Option<Code> {
        match watched {
            Watched::Settled(Observation::Conflict(cause) | Observation::Unknown(cause)) => Some(cause.code),
            _ => None,
        }
    }

    #[test]
    fn a_release_of_ours_is_drafted_filled_and_published_in_that_order() {
        let judge = |seen: &[ReleaseSeen]| judge_release(seen, &ours());
        assert_eq!(judge(&[]), absent(ReleaseEffect::CreateDraft));
        assert_eq!(judge(&[release(true, vec![])]), absent(ReleaseEffect::Upload("a".into())));
        assert_eq!(judge(&[release(true, vec![asset("a")])]), absent(ReleaseEffect::Upload("b".into())));
        let whole = vec![asset("b"), asset("a")];
        assert_eq!(judge(&[release(true, whole.clone())]), absent(ReleaseEffect::Publish));
        assert!(matches!(judge(&[release(false, whole)]), Watched::Settled(Observation::Done(_))));
    }

    #[test]
    fn an_upload_that_was_cut_short_is_removed_from_a_draft_of_ours_only() {
        let cut = AssetSeen { uploaded: false, digest: None, ..asset("a") };
        let judged = judge_release(&[release(true, vec![cut.clone()])], &ours());
        assert_eq!(judged, absent(ReleaseEffect::Remove("a".into())));
        for (draft, want) in [(false, ours()), (false, theirs()), (true, theirs())] {
            let judged = judge_release(&[release(draft, vec![cut.clone()])], &want);
            assert!(matches!(judged, Watched::Waiting(_)), "{judged:?}");
        }
    }

    #[test]
    fn an_asset_that_differs_is_foreign_or_unknown_is_never_done() {
        for draft in [true, false] {
            for want in [ours(), theirs()] {
                let judge = |assets: Vec<AssetSeen>| code(judge_release(&[release(draft, assets)], &want));
                let waits = draft && !want.create;
                let expect = |code: Code| (!waits).then_some(code);
                let other = AssetSeen { digest: Some(Digest::of(b"other")), ..asset("a") };
                assert_eq!(judge(vec![other, asset("b")]), expect(Code::AssetDiffers));
                let longer = AssetSeen { bytes: 99, ..asset("a") };
                assert_eq!(judge(vec![longer, asset("b")]), expect(Code::AssetDiffers));
                assert_eq!(judge(vec![asset("a"), asset("b"), asset("c")]), expect(Code::AssetForeign));
                assert_eq!(judge(vec![asset("a"), asset("a"), asset("b")]), expect(Code::AssetForeign));
                let unsaid = AssetSeen { digest: None, ..asset("a") };
                assert_eq!(judge(vec![unsaid, asset("b")]), expect(Code::UnreadableAnswer));
            }
        }
    }

    #[test]
    fn a_published_release_that_lacks_an_asset_is_not_done() {
        let lacking = [release(false, vec![asset("a")])];
        assert_eq!(code(judge_release(&lacking, &ours())), Some(Code::AssetMissing));
        assert!(matches!(judge_release(&lacking, &theirs()), Watched::Waiting(_)));
    }

    #[test]
    fn a_release_of_somebody_else_and_two_of_one_tag_are_conflicts() {
        let foreign = ReleaseWanted { is_ours: false, ..ours() };
        for draft in [true, false] {
            assert_eq!(code(judge_release(&[release(draft, vec![])], &foreign)), Some(Code::ReleaseNotOurs));
        }
        let two = [release(true, vec![]), release(true, vec![])];
        assert_eq!(code(judge_release(&two, &ours())), Some(Code::ReleaseTwice));
    }

    #[test]
    fn the_list_of_digests_is_there_and_says_exactly_what_was_built() {
        let want = ReleaseWanted { checksums: Some("sums".to_owned()), ..theirs() };
        let line = |name: &str| format!("{}  {name}\n", Digest::of(name.as_bytes()).hex());
        let good = line("a") + &line("b");
        let judge = |assets: Vec<AssetSeen>, text: Option<String>| {
            judge_release(&[ReleaseSeen { checksums: text, ..release(false, assets) }], &want)
        };
        let all = || vec![asset("a"), asset("b"), asset("sums")];
        assert!(matches!(judge(all(), Some(good.clone())), Watched::Settled(Observation::Done(_))));
        let starred = good.replace("  ", " *");
        assert!(matches!(judge(all(), Some(starred)), Watched::Settled(Observation::Done(_))));
        assert!(matches!(judge(vec![asset("a"), asset("b")], None), Watched::Waiting(_)));
        assert_eq!(code(judge(all(), None)), Some(Code::UnreadableAnswer));
        let swapped = good.replace("  a", "  x").replace("  b", "  a").replace("  x", "  b");
        for wrong in [String::new(), line("a"), swapped, good.clone() + &line("c"), good + "noise\n"] {
            assert_eq!(code(judge(all(), Some(wrong.clone()))), Some(Code::AssetDiffers), "{wrong}");
        }
    }

    #[test]
    fn what_a_workflow_adds_by_itself_is_no_foreign_asset() {
        let version = semver::Version::new(1, 2, 3);
        let files = ReleaseFiles { patterns: Vec::new(), adds: vec![Added::Signatures] };
        let names = files.named(Channel::GithubRelease, &version);
        let want = ReleaseWanted { checksums: Some("sums".to_owned()), names, ..theirs() };
        let line = |name: &str| format!("{}  {name}\n", Digest::of(name.as_bytes()).hex());
        let judge = |added: &str| {
            let assets = vec![asset("a"), asset("b"), asset("sums"), asset(added)];
            let checksums = Some(line("a") + &line("b") + &line(added));
            judge_release(&[ReleaseSeen { checksums, ..release(false, assets) }], &want)
        };
        assert!(matches!(judge("a.asc"), Watched::Settled(Observation::Done(_))));
        assert_eq!(code(judge("a.exe")), Some(Code::AssetForeign));
        // Whoever makes the release itself adds nothing.
        let ours = ReleaseWanted { names: want.names, ..ours() };
        let judged = judge_release(&[release(true, vec![asset("a"), asset("b"), asset("a.asc")])], &ours);
        assert_eq!(code(judged), Some(Code::AssetForeign));
    }

    #[test]
    fn a_pattern_that_chooses_nothing_is_an_error() {
        let built = manifest(&["x_1.tar.gz", "x_2.tar.gz", "sums.txt"]);
        let names = |patterns: &[&str]| {
            let patterns: Vec<String> = patterns.iter().map(|text| (*text).to_owned()).collect();
            chosen(&built, &patterns)
                .map(|chosen| chosen.files().map(|file| file.name.clone()).collect::<Vec<_>>())
        };
        assert_eq!(names(&["x_*.tar.gz"]).unwrap(), ["x_1.tar.gz", "x_2.tar.gz"]);
        assert_eq!(names(&["*"]).unwrap().len(), 3);
        assert_eq!(names(&["*", "*.zip"]).unwrap_err().code, Code::ArtifactMissing);
    }
}
