//! Blockers as GitHub issues, filed, found again and kept in line through the real gh.

use crate::support::{Cancel, current_gh, every_gh, gh, once_only, stand_in};
use gonogo_core::blocker::{Backlog, BacklogChange, Draft, TaskState, epic_title, reconcile, task_title};
use gonogo_core::evidence::Fingerprint;
use gonogo_sandbox::github::{Fault, FaultKind, GithubStandIn, Issue, IssueState, Issues, Matcher};
use gonogo_world::tracker::github_issues::GithubIssuesTracker;
use gonogo_world::tracker::{Tracker, TrackerError};
use serde_json::json;
use std::path::Path;

const ISSUES: &str = "/repos/o/r/issues";
const EPIC: &str = "release-blockers";
const TASK: &str = "release-blocker";

fn title() -> String {
    epic_title("v0.9.0")
}

fn draft(key: &str) -> Draft {
    Draft {
        fingerprint: Fingerprint::of(3, "lock-smoke", key),
        formerly: None,
        title: task_title("v0.9.0", key),
        sections: format!("## Goal\nMake {key} pass."),
    }
}

fn drafts() -> [Draft; 3] {
    [draft("a"), draft("b"), draft("c")]
}

fn tracker(program: &Path, github: &GithubStandIn) -> GithubIssuesTracker {
    GithubIssuesTracker::new(gh(program, github))
}

/// What a poll does: read, reconcile, apply.
async fn file(tracker: &GithubIssuesTracker, drafts: &[Draft]) -> Result<Backlog, TrackerError> {
    let cancel = Cancel::default();
    let backlog = tracker.read(&title(), &cancel).await?;
    tracker.apply(&title(), &reconcile(&backlog, drafts), &cancel).await
}

fn issues(github: &GithubStandIn) -> Vec<Issue> {
    github.state().repository("o/r").issues.all.values().cloned().collect()
}

fn prepare<R>(github: &GithubStandIn, add: impl FnOnce(&mut Issues) -> R) -> R {
    add(&mut github.state().repository("o/r").issues)
}

/// A stand-in where the three drafts were filed before: the epic is #1, the tasks #2 to #4.
fn with_blockers() -> GithubStandIn {
    let github = stand_in();
    prepare(&github, |issues| {
        issues.add(&title(), "", &[EPIC]);
        for draft in drafts() {
            issues.add(&draft.title, &format!("Epic: #1\n\n{}", draft.body()), &[TASK]);
        }
    });
    github
}

async fn read(tracker: &GithubIssuesTracker) -> Backlog {
    tracker.read(&title(), &Cancel::default()).await.unwrap()
}

fn change(github: &GithubStandIn, number: u64, change: impl FnOnce(&mut Issue)) {
    change(github.state().repository("o/r").issues.all.get_mut(&number).unwrap());
}

fn states(backlog: &Backlog) -> Vec<(&str, TaskState)> {
    backlog.tasks.iter().map(|task| (task.id.as_str(), task.state)).collect()
}

#[tokio::test]
async fn a_repository_without_an_epic_has_an_empty_backlog() {
    let program = current_gh();
    let github = stand_in();
    let backlog = read(&tracker(&program, &github)).await;
    assert_eq!(backlog, Backlog::empty());
}

#[tokio::test]
async fn filing_the_same_three_times_is_filing_once() {
    for program in every_gh() {
        let github = stand_in();
        let mut seen = Vec::new();
        for _ in 0..3 {
            // A tracker of its own for each: only GitHub remembers.
            seen.push(file(&tracker(&program, &github), &drafts()).await.unwrap());
        }
        assert_eq!(seen[0], seen[2]);
        assert_eq!(seen[0].epic.as_deref(), Some("1"));
        let open = TaskState::Open;
        assert_eq!(states(&seen[0]), [("2", open), ("3", open), ("4", open)]);
        assert!(reconcile(&seen[2], &drafts()).is_empty());

        let stored = issues(&github);
        assert_eq!(stored.len(), 4);
        assert_eq!(
            (stored[0].title.as_str(), &stored[0].labels[..]),
            (title().as_str(), &[EPIC.to_owned()][..])
        );
        assert_eq!(stored[1].labels, [TASK]);
        let bodies =
            |issues: &[Issue]| issues[1..].iter().map(|issue| issue.body.clone()).collect::<Vec<_>>();
        assert_eq!(bodies(&stored), bodies(&issues(&with_blockers())));
        assert_eq!(github.count("POST", ISSUES), 4);
        assert!(github.log().iter().all(|request| request.method != "PATCH"));
    }
}

