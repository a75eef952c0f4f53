//! `gonogo verify` while an index says that it is as it was: rightly, and for ever.

use crate::support::{Project, Ran, libtest, plan};
use gonogo_sandbox::{Fault, FaultKind, Matcher, PrivateWorld, Reply, Service, Spec};
use serde_json::Value;

/// A project with one crate, of which a registry has an earlier version.
struct Waiting {
    project: Project,
    world: PrivateWorld,
}

impl Waiting {
    fn begun() -> Self {
        let channels = "[channels.crates-io]\npackage = \"sample\"\n";
        let project = Project::new(&(plan(&libtest("t", "run-tests")) + channels));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let world = runtime.block_on(PrivateWorld::start(&project.beside("world"), Spec::default())).unwrap();
        assert!(world.registries().cargo.registry.stock("sample", "0.1.0", b"first"));
        Self { project, world }
    }

    /// What the index says of the crate by now, under an entity tag.
    fn tagged(&self, tag: &str) -> FaultKind {
        let lines = self.world.registries().cargo.registry.versions("sample");
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        FaultKind::Reply(Reply::bytes("text/plain", text.into_bytes()).header("etag", tag))
    }

    fn answers(&self, with: fn(Matcher, FaultKind) -> Fault, trouble: FaultKind) {
        self.world.fault(Service::Cargo, with(Matcher::of("GET", "/index/sa"), trouble));
    }

    fn verify(&self, wait: &str) -> Ran {
        let words = ["verify", "v0.2.0", "--level", "resolvable", "--wait", wait, "--json"];
        self.project.gonogo(&words).envs(self.world.variables()).output().unwrap().into()
    }
}

fn only(document: &Value) -> &Value {
    &document["delivery"]["channels"][0]
}

#[test]
fn an_index_that_is_as_it_was_for_ever_makes_a_release_late_and_never_delivered() {
    let waiting = Waiting::begun();
    let stale = waiting.tagged("\"one\"");
    assert!(waiting.world.registries().cargo.registry.stock("sample", "0.2.0", b"second"));
    waiting.answers(Fault::once, stale);
    waiting.answers(Fault::always, FaultKind::Reply(Reply::empty(304)));
    let document = waiting.verify("3s").exits(3).json();
    let one = only(&document);
    assert_eq!(one["judgement"]["reason"], "timed-out", "{one:#}");
    assert!(one["looks"].as_u64().unwrap() >= 2, "{one:#}");
    // The version is there, for everybody who is not told otherwise.
    waiting.world.calm(Service::Cargo);
    waiting.verify("3s").exits(0);
}

#[test]
fn an_index_that_changes_after_it_was_as_it_was_shows_the_release() {
    let waiting = Waiting::begun();
    let stale = waiting.tagged("\"one\"");
    assert!(waiting.world.registries().cargo.registry.stock("sample", "0.2.0", b"second"));
    waiting.answers(Fault::once, stale);
    waiting.answers(Fault::once, FaultKind::Reply(Reply::empty(304)));
    waiting.answers(Fault::always, waiting.tagged("\"two\""));
    let document = waiting.verify("60s").exits(0).json();
    assert_eq!(only(&document)["looks"], 3, "{document:#}");
}

#[test]
fn not_modified_where_nothing_was_seen_is_incomplete() {
    let waiting = Waiting::begun();
    assert!(waiting.world.registries().cargo.registry.stock("sample", "0.2.0", b"second"));
    waiting.answers(Fault::always, FaultKind::Reply(Reply::empty(304)));
    let document = waiting.verify("1s").exits(3).json();
    assert_eq!(only(&document)["judgement"]["reason"], "unreadable-output", "{document:#}");
}
