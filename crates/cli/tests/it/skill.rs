//! The skill's folder: rendered, installed where agents look, and its script against ergo of every generation.

use crate::ergos::Ergo;
use crate::support::{Project, Ran, libtest, plan};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The runbook's own command, word for word but for where the script is.
const COMMAND: &str = "\"$script\" \\
  --release-target \"v0.1.1\" \\
  --check \"Performance regression guard\" \\
  --title \"Investigate benchmark regression in get(seq)\" \\
  --summary \"Bench run is 18% slower than base tag v0.1.0 on same host.\" \\
  --agent \"codex@$(hostname -s)\"";

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../skills/plasmite-release-manager")
}

/// A checkout without a plan of its own: the committed script brings `--plan plasmite`.
fn checkout() -> Project {
    let project = Project::unborn();
    project.write("README.md", "plasmite\n");
    project.commit("begin");
    project.tool("gonogo", &format!("exec '{}' \"$@\"", env!("CARGO_BIN_EXE_gonogo")));
    project
}

fn shell(project: &Project, line: &str) -> Ran {
    let script = committed().join("scripts/file_release_blocker.sh");
    project.command("bash").args(["-c", line]).env("script", script).output().unwrap().into()
}

/// The IDs that the script printed.
#[track_caller]
fn ids(ran: &Ran) -> (String, String) {
    let line = |name: &str| {
        ran.stdout.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{ran:?}"))
    };
    (line("epic: ").to_owned(), line("task: ").to_owned())
}

fn store(project: &Project) -> String {
    let files = std::fs::read_dir(project.root().join(".ergo")).unwrap();
    files.filter_map(|file| std::fs::read_to_string(file.unwrap().path()).ok()).collect()
}

fn the_runbooks_command_files_one_task(ergo: Ergo) {
    let project = checkout();
    ergo.install(&project);
    let first = shell(&project, COMMAND).exits(0);
    let (epic, task) = ids(&first);
    assert_ne!(epic, task);
    for _ in 0..2 {
        assert_eq!(ids(&shell(&project, COMMAND).exits(0)), (epic.clone(), task.clone()), "{ergo:?}");
    }
    let listed = ["blocker", "list", "v0.1.1", "--plan", "plasmite", "--json"];
    let document = project.run(&listed).exits(1).json();
    let blockers = document["blockers"].as_array().unwrap();
    assert_eq!((blockers.len(), document["epic"].as_str()), (1, Some(epic.as_str())), "{document:#}");
    assert_eq!((&blockers[0]["id"], &blockers[0]["gate"]), (&task.as_str().into(), &5.into()));
    let title = "[release-blocker][v0.1.1] Investigate benchmark regression in get(seq)";
    assert_eq!(blockers[0]["title"], title);

    let stored = store(&project);
    let parts = [
        "Release blockers: v0.1.1",
        "## Goal",
        "## Background",
        "## Acceptance",
        "## Automated Validation Gates",
        "## Consult",
        "Bench run is 18% slower than base tag v0.1.0 on same host.",
        "codex@",
    ];
    for part in parts {
        assert!(stored.contains(part), "{ergo:?}: {part} is not in the store: {stored}");
    }

    // Another title is another task of the same epic.
    let (same, other) = ids(&shell(&project, &COMMAND.replace("get(seq)", "append")).exits(0));
    assert_eq!(same, epic);
    assert_ne!(other, task);
}

macro_rules! generations {
    ($($name:ident: $version:literal)*) => {
        mod stand_in {
            $(#[test]
            fn $name() {
                super::the_runbooks_command_files_one_task(super::Ergo::StandIn($version));
            })*
        }
        mod real {
            $(#[test]
            #[ignore = "needs the real ergo programs"]
            fn $name() {
                super::the_runbooks_command_files_one_task(super::Ergo::Real($version));
            })*
        }
    };
}

generations! {
    the_runbooks_command_files_one_task_in_ergo_0_9: "0.9.3"
    the_runbooks_command_files_one_task_in_ergo_1_2: "1.2.0"
    the_runbooks_command_files_one_task_in_ergo_2_0: "2.0.1"
    the_runbooks_command_files_one_task_in_ergo_3_0: "3.0.0"
    the_runbooks_command_files_one_task_in_ergo_4_1: "4.1.0"
    the_runbooks_command_files_one_task_in_ergo_4_3: "4.3.3"
    the_runbooks_command_files_one_task_in_ergo_5_0: "5.0.3"
    the_runbooks_command_files_one_task_in_ergo_6_0: "6.0.0"
}

#[test]
fn a_dry_run_of_the_script_shows_the_task_and_files_nothing() {
    let project = checkout();
    Ergo::StandIn("6.0.0").install(&project);
    let before = store(&project);
    let shown = shell(&project, &format!("{COMMAND} --dry-run")).exits(0).stdout;
    assert!(shown.contains("epic: Release blockers: v0.1.1") && shown.contains("## Consult Me"), "{shown}");
    assert_eq!(store(&project), before);
}

