//! The agent: SKILL.md's workflow as it is rendered, and the decisions that it asks for. A command that is not in the text
//! any more, or has other words, breaks the drill.

use crate::release::world::{REPOSITORY, Stage};
use crate::support::{Ran, Running};
use serde_json::Value;
use std::process::Command;

/// Where an agent ends that follows the workflow.
#[derive(Debug)]
pub enum End {
    /// A tool, a login or a precondition is missing.
    NotReady(Value),
    /// The poll refused clearance.
    Blocked(Value),
    /// The dry run went through, and no more was asked for.
    Rehearsed,
    /// A run ended before its last step.
    Stopped(Value),
    /// Every channel serves the release.
    Delivered,
    /// A channel does not, or could not be told.
    Undelivered(Value),
}

/// An agent with its four inputs.
pub struct Agent<'a> {
    stage: &'a Stage,
    steps: Vec<Vec<String>>,
    mode: &'static str,
    variables: Vec<(&'static str, &'static str)>,
    /// The commands that it ran, in order, with their exit codes.
    pub ran: Vec<(String, i32)>,
}

impl<'a> Agent<'a> {
    /// An agent that was told a mode.
    pub fn told(stage: &'a Stage, mode: &'static str) -> Self {
        let project = &stage.project;
        project.tool("gonogo", &format!("exec '{}' \"$@\"", env!("CARGO_BIN_EXE_gonogo")));
        if stage.git(&["tag", "--list", "v0.1.0"]).is_empty() {
            // It is out for long: made where it is, and fetched, so that nothing is pushed here.
            stage.remote(REPOSITORY, &["tag", "-a", "-m", "Release v0.1.0", "v0.1.0", "main"]);
            stage.git(&["fetch", "--quiet", "origin", "tag", "v0.1.0"]);
        }
        let skills = project.beside("skills");
        let out = skills.to_str().unwrap();
        Ran::from(stage.gonogo(&["skill", "render", "--out", out]).output().unwrap()).exits(0);
        let text = std::fs::read_to_string(skills.join("sample-release-manager/SKILL.md")).unwrap();
        let steps = workflow(&text);
        assert_eq!(steps.len(), 4, "the workflow has four steps: {text}");
        Self { stage, steps, mode, variables: Vec::new(), ran: Vec::new() }
    }

    /// The same in an environment with one more variable.
    pub fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.push((name, value));
        self
    }

    /// Every command of the workflow, in its order.
    pub fn workflow(&self) -> Vec<String> {
        self.steps.concat()
    }

    /// The script of the skill's folder.
    pub fn script(&self) -> std::path::PathBuf {
        self.stage.project.beside("skills/sample-release-manager/scripts/file_release_blocker.sh")
    }

    /// A shell in the checkout, with the four inputs as SKILL.md names them.
    pub fn shell(&self, line: &str) -> Command {
        let mut command = self.stage.project.command("bash");
        command.args(["-c", line]).envs(self.stage.world.variables()).envs(self.variables.iter().copied());
        command.env("release_target", "v0.2.0").env("base_tag", "v0.1.0");
        command.env("agent", "drill@host").env("mode", self.mode);
        command
    }

    /// The one command of a step that begins with these words.
    #[track_caller]
    pub fn line(&self, step: usize, words: &str, part: &str) -> String {
        let lines: Vec<&String> = self.steps[step - 1]
            .iter()
            .filter(|line| line.starts_with(words) && line.contains(part))
            .collect();
        assert_eq!(lines.len(), 1, "step {step} has no one `{words} {part}`: {:#?}", self.steps[step - 1]);
        lines[0].clone()
    }

    /// Starts a command of the workflow.
    pub fn start(&self, line: &str) -> Running {
        Running::start(&mut self.shell(line))
    }

    /// Runs a command of the workflow, and reads its document.
    #[track_caller]
    pub fn run(&mut self, step: usize, words: &str, part: &str) -> Value {
        let line = self.line(step, words, part);
        let ran: Ran = self.shell(&line).output().unwrap().into();
        self.ran.push((line, ran.code.unwrap()));
        ran.json()
    }

    /// Follows the workflow to its end.
    #[track_caller]
    pub fn follow(&mut self) -> End {
        let status = self.run(1, "gonogo status", "");
        match status["state"].as_str().unwrap() {
            "releasing" | "stopped" => return self.release(),
            "released" | "delivered" => return self.verify(),
            _ => {}
        }
        let doctor = self.run(1, "gonogo doctor", "");
        if doctor["healthy"] != true {
            return End::NotReady(doctor);
        }
        let prepared = self.run(1, "gonogo prepare", "");
        if prepared["ready"] != true {
            return End::NotReady(prepared);
        }
        let polled = self.run(2, "gonogo poll", "");
        if polled["clearance"] != "granted" {
            return End::Blocked(polled);
        }
        let rehearsed = self.run(3, "gonogo run", "--mode dry-run");
        if rehearsed["state"] != "completed" {
            return End::Stopped(rehearsed);
        }
        if self.mode == "dry-run" { End::Rehearsed } else { self.release() }
    }

    /// The live command of the third step, and what follows it.
    #[track_caller]
    pub fn release(&mut self) -> End {
        assert_eq!(self.mode, "live");
        let released = self.run(3, "gonogo run", "--mode live --yes");
        if released["state"] == "completed" { self.verify() } else { End::Stopped(released) }
    }

    #[track_caller]
    fn verify(&mut self) -> End {
        for line in self.steps[3].clone() {
            let ran: Ran = self.shell(&line).output().unwrap().into();
            let document = ran.json();
            let verdict = if line.starts_with("gonogo verify") {
                &document["delivery"]["verdict"]
            } else {
                &document["verdict"]
            };
            let is_passed = verdict == "passed";
            self.ran.push((line, ran.code.unwrap()));
            if !is_passed {
                return End::Undelivered(document);
            }
        }
        assert!(!self.steps[3].is_empty());
        End::Delivered
    }

    /// What `gonogo explain` says of a code: there has to be something.
    #[track_caller]
    pub fn explain(&self, code: &str) -> Value {
        let ran: Ran = self.shell(&format!("gonogo explain '{code}' --json")).output().unwrap().into();
        let document = ran.exits(0).json();
        assert!(!document["entries"].as_array().unwrap().is_empty());
        document
    }

    /// Where the release is, for somebody who comes in the middle.
    #[track_caller]
    pub fn status(&self) -> Value {
        let ran: Ran = self.shell(&self.line(1, "gonogo status", "")).output().unwrap().into();
        ran.json()
    }
}

/// The command lines of each step of the workflow, from the text.
fn workflow(text: &str) -> Vec<Vec<String>> {
    let (_, rest) = text.split_once("\n## Workflow\n").unwrap();
    let part = rest.split("\n## ").next().unwrap();
    part.split("\n### ").skip(1).map(commands).collect()
}

fn commands(step: &str) -> Vec<String> {
    let fenced = step.split("```bash\n").skip(1).map(|rest| rest.split("\n```").next().unwrap());
    fenced.flat_map(|block| block.lines().map(str::to_owned)).collect()
}
