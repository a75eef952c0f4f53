//! The ergo tracker against the stand-in of every generation, and against programs that lie.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "tracker_support/checks.rs"]
mod checks;
#[path = "tracker_support/conformance.rs"]
mod conformance;
#[path = "tracker_support/ergo.rs"]
mod ergo;

use checks::fixture;
use conformance::{TARGET, draft};
use ergo::{Ergo, GENERATIONS};
use gonogo_core::blocker::{Backlog, epic_title, reconcile};
use gonogo_world::process::{Cancel, Environment};
use gonogo_world::tracker::Tracker;
use gonogo_world::tracker::ergo::ErgoTracker;
use std::time::Duration;

fn stand_in(version: &'static str) -> Ergo {
    // target/<profile>/deps/<this test> and target/<profile>/examples/fake-ergo
    let profile = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().to_owned();
    let program = profile.join("examples/fake-ergo");
    assert!(program.exists(), "run `cargo build -p gonogo-world --examples` first");
    let environment = Environment::allowing([]).with("FAKE_ERGO_GENERATION", version);
    Ergo { program, version, environment }
}

macro_rules! in_every_generation {
    ($($check:ident)*) => {$(
        mod $check {
            use super::{checks, stand_in};
            in_every_generation!(@ $check, ergo_0_9: "0.9.3", ergo_1: "1.2.0", ergo_2: "2.0.1", ergo_3: "3.0.0",
                ergo_4_1: "4.1.0", ergo_4_3: "4.3.3", ergo_5: "5.0.3", ergo_6: "6.0.0");
        }
    )*};
    (@ $check:ident, $($name:ident: $version:literal),*) => {$(
        #[tokio::test]
        async fn $name() {
            checks::$check(&stand_in($version)).await;
        }
    )*};
}

in_every_generation! {
    it_keeps_one_task_for_a_problem
    without_a_backlog_it_is_an_error_that_says_ergo_init
    two_epics_of_one_title_are_read_together
    a_claim_is_kept_by_an_update
}

#[tokio::test]
async fn a_fix_that_failed_is_open_and_locks_nobody_out() {
    let ergo = stand_in("6.0.0");
    let checkout = ergo.checkout().await;
    let (tracker, cancel, title) = (ergo.tracker(checkout.path()), Cancel::default(), epic_title(TARGET));
    let drafts = [draft("a", "x"), draft("b", "x")];
    let filed = tracker.apply(&title, &reconcile(&Backlog::empty(), &drafts), &cancel).await.unwrap();
    ergo.run(checkout.path(), &["fail", &filed.tasks[0].id], None).await;
    let read = tracker.read(&title, &cancel).await.unwrap();
    assert_eq!(read.tasks.len(), 2);
    assert!(read.tasks.iter().all(|task| task.state == gonogo_core::blocker::TaskState::Open), "{read:?}");
    tracker.close(&filed.tasks[0].id, "mended after all", &cancel).await.unwrap();
}

#[tokio::test]
async fn killed_at_any_write_it_still_files_once() {
    // One of each way of writing: JSON, one command for each change, an epic with its first task.
    for ergo in ["0.9.3", "2.0.1", "6.0.0"].map(stand_in) {
        checks::killed_at_any_write_it_still_files_once(&ergo).await;
    }
}

#[tokio::test]
async fn an_ergo_older_than_the_store_is_refused_and_a_newer_one_reads_it() {
    let readers = GENERATIONS.map(stand_in);
    for writer in &readers {
        checks::a_store_is_read_whole_or_refused(writer, &readers).await;
    }
    for (older, newer) in [(0, 1), (0, 7), (1, 2), (2, 3), (2, 7), (3, 4), (4, 5), (5, 6), (6, 7)] {
        checks::a_newer_ergo_goes_on_where_the_older_one_stopped(&readers[older], &readers[newer]).await;
    }
    for older in &readers[..4] {
        for newer in &readers[4..] {
            checks::an_older_ergo_is_refused_where_a_newer_one_wrote(older, newer).await;
        }
    }
}

#[tokio::test]
async fn a_store_file_that_nobody_knows_yet_is_refused() {
    for version in GENERATIONS {
        let ergo = stand_in(version);
        let checkout = ergo.checkout().await;
        std::fs::write(checkout.path().join(".ergo/tasks.jsonl"), "").unwrap();
        let read = ergo.tracker(checkout.path()).read(&epic_title(TARGET), &Cancel::default()).await;
        assert!(read.unwrap_err().message.contains("tasks.jsonl"));
    }
}

/// A checkout with one blocker filed.
async fn filed(ergo: &Ergo) -> tempfile::TempDir {
    let checkout = ergo.checkout().await;
    let actions = reconcile(&Backlog::empty(), &[draft("a", "Goal")]);
    ergo.tracker(checkout.path()).apply(&epic_title(TARGET), &actions, &Cancel::default()).await.unwrap();
    checkout
}

