//! Steps that are the plan's own commands: each is told to be done by what the plan names, and by nothing else.

use super::incident;
use super::world::{Shape, Stage, code};
use crate::support::{Project, Ran};
use gonogo_sandbox::Service;

/// A plan whose only step after the tag is this command.
fn with_command(project: &Project, keys: &str) {
    let plan = std::fs::read_to_string(project.root().join("gonogo.toml")).unwrap();
    let (before, _) = plan.split_once("[[steps]]\nid = \"build\"").unwrap();
    project.write(
        "gonogo.toml",
        format!("{before}[[steps]]\nkind = \"command\"\nrun = [\"publish-it\"]\n{keys}\n"),
    );
    let done = project.beside("done");
    project.tool("publish-it", &format!("echo once >>'{}'", done.display()));
    project.tool(
        "look",
        &format!("[ -e '{0}.broken' ] && exit 7\n[ -e '{0}' ] && exit 0\nexit 9", done.display()),
    );
}

fn times(stage: &Stage) -> usize {
    std::fs::read_to_string(stage.project.beside("done")).unwrap_or_default().lines().count()
}

#[test]
fn a_repeatable_command_is_carried_out_once_and_is_done_when_it_ended_well() {
    let prepare = |project: &Project| with_command(project, "repeatable = true");
    let stage = Stage::shaped(Shape { prepare, ..Shape::default() });
    stage.project.tool("publish-it", "exit 3");
    let document = stage.run().exits(1).json();
    assert_eq!(code(&document), "command-failed", "{document:#}");
    let blocker = document["stopped"]["blocker"].as_str().unwrap();
    Ran::from(stage.gonogo(&["blocker", "resolve", "v0.2.0", "--id", blocker]).output().unwrap()).exits(0);

    let done = stage.project.beside("done");
    stage.project.tool("publish-it", &format!("echo once >>'{}'", done.display()));
    for _ in 0..2 {
        assert_eq!(stage.run().exits(0).json()["state"], "completed");
        assert_eq!(times(&stage), 1);
    }
}

#[test]
fn a_command_is_done_when_its_observer_says_so_and_not_told_by_any_other_status() {
    let prepare = |project: &Project| {
        with_command(project, "observe = { run = [\"look\"], done = 0, absent = 9 }");
    };
    let stage = Stage::shaped(Shape { prepare, ..Shape::default() });
    let broken = stage.project.beside("done.broken");
    std::fs::write(&broken, "").unwrap();
    let document = stage.run().exits(3).json();
    assert_eq!((code(&document), times(&stage)), ("command-unknown", 0), "{document:#}");
    std::fs::remove_file(broken).unwrap();
    let blocker = document["stopped"]["blocker"].as_str().unwrap();
    Ran::from(stage.gonogo(&["blocker", "resolve", "v0.2.0", "--id", blocker]).output().unwrap()).exits(0);
    for _ in 0..2 {
        assert_eq!(stage.run().exits(0).json()["state"], "completed");
        assert_eq!(times(&stage), 1);
    }
}

#[test]
fn a_version_that_somebody_else_published_is_not_taken_for_ours() {
    let stage = incident::stage();
    let npm = stage
        .project
        .command("npm")
        .envs(stage.world.variables())
        .arg("publish")
        .current_dir(stage.project.root().join("node"))
        .output()
        .unwrap();
    assert!(npm.status.success(), "{npm:?}");
    let puts = || {
        stage
            .world
            .log()
            .iter()
            .filter(|entry| (entry.service, entry.method.as_str()) == (Service::Npm, "PUT"))
            .count()
    };
    assert_eq!(puts(), 1);
    let document = stage.run().exits(4).json();
    assert_eq!(code(&document), "channel-differs", "{document:#}");
    assert_eq!(document["stopped"]["step"], "npm");
    assert_eq!(puts(), 1);
}

#[test]
fn a_command_runs_what_is_built_before_it_and_the_ledger_says_which_program_it_was() {
    let prepare = |project: &Project| {
        with_command(project, "repeatable = true\nbefore = [[\"build-it\", \"{version}\"]]");
        let plan = std::fs::read_to_string(project.root().join("gonogo.toml")).unwrap();
        project.write("gonogo.toml", plan.replace("run = [\"publish-it\"]", "run = [\"made-it\"]"));
        let tools = project.beside("tools");
        let (made, done) =
            (tools.join("made-it").display().to_string(), project.beside("done").display().to_string());
        project.tool(
            "build-it",
            &format!("printf '#!/bin/sh\\necho once >>{done}\\n' >{made}.new && chmod +x {made}.new && mv {made}.new {made}; [ \"$1\" = 0.2.0 ]"),
        );
    };
    let stage = Stage::shaped(Shape { prepare, ..Shape::default() });
    assert_eq!(stage.run().exits(0).json()["state"], "completed");
    assert_eq!(times(&stage), 1);
    let records = String::from_utf8(stage.project.records()).unwrap();
    let program = records
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .find_map(|record| record.pointer("/event/effect-intended/program").cloned())
        .unwrap();
    assert!(program["path"].as_str().unwrap().ends_with("/tools/made-it"), "{program}");
    assert!(program["digest"].as_str().unwrap().starts_with("sha256:"), "{program}");
}
