//! One run: a fresh clone, the commands in turn, then the artifacts.

use super::collect::{collect, unpack};
pub(super) use super::runs::Order;
use super::runs::{Ended, artifacts_of, end};
use super::start::Surroundings;
use super::workflow::{Artifacts, Work};
use crate::github::StoredStep;
use gonogo_world::process::{Cancel, Captured, Environment, Invocation, run as run_process};
use gonogo_world::tools;
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// Carries a run out and ends it, whatever happens.
pub(super) async fn carry_out(surroundings: Arc<Surroundings>, order: Order, cancel: Cancel) {
    let mut run = Running { surroundings: &surroundings, order: &order, cancel: &cancel, steps: Vec::new() };
    let done = run.work().await;
    let (conclusion, artifacts) = match done {
        Ok(artifacts) => ("success", artifacts),
        Err(Stopped) => ("failure", Vec::new()),
    };
    let ended = Ended { conclusion: conclusion.to_owned(), steps: run.steps, artifacts };
    let mut state = surroundings.state.lock().unwrap_or_else(PoisonError::into_inner);
    end(&mut state, &order, ended);
}

/// The run ends here; its last step says why.
struct Stopped;

struct Running<'a> {
    surroundings: &'a Surroundings,
    order: &'a Order,
    cancel: &'a Cancel,
    steps: Vec<StoredStep>,
}

