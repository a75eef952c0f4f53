//! What a remote says of its branches.

use crate::support::{GitError, World, commit, remote};
use gonogo_core::ids::CommitId;
use gonogo_world::git::{Contains, DefaultBranch};

async fn contains(world: &World, branch: &str, commit: &CommitId) -> Result<Contains, GitError> {
    world.git.remote_branch_contains(&remote("origin"), branch, commit).await
}

#[tokio::test]
async fn a_branch_holds_what_is_in_its_history_and_nothing_else() {
    let world = World::new().await;
    assert_eq!(contains(&world, "main", &world.second).await.unwrap(), Contains::Yes);
    assert_eq!(contains(&world, "main", &world.first).await.unwrap(), Contains::Yes);
    let unpushed = world.commit("checkout", "a", "unpushed").await;
    let no = Contains::No { at: world.second.clone() };
    assert_eq!(contains(&world, "main", &unpushed).await.unwrap(), no);
    assert_eq!(contains(&world, "main", &commit(&"1".repeat(40))).await.unwrap(), no);
    assert_eq!(contains(&world, "other", &world.first).await.unwrap(), Contains::NoBranch);
}

#[tokio::test]
async fn what_is_missing_is_fetched_and_no_reference_is_touched() {
    let world = World::new().await;
    world.configure("fetch.prune", "true").await;
    world.configure("fetch.pruneTags", "true").await;
    world.run("checkout", &["tag", "only-here"]).await;
    let theirs = world.commit_of_another().await;
    world.in_remote(&["tag", "only-there", &theirs]).await;
    let before = world.references("checkout").await;
    assert_eq!(contains(&world, "main", &world.first).await.unwrap(), Contains::Yes);
    assert_eq!(contains(&world, "main", &theirs).await.unwrap(), Contains::Yes);
    assert_eq!(world.references("checkout").await, before);
    assert!(!world.path("checkout/.git/FETCH_HEAD").exists());
}

#[tokio::test]
async fn a_branch_that_went_another_way_does_not_hold_ours() {
    let world = World::new().await;
    let ours = world.commit("checkout", "a", "ours").await;
    let theirs = world.commit_of_another().await;
    assert_eq!(contains(&world, "main", &ours).await.unwrap(), Contains::No { at: theirs });
}

#[tokio::test]
async fn a_replaced_commit_does_not_make_history() {
    let world = World::new().await;
    let tree = format!("{}^{{tree}}", world.first);
    let ours = world.run("checkout", &["commit-tree", "-m", "ours", "-p", &world.first, &tree]).await;
    let ours = commit(&ours);
    world.run("checkout", &["replace", "--graft", &world.second, &ours]).await;
    let no = Contains::No { at: world.second.clone() };
    assert_eq!(contains(&world, "main", &ours).await.unwrap(), no);
}

#[tokio::test]
async fn a_history_that_is_cut_off_does_not_say_no() {
    let world = World::new().await;
    let address = format!("file://{}", world.path("octo/sample.git").display());
    world.run(".", &["clone", "--quiet", "--depth=1", &address, "shallow"]).await;
    let git = gonogo_world::git::Git::open(&world.path("shallow"), Default::default()).await.unwrap();
    let answer = git.remote_branch_contains(&remote("origin"), "main", &world.first).await;
    assert!(matches!(answer, Err(GitError::CutOff { .. })), "{answer:?}");
    let answer = git.remote_branch_contains(&remote("origin"), "main", &world.second).await;
    assert_eq!(answer.unwrap(), Contains::Yes);
}

#[tokio::test]
async fn the_default_branch_is_what_the_remotes_head_names() {
    let world = World::new().await;
    world.in_remote(&["branch", "x/HEAD", "main~1"]).await;
    let branch =
        |name: &str, commit: &CommitId| DefaultBranch { name: name.to_owned(), commit: commit.clone() };
    let ask = || world.git.remote_default_branch("origin");
    assert_eq!(ask().await.unwrap(), Some(branch("main", &world.second)));
    world.in_remote(&["symbolic-ref", "HEAD", "refs/heads/x/HEAD"]).await;
    assert_eq!(ask().await.unwrap(), Some(branch("x/HEAD", &world.first)));
    let address = world.path("octo/sample.git");
    let by_address = world.git.remote_default_branch(address.to_str().unwrap()).await;
    assert_eq!(by_address.unwrap(), Some(branch("x/HEAD", &world.first)));
}

#[tokio::test]
async fn a_remote_without_a_commit_or_a_branch_for_head_names_none() {
    let world = World::new().await;
    world.in_remote(&["symbolic-ref", "HEAD", "refs/heads/unborn"]).await;
    assert_eq!(world.git.remote_default_branch("origin").await.unwrap(), None);
    world.in_remote(&["update-ref", "--no-deref", "HEAD", &world.first]).await;
    assert_eq!(world.git.remote_default_branch("origin").await.unwrap(), None);
}

#[tokio::test]
async fn a_remote_that_is_gone_answers_nothing() {
    let world = World::new().await;
    std::fs::remove_dir_all(world.path("octo")).unwrap();
    assert!(contains(&world, "main", &world.second).await.is_err());
    assert!(world.git.remote_default_branch("origin").await.is_err());
    assert!(world.git.remote_tag("origin", "v1").await.is_err());
    assert!(world.git.remote_branch("origin", "main").await.is_err());
    assert!(world.git.remote_tags("origin").await.is_err());
}

#[tokio::test]
async fn a_remote_of_an_odd_name_is_a_remote_and_one_that_could_be_an_option_is_no_silence() {
    let world = World::new().await;
    world.run("checkout", &["config", "remote.my remote.url", "elsewhere"]).await;
    assert_eq!(world.git.remotes().await.unwrap(), [remote("my remote"), remote("origin")]);
    world.run("checkout", &["config", "remote.-x.url", "elsewhere"]).await;
    assert!(matches!(world.git.remotes().await, Err(GitError::Nonsense { .. })));
}
