//! The ledger on disk: one folder a release, one writer by file lock, blobs before the record that names them.
//!
//! Invariant: what [`Ledger::flush`] has confirmed survives a crash of this program or of the machine. A failed write
//! ends the ledger: nothing is appended after it.

mod writer;

use crate::there;
use gonogo_core::canonical::NotCanonical;
use gonogo_core::digest::Digest;
use gonogo_core::ledger::{
    self, Anchor, Broken, Chain, Event, EvidenceRef, Foreign, LedgerState, LinesRead, Newer, NotRead, Opened,
    Owner, Record,
};
use rustix::fs::{FlockOperation, flock};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Instant;
use writer::{Entry, Writer};

const RECORDS: &str = "ledger.jsonl";
const ANCHOR: &str = "anchor.json";
const BLOBS: &str = "blobs";
const LOCK: &str = "lock";
/// What stands before the process's number in the lock's file.
const HOLDER: &str = "process ";

/// What it is told under that a ledger is open for writing; `folder` is its folder, where that is text.
pub const OPENED: &str = "gonogo::ledger";

/// Why a ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Another process writes this ledger.
    #[error("another poll of this release is under way ({holder})")]
    Busy {
        /// Who, as far as the lock file says.
        holder: String,
    },
    /// The ledger failed verification.
    #[error("the ledger at {} failed verification", .path.display())]
    Broken {
        /// The ledger's folder.
        path: PathBuf,
        /// What is wrong with it.
        source: Broken,
    },
    /// The ledger is whole, and a newer gonogo wrote it.
    #[error("the ledger at {} was written by a newer gonogo", .path.display())]
    Newer {
        /// The ledger's folder.
        path: PathBuf,
        /// What is not known here.
        source: Newer,
    },
    /// The ledger is another release's.
    #[error("the ledger at {} is not this release's", .path.display())]
    Foreign {
        /// The ledger's folder.
        path: PathBuf,
        /// Whose it is.
        source: Foreign,
    },
    /// The system refused.
    #[error("cannot {doing} {}", .path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// An event that has no canonical spelling.
    #[error("an event cannot be recorded")]
    NotCanonical(#[from] NotCanonical),
    /// A blob is not what its digest says.
    #[error("the evidence {0} is missing or is not what its digest says")]
    BadBlob(Digest),
}

/// Bytes that a record names.
#[derive(Clone, Debug)]
pub struct Blob {
    reference: EvidenceRef,
    bytes: Vec<u8>,
}

impl Blob {
    /// Evidence under a name.
    pub fn new(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        let reference =
            EvidenceRef { name: name.into(), digest: Digest::of(&bytes), bytes: bytes.len() as u64 };
        Self { reference, bytes }
    }

    /// How a record names it.
    pub const fn reference(&self) -> &EvidenceRef {
        &self.reference
    }
}

/// A release's folder under git's common directory.
pub fn folder(common_dir: &Path, tag: &str) -> PathBuf {
    common_dir.join("gonogo").join("releases").join(tag)
}

/// The tags of all releases that have a folder under git's common directory, sorted.
pub fn releases(common_dir: &Path) -> Result<Vec<String>, LedgerError> {
    let root = common_dir.join("gonogo").join("releases");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(io_error("read", &folder)(error)),
        };
        let records = folder.join(RECORDS);
        if there::look(&records).map_err(io_error("look at", &records))?.is_some() {
            found.extend(folder.strip_prefix(&root).ok().map(|tag| tag.display().to_string()));
            continue;
        }
        // A tag with a slash in it is a folder in a folder.
        for entry in entries {
            let path = entry.map_err(io_error("read", &folder))?.path();
            let is_folder = there::is_folder(&path).map_err(io_error("look at", &path))?;
            folders.extend(is_folder.then_some(path));
        }
    }
    found.sort();
    Ok(found)
}

/// A ledger that is open for writing.
pub struct Ledger {
    folder: PathBuf,
    chain: Chain,
    state: LedgerState,
    writer: Writer,
    repaired: Option<u64>,
    /// When it was last waited for by whoever need not wait each time.
    flushed: Option<Instant>,
    // Held until the ledger is dropped; the system lets go of it whatever happens to us.
    lock: File,
}

