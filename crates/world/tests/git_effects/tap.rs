//! A repository beside the project's: one file of it is changed.

use crate::support::{GitError, World, cleared, pass};
use gonogo_core::ids::CommitId;
use gonogo_world::git::{Pushed, Rejection, Tap, Written};

const FORMULA: &str = "Formula/sample.rb";

/// A world whose remote has a formula, and a clone of that remote as a tap.
async fn with_tap() -> (World, Tap) {
    let world = World::new().await;
    std::fs::create_dir(world.path("checkout/Formula")).unwrap();
    world.commit("checkout", FORMULA, "old\n").await;
    std::os::unix::fs::symlink("sample.rb", world.path("checkout/Formula/link.rb")).unwrap();
    world.run("checkout", &["add", "Formula/link.rb"]).await;
    world.commit("checkout", ".gitattributes", "*.rb text eol=crlf ident\n").await;
    world.run("checkout", &["push", "--quiet", "origin", "main"]).await;
    let tap = clone(&world, "tap").await.unwrap();
    (world, tap)
}

async fn clone(world: &World, folder: &str) -> Result<Tap, GitError> {
    let folder = world.path(folder);
    std::fs::create_dir_all(&folder).unwrap();
    world.git.clone_tap(world.path("octo/sample.git").to_str().unwrap(), &folder).await
}

async fn write(tap: &Tap, path: &str, bytes: &[u8]) -> Result<Written, GitError> {
    tap.write_file(&pass(&cleared("v1.0.0")), path, bytes, "sample 1.0.0\n").await
}

async fn committed(tap: &Tap, path: &str, bytes: &[u8]) -> CommitId {
    match write(tap, path, bytes).await.unwrap() {
        Written::Committed { commit } => commit,
        Written::Unchanged => panic!("unchanged"),
    }
}

#[tokio::test]
async fn a_file_is_read_changed_and_pushed_byte_by_byte() {
    let (world, tap) = with_tap().await;
    assert_eq!(tap.branch(), "main");
    assert_eq!(tap.file(FORMULA).await.unwrap().unwrap(), b"old\n");
    assert_eq!(tap.file("Formula/other.rb").await.unwrap(), None);
    let bytes = b"$Id$ new\r\nmixed\n\xff";
    let commit = committed(&tap, FORMULA, bytes).await;
    assert_eq!(tap.push(pass(&cleared("v1.0.0")), &commit).await.unwrap(), Pushed::Updated);
    assert!(tap.remote_stands_at(&commit).await.unwrap());
    let again = clone(&world, "again").await.unwrap();
    assert_eq!(again.file(FORMULA).await.unwrap().unwrap(), bytes);
    let shown = world.in_remote(&["show", "--format=%an|%B|%P", "--name-only", &commit]).await;
    assert_eq!(shown, format!("Octo|sample 1.0.0\n|{}\n\n{FORMULA}", tap.cloned()));
    assert_eq!(tap.push(pass(&cleared("v1.0.0")), &commit).await.unwrap(), Pushed::AlreadyThere);
}

#[tokio::test]
async fn a_new_file_is_a_plain_one_and_an_old_ones_mode_stays() {
    let (world, tap) = with_tap().await;
    let commit = committed(&tap, "Formula/new.rb", b"new\n").await;
    let entry = world.run("tap", &["ls-tree", &commit, "--", "Formula/new.rb"]).await;
    assert!(entry.starts_with("100644 blob"), "{entry}");
    world.run("checkout", &["update-index", "--chmod=+x", FORMULA]).await;
    world.run("checkout", &["commit", "--quiet", "-m", "runs"]).await;
    world.run("checkout", &["push", "--quiet", "origin", "main"]).await;
    let tap = clone(&world, "second").await.unwrap();
    let commit = committed(&tap, FORMULA, b"new\n").await;
    let entry = world.run("second", &["ls-tree", &commit, "--", FORMULA]).await;
    assert!(entry.starts_with("100755 blob"), "{entry}");
}

#[tokio::test]
async fn a_file_that_has_the_bytes_already_makes_no_commit() {
    let (_world, tap) = with_tap().await;
    assert_eq!(write(&tap, FORMULA, b"old\n").await.unwrap(), Written::Unchanged);
}

#[tokio::test]
async fn a_branch_that_moved_on_is_rejected_and_not_overwritten() {
    let (world, tap) = with_tap().await;
    let commit = committed(&tap, FORMULA, b"new\n").await;
    let theirs = world.commit_of_another().await;
    let pushed = tap.push(pass(&cleared("v1.0.0")), &commit).await.unwrap();
    assert!(matches!(&pushed, Pushed::Rejected { why: Rejection::Behind, .. }), "{pushed:?}");
    assert_eq!(theirs, world.in_remote(&["rev-parse", "main"]).await);
    assert!(!tap.remote_stands_at(&commit).await.unwrap());
}

