//! The sample, released by its own workflows in a private world of which one registry is somebody else's server.

use crate::support::{Project, Ran, says, test_tools};
use gonogo_core::delivery::{Channel, Expected, Level, judge};
use gonogo_sandbox::sample::{self, Binding};
use gonogo_sandbox::{PrivateWorld, Work};
use gonogo_world::http::{Http, Limits, Patience};
use gonogo_world::process::{Cancel, Environment};
use gonogo_world::registry::{Configuration, Depth, Registries, Wanted};
use semver::Version;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use tokio::runtime::{Builder, Runtime};

const REPOSITORY: &str = "octo/tally";
const GATE: &str = "\n[policy]\nrequired-gates = [6]\n\n[[gates]]\nid = 6\nname = \"API\"\n\n[[gates.checks]]\nid = \"versions\"\nkind = \"versions\"\n";

/// Variables by which clients are led to a server.
pub type Led = BTreeMap<String, String>;

pub struct Release {
    pub project: Project,
    pub led: Led,
    channel: Channel,
    world: PrivateWorld,
}

impl Release {
    /// A project whose v0.1.0 its client has published, and whose v0.2.0 is ready for one channel.
    pub fn begun(project: Project, channel: Channel, bindings: &[Binding], led: Led) -> Self {
        sample::write(&project.root(), "0.2.0", bindings).unwrap();
        sample::mend(&project.root()).unwrap();
        project.write("gonogo.toml", plan(channel.name(), bindings));
        project.commit("Lose no count");
        let commit = project.git(&["rev-parse", "HEAD"]).trim().to_owned();
        let mut spec = sample::spec(REPOSITORY, "octo/homebrew-tap", &project.root(), &commit, "0.1.0");
        for workflow in &mut spec.workflows {
            if let Work::Commands { environment, .. } = &mut workflow.work {
                environment.extend(led.clone());
                environment.push(("PATH".to_owned(), search_path()));
            }
        }
        let world = runtime().block_on(PrivateWorld::start(&project.beside("world"), spec)).unwrap();
        let release = Self { project, led, channel, world };
        release.publish_older(bindings);
        release
    }

    /// Publishes v0.1.0, packed as a release is.
    fn publish_older(&self, bindings: &[Binding]) {
        let older = self.project.beside("older");
        sample::write(&older, "0.1.0", bindings).unwrap();
        match self.channel {
            Channel::Npm => {
                let package = older.join("bindings/node");
                for notice in ["LICENSE", "THIRD_PARTY_NOTICES.md"] {
                    fs::copy(older.join(notice), package.join(notice)).unwrap();
                }
                self.client_in(&package, "npm", &["publish"]);
            }
            Channel::Pypi => {
                fs::create_dir(older.join("dist")).unwrap();
                self.client_in(&older, "python3", &["bindings/python/backend.py", "dist"]);
                let files = ["dist/tally-0.1.0.tar.gz", "dist/tally-0.1.0-py3-none-any.whl"];
                self.client_in(
                    &older,
                    "twine",
                    &[&["upload", "--disable-progress-bar"], &files[..]].concat(),
                );
            }
            _ => self.client_in(&older, "cargo", &["publish", "--quiet", "--no-verify"]),
        }
    }

    /// Releases v0.2.0, and proves that it was delivered on the one channel that the plan names.
    pub fn goes_live(&self) {
        let remote = format!("https://github.com/{REPOSITORY}.git");
        self.client("git", &["remote", "add", "origin", &remote]);
        self.client("git", &["fetch", "--quiet", "origin"]);
        self.client("git", &["branch", "--quiet", "--set-upstream-to=origin/main", "main"]);
        let run = self.gonogo(&["run", "v0.2.0", "--mode", "live", "--yes", "--json"]).exits(0).json();
        let channels = run["delivery"]["channels"].as_array().unwrap();
        assert_eq!(channels.len(), 1, "{run:#}");
        assert_eq!(channels[0]["judgement"]["reached"], "installs", "{run:#}");
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
        (says(&document, self.channel.name()), document)
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

    /// What `gonogo verify` says when it waits so long.
    #[track_caller]
    pub fn verified(&self, wait: &str, code: i32) -> (String, Value) {
        let arguments = ["verify", "v0.2.0", "--level", "bytes", "--wait", wait, "--json"];
        let document = self.gonogo(&arguments).exits(code).json();
        (says(&document, self.channel.name()), document)
    }

    /// Looks through the library, led as the program is.
    pub fn looks(&self, patience: Patience, limits: Limits) -> Looks {
        let command = self.command(self.project.command("env"));
        let variables = command.get_envs().filter_map(|(name, value)| Some((name, value?)));
        let environment = Environment::allowing([]).with_all(variables);
        let http = Http::new(&environment, patience, 1).unwrap().with_limits(limits);
        let configuration = Configuration::new(environment, &self.project.root());
        let registries = Registries::new(http.clone(), configuration);
        Looks { http, registries, channel: self.channel }
    }

    /// Asserts that a package is proven by itself, without a plan or a ledger.
    #[track_caller]
    pub fn is_proven_by_name(&self, option: &str) {
        let document = self.gonogo(&["audit", option, "tally", "0.2.0", "--json"]).exits(0).json();
        assert_eq!(document["channels"][0]["judgement"]["reached"], "bytes", "{document:#}");
    }
}

/// Looks at what is there, by itself and without a ledger. The clients are asked where to look once.
pub struct Looks {
    http: Http,
    registries: Registries,
    channel: Channel,
}

impl Looks {
    /// What the next one says, down to the bytes.
    pub fn say(&self) -> String {
        self.http.forget();
        let expected = Expected::unrecorded(self.channel, "tally", &Version::new(0, 2, 0));
        let (wanted, cancel) = (Wanted::of(&expected, "v0.2.0"), Cancel::default());
        let seen = runtime().block_on(self.registries.observe(&wanted, Depth::Bytes, &cancel));
        let judgement = judge(&expected, &seen, Level::Bytes);
        says(&json!({ "channels": [{ "judgement": judgement }] }), self.channel.name())
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
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
