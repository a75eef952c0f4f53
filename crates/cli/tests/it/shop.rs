//! The sample, ready to be released into a private world by the real clients.

use crate::support::{Project, Ran, test_tools};
use gonogo_sandbox::sample::{self, Binding};
use gonogo_sandbox::{Fault, FaultKind, Matcher, PrivateWorld, Service};
use std::process::Command;

pub const REPOSITORY: &str = "octo/tally";
const BINDINGS: [Binding; 3] = [Binding::Python, Binding::Node, Binding::Go];
pub const REGISTRIES: [(Service, &str); 4] =
    [(Service::Cargo, "crates-io"), (Service::Npm, "npm"), (Service::Pypi, "pypi"), (Service::Go, "go")];

/// A project with its world.
pub struct Shop {
    pub project: Project,
    pub world: PrivateWorld,
}

impl Shop {
    /// Ready in every respect, with nothing published yet.
    pub fn opened() -> Self {
        let project = Project::unborn();
        sample::write(&project.root(), "0.2.0", &BINDINGS).unwrap();
        sample::mend(&project.root()).unwrap();
        // What the gates say is proven elsewhere: here the channels are.
        let plan = sample::plan(&BINDINGS);
        let gates = plan.find("\n[policy]").unwrap()..plan.find("\n[[steps]]").unwrap();
        let few = "\n[policy]\nrequired-gates = [6]\n\n[[gates]]\nid = 6\nname = \"API\"\n\n[[gates.checks]]\nid = \"versions\"\nkind = \"versions\"\n";
        project.write("gonogo.toml", format!("{}{few}{}", &plan[..gates.start], &plan[gates.end..]));
        project.commit("Lose no count");
        let commit = project.git(&["rev-parse", "HEAD"]).trim().to_owned();
        let spec = sample::spec(REPOSITORY, "octo/homebrew-tap", &project.root(), &commit, "0.1.0");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let world = runtime.block_on(PrivateWorld::start(&project.beside("world"), spec)).unwrap();
        let shop = Self { project, world };
        shop.git(&["remote", "add", "origin", &format!("https://github.com/{REPOSITORY}.git")]);
        shop.git(&["fetch", "--quiet", "origin"]);
        shop.git(&["branch", "--quiet", "--set-upstream-to=origin/main", "main"]);
        shop
    }

    /// Releases it, live, and gives what was said.
    pub fn release(&self) -> Ran {
        self.gonogo(&["run", "v0.2.0", "--mode", "live", "--yes", "--json"])
    }

    /// A command whose clients ask in this world.
    pub fn led(&self, mut command: Command) -> Command {
        let path = std::env::var("PATH").unwrap();
        command.env("PATH", format!("{}:{path}", test_tools().join("bin").display()));
        command.envs(self.world.variables());
        // Toolchains that are found by a variable in place of the home folder.
        for name in ["RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "PYENV_ROOT", "PYENV_VERSION"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command
    }

    pub fn git(&self, arguments: &[&str]) {
        let mut command = self.led(self.project.command("git"));
        let output = command.args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    pub fn gonogo(&self, arguments: &[&str]) -> Ran {
        self.led(self.project.gonogo(arguments)).output().unwrap().into()
    }

    /// Looks again, for a second, down to the bytes.
    pub fn verify(&self) -> Ran {
        self.gonogo(&["verify", "v0.2.0", "--level", "bytes", "--wait", "1s", "--json"])
    }

    pub fn fault(&self, service: Service, path: &str, trouble: FaultKind) {
        self.world
            .fault(service, Fault::always(Matcher { path: path.to_owned(), ..Matcher::any() }, trouble));
    }

    pub fn everywhere(&self, trouble: impl Fn() -> FaultKind) {
        for (service, _) in REGISTRIES {
            self.fault(service, "", trouble());
        }
    }

    pub fn calm(&self) {
        for (service, _) in REGISTRIES {
            self.world.calm(service);
        }
        self.world.calm(Service::Github);
    }
}
