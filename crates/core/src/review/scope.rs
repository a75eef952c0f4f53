//! What a review is of.

use crate::digest::Digest;
use crate::ids::CommitId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One path that is another at the commit than at the base.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangedPath {
    /// The path, relative to the repository's root.
    pub path: String,
    /// What it was, as git names it: mode and object, or another digest. `None` where it was not there.
    pub before: Option<String>,
    /// What it is. `None` where it is gone.
    pub after: Option<String>,
}

/// What a review is of, and so what it is bound to: the range since the base, the paths, the focus, and what there is to see of
/// them. What a check prints is not in it, since that may be other bytes in every run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewScope {
    /// The base commit that changes are counted from; null for a first release.
    pub base: Option<CommitId>,
    /// The commit under release when it was looked at. A review holds for each commit of which all the rest is the same.
    pub commit: CommitId,
    /// Path prefixes, relative to the repository's root; the whole repository where there is none.
    pub paths: Vec<String>,
    /// What the reviewer looks for.
    pub focus: String,
    /// How many paths changed.
    pub changed: u64,
    /// The digest of what changed: each path with what it was and what it is; and of the lines that a check shows of its own.
    pub shown: Digest,
}

impl ReviewScope {
    /// A scope. `lines` are what a check shows besides the changes, where that is no function of them.
    pub fn new(
        (base, commit): (Option<&CommitId>, &CommitId),
        paths: &[String],
        focus: impl Into<String>,
        changes: &[ChangedPath],
        lines: &[String],
    ) -> Self {
        let mut changes: Vec<&ChangedPath> = changes.iter().collect();
        changes.sort();
        let mut bytes = Vec::new();
        // No part can hold a NUL byte, and each has its place, so that no two lists are spelled alike.
        for change in &changes {
            for part in [Some(&change.path), change.before.as_ref(), change.after.as_ref()] {
                bytes.extend_from_slice(part.map_or("", String::as_str).as_bytes());
                bytes.push(0);
            }
        }
        bytes.push(0);
        for line in lines {
            bytes.extend_from_slice(line.as_bytes());
            bytes.push(0);
        }
        let mut paths = paths.to_vec();
        paths.sort();
        paths.dedup();
        Self {
            base: base.cloned(),
            commit: commit.clone(),
            paths,
            focus: focus.into(),
            changed: changes.len() as u64,
            shown: Digest::of(&bytes),
        }
    }

    /// Whether whoever reviewed this has reviewed that too.
    pub fn covers(&self, other: &Self) -> bool {
        self.differs_from(other).is_none()
    }

    /// Why a review of this is no review of `now`; `None` where it is one.
    pub fn differs_from(&self, now: &Self) -> Option<String> {
        let Self { base, commit, paths, focus, changed: _, shown } = self;
        let short = commit.get(..12).unwrap_or(commit);
        let within = |paths: &[String]| {
            if paths.is_empty() { "the whole repository".to_owned() } else { paths.join(", ") }
        };
        if *base != now.base {
            let named = |base: &Option<CommitId>| match base {
                None => "none".to_owned(),
                Some(base) => base.get(..12).unwrap_or(base).to_owned(),
            };
            return Some(format!("it is of the base {}, which is {} now", named(base), named(&now.base)));
        }
        if *paths != now.paths {
            return Some(format!("it is of {}, and not of {}", within(paths), within(&now.paths)));
        }
        if *focus != now.focus {
            return Some("it looked for something else".to_owned());
        }
        (*shown != now.shown)
            .then(|| format!("what it looked at ({}) has changed since its commit {short}", within(paths)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::tests::commit;

    fn change(path: &str, before: Option<&str>, after: Option<&str>) -> ChangedPath {
        let text = |text: Option<&str>| text.map(str::to_owned);
        ChangedPath { path: path.into(), before: text(before), after: text(after) }
    }

    fn scope(at: &str, changes: &[ChangedPath]) -> ReviewScope {
        ReviewScope::new((Some(&commit("base")), &commit(at)), &["src".into()], "locks", changes, &[])
    }

    #[test]
    fn another_commit_with_the_same_changes_is_covered_and_a_change_more_is_not() {
        let one = change("src/a.rs", Some("1"), Some("2"));
        let two = change("src/b.rs", None, Some("3"));
        let reviewed = scope("c1", &[one.clone(), two.clone()]);
        assert!(reviewed.covers(&scope("c2", &[two.clone(), one.clone()])));
        for other in [vec![one.clone()], vec![one, two, change("src/c.rs", Some("4"), None)]] {
            let why = reviewed.differs_from(&scope("c2", &other)).unwrap();
            assert!(why.contains("src") && why.contains(&commit("c1")[..12]), "{why}");
        }
    }

    #[test]
    fn base_paths_focus_and_lines_are_each_a_part_of_it() {
        let reviewed = scope("c1", &[]);
        let changed = |base: Option<&str>, paths: &[&str], focus: &str, lines: &[&str]| {
            let text = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
            ReviewScope::new(
                (base.map(commit).as_ref(), &commit("c1")),
                &text(paths),
                focus,
                &[],
                &text(lines),
            )
        };
        assert!(reviewed.covers(&changed(Some("base"), &["src"], "locks", &[])));
        for other in [
            changed(Some("other"), &["src"], "locks", &[]),
            changed(None, &["src"], "locks", &[]),
            changed(Some("base"), &[], "locks", &[]),
            changed(Some("base"), &["src"], "races", &[]),
            changed(Some("base"), &["src"], "locks", &["a line"]),
        ] {
            assert!(reviewed.differs_from(&other).is_some(), "{other:?}");
        }
    }

    #[test]
    fn no_two_lists_of_changes_are_spelled_alike() {
        let lists: [Vec<ChangedPath>; 4] = [
            vec![change("ab", Some("c"), None)],
            vec![change("a", Some("bc"), None)],
            vec![change("ab", None, Some("c"))],
            vec![change("ab", Some("c"), None), change("", None, None)],
        ];
        for (at, one) in lists.iter().enumerate() {
            for other in &lists[at + 1..] {
                assert_ne!(scope("c", one).shown, scope("c", other).shown, "{one:?} {other:?}");
            }
        }
    }
}
