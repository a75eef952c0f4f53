//! The events of `go test -json`, one JSON object a line (`go doc test2json`).
//!
//! Every package and test that started has ended, except tests inside a package that failed; an action that is not known
//! makes the output unreadable. What a test prints is inside an event's `Output` and cannot look like one.

use super::go_test::{End, Run};
use super::lines::{Lines, group, pattern, shown};
use super::{Unread, strict_json};
use regex::Regex;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

static FAILED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^FAIL\t(\S+)(?:\t[0-9.]+s)?(?: \[(build failed|setup failed)\])?$"));
static CACHED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^ok  \t\S+\t\(cached\)"));

pub(super) fn run(stdout: &Lines<'_>) -> Result<Run, Unread> {
    let mut events = Events::default();
    for line in stdout.iter().filter(|line| !line.trim().is_empty()) {
        if line.starts_with('{') {
            events.take(&strict_json::parse(line.as_bytes())?)?;
        } else {
            events.plain(line);
        }
    }
    events.end()
}

#[derive(Default)]
struct Events {
    run: Run,
    packages: BTreeMap<String, Option<End>>,
    running: BTreeSet<(String, String)>,
    broken_builds: BTreeSet<String>,
}

impl Events {
    /// A line that is no event. What tests print is inside events, so these are of the go command (before Go 1.22 a package that
    /// does not build) or of what ran it.
    fn plain(&mut self, line: &str) {
        if let Some(found) = FAILED.captures(line) {
            let why = if group(&found, 2) == "setup failed" {
                "it could not be set up"
            } else {
                "it does not build"
            };
            self.run.failed_packages.insert(group(&found, 1).to_owned(), why.to_owned());
        } else {
            self.run.build_output.push(line.to_owned());
            if self.run.notes.len() < 3 && line != "FAIL" {
                self.run.notes.push(shown(&format!("between the events stands: {line}")));
            }
        }
    }

    fn take(&mut self, event: &Value) -> Result<(), Unread> {
        let action = strict_json::text(event, "/Action")?;
        let text = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
        match action {
            "build-output" => self.run.build_output.push(text("Output").to_owned()),
            "build-fail" => {
                let import = strict_json::text(event, "/ImportPath")?;
                self.broken_builds.insert(import.split(' ').next().unwrap_or(import).to_owned());
            }
            "output" if event.get("Test").is_none() && CACHED.is_match(text("Output")) => {
                self.run.cached.insert(strict_json::text(event, "/Package")?.to_owned());
            }
            "output" | "pause" | "cont" | "attr" | "artifacts" => {}
            // Up to Go 1.19 a benchmark ends with `bench`, later with nothing.
            "bench" => {}
            "start" | "run" | "pass" | "fail" | "skip" => {
                let package = strict_json::text(event, "/Package")?.to_owned();
                match event.get("Test") {
                    None => self.package(package, action, text("FailedBuild"))?,
                    Some(_) => self.test(package, strict_json::text(event, "/Test")?, action)?,
                }
            }
            _ => return Err(Unread::unreadable(format!("an unknown action: {}", shown(action)))),
        }
        Ok(())
    }

    fn package(&mut self, package: String, action: &str, failed_build: &str) -> Result<(), Unread> {
        let state = self.packages.get(&package).copied();
        let end = end_of(action);
        match (state, end) {
            (None, None) if action == "start" => {}
            // Before Go 1.20 there is no `start`.
            (None | Some(None), Some(end)) => {
                if end == End::Fail {
                    let why = if failed_build.is_empty() { "" } else { "it does not build" };
                    self.run.failed_packages.insert(package.clone(), why.to_owned());
                }
            }
            _ => return Err(contradiction(&package, action)),
        }
        self.packages.insert(package, end);
        Ok(())
    }

    fn test(&mut self, package: String, test: &str, action: &str) -> Result<(), Unread> {
        let name = (package.clone(), test.to_owned());
        let sound = match end_of(action) {
            None => action == "run" && self.running.insert(name),
            Some(end) => {
                self.run.tests.push((package.clone(), test.to_owned(), end));
                self.running.remove(&name)
            }
        };
        let open = !matches!(self.packages.get(&package), Some(Some(_)));
        if !open {
            return Err(contradiction(&package, action));
        }
        self.packages.entry(package).or_insert(None);
        if sound { Ok(()) } else { Err(contradiction(test, action)) }
    }

    fn end(mut self) -> Result<Run, Unread> {
        if let Some((package, _)) = self.packages.iter().find(|(_, end)| end.is_none()) {
            return Err(Unread::unreadable(format!("{} started and did not end", shown(package))));
        }
        let ended_badly = |package: &String| self.packages.get(package) == Some(&Some(End::Fail));
        if let Some((_, test)) = self
            .running
            .iter()
            .find(|(package, test)| !ended_badly(package) && !test.starts_with("Benchmark"))
        {
            return Err(Unread::unreadable(format!("{} started and did not end", shown(test))));
        }
        if self.packages.is_empty() && self.broken_builds.is_empty() && self.run.failed_packages.is_empty() {
            return Err(Unread::unreadable("no package in the output of `go test -json`"));
        }
        for package in self.broken_builds {
            self.run.failed_packages.entry(package).or_insert_with(|| "it does not build".to_owned());
        }
        Ok(self.run)
    }
}

fn end_of(action: &str) -> Option<End> {
    match action {
        "pass" => Some(End::Pass),
        "fail" => Some(End::Fail),
        "skip" => Some(End::Skip),
        _ => None,
    }
}

fn contradiction(name: &str, action: &str) -> Unread {
    Unread::unreadable(format!("`{action}` of {} stands where it cannot", shown(name)))
}
