//! The plan by itself: what is accepted, what is refused and where.

use crate::support::{Project, libtest, plan};

#[test]
fn a_plan_is_checked_and_its_schema_is_a_json_schema() {
    let project = Project::new(&plan(&libtest("t", "run-tests")));
    let document = project.run(&["plan", "check", "--json"]).exits(0).json();
    assert_eq!(document["required_gates"], serde_json::json!([3]));
    let schema = project.run(&["plan", "schema"]).exits(0).json();
    assert!(schema["$schema"].as_str().unwrap().contains("json-schema"));
    assert_eq!(schema["additionalProperties"], false);
}

#[test]
fn the_plan_that_the_design_shows_is_accepted() {
    let text = r#"
schema = 1

[project]
name = "plasmite"
repository = "sandover/plasmite"
tag = "v{version}"
changelog = "CHANGELOG.md"

[[versions]]
file = "Cargo.toml"
key = "package.version"

[policy]
required-gates = [3]

[[gates]]
id = 3
name = "Concurrency correctness & crash consistency"

[[gates.checks]]
id = "lock-smoke"
run = ["cargo", "test", "-q", "--test", "lock_smoke"]
reader = "libtest"
minimum = { tests = 1 }
timeout = "10m"
locks = ["cargo-target"]

[tracker]
kind = "ergo"

[[steps]]
kind = "tag"

[channels.crates-io]
package = "plasmite"
"#;
    Project::new(text).run(&["plan", "check"]).exits(0);
}

#[test]
fn the_plan_that_comes_with_the_program_is_accepted_anywhere() {
    let project = Project::new(&plan(&libtest("t", "run-tests")));
    project.run(&["plan", "check", "--plan", "plasmite"]).exits(0);
}

#[test]
fn every_problem_of_a_plan_is_shown_with_its_line() {
    let good = plan(&libtest("t", "run-tests"));
    let cases = [
        ("unknown key", good.replace("[policy]\n", "[policy]\nrequired_gates = [3]\n"), 7),
        ("duplicate gate", good.clone() + "[[gates]]\nid = 3\nname = \"Again\"\n", 22),
        ("required gate without a check", good.split("[[gates.checks]]").next().unwrap().to_owned(), 7),
        ("required gate that is not there", good.replace("[3]", "[3, 5]"), 7),
        ("nothing required", good.replace("[3]", "[]"), 7),
        ("minimum of nothing", good.clone() + "minimum = { tests = 0 }\n", 21),
        ("no reader", good.replace("reader = \"libtest\"\n", ""), 16),
        ("a shell line", good.replace("[\"run-tests\"]", "[\"run tests && true\"]"), 18),
        ("a bad timeout", good.clone() + "timeout = \"soon\"\n", 21),
        ("a path that leaves the repository", good.clone() + "cwd = \"../elsewhere\"\n", 21),
        ("a bad regex", good.replace("reader = \"libtest\"\n", "reader = \"text\"\nexpect = \"(\"\n"), 20),
        (
            "a regex that matches everything",
            good.replace("reader = \"libtest\"\n", "reader = \"text\"\nexpect = \".*\"\n"),
            20,
        ),
        ("a newer schema", good.replace("schema = 1", "schema = 2"), 1),
        ("an unknown reader", good.replace("\"libtest\"", "\"oracle\""), 19),
        ("not TOML", good.replace("[policy]", "[policy"), 6),
        (
            "a file of a release in a folder",
            good.clone() + "[channels.npm]\npackage = \"p\"\nfiles = [\n\"ok-{version}.tgz\",\n\"a/b\"]\n",
            23,
        ),
        (
            "a file of a release that stands for nothing",
            good.clone() + "[channels.npm]\npackage = \"p\"\nfiles = [\"p-{tag}.tgz\"]\n",
            23,
        ),
        (
            "an unknown kind of file",
            good.clone() + "[channels.npm]\npackage = \"p\"\nfiles = [\"p\"]\nadds = [\"notes\"]\n",
            24,
        ),
        (
            "kinds of files and no files",
            good.clone() + "[channels.npm]\npackage = \"p\"\nadds = [\"sbom\"]\n",
            4,
        ),
        ("no tracker", good.replace("[tracker]\nkind = \"file\"\n", ""), 1),
    ];
    for (what, text, line) in cases {
        let text = text
            .replace("\n\nminimum", "\nminimum")
            .replace("\n\ntimeout", "\ntimeout")
            .replace("\n\ncwd", "\ncwd");
        let line =
            if ["minimum of nothing", "a bad timeout", "a path that leaves the repository"].contains(&what) {
                line - 1
            } else {
                line
            };
        let project = Project::new(&text);
        let ran = project.run(&["poll", "v0.2.0"]).exits(2);
        assert!(
            ran.stderr.contains(&format!("gonogo.toml:{line}:")),
            "{what}: line {line} in {}",
            ran.stderr
        );
        assert!(!project.ledger("v0.2.0").exists(), "{what}: nothing was begun");
    }
}

#[test]
fn several_problems_are_shown_together() {
    let text = plan(&libtest("T", "run-tests")).replace("[3]", "[3, 5, 5]");
    let ran = Project::new(&text).run(&["plan", "check", "--json"]).exits(2);
    let error = ran.json()["error"].as_str().unwrap().to_owned();
    assert_eq!(error.lines().count(), 4, "{error}");
}