impl Ledger {
    /// Opens a release's ledger, or begins it. Cuts off a torn last line and records that.
    pub fn open(folder: &Path, opened: Opened) -> Result<Self, LedgerError> {
        fs::create_dir_all(folder.join(BLOBS)).map_err(io_error("create", folder))?;
        let lock = self::lock(&folder.join(LOCK))?;
        writer::clear_up(folder).map_err(io_error("clear up", folder))?;
        let path = folder.join(RECORDS);
        if !path.try_exists().map_err(io_error("look at", &path))? {
            match read_anchor(folder)? {
                None => writer::write_anchor(folder, Anchor::empty()).map_err(io_error("write", folder))?,
                // Records that are gone are not begun anew.
                anchor @ Some(_) => drop(ledger::read(b"", anchor).map_err(not_read(folder))?),
            }
        }
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(&path)
            .map_err(io_error("open", &path))?;
        writer::sync_folder(folder).map_err(io_error("sync", folder))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(io_error("read", &path))?;
        let (records, chain, torn) = parse(folder, &bytes)?;
        check_owner(folder, Owner::of(&opened), &records)?;
        chain.is_writable().map_err(|newer| not_read(folder)(newer.into()))?;
        let state = LedgerState::fold(&records);
        if let Some(torn) = &torn {
            file.set_len(torn.offset).map_err(io_error("repair", &path))?;
            file.seek(SeekFrom::End(0)).map_err(io_error("repair", &path))?;
        }
        let writer = Writer::start(folder.to_owned(), file);
        let repaired = torn.as_ref().map(|torn| torn.repaired.bytes);
        let mut ledger =
            Self { folder: folder.to_owned(), chain, state, writer, repaired, flushed: None, lock };
        if records.is_empty() {
            ledger.append(Event::Opened(opened), Vec::new())?;
        }
        if let Some(torn) = torn {
            ledger.append(Event::Repaired(torn.repaired), Vec::new())?;
        }
        if let Some(folder) = folder.to_str() {
            tracing::debug!(target: OPENED, folder, "opened");
        }
        Ok(ledger)
    }

    /// Adds an event with the evidence that it names. It is on disk once [`Ledger::flush`] says so.
    pub fn append(&mut self, event: Event, blobs: Vec<Blob>) -> Result<Record, LedgerError> {
        self.writer.fault()?;
        let at = crate::clock::spelled(crate::clock::now());
        let (record, line) = self.chain.add(event, at)?;
        self.state.apply(&record);
        self.writer.send(Entry { line, blobs, anchor: self.chain.anchor() })?;
        Ok(record)
    }

    /// Waits until everything that was appended is on disk.
    pub fn flush(&mut self) -> Result<(), LedgerError> {
        self.writer.flush()
    }

    /// The same; but where this was asked for and waited for within the last 50 ms, the writer puts what came since on disk by
    /// itself.
    pub fn flush_unless_lately(&mut self) -> Result<(), LedgerError> {
        if self.flushed.is_some_and(|at| at.elapsed() < writer::GATHER) {
            return self.writer.fault();
        }
        self.flush()?;
        self.flushed = Some(Instant::now());
        Ok(())
    }

    /// What the records add up to.
    pub const fn state(&self) -> &LedgerState {
        &self.state
    }

    /// Where the chain stands.
    pub const fn anchor(&self) -> Anchor {
        self.chain.anchor()
    }

