//! Why the evidence of one subject says nothing of another: what changed between them, in words.

use crate::release::{ResolvedTool, Subject};
use std::collections::{BTreeMap, BTreeSet};

/// What is another in `now` than it was in `then`, a line each; empty where they are the same.
pub fn changes(then: &Subject, now: &Subject) -> Vec<String> {
    let Subject { commit, tree, plan, base_commit, toolchain, environment, variables, host } = then;
    let mut changes = Vec::new();
    let mut text = |what: &str, then: &str, now: &str| {
        if then != now {
            changes.push(format!("{what} changed from {} to {}", short(then), short(now)));
        }
    };
    text("the commit", commit, &now.commit);
    if *commit == now.commit {
        text("the tree", tree, &now.tree);
    }
    text("the plan", &plan.hex(), &now.plan.hex());
    let base = |base: &Option<String>| base.clone().unwrap_or_else(|| "none".to_owned());
    text("the base", &base(base_commit), &base(&now.base_commit));
    for name in toolchain.keys().chain(now.toolchain.keys()).collect::<BTreeSet<_>>() {
        changes.extend(tool(name, toolchain.get(name), now.toolchain.get(name)));
    }
    let named = variables_between(variables, &now.variables);
    if named.is_empty() && *environment != now.environment {
        changes.push("the environment changed".to_owned());
    }
    changes.extend(named);
    if *host != now.host {
        changes.push(format!("the host changed from {host} to {}", now.host));
    }
    changes
}

fn tool(name: &str, then: Option<&ResolvedTool>, now: Option<&ResolvedTool>) -> Option<String> {
    if then == now {
        return None;
    }
    let (Some(then), Some(now)) = (then, now) else {
        let what = if now.is_none() { "is not there any more" } else { "was not there" };
        return Some(format!("{name} {what}"));
    };
    // What tells the two apart, and no more.
    let said = |tool: &ResolvedTool| match (&tool.version, tool.digest.hex()) {
        (Some(version), digest) => format!("{version} ({}, {})", tool.path, short(&digest)),
        (None, digest) => format!("{} ({})", tool.path, short(&digest)),
    };
    Some(format!("{name} changed from {} to {}", said(then), said(now)))
}

fn variables_between(then: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Vec<String> {
    // What an older program did not tell cannot be compared.
    if then.is_empty() || now.is_empty() {
        return Vec::new();
    }
    let names = then.keys().chain(now.keys()).collect::<BTreeSet<_>>();
    let changed = names.into_iter().filter(|name| then.get(*name) != now.get(*name));
    changed
        .map(|name| match (then.contains_key(name), now.contains_key(name)) {
            (true, false) => format!("the variable {name} is not set any more"),
            (false, _) => format!("the variable {name} is set now"),
            (true, true) => format!("the variable {name} has another value"),
        })
        .collect()
}

fn short(text: &str) -> &str {
    text.get(..12).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;

    fn subject() -> Subject {
        let tool = ResolvedTool {
            path: "/usr/bin/cargo-audit".into(),
            digest: Digest::of(b"1"),
            version: Some("cargo-audit 0.21.0".into()),
        };
        Subject {
            commit: "1".repeat(40),
            tree: "2".repeat(40),
            plan: Digest::of(b"plan"),
            base_commit: None,
            toolchain: [("cargo-audit".to_owned(), tool)].into(),
            environment: Some(Digest::of(b"a")),
            variables: [("HOME".to_owned(), "0a0a0a0a".to_owned())].into(),
            host: "h linux x86_64".into(),
        }
    }

    #[test]
    fn a_tool_that_changed_is_named_with_what_it_was_and_is() {
        let then = subject();
        assert_eq!(changes(&then, &then), [""; 0]);
        let mut now = subject();
        let tool = now.toolchain.get_mut("cargo-audit").unwrap();
        (tool.digest, tool.version) = (Digest::of(b"2"), Some("cargo-audit 0.22.0".into()));
        let said = changes(&then, &now);
        assert_eq!(said.len(), 1);
        assert!(said[0].starts_with("cargo-audit changed from cargo-audit 0.21.0 ("), "{said:?}");
        assert!(said[0].contains(" to cargo-audit 0.22.0 ("), "{said:?}");
    }

    #[test]
    fn whatever_makes_another_subject_is_said_in_a_line_of_its_own() {
        let then = subject();
        let others: [(Subject, &str); 7] = [
            (Subject { commit: "3".repeat(40), tree: "4".repeat(40), ..subject() }, "the commit changed"),
            (Subject { plan: Digest::of(b"other"), ..subject() }, "the plan changed"),
            (
                Subject { base_commit: Some("5".repeat(40)), ..subject() },
                "the base changed from none to 5555",
            ),
            (Subject { toolchain: BTreeMap::new(), ..subject() }, "cargo-audit is not there any more"),
            (
                Subject { variables: [("HOME".into(), "1".into())].into(), environment: None, ..subject() },
                "HOME has another",
            ),
            (Subject { environment: Some(Digest::of(b"b")), ..subject() }, "the environment changed"),
            (Subject { host: "other".into(), ..subject() }, "the host changed"),
        ];
        for (now, said) in others {
            let changes = changes(&then, &now);
            assert!(changes.len() == 1 && changes[0].contains(said), "{changes:?}");
        }
    }
}