#[tokio::test]
async fn a_task_that_was_closed_by_hand_is_opened_again() {
    for program in every_gh() {
        for (reason, state) in [("completed", TaskState::Done), ("not_planned", TaskState::Canceled)] {
            let github = with_blockers();
            change(&github, 3, |issue| {
                issue.state = IssueState::Closed;
                issue.state_reason = Some(reason.to_owned());
            });
            let tracker = tracker(&program, &github);
            let closed = read(&tracker).await;
            assert_eq!(states(&closed)[1], ("3", state));
            let opened = file(&tracker, &drafts()).await.unwrap();
            assert_eq!(states(&opened)[1], ("3", TaskState::Open));
            assert_eq!(issues(&github)[2].state_reason.as_deref(), Some("reopened"));
            assert_eq!(issues(&github).len(), 4);
        }
    }
}

#[tokio::test]
async fn a_changed_blocker_is_updated_and_what_people_wrote_is_kept() {
    for program in every_gh() {
        let github = with_blockers();
        let tracker = tracker(&program, &github);
        // A browser ends lines with carriage returns.
        change(&github, 2, |issue| {
            let body = format!("{}Ann: I am on it.\n", issue.body.as_ref().unwrap());
            issue.body = Some(body.replace('\n', "\r\n"));
        });
        let mut changed = drafts();
        changed[0].sections.push_str("\nNow at another commit.");
        changed[0].title.push_str(" again");
        let backlog = file(&tracker, &changed).await.unwrap();
        let task = &backlog.tasks[0];
        assert_eq!(task.title, changed[0].title);
        assert_eq!(task.body, format!("{}Ann: I am on it.\n", changed[0].body()));
        assert_eq!(issues(&github)[1].body.as_deref(), Some(format!("Epic: #1\n\n{}", task.body).as_str()));
        assert!(reconcile(&backlog, &changed).is_empty());
    }
}

#[tokio::test]
async fn what_people_write_between_reading_and_writing_is_kept_too() {
    let program = current_gh();
    let github = with_blockers();
    let tracker = tracker(&program, &github);
    let backlog = read(&tracker).await;
    let mut changed = draft("a");
    changed.sections.push_str("\nMore.");
    let actions = reconcile(&backlog, &[changed]);
    change(&github, 2, |issue| issue.body.as_mut().unwrap().push_str("Ann: late.\n"));
    let backlog = tracker.apply(&title(), &actions, &Cancel::default()).await.unwrap();
    assert!(backlog.tasks[0].body.contains("More.") && backlog.tasks[0].body.ends_with("Ann: late.\n"));
}

#[tokio::test]
async fn a_blocker_that_somebody_else_filed_meanwhile_is_not_filed_again() {
    let github = stand_in();
    let tracker = tracker(&current_gh(), &github);
    let actions = reconcile(&read(&tracker).await, &[draft("a")]);
    prepare(&github, |issues| {
        issues.add(&title(), "", &[EPIC]);
        let task = issues.add(&draft("a").title, &format!("Epic: #1\n\n{}", draft("a").body()), &[TASK]);
        issues.all.get_mut(&task).unwrap().state = IssueState::Closed;
    });
    let backlog = tracker.apply(&title(), &actions, &Cancel::default()).await.unwrap();
    assert_eq!(states(&backlog), [("2", TaskState::Open)]);
    assert_eq!(issues(&github).len(), 2);
}

#[tokio::test]
async fn a_list_that_lags_behind_neither_hides_nor_doubles_what_was_written() {
    let program = current_gh();
    let github = stand_in();
    prepare(&github, Issues::freeze_list);
    let tracker = tracker(&program, &github);
    let first = file(&tracker, &drafts()).await.unwrap();
    assert_eq!((first.epic.as_deref(), first.tasks.len()), (Some("1"), 3));
    assert_eq!(file(&tracker, &drafts()).await.unwrap(), first);
    // The list now shows the tasks and still no epic.
    prepare(&github, |issues| {
        issues.freeze_list();
        issues.stale_list.as_mut().unwrap().remove(&1);
    });
    assert_eq!(file(&crate::issues::tracker(&program, &github), &drafts()).await.unwrap(), first);
    assert_eq!(issues(&github).len(), 4);
}

#[tokio::test]
async fn a_list_that_still_says_closed_does_not_hide_an_open_task() {
    let program = current_gh();
    let github = with_blockers();
    change(&github, 3, |issue| issue.state = IssueState::Closed);
    prepare(&github, Issues::freeze_list);
    change(&github, 3, |issue| issue.state = IssueState::Open);
    let backlog = read(&tracker(&program, &github)).await;
    assert_eq!(states(&backlog)[1], ("3", TaskState::Open));
}

