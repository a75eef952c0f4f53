//! The thread that puts records on disk, batch by batch: all blobs synced, then all lines and one sync, then the
//! anchor. A batch is what came in while the one before was written and a short while longer; nobody who asks for
//! confirmation waits for that while, and what waits to be written is bounded in bytes.

use super::{ANCHOR, BLOBS, Blob, LedgerError};
use gonogo_core::digest::Digest;
use gonogo_core::ledger::Anchor;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tempfile::NamedTempFile;

/// How many records may wait to be written before whoever appends has to wait.
const QUEUE: usize = 256;
/// Whoever appends a record that is larger than this, in bytes with its evidence, waits until it is written. With [`QUEUE`], what waits and what is
/// being written stay below 16 MiB, besides one such record.
const LARGE: usize = 32 << 10;
/// How long a batch waits for more before it is written.
pub(super) const GATHER: Duration = Duration::from_millis(50);
/// From how many blobs on the whole file system is synced at once, in place of each file by itself.
const MANY: usize = 16;
/// How many blobs are open at once.
const OPEN: usize = 128;

/// A line with the blobs that it names.
pub(super) struct Entry {
    pub(super) line: String,
    pub(super) blobs: Vec<Blob>,
    pub(super) anchor: Anchor,
}

enum Order {
    Write(Entry),
    Confirm(SyncSender<()>),
}

#[derive(Clone, Default)]
struct Fault(Arc<Mutex<Option<Arc<io::Error>>>>);

impl Fault {
    fn lock(&self) -> MutexGuard<'_, Option<Arc<io::Error>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The way to the thread. Dropping it waits until the thread has written what it was given.
pub(super) struct Writer {
    folder: PathBuf,
    orders: Option<SyncSender<Order>>,
    fault: Fault,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(folder: PathBuf, file: File) -> Self {
        let (orders, inbox) = sync_channel(QUEUE);
        let fault = Fault::default();
        let (at, seen) = (folder.clone(), fault.clone());
        let thread = std::thread::spawn(move || work(&at, file, &inbox, &seen));
        Self { folder, orders: Some(orders), fault, thread: Some(thread) }
    }

    /// The error that ended this ledger, if one has.
    pub(super) fn fault(&self) -> Result<(), LedgerError> {
        match &*self.fault.lock() {
            None => Ok(()),
            Some(source) => {
                Err(LedgerError::Io { doing: "write", path: self.folder.clone(), source: Arc::clone(source) })
            }
        }
    }

    pub(super) fn send(&self, entry: Entry) -> Result<(), LedgerError> {
        let bytes = entry.line.len() + entry.blobs.iter().map(|blob| blob.bytes.len()).sum::<usize>();
        self.order(Order::Write(entry))?;
        if bytes > LARGE { self.flush() } else { Ok(()) }
    }

    pub(super) fn flush(&self) -> Result<(), LedgerError> {
        let (done, wait) = sync_channel(1);
        self.order(Order::Confirm(done))?;
        // A thread that is gone has left its fault behind.
        wait.recv().ok();
        self.fault()
    }

