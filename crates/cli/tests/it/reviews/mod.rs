//! Reviews and waivers, end to end: what they are bound to, who may give them, and where they are shown.

mod bound;
mod second;
mod show;
mod signers;
mod waivers;

use crate::support::{Project, Ran};
use serde_json::Value;

/// Everybody's words on a check in a document of a poll: by whom, and why they do not count.
fn words(check: &Value) -> Vec<(String, String)> {
    let text = |word: &Value, key: &str| word[key].as_str().unwrap_or_default().to_owned();
    check["words"].as_array().unwrap().iter().map(|word| (text(word, "by"), text(word, "void"))).collect()
}

/// A review by the command line.
fn review(project: &Project, check: &str, more: &[&str]) -> Ran {
    let line = ["review", "v0.2.0", "--gate", "3", "--check", check, "--note", "Read it."];
    project.run(&[&line[..], more].concat())
}

fn poll(project: &Project) -> Ran {
    project.run(&["poll", "v0.2.0", "--close-passed", "--json"])
}
