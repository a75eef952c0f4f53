//! Blockers: what is filed for a finding or an incomplete check, and how a backlog is brought in line.
//!
//! Invariant: a problem is found again by the fingerprint in its task's body, so that filing twice is filing once.

mod draft;
mod standing;
mod step;

pub use draft::{BlockerOrigin, BlockerReport, drafts};
pub use standing::{
    Blocker, Closing, Standing, checks_behind, checks_to_repeat, closing, stand, stand_elsewhere, unknown,
};
pub use step::{Stopped, step_in};

use crate::evidence::Fingerprint;
use std::collections::{HashMap, HashSet};

/// The line that ends the part of a task's body which gonogo writes. What people add after it is kept.
const MARK: &str = "gonogo-fingerprint: ";

/// The title of the epic that holds a release's blockers.
pub fn epic_title(release_target: &str) -> String {
    format!("Release blockers: {release_target}")
}

/// The title of one blocker's task.
pub fn task_title(release_target: &str, title: &str) -> String {
    format!("[release-blocker][{release_target}] {title}")
}

/// A blocker as it ought to stand in the backlog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The stable name of the problem.
    pub fingerprint: Fingerprint,
    /// The name that an earlier gonogo filed the same problem under, where that was another.
    pub formerly: Option<Fingerprint>,
    /// The whole title, as [`task_title`] makes it.
    pub title: String,
    /// The sections, without the fingerprint's line.
    pub sections: String,
}

impl Draft {
    /// The body to write: the sections, then the line that the task is found by.
    pub fn body(&self) -> String {
        // What a tool printed may look like the line that a task is found by: it must not be found by that.
        let sections = self.sections.trim_end().replace(&format!("\n{MARK}"), &format!("\n> {MARK}"));
        format!("{sections}\n\n{MARK}{}\n", self.fingerprint)
    }

    /// The body to write over an earlier one: what people added after gonogo's part stays.
    pub fn body_over(&self, earlier: &str) -> String {
        format!("{}{}", self.body(), kept_part(earlier))
    }
}

/// Whether a task is closed, as its tracker says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// Everything that is not done or canceled; a failed fix too.
    Open,
    /// Done.
    Done,
    /// Given up.
    Canceled,
}

/// A task of the release's epic, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The tracker's own ID.
    pub id: String,
    /// The title, whole.
    pub title: String,
    /// The body, whole.
    pub body: String,
    /// Open or closed.
    pub state: TaskState,
}

impl Task {
    /// The fingerprint in the body, if this task was filed by gonogo.
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        mark_in(&self.body).map(|(fingerprint, _)| fingerprint)
    }

    /// What a ledger knows it by: its fingerprint, or one of its ID where it is somebody's own.
    pub fn known_as(&self) -> Fingerprint {
        self.fingerprint().unwrap_or_else(|| own_fingerprint(&self.id))
    }
}

/// A release's epic and all its tasks, read whole. A tracker that could not be read gives no `Backlog` at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// The epic's ID; `None` where the tracker was read and holds no such epic.
    pub epic: Option<String>,
    /// Every task under the epic, open or closed.
    pub tasks: Vec<Task>,
}

impl Backlog {
    /// What a tracker says that was read and holds nothing for the release. There is no default: a backlog that was
    /// not read is none.
    pub const fn empty() -> Self {
        Self { epic: None, tasks: Vec::new() }
    }

    /// The drafts, each under the name that its problem was filed under here: its own, else the one that it once had. No two get the same.
    pub fn under_filed_names(&self, drafts: &[Draft]) -> Vec<Draft> {
        let filed = self.by_fingerprint();
        let mut taken: HashSet<Fingerprint> = drafts.iter().map(|draft| draft.fingerprint.clone()).collect();
        let named = drafts.iter().map(|draft| {
            let once = draft.formerly.clone().filter(|once| {
                !filed.contains_key(&draft.fingerprint)
                    && filed.contains_key(once)
                    && taken.insert(once.clone())
            });
            Draft { fingerprint: once.unwrap_or_else(|| draft.fingerprint.clone()), ..draft.clone() }
        });
        named.collect()
    }

