//! What GitHub does not say is never taken for absence: each trouble has its name, and nothing follows it. And without
//! clearance there is no effect, whatever is asked for.

use super::world::{REPOSITORY, Shape, Stage, code};
use crate::support::{FAILED, Ran};
use gonogo_sandbox::{Fault, FaultKind, Matcher, Reply, Service};
use serde_json::json;

const BUILD_RUNS: &str = "/repos/o/r/actions/workflows/release.yml/runs";

fn limited() -> Reply {
    Reply::json(429, &json!({ "message": "slow down" })).header("retry-after", "3600")
}

#[test]
fn each_trouble_with_github_has_its_name_and_is_no_absence() {
    let troubles: [(&str, FaultKind); 5] = [
        ("unauthorized", FaultKind::status(401, "Bad credentials")),
        ("forbidden", FaultKind::status(403, "Resource not accessible by personal access token")),
        ("rate-limited", FaultKind::Reply(limited())),
        ("unreachable", FaultKind::Dropped),
        ("unreadable-answer", FaultKind::Reply(Reply::json(200, &json!({ "message": "hello" })))),
    ];
    for (name, trouble) in troubles {
        let stage = Stage::ready();
        stage.world.fault(Service::Github, Fault::always(Matcher::of("GET", BUILD_RUNS), trouble));
        let document = stage.run().exits(3).json();
        assert_eq!(code(&document), name, "{document:#}");
        assert!(document["stopped"]["remedy"].is_string(), "{document:#}");
        assert_eq!(stage.effects(), ["PUSH o/r refs/tags/v0.2.0"], "{name}");
    }
}

#[test]
fn a_token_that_may_not_dispatch_starts_nothing_and_goes_on_once_it_may() {
    let stage = Stage::ready();
    let path = "/repos/o/r/actions/workflows/publish.yml/dispatches";
    let refusal = FaultKind::status(403, "Resource not accessible by personal access token");
    stage.world.fault(Service::Github, Fault::once(Matcher::of("POST", path), refusal));
    let document = stage.run().exits(3).json();
    assert_eq!(code(&document), "forbidden");
    let blocker = document["stopped"]["blocker"].as_str().unwrap().to_owned();
    // The blocker holds the release back until somebody says that its cause is settled.
    assert_eq!(stage.run().exits(1).json()["state"], "refused");
    Ran::from(stage.gonogo(&["blocker", "resolve", "v0.2.0", "--id", &blocker]).output().unwrap()).exits(0);
    let before = stage.world.log().len();
    assert_eq!(stage.run().exits(0).json()["state"], "completed");
    let rebuilt = stage.world.log()[before..].iter().any(|entry| entry.path.ends_with("/zip"));
    assert!(!rebuilt, "what was fetched is fetched again");
    assert_eq!(stage.effects().iter().filter(|effect| effect.ends_with("/dispatches")).count(), 1);
}

#[test]
fn a_publish_that_failed_is_dispatched_again_from_the_same_build() {
    let stage = Stage::shaped(Shape { publish: "failure", ..Shape::default() });
    let document = stage.run().exits(1).json();
    assert_eq!(code(&document), "workflow-failed");
    assert!(document["stopped"]["run_url"].is_string(), "{document:#}");
    let failed = document["stopped"]["run_id"].as_u64().unwrap();
    let blocker = document["stopped"]["blocker"].as_str().unwrap().to_owned();
    let tasks = Ran::from(stage.gonogo(&["blocker", "list", "v0.2.0", "--json"]).output().unwrap()).exits(1);
    assert!(tasks.stdout.contains("step publish"), "{tasks:?}");
    Ran::from(stage.gonogo(&["blocker", "resolve", "v0.2.0", "--id", &blocker]).output().unwrap()).exits(0);

    // It fails once more: a new run, a new stop, the same blocker.
    let again = stage.run().exits(1).json();
    assert_eq!(code(&again), "workflow-failed");
    assert_ne!(again["stopped"]["run_id"].as_u64().unwrap(), failed);
    assert_eq!(again["stopped"]["blocker"], blocker.as_str());
    let builds = stage
        .world
        .github()
        .state()
        .repository(REPOSITORY)
        .runs
        .iter()
        .filter(|run| run.path.ends_with("release.yml"))
        .count();
    assert_eq!(builds, 1, "nothing is built twice");
    assert_eq!(stage.effects().iter().filter(|effect| effect.ends_with("/dispatches")).count(), 2);
}

#[test]
fn a_build_that_fails_says_what_failed_with_the_end_of_its_log() {
    let stage = Stage::shaped(Shape { build_fails: true, ..Shape::default() });
    let document = stage.run().exits(1).json();
    assert_eq!(code(&document), "workflow-failed");
    assert!(document["stopped"]["log"].as_str().unwrap().contains("out of luck"), "{document:#}");
    assert_eq!(stage.effects(), ["PUSH o/r refs/tags/v0.2.0"]);
}

#[test]
fn a_digest_that_github_states_otherwise_stops_before_the_release_is_published() {
    let stage = Stage::ready();
    let releases = Matcher::of("GET", "/repos/o/r/releases");
    stage.world.fault(Service::Github, Fault::always(releases, FaultKind::WrongDigest));
    let document = stage.run().exits(4).json();
    assert_eq!(code(&document), "asset-differs");
    assert!(!stage.effects().iter().any(|effect| effect.starts_with("PATCH")), "{:#?}", stage.effects());
}

#[test]
fn without_clearance_no_command_has_an_effect() {
    let stage = Stage::ready();
    stage.project.printing("run-tests", FAILED, 101);
    for arguments in [
        &["run", "v0.2.0", "--mode", "live", "--yes"][..],
        &["run", "v0.2.0", "--mode", "live", "--yes", "--fresh"],
        &["poll", "v0.2.0", "--mode", "live"],
        &["prepare", "v0.2.0", "--mode", "live"],
        &["status", "v0.2.0"],
        &["doctor"],
        &["blocker", "list", "v0.2.0"],
        &["blocker", "resolve", "v0.2.0", "--passed"],
        &["plan", "check"],
    ] {
        stage.gonogo(arguments).output().unwrap();
        assert!(stage.effects().is_empty(), "{arguments:?}: {:#?}", stage.effects());
        assert!(stage.git(&["tag", "--list", "v0.2.0"]).is_empty(), "{arguments:?}");
    }
    // A live run that nobody can be asked about, and that was not told to go on, does not begin.
    let ran: Ran = stage.gonogo(&["run", "v0.2.0", "--mode", "live"]).output().unwrap().into();
    ran.exits(2);
    assert!(stage.effects().is_empty());
}
