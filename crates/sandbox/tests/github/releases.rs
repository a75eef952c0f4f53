//! Releases and their assets through gh's own commands.

use crate::support::{REPOSITORY, World, commit, every_world};
use serde_json::{Value, json};

const HELLO: &str = "sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

async fn released(world: &World) {
    world.write("hello.txt", b"hello\n");
    world.ok(&["release", "create", "v1", "hello.txt", "--title", "One", "--notes", "First"]).await;
}

#[tokio::test]
async fn a_release_is_created_with_its_asset_and_read_back() {
    for world in every_world() {
        released(&world).await;
        let seen = world
            .json(&[
                "release",
                "view",
                "v1",
                "--json",
                "tagName,name,body,isDraft,isPrerelease,assets,targetCommitish",
            ])
            .await;
        assert_eq!(
            (&seen["tagName"], &seen["name"], &seen["body"]),
            (&json!("v1"), &json!("One"), &json!("First"))
        );
        assert_eq!((&seen["isDraft"], &seen["isPrerelease"]), (&json!(false), &json!(false)));
        let asset = &seen["assets"][0];
        assert_eq!(
            (&asset["name"], &asset["size"], &asset["state"]),
            (&json!("hello.txt"), &json!(6), &json!("uploaded"))
        );
        let rest = world.api("releases/tags/v1").await;
        assert_eq!(rest["assets"][0]["digest"], HELLO);
        assert_eq!(rest["published_at"].as_str().map(str::len), Some(20));
    }
}

#[tokio::test]
async fn uploads_go_to_their_own_host_while_the_release_is_a_draft() {
    for world in every_world() {
        released(&world).await;
        let log = world.github.log();
        let steps: Vec<(&str, &str)> =
            log.iter().map(|entry| (entry.method.as_str(), entry.path.as_str())).collect();
        assert_eq!(
            steps[steps.len() - 4..],
            [
                ("HEAD", "/repos/o/r/releases/tags/v1"),
                ("POST", "/repos/o/r/releases"),
                ("POST", "/repos/o/r/releases/1/assets"),
                ("PATCH", "/repos/o/r/releases/1"),
            ]
        );
        let upload = &log[log.len() - 2];
        assert_eq!((upload.host.as_str(), upload.body.as_str()), ("uploads.github.com", "hello\n"));
        assert!(log[log.len() - 3].body.contains("\"draft\":true"));
    }
}

#[tokio::test]
async fn a_published_release_makes_its_tag_where_there_is_none() {
    for world in every_world() {
        released(&world).await;
        assert_eq!(world.api("git/ref/tags/v1").await["object"]["sha"], commit());
        let refusal = world.refused(&["release", "create", "v2", "--notes", "", "--target", "nowhere"]).await;
        assert!(refusal.contains("target_commitish"), "{refusal}");
        assert!(world.api_refusal("git/ref/tags/v2").await.contains("404"));
    }
}

#[tokio::test]
async fn a_tag_that_must_be_there_and_is_not_creates_nothing() {
    for world in every_world() {
        let create = ["release", "create", "v1", "--verify-tag", "--notes", "x"];
        let refusal = world.refused(&create).await;
        assert!(refusal.contains("tag v1 doesn't exist"), "{refusal}");
        assert_eq!(world.github.count("POST", "/repos/o/r/releases"), 0);
        world.github.state().repository(REPOSITORY).add_annotated_tag("v1", &"b".repeat(40), &commit());
        world.ok(&create).await;
        assert_eq!(world.api("git/ref/tags/v1").await["object"]["type"], "tag");
    }
}

#[tokio::test]
async fn a_tag_has_one_published_release() {
    for world in every_world() {
        released(&world).await;
        let refusal = world.refused(&["release", "create", "v1", "--notes", "again"]).await;
        assert!(refusal.contains("already_exists") || refusal.contains("already exists"), "{refusal}");
        assert_eq!(world.github.state().repository(REPOSITORY).releases.all.len(), 1);
    }
}

#[tokio::test]
async fn a_draft_is_hidden_from_rest_by_tag_and_seen_by_gh() {
    for world in every_world() {
        world.ok(&["release", "create", "v1", "--draft", "--notes", "x"]).await;
        assert!(world.api_refusal("releases/tags/v1").await.contains("404"));
        assert!(world.api_refusal("git/ref/tags/v1").await.contains("404"));
        let seen = world.json(&["release", "view", "v1", "--json", "isDraft,publishedAt,url"]).await;
        assert_eq!((&seen["isDraft"], &seen["publishedAt"]), (&json!(true), &Value::Null));
        assert!(seen["url"].as_str().unwrap().contains("untagged-"), "{seen}");

        world.ok(&["release", "edit", "v1", "--draft=false"]).await;
        let seen = world.api("releases/tags/v1").await;
        assert_eq!(seen["draft"], false);
        assert_eq!(world.api("git/ref/tags/v1").await["object"]["sha"], commit());
    }
}

