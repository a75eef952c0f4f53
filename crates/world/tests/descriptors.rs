//! An open file goes to the child that it is handed to and to no other, and a run that nobody waits for any more leaves
//! nothing running.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use gonogo_world::process::{Cancel, Environment, Invocation, run, run_holding};
use gonogo_world::tools::find_on_path;
use gonogo_world::tracker::Tracker;
use gonogo_world::tracker::ergo::ErgoTracker;
use rustix::fs::{FlockOperation, flock};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

fn sh(folder: &Path, script: &str) -> Invocation {
    Invocation::tool(Path::new("/bin/sh"), folder, Environment::allowing([])).args(["-c", script])
}

async fn until_there(path: &Path) {
    while !path.exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Waits until nobody holds a file's lock; a holder that stays fails the test.
async fn until_free(path: &Path) {
    let free = async {
        while !is_free(path) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), free).await.unwrap();
}

fn is_free(path: &Path) -> bool {
    flock(File::open(path).unwrap(), FlockOperation::NonBlockingLockExclusive).is_ok()
}

fn locked(path: &Path) -> File {
    let file = File::create(path).unwrap();
    flock(&file, FlockOperation::LockExclusive).unwrap();
    file
}

#[tokio::test]
async fn a_run_that_is_dropped_takes_its_whole_group_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let (lock, ready) = (folder.path().join("lock"), folder.path().join("ready"));
    let file = locked(&lock);
    // The one that the child starts holds the lock for as long as it lives.
    let invocation = sh(folder.path(), "sleep 600 & touch ready; wait");
    let cancel = Cancel::default();
    {
        let running = run_holding(&invocation, Some(&file), &cancel);
        tokio::select! {
            ended = running => panic!("{ended:?}"),
            () = until_there(&ready) => {}
        }
    }
    drop(file);
    until_free(&lock).await;
}

#[tokio::test]
async fn what_was_handed_to_a_child_is_held_until_the_child_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    let (lock, ready) = (folder.path().join("lock"), folder.path().join("ready"));
    let script = "touch ready; until test -e go; do sleep 0.01; done";
    let (invocation, cancel) = (sh(folder.path(), script), Cancel::default());
    let file = locked(&lock);
    let running = run_holding(&invocation, Some(&file), &cancel);
    let meanwhile = async {
        until_there(&ready).await;
        let ours = file.try_clone().unwrap();
        assert!(!is_free(&lock));
        drop(ours);
        std::fs::write(folder.path().join("go"), "").unwrap();
    };
    let (ended, ()) = tokio::join!(running, meanwhile);
    assert!(ended.unwrap().succeeded());
    drop(file);
    // A process that a sibling starts has it too, for as long as it is not yet the program that it becomes.
    until_free(&lock).await;
}

/// A checkout with a backlog, and an ergo that says when it is run under the tracker's lock and goes on when it is told to.
struct Held {
    folder: TempDir,
    tracker: ErgoTracker,
}

const WRAPPER: &str = r#"#!/bin/sh
case "$1" in --help|version|where|init) exec "$REAL_ERGO" "$@" ;; esac
ls -l /dev/fd/ >"$SAID/descriptors"
touch "$SAID/running"
until test -e "$SAID/go"; do sleep 0.01; done
exec "$REAL_ERGO" "$@"
"#;

impl Held {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let profile = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().to_owned();
        let real = profile.join("examples/fake-ergo");
        assert!(real.exists(), "run `cargo build -p gonogo-world --examples` first");
        let environment = Environment::allowing([])
            .with("FAKE_ERGO_GENERATION", "6.0.0")
            .with("REAL_ERGO", &real)
            .with("SAID", folder.path());
        let program = folder.path().join("ergo");
        std::fs::write(&program, WRAPPER).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let checkout = folder.path().join("checkout");
        std::fs::create_dir(&checkout).unwrap();
        let init = Invocation::tool(&program, &checkout, environment.clone()).args(["init"]);
        assert!(run(&init, &Cancel::default()).await.unwrap().succeeded());
        let tracker = ErgoTracker::open(program, checkout, environment);
        Self { folder, tracker }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Reads the backlog, and does something while ergo is run under the lock.
    async fn while_locked(&self, something: impl Future<Output = ()>) {
        let cancel = Cancel::default();
        let meanwhile = async {
            until_there(&self.path("running")).await;
            assert!(!is_free(&self.path("checkout/.ergo")));
            something.await;
            std::fs::write(self.path("go"), "").unwrap();
        };
        let (read, ()) = tokio::join!(self.tracker.read("Release v1.0.0", &cancel), meanwhile);
        assert_eq!(read.unwrap().epic, None);
    }
}

