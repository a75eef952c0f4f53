//! The tools of a plan: resolved once, to absolute paths outside the checkout, with digest and version.

use super::Ground;
use gonogo_core::gate::Judged;
use gonogo_core::plan::{Plan, Tool};
use gonogo_core::release::ResolvedTool;
use gonogo_core::text;
use gonogo_core::verdict::Reason;
use gonogo_world::process::{Cancel, Environment, Invocation, run};
use gonogo_world::tools;
use semver::Version;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// What is wrong with a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// Why, as a verdict says it: `tool-missing`, `tool-too-old`, `not-run`.
    pub reason: Reason,
    /// What is wrong, in one line, with the tool's name.
    pub message: String,
}

impl Lack {
    /// A tool that is not there.
    pub const fn missing(message: String) -> Self {
        Self { reason: Reason::ToolMissing, message }
    }

    /// The verdict of a check that lacks it.
    pub fn judged(&self) -> Judged {
        Judged::incomplete(self.reason, &self.message)
    }
}

/// The tools of a plan.
#[derive(Clone, Debug, Default)]
pub struct Toolbox {
    /// Those that are there.
    pub found: BTreeMap<String, ResolvedTool>,
    /// What is wrong with the others.
    pub lacking: BTreeMap<String, Lack>,
    /// What the plan says of tools.
    pub declared: Vec<Tool>,
}

impl Toolbox {
    /// Resolves every tool that the plan declares or its checks call. `PATH` is the environment's. Each is asked for its version
    /// in a checkout's root or a clean room, and is in neither.
    pub async fn of_checks(plan: &Plan, checkout: &Path, environment: &Environment, cancel: &Cancel) -> Self {
        Self::resolve(&plan.tool_names(), &plan.tools, checkout, environment, cancel).await
    }

    /// Resolves tools by name; `declared` are those of which the plan says more.
    pub async fn resolve(
        names: &[&str],
        declared: &[Tool],
        checkout: &Path,
        environment: &Environment,
        cancel: &Cancel,
    ) -> Self {
        let mut toolbox = Self { declared: declared.to_vec(), ..Self::default() };
        let search = environment.get("PATH").unwrap_or_default();
        let mut paths = BTreeMap::new();
        let ground = Ground::at(checkout);
        for name in names.iter().copied() {
            match tools::find(name, search, Some(checkout)) {
                Ok(path) if ground.holds(&path) => {
                    let message = format!(
                        "`{name}` is on PATH only where the project's own files are, at {}",
                        path.display()
                    );
                    toolbox.lacking.insert(name.to_owned(), Lack::missing(message));
                }
                Ok(path) => {
                    paths.insert(name.to_owned(), path);
                }
                Err(error) => {
                    toolbox.lacking.insert(name.to_owned(), Lack::missing(error.to_string()));
                }
            }
        }
        // Some tools are a hundred MiB: they are read on a thread of their own while others say their version.
        let reading = tokio::task::spawn_blocking({
            let paths = paths.clone();
            move || -> Vec<_> { paths.values().map(|path| tools::digest_file(path)).collect() }
        });
        // One after the other, since the first call of some tools sets them up.
        let mut versions = Vec::new();
        for (name, path) in &paths {
            versions.push(match declared.iter().find(|tool| tool.name == *name) {
                Some(declared) => version(declared, path, checkout, environment, cancel).await.map(Some),
                // Its digest is the proxy's, whichever toolchain is behind it: only it can tell. Where it cannot, the
                // check that calls it will show why.
                None if tools::is_toolchain_proxy(name, path) => {
                    let asked = Tool {
                        name: name.clone(),
                        minimum: None,
                        version_arguments: vec!["--version".into()],
                    };
                    Ok(version(&asked, path, checkout, environment, cancel).await.ok())
                }
                None => Ok(None),
            });
        }
        let digests = match reading.await {
            Ok(digests) => digests,
            Err(error) => paths.iter().map(|_| Err(std::io::Error::other(error.to_string()))).collect(),
        };
        for (((name, path), version), digest) in paths.into_iter().zip(versions).zip(digests) {
            let digest = digest.map_err(|error| Lack::missing(format!("`{name}` cannot be read: {error}")));
            let path = path.display().to_string();
            match digest.and_then(|digest| Ok(ResolvedTool { path, digest, version: version? })) {
                Ok(tool) => {
                    toolbox.found.insert(name, tool);
                }
                Err(lack) => {
                    toolbox.lacking.insert(name, lack);
                }
            }
        }
        toolbox
    }
}

/// What a tool says of its version, where that is enough for the plan.
async fn version(
    declared: &Tool,
    path: &Path,
    checkout: &Path,
    environment: &Environment,
    cancel: &Cancel,
) -> Result<String, Lack> {
    let name = &declared.name;
    let mut invocation =
        Invocation::tool(path, checkout, environment.clone()).args(&declared.version_arguments);
    invocation.timeout = Duration::from_secs(20);
    let answer = run(&invocation, cancel)
        .await
        .map_err(|error| Lack::missing(format!("`{name}` does not start: {error}")))?;
    let said = format!("{}\n{}", answer.stdout.text(), answer.stderr.text());
    let line = text::one_line(said.lines().find(|line| !line.trim().is_empty()).unwrap_or_default());
    if !answer.succeeded() {
        return Err(Lack::missing(format!(
            "`{name} {}` fails: {line}",
            declared.version_arguments.join(" ")
        )));
    }
    if let Some(minimum) = &declared.minimum {
        match first_version(&said) {
            Some(version) if version >= *minimum => {}
            Some(version) => {
                let message = format!("`{name}` is {version}, and the plan asks for {minimum} or newer");
                return Err(Lack { reason: Reason::ToolTooOld, message });
            }
            None => {
                let message = format!("`{name}` does not say its version: {line}");
                return Err(Lack { reason: Reason::ToolTooOld, message });
            }
        }
    }
    Ok(line)
}

/// The first thing in a text that looks like a version of two or three numbers.
fn first_version(text: &str) -> Option<Version> {
    text.split(|c: char| c.is_whitespace() || "(),;".contains(c)).find_map(|word| {
        let word = word.trim_start_matches(|c: char| !c.is_ascii_digit());
        let numbers: String = word.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        let mut parts = numbers.trim_end_matches('.').split('.').map(str::parse::<u64>);
        let (major, minor) = (parts.next()?.ok()?, parts.next()?.ok()?);
        Some(Version::new(major, minor, parts.next().and_then(Result::ok).unwrap_or(0)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_in_what_tools_say_of_themselves() {
        for (said, version) in [
            ("git version 2.39.5", (2, 39, 5)),
            ("go version go1.26.8 linux/amd64", (1, 26, 8)),
            ("v20.20.2", (20, 20, 2)),
            ("cargo 1.95.0 (f2d3ce0bd 2026-03-21)", (1, 95, 0)),
            ("just 1.59", (1, 59, 0)),
        ] {
            assert_eq!(first_version(said), Some(Version::new(version.0, version.1, version.2)), "{said}");
        }
        assert_eq!(first_version("no version 7 here"), None);
    }
}
