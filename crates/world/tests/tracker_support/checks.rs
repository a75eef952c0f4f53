//! What holds for ergo of every generation, real or stand-in.

use super::conformance::{TARGET, a_tracker_keeps_one_task_for_a_problem, draft, nasty_drafts};
use super::ergo::Ergo;
use gonogo_core::blocker::{Backlog, BacklogChange, Draft, TaskState, epic_title, reconcile};
use gonogo_world::process::Cancel;
use gonogo_world::tracker::Tracker;
use gonogo_world::tracker::ergo::ErgoTracker;
use std::path::{Path, PathBuf};

pub(crate) async fn it_keeps_one_task_for_a_problem(ergo: &Ergo) {
    let checkout = ergo.checkout().await;
    let tracker = ergo.tracker(checkout.path());
    let by_hand = async |id: &str, word: &str| ergo.close_by_hand(checkout.path(), id, word).await;
    a_tracker_keeps_one_task_for_a_problem(&tracker, by_hand).await;
}

pub(crate) async fn without_a_backlog_it_is_an_error_that_says_ergo_init(ergo: &Ergo) {
    let folder = tempfile::tempdir().unwrap();
    let error = ergo.tracker(folder.path()).read(&epic_title(TARGET), &Cancel::default()).await.unwrap_err();
    assert!(error.remedy.unwrap().contains("ergo init"), "{}", error.message);
    assert!(!folder.path().join(".ergo").exists());

    // A backlog of the folder around it is not this checkout's.
    let outer = ergo.checkout().await;
    let inner = outer.path().join("inner");
    std::fs::create_dir(&inner).unwrap();
    let error = ergo.tracker(&inner).read(&epic_title(TARGET), &Cancel::default()).await.unwrap_err();
    assert!(error.remedy.unwrap().contains("ergo init"), "{}", error.message);

    // A folder that holds no store at all is not an empty backlog.
    for entry in std::fs::read_dir(outer.path().join(".ergo")).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    let tracker = ergo.tracker(outer.path());
    assert!(tracker.read(&epic_title(TARGET), &Cancel::default()).await.is_err());
}

/// Two epics of one title: all their tasks count, and nothing is filed again.
pub(crate) async fn two_epics_of_one_title_are_read_together(ergo: &Ergo) {
    let checkout = ergo.checkout().await;
    let tracker = ergo.tracker(checkout.path());
    let cancel = Cancel::default();
    let drafts = nasty_drafts();
    let title = epic_title(TARGET);
    for draft in &drafts[..2] {
        // As two processes would that knew nothing of each other: each in a folder where the other's epic is not.
        let alone = epic_title(&draft.fingerprint.to_string());
        let filed = tracker.apply(&alone, &[BacklogChange::Create(draft.clone())], &cancel).await.unwrap();
        rename(ergo, checkout.path(), &filed.epic.unwrap(), &title).await;
    }
    let both = tracker.read(&title, &cancel).await.unwrap();
    assert_eq!(both.tasks.len(), 2);
    let filed = tracker.apply(&title, &reconcile(&both, &drafts), &cancel).await.unwrap();
    assert_eq!((filed.tasks.len(), filed.epic), (3, both.epic));
}

async fn rename(ergo: &Ergo, folder: &std::path::Path, epic: &str, title: &str) {
    let json = format!("{{\"title\":\"{title}\"}}");
    match ergo.version.split_once('.').unwrap().0 {
        "0" => ergo.run(folder, &["set", epic], Some(&json)).await,
        "1" => ergo.run(folder, &["set", epic, &json], None).await,
        _ => ergo.run(folder, &["title", epic, title], None).await,
    };
}

/// A task that somebody has claimed stays theirs when its words change.
pub(crate) async fn a_claim_is_kept_by_an_update(ergo: &Ergo) {
    let checkout = ergo.checkout().await;
    let tracker = ergo.tracker(checkout.path());
    let cancel = Cancel::default();
    let title = epic_title(TARGET);
    let first = [draft("a", "At one commit.")];
    let filed = tracker.apply(&title, &reconcile(&Backlog::empty(), &first), &cancel).await.unwrap();
    let id = filed.tasks[0].id.as_str();
    ergo.run(checkout.path(), &["claim", id, "--agent", "ann@host"], None).await;
    let again = [draft("a", "At another commit.")];
    let actions = reconcile(&tracker.read(&title, &cancel).await.unwrap(), &again);
    let changed = tracker.apply(&title, &actions, &cancel).await.unwrap();
    assert_eq!(changed.tasks[0].state, TaskState::Open);
    assert!(changed.tasks[0].body.contains("another"));
    let shown = match ergo.version.split_once('.').unwrap().0 {
        "0" | "1" | "2" => ergo.run(checkout.path(), &["show", id, "--json"], None).await,
        _ => ergo.run(checkout.path(), &["show", id], None).await,
    };
    assert!(shown.contains("ann@host"), "{shown}");
}

