//! All tags at once, and what stands at a path of a commit.

use crate::support::{World, commit};
use gonogo_core::ids::CommitId;
use gonogo_world::git::AtPath;

#[tokio::test]
async fn the_tags_of_a_clone_and_of_its_remote_are_told_alike() {
    let world = World::new().await;
    assert!(world.git.tag_places().await.unwrap().is_empty());
    world.run("checkout", &["tag", "-a", "-m", "x", "v1.0.0"]).await;
    world.run("checkout", &["tag", "light", &world.first]).await;
    world.run("checkout", &["push", "--quiet", "--tags", "origin"]).await;
    let here = world.git.tag_places().await.unwrap();
    assert_eq!(here, world.git.remote_tag_places("origin").await.unwrap());
    assert_eq!(here["v1.0.0"].commit, world.second);
    assert_ne!(world.second, here["v1.0.0"].object);
    assert_eq!(here["light"].commit, world.first);
    assert_eq!(world.first, here["light"].object);
    world.run("checkout", &["tag", "-f", "light", "HEAD"]).await;
    assert_ne!(world.git.tag_places().await.unwrap(), world.git.remote_tag_places("origin").await.unwrap());
}

#[tokio::test]
async fn a_remote_that_does_not_answer_has_no_empty_list_of_tags() {
    let world = World::new().await;
    std::fs::rename(world.path("octo"), world.path("moved")).unwrap();
    assert!(world.git.remote_tag_places("origin").await.is_err());
}

#[tokio::test]
async fn links_within_a_tree_are_followed_and_no_others() {
    let world = World::new().await;
    let root = world.path("checkout");
    std::fs::create_dir(root.join("in")).unwrap();
    std::fs::write(root.join("in/a file"), "text\n").unwrap();
    for (name, to) in [
        ("link", "in/a file"),
        ("out", "/etc/passwd"),
        ("up", "../x"),
        ("lost", "nothing"),
        ("round", "round"),
    ] {
        std::os::unix::fs::symlink(to, root.join(name)).unwrap();
    }
    world.run("checkout", &["add", "--all"]).await;
    world.run("checkout", &["commit", "--quiet", "-m", "links"]).await;
    let head = commit(&world.run("checkout", &["rev-parse", "HEAD"]).await);
    let names = ["in/a file", "link", "out", "up", "lost", "round", "in", "not there", "a b c d"];
    let mut asked: Vec<(CommitId, String)> =
        names.iter().map(|name| (head.clone(), (*name).to_owned())).collect();
    asked.push((commit(&"1".repeat(40)), "link".to_owned()));
    let file = || AtPath::File(b"text\n".to_vec());
    let nothing = || AtPath::Nothing;
    let found = world.git.at_paths(&asked).await.unwrap();
    let wanted = [
        file(),
        file(),
        AtPath::Astray,
        AtPath::Astray,
        AtPath::Astray,
        AtPath::Astray,
        nothing(),
        nothing(),
        nothing(),
        AtPath::NoCommit,
    ];
    assert_eq!(found, wanted);
    assert!(world.git.at_paths(&[(head.clone(), "a\nb".to_owned())]).await.is_err());
    assert_eq!(world.git.files_with(&head, "tex").await.unwrap(), ["in/a file"]);
    assert_eq!(world.git.files_with(&head, "nowhere").await.unwrap(), [""; 0]);
}
