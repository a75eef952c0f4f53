//! What goes wrong, as gh and its readers meet it.

use crate::support::{REPOSITORY, World, commit, every_world};
use gonogo_sandbox::github::{Fault, FaultKind, Matcher};
use serde_json::json;

const BY_TAG: &str = "/repos/o/r/releases/tags/v1";

async fn released(world: &World) {
    world.write("hello.txt", b"hello\n");
    world.ok(&["release", "create", "v1", "hello.txt", "--notes", "x"]).await;
}

#[tokio::test]
async fn a_wrong_digest_is_shown_while_the_bytes_stay_right() {
    for world in every_world() {
        released(&world).await;
        let right = world.api("releases/tags/v1").await;
        world.github.inject(Fault::once(Matcher::of("GET", BY_TAG), FaultKind::WrongDigest));
        let wrong = world.api("releases/tags/v1").await;
        let digest = |release: &serde_json::Value| release["assets"][0]["digest"].clone();
        assert!(digest(&wrong).as_str().unwrap().starts_with("sha256:"));
        assert_ne!(digest(&wrong), digest(&right));
        assert_eq!(wrong["assets"][0]["size"], right["assets"][0]["size"]);
        assert_eq!(digest(&world.api("releases/tags/v1").await), digest(&right));
    }
}

#[tokio::test]
async fn a_stale_read_shows_what_was_so_many_writes_ago() {
    for world in every_world() {
        released(&world).await;
        // create, upload, publish: three writes.
        let stale =
            |writes| Fault::once(Matcher::of("GET", "/repos/o/r/releases/1"), FaultKind::Stale(writes));
        world.github.inject(stale(1));
        assert_eq!(world.api("releases/1").await["draft"], true);
        world.github.inject(stale(2));
        assert_eq!(world.api("releases/1").await["assets"], json!([]));
        for writes in [3, 100] {
            world.github.inject(stale(writes));
            assert!(world.api_refusal("releases/1").await.contains("404"));
        }
        world.github.inject(stale(0));
        assert_eq!(world.api("releases/1").await["draft"], false);
        assert_eq!(world.api("releases/1").await["draft"], false);
    }
}

#[tokio::test]
async fn a_refused_write_and_a_read_make_nothing_older() {
    for world in every_world() {
        released(&world).await;
        world.refused(&["release", "upload", "v1", "hello.txt"]).await;
        world.refused(&["release", "create", "v2", "--notes", "x", "--target", "nowhere"]).await;
        world.github.inject(Fault::once(Matcher::of("GET", "/repos/o/r/releases/1"), FaultKind::Stale(1)));
        assert_eq!(world.api("releases/1").await["draft"], true);
    }
}

#[tokio::test]
async fn a_flapping_resource_is_there_every_other_time() {
    for world in every_world() {
        released(&world).await;
        world.github.inject(Fault::flapping(Matcher::of("GET", BY_TAG)));
        for _ in 0..2 {
            assert!(world.api_refusal("releases/tags/v1").await.contains("404"));
            assert_eq!(world.api("releases/tags/v1").await["tag_name"], "v1");
        }
    }
}

#[tokio::test]
async fn a_fault_of_one_graphql_operation_leaves_the_others_alone() {
    for world in every_world() {
        world.ok(&["release", "create", "v1", "--draft", "--notes", "x"]).await;
        let trouble = FaultKind::wrong(&json!({ "errors": [{ "message": "out of order" }] }));
        world.github.inject(Fault::always(Matcher::graphql("RepositoryReleaseByTag"), trouble));
        let refusal = world.refused(&["release", "view", "v1"]).await;
        // The current gh takes a draft that it could not look up for none: its word is no proof of absence.
        let said = if world.is_current() { "release not found" } else { "out of order" };
        assert!(refusal.contains(said), "{refusal}");
        assert!(world.ok(&["release", "list"]).await.contains("v1"));
    }
}

#[tokio::test]
async fn a_release_that_cannot_be_read_is_told_from_a_missing_one_by_gh_api_alone() {
    for world in every_world() {
        released(&world).await;
        world.github.inject(Fault::always(Matcher::of("GET", BY_TAG), FaultKind::status(503, "no")));
        let refusal = world.refused(&["release", "view", "v1"]).await;
        // The current gh says the same of a server in trouble and of a release that is not there.
        let said = if world.is_current() { "release not found" } else { "503" };
        assert!(refusal.contains(said), "{refusal}");
        assert!(world.api_refusal("releases/tags/v1").await.contains("503"));
    }
}

fn interrupt_upload(world: &World) {
    let mut state = world.github.state();
    let release = state.repository(REPOSITORY).releases.all.get_mut(&1).unwrap();
    release.assets.get_mut(&1).unwrap().state = "starter".to_owned();
}

#[tokio::test]
async fn an_upload_that_did_not_end_is_an_asset_that_is_not_uploaded() {
    for world in every_world() {
        released(&world).await;
        interrupt_upload(&world);
        let seen = world.json(&["release", "view", "v1", "--json", "assets"]).await;
        assert_eq!(seen["assets"][0]["state"], "starter");
    }
}

#[tokio::test]
async fn an_upload_whose_reply_is_lost_happened_and_says_so_when_repeated() {
    for world in every_world() {
        released(&world).await;
        world.write("more.txt", b"more\n");
        let uploads = Matcher::of("POST", "/repos/o/r/releases/1/assets");
        world.github.inject(Fault::once(uploads, FaultKind::Lost));
        // gh tries again by itself, and finds its own asset in the way.
        world.refused(&["release", "upload", "v1", "more.txt"]).await;
        let names: Vec<String> = world.github.state().repository(REPOSITORY).releases.all[&1]
            .assets
            .values()
            .map(|asset| asset.name.clone())
            .collect();
        assert_eq!(names, ["hello.txt", "more.txt"]);
    }
}

#[tokio::test]
async fn a_download_that_breaks_off_fails() {
    for world in every_world() {
        released(&world).await;
        let asset = Matcher::of("GET", "/repos/o/r/releases/assets/1");
        world.github.inject(Fault::once(asset, FaultKind::Cut(b"hel".to_vec())));
        let refusal = world.refused(&["release", "download", "v1", "--dir", "down"]).await;
        assert!(refusal.contains("unexpected EOF"), "{refusal}");
    }
}

#[tokio::test]
async fn a_release_that_cannot_be_published_stays_a_draft() {
    for world in every_world() {
        let publish = Matcher::of("PATCH", "/repos/o/r/releases/1");
        world.github.inject(Fault::once(publish, FaultKind::status(502, "bad gateway")));
        world.write("hello.txt", b"hello\n");
        let refusal = world.refused(&["release", "create", "v1", "hello.txt", "--notes", "x"]).await;
        assert!(refusal.contains("502"), "{refusal}");
        assert!(world.api_refusal("releases/tags/v1").await.contains("404"));
    }
}

#[tokio::test]
async fn references_and_commits_go_wrong_too() {
    for world in every_world() {
        let path = "/repos/o/r/git/ref/heads/main";
        world.github.inject(Fault::flapping(Matcher::of("GET", path)));
        assert!(world.api_refusal("git/ref/heads/main").await.contains("404"));
        assert_eq!(world.api("git/ref/heads/main").await["object"]["sha"], commit());
        world
            .github
            .inject(Fault::once(Matcher::of("GET", "/repos/o/r/commits"), FaultKind::status(503, "no")));
        assert!(world.api_refusal("commits/main").await.contains("503"));
        assert_eq!(world.api("commits/main").await["sha"], commit());
    }
}
