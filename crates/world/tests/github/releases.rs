//! Releases: drafted, filled, published, and seen as they are.

use crate::clearance_support::{cleared, pass};
use crate::support::{Cancel, every_gh, gh, stand_in};
use gonogo_core::clearance::Clearance;
use gonogo_core::digest::Digest;
use gonogo_sandbox::github::{Fault, FaultKind, GithubStandIn, Matcher, StoredRelease};
use gonogo_world::github::{Gh, GhError, NewRelease, Release};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const TAG: &str = "v1.0.0";
const RELEASES: &str = "/repos/o/r/releases";
const UPLOADS: &str = "/repos/o/r/releases/1/assets";

struct World {
    github: GithubStandIn,
    gh: Gh,
    folder: TempDir,
    go: Clearance,
    cancel: Cancel,
}

fn world(program: &Path) -> World {
    let github = stand_in();
    github.state().repository("o/r").refs.insert(format!("tags/{TAG}"), "a".repeat(40));
    let (gh, folder, cancel) = (gh(program, &github), tempfile::tempdir().unwrap(), Cancel::default());
    World { github, gh, folder, go: cleared(TAG), cancel }
}

impl World {
    async fn draft(&self) -> Result<Release, GhError> {
        let new = NewRelease {
            tag: TAG.parse().unwrap(),
            commit: "a".repeat(40).parse().unwrap(),
            name: "One".to_owned(),
            body: "## Notes\n\n\"quoted\" ä {owner}".to_owned(),
            prerelease: false,
        };
        self.gh.create_draft(pass(&self.go), &new, &self.cancel).await
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    async fn upload(
        &self,
        release: &Release,
        name: &str,
        bytes: &[u8],
    ) -> Result<gonogo_world::github::Asset, GhError> {
        let file = self.file("upload", bytes);
        self.gh.upload_asset(pass(&self.go), release, name, &file, &self.cancel).await
    }

    async fn publish(&self, id: u64) -> Result<Release, GhError> {
        self.gh.publish_release(pass(&self.go), id, true, &self.cancel).await
    }

    async fn published(&self) -> Option<Release> {
        self.gh.published_release(TAG, &self.cancel).await.unwrap()
    }
}

#[tokio::test]
async fn a_release_is_drafted_filled_published_and_read_back() {
    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    for program in every_gh() {
        let world = world(&program);
        let draft = world.draft().await.unwrap();
        assert!(draft.draft && draft.assets.is_empty() && draft.tag_name == TAG);
        assert_eq!(draft.body.as_deref(), Some("## Notes\n\n\"quoted\" ä {owner}"));
        assert_eq!(world.published().await, None, "a draft is not found by its tag");
        let asset = world.upload(&draft, "sdk 1.0+x&y.tar.gz", &bytes).await.unwrap();
        assert_eq!(
            (asset.name.as_str(), asset.size, asset.state.as_str()),
            ("sdk 1.0+x&y.tar.gz", 300_000, "uploaded")
        );
        assert_eq!(asset.digest, Some(Digest::of(&bytes)));
        let upload = world.github.log().pop().unwrap();
        assert_eq!((upload.host.as_str(), upload.method.as_str()), ("uploads.github.com", "POST"));
        let held = world.github.state().repository("o/r").releases.all[&1].assets[&asset.id].clone();
        assert_eq!((held.content_type.as_str(), held.bytes == bytes), ("application/octet-stream", true));

        let published = world.publish(draft.id).await.unwrap();
        assert!(!published.draft && published.assets == [asset.clone()]);
        assert_eq!(world.published().await, Some(published.clone()));
        assert_eq!(world.gh.release(draft.id, &world.cancel).await.unwrap(), Some(published));
        assert_eq!(world.github.state().repository("o/r").releases.latest, Some(1));

        let to = world.folder.path().join("down");
        let downloaded = world.gh.download_asset(&asset, &to, &world.cancel).await.unwrap();
        assert_eq!((downloaded.size, downloaded.digest), (300_000, Digest::of(&bytes)));
        assert_eq!(std::fs::read(&to).unwrap(), bytes);
        assert_eq!(world.folder.path().read_dir().unwrap().count(), 2, "nothing but the two files");
    }
}

#[tokio::test]
async fn a_tag_has_all_its_releases_listed_over_every_page_and_drafts_too() {
    for program in every_gh() {
        let world = world(&program);
        world.draft().await.unwrap();
        world.draft().await.unwrap();
        {
            let mut state = world.github.state();
            let releases = &mut state.repository("o/r").releases.all;
            for id in 1000..1130 {
                let other = StoredRelease { id, tag: format!("v0.{id}.0"), ..releases[&1].clone() };
                releases.insert(id, other);
            }
        }
        let listed = world.gh.releases_of_tag(TAG, &world.cancel).await.unwrap();
        let ids: Vec<u64> = listed.iter().map(|release| release.id).collect();
        assert_eq!(ids, [2, 1]);
        assert_eq!(world.github.count("GET", RELEASES), 2);
        assert_eq!(world.gh.releases_of_tag("v9", &world.cancel).await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_release_that_slips_between_two_pages_is_noticed() {
    for program in every_gh() {
        let world = world(&program);
        world.draft().await.unwrap();
        let listed = world.gh.get(&RELEASES[1..], &world.cancel).await.unwrap();
        let twice = serde_json::json!([listed[0], listed[0]]);
        world.github.inject(Fault::once(Matcher::of("GET", RELEASES), FaultKind::wrong(&twice)));
        let error = world.gh.releases_of_tag(TAG, &world.cancel).await.unwrap_err();
        assert!(matches!(error, GhError::Nonsense { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn no_release_is_absent_only_in_a_repository_that_is_there() {
    for program in every_gh() {
        let world = world(&program);
        assert_eq!(world.published().await, None);
        assert_eq!(world.gh.release(9, &world.cancel).await.unwrap(), None);
        world.github.state().repositories.clear();
        for error in [
            world.gh.published_release(TAG, &world.cancel).await.unwrap_err(),
            world.gh.release(9, &world.cancel).await.unwrap_err(),
            world.gh.releases_of_tag(TAG, &world.cancel).await.unwrap_err(),
        ] {
            assert!(matches!(error, GhError::NotFound { .. }), "{error:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_for_another_release_is_nonsense() {
    for program in every_gh() {
        let world = world(&program);
        let draft = world.draft().await.unwrap();
        let shown = world.gh.get("repos/o/r/releases/1", &world.cancel).await.unwrap();
        let other = |field: &str, value: serde_json::Value| {
            let mut other = shown.clone();
            other[field] = value;
            world.github.inject(Fault::once(Matcher::any(), FaultKind::wrong(&other)));
        };
        let is_nonsense = |error: GhError| assert!(matches!(error, GhError::Nonsense { .. }), "{error:?}");
        other("draft", true.into());
        is_nonsense(world.gh.published_release(TAG, &world.cancel).await.unwrap_err());
        other("tag_name", "v2".into());
        is_nonsense(world.draft().await.unwrap_err());
        other("draft", false.into());
        is_nonsense(world.draft().await.unwrap_err());
        other("id", 7.into());
        is_nonsense(world.publish(1).await.unwrap_err());
        other("draft", true.into());
        is_nonsense(world.publish(1).await.unwrap_err());
        other("id", 7.into());
        is_nonsense(world.gh.release(1, &world.cancel).await.unwrap_err());
        assert!(world.gh.release(draft.id, &world.cancel).await.unwrap().unwrap().draft);
    }
}

#[tokio::test]
async fn an_upload_goes_nowhere_but_to_the_releases_own_address() {
    for program in every_gh() {
        let world = world(&program);
        let draft = world.draft().await.unwrap();
        let before = world.github.log().len();
        for address in [
            "https://uploads.example.test/repos/o/r/releases/1/assets{?name,label}",
            "https://uploads.github.com.example.test/repos/o/r/releases/1/assets",
            "https://api.github.com/repos/o/r/releases/1/assets",
            "http://uploads.github.com/repos/o/r/releases/1/assets",
            "https://uploads.github.com@example.test/repos/o/r/releases/1/assets",
            "https://uploads.github.com/repos/o/r/releases/2/assets",
            "https://uploads.github.com/repos/mallory/r/releases/1/assets",
            "https://uploads.github.com/repos/o/r/releases/1/assets?name=x",
            "",
        ] {
            let release = Release { upload_url: address.to_owned(), ..draft.clone() };
            let error = world.upload(&release, "a", b"bytes").await.unwrap_err();
            assert!(matches!(error, GhError::Nonsense { .. }), "{address}: {error:?}");
        }
        let missing = world.folder.path().join("missing");
        let error =
            world.gh.upload_asset(pass(&world.go), &draft, "a", &missing, &world.cancel).await.unwrap_err();
        assert!(matches!(error, GhError::File { .. }), "{error:?}");
        assert_eq!(world.github.log().len(), before);
    }
}

#[tokio::test]
async fn an_asset_that_is_there_is_a_refusal_and_stays() {
    for program in every_gh() {
        let world = world(&program);
        let draft = world.draft().await.unwrap();
        let first = world.upload(&draft, "a", b"first").await.unwrap();
        let error = world.upload(&draft, "a", b"second").await.unwrap_err();
        assert!(matches!(error, GhError::Invalid { .. }) && !error.may_have_arrived(), "{error:?}");
        world.gh.delete_asset(pass(&world.go), first.id, &world.cancel).await.unwrap();
        let error = world.gh.delete_asset(pass(&world.go), first.id, &world.cancel).await.unwrap_err();
        assert!(matches!(error, GhError::NotFound { .. }), "{error:?}");
        assert_eq!(world.upload(&draft, "a", b"second").await.unwrap().digest, Some(Digest::of(b"second")));
    }
}

#[tokio::test]
async fn what_adds_or_takes_away_is_sent_once_and_its_fate_may_be_unknown() {
    for program in every_gh() {
        for (trouble, carried_out) in
            [(FaultKind::Lost, true), (FaultKind::status(502, "oops"), false), (FaultKind::Dropped, false)]
        {
            let world = world(&program);
            let inject = |method: &str, path: &str| {
                world.github.inject(Fault::once(Matcher::of(method, path), trouble.clone()));
            };
            let count = || {
                let mut state = world.github.state();
                let releases = &state.repository("o/r").releases.all;
                (releases.len(), releases.values().map(|release| release.assets.len()).sum::<usize>())
            };
            let one = usize::from(carried_out);
            inject("POST", RELEASES);
            assert!(world.draft().await.unwrap_err().may_have_arrived());
            assert_eq!((world.github.count("POST", RELEASES), count()), (1, (one, 0)));

            world.github.state().repository("o/r").releases = Default::default();
            let draft = world.draft().await.unwrap();
            inject("POST", UPLOADS);
            assert!(world.upload(&draft, "a", b"bytes").await.unwrap_err().may_have_arrived());
            assert_eq!((world.github.count("POST", UPLOADS), count()), (1, (1, one)));

            let asset = world.upload(&draft, "b", b"bytes").await.unwrap();
            let path = format!("/repos/o/r/releases/assets/{}", asset.id);
            inject("DELETE", &path);
            let deleted = world.gh.delete_asset(pass(&world.go), asset.id, &world.cancel).await;
            assert!(deleted.unwrap_err().may_have_arrived());
            assert_eq!((world.github.count("DELETE", &path), count()), (1, (1, 1)));
        }
    }
}

#[tokio::test]
async fn a_publication_whose_answer_was_lost_is_asked_for_again() {
    for program in every_gh() {
        let world = world(&program);
        let draft = world.draft().await.unwrap();
        world.github.inject(Fault::once(Matcher::of("PATCH", RELEASES), FaultKind::Lost));
        world.github.inject(Fault::once(Matcher::of("PATCH", RELEASES), FaultKind::status(502, "oops")));
        assert!(!world.publish(draft.id).await.unwrap().draft);
        let error = world.publish(9).await.unwrap_err();
        assert!(matches!(error, GhError::NotFound { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn an_asset_of_other_bytes_or_another_length_is_not_left_behind() {
    for program in every_gh() {
        let world = world(&program);
        let draft = world.draft().await.unwrap();
        let asset = world.upload(&draft, "a", b"bytes").await.unwrap();
        let to = world.folder.path().join("down");
        let download = async |digest, size| {
            let asset = gonogo_world::github::Asset { digest, size, ..asset.clone() };
            let error = world.gh.download_asset(&asset, &to, &world.cancel).await.unwrap_err();
            assert!(!to.exists());
            error
        };
        let error = download(Some(Digest::of(b"other")), 5).await;
        assert!(matches!(error, GhError::OtherBytes { .. }), "{error:?}");
        let error = download(None, 6).await;
        assert!(matches!(error, GhError::Nonsense { .. }), "{error:?}");
        let error = download(None, 4).await;
        assert!(matches!(error, GhError::TooLarge { limit: 4, .. }), "{error:?}");
        world.github.inject(Fault::once(
            Matcher::of("GET", "/repos/o/r/releases/assets"),
            FaultKind::Cut(b"byt".to_vec()),
        ));
        let error = download(None, 5).await;
        assert!(matches!(error, GhError::Nonsense { .. }), "{error:?}");

        std::fs::write(&to, "mine").unwrap();
        let error = world.gh.download_asset(&asset, &to, &world.cancel).await.unwrap_err();
        assert!(matches!(error, GhError::File { .. }), "{error:?}");
        assert_eq!(std::fs::read(&to).unwrap(), b"mine");
    }
}

#[tokio::test]
async fn a_server_that_says_less_is_read_and_one_that_says_nonsense_is_not() {
    for program in every_gh() {
        let world = world(&program);
        let draft = world.draft().await.unwrap();
        world.upload(&draft, "a", b"bytes").await.unwrap();
        let shown = world.gh.get("repos/o/r/releases/1", &world.cancel).await.unwrap();
        let ask = async |change: &dyn Fn(&mut serde_json::Value)| {
            let mut shown = shown.clone();
            change(&mut shown);
            world.github.inject(Fault::once(Matcher::any(), FaultKind::wrong(&shown)));
            world.gh.release(1, &world.cancel).await
        };
        let older = ask(&|shown| {
            shown.as_object_mut().unwrap().remove("immutable");
            shown["assets"][0].as_object_mut().unwrap().remove("digest");
            shown["name"] = serde_json::Value::Null;
        });
        let older = older.await.unwrap().unwrap();
        assert_eq!((older.immutable, older.assets[0].digest, older.name), (None, None, None));
        for field in [
            "id",
            "tag_name",
            "target_commitish",
            "draft",
            "prerelease",
            "name",
            "body",
            "html_url",
            "upload_url",
            "assets",
        ] {
            let error = ask(&|shown| drop(shown.as_object_mut().unwrap().remove(field))).await.unwrap_err();
            assert!(matches!(error, GhError::Nonsense { .. }), "{field}: {error:?}");
        }
        for field in ["id", "name", "size", "state"] {
            let error = ask(&|shown| drop(shown["assets"][0].as_object_mut().unwrap().remove(field)))
                .await
                .unwrap_err();
            assert!(matches!(error, GhError::Nonsense { .. }), "{field}: {error:?}");
        }
        let error = ask(&|shown| shown["assets"][0]["digest"] = "md5:0".into()).await.unwrap_err();
        assert!(matches!(error, GhError::Nonsense { .. }), "{error:?}");
    }
}