    fn order(&self, order: Order) -> Result<(), LedgerError> {
        let sent = self.orders.as_ref().is_some_and(|orders| orders.send(order).is_ok());
        self.fault()?;
        if sent {
            return Ok(());
        }
        let source = Arc::new(io::Error::other("the ledger's writer has ended"));
        Err(LedgerError::Io { doing: "write", path: self.folder.clone(), source })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn work(folder: &Path, mut file: File, inbox: &Receiver<Order>, fault: &Fault) {
    let mut stored = HashSet::new();
    while let Ok(first) = inbox.recv() {
        let (entries, waiting) = gather(first, inbox);
        let written =
            if fault.lock().is_some() { Ok(()) } else { write(folder, &mut file, &entries, &mut stored) };
        if let Err(error) = written {
            fault.lock().get_or_insert(Arc::new(error));
        }
        if let Some(done) = waiting {
            done.send(()).ok();
        }
    }
}

/// Takes orders until somebody waits for them, or enough came, or time is up.
fn gather(first: Order, inbox: &Receiver<Order>) -> (Vec<Entry>, Option<SyncSender<()>>) {
    let until = Instant::now() + GATHER;
    let mut entries = Vec::new();
    let mut next = Ok(first);
    loop {
        match next {
            Ok(Order::Write(entry)) => entries.push(entry),
            Ok(Order::Confirm(done)) => return (entries, Some(done)),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return (entries, None),
        }
        if entries.len() >= QUEUE {
            return (entries, None);
        }
        next = inbox.recv_timeout(until.saturating_duration_since(Instant::now()));
    }
}

fn write(folder: &Path, file: &mut File, entries: &[Entry], stored: &mut HashSet<String>) -> io::Result<()> {
    let Some(last) = entries.last() else { return Ok(()) };
    let blobs = entries.iter().flat_map(|entry| &entry.blobs);
    store(&folder.join(BLOBS), blobs, stored, file_system)?;
    let lines: String = entries.iter().flat_map(|entry| [entry.line.as_str(), "\n"]).collect();
    file.write_all(lines.as_bytes())?;
    file.sync_data()?;
    write_anchor(folder, last.anchor)
}

/// Writes the blobs that are not there yet as their digests say, each whole under its name or not at all.
fn store<'a>(
    folder: &Path,
    blobs: impl Iterator<Item = &'a Blob>,
    stored: &mut HashSet<String>,
    at_once: AtOnce,
) -> io::Result<()> {
    let mut fresh = Vec::new();
    for blob in blobs {
        let name = blob.reference().digest.hex();
        if stored.insert(name.clone()) && !is_whole(&folder.join(&name), blob) {
            fresh.push((name, &blob.bytes));
        }
    }
    if fresh.is_empty() {
        return Ok(());
    }
    for group in fresh.chunks(OPEN) {
        let files = group.iter().map(|(_, bytes)| unfinished(folder, bytes));
        let files: Vec<NamedTempFile> = files.collect::<io::Result<_>>()?;
        sync_all(folder, &files, at_once)?;
        for (file, (name, _)) in files.into_iter().zip(group) {
            file.persist(folder.join(name)).map_err(|error| error.error)?;
        }
    }
    sync_folder(folder)
}

/// Whether a file holds a blob. One that was changed or lost some bytes is written again.
fn is_whole(path: &Path, blob: &Blob) -> bool {
    fs::read(path).is_ok_and(|bytes| Digest::of(&bytes) == blob.reference().digest)
}

/// How a file is called while it is written.
const UNFINISHED: &str = ".new-";

/// Removes what a killed writer left unfinished. Only for whoever holds the lock.
pub(super) fn clear_up(folder: &Path) -> io::Result<()> {
    for folder in [folder, &folder.join(BLOBS)] {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}

/// Puts what was written on disk: each file by itself, or all of the file system at once where that is one wait
/// in place of many, and where the system can.
fn sync_all(folder: &Path, files: &[NamedTempFile], at_once: AtOnce) -> io::Result<()> {
    if files.len() >= MANY && at_once(folder)? {
        return Ok(());
    }
    files.iter().try_for_each(|file| file.as_file().sync_data())
}

/// Syncs the whole file system of a folder; `false` where there is no way to.
type AtOnce = fn(&Path) -> io::Result<bool>;

#[cfg(target_os = "linux")]
fn file_system(folder: &Path) -> io::Result<bool> {
    rustix::fs::syncfs(File::open(folder)?)?;
    Ok(true)
}

#[cfg(not(target_os = "linux"))]
fn file_system(folder: &Path) -> io::Result<bool> {
    no_file_system(folder)
}

/// What stands in the place of syncfs(2) where there is none.
#[cfg(any(test, not(target_os = "linux")))]
fn no_file_system(_: &Path) -> io::Result<bool> {
    Ok(false)
}

fn unfinished(folder: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?;
    file.write_all(bytes)?;
    Ok(file)
}

fn place(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let file = unfinished(folder, bytes)?;
    file.as_file().sync_data()?;
    file.persist(folder.join(name)).map_err(|error| error.error)?;
    Ok(())
}

/// Puts the anchor in its place. It may lag behind the records; it is never ahead of them.
pub(super) fn write_anchor(folder: &Path, anchor: Anchor) -> io::Result<()> {
    let text = serde_json::to_vec(&anchor)?;
    place(folder, ANCHOR, &text)
}

pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use gonogo_core::digest::Digest;

    fn entry(blobs: Vec<Blob>) -> Entry {
        let line = "{}".to_owned();
        let anchor = Anchor { records: 1, head: Digest::of(line.as_bytes()) };
        Entry { line, blobs, anchor }
    }

    fn writer() -> (tempfile::TempDir, Writer) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(BLOBS)).unwrap();
        let file = File::create(folder.path().join("records")).unwrap();
        let writer = Writer::start(folder.path().to_owned(), file);
        (folder, writer)
    }

