//! Which writes bring a backlog to where the actions want it, and whether they arrived.
//!
//! Invariant: actions are settled against what was just read, never against what their author saw, so that a stale
//! or half-done set of actions files nothing twice.

use super::TrackerError;
use gonogo_core::blocker::{Backlog, BacklogChange, Draft, Task, TaskState};
use gonogo_core::evidence::Fingerprint;

/// One write that is still needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Write {
    /// File a task.
    Create { title: String, body: String },
    /// Bring a task in line. A field that is `None`, or `false`, is in place already.
    Update { id: String, title: Option<String>, body: Option<String>, reopen: bool },
}

/// The writes that are still needed on this backlog. None at all once every action is in place.
pub(crate) fn settle(backlog: &Backlog, actions: &[BacklogChange]) -> Result<Vec<Write>, TrackerError> {
    let mut writes = Vec::new();
    let mut created = std::collections::HashSet::new();
    let filed = backlog.by_fingerprint();
    // The task that stands for a problem: an open one before a closed one.
    let find = |fingerprint: &Fingerprint| {
        filed.get(fingerprint).into_iter().flatten().min_by_key(|task| task.state != TaskState::Open)
    };
    for action in actions {
        match action {
            BacklogChange::Create(draft) => match find(&draft.fingerprint) {
                Some(task) => writes.extend(update(task, &draft.title, &draft.body_over(&task.body))),
                None if created.insert(&draft.fingerprint) => writes.push(create(draft)),
                None => {}
            },
            BacklogChange::Update { id, title, body, .. } => {
                let task = backlog.tasks.iter().find(|task| task.id == *id).ok_or_else(|| {
                    TrackerError::unreadable(format!(
                        "task {id}, which is to be updated, is not in the backlog"
                    ))
                })?;
                writes.extend(update(task, title, body));
            }
        }
    }
    Ok(writes)
}

/// That every action is in place: nothing left to write, and each problem stands in exactly one open task.
pub(crate) fn verify(backlog: &Backlog, actions: &[BacklogChange]) -> Result<(), TrackerError> {
    if let Some(write) = settle(backlog, actions)?.first() {
        let what = match write {
            Write::Create { title, .. } => format!("the task \"{title}\" is not there"),
            Write::Update { id, .. } => format!("task {id} is not as it was written"),
        };
        return Err(TrackerError::unreadable(format!("after writing, {what}")));
    }
    let filed = backlog.by_fingerprint();
    for action in actions {
        let fingerprint = match action {
            BacklogChange::Create(draft) => Some(draft.fingerprint.clone()),
            BacklogChange::Update { id, .. } => {
                backlog.tasks.iter().find(|task| task.id == *id).and_then(Task::fingerprint)
            }
        };
        let Some(fingerprint) = fingerprint else { continue };
        let same = filed.get(&fingerprint).into_iter().flatten();
        let open: Vec<&str> =
            same.filter(|task| task.state == TaskState::Open).map(|task| task.id.as_str()).collect();
        if open.len() != 1 {
            return Err(TrackerError {
                message: format!(
                    "{} open tasks stand for problem {fingerprint}: {}",
                    open.len(),
                    open.join(", ")
                ),
                missing_tool: None,
                remedy: Some("close all but one of them by hand".to_owned()),
            });
        }
    }
    Ok(())
}

/// A title as every tracker can hold it: one line, no control characters, no space around it.
pub(crate) fn clean_title(title: &str) -> String {
    let line: String = title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.trim().to_owned()
}

/// A body as every tracker can hold it: no NUL.
pub(crate) fn clean_body(body: &str) -> String {
    body.replace('\0', "\u{fffd}")
}

fn create(draft: &Draft) -> Write {
    let body = quote_foreign_marks(&clean_body(&draft.body()), Some(&draft.fingerprint));
    Write::Create { title: clean_title(&draft.title), body }
}

fn update(task: &Task, title: &str, body: &str) -> Option<Write> {
    let title = clean_title(title);
    let body = quote_foreign_marks(&clean_body(body), task.fingerprint().as_ref());
    let title = (task.title != title).then_some(title);
    let body = (task.body.trim_end() != body.trim_end()).then_some(body);
    let reopen = task.state != TaskState::Open;
    (title.is_some() || body.is_some() || reopen).then(|| Write::Update {
        id: task.id.clone(),
        title,
        body,
        reopen,
    })
}

