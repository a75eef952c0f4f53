//! devpi, a Python package index that speaks JSON: uploaded to by twine, changed by its own client.

use super::release::{Led, Release, search_path};
use super::server::Server;
use crate::support::{Project, test_tool};
use gonogo_sandbox::sample::Binding;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const WHEEL: &str = "tally-0.2.0-py3-none-any.whl";

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

    /// pip's and twine's configuration that leads to its index.
    fn led(&self) -> Led {
        let base = format!("{}/root/dev/", self.server.base());
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

    /// Where it stores a file.
    fn stored(&self, name: &str) -> PathBuf {
        find(&self.folder.join("server"), name).unwrap_or_else(|| panic!("{name} is not stored"))
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
    let devpi = Devpi::start(project.beside("devpi"), &project);
    let release = Release::live(project, "pypi", &[Binding::Python], devpi.led());
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
    fs::remove_file(&path).unwrap();
    release.says("incomplete unreadable-output");
    fs::write(&path, &wheel).unwrap();
    release.says("passed");

    devpi.ask(&release.project, &["remove", "-y", "tally==0.2.0"]);
    release.says("failed absent");
    assert_eq!(release.verified(3).0, "incomplete timed-out");
    devpi.ask(&release.project, &["index", "-y", "--delete", "root/dev"]);
    // There is no index any more, which says nothing of what it had.
    release.says("incomplete unreadable-output");
    drop(devpi);
    release.says("incomplete unreachable");
}
