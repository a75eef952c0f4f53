//! pypiserver, a Python package index that speaks HTML: a folder of files, uploaded by twine.

use super::faults::{Served, document};
use super::relay::{Relay, Times};
use super::release::{Led, Release};
use super::server::Server;
use super::way::Way;
use crate::support::{Project, test_tool};
use gonogo_core::delivery::Channel;
use gonogo_sandbox::sample::Binding;
use std::fs;

const WHEEL: &str = "tally-0.2.0-py3-none-any.whl";
const SOURCE: &str = "tally-0.2.0.tar.gz";
const OLDER_WHEEL: &str = "tally-0.1.0-py3-none-any.whl";
const INDEX: &str = "/simple/tally/";

/// pip's and twine's configuration that leads to an address.
fn led(base: &str) -> Led {
    [
        ("PIP_INDEX_URL", format!("{base}/simple/")),
        ("UV_DEFAULT_INDEX", format!("{base}/simple/")),
        ("TWINE_REPOSITORY_URL", format!("{base}/")),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

#[test]
fn a_release_to_pypiserver_is_proven_from_html_and_every_fault_there_is_told_by_its_name() {
    let project = Project::unborn();
    let folder = project.beside("pypiserver");
    let packages = folder.join("packages");
    fs::create_dir_all(&packages).unwrap();
    let program = test_tool("servers/python-venv/bin").join("pypi-server");
    let mut server = Server::start(&folder.join("log"), "/simple/", |port| {
        let mut command = project.command(&program);
        command.args(["run", "--interface", "127.0.0.1", "--port", &port.to_string()]);
        // Whoever comes may upload, and what is not here is not looked for elsewhere.
        command.args(["--passwords", ".", "--authenticate", ".", "--disable-fallback"]).arg(&packages);
        command
    });
    let mut release = Release::begun(project, Channel::Pypi, &[Binding::Python], led(&server.base()));
    let stale = document(server.port, INDEX);
    release.goes_live();
    let (_, document) = release.audit(0);
    // A page states no sizes: it was one that was read.
    assert_eq!(document["channels"][0]["observation"]["gaps"][0], "sizes", "{document:#}");
    release.is_proven_by_name("--pypi");

    let file = |name: &str| packages.join(name);
    let kept = [WHEEL, SOURCE].map(|name| (name, fs::read(file(name)).unwrap()));
    let put_back = || kept.iter().for_each(|(name, content)| fs::write(file(name), content).unwrap());
    let wheel = &kept[0].1;

    // The page states the digest of what is in the folder: only what was built tells.
    fs::write(file(WHEEL), "something else").unwrap();
    release.says("failed bytes-differ");
    fs::write(file(WHEEL), &wheel[..wheel.len() / 2]).unwrap();
    release.says("failed bytes-differ");
    fs::write(file(WHEEL), "").unwrap();
    release.says("failed bytes-differ");
    fs::copy(file(OLDER_WHEEL), file(WHEEL)).unwrap();
    release.says("failed bytes-differ");
    fs::remove_file(file(WHEEL)).unwrap();
    release.says("failed file-missing");
    let (said, document) = release.verified("1s", 3);
    assert_eq!(said, "incomplete timed-out");
    let judgement = &document["delivery"]["channels"][0]["judgement"];
    assert_eq!(judgement["doubts"][0]["said"], format!("{WHEEL} is not served"), "{document:#}");
    put_back();
    let other = file("tally-0.2.0-py2-none-any.whl");
    fs::write(&other, wheel).unwrap();
    release.says("failed file-unexpected");
    fs::remove_file(&other).unwrap();
    release.says("passed");

    let relay = Relay::to(server.port);
    let mut served = Served {
        release: &mut release,
        upstream: server.port,
        relay: &relay,
        led: &led,
        index: INDEX,
        no_index: "/simple/tully/",
        file: &format!("/packages/{WHEEL}"),
        older_file: &format!("/packages/{OLDER_WHEEL}"),
        stale,
        is_json: false,
    };
    served.is_told_of_every_fault_on_the_way();
    // It yanks nothing by itself.
    let yanked = |page: &[u8]| String::from_utf8_lossy(page).replace("<a ", "<a data-yanked ").into_bytes();
    relay.set(INDEX, Way::changed(yanked), Times::Always);
    release.says("failed yanked");
    assert_eq!(relay.calm(), 1);
    release.lead(led(&server.base()));

    fs::remove_file(file(WHEEL)).unwrap();
    fs::remove_file(file(SOURCE)).unwrap();
    release.says("failed absent");
    for older in ["tally-0.1.0.tar.gz", OLDER_WHEEL] {
        fs::remove_file(file(older)).unwrap();
    }
    release.says("failed absent");
    put_back();
    release.says("passed");
    server.stop();
    release.says("incomplete unreachable");
}
