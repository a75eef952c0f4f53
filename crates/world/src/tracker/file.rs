//! The embedded tracker: one JSON file, for projects that keep no tracker of their own.
//!
//! Invariant: the file is replaced whole and synced, or stays as it was; only a file that the system says is not
//! there counts as empty. Anything else that cannot be read, or was written by a newer gonogo, is an error.

use super::settle::{Write, clean_body, clean_title, settle, verify};
use super::{Tracker, TrackerError, lock};
use crate::process::Cancel;
use crate::there;
use gonogo_core::blocker::{Backlog, BacklogChange, Task, TaskState};
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// The version of the file's format; see `docs/formats.md`.
///
/// - 1: the first one.
const SCHEMA: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    schema: u32,
    /// The number that the next ID is made of; never used twice.
    next: u64,
    epics: Vec<Epic>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Epic {
    id: String,
    title: String,
    tasks: Vec<Stored>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    id: String,
    title: String,
    body: String,
    state: State,
    /// Why it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Open,
    Done,
    Canceled,
}

/// An epic of the embedded tracker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpicEntry {
    /// Its ID.
    pub id: String,
    /// Its title, whole.
    pub title: String,
    /// How many of its tasks are open.
    pub open: usize,
}

/// The embedded tracker, opened on its file.
#[derive(Debug)]
pub struct FileTracker {
    path: PathBuf,
    makes_folder: bool,
    /// The file was there once: from then on that it is not is no empty backlog.
    was_there: AtomicBool,
}

impl FileTracker {
    /// Opens the tracker on that file, which need not be there yet; its folder must be.
    pub fn open(path: PathBuf) -> Self {
        Self { path, makes_folder: false, was_there: AtomicBool::new(false) }
    }

    /// The same in a folder of gonogo's own, which is made when something is first written.
    pub fn in_own_folder(path: PathBuf) -> Self {
        Self { path, makes_folder: true, was_there: AtomicBool::new(false) }
    }

    /// Every epic, of all releases, in the order in which they were made.
    pub fn epics(&self) -> Result<Vec<EpicEntry>, TrackerError> {
        let document = self.load()?;
        let entry = |epic: Epic| EpicEntry {
            open: epic.tasks.iter().filter(|task| task.state == State::Open).count(),
            id: epic.id,
            title: epic.title,
        };
        Ok(document.epics.into_iter().map(entry).collect())
    }

    fn folder(&self) -> &Path {
        self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    fn make_folder(&self) -> Result<(), TrackerError> {
        if !self.makes_folder {
            return Ok(());
        }
        std::fs::create_dir_all(self.folder()).map_err(|error| self.error("make the folder of", &error))
    }

    fn error(&self, what: &str, error: &dyn std::fmt::Display) -> TrackerError {
        TrackerError::unreadable(format!("cannot {what} {}: {error}", self.path.display()))
    }

    fn load(&self) -> Result<Document, TrackerError> {
        let bytes = match std::fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if self.was_there.load(Ordering::Relaxed) => {
                return Err(TrackerError {
                    remedy: Some("find out who removed it, and put it back".to_owned()),
                    ..self.error("read, though it was there before,", &error)
                });
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let has_place = self.makes_folder
                    || there::is_folder(self.folder()).map_err(|error| self.error("look for", &error))?;
                return match has_place {
                    true => Ok(Document { schema: SCHEMA, next: 1, epics: Vec::new() }),
                    false => Err(self.error("read", &error)),
                };
            }
            Err(error) => return Err(self.error("read", &error)),
        };
        self.was_there.store(true, Ordering::Relaxed);
        // The version first: the rest of a newer format may look like anything.
        #[derive(Deserialize)]
        struct Version {
            schema: u32,
        }
        let Version { schema } =
            serde_json::from_slice(&bytes).map_err(|error| self.error("understand", &error))?;
        if schema != SCHEMA {
            return Err(TrackerError {
                message: format!("{} is of schema {schema}, and {SCHEMA} is known", self.path.display()),
                missing_tool: None,
                remedy: Some("update gonogo: the backlog was written by a newer one".to_owned()),
            });
        }
        let document: Document =
            serde_json::from_slice(&bytes).map_err(|error| self.error("understand", &error))?;
        document.check().map_err(|what| self.error("understand", &what))?;
        Ok(document)
    }