/// The body with every fingerprint line above its own quoted. What a tool printed goes into a body, and must not
/// make the task stand for another problem.
fn quote_foreign_marks(body: &str, own: Option<&Fingerprint>) -> String {
    let Some(own) = own else { return body.to_owned() };
    let mut quoted = String::with_capacity(body.len());
    let mut above = true;
    for line in body.split_inclusive('\n') {
        let mark = fingerprint_of(line);
        if above && mark.is_some() {
            if mark.as_ref() == Some(own) {
                above = false;
            } else {
                quoted.push_str("> ");
            }
        }
        quoted.push_str(line);
    }
    quoted
}

fn fingerprint_of(text: &str) -> Option<Fingerprint> {
    let body = text.to_owned();
    Task { id: String::new(), title: String::new(), body, state: TaskState::Open }.fingerprint()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(key: &str, sections: &str) -> Draft {
        Draft {
            fingerprint: Fingerprint::of(3, "lock-smoke", key),
            formerly: None,
            title: format!("-{key}\nsecond line "),
            sections: sections.to_owned(),
        }
    }

    fn written(backlog: &mut Backlog, write: Write) {
        match write {
            Write::Create { title, body } => {
                let id = format!("T{}", backlog.tasks.len());
                backlog.tasks.push(Task { id, title, body, state: TaskState::Open });
            }
            Write::Update { id, title, body, reopen } => {
                let task = backlog.tasks.iter_mut().find(|task| task.id == id).unwrap();
                task.title = title.unwrap_or(task.title.clone());
                task.body = body.unwrap_or(task.body.clone());
                if reopen {
                    task.state = TaskState::Open;
                }
            }
        }
    }

    #[test]
    fn stale_actions_settle_to_one_task_and_then_to_nothing() {
        let mut backlog = Backlog::empty();
        let actions = [BacklogChange::Create(draft("a", "x\0y")), BacklogChange::Create(draft("a", "x\0y"))];
        for write in settle(&backlog, &actions).unwrap() {
            written(&mut backlog, write);
        }
        assert_eq!(backlog.tasks.len(), 1);
        assert_eq!(backlog.tasks[0].title, "-a second line");
        assert!(backlog.tasks[0].body.starts_with("x\u{fffd}y"));
        assert_eq!(settle(&backlog, &actions).unwrap(), []);
        verify(&backlog, &actions).unwrap();
    }

    #[test]
    fn a_fingerprint_line_in_a_tools_output_does_not_take_the_task_over() {
        let other = draft("other", "").body();
        let mine = draft("a", &format!("log:\n{other}"));
        let mut backlog = Backlog::empty();
        for write in settle(&backlog, &[BacklogChange::Create(mine.clone())]).unwrap() {
            written(&mut backlog, write);
        }
        assert_eq!(backlog.tasks[0].fingerprint(), Some(mine.fingerprint.clone()));
        let update = BacklogChange::Update {
            id: "T0".into(),
            title: mine.title.clone(),
            body: mine.body(),
            reopen: false,
        };
        assert_eq!(settle(&backlog, &[update]).unwrap(), []);
        verify(&backlog, &[BacklogChange::Create(mine)]).unwrap();
    }

    #[test]
    fn a_missing_a_closed_a_changed_and_a_doubled_task_are_all_refused() {
        let create = BacklogChange::Create(draft("a", "s"));
        assert!(verify(&Backlog::empty(), std::slice::from_ref(&create)).is_err());
        let mut good = Backlog::empty();
        for write in settle(&good, std::slice::from_ref(&create)).unwrap() {
            written(&mut good, write);
        }
        type Break = fn(&mut Backlog);
        let breaks: [Break; 4] = [
            |backlog| backlog.tasks[0].state = TaskState::Done,
            |backlog| backlog.tasks[0].title.push('x'),
            |backlog| backlog.tasks[0].body.insert(0, 'x'),
            |backlog| backlog.tasks.push(Task { id: "T9".into(), ..backlog.tasks[0].clone() }),
        ];
        for (number, change) in breaks.iter().enumerate() {
            let mut backlog = good.clone();
            change(&mut backlog);
            assert!(verify(&backlog, std::slice::from_ref(&create)).is_err(), "break {number}");
        }
    }

    #[test]
    fn an_update_of_a_task_that_is_gone_is_an_error() {
        let update =
            BacklogChange::Update { id: "GONE".into(), title: "t".into(), body: "b".into(), reopen: false };
        assert!(settle(&Backlog::empty(), &[update]).is_err());
    }
}
