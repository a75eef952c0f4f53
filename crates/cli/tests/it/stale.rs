//! Everything that a check's evidence is about, changed in turn: exactly the right checks run again, and say why.

use crate::support::{Project, Ran, check, plan};
use serde_json::Value;

const CHECKS: [&str; 3] = ["a", "b", "all"];

/// Two checks with inputs, tools, variables and things of their own, and one that sees everything.
fn project() -> Project {
    let of = |id: &str, tool: &str, more: &str| {
        format!(
            "[[gates.checks]]\nid = \"{id}\"\nrun = [\"{tool}\"]\nreader = \"text\"\nexpect = \"^checked\"\n{more}\n\n"
        )
    };
    let checks = of(
        "a",
        "one",
        "inputs = [\"a/**\"]\nenv = [\"FLAG_A\"]\nbring = [\".scratch/x\"]\nneeds = [\"behind\"]",
    ) + &of("b", "two", "inputs = [\"b/**\"]\nbring = [\".scratch/y\"]")
        + &of("all", "one", "");
    let text = plan(&checks)
        .replace("[policy]\n", "[policy]\nenv = [\"FLAG_ALL\"]\n")
        .replace("[[gates]]\n", "[[tools]]\nname = \"declared\"\n\n[[gates]]\n");
    let project = Project::unborn();
    project.write("gonogo.toml", text);
    project.write(".gitignore", ".scratch/\n");
    for path in ["a/1", "b/1", "other", ".scratch/x", ".scratch/y"] {
        project.write(path, "0");
    }
    project.commit("begin");
    project.git(&["tag", "v0.1.0"]);
    for tool in ["one", "two", "behind"] {
        project.tool(tool, "echo checked");
    }
    project.tool("declared", "echo declared 1.0.0");
    project
}

/// Those that ran, each with what it says of earlier evidence.
fn ran(document: &Value) -> Vec<(&'static str, String)> {
    let new = CHECKS.into_iter().filter(|id| check(document, 3, id)["reused"] == false);
    new.map(|id| (id, check(document, 3, id)["notes"].to_string())).collect()
}

#[test]
fn each_thing_that_evidence_is_about_makes_exactly_its_checks_run_again_and_is_named() {
    let project = project();
    let mut flags = [("FLAG_A", "0"), ("FLAG_ALL", "0")];
    let poll = |flags: &[(&str, &str)]| -> Value {
        let mut command = project.gonogo(&["poll", "v0.2.0", "--json"]);
        Ran::from(command.envs(flags.iter().copied()).output().unwrap()).exits(0).json()
    };
    assert_eq!(ran(&poll(&flags)).len(), 3);
    assert_eq!(ran(&poll(&flags)), []);
    type Change = fn(&Project, &mut [(&str, &str); 2]);
    let changes: [(Change, &[&str], &str); 14] = [
        (|project, _| project.write("a/1", "1"), &["a", "all"], "the files that it reads changed"),
        (|project, _| project.write("a/deep/2", "1"), &["a", "all"], "the files that it reads changed"),
        (
            |project, _| drop(project.git(&["mv", "b/1", "b/2"])),
            &["b", "all"],
            "the files that it reads changed",
        ),
        (|project, _| project.write("other", "1"), &["all"], "the files that it reads changed"),
        (|project, _| project.tool("one", "# 1\necho checked"), &["a", "all"], "one changed from sha256:"),
        (|project, _| project.tool("two", "# 1\necho checked"), &["b"], "two changed from sha256:"),
        (|project, _| project.tool("behind", "# 1\necho checked"), &["a"], "behind changed from sha256:"),
        (
            |project, _| project.tool("declared", "echo declared 1.1.0"),
            &["all"],
            "declared changed from declared 1.0.0, sha256:",
        ),
        (|_, flags| flags[0].1 = "1", &["a"], "the variable FLAG_A changed"),
        (|_, flags| flags[1].1 = "1", &["a", "b", "all"], "the variable FLAG_ALL changed"),
        (|project, _| project.write(".scratch/x", "1"), &["a"], ".scratch/x changed"),
        (|project, _| project.write(".scratch/y", "1"), &["b"], ".scratch/y changed"),
        (
            |project, _| {
                let text = std::fs::read_to_string(project.root().join("gonogo.toml")).unwrap();
                project.write("gonogo.toml", text.replace("id = \"b\"\n", "id = \"b\"\ntimeout = \"9m\"\n"));
            },
            &["b", "all"],
            "",
        ),
        (|project, _| drop(project.git(&["tag", "v0.1.1"])), &["a", "b", "all"], "the base changed from "),
    ];
    for (at, (change, wanted, said)) in changes.into_iter().enumerate() {
        change(&project, &mut flags);
        project.git(&["add", "--all"]);
        // The tag stands for the commit before.
        project.commit("next");
        let again = ran(&poll(&flags));
        let names: Vec<&str> = again.iter().map(|(id, _)| *id).collect();
        assert_eq!(names, wanted, "change {at}: {again:#?}");
        for (id, notes) in &again {
            assert!(
                notes.contains("its earlier evidence is stale: ") && notes.contains(said),
                "change {at}, {id}: {notes}"
            );
        }
        assert_eq!(ran(&poll(&flags)), [], "change {at}: once is enough");
    }
}

