//! The embedded tracker.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "tracker_support/conformance.rs"]
mod conformance;

use conformance::{TARGET, a_tracker_keeps_one_task_for_a_problem, draft, nasty_drafts};
use gonogo_core::blocker::{Backlog, TaskState, epic_title, reconcile};
use gonogo_world::process::Cancel;
use gonogo_world::tracker::file::FileTracker;
use gonogo_world::tracker::{AnyTracker, Tracker};
use std::path::Path;

/// Closes a task as a person would: in the file.
fn close_by_hand(path: &Path, id: &str, word: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    let mut document: serde_json::Value = serde_json::from_str(&text).unwrap();
    for epic in document["epics"].as_array_mut().unwrap() {
        for task in epic["tasks"].as_array_mut().unwrap() {
            if task["id"] == id {
                task["state"] = word.into();
            }
        }
    }
    std::fs::write(path, serde_json::to_vec(&document).unwrap()).unwrap();
}

#[tokio::test]
async fn it_keeps_one_task_for_a_problem() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("blockers.json");
    let tracker = AnyTracker::File(FileTracker::open(path.clone()));
    let by_hand = async |id: &str, word: &str| close_by_hand(&path, id, word);
    a_tracker_keeps_one_task_for_a_problem(&tracker, by_hand).await;
    // No lock, no half-written file is left beside it.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn all_epics_are_listed_with_their_open_tasks() {
    let folder = tempfile::tempdir().unwrap();
    let tracker = FileTracker::open(folder.path().join("blockers.json"));
    assert_eq!(tracker.epics().unwrap(), []);
    let cancel = Cancel::default();
    let actions = reconcile(&Backlog::empty(), &nasty_drafts());
    let filed = tracker.apply(&epic_title(TARGET), &actions, &cancel).await.unwrap();
    tracker.apply(&epic_title("v1.0.0"), &actions[..1], &cancel).await.unwrap();
    tracker.close(&filed.tasks[0].id, "fixed", &cancel).await.unwrap();
    let listed: Vec<(String, usize)> =
        tracker.epics().unwrap().into_iter().map(|epic| (epic.title, epic.open)).collect();
    assert_eq!(listed, [(epic_title(TARGET), 2), (epic_title("v1.0.0"), 1)]);
}

#[tokio::test]
async fn a_file_that_is_not_whole_or_not_ours_is_an_error_and_is_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("blockers.json");
    let tracker = FileTracker::open(path.clone());
    let cancel = Cancel::default();
    let title = epic_title(TARGET);
    let actions = reconcile(&Backlog::empty(), &[draft("a", "Goal")]);
    tracker.apply(&title, &actions, &cancel).await.unwrap();
    let good = std::fs::read_to_string(&path).unwrap();
    let last = good.trim_end().len();
    let mut bad: Vec<String> =
        (0..last).filter(|end| good.is_char_boundary(*end)).map(|end| good[..end].into()).collect();
    for (from, to) in [
        ("\"schema\": 1", "\"schema\": 2"),
        ("\"schema\": 1,", ""),
        ("\"next\": 3", "\"next\": 2"),
        ("\"next\": 3", "\"next\": 3, \"more\": 1"),
        ("\"open\"", "\"paused\""),
        ("\"B2\"", "\"B1\""),
        ("\"tasks\"", "\"items\""),
    ] {
        assert!(good.contains(from), "{from}: {good}");
        bad.push(good.replace(from, to));
    }
    bad.extend(["[]".to_owned(), "null".to_owned(), "<html></html>".to_owned(), format!("{good}{good}")]);
    for text in bad {
        std::fs::write(&path, &text).unwrap();
        assert!(tracker.read(&title, &cancel).await.is_err(), "{text}");
        assert!(tracker.apply(&title, &actions, &cancel).await.is_err(), "{text}");
        assert!(tracker.epics().is_err(), "{text}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
}

#[tokio::test]
async fn a_file_of_the_first_schema_is_read_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("blockers.json");
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/trackers/1.json");
    std::fs::copy(kept, &path).unwrap();
    let tracker = FileTracker::open(path.clone());
    let cancel = Cancel::default();
    let title = epic_title("v0.2.0");
    let backlog = tracker.read(&title, &cancel).await.unwrap();
    let [task] = &backlog.tasks[..] else { panic!("{backlog:?}") };
    assert_eq!(task.fingerprint().unwrap().as_str(), "be25ecd596ffddab");
    assert_eq!(task.state, TaskState::Done);
    let earlier = task.clone();
    let actions = reconcile(&backlog, &[draft("a", "Goal")]);
    let after = tracker.apply(&title, &actions, &cancel).await.unwrap();
    assert_eq!((after.tasks.len(), &after.tasks[0]), (2, &earlier));
}

#[tokio::test]
async fn a_file_of_a_newer_schema_is_called_newer_whatever_it_looks_like() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("blockers.json");
    std::fs::write(&path, "{\"schema\":2,\"releases\":[]}").unwrap();
    let error = FileTracker::open(path).read(&epic_title(TARGET), &Cancel::default()).await.unwrap_err();
    assert!(error.message.ends_with("is of schema 2, and 1 is known"), "{error:?}");
    assert!(error.remedy.as_deref().unwrap().starts_with("update gonogo"), "{error:?}");
}

#[tokio::test]
async fn what_cannot_be_read_is_not_an_empty_backlog() {
    let folder = tempfile::tempdir().unwrap();
    let cancel = Cancel::default();
    // A folder in its place, a file in its folder's place, and no folder at all.
    std::fs::write(folder.path().join("file"), "").unwrap();
    for path in
        [folder.path().to_owned(), folder.path().join("file/b.json"), folder.path().join("none/b.json")]
    {
        let tracker = FileTracker::open(path.clone());
        assert!(tracker.read(&epic_title(TARGET), &cancel).await.is_err(), "{}", path.display());
    }
}

#[tokio::test]
async fn many_at_once_file_each_problem_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("blockers.json");
    let cancel = Cancel::default();
    let title = epic_title(TARGET);
    let mut set = tokio::task::JoinSet::new();
    for number in 0..8 {
        let (path, title, cancel) = (path.clone(), title.clone(), cancel.clone());
        set.spawn_blocking(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let drafts = [draft("shared", "Goal"), draft(&format!("own-{number}"), "Goal")];
            let actions = reconcile(&Backlog::empty(), &drafts);
            runtime.block_on(FileTracker::open(path).apply(&title, &actions, &cancel)).unwrap();
        });
    }
    set.join_all().await;
    assert_eq!(FileTracker::open(path).read(&title, &cancel).await.unwrap().tasks.len(), 9);
}
