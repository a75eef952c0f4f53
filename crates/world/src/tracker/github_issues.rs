//! Blockers as GitHub issues: an epic is a labelled issue with the epic's title, a task a labelled issue whose body
//! says `Epic: #N`.
//!
//! Invariant: lists lag behind writes on GitHub, so whatever this tracker wrote is read again by its number, and an
//! error anywhere is an error, never a shorter backlog.

mod body;
mod issue;

use super::{Tracker, TrackerError};
use crate::github::{Gh, GhError, Method};
use crate::process::Cancel;
use gonogo_core::blocker::{Backlog, BacklogChange, Draft, Task, TaskState};
use issue::Issue;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The label of epics.
pub const EPIC_LABEL: &str = "release-blockers";
/// The label of tasks.
pub const TASK_LABEL: &str = "release-blocker";

/// The issues of one repository.
#[derive(Debug)]
pub struct GithubIssuesTracker {
    gh: Gh,
    /// The issues that this tracker made or changed: what is read of them never comes from a list.
    written: Mutex<BTreeSet<u64>>,
}

/// What was read for one epic's title. More than one epic of a title can be there, where two processes made one each.
struct Snapshot {
    epics: BTreeSet<u64>,
    tasks: BTreeMap<u64, Issue>,
}

impl Snapshot {
    fn backlog(&self) -> Backlog {
        let task = |issue: &Issue| Task {
            id: issue.number.to_string(),
            title: issue.title.clone(),
            body: body::without_epic(&issue.body),
            state: issue.state,
        };
        Backlog {
            epic: self.epics.first().map(u64::to_string),
            tasks: self.tasks.values().map(task).collect(),
        }
    }
}

impl GithubIssuesTracker {
    /// The issues of the repository that this gh was opened for.
    pub const fn new(gh: Gh) -> Self {
        Self { gh, written: Mutex::new(BTreeSet::new()) }
    }