    fn save(&self, document: &Document) -> Result<(), TrackerError> {
        let write = || -> std::io::Result<()> {
            // As readable as any new file here: colleagues read the backlog too.
            let mode = std::fs::Permissions::from_mode(0o666);
            let mut file = tempfile::Builder::new().permissions(mode).tempfile_in(self.folder())?;
            serde_json::to_writer_pretty(&mut file, document)?;
            file.write_all(b"\n")?;
            file.as_file().sync_all()?;
            file.persist(&self.path)?;
            self.was_there.store(true, Ordering::Relaxed);
            std::fs::File::open(self.folder())?.sync_all()
        };
        write().map_err(|error| self.error("write", &error))
    }
}

impl Document {
    /// That every ID is there once, and none is still to be given out; and every epic's title is there once.
    fn check(&self) -> Result<(), String> {
        let mut ids = std::collections::HashSet::new();
        let mut titles = std::collections::HashSet::new();
        for epic in &self.epics {
            if !titles.insert(&epic.title) {
                return Err(format!("two epics are called \"{}\"", epic.title));
            }
            for id in epic.tasks.iter().map(|task| &task.id).chain([&epic.id]) {
                let number = id.strip_prefix('B').and_then(|number| number.parse::<u64>().ok());
                if number.is_none_or(|number| number >= self.next) || !ids.insert(id) {
                    return Err(format!("ID {id:?} is there twice, or was never given out"));
                }
            }
        }
        Ok(())
    }

    fn next_id(&mut self) -> String {
        let id = format!("B{}", self.next);
        self.next += 1;
        id
    }

    fn backlog(&self, title: &str) -> Backlog {
        let Some(epic) = self.epics.iter().find(|epic| epic.title == title) else {
            return Backlog::empty();
        };
        let task = |stored: &Stored| Task {
            id: stored.id.clone(),
            title: stored.title.clone(),
            body: stored.body.clone(),
            state: match stored.state {
                State::Open => TaskState::Open,
                State::Done => TaskState::Done,
                State::Canceled => TaskState::Canceled,
            },
        };
        Backlog { epic: Some(epic.id.clone()), tasks: epic.tasks.iter().map(task).collect() }
    }

    fn task(&mut self, id: &str) -> Option<&mut Stored> {
        self.epics.iter_mut().flat_map(|epic| &mut epic.tasks).find(|task| task.id == id)
    }

    fn write(&mut self, title: &str, write: Write) {
        match write {
            Write::Create { title: task_title, body } => {
                let position = self.epics.iter().position(|epic| epic.title == title).unwrap_or_else(|| {
                    let id = self.next_id();
                    self.epics.push(Epic { id, title: title.to_owned(), tasks: Vec::new() });
                    self.epics.len() - 1
                });
                let id = self.next_id();
                let state = State::Open;
                self.epics[position].tasks.push(Stored { id, title: task_title, body, state, note: None });
            }
            Write::Update { id, title, body, reopen } => {
                let Some(task) = self.task(&id) else { return };
                if let Some(title) = title {
                    task.title = title;
                }
                if let Some(body) = body {
                    task.body = body;
                }
                if reopen {
                    task.state = State::Open;
                    task.note = None;
                }
            }
        }
    }
}

impl Tracker for FileTracker {
    async fn read(&self, epic_title: &str, cancel: &Cancel) -> Result<Backlog, TrackerError> {
        // What another gonogo is about to write counts: it is waited for. Without the folder nobody writes.
        let has_folder = there::is_folder(self.folder()).map_err(|error| self.error("look for", &error))?;
        let _lock = if has_folder { Some(lock::lock(self.folder(), cancel).await?) } else { None };
        Ok(self.load()?.backlog(&clean_title(epic_title)))
    }

    async fn apply(
        &self,
        epic_title: &str,
        actions: &[BacklogChange],
        cancel: &Cancel,
    ) -> Result<Backlog, TrackerError> {
        let epic_title = clean_title(epic_title);
        self.make_folder()?;
        let _lock = lock::lock(self.folder(), cancel).await?;
        let mut document = self.load()?;
        let writes = settle(&document.backlog(&epic_title), actions)?;
        if !writes.is_empty() {
            for write in writes {
                document.write(&epic_title, write);
            }
            // Proven before the file is replaced, and once more from the disk below.
            verify(&document.backlog(&epic_title), actions)?;
            self.save(&document)?;
        }
        let backlog = self.load()?.backlog(&epic_title);
        verify(&backlog, actions)?;
        Ok(backlog)
    }

    async fn close(&self, id: &str, note: &str, cancel: &Cancel) -> Result<(), TrackerError> {
        self.make_folder()?;
        let _lock = lock::lock(self.folder(), cancel).await?;
        let mut document = self.load()?;
        let task =
            document.task(id).ok_or_else(|| TrackerError::unreadable(format!("there is no task {id:?}")))?;
        task.state = State::Done;
        task.note = Some(clean_body(note));
        self.save(&document)
    }
}
