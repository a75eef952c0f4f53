//! Issues: list, get, create, change, comment. Pull requests stand in the same list, as on GitHub.

use super::page;
use super::state::Repository;
use crate::http::request::{ReceivedRequest, Reply};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// How long a title and a body may be, in characters.
const LONGEST_TITLE: usize = 256;
const LONGEST_BODY: usize = 65_536;

/// Whether an issue is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssueState {
    /// It is open.
    Open,
    /// It is closed.
    Closed,
}

impl IssueState {
    const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

/// One issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Its body; GitHub says `null` where there is none.
    pub body: Option<String>,
    /// Its labels' names.
    pub labels: Vec<String>,
    /// Open or closed.
    pub state: IssueState,
    /// Why it is in that state: `completed`, `not_planned`, `reopened`.
    pub state_reason: Option<String>,
    /// The comments' bodies.
    pub comments: Vec<String>,
    /// It is a pull request.
    pub is_pull_request: bool,
    /// When it was made and last changed.
    pub created_at: String,
    /// See `created_at`.
    pub updated_at: String,
}

/// The issues of a repository.
#[derive(Clone, Debug, Default)]
pub struct Issues {
    /// All of them, by number.
    pub all: BTreeMap<u64, Issue>,
    /// What lists show while they lag behind, as GitHub's do right after a write; the truth where `None`. Single
    /// issues are always true.
    pub stale_list: Option<BTreeMap<u64, Issue>>,
    /// Labels are dropped without a word, as GitHub does for those who may not set them.
    pub drops_labels: bool,
}

impl Issues {
    /// Adds an open issue, as a person does. Gives its number.
    pub fn add(&mut self, title: &str, body: &str, labels: &[&str]) -> u64 {
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        self.insert(title.to_owned(), Some(body.to_owned()), labels, "2026-01-01T00:00:00Z".to_owned()).number
    }

    /// From now on, lists show what they show now.
    pub fn freeze_list(&mut self) {
        self.stale_list = Some(self.all.clone());
    }

    fn insert(&mut self, title: String, body: Option<String>, labels: Vec<String>, now: String) -> &Issue {
        let number = self.all.keys().next_back().map_or(1, |last| last + 1);
        self.all.entry(number).or_insert(Issue {
            number,
            title,
            body,
            labels,
            state: IssueState::Open,
            state_reason: None,
            comments: Vec::new(),
            is_pull_request: false,
            created_at: now.clone(),
            updated_at: now,
        })
    }
}

fn show(issue: &Issue, repository: &str) -> Value {
    let (number, page) = (issue.number, if issue.is_pull_request { "pull" } else { "issues" });
    let labels: Vec<Value> = issue.labels.iter().map(|label| json!({ "name": label })).collect();
    let mut shown = json!({
        "id": 1_000_000 + number,
        "number": number,
        "title": issue.title,
        "body": issue.body,
        "labels": labels,
        "state": issue.state.name(),
        "state_reason": issue.state_reason,
        "comments": issue.comments.len(),
        "created_at": issue.created_at,
        "updated_at": issue.updated_at,
        "html_url": format!("https://github.com/{repository}/{page}/{number}"),
    });
    if issue.is_pull_request {
        shown["pull_request"] = json!({ "html_url": shown["html_url"] });
    }
    shown
}

/// `GET /issues`, newest first, with the `state` (default `open`) and `labels` (all of them) filters.
pub(super) fn list(request: &ReceivedRequest, name: &str, repository: &Repository) -> Reply {
    let issues = &repository.issues;
    let state = request.query.get("state").map_or("open", String::as_str);
    let labels: Vec<&str> = match request.query.get("labels") {
        Some(text) => text.split(',').filter(|label| !label.is_empty()).collect(),
        None => Vec::new(),
    };
    let has =
        |issue: &Issue, wanted: &str| issue.labels.iter().any(|label| label.eq_ignore_ascii_case(wanted));
    let shown: Vec<Value> = issues
        .stale_list
        .as_ref()
        .unwrap_or(&issues.all)
        .values()
        .rev()
        .filter(|issue| state == "all" || issue.state.name() == state)
        .filter(|issue| labels.iter().all(|label| has(issue, label)))
        .map(|issue| show(issue, name))
        .collect();
    page::reply(request, shown, Value::Array)
}

