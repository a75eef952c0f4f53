//! Artifacts through gh's own commands.

use crate::support::{World, every_world, success};
use gonogo_sandbox::github::{Fault, FaultKind, Matcher, StoredArtifact, StoredRun};
use serde_json::json;

const ZIP: &str = "/repos/o/r/actions/artifacts/3/zip";

fn dist() -> StoredArtifact {
    let files =
        vec![("app.bin".to_owned(), b"app\n".to_vec()), ("sub/notes.txt".to_owned(), b"notes\n".to_vec())];
    StoredArtifact { id: 3, name: "dist".to_owned(), files, is_expired: false }
}

fn with_artifact(world: &World, artifact: StoredArtifact) {
    world.add_run(StoredRun { artifacts: vec![artifact], ..success(7) });
}

#[tokio::test]
async fn an_artifact_is_downloaded_with_all_its_files() {
    for world in every_world() {
        with_artifact(&world, dist());
        world.ok(&["run", "download", "7", "--name", "dist", "--dir", "down"]).await;
        assert_eq!(world.read("down/app.bin"), b"app\n");
        assert_eq!(world.read("down/sub/notes.txt"), b"notes\n");
        let listed = world.api("actions/runs/7/artifacts").await;
        assert_eq!((&listed["total_count"], &listed["artifacts"][0]["name"]), (&json!(1), &json!("dist")));
        assert_eq!(listed["artifacts"][0]["workflow_run"]["id"], 7);
        let digest = listed["artifacts"][0]["digest"].as_str().unwrap();
        assert!(digest.starts_with("sha256:") && digest.len() == 71, "{digest}");
        assert_eq!(world.api("actions/artifacts/3").await["digest"], digest);
    }
}

#[tokio::test]
async fn the_digest_of_an_artifact_is_that_of_its_archive() {
    for world in every_world() {
        with_artifact(&world, dist());
        let zip = world.gh(&["api", "repos/o/r/actions/artifacts/3/zip"]).await;
        world.write("dist.zip", &zip.stdout.bytes);
        let shown = world.api("actions/artifacts/3").await;
        assert_eq!(shown["size_in_bytes"], zip.stdout.bytes.len());
        world.github.inject(Fault::once(
            Matcher::of("GET", "/repos/o/r/actions/artifacts/3"),
            FaultKind::WrongDigest,
        ));
        assert_ne!(world.api("actions/artifacts/3").await["digest"], shown["digest"]);
    }
}

#[tokio::test]
async fn a_run_that_is_not_completed_has_no_artifact_yet() {
    for world in every_world() {
        world.add_run(StoredRun { artifacts: vec![dist()], ..success(7) }.on_its_way_to("success"));
        let refusal = world.refused(&["run", "download", "7", "--dir", "down"]).await;
        assert!(refusal.contains("no valid artifacts"), "{refusal}");
        for _ in 0..3 {
            world.api("actions/runs/7").await;
        }
        world.ok(&["run", "download", "7", "--name", "dist", "--dir", "down"]).await;
    }
}

#[tokio::test]
async fn an_expired_artifact_is_listed_and_gone() {
    for world in every_world() {
        with_artifact(&world, StoredArtifact { is_expired: true, ..dist() });
        assert_eq!(world.api("actions/runs/7/artifacts").await["artifacts"][0]["expired"], true);
        assert!(world.api_refusal("actions/artifacts/3/zip").await.contains("410"));
        world.refused(&["run", "download", "7", "--name", "dist"]).await;
    }
}

#[tokio::test]
async fn an_archive_that_breaks_off_or_is_none_is_an_error() {
    for world in every_world() {
        with_artifact(&world, dist());
        for trouble in [
            FaultKind::Cut(b"PK".to_vec()),
            FaultKind::html(200),
            FaultKind::status(503, "no"),
            FaultKind::Dropped,
        ] {
            world.github.inject(Fault::always(Matcher::of("GET", ZIP), trouble));
            world.refused(&["run", "download", "7", "--name", "dist", "--dir", "down"]).await;
            assert!(!world.folder.path().join("down/app.bin").exists());
            world.github.state().faults.clear();
        }
    }
}
