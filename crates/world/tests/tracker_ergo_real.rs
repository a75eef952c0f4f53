//! The ergo tracker against the real programs, one of each generation, where they can be had. They are looked for at
//! `target/test-tools/ergo/<version>/ergo`; run with `cargo test --test tracker_ergo_real -- --ignored`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "tracker_support/checks.rs"]
mod checks;
#[path = "tracker_support/conformance.rs"]
mod conformance;
#[path = "tracker_support/ergo.rs"]
mod ergo;

use conformance::{TARGET, draft};
use ergo::{Ergo, GENERATIONS};
use gonogo_core::blocker::{Backlog, TaskState, epic_title, reconcile};
use gonogo_world::process::{Cancel, Environment};
use gonogo_world::tracker::Tracker;
use std::path::Path;

fn real(version: &'static str) -> Ergo {
    let tools = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/test-tools/ergo"));
    let program = tools.join(version).join("ergo");
    assert!(program.exists(), "{} is not there", program.display());
    Ergo { program, version, environment: Environment::allowing([]) }
}

macro_rules! in_every_generation {
    ($($check:ident)*) => {$(
        mod $check {
            use super::{checks, real};
            in_every_generation!(@ $check, ergo_0_9: "0.9.3", ergo_1: "1.2.0", ergo_2: "2.0.1", ergo_3: "3.0.0",
                ergo_4_1: "4.1.0", ergo_4_3: "4.3.3", ergo_5: "5.0.3", ergo_6: "6.0.0");
        }
    )*};
    (@ $check:ident, $($name:ident: $version:literal),*) => {$(
        #[tokio::test]
        #[ignore = "needs the real ergo programs"]
        async fn $name() {
            checks::$check(&real($version)).await;
        }
    )*};
}

in_every_generation! {
    it_keeps_one_task_for_a_problem
    without_a_backlog_it_is_an_error_that_says_ergo_init
    two_epics_of_one_title_are_read_together
    a_claim_is_kept_by_an_update
    killed_at_any_write_it_still_files_once
}

#[tokio::test]
#[ignore = "needs the real ergo programs"]
async fn an_ergo_older_than_the_store_is_refused_and_a_newer_one_reads_it() {
    let readers = GENERATIONS.map(real);
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
#[ignore = "needs the real ergo programs"]
async fn a_failed_a_blocked_and_a_draft_task_of_ergo_still_block() {
    let ergo = real("6.0.0");
    let checkout = ergo.checkout().await;
    let tracker = ergo.tracker(checkout.path());
    let cancel = Cancel::default();
    let title = epic_title(TARGET);
    let drafts = [draft("a", "x"), draft("b", "x")];
    let filed = tracker.apply(&title, &reconcile(&Backlog::empty(), &drafts), &cancel).await.unwrap();
    ergo.run(checkout.path(), &["fail", &filed.tasks[0].id], None).await;
    ergo.run(checkout.path(), &["block", &filed.tasks[1].id], None).await;
    let epic = filed.epic.unwrap();
    ergo.run(checkout.path(), &["new", "task", "by hand", "--draft", "--epic", &epic], None).await;
    let read = tracker.read(&title, &cancel).await.unwrap();
    assert_eq!(read.tasks.len(), 3);
    assert!(read.tasks.iter().all(|task| task.state == TaskState::Open), "{read:?}");
    assert_eq!(reconcile(&read, &drafts), []);
}