impl Running<'_> {
    async fn work(&mut self) -> Result<Vec<(String, Vec<crate::http::archive::File>)>, Stopped> {
        let Work::Commands { commands, environment, artifacts, has_metadata, tag_input, timeout } =
            &self.order.workflow.work
        else {
            return Err(self.stop("start", "nothing to run"));
        };
        let tag = self.tag(tag_input.as_deref());
        let folder = self.fresh_clone().await?;
        let environment = self.environment(environment, &tag);
        for command in commands {
            let words = self.filled_in(command, &tag)?;
            self.command(&words, &folder, &environment, *timeout).await?;
        }
        self.keep(&folder, artifacts, has_metadata.then_some(tag.as_str()))
    }

    fn stop(&mut self, step: &str, why: &str) -> Stopped {
        let log = format!("{why}\n");
        self.steps.push(StoredStep { name: step.to_owned(), conclusion: "failure".to_owned(), log });
        Stopped
    }

    /// The tag that the run is of, or is given; empty where there is none.
    fn tag(&self, input: Option<&str>) -> String {
        let given = input.and_then(|name| self.order.inputs.get(name)).and_then(Value::as_str);
        let branch = self.order.run.head_branch.as_deref().unwrap_or_default();
        let mut state = self.surroundings.state.lock().unwrap_or_else(PoisonError::into_inner);
        let refs = &state.repository(&self.order.workflow.repository).refs;
        let is_tag = refs.contains_key(&format!("tags/{branch}"));
        given.or_else(|| is_tag.then_some(branch)).unwrap_or_default().to_owned()
    }

    fn version<'t>(&self, tag: &'t str) -> &'t str {
        tag.strip_prefix(self.surroundings.tag_prefix.as_str()).unwrap_or(tag)
    }

    fn folder(&self) -> PathBuf {
        let run = &self.order.run;
        self.surroundings.folder.join(format!("{}-{}", run.id, run.attempt))
    }

    async fn fresh_clone(&mut self) -> Result<PathBuf, Stopped> {
        let Some(remote) = self.surroundings.remotes.get(&self.order.workflow.repository) else {
            return Err(self.stop("checkout", "the repository has no git remote"));
        };
        let (name, from) = (self.order.workflow.repository.replace('/', "-"), remote.path.clone());
        let folder = self.folder();
        let clone = folder.join(name);
        if let Err(error) = std::fs::create_dir_all(&folder) {
            return Err(self.stop("checkout", &error.to_string()));
        }
        let git = self.surroundings.remotes.git.ended_by(self.cancel);
        let words = [OsStr::new("clone"), OsStr::new("--quiet"), OsStr::new("--no-checkout")];
        let cloned = git.run(&folder, words.into_iter().chain([from.as_os_str(), clone.as_os_str()])).await;
        if let Err(error) = cloned {
            return Err(self.stop("checkout", &error.to_string()));
        }
        let commit = self.order.run.head_sha.as_str();
        match git.run(&clone, ["checkout", "--quiet", "--detach", commit]).await {
            Ok(_) => {
                let log = format!("checked out {commit}\n");
                self.steps.push(StoredStep {
                    name: "checkout".to_owned(),
                    conclusion: "success".to_owned(),
                    log,
                });
                Ok(clone)
            }
            Err(error) => Err(self.stop("checkout", &error.to_string())),
        }
    }

    fn environment(&self, more: &[(String, String)], tag: &str) -> Environment {
        let run = &self.order.run;
        let mut environment = self.surroundings.environment.clone();
        let own = [
            ("CI", "true"),
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_REPOSITORY", self.order.workflow.repository.as_str()),
            ("GITHUB_SHA", run.head_sha.as_str()),
            ("GITHUB_EVENT_NAME", run.event.as_str()),
            ("GITHUB_REF_NAME", run.head_branch.as_deref().unwrap_or_default()),
            ("RELEASE_TAG", tag),
        ];
        for (name, value) in own {
            environment = environment.with(name, value);
        }
        environment = environment.with("GITHUB_RUN_ID", run.id.to_string());
        more.iter().fold(environment, |environment, (name, value)| environment.with(name, value))
    }

    fn filled_in(&mut self, command: &[String], tag: &str) -> Result<Vec<String>, Stopped> {
        let mut words = Vec::new();
        for word in command {
            let mut word = word.replace("{version}", self.version(tag)).replace("{tag}", tag);
            if word.contains("{artifacts}") {
                let folder = self.artifacts(tag)?;
                word = word.replace("{artifacts}", &folder.to_string_lossy());
            }
            let Work::Commands { .. } = &self.order.workflow.work else { continue };
            words.push(self.with_inputs(&word));
        }
        Ok(words)
    }

    /// Values stand where they are put in: what looks like a name in one of them stays as it is.
    fn with_inputs(&self, word: &str) -> String {
        const OPEN: &str = "{inputs.";
        let mut out = String::new();
        let mut rest = word;
        while let Some((before, after)) = rest.split_once(OPEN) {
            let Some((name, behind)) = after.split_once('}') else { break };
            out.push_str(before);
            match self.order.inputs.get(name) {
                Some(Value::String(text)) => out.push_str(text),
                Some(other) => out.push_str(&other.to_string()),
                None => {}
            }
            rest = behind;
        }
        out.push_str(rest);
        out
    }

    /// Unpacks the artifacts of the build for this tag.
    fn artifacts(&mut self, tag: &str) -> Result<PathBuf, Stopped> {
        let folder = self.folder().join("artifacts");
        if folder.exists() {
            return Ok(folder);
        }
        let found = {
            let mut state = self.surroundings.state.lock().unwrap_or_else(PoisonError::into_inner);
            artifacts_of(&mut state, &self.order.workflow.repository, tag)
        };
        let Some(found) = found else {
            return Err(self.stop("artifacts", &format!("there is no successful build of the tag `{tag}`")));
        };
        for artifact in found {
            if let Err(error) = unpack(&folder.join(&artifact.name), &artifact.files) {
                return Err(self.stop("artifacts", &error.to_string()));
            }
        }
        Ok(folder)
    }

    async fn command(
        &mut self,
        words: &[String],
        folder: &Path,
        environment: &Environment,
        timeout: Duration,
    ) -> Result<(), Stopped> {
        let Some((program, arguments)) = words.split_first() else {
            return Err(self.stop("run", "a command without a program"));
        };
        let search = environment.get("PATH").unwrap_or_default();
        let found = match tools::resolve(program, folder, search, None) {
            Ok(found) => found,
            Err(error) => return Err(self.stop(program, &error.to_string())),
        };
        let mut invocation = Invocation::tool(&found.path, folder, environment.clone()).args(arguments);
        invocation.timeout = timeout;
        match run_process(&invocation, self.cancel).await {
            Ok(captured) => {
                let is_done = captured.succeeded();
                let conclusion = if is_done { "success" } else { "failure" };
                let step = StoredStep {
                    name: program.rsplit('/').next().unwrap_or(program).to_owned(),
                    conclusion: conclusion.to_owned(),
                    log: log_of(words, &captured),
                };
                self.steps.push(step);
                if is_done { Ok(()) } else { Err(Stopped) }
            }
            Err(error) => Err(self.stop(program, &error.to_string())),
        }
    }

    fn keep(
        &mut self,
        folder: &Path,
        artifacts: &[Artifacts],
        metadata_of: Option<&str>,
    ) -> Result<Vec<(String, Vec<crate::http::archive::File>)>, Stopped> {
        let mut kept = Vec::new();
        for artifact in artifacts {
            match collect(folder, artifact) {
                Ok(found) => kept.push(found),
                Err(why) => return Err(self.stop("upload", &why)),
            }
        }
        if let Some(tag) = metadata_of {
            let run = &self.order.run;
            let metadata = json!({
                "tag": tag,
                "version": self.version(tag),
                "source_sha": run.head_sha,
                "source_ref": format!("refs/tags/{tag}"),
                "source_run_id": run.id.to_string(),
                "source_workflow": self.order.workflow.name,
            });
            let file = ("metadata.json".to_owned(), format!("{metadata:#}\n").into_bytes());
            kept.push(("release-metadata".to_owned(), vec![file]));
        }
        Ok(kept)
    }
}

fn log_of(words: &[String], captured: &Captured) -> String {
    let (out, err) = (captured.stdout.text(), captured.stderr.text());
    format!("$ {}\n{out}{err}{:?}\n", words.join(" "), captured.end)
}
