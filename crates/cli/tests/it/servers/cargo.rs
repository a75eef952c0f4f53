//! A cargo registry with a sparse index, its state in one file and crates by their digest: published to and yanked from
//! by cargo itself.

use super::faults::{Served, document};
use super::relay::Relay;
use super::release::{Led, Release};
use super::server::Server;
use crate::support::{Project, test_tool};
use gonogo_core::delivery::Channel;
use gonogo_core::digest::Digest;
use serde_json::Value;
use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const INDEX: &str = "/ta/ll/tally";

struct Registry {
    folder: PathBuf,
    server: Option<Server>,
}

/// cargo's configuration that leads to an address.
fn led(base: &str) -> Led {
    [("CARGO_REGISTRIES_PRIVATE_WORLD_INDEX".to_owned(), format!("sparse+{base}/"))].into()
}

impl Registry {
    fn new(folder: PathBuf) -> Self {
        fs::create_dir(&folder).unwrap();
        Self { folder, server: None }
    }

    /// Starts it anew: it reads its state once. Gives cargo's configuration that leads there.
    fn start(&mut self, project: &Project) -> Led {
        self.start_as(project, |_, _| {})
    }

    /// The same behind a relay, which it says that its files are at.
    fn start_behind_a_relay(&mut self, project: &Project) -> Relay {
        let relay = RefCell::new(None);
        self.start_as(project, |command, port| {
            let made = Relay::to(port);
            command.env("FERRO_CARGO_REGISTRY_API", &made.base);
            relay.replace(Some(made));
        });
        relay.into_inner().unwrap()
    }

    fn start_as(&mut self, project: &Project, more: impl Fn(&mut Command, u16)) -> Led {
        self.server = None;
        let program = test_tool("servers/cargo/bin/ferro-cargo-registry-server");
        let data = self.folder.join("data");
        let server = Server::start(&self.folder.join("log"), "/config.json", |port| {
            let mut command = project.command(&program);
            command.env("FERRO_CARGO_REGISTRY_DATA", &data);
            command.env("FERRO_CARGO_REGISTRY_LISTEN", format!("127.0.0.1:{port}"));
            more(&mut command, port);
            command
        });
        let led = led(&server.base());
        self.server = Some(server);
        led
    }

    fn port(&self) -> u16 {
        self.server.as_ref().unwrap().port
    }

    fn state(&self) -> PathBuf {
        self.folder.join("data/index-state.json")
    }

    fn whole_state(&self) -> Value {
        serde_json::from_slice(&fs::read(self.state()).unwrap()).unwrap()
    }

    /// The stored lines of the index, in the order in which they were published.
    fn lines(&self) -> Vec<Value> {
        self.whole_state()["crates"]["tally"]["entries"].as_array().unwrap().clone()
    }

    fn store(&self, lines: Vec<Value>) {
        let mut state = self.whole_state();
        state["crates"]["tally"]["entries"] = lines.into();
        fs::write(self.state(), state.to_string()).unwrap();
    }
}

/// The file below a folder whose content has a digest.
fn find(folder: &Path, digest: &str) -> Option<PathBuf> {
    let mut entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.find_map(|path| {
        if path.is_dir() {
            return find(&path, digest);
        }
        (Digest::of(&fs::read(&path).unwrap()).hex() == digest).then_some(path)
    })
}

#[test]
fn a_release_to_a_sparse_registry_is_proven_and_every_fault_there_is_told_by_its_name() {
    let project = Project::unborn();
    let mut shop = Registry::new(project.beside("registry"));
    let first = shop.start(&project);
    let mut release = Release::begun(project, Channel::CratesIo, &[], first);
    let stale = document(shop.port(), INDEX);
    release.goes_live();
    release.is_proven_by_name("--crate");
    release.says("passed");

    release.client("cargo", &["yank", "--quiet", "tally@0.2.0"]);
    release.says("failed yanked");
    release.client("cargo", &["yank", "--quiet", "--undo", "tally@0.2.0"]);
    release.says("passed");

    let digest = shop.lines()[1]["cksum"].as_str().unwrap().to_owned();
    let stored = find(&shop.folder.join("data"), &digest).unwrap();
    let built = fs::read(&stored).unwrap();
    fs::write(&stored, "something else").unwrap();
    release.says("failed bytes-differ");
    fs::remove_file(&stored).unwrap();
    release.says("incomplete unreadable-output");
    fs::write(&stored, &built).unwrap();
    release.says("passed");

    let relay = shop.start_behind_a_relay(&release.project);
    let mut served = Served {
        release: &mut release,
        upstream: shop.port(),
        relay: &relay,
        led: &led,
        index: INDEX,
        no_index: "/tu/ll/tully",
        file: "/api/v1/crates/tally/0.2.0/download",
        older_file: "/api/v1/crates/tally/0.1.0/download",
        stale,
        is_json: true,
    };
    served.is_told_of_every_fault_on_the_way();
    drop(relay);

    let state = fs::read(shop.state()).unwrap();
    let broken: [(&str, fn(&mut Vec<Value>)); 4] = [
        ("failed absent", |lines| drop(lines.remove(1))),
        ("failed bytes-differ", |lines| lines[1]["cksum"] = lines[0]["cksum"].clone()),
        ("failed contradiction", |lines| lines.push(lines[1].clone())),
        ("failed contradiction", |lines| lines[1]["name"] = "tully".into()),
    ];
    for (wanted, change) in broken {
        let mut lines = shop.lines();
        change(&mut lines);
        shop.store(lines);
        let led = shop.start(&release.project);
        release.lead(led);
        release.says(wanted);
        fs::write(shop.state(), &state).unwrap();
    }
    // A registry that lost its state has nothing: it is stale, for all that is known.
    fs::write(shop.state(), &state[..state.len() / 2]).unwrap();
    let led = shop.start(&release.project);
    release.lead(led);
    release.says("failed absent");
    assert_eq!(release.verified("1s", 3).0, "incomplete timed-out");
    shop.server.as_mut().unwrap().stop();
    release.says("incomplete unreachable");
}