#[test]
fn wrong_use_of_the_script_is_exit_2_and_a_missing_tool_exit_3() {
    let project = checkout();
    Ergo::StandIn("6.0.0").install(&project);
    let before = store(&project);
    let wrong = [
        "\"$script\"",
        "\"$script\" --release-target v0.1.1",
        "\"$script\" --release-target",
        "\"$script\" --unknown x",
        "\"$script\" --release-target v0.1.1 --check c --title t --summary ''",
        "\"$script\" --release-target nonsense --check c --title t --summary s",
        "\"$script\" --release-target v0.1.1 --check c --title t --summary s --agent nobody",
        "\"$script\" --release-target v0.1.1 --check c --title t --summary s --run-id 7",
    ];
    for line in wrong {
        let ran = shell(&project, line).exits(2);
        assert!(ran.stdout.is_empty() && !ran.stderr.is_empty(), "{line}: {ran:?}");
    }
    let dashed = COMMAND.replace("\"Bench run", "\"--dry-run Bench run");
    ids(&shell(&project, &dashed).exits(0));
    assert_ne!(store(&project), before);

    std::fs::remove_file(project.beside("tools/ergo")).unwrap();
    let ran = shell(&project, COMMAND).exits(3);
    assert!(ran.stdout.is_empty() && ran.stderr.contains("ergo"), "{ran:?}");
    std::fs::remove_file(project.beside("tools/gonogo")).unwrap();
    let ran = shell(&project, COMMAND).exits(3);
    assert!(ran.stdout.is_empty() && ran.stderr.contains("gonogo is not on PATH"), "{ran:?}");
}

fn own() -> Project {
    Project::new(&plan(&libtest("t", "t")))
}

fn folder(project: &Project, runtime: &str) -> PathBuf {
    project.root().join(runtime).join("skills/sample-release-manager")
}

#[test]
fn the_bundle_of_a_projects_own_plan_names_no_other_plan() {
    let project = own();
    let document = project.run(&["skill", "render", "--out", "out", "--json"]).exits(0).json();
    assert_eq!(document["name"], "sample-release-manager");
    let folder = project.root().join("out/sample-release-manager");
    for file in document["files"].as_array().unwrap() {
        let text = std::fs::read_to_string(folder.join(file.as_str().unwrap())).unwrap();
        assert!(!text.contains("plasmite") && !text.contains("--plan"), "{file}: {text}");
    }
    let script = folder.join("scripts/file_release_blocker.sh");
    assert_eq!(script.metadata().unwrap().permissions().mode() & 0o777, 0o755);
}

#[test]
fn a_skill_is_installed_once_for_each_runtime_and_then_left_alone() {
    let project = own();
    let all = ["agents", "claude", "codex", "copilot", "cursor", "gemini", "opencode"];
    let flags: Vec<&str> = all.iter().flat_map(|runtime| ["--runtime", *runtime]).collect();
    let install = || project.run(&[&["skill", "install", "--json"], &flags[..]].concat()).exits(0).json();
    let places = install()["places"].as_array().unwrap().clone();
    // Codex reads the folder that many share.
    assert_eq!(places.len(), all.len() - 1, "{places:#?}");
    for runtime in [".agents", ".claude", ".github", ".cursor", ".gemini", ".opencode"] {
        assert!(folder(&project, runtime).join("SKILL.md").exists(), "{runtime}");
    }
    assert!(install()["places"].as_array().unwrap().iter().all(|place| place["state"] == "unchanged"));
}

#[test]
fn a_users_skills_are_in_the_home_folder_and_a_named_folder_is_taken_as_it_is() {
    let project = own();
    project.run(&["skill", "install", "--scope", "user"]).exits(0);
    for place in [".agents", ".claude"] {
        assert!(project.beside("home").join(place).join("skills/sample-release-manager/SKILL.md").exists());
        assert!(!folder(&project, place).exists());
    }
    project.run(&["skill", "install", "--dir", "elsewhere"]).exits(0);
    assert!(project.root().join("elsewhere/sample-release-manager/SKILL.md").exists());
    project.run(&["skill", "install", "--dir", "elsewhere", "--runtime", "claude"]).exits(2);
}

#[test]
fn a_file_that_a_person_changed_is_kept_and_said_to_be_until_it_is_forced() {
    let project = own();
    let install = ["skill", "install", "--runtime", "claude", "--json"];
    project.run(&install).exits(0);
    let skill = folder(&project, ".claude").join("SKILL.md");
    std::fs::write(&skill, "mine\n").unwrap();
    let gates = folder(&project, ".claude").join("references/qa-gates.md");
    std::fs::remove_file(&gates).unwrap();

    let document = project.run(&install).exits(1).json();
    let place = &document["places"][0];
    assert_eq!((&place["state"], place["files"].to_string()), (&"kept".into(), "[\"SKILL.md\"]".to_owned()));
    assert_eq!(std::fs::read_to_string(&skill).unwrap(), "mine\n");
    assert!(!gates.exists(), "nothing is written beside what a person changed");

    project.run(&[&install[..], &["--force"]].concat()).exits(0);
    assert_ne!(std::fs::read_to_string(&skill).unwrap(), "mine\n");
    assert!(gates.exists());
}

#[test]
fn what_gonogo_wrote_is_brought_up_to_date_and_what_it_did_not_write_is_not() {
    let project = own();
    let install = ["skill", "install", "--runtime", "claude", "--json"];
    project.run(&install).exits(0);
    let note = folder(&project, ".claude").join("notes.md");
    std::fs::write(&note, "a person's\n").unwrap();
    project.write("gonogo.toml", plan(&libtest("t", "another-tool")));
    assert_eq!(project.run(&install).exits(0).json()["places"][0]["state"], "installed");
    let gates = std::fs::read_to_string(folder(&project, ".claude").join("references/qa-gates.md")).unwrap();
    assert!(gates.contains("another-tool"), "{gates}");
    assert_eq!(std::fs::read_to_string(&note).unwrap(), "a person's\n");

    // A folder that somebody else made is not gonogo's to write over.
    let other = project.root().join("theirs/sample-release-manager");
    std::fs::create_dir_all(&other).unwrap();
    std::fs::write(other.join("SKILL.md"), "theirs\n").unwrap();
    project.run(&["skill", "install", "--dir", "theirs"]).exits(1);
    assert_eq!(std::fs::read_dir(&other).unwrap().count(), 1);
    assert_eq!(std::fs::read_to_string(other.join("SKILL.md")).unwrap(), "theirs\n");
}