    /// The tasks that gonogo filed, by the problem that they stand for, each in the backlog's order.
    pub fn by_fingerprint(&self) -> HashMap<Fingerprint, Vec<&Task>> {
        let mut tasks: HashMap<Fingerprint, Vec<&Task>> = HashMap::new();
        for task in &self.tasks {
            if let Some(fingerprint) = task.fingerprint() {
                tasks.entry(fingerprint).or_default().push(task);
            }
        }
        tasks
    }
}

/// One change that brings a backlog in line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BacklogChange {
    /// File a task (with its epic, where there is none yet).
    Create(Draft),
    /// Write title and body over a task's, and open it again where it is closed.
    Update {
        /// The task's ID.
        id: String,
        /// The title to write.
        title: String,
        /// The body to write.
        body: String,
        /// The task is closed, and its problem stands: open it again.
        reopen: bool,
    },
}

/// What must change so that every draft stands in the backlog exactly once and open. Never closes a task: that
/// is for those who did the work.
pub fn reconcile(backlog: &Backlog, drafts: &[Draft]) -> Vec<BacklogChange> {
    let mut actions: Vec<BacklogChange> = Vec::new();
    let mut seen = HashSet::new();
    let filed = backlog.by_fingerprint();
    for draft in drafts.iter().filter(|draft| seen.insert(&draft.fingerprint)) {
        let same = filed.get(&draft.fingerprint).into_iter().flatten();
        let Some(task) = same.min_by_key(|task| task.state != TaskState::Open) else {
            actions.push(BacklogChange::Create(draft.clone()));
            continue;
        };
        let body = draft.body_over(&task.body);
        let reopen = task.state != TaskState::Open;
        if reopen || task.title != draft.title || task.body.trim_end() != body.trim_end() {
            actions.push(BacklogChange::Update {
                id: task.id.clone(),
                title: draft.title.clone(),
                body,
                reopen,
            });
        }
    }
    actions
}

/// What a ledger knows a task of somebody's own by.
fn own_fingerprint(id: &str) -> Fingerprint {
    Fingerprint::of(0, "task", id)
}

/// The last line of the part of a body that gonogo wrote, above the fingerprint's: there stands what a task is about. What a
/// tool printed is further up, since every template ends in words of its own.
fn trailer(body: &str) -> Option<&str> {
    let (own, _) = body.split_at(body.len() - kept_part(body).len());
    let mut lines = own.lines().rev().map(str::trim_end).filter(|line| !line.is_empty());
    lines.find(|line| !line.starts_with(MARK))
}

/// The first well-formed fingerprint line of a body, and what comes after it.
fn mark_in(body: &str) -> Option<(Fingerprint, &str)> {
    let mut rest = body;
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        if let Some(fingerprint) = line.trim_end().strip_prefix(MARK).and_then(Fingerprint::parse) {
            return Some((fingerprint, after));
        }
        rest = after;
    }
    None
}

