//! One look at a release held against an earlier one: what changed since.
//!
//! Invariant: only what both looks were told is compared, so that what one of them was not told is never a change; a file
//! that cannot be compared is not the same either.

use super::Channel;
use super::sighting::{Served, ServedFile, Sighting, Withdrawn};
use crate::verdict::{Outcome, Reason, Verdict};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// Something that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    /// The channel.
    pub channel: Channel,
    /// The package.
    pub package: String,
    /// What changed, in one line.
    pub said: String,
    /// `failed` where what is published is not what it was, which nothing but a new release should do; `incomplete` where
    /// that could not be told; `passed` where it may change.
    pub verdict: Verdict,
}

impl Change {
    /// What it makes of an audit.
    pub const fn outcome(&self) -> Outcome {
        match self.verdict {
            Verdict::Passed => Outcome::Passed,
            Verdict::Failed => Outcome::Failed,
            Verdict::Incomplete => Outcome::Incomplete(Reason::BaselineMissing),
        }
    }
}

/// What changed of one package between two looks.
pub fn since(channel: Channel, package: &str, before: &Sighting, now: &Sighting) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut say = |verdict: Verdict, said: String| {
        changes.push(Change { channel, package: package.to_owned(), said, verdict });
    };
    match (before, now) {
        (Sighting::Live(_), Sighting::Absent { said }) => say(Verdict::Failed, format!("it is gone: {said}")),
        (Sighting::Live(_), Sighting::Conflict { said }) => {
            say(Verdict::Failed, format!("its answers do not fit together any more: {said}"));
        }
        (Sighting::Absent { .. }, Sighting::Live(_)) => say(Verdict::Passed, "it is there now".to_owned()),
        (Sighting::Live(before), Sighting::Live(now)) => of_facts(before, now, &mut say),
        _ => {}
    }
    changes
}

fn of_facts(before: &Served, now: &Served, say: &mut impl FnMut(Verdict, String)) {
    for withdrawn in now.withdrawn.iter().filter(|one| !before.withdrawn.contains(one)) {
        let said = match withdrawn {
            Withdrawn::Yanked { said: None } => "it was yanked".to_owned(),
            Withdrawn::Yanked { said: Some(said) } => format!("it was yanked: {said}"),
            Withdrawn::Deprecated { said } => format!("it was deprecated: {said}"),
            Withdrawn::Draft => "it was made a draft again".to_owned(),
        };
        say(Verdict::Failed, said);
    }
    if now.withdrawn.is_empty() && !before.withdrawn.is_empty() {
        say(Verdict::Passed, "it is not withdrawn any more".to_owned());
    }
    let files = |facts: &'_ Served| -> BTreeMap<String, ServedFile> {
        facts.files.iter().map(|file| (file.name.clone(), file.clone())).collect()
    };
    let (had, has) = (files(before), files(now));
    for (name, file) in &had {
        match has.get(name) {
            None => say(Verdict::Failed, format!("{name} was taken away")),
            Some(served) => match is_other(file, served) {
                Some(true) => say(Verdict::Failed, format!("{name} was replaced")),
                Some(false) => {}
                None => {
                    let said = format!("{name} cannot be compared: both looks have no checksum in common");
                    say(Verdict::Incomplete, said);
                }
            },
        }
    }
    for name in has.keys().filter(|name| !had.contains_key(*name)) {
        say(Verdict::Failed, format!("{name} was added"));
    }
    if let (Some(before), Some(now)) = (&before.origin, &now.origin)
        && before != now
    {
        say(Verdict::Failed, format!("it led to commit {}, and leads to {}", before.commit, now.commit));
    }
    if before.immutable == Some(true) && now.immutable == Some(false) {
        say(Verdict::Failed, "it could not be changed, and now it can".to_owned());
    }
    for (tag, version) in &before.dist_tags {
        match now.dist_tags.get(tag) {
            Some(leads) if leads != version => {
                say(Verdict::Passed, format!("{tag} led to {version}, and leads to {leads}"))
            }
            Some(_) => {}
            None => say(Verdict::Passed, format!("{tag} led to {version}, and is gone")),
        }
    }
}

/// Whether two looks at a file saw different bytes, by every checksum that both have; `None` where they share none.
fn is_other(before: &ServedFile, now: &ServedFile) -> Option<bool> {
    let now = now.checksums();
    let before = before.checksums();
    let shared = before.iter().filter_map(|(algorithm, sum)| Some(now.get(algorithm)? != sum));
    shared.reduce(|one, other| one || other)
}

#[cfg(test)]
mod tests {
    use super::super::sighting::{BuildOrigin, Doubt};
    use super::*;
    use crate::digest::Digest;