const AUDIT: &str = "{\"database\":{\"advisory-count\":123,\"last-commit\":null,\"last-updated\":\"TIME\"},\"lockfile\":{\"dependency-count\":2},\
    \"settings\":{\"target_arch\":[],\"target_os\":[],\"severity\":null,\"ignore\":[],\"informational_warnings\":[]},\
    \"vulnerabilities\":{\"found\":false,\"count\":0,\"list\":[]},\"warnings\":{}}";

#[test]
fn a_pass_whose_data_is_young_enough_is_used_again() {
    let audit = "[[gates.checks]]\nid = \"audit\"\nrun = [\"audit\"]\nreader = \"cargo-audit\"\nminimum = { data-max-days = 7 }\n";
    let project = Project::new(&plan(audit));
    let now = as_a_tool_spells_now();
    project.printing("audit", &AUDIT.replace("TIME", &now), 0);
    project.poll().exits(0);
    assert_eq!(check(&project.poll().exits(0).json(), 3, "audit")["reused"], true);
    let time = project.ledger("v0.2.0").join("blobs");
    let is_time = |path: std::path::PathBuf| {
        std::fs::read_to_string(path).is_ok_and(|text| text.starts_with(&now[..10]))
    };
    let kept =
        std::fs::read_dir(time).unwrap().filter(|entry| is_time(entry.as_ref().unwrap().path())).count();
    assert_eq!(kept, 1, "the data's time is evidence, which is looked at before it is used again");
}

/// Now, as a tool spells it.
fn as_a_tool_spells_now() -> String {
    let output = std::process::Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%SZ"]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_failure_is_not_forgotten_over_commits_that_change_nothing_of_what_the_check_reads() {
    for (changed, answer) in [("README.md", "flaky"), ("a/1", "passed")] {
        let project = project();
        let answers = project.beside("answer");
        std::fs::write(&answers, "wrong\n").unwrap();
        project.tool("one", "cat $BESIDE/answer");
        let poll = || {
            let ran = project.run(&["poll", "v0.2.0", "--json", "--only", "a"]);
            let document = ran.json();
            let one = check(&document, 3, "a").clone();
            one["reason"].as_str().or_else(|| one["verdict"].as_str()).unwrap().to_owned()
        };
        // A line that is no input examined shows nothing; one that is wrong fails.
        let plan = std::fs::read_to_string(project.root().join("gonogo.toml")).unwrap();
        project.write(
            "gonogo.toml",
            plan.replace("expect = \"^checked\"\n", "expect = \"^checked\"\nfinding = \"^wrong\"\n"),
        );
        project.commit("findings");
        assert_eq!(poll(), "failed");
        std::fs::write(&answers, "checked\n").unwrap();
        project.write(changed, "new");
        project.commit("next");
        assert_eq!(poll(), answer, "{changed}");
        // Polling again is no way out of it, and a review is, over more such commits.
        assert_eq!(poll(), answer, "{changed}");
        let review =
            ["review", "v0.2.0", "--gate", "3", "--check", "a", "--accept", "--note", "A full disk."];
        if answer == "flaky" {
            project.run(&review).exits(0);
            assert_eq!(poll(), "passed");
            project.write("README.md", "newer");
            project.commit("docs");
            assert_eq!(poll(), "passed");
        }
    }
}
