//! A project with one required gate, whose one check reads a file of the commit.

use crate::support::{Project, Ran, check};
use serde_json::Value;

/// The plan. `checked` in `src.txt` is what is examined, `wrong` is a finding.
pub const STRICT: &str = r#"schema = 1

[project]
name = "sample"

[policy]
required-gates = [3]

[tracker]
kind = "file"

[[gates]]
id = 3
name = "Words"

[[gates.checks]]
id = "words"
run = ["cat", "src.txt"]
reader = "text"
expect = "^checked"
finding = "^wrong"
"#;

/// The same plan, which finds nothing any more.
pub fn weak() -> String {
    STRICT.replace("finding = \"^wrong\"\n", "")
}

pub const GOOD: &str = "checked: one\n";
pub const BAD: &str = "checked: one\nwrong: two\n";

/// A project whose v0.1.0 is out, on its remote and here, with one more commit since.
pub fn released() -> Project {
    let project = unpublished();
    project.publish();
    project.commit("more");
    project
}

/// The same without a remote.
pub fn unpublished() -> Project {
    let project = Project::unborn();
    project.write("gonogo.toml", STRICT);
    project.write("src.txt", GOOD);
    project.commit("begin");
    project.git(&["tag", "-a", "-m", "Release v0.1.0", "v0.1.0"]);
    project
}

/// A poll for v0.2.0 with more options.
pub fn poll(project: &Project, more: &[&str]) -> Ran {
    project.run(&[&["poll", "v0.2.0", "--json"], more].concat())
}

/// A poll that holds the release up, by a check of gonogo's own that asks for a review. Gives what there is to look at.
#[track_caller]
pub fn asks(document: &Value, id: &str) -> String {
    let found = check(document, 3, id);
    assert_eq!(found["reason"], "review-missing", "{found:#}");
    found["detail"].as_str().unwrap().to_owned()
}

/// A person looks at it, and finds nothing against it.
#[track_caller]
pub fn accept(project: &Project, check: &str, more: &[&str]) {
    let review = ["review", "v0.2.0", "--gate", "3", "--accept", "--note", "Looked at.", "--check", check];
    project.run(&[&review[..], more].concat()).exits(0);
}

/// The names of a document's checks.
pub fn names(document: &Value) -> Vec<String> {
    let gates = document["gates"].as_array().unwrap();
    let checks = gates.iter().flat_map(|gate| gate["checks"].as_array().unwrap());
    checks.map(|check| check["id"].as_str().unwrap().to_owned()).collect()
}
