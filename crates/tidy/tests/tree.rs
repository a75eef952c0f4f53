//! The rules, over the real tree.

use gonogo_tidy::{Breach, Exempt, TextFile, read, rules};
use std::path::Path;
use std::sync::LazyLock;

static TREE: LazyLock<Vec<TextFile>> =
    LazyLock::new(|| read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap_or_default());

#[track_caller]
fn none(found: &[Breach]) {
    assert!(TREE.iter().filter(|file| file.is_rust()).count() > 100, "the tree was not read");
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{} breaches:\n{}\n", lines.len(), lines.join("\n"));
}

#[test]
fn crates_depend_on_what_they_may() {
    none(&rules::dependencies::breaches(&TREE));
}

#[test]
fn code_reaches_for_what_it_may() {
    none(&rules::reach::breaches(&TREE));
}

#[test]
fn no_ring_of_imports_leaves_a_folder() {
    none(&rules::rings::breaches(&TREE, &[]));
}

const ONE_ARM_FOR_EACH: &str = "one arm for each code, so that one without an explanation does not compile";

const LONG: [Exempt; 4] = [
    Exempt { what: "crates/cli/src/explain/causes.rs: cause", why: ONE_ARM_FOR_EACH },
    Exempt { what: "crates/cli/src/explain/problems.rs: problem", why: ONE_ARM_FOR_EACH },
    Exempt { what: "crates/cli/src/explain/reasons.rs: reason", why: ONE_ARM_FOR_EACH },
    Exempt {
        what: "crates/cli/tests/it/delivery.rs: a_release_is_delivered_when_its_users_get_it_and_every_fault_is_told_by_its_name",
        why: "one release, made once, through each fault in turn",
    },
];

#[test]
fn files_and_functions_fit_a_page() {
    none(&rules::lengths::breaches(&TREE, &LONG));
}

#[test]
fn no_registry_is_named_by_its_host() {
    none(&rules::hosts::breaches(&TREE));
}

#[test]
fn links_of_the_docs_lead_somewhere() {
    none(&rules::links::breaches(&TREE));
}

#[test]
fn a_public_type_has_a_name_of_its_own() {
    none(&rules::names::breaches(&TREE, &[]));
}
