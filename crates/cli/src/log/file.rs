//! One command's log on disk: bounded in bytes, and its folder in files.
//!
//! Invariant: what comes before the file is opened is kept for it, up to a limit; a file that is full says so in its last
//! line, and nothing of anybody else's in the folder is touched.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The most bytes of a file.
const LARGEST: usize = 4 << 20;
/// The most bytes that wait for a file.
const WAITING: usize = 256 << 10;
/// How many files are kept in a folder.
const FILES: usize = 10;
/// How a file is called: when it was begun, and the command.
const ENDING: &str = ".log";

/// A log that is opened once it is known where.
#[derive(Debug)]
pub struct LogFile {
    command: &'static str,
    place: Place,
    written: usize,
    largest: usize,
    /// Why it could not be written, until somebody is told.
    pub trouble: Option<String>,
}

#[derive(Debug)]
enum Place {
    Waiting(Vec<u8>),
    Open(File, PathBuf),
    /// Nothing is written any more: it is full, or it could not be written.
    Closed,
}

impl LogFile {
    /// The log of a command.
    pub const fn of(command: &'static str) -> Self {
        Self { command, place: Place::Waiting(Vec::new()), written: 0, largest: LARGEST, trouble: None }
    }

    /// Opens the file in a folder, which is made where it is not there, and removes the oldest of those that are too many.
    /// `now` is the time, as it is spelled in records.
    pub fn open(&mut self, folder: &Path, now: &str) {
        let Place::Waiting(before) = &mut self.place else { return };
        let before = std::mem::take(before);
        match create(folder, now, self.command) {
            Ok((file, path)) => {
                self.place = Place::Open(file, path);
                self.put(&before);
            }
            Err(error) => self.give_up(folder, &error),
        }
    }

    /// Adds a line.
    pub fn write(&mut self, line: &str) {
        let line = format!("{line}\n");
        match &mut self.place {
            Place::Waiting(before) if before.len() + line.len() <= WAITING => {
                before.extend_from_slice(line.as_bytes());
            }
            Place::Waiting(_) | Place::Closed => {}
            Place::Open(..) => self.put(line.as_bytes()),
        }
    }

    fn put(&mut self, lines: &[u8]) {
        let Place::Open(file, path) = &mut self.place else { return };
        let is_full = self.written + lines.len() > self.largest;
        let cut = format!("cut: a log holds no more than {} bytes\n", self.largest);
        let lines = if is_full { cut.as_bytes() } else { lines };
        match file.write_all(lines) {
            Ok(()) => self.written += lines.len(),
            Err(error) => {
                let path = path.clone();
                return self.give_up(&path, &error);
            }
        }
        if is_full {
            self.place = Place::Closed;
        }
    }

    fn give_up(&mut self, path: &Path, error: &io::Error) {
        self.place = Place::Closed;
        self.trouble = Some(format!("{}: {error}", path.display()));
    }
}

/// A new file, and its path.
fn create(folder: &Path, now: &str, command: &str) -> io::Result<(File, PathBuf)> {
    fs::create_dir_all(folder)?;
    make_room(folder)?;
    let time: String = now.chars().filter(|c| !matches!(c, '-' | ':')).collect();
    // Two commands may begin in the same millisecond.
    let mut count = 0;
    loop {
        let more = if count == 0 { String::new() } else { format!("-{count}") };
        let path = folder.join(format!("{time}-{command}{more}{ENDING}"));
        match OpenOptions::new().append(true).create_new(true).open(&path) {
            Ok(file) => return Ok((file, path)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists && count < FILES => count += 1,
            Err(error) => return Err(error),
        }
    }
}

/// Removes the oldest logs, so that there is room for one more.
fn make_room(folder: &Path) -> io::Result<()> {
    let mut logs = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        logs.extend(name.to_str().filter(|name| is_log(name)).map(str::to_owned));
    }
    // They begin with their time.
    logs.sort();
    let too_many = (logs.len() + 1).saturating_sub(FILES);
    for name in &logs[..too_many] {
        match fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn is_log(name: &str) -> bool {
    name.ends_with(ENDING) && name.starts_with(|c: char| c.is_ascii_digit()) && name.contains("Z-")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-01-02T03:04:05.678Z";

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_came_before_the_file_is_in_it_and_no_more_than_there_is_room_for() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = LogFile::of("poll");
        log.write("before");
        for _ in 0..=WAITING / 1000 {
            log.write(&"x".repeat(1000));
        }
        log.open(folder.path(), NOW);
        log.write("after");
        let text = fs::read_to_string(folder.path().join("20260102T030405.678Z-poll.log")).unwrap();
        assert!(text.starts_with("before\nxxx") && text.ends_with("x\nafter\n"));
        assert!(text.len() <= WAITING + "after\n".len() && text.len() > WAITING - 2000, "{}", text.len());
        // It is opened once.
        log.open(&folder.path().join("other"), NOW);
        assert_eq!(names(folder.path()).len(), 1);
    }

    #[test]
    fn a_log_that_is_full_says_so_and_grows_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = LogFile { largest: 100, ..LogFile::of("run") };
        log.open(folder.path(), NOW);
        for _ in 0..20 {
            log.write("a line of 20 bytes.");
        }
        let text = fs::read_to_string(folder.path().join(&names(folder.path())[0])).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((lines.len(), lines[5]), (6, "cut: a log holds no more than 100 bytes"));
    }

    #[test]
    fn the_oldest_logs_make_room_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        for minute in 10..25 {
            fs::write(folder.path().join(format!("20260101T00{minute}00.000Z-poll.log")), "").unwrap();
        }
        for other in ["notes.log", "2026.txt", "0"] {
            fs::write(folder.path().join(other), "").unwrap();
        }
        for _ in 0..2 {
            LogFile::of("verify").open(folder.path(), NOW);
        }
        let names = names(folder.path());
        let logs: Vec<&String> = names.iter().filter(|name| is_log(name)).collect();
        assert_eq!(logs.len(), FILES);
        assert_eq!(logs[0], "20260101T001700.000Z-poll.log");
        assert_eq!(logs[8..], ["20260102T030405.678Z-verify-1.log", "20260102T030405.678Z-verify.log"]);
        assert_eq!(names.len(), FILES + 3);
    }
}
