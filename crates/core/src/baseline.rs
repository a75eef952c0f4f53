//! The baseline: which earlier release everything is compared with, and what of that a person has to look at.
//!
//! Invariant: the base is told by the tags of the release's remote alone, where there is one. That there is no earlier
//! release is concluded only from there being no tag, here or there, that looks like a version's.

use crate::ids::CommitId;
use crate::release::{TagPattern, Target};
use semver::Version;
use std::collections::{BTreeMap, BTreeSet};

/// What a tag leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagPlace {
    /// The tag's own object: the tag object where it is annotated, else the commit.
    pub object: String,
    /// What it stands for, peeled: a commit, for a release.
    pub commit: CommitId,
}

/// Tags by name.
pub type TagPlaces = BTreeMap<String, TagPlace>;

/// What ledgers of this clone saw of one tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagRecorded {
    /// The commits that it led to when something was compared with it.
    pub commits: BTreeSet<CommitId>,
    /// The object that a release pushed it as.
    pub pushed: Option<String>,
}

impl TagRecorded {
    /// Whether all of that is what the tag leads to now.
    fn is(&self, now: &TagPlace) -> bool {
        self.commits.iter().all(|commit| *commit == now.commit)
            && self.pushed.as_ref().is_none_or(|object| *object == now.object)
    }
}

/// What ledgers of this clone saw of tags.
#[derive(Clone, Debug, Default)]
pub struct TagsRecorded {
    /// Each tag that one of them saw.
    pub tags: BTreeMap<String, TagRecorded>,
    /// The tags that this very release was compared with before.
    pub compared: BTreeSet<String>,
    /// The releases whose ledger cannot be read.
    pub unreadable: Vec<String>,
}

/// The tag of the newest earlier release: of the highest version below the target's. For a final version pre-releases
/// are passed over, unless there is nothing else; for a pre-release every earlier version counts. `read` tells the version
/// that a tag stands for, where it is a release's.
pub fn newest_earlier<'a>(
    target: &Target,
    tags: impl IntoIterator<Item = &'a str>,
    read: impl Fn(&str) -> Option<Version>,
) -> Option<(Version, &'a str)> {
    let is_final = |version: &Version| version.pre.is_empty();
    let earlier = tags.into_iter().filter_map(|tag| read(tag).map(|version| (version, tag)));
    let earlier = earlier.filter(|(version, _)| version < target.version());
    let rank = |version: &Version| (is_final(target.version()) && is_final(version), version.clone());
    earlier.max_by(|(one, _), (other, _)| rank(one).cmp(&rank(other)))
}

/// Whether a tag could be a release's by some pattern: a semantic version is somewhere in it.
pub fn could_be_release(tag: &str) -> bool {
    let starts = tag.char_indices().filter(|(at, c)| {
        c.is_ascii_digit() && !tag[..*at].ends_with(|before: char| before.is_ascii_digit())
    });
    starts.map(|(at, _)| &tag[at..]).any(|rest| {
        let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8());
        let mut versions =
            ends.filter_map(|end| rest.get(..end)).filter(|text| text.matches('.').count() >= 2);
        versions.any(|text| Version::parse(text).is_ok())
    })
}

/// Whether a tag looks like a version's to a person: a number in it stands by itself, with points in it or without.
pub fn looks_like_version(tag: &str) -> bool {
    let words = tag.split(|c: char| !c.is_ascii_alphanumeric() && c != '.');
    words.map(|word| word.trim_start_matches(|c: char| c.is_ascii_alphabetic())).any(|rest| {
        let is_number = rest.chars().all(|c| c.is_ascii_digit() || c == '.');
        let has_point = rest.split('.').skip(1).any(|part| part.starts_with(|c: char| c.is_ascii_digit()));
        rest.starts_with(|c: char| c.is_ascii_digit()) && (is_number || has_point)
    })
}

/// What is known of the base before it is judged.
#[derive(Clone, Debug)]
pub struct BaselineSeen<'a> {
    /// What is released.
    pub target: &'a Target,
    /// The pattern of its tags.
    pub pattern: &'a TagPattern,
    /// Where the tags of the remote are said to be: its name; `None` where the checkout has no remote.
    pub remote: Option<&'a str>,
    /// The tags of this clone.
    pub here: &'a TagPlaces,
    /// The tags of the remote; this clone's where there is none.
    pub there: &'a TagPlaces,
    /// The newest earlier release; `None` where there is none.
    pub own: Option<&'a str>,
    /// The base that was given.
    pub given: Option<&'a str>,
    /// Whether the base is in the history of the commit.
    pub is_ancestor: bool,
    /// What ledgers of this clone saw.
    pub recorded: &'a TagsRecorded,
}

