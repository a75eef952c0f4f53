//! The sample, released by its own workflows in a private world of which one registry is somebody else's server.

use crate::support::{Project, Ran, says, test_tools};
use gonogo_sandbox::sample::{self, Binding};
use gonogo_sandbox::{PrivateWorld, Work};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

const REPOSITORY: &str = "octo/tally";
const GATE: &str = "\n[policy]\nrequired-gates = [6]\n\n[[gates]]\nid = 6\nname = \"API\"\n\n[[gates.checks]]\nid = \"versions\"\nkind = \"versions\"\n";

/// Variables by which clients are led to a server.
pub type Led = BTreeMap<String, String>;

pub struct Release {
    pub project: Project,
    channel: &'static str,
    world: PrivateWorld,
    led: Led,
}

impl Release {
    /// Releases v0.2.0, and proves that it was delivered on the one channel that the plan names.
    pub fn live(project: Project, channel: &'static str, bindings: &[Binding], led: Led) -> Self {
        sample::write(&project.root(), "0.2.0", bindings).unwrap();
        sample::mend(&project.root()).unwrap();
        project.write("gonogo.toml", plan(channel, bindings));
        project.commit("Lose no count");
        let commit = project.git(&["rev-parse", "HEAD"]).trim().to_owned();
        let mut spec = sample::spec(REPOSITORY, "octo/homebrew-tap", &project.root(), &commit, "0.1.0");
        for workflow in &mut spec.workflows {
            if let Work::Commands { environment, .. } = &mut workflow.work {
                environment.extend(led.clone());
                environment.push(("PATH".to_owned(), search_path()));
            }
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let world = runtime.block_on(PrivateWorld::start(&project.beside("world"), spec)).unwrap();
        let release = Self { project, channel, world, led };
        let remote = format!("https://github.com/{REPOSITORY}.git");
        release.client("git", &["remote", "add", "origin", &remote]);
        release.client("git", &["fetch", "--quiet", "origin"]);
        release.client("git", &["branch", "--quiet", "--set-upstream-to=origin/main", "main"]);
        let run = release.gonogo(&["run", "v0.2.0", "--mode", "live", "--yes", "--json"]).exits(0).json();
        let channels = run["delivery"]["channels"].as_array().unwrap();
        assert_eq!(channels.len(), 1, "{run:#}");
        assert_eq!(channels[0]["judgement"]["reached"], "installs", "{run:#}");
        release
    }

    /// Leads the clients to where a server is now.
    pub fn lead(&mut self, led: Led) {
        self.led.extend(led);
    }

    fn command(&self, mut command: Command) -> Command {
        command.env("PATH", search_path());
        command.envs(self.world.variables()).envs(&self.led);
        // Toolchains that are found by a variable in place of the home folder.
        for name in ["RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "PYENV_ROOT", "PYENV_VERSION"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command
    }

    /// A client in the checkout, led as the program is.
    #[track_caller]
    pub fn client(&self, program: &str, arguments: &[&str]) {
        self.client_in(&self.project.root(), program, arguments);
    }

    /// A client in another folder.
    #[track_caller]
    pub fn client_in(&self, folder: &Path, program: &str, arguments: &[&str]) {
        let mut command = self.command(self.project.command(program));
        let output = command.current_dir(folder).args(arguments).output().unwrap();
        assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
    }

    /// The program in the checkout.
    pub fn gonogo(&self, arguments: &[&str]) -> Ran {
        self.command(self.project.gonogo(arguments)).output().unwrap().into()
    }

    /// What an audit by the plan and the ledger says, down to the bytes: in short, and whole.
    #[track_caller]
    pub fn audit(&self, code: i32) -> (String, Value) {
        let document = self.gonogo(&["audit", "v0.2.0", "--json"]).exits(code).json();
        (says(&document, self.channel), document)
    }

    /// Asserts what an audit says.
    #[track_caller]
    pub fn says(&self, wanted: &str) {
        let code = match wanted.split(' ').next() {
            Some("passed") => 0,
            Some("failed") => 1,
            _ => 3,
        };
        let (said, document) = self.audit(code);
        assert_eq!(said, wanted, "{document:#}");
    }

    /// What `gonogo verify` says when it waits for a second.
    #[track_caller]
    pub fn verified(&self, code: i32) -> (String, Value) {
        let arguments = ["verify", "v0.2.0", "--level", "bytes", "--wait", "1s", "--json"];
        let document = self.gonogo(&arguments).exits(code).json();
        (says(&document, self.channel), document)
    }

    /// Asserts that a package is proven by itself, without a plan or a ledger.
    #[track_caller]
    pub fn is_proven_by_name(&self, option: &str) {
        let document = self.gonogo(&["audit", option, "tally", "0.2.0", "--json"]).exits(0).json();
        assert_eq!(document["channels"][0]["judgement"]["reached"], "bytes", "{document:#}");
    }
}

/// The tools of the tests, and then this host's.
pub fn search_path() -> String {
    let (tools, path) = (test_tools(), std::env::var("PATH").unwrap());
    let own = ["bin", "publishers-venv/bin"].map(|place| tools.join(place).display().to_string());
    format!("{}:{path}", own.join(":"))
}

/// The sample's plan with one gate, the steps that build and publish, and one channel.
fn plan(channel: &str, bindings: &[Binding]) -> String {
    let plan = sample::plan(bindings);
    let (gates, steps) = (plan.find("\n[policy]").unwrap(), plan.find("\n[[steps]]").unwrap());
    let others = ["homebrew-formula", "publish-rehearsal", "github-release"];
    let own = format!("channels.{channel}]");
    let kept = plan[steps..].split("\n[").filter(|section| {
        section.starts_with(&own)
            || (section.starts_with("[steps]]") && !others.iter().any(|other| section.contains(other)))
    });
    let kept: String = kept.map(|section| format!("\n[{section}")).collect();
    format!("{}{GATE}{kept}", &plan[..gates])
}