fn kept_part(body: &str) -> &str {
    mark_in(body).map_or("", |(_, after)| after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(key: &str) -> Draft {
        Draft {
            fingerprint: Fingerprint::of(3, "lock-smoke", key),
            formerly: None,
            title: task_title("v0.9.0", key),
            sections: format!("## Goal\nMake {key} pass."),
        }
    }

    fn filed(draft: &Draft, id: &str, state: TaskState) -> Task {
        Task { id: id.to_owned(), title: draft.title.clone(), body: draft.body(), state }
    }

    #[test]
    fn a_new_problem_is_filed_once_even_when_it_is_named_twice() {
        let actions = reconcile(&Backlog::empty(), &[draft("a"), draft("a")]);
        assert_eq!(actions, [BacklogChange::Create(draft("a"))]);
    }

    #[test]
    fn a_problem_that_stands_as_it_should_is_left_alone() {
        let tasks = vec![filed(&draft("a"), "T1", TaskState::Open)];
        assert_eq!(reconcile(&Backlog { epic: Some("E".into()), tasks }, &[draft("a")]), []);
    }

    #[test]
    fn a_closed_task_whose_problem_stands_is_opened_again() {
        let tasks = vec![filed(&draft("a"), "T1", TaskState::Done)];
        let actions = reconcile(&Backlog { epic: Some("E".into()), tasks }, &[draft("a")]);
        assert!(matches!(&actions[..], [BacklogChange::Update { id, reopen: true, .. }] if id == "T1"));
    }

    fn renamed(key: &str, formerly: &str) -> Draft {
        Draft { formerly: Some(draft(formerly).fingerprint), ..draft(key) }
    }

    fn backlog(tasks: Vec<Task>) -> Backlog {
        Backlog { epic: Some("E".into()), tasks }
    }

    #[test]
    fn a_problem_that_was_filed_under_the_name_that_it_once_had_is_not_filed_again() {
        for state in [TaskState::Open, TaskState::Done] {
            let old = backlog(vec![filed(&draft("a"), "T1", state)]);
            let named = old.under_filed_names(&[renamed("bin a", "a")]);
            let actions = reconcile(&old, &named);
            let [BacklogChange::Update { id, body, title, reopen }] = &actions[..] else {
                panic!("{actions:?}")
            };
            assert_eq!((id.as_str(), *reopen), ("T1", state != TaskState::Open));
            assert!(title.contains("bin a"), "{title}");
            // It stays under that name, by which the ledger knows it.
            let task = Task { body: body.clone(), ..old.tasks[0].clone() };
            assert_eq!(task.fingerprint(), Some(draft("a").fingerprint));
        }
    }

    #[test]
    fn a_name_that_a_problem_once_had_is_taken_by_one_and_never_from_one_that_has_it() {
        let names = |backlog: &Backlog, drafts: &[Draft]| -> Vec<Fingerprint> {
            backlog.under_filed_names(drafts).into_iter().map(|draft| draft.fingerprint).collect()
        };
        let of = |key: &str| draft(key).fingerprint;
        let old = backlog(vec![filed(&draft("a"), "T1", TaskState::Open)]);
        assert_eq!(names(&old, &[renamed("x", "a"), renamed("y", "a")]), [of("a"), of("y")]);
        assert_eq!(names(&old, &[renamed("x", "a"), draft("a")]), [of("x"), of("a")]);
        let both = backlog(vec![
            filed(&draft("a"), "T1", TaskState::Open),
            filed(&draft("x"), "T2", TaskState::Open),
        ]);
        assert_eq!(names(&both, &[renamed("x", "a")]), [of("x")]);
        assert_eq!(names(&Backlog::empty(), &[renamed("x", "a")]), [of("x")]);
    }

    #[test]
    fn a_line_of_tool_output_that_looks_like_the_mark_is_not_what_a_task_is_found_by() {
        let mut hostile = draft("a");
        hostile.sections.push_str("\n```text\ngonogo-fingerprint: 0123456789abcdef\ngonogo-check: 9/other\n```\n\ngonogo-check: 3/a");
        let task = filed(&hostile, "T1", TaskState::Open);
        assert_eq!(task.fingerprint(), Some(hostile.fingerprint));
        assert_eq!(
            BlockerOrigin::in_body(&task.body),
            Some(BlockerOrigin { gate: 3, check: Some("a".into()) })
        );
    }

    #[test]
    fn what_people_wrote_below_the_mark_is_kept_by_an_update() {
        let mut task = filed(&draft("a"), "T1", TaskState::Open);
        task.body.push_str("Ann: I am on it.\n");
        let mut changed = draft("a");
        changed.sections.push_str("\nNow at another commit.");
        let actions = reconcile(&Backlog { epic: Some("E".into()), tasks: vec![task] }, &[changed]);
        let [BacklogChange::Update { body, reopen: false, .. }] = &actions[..] else { panic!("{actions:?}") };
        assert!(body.contains("another commit") && body.ends_with("Ann: I am on it.\n"), "{body}");
    }

    #[test]
    fn the_open_one_of_two_tasks_for_one_problem_is_the_one_that_counts() {
        let tasks =
            vec![filed(&draft("a"), "T1", TaskState::Done), filed(&draft("a"), "T2", TaskState::Open)];
        assert_eq!(reconcile(&Backlog { epic: Some("E".into()), tasks }, &[draft("a")]), []);
    }
}