/// A tracker whose ergo lies at one command in one way.
fn lying(ergo: &Ergo, checkout: &tempfile::TempDir, at: &str, lie: &str) -> ErgoTracker {
    let environment = ergo.environment.clone().with("ERGO", ergo.program.as_os_str());
    let environment = environment.with("LIE_AT", at).with("LIE", lie);
    let timeout = Duration::from_secs(if lie == "hangs" { 1 } else { 60 });
    ErgoTracker::with_timeout(fixture("lying-ergo"), checkout.path().to_owned(), environment, timeout)
}

async fn assert_unreadable(ergo: &Ergo, checkout: &tempfile::TempDir, at: &str, lie: &str) {
    let read = lying(ergo, checkout, at, lie).read(&epic_title(TARGET), &Cancel::default()).await;
    assert!(read.is_err(), "{} {at} {lie}: {read:?}", ergo.version);
}

#[tokio::test]
async fn a_program_that_is_not_ergo_gives_no_backlog() {
    let ergo = stand_in("6.0.0");
    let checkout = filed(&ergo).await;
    for lie in ["nothing", "empty-list", "page", "refuses", "half", "broken-text", "dies", "hangs", "flood"] {
        assert_unreadable(&ergo, &checkout, "always", lie).await;
    }
}

#[tokio::test]
async fn an_ergo_that_fails_or_lies_halfway_gives_no_backlog() {
    // One of each way of reading: a bare array, a tree, a listing.
    for ergo in ["0.9.3", "2.0.1", "3.0.0", "4.1.0", "6.0.0"].map(stand_in) {
        let checkout = filed(&ergo).await;
        for at in ["where", "list", "show"] {
            for lie in [
                "nothing",
                "empty-listing",
                "page",
                "refuses",
                "half",
                "whole-then-fails",
                "broken-text",
                "dies",
            ] {
                assert_unreadable(&ergo, &checkout, at, lie).await;
            }
        }
        assert_unreadable(&ergo, &checkout, "show", "another-task").await;
        for at in ["list", "show"] {
            assert_unreadable(&ergo, &checkout, at, "unknown-state").await;
            assert_unreadable(&ergo, &checkout, at, "other-ids").await;
        }
    }
}

#[tokio::test]
async fn an_ergo_whose_output_may_not_be_whole_or_that_hangs_gives_no_backlog() {
    let ergo = stand_in("6.0.0");
    let checkout = filed(&ergo).await;
    for lie in ["held-open", "hangs", "flood"] {
        assert_unreadable(&ergo, &checkout, "list", lie).await;
    }
}

#[tokio::test]
async fn an_ergo_that_forgets_what_it_was_told_is_found_out() {
    for (version, at) in
        [("0.9.3", "set"), ("1.2.0", "set"), ("3.0.0", "body"), ("6.0.0", "body"), ("6.0.0", "new")]
    {
        let ergo = stand_in(version);
        let checkout = filed(&ergo).await;
        let tracker = lying(&ergo, &checkout, at, "ignores-writes");
        let title = epic_title(TARGET);
        let cancel = Cancel::default();
        let before = tracker.read(&title, &cancel).await.unwrap();
        let drafts = [draft("a", "Another goal"), draft("b", "Goal")];
        let applied = tracker.apply(&title, &reconcile(&before, &drafts), &cancel).await;
        assert!(applied.is_err(), "{version} {at}: {applied:?}");
        // Nothing was lost by it: the honest program settles the same actions.
        let honest = ergo.tracker(checkout.path());
        let settled = honest.apply(&title, &reconcile(&before, &drafts), &cancel).await.unwrap();
        assert_eq!(settled.tasks.len(), 2);
    }
}

#[tokio::test]
async fn an_ergo_that_does_not_close_is_found_out() {
    let ergo = stand_in("6.0.0");
    let checkout = filed(&ergo).await;
    let tracker = lying(&ergo, &checkout, "done", "ignores-writes");
    let cancel = Cancel::default();
    let id = tracker.read(&epic_title(TARGET), &cancel).await.unwrap().tasks[0].id.clone();
    assert!(tracker.close(&id, "fixed", &cancel).await.is_err());
}

#[tokio::test]
async fn a_missing_ergo_is_named_as_a_missing_tool() {
    let checkout = tempfile::tempdir().unwrap();
    let program = checkout.path().join("no-such-ergo");
    let tracker = ErgoTracker::open(program, checkout.path().to_owned(), Environment::allowing([]));
    let error = tracker.read(&epic_title(TARGET), &Cancel::default()).await.unwrap_err();
    assert_eq!(error.missing_tool.as_deref(), Some("ergo"));
    assert!(error.remedy.is_some());
}

#[tokio::test]
async fn after_a_stop_order_nothing_is_read_or_written() {
    let ergo = stand_in("6.0.0");
    let checkout = ergo.checkout().await;
    let cancel = Cancel::default();
    cancel.cancel();
    let actions = reconcile(&Backlog::empty(), &[draft("a", "Goal")]);
    let tracker = ergo.tracker(checkout.path());
    assert!(tracker.apply(&epic_title(TARGET), &actions, &cancel).await.is_err());
    assert_eq!(std::fs::read(checkout.path().join(".ergo/backlog.jsonl")).unwrap(), b"");
}