#[tokio::test]
async fn two_epics_of_one_title_are_one_backlog() {
    let program = current_gh();
    let github = stand_in();
    prepare(&github, |issues| {
        let one = issues.add(&title(), "", &[EPIC]);
        let other = issues.add(&title(), "", &[EPIC]);
        for (epic, key) in [(one, "a"), (other, "b")] {
            issues.add(&draft(key).title, &format!("Epic: #{epic}\n\n{}", draft(key).body()), &[TASK]);
        }
    });
    let backlog = file(&tracker(&program, &github), &[draft("a"), draft("b")]).await.unwrap();
    assert_eq!((backlog.epic.as_deref(), backlog.tasks.len()), (Some("1"), 2));
    assert_eq!(crate::issues::issues(&github).len(), 4);
}

#[tokio::test]
async fn what_only_looks_like_an_epic_or_a_task_is_neither() {
    let program = current_gh();
    let github = stand_in();
    prepare(&github, |issues| {
        let request = issues.add(&title(), "", &[EPIC]);
        issues.all.get_mut(&request).unwrap().is_pull_request = true;
        issues.add(&title(), "", &[]);
        issues.add(&title(), "", &[TASK]);
        issues.add(&epic_title("v0.9.0-rc.1"), "", &[EPIC]);
    });
    let tracker = tracker(&program, &github);
    assert_eq!(read(&tracker).await, Backlog::empty());

    file(&tracker, &[draft("a")]).await.unwrap();
    let by_hand = prepare(&github, |issues| {
        let request = issues.add("A fix", &format!("Epic: #5\n\n{}", draft("b").body()), &[TASK]);
        issues.all.get_mut(&request).unwrap().is_pull_request = true;
        issues.add("Without the label", "Epic: #5\n", &[]);
        issues.add("Of another release", "Epic: #4\n", &[TASK]);
        issues.add("By hand", "Please look.\nEpic: #5", &[TASK])
    });
    let backlog = read(&tracker).await;
    let by_hand = by_hand.to_string();
    assert_eq!(states(&backlog), [("6", TaskState::Open), (by_hand.as_str(), TaskState::Open)]);
    assert_eq!(backlog.tasks[1].fingerprint(), None);
}

#[tokio::test]
async fn every_page_of_tasks_is_read() {
    for program in every_gh() {
        let github = stand_in();
        prepare(&github, |issues| {
            issues.add(&title(), "", &[EPIC]);
            for number in 0..150 {
                issues.add(&format!("Task {number}"), "Epic: #1\n", &[TASK]);
            }
        });
        let backlog = read(&tracker(&program, &github)).await;
        assert_eq!(backlog.tasks.len(), 150);
    }
}

#[tokio::test]
async fn a_body_longer_than_github_stores_is_filed_cut_and_found_again() {
    let program = current_gh();
    let github = stand_in();
    let mut long = draft("a");
    long.sections = "ü".repeat(100_000);
    let first = file(&tracker(&program, &github), std::slice::from_ref(&long)).await.unwrap();
    assert_eq!(first.tasks[0].fingerprint(), Some(long.fingerprint.clone()));
    let requests = github.log().len();
    assert_eq!(file(&tracker(&program, &github), &[long]).await.unwrap(), first);
    assert!(github.log()[requests..].iter().all(|request| request.method == "GET"));
}

#[tokio::test]
async fn closing_leaves_a_note_and_is_looked_at_again() {
    for program in every_gh() {
        let github = with_blockers();
        let tracker = tracker(&program, &github);
        let cancel = Cancel::default();
        tracker.close("2", "Passed at another commit.", &cancel).await.unwrap();
        let closed = &issues(&github)[1];
        assert_eq!((closed.state, closed.state_reason.as_deref()), (IssueState::Closed, Some("completed")));
        assert_eq!(closed.comments, ["Passed at another commit."]);
        let backlog = tracker.read(&title(), &cancel).await.unwrap();
        assert_eq!(states(&backlog)[0], ("2", TaskState::Done));
        tracker.close("2", "Once more.", &cancel).await.unwrap();
        assert_eq!(issues(&github)[1].comments.len(), 1);
    }
}

