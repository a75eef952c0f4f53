//! What every tracker must do, whoever keeps the tasks.

use gonogo_core::blocker::{Backlog, BacklogChange, Draft, TaskState, epic_title, reconcile, task_title};
use gonogo_core::evidence::Fingerprint;
use gonogo_world::process::Cancel;
use gonogo_world::tracker::Tracker;

/// The release that the tests file for.
pub(crate) const TARGET: &str = "v0.9.0";

pub(crate) fn draft(key: &str, sections: &str) -> Draft {
    Draft {
        fingerprint: Fingerprint::of(3, "lock-smoke", key),
        formerly: None,
        title: task_title(TARGET, key),
        sections: sections.to_owned(),
    }
}

/// Drafts whose text would break out of JSON, a shell, Markdown, a flag or a file of tasks.
pub(crate) fn nasty_drafts() -> Vec<Draft> {
    let mut dashes = draft("dashes", "---\n# not a title\n---\r\n--- \n-----\n\n# another\n---\n\n\nlast");
    dashes.title = "--body -m [release-blocker] \"quoted\" 'single' `id` $(id) \\n ümlaut 漢字".to_owned();
    vec![
        dashes,
        draft(
            "quotes",
            "{\"a\": \"b\\n\"}\n\t`rm -rf` $(id) ${HOME} %s \u{1f600} \u{feff}\u{2028}x\n## Messages\nplain",
        ),
        draft("long", &"0123456789abcde\n".repeat(4096)),
    ]
}

/// The words that people add below gonogo's part of a body.
const ADDED: &str = "Ann: I am on it.\n";

/// One task for a problem, whatever happens in between: filed again, changed, closed by hand, half filed.
/// `by_hand(id, word)` closes a task as a person would, as `done` or `canceled`.
pub(crate) async fn a_tracker_keeps_one_task_for_a_problem<T, F>(tracker: &T, by_hand: F)
where
    T: Tracker,
    F: AsyncFn(&str, &str),
{
    let cancel = Cancel::default();
    let title = epic_title(TARGET);
    let read = async || tracker.read(&title, &cancel).await.unwrap();
    let mut drafts = nasty_drafts();

    // Nothing yet; then only the first, as after a run that was ended early.
    let empty = read().await;
    assert_eq!(empty, Backlog::empty());
    let all = reconcile(&empty, &drafts);
    let first = tracker.apply(&title, &all[..1], &cancel).await.unwrap();
    assert_eq!((first.epic.is_some(), first.tasks.len()), (true, 1));

    // The same stale actions, three times over.
    for _ in 0..3 {
        let filed = tracker.apply(&title, &all, &cancel).await.unwrap();
        assert_eq!((&filed.epic, filed.tasks.len()), (&first.epic, 3));
        stand_as_drafted(&filed, &drafts, "");
        assert_eq!(same_order(filed), same_order(read().await));
        assert_eq!(reconcile(&read().await, &drafts), []);
    }

    // A person adds words; then the problem is seen at another commit.
    let before = read().await;
    let quotes = id_of(&before, &drafts[1]);
    let task = before.tasks.iter().find(|task| task.id == quotes).unwrap();
    let body = format!("{}\n{ADDED}", task.body.trim_end());
    let add = BacklogChange::Update { id: quotes.clone(), title: task.title.clone(), body, reopen: false };
    tracker.apply(&title, &[add], &cancel).await.unwrap();
    drafts[1].sections.push_str("\nNow at another commit.");
    drafts[1].title.push_str(" (again)");
    let actions = reconcile(&read().await, &drafts);
    assert!(
        matches!(&actions[..], [BacklogChange::Update { id, reopen: false, .. }] if *id == quotes),
        "{actions:?}"
    );
    let changed = tracker.apply(&title, &actions, &cancel).await.unwrap();
    stand_as_drafted(&changed, &drafts[1..2], ADDED);
    assert_eq!(changed.tasks.len(), 3);
    assert_eq!(reconcile(&read().await, &drafts), []);

    // Closed by hand, and the problem still stands.
    for (draft, word, state) in
        [(&drafts[0], "done", TaskState::Done), (&drafts[2], "canceled", TaskState::Canceled)]
    {
        let id = id_of(&read().await, draft);
        by_hand(&id, word).await;
        let closed = read().await;
        assert_eq!(closed.tasks.iter().find(|task| task.id == id).unwrap().state, state);
        let actions = reconcile(&closed, &drafts);
        assert!(matches!(&actions[..], [BacklogChange::Update { reopen: true, .. }]), "{actions:?}");
        let opened = tracker.apply(&title, &actions, &cancel).await.unwrap();
        stand_as_drafted(&opened, &drafts, "");
        assert_eq!(opened.tasks.len(), 3);
    }

    // Fixed: closed with a note, and only that one.
    let id = id_of(&read().await, &drafts[0]);
    tracker.close(&id, "-m fixed by \"Ann\"\n--- \nsecond line", &cancel).await.unwrap();
    let done = read().await;
    assert!(done.tasks.iter().all(|task| (task.state == TaskState::Done) == (task.id == id)), "{done:?}");
    assert!(tracker.close("ZZZZZZ", "", &cancel).await.is_err());
    assert!(tracker.close("--help", "", &cancel).await.is_err());

    // Another release is another epic.
    let other = epic_title("v0.10.0");
    assert_eq!(tracker.read(&other, &cancel).await.unwrap(), Backlog::empty());
    let filed = tracker.apply(&other, &reconcile(&Backlog::empty(), &drafts[..1]), &cancel).await.unwrap();
    assert!(filed.epic.is_some() && filed.epic != first.epic && filed.tasks.len() == 1);
    assert_eq!(read().await.tasks.len(), 3);
}

/// That each draft stands in exactly one open task, word for word, with what people added below.
fn stand_as_drafted(backlog: &Backlog, drafts: &[Draft], added: &str) {
    for draft in drafts {
        let same =
            |task: &&gonogo_core::blocker::Task| task.fingerprint().as_ref() == Some(&draft.fingerprint);
        let tasks: Vec<_> = backlog.tasks.iter().filter(same).collect();
        let [task] = tasks[..] else { panic!("{} tasks for {}", tasks.len(), draft.title) };
        assert_eq!(task.title, draft.title);
        assert_eq!(task.state, TaskState::Open);
        assert!(task.body.starts_with(&draft.body()), "{:?}", task.body);
        assert!(task.body.contains(added), "{:?}", task.body);
    }
}

fn id_of(backlog: &Backlog, draft: &Draft) -> String {
    let same = |task: &&gonogo_core::blocker::Task| task.fingerprint().as_ref() == Some(&draft.fingerprint);
    backlog.tasks.iter().find(same).unwrap().id.clone()
}

fn same_order(mut backlog: Backlog) -> Backlog {
    backlog.tasks.sort_by(|a, b| a.id.cmp(&b.id));
    backlog
}