/// Killed at any of its writes, before it or right after, and run again from a fresh read: one task for a problem.
pub(crate) async fn killed_at_any_write_it_still_files_once(ergo: &Ergo) {
    let cancel = Cancel::default();
    let title = epic_title(TARGET);
    for die_after in ["no", "yes"] {
        for die_at in 1.. {
            let checkout = ergo.checkout().await;
            let environment = ergo.environment.clone().with("ERGO", ergo.program.as_os_str());
            let environment = environment.with("DIE_AT", die_at.to_string()).with("DIE_AFTER", die_after);
            let program = fixture("dying-ergo");
            let dying = ErgoTracker::open(program, checkout.path().to_owned(), environment);
            let honest = ergo.tracker(checkout.path());

            // A first poll, and a second one that finds a task changed and another closed by hand.
            let mut drafts = nasty_drafts();
            let mut died =
                dying.apply(&title, &fresh(&honest, &title, &drafts).await, &cancel).await.is_err();
            let filed = honest.apply(&title, &fresh(&honest, &title, &drafts).await, &cancel).await.unwrap();
            let closed = drafts[2].fingerprint.clone();
            let task = filed.tasks.iter().find(|task| task.fingerprint().as_ref() == Some(&closed)).unwrap();
            ergo.close_by_hand(checkout.path(), &task.id, "done").await;
            drafts[2].title.push_str(" again");
            drafts[2].sections.push_str("\nagain");
            died |= dying.apply(&title, &fresh(&honest, &title, &drafts).await, &cancel).await.is_err();
            let settled =
                honest.apply(&title, &fresh(&honest, &title, &drafts).await, &cancel).await.unwrap();

            assert_eq!((settled.epic, settled.tasks.len()), (filed.epic, 3), "killed at write {die_at}");
            assert_eq!(fresh(&honest, &title, &drafts).await, []);
            if !died {
                assert!(die_at > 4, "it was never killed");
                break;
            }
        }
    }
}

async fn fresh(tracker: &ErgoTracker, title: &str, drafts: &[Draft]) -> Vec<BacklogChange> {
    reconcile(&tracker.read(title, &Cancel::default()).await.unwrap(), drafts)
}

pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// Ergos older than the store must not answer at all: they look past the newer files. Those that are not older must
/// find what is there.
pub(crate) async fn a_store_is_read_whole_or_refused(writer: &Ergo, readers: &[Ergo]) {
    let checkout = writer.checkout().await;
    let cancel = Cancel::default();
    let title = epic_title(TARGET);
    let actions = reconcile(&Backlog::empty(), &[draft("a", "Goal")]);
    writer.tracker(checkout.path()).apply(&title, &actions, &cancel).await.unwrap();
    for reader in readers {
        let tracker = reader.tracker(checkout.path());
        if store_of(reader.version) < store_of(writer.version) {
            let error = tracker.read(&title, &cancel).await.unwrap_err();
            assert!(error.remedy.unwrap().contains("update ergo"), "{}", error.message);
            assert!(tracker.apply(&title, &actions, &cancel).await.is_err());
        } else {
            assert_eq!(tracker.read(&title, &cancel).await.unwrap().tasks.len(), 1, "{}", reader.version);
        }
    }
}

/// A newer ergo wrote into the very file of an older one, which then passes over what it wrote without a word.
pub(crate) async fn an_older_ergo_is_refused_where_a_newer_one_wrote(older: &Ergo, newer: &Ergo) {
    let checkout = older.checkout().await;
    let cancel = Cancel::default();
    let title = epic_title(TARGET);
    let actions = reconcile(&Backlog::empty(), &nasty_drafts());
    let old = older.tracker(checkout.path());
    old.apply(&title, &actions[..1], &cancel).await.unwrap();
    newer.tracker(checkout.path()).apply(&title, &actions, &cancel).await.unwrap();
    // Projects may leave the journal out of their history.
    std::fs::remove_file(checkout.path().join(".ergo/journal.jsonl")).ok();
    let error = old.read(&title, &cancel).await.unwrap_err();
    assert!(error.remedy.unwrap().contains("update ergo"), "{}", error.message);
    assert!(old.apply(&title, &actions, &cancel).await.is_err());
    assert!(old.close("AAAAAA", "", &cancel).await.is_err());
}

/// A newer ergo goes on in the store of an older one, and files nothing twice.
pub(crate) async fn a_newer_ergo_goes_on_where_the_older_one_stopped(older: &Ergo, newer: &Ergo) {
    let checkout = older.checkout().await;
    let cancel = Cancel::default();
    let title = epic_title(TARGET);
    let actions = reconcile(&Backlog::empty(), &nasty_drafts());
    older.tracker(checkout.path()).apply(&title, &actions[..2], &cancel).await.unwrap();
    let applied = newer.tracker(checkout.path()).apply(&title, &actions, &cancel).await.unwrap();
    assert_eq!(applied.tasks.len(), 3, "{} after {}", newer.version, older.version);
}

/// The generation of the store: events, plans, backlog, backlog and journal.
fn store_of(version: &str) -> u32 {
    match version {
        "0.9.3" => 0,
        "1.2.0" | "2.0.1" | "3.0.0" => 1,
        "4.1.0" | "4.3.3" => 2,
        _ => 3,
    }
}
