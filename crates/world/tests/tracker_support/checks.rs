//! What holds for ergo of every generation, real or stand-in.

use super::conformance::{TARGET, a_tracker_keeps_one_task_for_a_problem, draft, nasty_drafts};
use super::ergo::Ergo;
use gonogo_core::blocker::{Action, Backlog, TaskState, epic_title, reconcile};
use gonogo_world::process::Cancel;
use gonogo_world::tracker::Tracker;

pub(crate) async fn it_keeps_one_task_for_a_problem(ergo: &Ergo) {
    let checkout = ergo.checkout().await;
    let tracker = ergo.tracker(checkout.path());
    let by_hand = async |id: &str, word: &str| ergo.close_by_hand(checkout.path(), id, word).await;
    a_tracker_keeps_one_task_for_a_problem(&tracker, by_hand).await;
    assert_eq!(tracker.own_paths(), [".ergo"]);
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
        let filed = tracker.apply(&alone, &[Action::Create(draft.clone())], &cancel).await.unwrap();
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
    let filed = tracker.apply(&title, &reconcile(&Backlog::default(), &first), &cancel).await.unwrap();
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

/// An ergo older than the store must not answer at all: it looks past the newer files. One that is not older must
/// find what is there.
pub(crate) async fn a_store_is_read_whole_or_refused(ergo: &Ergo, writer: &Ergo) {
    let checkout = writer.checkout().await;
    let cancel = Cancel::default();
    let title = epic_title(TARGET);
    let actions = reconcile(&Backlog::default(), &[draft("a", "Goal")]);
    writer.tracker(checkout.path()).apply(&title, &actions, &cancel).await.unwrap();
    let read = ergo.tracker(checkout.path()).read(&title, &cancel).await;
    if store_of(ergo.version) < store_of(writer.version) {
        let error = read.unwrap_err();
        assert!(error.remedy.unwrap().contains("update ergo"), "{}", error.message);
        let applied = ergo.tracker(checkout.path()).apply(&title, &actions, &cancel).await;
        assert!(applied.is_err());
    } else {
        assert_eq!(read.unwrap().tasks.len(), 1);
        // And it goes on in the older store, without filing anything twice.
        let applied = ergo.tracker(checkout.path()).apply(&title, &actions, &cancel).await.unwrap();
        assert_eq!(applied.tasks.len(), 1);
    }
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