    fn written(&self) -> MutexGuard<'_, BTreeSet<u64>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, rest: &str) -> String {
        format!("repos/{}/issues{rest}", self.gh.repository())
    }

    async fn snapshot(&self, epic_title: &str, cancel: &Cancel) -> Result<Snapshot, TrackerError> {
        let mut known = self.list(EPIC_LABEL, cancel).await?;
        known.extend(self.list(TASK_LABEL, cancel).await?);
        let written = self.written().clone();
        for number in written {
            match self.issue(number, cancel).await? {
                Some(issue) => known.insert(number, issue),
                None => known.remove(&number),
            };
        }
        let is_epic = |issue: &Issue| issue.title == epic_title && issue.has_label(EPIC_LABEL);
        let mut epics: BTreeSet<u64> =
            known.values().filter(|issue| is_epic(issue)).map(|issue| issue.number).collect();

        let tasks: Vec<&Issue> = known.values().filter(|issue| issue.has_label(TASK_LABEL)).collect();
        let named: BTreeSet<u64> = tasks.iter().filter_map(|task| body::epic_of(&task.body)).collect();
        for number in named.into_iter().filter(|number| !known.contains_key(number)) {
            // A labelled task names an epic that no list shows, yet or any more: it may be ours all the same.
            if self.issue(number, cancel).await?.is_some_and(|issue| issue.title == epic_title) {
                epics.insert(number);
            }
        }
        let is_ours = |task: &Issue| body::epic_of(&task.body).is_some_and(|epic| epics.contains(&epic));
        let ours = tasks.into_iter().filter(|task| is_ours(task)).map(|task| (task.number, task.clone()));
        let mut tasks: BTreeMap<u64, Issue> = ours.collect();
        // That a task is closed opens the way: a list's word is not enough.
        let closed = tasks.values().filter(|task| task.state != TaskState::Open).map(|task| task.number);
        for number in closed.collect::<Vec<_>>() {
            if let Some(issue) = self.issue(number, cancel).await? {
                tasks.insert(number, issue);
            }
        }
        Ok(Snapshot { epics, tasks })
    }

    /// Every issue with a label, open and closed, without the pull requests that GitHub lists among them.
    async fn list(&self, label: &str, cancel: &Cancel) -> Result<BTreeMap<u64, Issue>, TrackerError> {
        let path = self.path(&format!("?state=all&labels={label}&per_page=100"));
        let mut issues = BTreeMap::new();
        for page in self.gh.get_pages(&path, cancel).await.map_err(unreadable)? {
            let Value::Array(page) = page else {
                return Err(TrackerError::unreadable("GitHub's list of issues is no list"));
            };
            for value in &page {
                let issue = Issue::read(value)?;
                if !issue.is_pull_request {
                    issues.insert(issue.number, issue);
                }
            }
        }
        Ok(issues)
    }

    /// One issue by its number; `None` where GitHub itself says that it is not there.
    async fn issue(&self, number: u64, cancel: &Cancel) -> Result<Option<Issue>, TrackerError> {
        match self.gh.get(&self.path(&format!("/{number}")), cancel).await {
            Ok(value) => {
                let issue = Issue::read(&value)?;
                if issue.number != number {
                    return Err(TrackerError::unreadable(format!(
                        "GitHub answers #{number} with another issue"
                    )));
                }
                Ok(Some(issue))
            }
            Err(GhError::NotFound { .. }) => Ok(None),
            Err(error) => Err(unreadable(error)),
        }
    }

    /// An issue that has to be there, as a task of this tracker.
    async fn task(&self, id: &str, cancel: &Cancel) -> Result<Issue, TrackerError> {
        let number =
            id.parse().map_err(|_| TrackerError::unreadable(format!("`{id}` is no issue's number")))?;
        let issue = self.issue(number, cancel).await?;
        let issue = issue.ok_or_else(|| TrackerError::unreadable(format!("issue #{id} is not there")))?;
        if issue.is_pull_request || !issue.has_label(TASK_LABEL) {
            return Err(TrackerError::unreadable(format!("#{id} is no issue with the label `{TASK_LABEL}`")));
        }
        Ok(issue)
    }

    async fn create(
        &self,
        title: &str,
        body: &str,
        label: &str,
        cancel: &Cancel,
    ) -> Result<u64, TrackerError> {
        let fields = json!({ "title": title, "body": body, "labels": [label] });
        let made = self.gh.send(Method::Post, &self.path(""), &fields, cancel).await.map_err(unreadable)?;
        let issue = Issue::read(&made)?;
        self.written().insert(issue.number);
        if !issue.has_label(label) {
            // GitHub drops the labels of those who may not set them, without a word.
            let message = format!("issue #{} was made without its label `{label}`", issue.number);
            let remedy = "use a token that may write to the repository's issues".to_owned();
            return Err(TrackerError { message, missing_tool: None, remedy: Some(remedy) });
        }
        Ok(issue.number)
    }

    async fn change(&self, number: u64, fields: &Value, cancel: &Cancel) -> Result<(), TrackerError> {
        // Noted first: an answer that is lost on its way may belong to a change that was made.
        self.written().insert(number);
        let path = self.path(&format!("/{number}"));
        self.gh.send(Method::Patch, &path, fields, cancel).await.map_err(unreadable)?;
        Ok(())
    }

    async fn file(
        &self,
        epic: u64,
        snapshot: &Snapshot,
        draft: &Draft,
        cancel: &Cancel,
    ) -> Result<(), TrackerError> {
        let same = |issue: &&Issue| body::fingerprint_in(&issue.body).as_ref() == Some(&draft.fingerprint);
        let found = snapshot.tasks.values().filter(same).min_by_key(|issue| issue.state != TaskState::Open);
        match found {
            // Somebody else filed it since the plan was made.
            Some(issue) => self.write(epic, issue, &draft.title, &draft.body(), true, cancel).await,
            None => {
                let body = body::fitted(epic, &draft.body())?;
                self.create(&body::fitted_title(&draft.title), &body, TASK_LABEL, cancel).await.map(drop)
            }
        }
    }

    /// Writes over an issue what differs from it; what people wrote below the mark is kept as it stands now.
    async fn write(
        &self,
        epic: u64,
        issue: &Issue,
        title: &str,
        text: &str,
        reopen: bool,
        cancel: &Cancel,
    ) -> Result<(), TrackerError> {
        let wanted = body::fitted(epic, &body::over(text, &issue.body))?;
        let title = body::fitted_title(title);
        let mut fields = serde_json::Map::new();
        if issue.title != title {
            fields.insert("title".to_owned(), title.into());
        }
        if issue.body.trim_end() != wanted.trim_end() {
            fields.insert("body".to_owned(), wanted.into());
        }
        if reopen && issue.state != TaskState::Open {
            fields.insert("state".to_owned(), "open".into());
        }
        if fields.is_empty() {
            return Ok(());
        }
        self.change(issue.number, &Value::Object(fields), cancel).await
    }

    /// The epic's number, made where there is none.
    async fn epic(&self, snapshot: &Snapshot, title: &str, cancel: &Cancel) -> Result<u64, TrackerError> {
        match snapshot.epics.first() {
            Some(number) => Ok(*number),
            None => {
                let body = "The open issues that name this one hold the release back.\n";
                self.create(title, body, EPIC_LABEL, cancel).await
            }
        }
    }
}