    #[test]
    fn a_large_record_is_written_before_the_next_can_wait_beside_it() {
        let (folder, writer) = writer();
        let blob = Blob::new("stdout", vec![7; LARGE + 1]);
        let stored = folder.path().join(BLOBS).join(blob.reference().digest.hex());
        writer.send(entry(vec![blob])).unwrap();
        assert_eq!(fs::metadata(stored).unwrap().len(), LARGE as u64 + 1);
        assert_eq!(fs::read(folder.path().join("records")).unwrap(), b"{}\n");
    }

    #[test]
    fn a_batch_is_no_larger_than_the_queue() {
        let (orders, inbox) = sync_channel(2 * QUEUE);
        for _ in 0..2 * QUEUE {
            orders.send(Order::Write(entry(Vec::new()))).unwrap();
        }
        let (entries, waiting) = gather(inbox.recv().unwrap(), &inbox);
        assert_eq!((entries.len(), waiting.is_some()), (QUEUE, false));
    }

    #[test]
    fn who_asks_for_confirmation_gets_all_before_it_written_and_nothing_after_it_is_taken() {
        let (orders, inbox) = sync_channel(QUEUE);
        let (done, _wait) = sync_channel(1);
        orders.send(Order::Write(entry(Vec::new()))).unwrap();
        orders.send(Order::Confirm(done)).unwrap();
        orders.send(Order::Write(entry(Vec::new()))).unwrap();
        let (entries, waiting) = gather(inbox.recv().unwrap(), &inbox);
        assert_eq!((entries.len(), waiting.is_some()), (1, true));
    }

    #[test]
    fn many_blobs_are_stored_whole_with_and_without_a_way_to_sync_them_at_once() {
        let blobs: Vec<Blob> = (0..2 * MANY).map(|n| Blob::new("n", n.to_string().into_bytes())).collect();
        let stored = |at_once: AtOnce| {
            let folder = tempfile::tempdir().unwrap();
            let result = store(folder.path(), blobs.iter(), &mut HashSet::new(), at_once);
            let whole = blobs
                .iter()
                .filter(|blob| is_whole(&folder.path().join(blob.reference().digest.hex()), blob));
            (result.is_ok(), whole.count(), fs::read_dir(folder.path()).unwrap().count())
        };
        assert_eq!(stored(file_system), (true, 2 * MANY, 2 * MANY));
        assert_eq!(stored(no_file_system), (true, 2 * MANY, 2 * MANY));
        // A sync that fails leaves none of them in its place.
        assert_eq!(stored(|_| Err(io::ErrorKind::StorageFull.into())), (false, 0, 0));
    }

    #[test]
    fn evidence_that_cannot_be_written_leaves_its_record_unwritten_and_ends_the_ledger() {
        let (folder, writer) = writer();
        fs::remove_dir(folder.path().join(BLOBS)).unwrap();
        writer.send(entry(vec![Blob::new("stdout", b"x".to_vec())])).unwrap();
        assert!(writer.flush().is_err());
        assert!(writer.send(entry(Vec::new())).is_err());
        assert_eq!(fs::read(folder.path().join("records")).unwrap(), b"");
        assert!(!folder.path().join(ANCHOR).exists());
    }
}
