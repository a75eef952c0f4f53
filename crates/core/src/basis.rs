//! What the evidence of one check is about: where all of it is the same, the evidence counts again.
//!
//! Invariant: neither the host, nor how `PATH` is spelled, nor a variable of the session is part of it.

use crate::digest::Digest;
use crate::ids::CommitId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The name under which it is among a check's evidence.
pub const BASIS: &str = "basis";

/// What one check's evidence is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// The digest of the names, modes and contents of the files that it may read.
    pub content: Digest,
    /// The digest of its part of the plan.
    pub check: Digest,
    /// The commit of the base tag.
    pub base: Option<CommitId>,
    /// Operating system and architecture.
    pub platform: String,
    /// The tools that it calls: digest, and what they say of their version.
    pub tools: BTreeMap<String, String>,
    /// The digests of the variables that it may see.
    pub variables: BTreeMap<String, Digest>,
    /// The digests of what is brought along for it.
    pub brought: BTreeMap<String, Digest>,
}

impl Basis {
    /// What is not as it was, each in a few words.
    pub fn changes_since(&self, earlier: &Self) -> Vec<String> {
        let Self { content, check, base, platform, tools, variables, brought } = self;
        let mut changes = Vec::new();
        if *content != earlier.content {
            changes.push("the files that it reads changed".to_owned());
        }
        if *check != earlier.check {
            changes.push("its part of the plan changed".to_owned());
        }
        let shown =
            |base: &Option<CommitId>| base.as_ref().map_or_else(|| "none".to_owned(), CommitId::to_string);
        if *base != earlier.base {
            changes.push(format!("the base changed from {} to {}", shown(&earlier.base), shown(base)));
        }
        if *platform != earlier.platform {
            changes.push(format!("the platform changed from {} to {platform}", earlier.platform));
        }
        for name in names(tools, &earlier.tools) {
            let of = |tools: &BTreeMap<String, String>| {
                tools.get(name).cloned().unwrap_or_else(|| "none".to_owned())
            };
            let (then, now) = (of(&earlier.tools), of(tools));
            if then != now {
                changes.push(format!("{name} changed from {then} to {now}"));
            }
        }
        let differing = |now: &BTreeMap<String, Digest>, then: &BTreeMap<String, Digest>, what: &str| {
            let differs = |name: &&String| now.get(*name) != then.get(*name);
            names(now, then)
                .into_iter()
                .filter(differs)
                .map(|name| format!("{what}{name} changed"))
                .collect::<Vec<_>>()
        };
        changes.extend(differing(variables, &earlier.variables, "the variable "));
        changes.extend(differing(brought, &earlier.brought, ""));
        changes
    }
}

fn names<'a, T>(one: &'a BTreeMap<String, T>, other: &'a BTreeMap<String, T>) -> Vec<&'a String> {
    let mut names: Vec<&String> = one.keys().chain(other.keys()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::tests::commit;

    fn basis() -> Basis {
        let digest = Digest::of(b"one");
        Basis {
            content: digest,
            check: digest,
            base: Some(commit("abc")),
            platform: "linux x86_64".to_owned(),
            tools: BTreeMap::from([("cargo-audit".to_owned(), "cargo-audit 0.21.0".to_owned())]),
            variables: BTreeMap::from([("RUSTFLAGS".to_owned(), digest)]),
            brought: BTreeMap::from([("db".to_owned(), digest)]),
        }
    }

    #[test]
    fn each_part_that_changed_is_named() {
        let other = Digest::of(b"other");
        let changed = |change: fn(&mut Basis, Digest), said: &str| {
            let mut now = basis();
            change(&mut now, other);
            let changes = now.changes_since(&basis());
            assert!(changes.len() == 1 && changes[0].contains(said), "{changes:?}");
        };
        changed(|basis, other| basis.content = other, "files");
        changed(|basis, other| basis.check = other, "plan");
        changed(|basis, _| basis.base = None, &format!("from {} to none", commit("abc")));
        changed(|basis, _| basis.platform = "other".to_owned(), "platform");
        changed(
            |basis, _| {
                basis.tools.insert("cargo-audit".to_owned(), "cargo-audit 0.22.0".to_owned());
            },
            "cargo-audit changed from cargo-audit 0.21.0 to cargo-audit 0.22.0",
        );
        changed(|basis, _| basis.variables.clear(), "RUSTFLAGS");
        changed(
            |basis, other| {
                basis.brought.insert("db".to_owned(), other);
            },
            "db changed",
        );
        assert!(basis().changes_since(&basis()).is_empty());
    }
}
