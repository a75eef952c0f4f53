//! Somebody who runs what `next` says, and does what a person is asked to do only where the test does it.

use crate::release::world::Stage;
use crate::support::{Project, Ran};
use serde_json::Value;
use std::ffi::OsString;

/// More commands than any way has.
const LONG: usize = 20;

/// A follower in a checkout.
pub struct Follower<'a> {
    project: &'a Project,
    variables: Vec<(OsString, OsString)>,
    /// Every command that was run, with its exit code.
    pub ran: Vec<(String, i32)>,
    been: Vec<String>,
}

/// What a document says comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    pub line: String,
    pub kind: String,
    pub first: String,
}

impl Next {
    #[track_caller]
    pub fn of(document: &Value) -> Self {
        let text = |key: &str| {
            document[key].as_str().unwrap_or_else(|| panic!("no `{key}` in {document:#}")).to_owned()
        };
        let first = document["next_first"].as_str().unwrap_or_default().to_owned();
        Self { line: text("next"), kind: text("next_kind"), first }
    }
}

impl<'a> Follower<'a> {
    /// In a project alone.
    pub fn of(project: &'a Project) -> Self {
        project.tool("gonogo", &format!("exec '{}' \"$@\"", env!("CARGO_BIN_EXE_gonogo")));
        Self { project, variables: Vec::new(), ran: Vec::new(), been: Vec::new() }
    }

    /// In a private world.
    pub fn in_world(stage: &'a Stage) -> Self {
        let variables = stage.world.variables();
        Self { variables, ..Self::of(&stage.project) }
    }

    /// Runs one command line of the program, and reads its document.
    #[track_caller]
    pub fn run(&mut self, line: &str) -> Value {
        let mut command = self.project.command("bash");
        command.args(["-c", &format!("{line} --json")]).envs(self.variables.iter().cloned());
        let ran: Ran = command.output().unwrap().into();
        self.ran.push((line.to_owned(), ran.code.unwrap()));
        ran.json()
    }

    /// Runs what comes next, each part where the one before succeeded, and gives the last document.
    #[track_caller]
    pub fn step(&mut self, next: &Next) -> Value {
        let place = format!("{} | {} | {}", next.kind, next.first, next.line);
        assert!(!self.been.contains(&place), "twice at {place}: {:#?}", self.ran);
        assert!(self.been.len() < LONG, "no end of it: {:#?}", self.ran);
        self.been.push(place);
        let mut last = Value::Null;
        for line in next.line.split(" && ") {
            last = self.run(line);
            if self.ran.last().unwrap().1 != 0 {
                break;
            }
        }
        last
    }

    /// Follows what comes next from a document on. `person` does what a person is asked to do, and says what is added to the
    /// command after it; `None` where it is left undone, and the way ends.
    #[track_caller]
    pub fn follow(&mut self, from: Value, mut person: impl FnMut(&Next) -> Option<&'static str>) -> Value {
        let mut document = from;
        loop {
            let next = Next::of(&document);
            let added = match next.kind.as_str() {
                "nothing" => return document,
                "command" => "",
                _ => match person(&next) {
                    Some(added) => added,
                    None => return document,
                },
            };
            assert!(!next.line.is_empty(), "{document:#}");
            document = self.step(&Next { line: format!("{}{added}", next.line), ..next });
        }
    }

    /// Where the release stands.
    #[track_caller]
    pub fn status(&mut self) -> Value {
        self.run("gonogo status v0.2.0")
    }

    /// The words of each command that was run, without the program's name and its target.
    pub fn verbs(&self) -> Vec<String> {
        let words = |line: &String| line.replace("gonogo ", "").replace(" v0.2.0", "");
        self.ran.iter().map(|(line, _)| words(line)).collect()
    }
}