#[tokio::test]
async fn releases_are_listed_newest_first_with_the_latest_marked() {
    for world in every_world() {
        for create in [["v1", "--latest"], ["v2", "--prerelease"], ["v3", "--draft"]] {
            world.ok(&["release", "create", create[0], create[1], "--notes", "x"]).await;
        }
        let listed = world.ok(&["release", "list"]).await;
        let rows: Vec<Vec<&str>> = listed.lines().map(|line| line.split('\t').collect()).collect();
        let kinds: Vec<(&str, &str)> = rows.iter().map(|row| (row[2], row[1])).collect();
        assert_eq!(kinds, [("v3", "Draft"), ("v2", "Pre-release"), ("v1", "Latest")]);
        assert_eq!(world.api("releases/latest").await["tag_name"], "v1");
    }
}

#[tokio::test]
async fn every_page_of_a_long_list_is_read() {
    for world in every_world() {
        for number in 0..120 {
            let (tag, draft) = (format!("tag_name=v{number}"), "draft=true");
            // One gh for each would take long, and their writing is not what this is about.
            if number < 2 {
                let create = ["api", "repos/o/r/releases", "-f", &tag, "-F", draft];
                assert!(world.gh(&create).await.succeeded());
                continue;
            }
            let mut state = world.github.state();
            let releases = &mut state.repository(REPOSITORY).releases;
            let release = gonogo_sandbox::github::StoredRelease {
                id: 1000 + number,
                tag: format!("v{number}"),
                ..releases.all[&1].clone()
            };
            releases.all.insert(release.id, release);
        }
        let listed = world.ok(&["release", "list", "--limit", "200"]).await;
        assert_eq!(listed.lines().count(), 120);
        assert_eq!(world.github.count("POST", "/graphql"), if world.is_current() { 3 } else { 2 });
    }
}

#[tokio::test]
async fn an_asset_is_uploaded_once_replaced_by_order_and_downloaded() {
    for world in every_world() {
        released(&world).await;
        let refusal = world.refused(&["release", "upload", "v1", "hello.txt"]).await;
        assert!(refusal.contains("asset under the same name already exists"), "{refusal}");

        world.write("hello.txt", b"other\n");
        world.ok(&["release", "upload", "v1", "hello.txt", "--clobber"]).await;
        assert_eq!(world.github.count("DELETE", "/repos/o/r/releases/assets/1"), 1);
        let assets = world.api("releases/1/assets").await;
        assert_eq!((assets.as_array().unwrap().len(), &assets[0]["id"]), (1, &json!(2)));
        assert_ne!(assets[0]["digest"], HELLO);

        world.ok(&["release", "download", "v1", "--pattern", "*.txt", "--dir", "down"]).await;
        assert_eq!(world.read("down/hello.txt"), b"other\n");
        world.ok(&["release", "delete-asset", "v1", "hello.txt", "--yes"]).await;
        let refusal = world.refused(&["release", "download", "v1"]).await;
        assert!(refusal.contains("no assets"), "{refusal}");
    }
}

#[tokio::test]
async fn a_release_that_is_not_there_is_not_found() {
    for world in every_world() {
        for command in ["view", "download", "delete"] {
            let refusal = world.refused(&["release", command, "v1"]).await;
            assert!(refusal.contains("release not found"), "{command}: {refusal}");
        }
        world.github.state().repositories.clear();
        let refusal = world.refused(&["release", "list"]).await;
        assert!(refusal.contains("Could not resolve to a Repository"), "{refusal}");
    }
}

#[tokio::test]
async fn a_deleted_release_leaves_its_tag_unless_that_is_cleaned_up_too() {
    for world in every_world() {
        released(&world).await;
        world.ok(&["release", "delete", "v1", "--yes"]).await;
        assert_eq!(world.api("git/ref/tags/v1").await["object"]["sha"], commit());
        released(&world).await;
        world.ok(&["release", "delete", "v1", "--yes", "--cleanup-tag"]).await;
        assert!(world.api_refusal("git/ref/tags/v1").await.contains("404"));
    }
}

#[tokio::test]
async fn an_immutable_release_takes_no_asset_and_loses_none() {
    for world in every_world() {
        released(&world).await;
        world.github.state().repository(REPOSITORY).releases.all.get_mut(&1).unwrap().is_immutable = true;
        world.write("more.txt", b"more\n");
        let refusal = world.refused(&["release", "upload", "v1", "more.txt"]).await;
        assert!(refusal.contains("immutable"), "{refusal}");
        let refusal = world.refused(&["release", "delete-asset", "v1", "hello.txt", "--yes"]).await;
        assert!(refusal.contains("immutable"), "{refusal}");
        assert_eq!(world.api("releases/1/assets").await.as_array().unwrap().len(), 1);
    }
}