/// What a child has open, by Linux's listing of it, which says where each leads.
#[cfg(target_os = "linux")]
mod listed {
    use super::{Held, sh};
    use gonogo_core::ledger::Opened;
    use gonogo_world::ledger::Ledger;
    use gonogo_world::process::{Cancel, run};
    use std::path::Path;

    /// The descriptors that a listing of `/dev/fd` shows, with where they lead; not the one of the listing itself, nor where the
    /// three of every child lead.
    fn descriptors(listing: &str) -> Vec<String> {
        let mut all: Vec<String> = listing
            .lines()
            .filter_map(|line| line.split_once(" -> "))
            .filter(|(_, to)| !(to.starts_with("/proc/") && to.ends_with("/fd")))
            .map(|(line, to)| {
                let number = line.rsplit(' ').next().unwrap_or_default();
                if matches!(number, "0" | "1" | "2") { number.to_owned() } else { format!("{number} {to}") }
            })
            .collect();
        all.sort();
        all
    }

    async fn descriptors_of_a_child(folder: &Path) -> Vec<String> {
        let listed = run(&sh(folder, "ls -l /dev/fd/"), &Cancel::default()).await.unwrap();
        assert!(listed.succeeded());
        descriptors(&listed.stdout.text())
    }

    #[tokio::test]
    async fn a_child_has_no_descriptor_of_ours_whatever_lock_is_held() {
        let held = Held::new().await;
        // What whoever started the test left open is not ours.
        let before = descriptors_of_a_child(held.folder.path()).await;
        assert!(["0", "1", "2"].iter().all(|own| before.iter().any(|one| one == own)), "{before:?}");
        let opened = Opened { project: "p".to_owned(), target: "v1.0.0".to_owned() };
        let ledger = Ledger::open(&held.path("ledger"), opened).unwrap();
        held.while_locked(async {
            assert_eq!(descriptors_of_a_child(held.folder.path()).await, before);
        })
        .await;
        drop(ledger);
        // Ergo, which writes under the lock, has that one, and no other.
        let of_ergo = descriptors(&std::fs::read_to_string(held.path("descriptors")).unwrap());
        let more: Vec<&String> = of_ergo.iter().filter(|one| !before.contains(one)).collect();
        assert!(matches!(more[..], [one] if one.ends_with("/checkout/.ergo")), "{of_ergo:?}");
    }
}

/// A process that a test left running; ended with the test.
struct Daemon(Pid);

impl Drop for Daemon {
    fn drop(&mut self) {
        kill_process(self.0, Signal::KILL).ok();
    }
}

#[tokio::test]
async fn a_daemon_that_git_leaves_behind_holds_no_lock() {
    let held = Held::new().await;
    let git = find_on_path("git", None).unwrap();
    // Out of git's process group, and with nothing open that it was given by name.
    let leave = "!set -m; sleep 600 </dev/null >/dev/null 2>&1 & echo $! >\"$SAID/daemon\"";
    let alias = format!("alias.leave={leave}");
    let environment = Environment::allowing([]).with("SAID", held.folder.path());
    let git = Invocation::tool(&git, held.folder.path(), environment).args(["-c", &alias, "leave"]);
    held.while_locked(async {
        assert!(run(&git, &Cancel::default()).await.unwrap().succeeded());
    })
    .await;
    let number = std::fs::read_to_string(held.path("daemon")).unwrap().trim().parse().unwrap();
    let daemon = Daemon(Pid::from_raw(number).unwrap());
    assert!(rustix::process::test_kill_process(daemon.0).is_ok(), "the daemon is still there");
    until_free(&held.path("checkout/.ergo")).await;
    assert!(rustix::process::test_kill_process(daemon.0).is_ok(), "and was there for as long");
}