#[tokio::test]
async fn a_hook_that_adds_to_the_commit_is_found_out() {
    let (world, tap) = with_tap().await;
    let extra = "echo extra > extra\ngit add extra";
    world.script("hooks/pre-commit", extra);
    world.configure("core.hooksPath", world.path("hooks").to_str().unwrap()).await;
    let error = write(&tap, FORMULA, b"new\n").await.unwrap_err();
    assert!(matches!(error, GitError::OtherChange { .. }), "{error:?}");
    world.script("hooks/pre-commit", "echo 'error: no' >&2\nexit 1");
    let tap = clone(&world, "second").await.unwrap();
    let error = write(&tap, FORMULA, b"new\n").await.unwrap_err();
    assert!(matches!(&error, GitError::HookRefused { said, .. } if said == "error: no"), "{error:?}");
}

#[tokio::test]
async fn a_commit_that_nobody_can_be_named_for_or_that_cannot_be_signed_is_not_made() {
    let (world, tap) = with_tap().await;
    for (format, key) in [("ssh", "/no/such/key"), ("openpgp", "nobody")] {
        let git = world.git.clone().with_variables([
            ("GIT_CONFIG_COUNT", "4"),
            ("GIT_CONFIG_KEY_0", "commit.gpgSign"),
            ("GIT_CONFIG_VALUE_0", "true"),
            ("GIT_CONFIG_KEY_1", "gpg.format"),
            ("GIT_CONFIG_VALUE_1", format),
            ("GIT_CONFIG_KEY_2", "user.signingKey"),
            ("GIT_CONFIG_VALUE_2", key),
            ("GIT_CONFIG_KEY_3", "gpg.program"),
            ("GIT_CONFIG_VALUE_3", "/bin/false"),
        ]);
        let folder = world.path(format);
        std::fs::create_dir(&folder).unwrap();
        let signing = git.clone_tap(world.path("octo/sample.git").to_str().unwrap(), &folder).await.unwrap();
        let error = write(&signing, FORMULA, b"new\n").await.unwrap_err();
        assert!(matches!(error, GitError::NotSigned { .. }), "{format}: {error:?}");
    }
    world.run(".", &["config", "--global", "--unset-all", "user.email"]).await;
    world.configure("user.useConfigOnly", "true").await;
    let error = write(&tap, FORMULA, b"new\n").await.unwrap_err();
    assert!(matches!(error, GitError::NoIdentity { .. }), "{error:?}");
    assert_eq!(*tap.cloned(), world.run("tap", &["rev-parse", "HEAD"]).await);
}

#[tokio::test]
async fn what_is_no_plain_file_is_neither_absent_nor_written() {
    let (world, tap) = with_tap().await;
    for path in ["Formula/link.rb", "Formula"] {
        let read = tap.file(path).await;
        assert!(matches!(read, Err(GitError::BadName { .. })), "{path}: {read:?}");
        let written = write(&tap, path, b"new\n").await;
        assert!(matches!(written, Err(GitError::BadName { .. })), "{path}: {written:?}");
    }
    for path in ["../outside", "/outside", ".git/config", "Formula/../x", "a/x", "Formula/sample.rb/x", ""] {
        assert!(write(&tap, path, b"new\n").await.is_err(), "{path}");
    }
    assert_eq!(*tap.cloned(), world.run("tap", &["rev-parse", "HEAD"]).await);
}

#[tokio::test]
async fn a_tap_that_is_gone_empty_or_in_the_way_is_not_cloned() {
    let (world, tap) = with_tap().await;
    let commit = committed(&tap, FORMULA, b"new\n").await;
    assert!(clone(&world, "tap").await.is_err(), "the folder is not empty");
    world.run(".", &["init", "--quiet", "--bare", "empty.git"]).await;
    std::fs::create_dir(world.path("empty")).unwrap();
    let empty = world.git.clone_tap(world.path("empty.git").to_str().unwrap(), &world.path("empty")).await;
    assert!(matches!(empty, Err(GitError::Unborn)), "{empty:?}");
    std::fs::remove_dir_all(world.path("octo")).unwrap();
    assert!(clone(&world, "gone").await.is_err());
    assert!(tap.push(pass(&cleared("v1.0.0")), &commit).await.is_err());
    assert!(tap.remote_stands_at(&commit).await.is_err());
}
