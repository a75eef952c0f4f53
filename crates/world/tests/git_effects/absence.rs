//! What is not there, and what git only cannot tell.

use crate::support::{Cancel, Git, GitError, World};
use gonogo_core::ids::CommitId;
use gonogo_world::git::Upstream;

#[tokio::test]
async fn a_checkout_that_git_cannot_read_is_not_absent() {
    let world = World::new().await;
    let open = async |folder: &str| Git::open(&world.path(folder), Cancel::default()).await;
    for outside in ["octo/sample.git", ""] {
        let error = open(outside).await.unwrap_err();
        assert!(matches!(error, GitError::NoCheckout(_)), "{outside}: {error:?}");
    }
    let configuration = world.path("checkout/.git/config");
    let whole = std::fs::read_to_string(&configuration).unwrap();
    std::fs::write(&configuration, format!("{whole}[broken\n")).unwrap();
    let error = open("checkout").await.unwrap_err();
    assert!(matches!(&error, GitError::Failed { said, .. } if said.contains("bad config")), "{error:?}");
}

#[tokio::test]
async fn a_broken_branch_is_not_one_without_a_commit() {
    let world = World::new().await;
    let branch = world.path("checkout/.git/refs/heads/main");
    for broken in ["garbage\n".to_owned(), format!("{}\n", "1".repeat(40))] {
        std::fs::write(&branch, &broken).unwrap();
        let error = world.git.head().await.unwrap_err();
        assert!(matches!(error, GitError::Failed { .. }), "{broken}: {error:?}");
    }
    std::fs::remove_file(&branch).unwrap();
    assert!(matches!(world.git.head().await, Err(GitError::Unborn)));
    assert_eq!(world.git.upstream().await.unwrap(), Upstream::None);
}

#[tokio::test]
async fn a_reference_that_stands_for_no_commit_here_is_not_absent() {
    let world = World::new().await;
    let commit_of = async || world.git.commit_of("refs/tags/v1.0.0").await;
    assert_eq!(commit_of().await.unwrap(), None);
    let blob = world.run("checkout", &["rev-parse", "HEAD:a"]).await;
    for broken in ["garbage".to_owned(), "1".repeat(40), blob] {
        std::fs::write(world.path("checkout/.git/refs/tags/v1.0.0"), format!("{broken}\n")).unwrap();
        assert!(matches!(commit_of().await, Err(GitError::Failed { .. })), "{broken}");
    }
    std::fs::write(world.path("checkout/.git/refs/tags/v1.0.0"), format!("{}\n", world.first)).unwrap();
    assert_eq!(commit_of().await.unwrap(), Some(world.first.clone()));
}

#[tokio::test]
async fn only_a_branch_that_has_no_upstream_has_none() {
    let world = World::new().await;
    let at = |commit: &CommitId| Upstream::At { name: "origin/main".to_owned(), commit: commit.clone() };
    world.run("checkout", &["branch", "--quiet", "--unset-upstream", "main"]).await;
    assert_eq!(world.git.upstream().await.unwrap(), Upstream::None);
    world.run("checkout", &["branch", "--quiet", "--set-upstream-to=origin/main", "main"]).await;
    world.commit("checkout", "a", "unpushed").await;
    assert_eq!(world.git.upstream().await.unwrap(), at(&world.second));
    // A branch below a name like it, and one that is not fetched.
    world.run("checkout", &["branch", "--quiet", "other"]).await;
    world.run("checkout", &["config", "branch.main.merge", "refs/heads/never-fetched"]).await;
    assert_eq!(world.git.upstream().await.unwrap(), Upstream::None);
    world.run("checkout", &["config", "branch.main.merge", "refs/heads/main"]).await;

    std::fs::write(world.path("checkout/.git/refs/remotes/origin/main"), "garbage\n").unwrap();
    assert!(world.git.upstream().await.is_err(), "a broken upstream is not none");
    std::fs::write(world.path("checkout/.git/refs/remotes/origin/main"), format!("{}\n", world.first))
        .unwrap();
    assert_eq!(world.git.upstream().await.unwrap(), at(&world.first));
    world.run("checkout", &["checkout", "--quiet", "--detach"]).await;
    assert_eq!(world.git.upstream().await.unwrap(), Upstream::Detached);
    let configuration = world.path("checkout/.git/config");
    let whole = std::fs::read_to_string(&configuration).unwrap();
    std::fs::write(&configuration, format!("{whole}[broken\n")).unwrap();
    assert!(world.git.upstream().await.is_err(), "an error is neither");
}
