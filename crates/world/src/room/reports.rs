//! The report files of a check: what a pattern matches, taken away before the run and read after it.
//!
//! Invariant: what is read was written by the run. A file that the commit has is not taken away by a pattern; it counts only where
//! it was written anew.

use super::report::{AwaitedReport, ReportError, now};
use glob::MatchOptions;
use gonogo_core::readers::ReportFile;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The report files of one run that is yet to come.
pub struct Reports {
    root: PathBuf,
    pattern: String,
    /// The file system's own time when it began.
    since: (i64, i64),
}

impl Reports {
    /// Takes away what matches. A pattern leaves alone what is of the commit (`tracked`, relative to the root).
    ///
    /// # Errors
    /// What is there is no file of the room, or cannot be taken away.
    pub fn clear(root: &Path, pattern: &str, tracked: &BTreeSet<PathBuf>) -> Result<Self, ReportError> {
        let root = root.canonicalize()?;
        for path in matching(&root, pattern) {
            let own = path.strip_prefix(&root).unwrap_or(&path);
            let stays = is_pattern(pattern) && tracked.contains(own);
            if !stays && let Some(own) = own.to_str() {
                AwaitedReport::in_room(&root, own)?;
            }
        }
        let since = now(&root)?;
        Ok(Self { root, pattern: pattern.to_owned(), since })
    }

    /// The files that were written since, sorted by path, up to `limit` bytes together; and how many bytes were left.
    ///
    /// # Errors
    /// The one report was not written; or something that matches is no file of the room.
    pub fn written(&self, limit: usize) -> Result<(Vec<ReportFile>, u64), ReportError> {
        let (mut files, mut room, mut left) = (Vec::new(), limit, 0_u64);
        let paths = matching(&self.root, &self.pattern);
        if paths.is_empty() {
            return Err(ReportError::Missing);
        }
        for path in paths {
            let name = path.strip_prefix(&self.root).unwrap_or(&path).display().to_string();
            let awaited = AwaitedReport::since(&self.root, path, self.since);
            let (bytes, beyond) = match awaited.read(room) {
                Err(ReportError::Old) if is_pattern(&self.pattern) => continue,
                read => read?,
            };
            room -= bytes.len();
            left = left.saturating_add(beyond);
            files.push(ReportFile { path: name, bytes });
        }
        if files.is_empty() { Err(ReportError::Old) } else { Ok((files, left)) }
    }
}

/// Whether a report is a pattern for several files.
pub fn is_pattern(report: &str) -> bool {
    report.contains(['*', '?', '['])
}

fn matching(root: &Path, pattern: &str) -> Vec<PathBuf> {
    if !is_pattern(pattern) {
        let path = root.join(pattern);
        return if path.symlink_metadata().is_ok() { vec![path] } else { Vec::new() };
    }
    let whole = format!("{}/{pattern}", glob::Pattern::escape(&root.to_string_lossy()));
    let options = MatchOptions { require_literal_separator: true, ..MatchOptions::default() };
    // A pattern that is none matches nothing, and a report that is not there is said to be missing.
    let mut paths: Vec<PathBuf> =
        glob::glob_with(&whole, options).into_iter().flatten().filter_map(Result::ok).collect();
    paths.sort();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{create_dir_all, write};

    #[test]
    fn old_reports_are_taken_away_and_those_of_the_commit_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        create_dir_all(root.join("a/reports")).unwrap();
        create_dir_all(root.join("b/reports")).unwrap();
        for path in ["a/reports/old.xml", "a/reports/of-the-commit.xml", "a/reports/notes.txt"] {
            write(root.join(path), "old").unwrap();
        }
        let tracked = BTreeSet::from([PathBuf::from("a/reports/of-the-commit.xml")]);
        let reports = Reports::clear(root, "**/reports/*.xml", &tracked).unwrap();
        assert!(
            !root.join("a/reports/old.xml").exists() && root.join("a/reports/of-the-commit.xml").exists()
        );
        assert!(root.join("a/reports/notes.txt").exists());
        assert!(matches!(reports.written(100), Err(ReportError::Old)));
        write(root.join("b/reports/new.xml"), "new one").unwrap();
        write(root.join("a/reports/of-the-commit.xml"), "rewritten").unwrap();
        let (files, left) = reports.written(12).unwrap();
        let read: Vec<(&str, &[u8])> =
            files.iter().map(|file| (file.path.as_str(), &file.bytes[..])).collect();
        assert_eq!(
            read,
            [("a/reports/of-the-commit.xml", &b"rewritten"[..]), ("b/reports/new.xml", &b"new"[..])]
        );
        assert_eq!(left, 4);
    }

    #[test]
    fn one_report_by_its_name_is_one_file() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path().join("r.xml"), "old").unwrap();
        let reports = Reports::clear(folder.path(), "r.xml", &BTreeSet::new()).unwrap();
        assert!(matches!(reports.written(100), Err(ReportError::Missing)));
        write(folder.path().join("r.xml"), "new").unwrap();
        assert_eq!(reports.written(100).unwrap().0[0].bytes, b"new");
    }

    #[test]
    fn a_pipe_and_a_link_among_the_files_of_a_pattern_hold_nobody_up_and_pass_nothing() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path().join("elsewhere"), "old").unwrap();
        let reports = || Reports::clear(folder.path(), "*.xml", &BTreeSet::new()).unwrap();
        let awaited = reports();
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), folder.path().join("a.xml")).unwrap();
        assert!(matches!(awaited.written(100), Err(ReportError::Foreign(_))));
        let awaited = reports();
        assert!(!folder.path().join("a.xml").exists(), "taken away like any other");
        write(folder.path().join("b.xml"), "new").unwrap();
        assert_eq!(awaited.written(100).unwrap().0.len(), 1);
    }
}
