//! Every format that a gonogo ever wrote is read by this one, and what a newer one writes is called newer.
//! `fixtures/ledgers` says where its ledgers are from.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod every_kind;
mod newer;
mod old;

use gonogo_core::ledger::Owner;
use std::path::{Path, PathBuf};

/// The release that the ledgers here are of.
const OWNER: Owner<'static> = Owner { project: None, target: "v0.2.0" };

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ledgers")
}

/// A ledger's folder in a folder of the test's own.
fn copied(name: &str) -> (tempfile::TempDir, PathBuf) {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("ledger");
    std::fs::create_dir(&folder).unwrap();
    for file in ["ledger.jsonl", "anchor.json"] {
        std::fs::copy(fixtures().join(name).join(file), folder.join(file)).unwrap();
    }
    (temporary, folder)
}

/// A ledger of this program's own format.
fn current() -> (tempfile::TempDir, PathBuf) {
    copied(&format!("{}-every-kind", gonogo_core::ledger::FORMAT))
}

fn lines(folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("ledger.jsonl")).unwrap();
    text.lines().map(str::to_owned).collect()
}
