//! What runs leave behind, down to the bytes.

use crate::support::{Cancel, every_gh, gh, stand_in};
use gonogo_core::digest::Digest;
use gonogo_sandbox::github::{self, Fault, FaultKind, GithubStandIn, Matcher, Reply, StoredRun};
use gonogo_world::github::{Artifact, Gh, GhError};
use gonogo_world::unpack::{Bounds, UnpackError, Unpacked};
use std::path::Path;
use tempfile::TempDir;

const BOUNDS: Bounds = Bounds { entries: 10, bytes: 1 << 20 };
const ZIP: &str = "/repos/o/r/actions/artifacts/3/zip";

fn with_files(files: &[(&str, &[u8])], is_expired: bool) -> GithubStandIn {
    let github = stand_in();
    let files = files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())).collect();
    let artifact = github::StoredArtifact { id: 3, name: "release-metadata".to_owned(), files, is_expired };
    let run = StoredRun::success(7, "o/r", ".github/workflows/release.yml", &"a".repeat(40));
    github.state().repository("o/r").runs.push(StoredRun { artifacts: vec![artifact], ..run });
    github
}

async fn artifact(gh: &Gh) -> Artifact {
    let mut all = gh.artifacts(7, &Cancel::default()).await.unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

struct Download {
    folder: TempDir,
    result: Result<Vec<Unpacked>, GhError>,
}

async fn download(program: &Path, github: &GithubStandIn, bounds: Bounds) -> Download {
    let gh = gh(program, github);
    let artifact = artifact(&gh).await;
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("into");
    std::fs::create_dir(&into).unwrap();
    let result = gh.download_artifact(&artifact, &into, bounds, &Cancel::default()).await;
    Download { folder, result }
}

impl Download {
    /// The error, of a download that left nothing behind.
    fn error(self) -> GhError {
        let error = self.result.unwrap_err();
        let beside = self.folder.path().read_dir().unwrap().count();
        let inside = self.folder.path().join("into").read_dir().unwrap().count();
        assert_eq!((beside, inside), (1, 0), "{error:?}");
        error
    }
}

#[tokio::test]
async fn an_artifact_is_listed_downloaded_and_unpacked() {
    let big = vec![b'x'; 300_000];
    for program in every_gh() {
        let github = with_files(&[("metadata.json", b"{}"), ("dist/big", &big)], false);
        let listed = artifact(&gh(&program, &github)).await;
        assert_eq!((listed.id, listed.name.as_str(), listed.run()), (3, "release-metadata", 7));
        assert!(listed.digest.is_some() && !listed.expired && listed.size_in_bytes > 300_000);
        let download = download(&program, &github, BOUNDS).await;
        let files = download.result.unwrap();
        let digests: Vec<_> = files.iter().map(|file| (file.path.to_str().unwrap(), file.digest)).collect();
        assert_eq!(digests, [("metadata.json", Digest::of(b"{}")), ("dist/big", Digest::of(&big))]);
        assert_eq!(std::fs::read(download.folder.path().join("into/dist/big")).unwrap(), big);
        assert_eq!(download.folder.path().read_dir().unwrap().count(), 1);
    }
}

#[tokio::test]
async fn bytes_that_are_not_those_of_the_digest_are_not_taken() {
    for program in every_gh() {
        let github = with_files(&[("a", b"bytes")], false);
        github.inject(Fault::once(Matcher::any(), FaultKind::WrongDigest));
        let error = download(&program, &github, BOUNDS).await.error();
        assert!(matches!(error, GhError::OtherBytes { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn more_than_the_bounds_is_not_taken() {
    for program in every_gh() {
        let github = with_files(&[("a", &[0; 400_000]), ("b", b"")], false);
        let small = Bounds { entries: 10, bytes: 10_000 };
        let error = download(&program, &github, small).await.error();
        assert!(matches!(error, GhError::TooLarge { limit: 10_000, .. }), "{error:?}");
        // What gh prints before the file is not the file's.
        let almost = Bounds { entries: 10, bytes: 400_100 };
        let error = download(&program, &github, almost).await.error();
        assert!(matches!(error, GhError::TooLarge { .. }), "{error:?}");
        let few = Bounds { entries: 1, ..BOUNDS };
        let error = download(&program, &github, few).await.error();
        assert!(matches!(error, GhError::Archive { source: UnpackError::TooMuch(_), .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_path_that_leads_out_of_the_folder_is_not_written() {
    for program in every_gh() {
        let github = with_files(&[("ok", b""), ("../out", b"")], false);
        let error = download(&program, &github, BOUNDS).await.error();
        assert!(matches!(error, GhError::Archive { source: UnpackError::BadEntry { .. }, .. }), "{error:?}");
    }
}

#[tokio::test]
async fn an_artifact_that_has_expired_is_gone() {
    for program in every_gh() {
        let github = with_files(&[("a", b"bytes")], true);
        assert!(artifact(&gh(&program, &github)).await.expired);
        let error = download(&program, &github, BOUNDS).await.error();
        assert!(matches!(error, GhError::NotFound { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_download_that_breaks_off_or_is_something_else_leaves_nothing() {
    for program in every_gh() {
        for (trouble, is_expected) in [
            (
                FaultKind::Cut(b"PK".to_vec()),
                (|error| matches!(error, GhError::Nonsense { .. })) as fn(&GhError) -> bool,
            ),
            (FaultKind::Dropped, |error| matches!(error, GhError::Network { .. })),
            (FaultKind::status(500, "oops"), |error| matches!(error, GhError::Server { .. })),
            (FaultKind::status(403, "no"), |error| matches!(error, GhError::Forbidden { .. })),
            (FaultKind::html(200), |error| matches!(error, GhError::OtherBytes { .. })),
        ] {
            let github = with_files(&[("a", b"bytes")], false);
            github.inject(Fault::always(Matcher::of("GET", ZIP), trouble));
            let error = download(&program, &github, BOUNDS).await.error();
            assert!(is_expected(&error), "{error:?}");
        }
    }
}

#[tokio::test]
async fn without_a_digest_what_is_no_archive_is_still_not_taken() {
    for program in every_gh() {
        let github = with_files(&[("a", b"bytes")], false);
        let mut listed = gh(&program, &github)
            .get("repos/o/r/actions/runs/7/artifacts", &Cancel::default())
            .await
            .unwrap();
        listed["artifacts"][0].as_object_mut().unwrap().remove("digest");
        github.inject(Fault::once(Matcher::any(), FaultKind::wrong(&listed)));
        github.inject(Fault::once(Matcher::of("GET", ZIP), FaultKind::html(200)));
        let error = download(&program, &github, BOUNDS).await.error();
        assert!(matches!(error, GhError::Archive { source: UnpackError::Broken(_), .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_server_that_recovers_gives_the_artifact_and_another_host_may_hold_it() {
    for program in every_gh() {
        let github = with_files(&[("a", b"bytes")], false);
        github.inject(Fault::once(Matcher::of("GET", ZIP), FaultKind::status(503, "later")));
        let lead = Reply::empty(302)
            .header("Location", "https://api.store.example.test/repos/o/r/actions/artifacts/3/zip?sig=1");
        github.inject(Fault::once(Matcher::of("GET", ZIP), FaultKind::Reply(lead)));
        let zip = {
            let captured = crate::support::plain_gh(
                &program,
                &with_files(&[("a", b"bytes")], false),
                &["api", &ZIP[1..]],
            )
            .await;
            captured.stdout.bytes
        };
        github.inject(Fault::once(
            Matcher::of("GET", ZIP),
            FaultKind::Reply(Reply::bytes("application/zip", zip)),
        ));
        let files = download(&program, &github, BOUNDS).await.result.unwrap();
        assert_eq!((files.len(), files[0].digest), (1, Digest::of(b"bytes")));
        assert_eq!(github.count("GET", ZIP), 3);
        assert_eq!(github.log().last().unwrap().host, "api.store.example.test");
    }
}