/// `GET /issues/N`.
pub(super) fn get(number: &str, name: &str, repository: &Repository) -> Reply {
    let issue = number.parse().ok().and_then(|number: u64| repository.issues.all.get(&number));
    issue.map_or_else(Reply::not_found, |issue| Reply::json(200, &show(issue, name)))
}

/// `POST /issues`.
pub(super) fn create(
    request: &ReceivedRequest,
    name: &str,
    repository: &mut Repository,
    now: String,
) -> Reply {
    let fields = match Fields::read(request) {
        Ok(fields) => fields,
        Err(refused) => return refused,
    };
    let Some(title) = fields.title else { return Reply::invalid("Validation Failed: title is missing") };
    let issues = &mut repository.issues;
    let labels = if issues.drops_labels { Vec::new() } else { fields.labels.unwrap_or_default() };
    let issue = issues.insert(title, fields.body, labels, now);
    Reply::json(201, &show(issue, name))
}

/// `PATCH /issues/N`.
pub(super) fn change(
    request: &ReceivedRequest,
    number: &str,
    name: &str,
    repository: &mut Repository,
    now: String,
) -> Reply {
    let fields = match Fields::read(request) {
        Ok(fields) => fields,
        Err(refused) => return refused,
    };
    let drops_labels = repository.issues.drops_labels;
    let issue = number.parse().ok().and_then(|number: u64| repository.issues.all.get_mut(&number));
    let Some(issue) = issue else { return Reply::not_found() };
    if let Some(title) = fields.title {
        issue.title = title;
    }
    if let Some(body) = fields.body {
        issue.body = Some(body);
    }
    if let Some(labels) = fields.labels.filter(|_| !drops_labels) {
        issue.labels = labels;
    }
    if let Some(state) = fields.state {
        let default = match state {
            IssueState::Open => "reopened",
            IssueState::Closed => "completed",
        };
        let is_change = issue.state != state || fields.state_reason.is_some();
        if is_change {
            issue.state_reason = Some(fields.state_reason.unwrap_or_else(|| default.to_owned()));
        }
        issue.state = state;
    }
    issue.updated_at = now;
    Reply::json(200, &show(issue, name))
}

/// `POST /issues/N/comments`.
pub(super) fn comment(request: &ReceivedRequest, number: &str, repository: &mut Repository) -> Reply {
    let issue = number.parse().ok().and_then(|number: u64| repository.issues.all.get_mut(&number));
    let Some(issue) = issue else { return Reply::not_found() };
    let body = request.json().and_then(|body| body["body"].as_str().map(str::to_owned));
    let Some(body) = body.filter(|body| !body.is_empty() && body.chars().count() <= LONGEST_BODY) else {
        return Reply::invalid("Validation Failed: body");
    };
    issue.comments.push(body.clone());
    Reply::json(201, &json!({ "id": issue.comments.len(), "body": body }))
}

/// The fields of an issue that a request sets.
struct Fields {
    title: Option<String>,
    body: Option<String>,
    labels: Option<Vec<String>>,
    state: Option<IssueState>,
    state_reason: Option<String>,
}

impl Fields {
    fn read(request: &ReceivedRequest) -> Result<Self, Reply> {
        let Some(Value::Object(given)) = request.json() else {
            return Err(Reply::message(400, "Problems parsing JSON"));
        };
        let title = text(&given, "title", LONGEST_TITLE)?;
        let body = text(&given, "body", LONGEST_BODY)?;
        let labels = match given.get("labels").map(Value::as_array) {
            None => None,
            Some(Some(labels)) => Some(labels.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
            Some(None) => return Err(Reply::invalid("Validation Failed: labels")),
        };
        let state = match text(&given, "state", LONGEST_TITLE)?.as_deref() {
            None => None,
            Some("open") => Some(IssueState::Open),
            Some("closed") => Some(IssueState::Closed),
            Some(_) => return Err(Reply::invalid("Validation Failed: state")),
        };
        let state_reason = text(&given, "state_reason", LONGEST_TITLE)?;
        Ok(Self { title, body, labels, state, state_reason })
    }
}

fn text(given: &Map<String, Value>, name: &str, longest: usize) -> Result<Option<String>, Reply> {
    match given.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.chars().count() <= longest => Ok(Some(text.clone())),
        Some(_) => Err(Reply::invalid(&format!("Validation Failed: {name} is too long or no text"))),
    }
}