    /// Whether the lock is still this ledger's own: whoever removes its file can take another one in its place.
    pub fn is_locked(&self) -> Result<bool, LedgerError> {
        let path = self.folder.join(LOCK);
        let held = self.lock.metadata().map_err(io_error("look at", &path))?;
        match fs::metadata(&path) {
            Ok(there) => Ok((there.dev(), there.ino()) == (held.dev(), held.ino())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(io_error("look at", &path)(error)),
        }
    }

    /// How many bytes of a torn last line were cut off when it was opened.
    pub const fn repaired_bytes(&self) -> Option<u64> {
        self.repaired
    }

    /// The ledger's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Reads a release's ledger without a lock and without repairing it. `None` where there is none.
///
/// # Errors
/// [`LedgerError::Foreign`] where it is another release's, whatever its folder is called.
pub fn read(folder: &Path, owner: Owner<'_>) -> Result<Option<Vec<Record>>, LedgerError> {
    let path = folder.join(RECORDS);
    // The anchor first: records may come after it is read, and never go.
    let anchor = read_anchor(folder)?;
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => match anchor {
            None => return Ok(None),
            Some(_) => Vec::new(),
        },
        Err(error) => return Err(io_error("read", &path)(error)),
    };
    let (records, ..) = read_whole(&bytes, anchor).map_err(not_read(folder))?;
    check_owner(folder, owner, &records)?;
    Ok(Some(records))
}

fn check_owner(folder: &Path, owner: Owner<'_>, records: &[Record]) -> Result<(), LedgerError> {
    owner.owns(records).map_err(|source| LedgerError::Foreign { path: folder.to_owned(), source })
}

/// Whether another process writes a release's ledger now; `None` where that cannot be told. The lock is only tried where
/// the process that it names is alive, so that looking does not keep a writer out.
pub fn is_written(folder: &Path) -> Option<bool> {
    let named = match fs::read_to_string(folder.join(LOCK)) {
        Ok(named) => named,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Some(false),
        Err(_) => return None,
    };
    let is_alive = named
        .strip_prefix(HOLDER)
        .and_then(|process| rustix::process::Pid::from_raw(process.trim().parse().ok()?))
        .is_some_and(|process| rustix::process::test_kill_process(process) != Err(rustix::io::Errno::SRCH));
    if !is_alive {
        return Some(false);
    }
    let file = File::open(folder.join(LOCK)).ok()?;
    match flock(&file, FlockOperation::NonBlockingLockShared) {
        Ok(()) => Some(false),
        Err(rustix::io::Errno::WOULDBLOCK) => Some(true),
        Err(_) => None,
    }
}

/// The records of a release, under git's common directory; none where it has no ledger.
pub fn records(common_dir: &Path, owner: Owner<'_>) -> Result<Vec<Record>, LedgerError> {
    Ok(self::read(&folder(common_dir, owner.target), owner)?.unwrap_or_default())
}

/// Evidence by its digest, checked against it.
pub fn read_blob(folder: &Path, digest: Digest) -> Result<Vec<u8>, LedgerError> {
    let path = folder.join(BLOBS).join(digest.hex());
    let bytes = fs::read(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => LedgerError::BadBlob(digest),
        _ => io_error("read", &path)(error),
    })?;
    if Digest::of(&bytes) == digest { Ok(bytes) } else { Err(LedgerError::BadBlob(digest)) }
}

fn parse(folder: &Path, bytes: &[u8]) -> Result<(Vec<Record>, Chain, Option<ledger::Torn>), LedgerError> {
    read_whole(bytes, read_anchor(folder)?).map_err(not_read(folder))
}

/// Reads a whole ledger, the parts of a long one side by side.
fn read_whole(
    bytes: &[u8],
    anchor: Option<Anchor>,
) -> Result<(Vec<Record>, Chain, Option<ledger::Torn>), NotRead> {
    let parts = ledger::parts(bytes);
    if parts.len() < 2 {
        return ledger::read(bytes, anchor);
    }
    let read: Vec<LinesRead> = thread::scope(|scope| {
        let running: Vec<_> = parts.iter().map(|part| scope.spawn(|| ledger::read_lines(part))).collect();
        running.into_iter().map(|one| one.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    ledger::join(bytes, read, anchor)
}

fn not_read(folder: &Path) -> impl FnOnce(NotRead) -> LedgerError {
    let path = folder.to_owned();
    move |error| match error {
        NotRead::Broken(source) => LedgerError::Broken { path, source },
        NotRead::Newer(source) => LedgerError::Newer { path, source },
    }
}

fn read_anchor(folder: &Path) -> Result<Option<Anchor>, LedgerError> {
    let path = folder.join(ANCHOR);
    match fs::read(&path) {
        Ok(bytes) => Anchor::parse(&bytes).map(Some).map_err(not_read(folder)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_error("read", &path)(error)),
    }
}

fn lock(path: &Path) -> Result<File, LedgerError> {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(io_error("open", path))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {
            // For whoever finds it held; the lock itself does not depend on it.
            let named = file.set_len(0).and_then(|()| write!(file, "{HOLDER}{}", std::process::id()));
            named.map_err(io_error("write", path))?;
            Ok(file)
        }
        Err(rustix::io::Errno::WOULDBLOCK) => {
            let mut holder = String::new();
            file.read_to_string(&mut holder).ok();
            let holder = if holder.is_empty() { "process not known".to_owned() } else { holder };
            Err(LedgerError::Busy { holder })
        }
        Err(errno) => Err(io_error("lock", path)(errno.into())),
    }
}

fn io_error(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> LedgerError {
    let path = path.to_owned();
    move |source| LedgerError::Io { doing, path, source: Arc::new(source) }
}
