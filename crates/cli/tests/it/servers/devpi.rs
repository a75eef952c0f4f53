//! devpi, a Python package index that speaks JSON: uploaded to by twine, changed by its own client.

use super::faults::{Served, document};
use super::relay::{Relay, Times};
use super::release::{Led, Release, search_path};
use super::server::Server;
use super::way::Way;
use crate::support::{Project, test_tool};
use gonogo_core::delivery::Channel;
use gonogo_sandbox::sample::Binding;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const WHEEL: &str = "tally-0.2.0-py3-none-any.whl";
const OLDER_WHEEL: &str = "tally-0.1.0-py3-none-any.whl";
const INDEX: &str = "/root/dev/+simple/tally/";

struct Devpi {
    folder: PathBuf,
    server: Server,
}

impl Devpi {
    /// A server with one index of its own, which has no other below it.
    fn start(folder: PathBuf, project: &Project) -> Self {
        fs::create_dir(&folder).unwrap();
        let led = |program: &str| {
            let mut command = project.command(test_tool("servers/python-venv/bin").join(program));
            command.env("PATH", search_path()).env("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring");
            command
        };
        let at = folder.join("server");
        let made = led("devpi-init").args(["--no-root-pypi", "--serverdir"]).arg(&at).output().unwrap();
        assert!(made.status.success(), "{made:?}");
        let server = Server::start(&folder.join("log"), "/+api", |port| {
            let mut command = led("devpi-server");
            command.args(["--host", "127.0.0.1", "--port", &port.to_string(), "--serverdir"]).arg(&at);
            command
        });
        let devpi = Self { folder, server };
        devpi.ask(project, &["use", &devpi.server.base()]);
        devpi.ask(project, &["login", "root", "--password="]);
        devpi.ask(project, &["index", "-c", "dev", "bases=", "volatile=True"]);
        devpi.ask(project, &["use", "root/dev"]);
        devpi
    }

    #[track_caller]
    fn ask(&self, project: &Project, arguments: &[&str]) {
        let mut command: Command = project.command(test_tool("servers/python-venv/bin").join("devpi"));
        command.env("PATH", search_path()).args(arguments).arg("--clientdir").arg(self.folder.join("client"));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    }

    /// Removes one file.
    #[track_caller]
    fn remove(&self, project: &Project, name: &str) {
        self.ask(project, &["remove", "-y", &format!("{}{}", self.server.base(), self.served(name))]);
    }

    /// pip's and twine's configuration that leads to its index at an address.
    fn led(base: &str) -> Led {
        let base = format!("{base}/root/dev/");
        [
            ("PIP_INDEX_URL", format!("{base}+simple/")),
            ("UV_DEFAULT_INDEX", format!("{base}+simple/")),
            ("TWINE_REPOSITORY_URL", base),
            ("TWINE_USERNAME", "root".to_owned()),
            ("TWINE_PASSWORD", String::new()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// Where it stores files, each at the path that it serves it at.
    fn files(&self) -> PathBuf {
        self.folder.join("server/+files")
    }

    /// Where it stores a file.
    fn stored(&self, name: &str) -> PathBuf {
        find(&self.files(), name).unwrap_or_else(|| panic!("{name} is not stored"))
    }

    /// The path that it serves a file at.
    fn served(&self, name: &str) -> String {
        format!("/{}", self.stored(name).strip_prefix(self.files()).unwrap().display())
    }
}

fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found = None;
    for path in entries {
        let is_it = path.file_name().is_some_and(|own| own == name);
        found = found.or_else(|| if path.is_dir() { find(&path, name) } else { is_it.then_some(path) });
    }
    found
}

#[test]
fn a_release_to_devpi_is_proven_from_json_and_every_fault_there_is_told_by_its_name() {
    let project = Project::unborn();
    let mut devpi = Devpi::start(project.beside("devpi"), &project);
    let mut release =
        Release::begun(project, Channel::Pypi, &[Binding::Python], Devpi::led(&devpi.server.base()));
    let stale = document(devpi.server.port, INDEX);
    release.goes_live();
    let (_, document) = release.audit(0);
    // JSON leaves nothing out that is looked at: it was that which was read.
    assert_eq!(
        document["channels"][0]["observation"]["gaps"],
        serde_json::json!(["provenance"]),
        "{document:#}"
    );
    release.is_proven_by_name("--pypi");

    let path = devpi.stored(WHEEL);
    let wheel = fs::read(&path).unwrap();
    let mut other = wheel.clone();
    other[0] ^= 1;
    fs::write(&path, &other).unwrap();
    release.says("failed bytes-differ");
    fs::write(&path, "something else").unwrap();
    release.says("failed bytes-differ");
    fs::copy(devpi.stored(OLDER_WHEEL), &path).unwrap();
    release.says("failed bytes-differ");
    fs::remove_file(&path).unwrap();
    release.says("incomplete unreadable-output");
    fs::write(&path, &wheel).unwrap();
    release.says("passed");

    let relay = Relay::to(devpi.server.port);
    let mut served = Served {
        release: &mut release,
        upstream: devpi.server.port,
        relay: &relay,
        led: &Devpi::led,
        index: INDEX,
        no_index: "/root/dev/+simple/tully/",
        file: &devpi.served(WHEEL),
        older_file: &devpi.served(OLDER_WHEEL),
        stale,
        is_json: true,
    };
    served.is_told_of_every_fault_on_the_way();
    // It yanks nothing by itself.
    let yanked = |document: &[u8]| {
        let mut document: Value = serde_json::from_slice(document).unwrap();
        for file in document["files"].as_array_mut().unwrap() {
            file["yanked"] = "it loses counts".into();
        }
        document.to_string().into_bytes()
    };
    relay.set(INDEX, Way::changed(yanked), Times::Always);
    release.says("failed yanked");
    assert_eq!(relay.calm(), 1);
    release.lead(Devpi::led(&devpi.server.base()));

    let other = release.project.beside("tally-0.2.0-py2-none-any.whl");
    fs::write(&other, &wheel).unwrap();
    release.client("twine", &["upload", "--disable-progress-bar", &other.display().to_string()]);
    release.says("failed file-unexpected");
    devpi.remove(&release.project, "tally-0.2.0-py2-none-any.whl");
    release.says("passed");
    devpi.remove(&release.project, WHEEL);
    release.says("failed file-missing");
    devpi.ask(&release.project, &["remove", "-y", "tally==0.2.0"]);
    release.says("failed absent");
    assert_eq!(release.verified("1s", 3).0, "incomplete timed-out");
    devpi.ask(&release.project, &["index", "-y", "--delete", "root/dev"]);
    // There is no index any more, which says nothing of what it had.
    release.says("incomplete unreadable-output");
    devpi.server.stop();
    release.says("incomplete unreachable");
}
