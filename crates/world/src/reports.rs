//! The report files of a check: what a pattern matches, taken away before the run and read after it.
//!
//! Invariant: what is read was written by the run. A file that the commit has is not taken away; it counts only where its stamp moved.

use crate::tree::{Stamp, stamp};
use glob::MatchOptions;
use gonogo_core::readers::ReportFile;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The report files of one run, as they were before it.
pub struct Reports {
    root: PathBuf,
    pattern: String,
    before: BTreeMap<PathBuf, Stamp>,
}

impl Reports {
    /// Takes away what matches and is not of the commit (`tracked`, relative to the root), and remembers the rest. Where it is not
    /// known what is of the commit, nothing is taken away.
    pub fn clear(root: &Path, pattern: &str, tracked: Option<&BTreeSet<PathBuf>>) -> Self {
        let mut before = BTreeMap::new();
        for path in matching(root, pattern) {
            let own = path.strip_prefix(root).ok();
            let is_tracked = tracked.is_none_or(|tracked| own.is_none_or(|own| tracked.contains(own)));
            let is_file = path.symlink_metadata().is_ok_and(|one| one.is_file() || one.is_symlink());
            if is_tracked || !is_file || std::fs::remove_file(&path).is_err() {
                let stamp = stamp(&path);
                before.insert(path, stamp);
            }
        }
        Self { root: root.to_owned(), pattern: pattern.to_owned(), before }
    }

    /// The files that were written since, sorted by path, up to `limit` bytes together; and how many bytes were left.
    pub fn written(&self, limit: usize) -> (Vec<ReportFile>, u64) {
        let (mut files, mut room, mut left) = (Vec::new(), limit, 0_u64);
        for path in matching(&self.root, &self.pattern) {
            let is_new = self.before.get(&path).is_none_or(|before| stamp(&path) != *before);
            // What is no file, such as a pipe, may never end.
            if !is_new || !path.metadata().is_ok_and(|one| one.is_file()) {
                continue;
            }
            let Some((bytes, beyond)) = read_capped(&path, room) else { continue };
            room -= bytes.len();
            left = left.saturating_add(beyond);
            let name = path.strip_prefix(&self.root).unwrap_or(&path).display().to_string();
            files.push(ReportFile { path: name, bytes });
        }
        (files, left)
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

fn read_capped(path: &Path, limit: usize) -> Option<(Vec<u8>, u64)> {
    let file = File::open(path).ok()?;
    let size = file.metadata().ok()?.len();
    let mut bytes = Vec::new();
    file.take(limit as u64).read_to_end(&mut bytes).ok()?;
    let left = size.saturating_sub(bytes.len() as u64);
    Some((bytes, left))
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
        let reports = Reports::clear(root, "**/reports/*.xml", Some(&tracked));
        assert!(
            !root.join("a/reports/old.xml").exists() && root.join("a/reports/of-the-commit.xml").exists()
        );
        assert!(root.join("a/reports/notes.txt").exists());
        assert_eq!(reports.written(100), (Vec::new(), 0));
        write(root.join("b/reports/new.xml"), "new one").unwrap();
        write(root.join("a/reports/of-the-commit.xml"), "rewritten").unwrap();
        let (files, left) = reports.written(12);
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
        let reports = Reports::clear(folder.path(), "r.xml", Some(&BTreeSet::new()));
        assert_eq!(reports.written(100).0.len(), 0);
        write(folder.path().join("r.xml"), "new").unwrap();
        assert_eq!(reports.written(100).0[0].bytes, b"new");
    }
}
