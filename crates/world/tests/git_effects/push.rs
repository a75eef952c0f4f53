//! Pushes of a tag.

use crate::support::{Cancel, Git, GitError, World, cleared, pass, remote, tag};
use gonogo_world::git::{Party, Pushed, Refusal, Rejection};
use std::time::Duration;

async fn tagged() -> World {
    let world = World::new().await;
    make_tag(&world, "v1.0.0").await;
    world
}

async fn make_tag(world: &World, name: &str) {
    world.git.create_annotated_tag(pass(&cleared(name)), &tag(name), &world.second, "Release").await.unwrap();
}

async fn push(git: &Git) -> Result<Pushed, GitError> {
    git.push_tag(pass(&cleared("v1.0.0")), &remote("origin"), &tag("v1.0.0")).await
}

async fn refused(world: &World) -> String {
    push(&world.git).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_tag_is_pushed_once_and_then_it_is_there() {
    let world = tagged().await;
    assert_eq!(world.git.remote_tag("origin", &tag("v1.0.0")).await.unwrap(), None);
    assert_eq!(push(&world.git).await.unwrap(), Pushed::Created);
    let local = world.git.local_tag(&tag("v1.0.0")).await.unwrap().unwrap();
    let remote = world.git.remote_tag("origin", &tag("v1.0.0")).await.unwrap().unwrap();
    assert_eq!((&remote.object, &remote.commit), (&local.object, &local.commit));
    assert!(remote.is_annotated());
    assert_eq!(push(&world.git).await.unwrap(), Pushed::AlreadyThere);
}

#[tokio::test]
async fn nothing_is_pushed_beside_the_tag_whatever_is_configured() {
    let world = tagged().await;
    make_tag(&world, "v0.9.0").await;
    world.commit("checkout", "a", "unpushed").await;
    let before = world.references("octo/sample.git").await;
    for (key, value) in [
        ("push.followTags", "true"),
        ("push.default", "matching"),
        ("push.recurseSubmodules", "on-demand"),
        ("remote.origin.push", "+refs/*:refs/*"),
        ("push.autoSetupRemote", "true"),
    ] {
        world.configure(key, value).await;
    }
    assert_eq!(push(&world.git).await.unwrap(), Pushed::Created);
    let after = world.references("octo/sample.git").await;
    let new: Vec<&str> = after.lines().filter(|line| !before.contains(line)).collect();
    assert_eq!(new.len(), 1);
    assert!(new[0].starts_with("refs/tags/v1.0.0 "), "{new:?}");
}

#[tokio::test]
async fn a_tag_that_the_remote_has_at_something_else_is_rejected_and_stays() {
    for theirs in [&["tag", "v1.0.0", "main"][..], &["tag", "-m", "theirs", "v1.0.0", "main~1"]] {
        let world = tagged().await;
        world.in_remote(theirs).await;
        let before = world.git.remote_tag("origin", &tag("v1.0.0")).await.unwrap();
        assert!(before.is_some());
        let pushed = push(&world.git).await.unwrap();
        assert!(matches!(&pushed, Pushed::Rejected { why: Rejection::Exists, .. }), "{pushed:?}");
        assert_eq!(world.git.remote_tag("origin", &tag("v1.0.0")).await.unwrap(), before);
    }
}

#[tokio::test]
async fn a_remote_that_refuses_says_what_of_it_does_and_why() {
    for (hook, words) in [("pre-receive", "tags are frozen"), ("update", "not this one")] {
        let world = tagged().await;
        let hook = format!("octo/sample.git/hooks/{hook}");
        world.script(&hook, &format!("echo 'error: No space left on device'\necho '{words}'\nexit 1"));
        let Pushed::Refused { why: Refusal::Hook, said } = push(&world.git).await.unwrap() else {
            panic!("{hook}")
        };
        assert!(said.contains("hook declined") && said.contains(words), "{said}");
        assert_eq!(world.git.remote_tag("origin", &tag("v1.0.0")).await.unwrap(), None);
    }
    let world = tagged().await;
    world.in_remote(&["config", "receive.hideRefs", "refs/tags/v1.0.0"]).await;
    let pushed = push(&world.git).await.unwrap();
    assert!(matches!(&pushed, Pushed::Refused { why: Refusal::Rule, .. }), "{pushed:?}");
    let world = tagged().await;
    std::fs::create_dir_all(world.path("octo/sample.git/refs/tags")).unwrap();
    std::fs::write(world.path("octo/sample.git/refs/tags/v1.0.0.lock"), "").unwrap();
    let pushed = push(&world.git).await.unwrap();
    let Pushed::Refused { why: Refusal::Fault, said } = &pushed else { panic!("{pushed:?}") };
    assert!(said.contains("File exists"), "{said}");
}

#[tokio::test]
async fn a_remote_that_breaks_off_leaves_it_open_and_is_no_hook_of_ours() {
    let world = tagged().await;
    let abort = "if test \"$1\" = prepared; then exit 1; fi";
    world.script("octo/sample.git/hooks/reference-transaction", abort);
    let error = push(&world.git).await.unwrap_err();
    assert!(matches!(error, GitError::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn the_users_own_hook_is_run_and_its_refusal_is_an_error_of_its_own() {
    for (script, words) in [("echo 'fatal: No space left on device' >&2", "No space left"), ("", "")] {
        let world = tagged().await;
        world.script("checkout/.git/hooks/pre-push", &format!("{script}\nexit 1"));
        let error = push(&world.git).await.unwrap_err();
        let GitError::HookRefused { hook: "pre-push", said, .. } = &error else { panic!("{error:?}") };
        assert!(said.contains(words) && !said.contains("failed to push"), "{said}");
        assert_eq!(world.in_remote(&["tag"]).await, "");
    }
}

#[tokio::test]
async fn a_tag_that_is_not_here_cannot_be_pushed() {
    let world = World::new().await;
    world.run("checkout", &["branch", "v1.0.0"]).await;
    let error = refused(&world).await;
    assert!(error.contains("does not match any"), "{error}");
    assert_eq!(world.in_remote(&["tag"]).await, "");
}

#[tokio::test]
async fn a_remote_that_is_gone_is_an_error_and_no_push() {
    let world = tagged().await;
    std::fs::remove_dir_all(world.path("octo")).unwrap();
    let error = push(&world.git).await.unwrap_err();
    assert!(
        matches!(&error, GitError::Unreachable { said, .. } if said.contains("octo/sample.git")),
        "{error:?}"
    );
    let error =
        world.git.push_tag(pass(&cleared("v1.0.0")), &remote("nowhere"), &tag("v1.0.0")).await.unwrap_err();
    assert!(matches!(error, GitError::Failed { .. }), "{error:?}");
}

#[tokio::test]
async fn one_name_for_several_addresses_is_not_pushed_to() {
    let world = tagged().await;
    world.run(".", &["init", "--quiet", "--bare", "mirror.git"]).await;
    for address in ["../octo/sample.git", "../mirror.git"] {
        world.run("checkout", &["remote", "set-url", "--add", "--push", "origin", address]).await;
    }
    let addresses = world.git.push_addresses("origin").await.unwrap();
    assert_eq!(addresses, ["../octo/sample.git", "../mirror.git"]);
    let error = push(&world.git).await.unwrap_err();
    assert!(matches!(error, GitError::SeveralAddresses { count: 2, .. }), "{error:?}");
    assert_eq!(
        (world.in_remote(&["tag"]).await, world.run("mirror.git", &["tag"]).await),
        Default::default()
    );
}

#[tokio::test]
async fn a_push_that_would_go_to_another_repository_than_is_read_is_not_made() {
    let world = tagged().await;
    world.run(".", &["init", "--quiet", "--bare", "mirror.git"]).await;
    let (mirror, origin) = (world.path("mirror.git"), world.path("octo/sample.git"));
    world.run("checkout", &["remote", "set-url", "origin", origin.to_str().unwrap()]).await;
    assert_eq!(world.git.pushes_elsewhere("origin").await.unwrap(), None);
    let redirect = format!("url.{}.pushInsteadOf", mirror.display());
    world.run("checkout", &["config", &redirect, origin.to_str().unwrap()]).await;
    let error = push(&world.git).await.unwrap_err();
    assert!(matches!(error, GitError::PushedElsewhere { .. }), "{error:?}");
    assert_eq!(world.run("mirror.git", &["tag"]).await, "");
    // A `pushurl` outweighs it, and may be another way to the same place.
    let same = format!("file://{}", origin.display());
    world.run("checkout", &["remote", "set-url", "--push", "origin", &same]).await;
    assert_eq!(world.git.pushes_elsewhere("origin").await.unwrap(), None);
    assert_eq!(push(&world.git).await.unwrap(), Pushed::Created);
}

#[tokio::test]
async fn an_address_that_a_private_world_redirects_is_the_one_that_is_asked_and_pushed_to() {
    let world = tagged().await;
    world.run("checkout", &["remote", "set-url", "origin", "https://example.test/octo/sample.git"]).await;
    let base = format!("url.{}/.insteadOf", world.path("").to_str().unwrap().trim_end_matches('/'));
    let git = world.git.clone().with_variables([
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", base.as_str()),
        ("GIT_CONFIG_VALUE_0", "https://example.test/"),
    ]);
    assert_eq!(git.remote_address("origin").await.unwrap().unwrap(), "https://example.test/octo/sample.git");
    assert_eq!(push(&git).await.unwrap(), Pushed::Created);
    assert!(git.remote_tag("origin", &tag("v1.0.0")).await.unwrap().is_some());
    assert_eq!(world.in_remote(&["tag"]).await, "v1.0.0");
}

const OVER_SSH: [&str; 4] = ["remote", "set-url", "origin", "ssh://git@example.test/octo/sample.git"];

#[tokio::test]
async fn ssh_asks_nobody_and_a_command_of_the_users_own_is_left_as_it_is() {
    let world = tagged().await;
    world.run("checkout", &OVER_SSH).await;
    let record = |name: &str| {
        let log = world.path(name);
        world.script(&format!("{name}.bin/ssh"), &format!("echo \"$@\" >> '{}'\nexit 255", log.display()))
    };
    let recorded = |name: &str| std::fs::read_to_string(world.path(name)).unwrap_or_default();
    let fake = record("plain");
    let path = format!("{}:{}", fake.trim_end_matches("/ssh"), std::env::var("PATH").unwrap());
    let git = world.git.clone().with_variables([("PATH", path)]);
    assert!(push(&git).await.is_err() && git.remote_tag("origin", &tag("v1.0.0")).await.is_err());
    assert_eq!(recorded("plain").matches("BatchMode=yes").count(), 2);

    let by_variable = git.clone().with_variables([("GIT_SSH_COMMAND", record("variable"))]);
    assert!(push(&by_variable).await.is_err());
    world.configure("core.sshCommand", &record("configured")).await;
    assert!(push(&git).await.is_err());
    for name in ["variable", "configured"] {
        assert!(
            recorded(name).contains("git-receive-pack") && !recorded(name).contains("BatchMode"),
            "{name}"
        );
    }
    assert_eq!(recorded("plain").lines().count(), 2);
}

#[tokio::test]
async fn a_remote_that_does_not_let_us_in_or_does_not_allow_it_is_reached() {
    let world = tagged().await;
    world.run("checkout", &OVER_SSH).await;
    let transport = |words: &str| world.script("ssh", &format!("echo '{words}' >&2\nexit 128"));
    let said = async |words: &str| {
        let git = world.git.clone().with_variables([("GIT_SSH_COMMAND", transport(words))]);
        (push(&git).await.unwrap_err(), git.remote_tag("origin", &tag("v1.0.0")).await.unwrap_err())
    };
    let both = said("git@example.test: Permission denied (publickey).").await;
    assert!(matches!(both, (GitError::Unauthorized { .. }, GitError::Unauthorized { .. })), "{both:?}");
    let both = said("ERROR: Permission to octo/sample.git denied to deploy key").await;
    assert!(matches!(both, (GitError::Forbidden { .. }, GitError::Forbidden { .. })), "{both:?}");
    let both = said("ssh: connect to host example.test port 22: Network is unreachable").await;
    assert!(matches!(both, (GitError::Unreachable { .. }, GitError::Unreachable { .. })), "{both:?}");
}

#[tokio::test]
async fn a_remote_that_never_answers_is_timed_out() {
    let world = tagged().await;
    world.run("checkout", &OVER_SSH).await;
    let git =
        world.git.clone().with_variables([("GIT_SSH_COMMAND", world.script("stuck", "exec sleep 3600"))]);
    let git = git.with_remote_limit(Duration::from_millis(300));
    let error = push(&git).await.unwrap_err();
    assert!(matches!(error, GitError::TimedOut { with: Party::Remote, .. }), "{error:?}");
    let error = git.remote_tag("origin", &tag("v1.0.0")).await.unwrap_err();
    assert!(matches!(error, GitError::TimedOut { .. }), "{error:?}");
}

#[tokio::test]
async fn a_stop_order_ends_a_push() {
    let cancel = Cancel::default();
    let world = World::stopped_by(cancel.clone()).await;
    make_tag(&world, "v1.0.0").await;
    cancel.cancel();
    let error = push(&world.git).await.unwrap_err();
    assert!(matches!(error, GitError::Cancelled), "{error:?}");
}
