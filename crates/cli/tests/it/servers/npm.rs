//! verdaccio, an npm registry: published to and changed by npm itself.

use super::faults::{Served, document};
use super::relay::Relay;
use super::release::{Led, Release, search_path};
use super::server::Server;
use crate::support::{Project, says, test_tool};
use gonogo_core::delivery::Channel;
use gonogo_sandbox::sample::Binding;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const CONFIGURATION: &str = "storage: ./storage
auth:
  htpasswd:
    file: ./htpasswd
uplinks: {}
packages:
  '**':
    access: $all
    publish: $all
    unpublish: $all
log: { type: stdout, format: pretty, level: warn }
";

struct Verdaccio {
    folder: PathBuf,
    server: Server,
}

impl Verdaccio {
    fn start(folder: PathBuf, project: &Project) -> Self {
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("config.yaml"), CONFIGURATION).unwrap();
        let program = test_tool("servers/verdaccio/node_modules/verdaccio/bin/verdaccio");
        let server = Server::start(&folder.join("log"), "/-/ping", |port| {
            let mut command: Command = project.command("node");
            command.env("PATH", search_path()).current_dir(&folder).arg(&program);
            command.args(["--config", "config.yaml", "--listen", &format!("127.0.0.1:{port}")]);
            command
        });
        Self { folder, server }
    }

    /// npm's configuration that leads to an address.
    fn led(&self, base: &str) -> Led {
        let config = self.folder.join("npmrc");
        let (_, host) = base.split_once(':').unwrap();
        // npm does not publish without a token. Nobody is asked for one here.
        fs::write(&config, format!("{host}/:_authToken=anybody\n")).unwrap();
        [("npm_config_registry", format!("{base}/")), ("npm_config_userconfig", config.display().to_string())]
            .map(|(name, value)| (name.to_owned(), value))
            .into()
    }

    fn stored(&self, file: &str) -> PathBuf {
        self.folder.join("storage/tally").join(file)
    }

    /// Changes the stored package document.
    fn edit(&self, change: impl FnOnce(&mut Value)) {
        let path = self.stored("package.json");
        let mut document: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        change(&mut document);
        fs::write(&path, document.to_string()).unwrap();
    }
}

/// What is stored, to be put back.
struct Kept(Vec<(PathBuf, Vec<u8>)>);

impl Kept {
    fn of(folder: &Path) -> Self {
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        Self(files.map(|path| (path.clone(), fs::read(path).unwrap())).collect())
    }

    fn put_back(&self) {
        for (path, content) in &self.0 {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
    }
}

#[test]
fn a_release_to_verdaccio_is_proven_and_every_fault_there_is_told_by_its_name() {
    let project = Project::unborn();
    let mut shop = Verdaccio::start(project.beside("verdaccio"), &project);
    let led = shop.led(&shop.server.base());
    let mut release = Release::begun(project, Channel::Npm, &[Binding::Node], led);
    let stale = document(shop.server.port, "/tally");
    release.goes_live();
    release.is_proven_by_name("--npm");
    let installed = release.gonogo(&["audit", "v0.2.0", "--level", "installs", "--json"]).exits(0).json();
    assert_eq!(installed["channels"][0]["judgement"]["reached"], "installs", "{installed:#}");
    // Without a plan nothing says what to run: an install that was not tried is none that went well.
    let arguments = ["audit", "--npm", "tally", "0.2.0", "--level", "installs", "--json"];
    assert_eq!(says(&release.gonogo(&arguments).exits(3).json(), "npm"), "incomplete nothing-examined");
    release.says("passed");
    let kept = Kept::of(&shop.folder.join("storage/tally"));
    let (old, new) = ("tally-0.1.0.tgz", "tally-0.2.0.tgz");

    // What is stored, broken.
    fs::write(shop.stored(new), "something else").unwrap();
    release.says("failed bytes-differ");
    fs::copy(shop.stored(old), shop.stored(new)).unwrap();
    shop.edit(|document| {
        let dist = document["versions"]["0.1.0"]["dist"].clone();
        for stated in ["integrity", "shasum"] {
            document["versions"]["0.2.0"]["dist"][stated] = dist[stated].clone();
        }
    });
    release.says("failed bytes-differ");
    kept.put_back();
    fs::remove_file(shop.stored(new)).unwrap();
    release.says("incomplete unreadable-output");
    kept.put_back();
    let whole = fs::read(shop.stored("package.json")).unwrap();
    fs::write(shop.stored("package.json"), &whole[..whole.len() / 2]).unwrap();
    release.says("incomplete unreachable");
    kept.put_back();
    shop.edit(|document| document["versions"]["0.2.0"]["version"] = "0.1.0".into());
    release.says("failed contradiction");
    kept.put_back();
    release.says("passed");

    // Changed by npm's own commands.
    release.client("npm", &["deprecate", "tally@0.2.0", "it loses counts"]);
    release.says("failed deprecated");
    release.client("npm", &["deprecate", "tally@0.2.0", ""]);
    release.client("npm", &["dist-tag", "add", "tally@0.1.0", "latest"]);
    // Later releases take the tag over: an audit does not ask, and a delivery does.
    release.says("passed");
    let (said, document) = release.verified("1s", 3);
    assert_eq!(said, "incomplete timed-out");
    let judgement = &document["delivery"]["channels"][0]["judgement"];
    assert_eq!(judgement["doubts"][0]["said"], "latest leads to 0.1.0", "{document:#}");
    release.client("npm", &["dist-tag", "add", "tally@0.2.0", "latest"]);
    assert_eq!(release.verified("1s", 0).0, "passed");

    let relay = Relay::to(shop.server.port);
    let mut served = Served {
        release: &mut release,
        upstream: shop.server.port,
        relay: &relay,
        led: &|base| shop.led(base),
        index: "/tally",
        no_index: "/tully",
        file: "/tally/-/tally-0.2.0.tgz",
        older_file: "/tally/-/tally-0.1.0.tgz",
        stale,
        is_json: true,
    };
    served.is_told_of_every_fault_on_the_way();
    release.lead(shop.led(&shop.server.base()));

    release.client("npm", &["unpublish", "tally@0.2.0"]);
    release.says("failed absent");
    assert_eq!(release.verified("1s", 3).0, "incomplete timed-out");
    release.client("npm", &["unpublish", "tally", "--force"]);
    release.says("failed absent");
    shop.server.stop();
    release.says("incomplete unreachable");
}
