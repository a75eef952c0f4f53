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
fn what_cannot_be_looked_at_is_not_taken_for_absent() {
    for path in ["go.mod", "Cargo.lock", "package-lock.json", ".ergo", ".github"] {
        let project = project(&[]);
        std::os::unix::fs::symlink(path, project.root().join(path)).unwrap();
        let refused = project.run(&["init"]).exits(2);
        assert!(refused.stderr.contains(&format!("cannot read {path}")), "{refused:?}");
        assert!(!project.root().join("gonogo.toml").exists(), "{path}");
    }
    // A file in the place of a folder says plainly that nothing is in the folder.
    written(&project(&[(".github", "")]));
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

/// A project of each language, with one good test, and the check that init writes for it.
const LANGUAGES: [(&str, &[(&str, &str)]); 5] = [
    (
        "cargo-test",
        &[
            ("Cargo.toml", "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"),
            ("Cargo.lock", "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\n"),
            ("src/lib.rs", "#[test]\nfn good() {}\n"),
        ],
    ),
    (
        "node-test",
        &[
            ("package.json", "{\"version\": \"0.1.0\", \"scripts\": {\"test\": \"node --test\"}}"),
            ("a.test.cjs", "require(\"node:test\")(\"good\", () => {})\n"),
        ],
    ),
    (
        "pytest",
        &[
            ("pyproject.toml", "[project]\nname = \"a\"\nversion = \"0.1.0\"\n[tool.pytest.ini_options]\n"),
            ("test_a.py", "def test_good(): pass\n"),
        ],
    ),
    (
        "unittest",
        &[
            ("pyproject.toml", "[project]\nname = \"a\"\nversion = \"0.1.0\"\n"),
            ("test_a.py", "import unittest\nclass A(unittest.TestCase):\n    def test_good(self): pass\n"),
        ],
    ),
    (
        "go-test",
        &[
            ("go.mod", "module example.test/a\n\ngo 1.22\n"),
            ("a_test.go", "package a\n\nimport \"testing\"\n\nfunc TestGood(t *testing.T) {}\n"),
        ],
    ),
];

/// What the check of the written plan comes to, on the real tool.
fn came_to(id: &str, files: &[(&str, &str)]) -> String {
    let project = project(files);
    let plan = written(&project);
    assert!(plan.contains("canary = "), "{plan}");
    project.commit("plan");
    let mut command = project.gonogo(&["poll", "0.1.0", "--json", "--only", id]);
    // The home of a test is empty, and the toolchain is the tester's own.
    let own = ["PATH", "RUSTUP_HOME", "CARGO_HOME"].map(|name| (name, std::env::var_os(name)));
    let home = std::env::var_os("HOME").unwrap();
    command.env("RUSTUP_HOME", std::path::Path::new(&home).join(".rustup"));
    command.envs(own.into_iter().filter_map(|(name, value)| Some((name, value?))));
    let document = crate::support::Ran::from(command.output().unwrap()).json();
    let check = crate::support::check(&document, 6, id).clone();
    format!("{} {} {}", check["verdict"], check["reason"], check["detail"])
}

#[test]
fn a_check_that_init_writes_passes_on_a_good_project_and_was_seen_to_fail_in_the_same_poll() {
    for (id, files) in LANGUAGES {
        assert_eq!(came_to(id, files), "\"passed\" null null", "{id}");
    }
}

#[test]
fn a_project_that_makes_its_judge_say_yes_to_everything_is_found_out() {
    let yes: [(&str, (&str, &str)); 3] = [
        (
            "pytest",
            (
                "conftest.py",
                "import pytest\n@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item, call):\n    outcome = yield\n    outcome.get_result().outcome = 'passed'\n",
            ),
        ),
        (
            "cargo-test",
            (
                ".cargo/config.toml",
                "[target.'cfg(all())']\nrunner = [\"sh\", \"-c\", \"echo; echo running 1 test; echo 'test good ... ok'; echo; echo 'test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s'; echo\"]\n",
            ),
        ),
        (
            "unittest",
            (
                "unittest.py",
                "import sys\nprint('.\\n' + '-' * 70 + '\\nRan 1 test in 0.000s\\n\\nOK', file=sys.stderr)\n",
            ),
        ),
    ];
    for (id, more) in yes {
        let (_, files) = LANGUAGES.into_iter().find(|(language, _)| *language == id).unwrap();
        let files: Vec<(&str, &str)> = files.iter().copied().chain([more]).collect();
        let came = came_to(id, &files);
        assert!(came.contains("canary-missed"), "{id}: {came}");
    }
}