#[tokio::test]
async fn closing_what_is_no_task_or_is_not_there_is_an_error() {
    let program = current_gh();
    let github = with_blockers();
    let tracker = tracker(&program, &github);
    // The epic, nothing, no number.
    for id in ["1", "99", "x", "../2", ""] {
        assert!(tracker.close(id, "note", &Cancel::default()).await.is_err(), "{id}");
    }
    assert!(issues(&github).iter().all(|issue| issue.state == IssueState::Open));
}

#[tokio::test]
async fn a_close_or_change_that_github_does_not_keep_is_an_error() {
    let program = current_gh();
    let github = with_blockers();
    let tracker = tracker(&program, &github);
    let backlog = read(&tracker).await;
    github.inject(Fault::always(Matcher::of("PATCH", ISSUES), FaultKind::wrong(&json!({ "number": 2 }))));
    let error = tracker.close("2", "note", &Cancel::default()).await.unwrap_err();
    assert!(error.message.contains("#2"), "{error}");
    let mut changed = draft("b");
    changed.sections.push_str("\nMore.");
    let actions = reconcile(&backlog, &[changed]);
    let error = tracker.apply(&title(), &actions, &Cancel::default()).await.unwrap_err();
    assert!(error.message.contains("#3"), "{error}");
}

#[tokio::test]
async fn an_update_of_a_task_that_is_gone_is_an_error() {
    let program = current_gh();
    let github = with_blockers();
    let tracker = tracker(&program, &github);
    let backlog = read(&tracker).await;
    let mut changed = draft("a");
    changed.sections.push_str("\nMore.");
    prepare(&github, |issues| issues.all.remove(&2));
    let actions = reconcile(&backlog, &[changed]);
    assert!(matches!(&actions[..], [BacklogChange::Update { .. }]));
    assert!(tracker.apply(&title(), &actions, &Cancel::default()).await.is_err());
}

#[tokio::test]
async fn labels_that_github_drops_are_an_error_with_a_remedy() {
    let program = current_gh();
    let github = stand_in();
    prepare(&github, |issues| issues.drops_labels = true);
    let error = file(&tracker(&program, &github), &drafts()).await.unwrap_err();
    assert!(error.message.contains("label") && error.remedy.is_some(), "{error}");
}

#[tokio::test]
async fn a_creation_whose_answer_was_lost_is_an_error_and_found_by_the_next_poll() {
    for program in every_gh() {
        let github = stand_in();
        github.inject(Fault::once(Matcher::of("POST", ISSUES), FaultKind::Lost).after(1));
        assert!(file(&tracker(&program, &github), &drafts()).await.is_err());
        let backlog = file(&tracker(&program, &github), &drafts()).await.unwrap();
        assert_eq!(backlog.tasks.len(), 3);
        assert_eq!(issues(&github).len(), 4);
    }
}

#[tokio::test]
async fn an_unreadable_tracker_is_an_error_and_never_an_empty_backlog() {
    let troubles = [
        FaultKind::status(401, "Bad credentials"),
        FaultKind::status(403, "no"),
        FaultKind::status(404, "Not Found"),
        FaultKind::status(410, "Issues are disabled for this repo"),
        FaultKind::status(500, "oops"),
        FaultKind::Dropped,
        FaultKind::Cut(b"[]".to_vec()),
        FaultKind::html(200),
        FaultKind::wrong(&json!({})),
        FaultKind::wrong(&json!([{ "number": 1 }])),
        FaultKind::wrong(&json!(null)),
    ];
    let program = current_gh();
    let github = with_blockers();
    for trouble in &troubles {
        // The first list, and the second one.
        for after in [0, 1] {
            let fault = Fault::always(Matcher::of("GET", ISSUES), trouble.clone()).after(after);
            github.state().faults = vec![fault];
            let gh = gh(&program, &github).with_patience(once_only());
            let read = GithubIssuesTracker::new(gh).read(&title(), &Cancel::default()).await;
            assert!(read.is_err(), "{trouble:?} after {after}: {read:?}");
        }
    }
}

#[tokio::test]
async fn a_missing_gh_and_a_missing_login_name_what_to_do() {
    let github = stand_in();
    let missing =
        tracker(Path::new("/nowhere/gh"), &github).read(&title(), &Cancel::default()).await.unwrap_err();
    assert_eq!(missing.missing_tool.as_deref(), Some("gh"));
    assert!(missing.remedy.is_some());
    for program in every_gh() {
        let gh = gh(&program, &github).with_variables([("GH_TOKEN", "")]);
        let error = GithubIssuesTracker::new(gh).read(&title(), &Cancel::default()).await.unwrap_err();
        assert_eq!(error.remedy.as_deref(), Some("gh auth login"));
    }
}
