//! `gonogo init` writes a plan that gonogo accepts, for what it finds.

use crate::support::Project;

fn project(files: &[(&str, &str)]) -> Project {
    let project = Project::unborn();
    for (path, text) in files {
        project.write(path, text);
    }
    project.write("README.md", "x");
    project.commit("begin");
    project
}

fn written(project: &Project) -> String {
    project.run(&["init"]).exits(0);
    project.run(&["plan", "check"]).exits(0);
    std::fs::read_to_string(project.root().join("gonogo.toml")).unwrap()
}

#[test]
fn a_polyglot_project_gets_a_check_for_each_language() {
    let project = project(&[
        ("Cargo.toml", "[package]\nname = \"a\"\nversion = \"0.1.0\"\n"),
        ("Cargo.lock", ""),
        ("package.json", "{\"version\": \"0.1.0\", \"scripts\": {\"test\": \"node --test\"}}"),
        ("package-lock.json", "{}"),
        ("pyproject.toml", "[project]\nname = \"a\"\nversion = \"0.1.0\"\n"),
        ("go.mod", "module example.test/a\n"),
        ("CHANGELOG.md", "# Changelog\n"),
        (".github/workflows/ci.yml", "name: ci\n"),
    ]);
    project.git(&["remote", "add", "origin", "git@github.com:owner/name.git"]);
    let plan = written(&project);
    for part in [
        "cargo-test",
        "node-test",
        "unittest",
        "go-test",
        "cargo-audit",
        "npm-audit",
        "repository = \"owner/name\"",
        "[ci]",
        "changelog = ",
    ] {
        assert!(plan.contains(part), "{part} in {plan}");
    }
}

#[test]
fn an_empty_project_still_gets_a_plan_that_is_accepted_and_passes_nothing_by_itself() {
    let project = project(&[]);
    written(&project);
    project.commit("plan");
    let ran = project.run(&["poll", "0.1.0", "--json"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
}

#[test]
fn a_manifest_that_cannot_be_read_is_not_taken_for_one_that_is_not_there() {
    for (path, text) in
        [("Cargo.toml", "[package\n"), ("pyproject.toml", "= 1\n"), ("package.json", "{\"version\": ")]
    {
        let project = project(&[(path, text)]);
        let refused = project.run(&["init"]).exits(2);
        assert!(refused.stderr.contains(path), "{refused:?}");
        assert!(!project.root().join("gonogo.toml").exists(), "{path}");
    }
}

#[test]
fn a_plan_that_is_there_is_not_written_over() {
    let project = project(&[("gonogo.toml", "mine")]);
    project.run(&["init"]).exits(2);
    assert_eq!(std::fs::read_to_string(project.root().join("gonogo.toml")).unwrap(), "mine");
    let shown = project.run(&["init", "--print"]).exits(0);
    assert!(shown.stdout.contains("schema = 1"));
}

#[test]
fn a_project_with_an_ergo_backlog_gets_the_ergo_tracker() {
    let project = project(&[(".ergo/plans.jsonl", "")]);
    assert!(written(&project).contains("kind = \"ergo\""));
}