    fn file(name: &str, text: &str) -> ServedFile {
        let stated = vec![Digest::of(text.as_bytes()).into()];
        ServedFile { name: name.to_owned(), stated, ..ServedFile::default() }
    }

    fn facts() -> Served {
        Served {
            files: vec![file("kit.tgz", "kit")],
            origin: Some(BuildOrigin { commit: "a".repeat(40), dirty: false }),
            dist_tags: [("latest".to_owned(), "1.2.0".to_owned())].into(),
            immutable: Some(true),
            ..Served::default()
        }
    }

    fn changed(before: Served, now: Served) -> Vec<(Verdict, String)> {
        let live = |facts| Sighting::Live(Box::new(facts));
        let changes = since(Channel::Npm, "kit", &live(before), &live(now));
        changes.into_iter().map(|change| (change.verdict, change.said)).collect()
    }

    #[test]
    fn what_is_as_it_was_is_no_change() {
        assert_eq!(changed(facts(), facts()), []);
    }

    #[test]
    fn each_thing_that_is_not_as_it_was_is_said() {
        type Edit = fn(&mut Served);
        let edits: [(Edit, Verdict, &str); 9] = [
            (|facts| facts.files = vec![file("kit.tgz", "other")], Verdict::Failed, "kit.tgz was replaced"),
            (|facts| facts.files.clear(), Verdict::Failed, "kit.tgz was taken away"),
            (|facts| facts.files.push(file("more.tgz", "more")), Verdict::Failed, "more.tgz was added"),
            (
                |facts| facts.withdrawn.push(Withdrawn::Yanked { said: None }),
                Verdict::Failed,
                "it was yanked",
            ),
            (
                |facts| facts.withdrawn.push(Withdrawn::Deprecated { said: "old".to_owned() }),
                Verdict::Failed,
                "it was deprecated: old",
            ),
            (|facts| facts.withdrawn.push(Withdrawn::Draft), Verdict::Failed, "it was made a draft again"),
            (
                |facts| facts.immutable = Some(false),
                Verdict::Failed,
                "it could not be changed, and now it can",
            ),
            (
                |facts| facts.dist_tags = [("latest".to_owned(), "1.3.0".to_owned())].into(),
                Verdict::Passed,
                "latest led to 1.2.0, and leads to 1.3.0",
            ),
            (|facts| facts.dist_tags.clear(), Verdict::Passed, "latest led to 1.2.0, and is gone"),
        ];
        for (edit, verdict, said) in edits {
            let mut now = facts();
            edit(&mut now);
            assert_eq!(changed(facts(), now), [(verdict, said.to_owned())]);
        }
        let moved = Served { origin: Some(BuildOrigin { commit: "b".repeat(40), dirty: false }), ..facts() };
        assert_eq!(changed(facts(), moved)[0].0, Verdict::Failed);
    }

    #[test]
    fn what_one_look_was_not_told_is_no_change() {
        let untold = Served { origin: None, immutable: None, ..facts() };
        assert_eq!(changed(facts(), untold.clone()), []);
        assert_eq!(changed(untold, facts()), []);
        let unknown = Sighting::Unknown { reason: Reason::Unreachable, said: String::new() };
        let live = Sighting::Live(Box::new(facts()));
        assert_eq!(since(Channel::Npm, "kit", &live, &unknown), []);
        assert_eq!(since(Channel::Npm, "kit", &unknown, &live), []);
        let doubted = Served { doubts: vec![Doubt::new(Reason::NotRun, "x")], ..facts() };
        assert_eq!(changed(facts(), doubted), []);
    }

    #[test]
    fn a_file_without_a_checksum_in_common_is_not_said_to_be_the_same() {
        let mut bare = facts();
        bare.files[0].stated.clear();
        for (before, now) in [(facts(), bare.clone()), (bare, facts())] {
            let live = |facts| Sighting::Live(Box::new(facts));
            let changes = since(Channel::Npm, "kit", &live(before), &live(now));
            assert!(changes.len() == 1 && changes[0].said.contains("cannot be compared"), "{changes:?}");
            assert_eq!(changes[0].outcome(), Outcome::Incomplete(Reason::BaselineMissing));
        }
    }

    #[test]
    fn what_is_gone_is_wrong_and_what_has_come_is_not() {
        let live = Sighting::Live(Box::new(facts()));
        let absent = Sighting::Absent { said: "404".to_owned() };
        assert_eq!(since(Channel::Npm, "kit", &live, &absent)[0].outcome(), Outcome::Failed);
        assert_eq!(since(Channel::Npm, "kit", &absent, &live)[0].outcome(), Outcome::Passed);
    }
}