impl BaselineSeen<'_> {
    /// The base's tag: the one that was given, else the newest earlier release.
    pub fn base(&self) -> Option<&str> {
        self.given.or(self.own)
    }

    fn place(&self) -> String {
        self.remote.map_or_else(|| "this clone (it has no remote)".to_owned(), str::to_owned)
    }

    /// What a person has to look at, a line each. Empty where the base speaks for itself.
    pub fn to_review(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let place = self.place();
        if let Some(given) = self.given.filter(|given| Some(*given) != self.own) {
            lines.push(match self.own {
                Some(own) => {
                    format!("the base {given} was given, and the newest earlier release on {place} is {own}")
                }
                None => format!("the base {given} was given, and {place} has no earlier release"),
            });
            if !self.there.contains_key(given) {
                lines.push(format!("the base {given} is only here, and not on {place}"));
            }
        }
        if let Some(base) = self.base().filter(|_| !self.is_ancestor) {
            lines.push(format!("the base {base} is not in the history of this commit"));
        }
        if self.base().is_none() {
            lines.extend(self.unproven());
        }
        lines.extend(self.moved());
        lines
    }

    /// Why it is not proven that this is the first release.
    fn unproven(&self) -> Option<String> {
        let all: BTreeSet<&str> = self.here.keys().chain(self.there.keys()).map(String::as_str).collect();
        let like: Vec<&str> =
            all.into_iter().filter(|tag| **tag != **self.target.tag() && looks_like_version(tag)).collect();
        let shown = like.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        let more =
            like.len().checked_sub(6).map_or_else(String::new, |_| format!(" and {} more", like.len() - 5));
        let pattern = self.pattern;
        (!like.is_empty()).then(|| {
            format!(
                "no tag `{pattern}` is of an earlier release, and there are tags like versions: {shown}{more}"
            )
        })
    }

    /// Tags that a ledger saw, and that lead elsewhere by now or are gone.
    fn moved(&self) -> Vec<String> {
        let base = self.base();
        let after_base = |tag: &str| {
            let floor = base.and_then(|base| self.pattern.version(base));
            self.pattern.version(tag).is_some_and(|version| {
                version < *self.target.version() && floor.is_none_or(|floor| version > floor)
            })
        };
        let place = self.place();
        let mut lines = Vec::new();
        for (tag, seen) in &self.recorded.tags {
            let is_base = base == Some(tag.as_str());
            let now = self.there.get(tag).or_else(|| self.here.get(tag).filter(|_| is_base));
            match now {
                Some(now) if (is_base || self.recorded.compared.contains(tag)) && !seen.is(now) => {
                    lines.push(format!("the tag {tag} was moved: a ledger of this clone saw it elsewhere"));
                }
                None if after_base(tag) => {
                    lines.push(format!("the tag {tag} is gone from {place}: a ledger of this clone saw it"));
                }
                _ => {}
            }
        }
        if let Some(base) = base.filter(|base| self.recorded.unreadable.iter().any(|one| one == base)) {
            lines.push(format!("the ledger of {base} cannot be read, and so not whether the tag was moved"));
        }
        lines
    }

    /// What a person should know, and which needs no review.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let Some(remote) = self.remote else {
            notes.push("this clone has no remote: its own tags tell the base".to_owned());
            return notes;
        };
        let floor = self.own.and_then(|own| self.pattern.version(own));
        for tag in self.here.keys().filter(|tag| !self.there.contains_key(*tag)) {
            let newer = self.pattern.version(tag).filter(|version| {
                version < self.target.version() && floor.as_ref().is_none_or(|floor| version > floor)
            });
            if newer.is_some() {
                notes.push(format!("{tag} is only here, and not on {remote}: it is no base"));
            }
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::tests::commit;

    fn target(text: &str, pattern: &str) -> Target {
        Target::parse(text, &pattern.parse().unwrap()).unwrap()
    }

    fn base<'a>(version: &str, pattern: &str, tags: &[&'a str]) -> Option<&'a str> {
        let parsed: TagPattern = pattern.parse().unwrap();
        newest_earlier(&target(version, pattern), tags.iter().copied(), |tag| parsed.version(tag))
            .map(|(_, tag)| tag)
    }

    #[test]
    fn a_final_release_is_compared_with_the_newest_earlier_final_one() {
        let tags = ["v0.9.0", "v0.10.0", "v0.10.1-rc.1", "v0.11.0", "nightly", "v0.2.0"];
        assert_eq!(base("0.10.1", "v{version}", &tags), Some("v0.10.0"));
        assert_eq!(base("0.10.1-rc.2", "v{version}", &tags), Some("v0.10.1-rc.1"));
        assert_eq!(base("0.1.0", "v{version}", &tags), None);
    }

    #[test]
    fn a_final_release_after_nothing_but_pre_releases_is_compared_with_the_newest_of_them() {
        let tags = ["v0.1.0-rc.1", "v0.1.0-rc.2"];
        assert_eq!(base("0.1.0", "v{version}", &tags), Some("v0.1.0-rc.2"));
        assert_eq!(base("0.1.0-rc.1", "v{version}", &tags), None);
    }

    #[test]
    fn a_back_port_is_compared_with_the_release_before_it_and_not_with_a_later_one() {
        assert_eq!(base("0.1.1", "v{version}", &["v0.1.0", "v0.2.0"]), Some("v0.1.0"));
        assert_eq!(base("0.2.1", "v{version}", &["v0.1.0", "v0.1.1", "v0.2.0"]), Some("v0.2.0"));
    }

    #[test]
    fn of_a_repository_with_many_packages_only_the_packages_own_tags_count() {
        let tags = ["a-v1.0.0", "b-v2.0.0", "a-v1.1.0", "v3.0.0"];
        assert_eq!(base("1.2.0", "a-v{version}", &tags), Some("a-v1.1.0"));
        assert_eq!(base("4.0.0", "b-v{version}", &tags), Some("b-v2.0.0"));
        assert_eq!(base("0.1.0", "c-v{version}", &tags), None);
    }

    #[test]
    fn what_could_be_a_release_has_a_whole_version_in_it() {
        for tag in
            ["v1.2.3", "1.2.3", "pkg-v1.2.3", "a/b@1.2.3-rc.1", "r1.2.3-final", "x1.2.3y", "release_10.20.30"]
        {
            assert!(could_be_release(tag), "{tag}");
        }
        for tag in ["v1", "v1.2", "nightly", "2026-01-01", "", "a.b.c", "sha-7f3a", "1..2.3", "é1"] {
            assert!(!could_be_release(tag), "{tag}");
        }
    }

    #[test]
    fn what_looks_like_a_version_is_told_generously() {
        for tag in ["v1.2.3", "v1", "1.2", "release-7", "pkg/v2", "2026-01-01", "rel_1.0rc1", "r10", "v1.2.x"]
        {
            assert!(looks_like_version(tag), "{tag}");
        }
        for tag in ["nightly", "latest", "before-rewrite", "sha-7f3a", "", "stable.old"] {
            assert!(!looks_like_version(tag), "{tag}");
        }
    }

    fn places(tags: &[(&str, &str)]) -> TagPlaces {
        let place = |at: &str| TagPlace { object: format!("object-{at}"), commit: commit(at) };
        tags.iter().map(|(tag, at)| ((*tag).to_owned(), place(at))).collect()
    }

    struct Case {
        target: Target,
        pattern: TagPattern,
        here: TagPlaces,
        there: TagPlaces,
        recorded: TagsRecorded,
    }

    fn case(here: &[(&str, &str)], there: &[(&str, &str)]) -> Case {
        Case {
            target: target("0.2.0", "v{version}"),
            pattern: "v{version}".parse().unwrap(),
            here: places(here),
            there: places(there),
            recorded: TagsRecorded::default(),
        }
    }

    impl Case {
        fn seen<'a>(&'a self, own: Option<&'a str>, given: Option<&'a str>) -> BaselineSeen<'a> {
            BaselineSeen {
                target: &self.target,
                pattern: &self.pattern,
                remote: Some("origin"),
                here: &self.here,
                there: &self.there,
                own,
                given,
                is_ancestor: true,
                recorded: &self.recorded,
            }
        }

        fn recording(mut self, tag: &str, at: &str) -> Self {
            self.recorded.tags.entry(tag.to_owned()).or_default().commits.insert(commit(at));
            self
        }

        fn pushed(mut self, tag: &str, object: &str) -> Self {
            self.recorded.tags.entry(tag.to_owned()).or_default().pushed = Some(object.to_owned());
            self
        }
    }

    const RELEASED: &[(&str, &str)] = &[("v0.1.0", "a")];

    #[test]
    fn the_newest_earlier_release_of_the_remote_speaks_for_itself() {
        let case = case(RELEASED, RELEASED).recording("v0.1.0", "a");
        assert_eq!(case.seen(Some("v0.1.0"), None).to_review(), [""; 0]);
        assert_eq!(case.seen(Some("v0.1.0"), Some("v0.1.0")).to_review(), [""; 0]);
        assert_eq!(case.seen(Some("v0.1.0"), None).notes(), [""; 0]);
    }

    #[test]
    fn another_base_that_was_given_is_for_a_reviewer() {
        let both = [("v0.1.0", "a"), ("v0.0.9", "b")];
        let older = case(&both, &both).seen(Some("v0.1.0"), Some("v0.0.9")).to_review();
        assert_eq!(older, ["the base v0.0.9 was given, and the newest earlier release on origin is v0.1.0"]);
        let local = case(&[("v0.1.0", "a"), ("tmp", "c")], RELEASED);
        let lines = local.seen(Some("v0.1.0"), Some("tmp")).to_review();
        assert_eq!(lines.len(), 2);
        assert!(lines[1].contains("only here"), "{lines:?}");
    }

    #[test]
    fn a_base_on_a_side_branch_is_for_a_reviewer() {
        let case = case(RELEASED, RELEASED);
        let seen = BaselineSeen { is_ancestor: false, ..case.seen(Some("v0.1.0"), None) };
        assert_eq!(seen.to_review(), ["the base v0.1.0 is not in the history of this commit"]);
    }

    #[test]
    fn a_first_release_is_proven_by_there_being_no_tag_like_a_version() {
        assert_eq!(case(&[("nightly", "a")], &[]).seen(None, None).to_review(), [""; 0]);
        for tags in [[("r0.1.0", "a")], [("v1", "a")], [("v0.9.0", "a")]] {
            for (here, there) in [(&tags[..], &[][..]), (&[][..], &tags[..])] {
                let lines = case(here, there).seen(None, None).to_review();
                assert!(lines[0].contains(tags[0].0) && lines.len() == 1, "{lines:?}");
            }
        }
        // The release's own tag, made by a run of it, is not an earlier one.
        assert_eq!(case(&[("v0.2.0", "a")], &[("v0.2.0", "a")]).seen(None, None).to_review(), [""; 0]);
        let many: Vec<(String, &str)> = (1..=8).map(|number| (format!("r0.{number}.0"), "a")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|(tag, at)| (tag.as_str(), *at)).collect();
        let lines = case(&many, &many).seen(None, None).to_review();
        assert!(lines[0].ends_with("r0.5.0 and 3 more"), "{lines:?}");
    }

    #[test]
    fn a_tag_that_was_moved_or_is_gone_since_a_ledger_saw_it_is_for_a_reviewer() {
        let moved = case(RELEASED, RELEASED).recording("v0.1.0", "elsewhere");
        assert!(moved.seen(Some("v0.1.0"), None).to_review()[0].contains("v0.1.0 was moved"));
        // That it was seen there too, after it was moved, makes it no less moved.
        let twice = case(RELEASED, RELEASED).recording("v0.1.0", "elsewhere").recording("v0.1.0", "a");
        assert_eq!(twice.seen(Some("v0.1.0"), None).to_review().len(), 1);
        let pushed = |object: &str| case(RELEASED, RELEASED).pushed("v0.1.0", object);
        assert_eq!(pushed("object-a").seen(Some("v0.1.0"), None).to_review(), [""; 0]);
        assert_eq!(pushed("object-b").seen(Some("v0.1.0"), None).to_review().len(), 1);
        let mut unread = case(RELEASED, RELEASED);
        unread.recorded.unreadable = vec!["v0.1.0".to_owned(), "v0.0.1".to_owned()];
        assert_eq!(unread.seen(Some("v0.1.0"), None).to_review().len(), 1);
        let gone = case(RELEASED, RELEASED).recording("v0.1.5", "b");
        assert!(gone.seen(Some("v0.1.0"), None).to_review()[0].contains("v0.1.5 is gone from origin"));
        // One below the base, and one that is no release's, changes nothing of what is compared.
        for tag in ["v0.0.9", "tmp", "v0.3.0"] {
            let other = case(RELEASED, RELEASED).recording(tag, "b");
            assert_eq!(other.seen(Some("v0.1.0"), None).to_review(), [""; 0], "{tag}");
        }
    }

    #[test]
    fn what_is_only_here_is_no_base_and_is_told() {
        let case = case(&[("v0.1.0", "a"), ("v0.1.99", "h"), ("v0.0.1", "x"), ("v0.9.0", "y")], RELEASED);
        let seen = case.seen(Some("v0.1.0"), None);
        assert_eq!(seen.notes(), ["v0.1.99 is only here, and not on origin: it is no base"]);
        let alone = BaselineSeen { remote: None, ..seen };
        assert!(alone.notes()[0].contains("no remote"));
    }
}