impl Tracker for GithubIssuesTracker {
    async fn read(&self, epic_title: &str, cancel: &Cancel) -> Result<Backlog, TrackerError> {
        Ok(self.snapshot(epic_title, cancel).await?.backlog())
    }

    async fn apply(
        &self,
        epic_title: &str,
        actions: &[BacklogChange],
        cancel: &Cancel,
    ) -> Result<Backlog, TrackerError> {
        if actions.is_empty() {
            return self.read(epic_title, cancel).await;
        }
        let mut snapshot = self.snapshot(epic_title, cancel).await?;
        let epic = self.epic(&snapshot, epic_title, cancel).await?;
        snapshot.epics.insert(epic);
        for action in actions {
            match action {
                BacklogChange::Create(draft) => self.file(epic, &snapshot, draft, cancel).await?,
                BacklogChange::Update { id, title, body, reopen } => {
                    let issue = self.task(id, cancel).await?;
                    let own = body::epic_of(&issue.body).filter(|own| snapshot.epics.contains(own));
                    self.write(own.unwrap_or(epic), &issue, title, body, *reopen, cancel).await?;
                }
            }
        }
        let backlog = self.read(epic_title, cancel).await?;
        for action in actions {
            if let Some(missing) = what_is_not_there(&backlog, action) {
                return Err(TrackerError::unreadable(missing));
            }
        }
        Ok(backlog)
    }

    async fn close(&self, id: &str, note: &str, cancel: &Cancel) -> Result<(), TrackerError> {
        let issue = self.task(id, cancel).await?;
        if issue.state == TaskState::Done {
            return Ok(());
        }
        let comment = json!({ "body": note });
        let path = self.path(&format!("/{}/comments", issue.number));
        self.gh.send(Method::Post, &path, &comment, cancel).await.map_err(unreadable)?;
        let fields = json!({ "state": "closed", "state_reason": "completed" });
        self.change(issue.number, &fields, cancel).await?;
        if self.task(id, cancel).await?.state != TaskState::Done {
            return Err(TrackerError::unreadable(format!("issue #{id} was closed and is not")));
        }
        Ok(())
    }
}

/// What an action wanted and a backlog read after it does not show.
fn what_is_not_there(backlog: &Backlog, action: &BacklogChange) -> Option<String> {
    match action {
        BacklogChange::Create(draft) => {
            let stands = |task: &Task| {
                task.fingerprint().as_ref() == Some(&draft.fingerprint)
                    && task.state == TaskState::Open
                    && task.title == body::fitted_title(&draft.title)
            };
            (!backlog.tasks.iter().any(stands))
                .then(|| format!("`{}` was filed and is not there", draft.title))
        }
        BacklogChange::Update { id, title, body: text, reopen } => {
            let stands = |task: &Task| {
                task.id == *id
                    && task.title == body::fitted_title(title)
                    && body::is_written(text, &task.body)
                    && (!reopen || task.state == TaskState::Open)
            };
            (!backlog.tasks.iter().any(stands)).then(|| format!("issue #{id} was changed and is not"))
        }
    }
}

fn unreadable(error: GhError) -> TrackerError {
    let remedy = error.remedy().map(str::to_owned);
    let missing_tool = matches!(error, GhError::MissingTool { .. }).then(|| "gh".to_owned());
    TrackerError { message: error.to_string(), missing_tool, remedy }
}
