//! Something is out already: a tag that is moved in between, a release that only some channels have, and a run that a
//! SIGKILL cut short.

use super::agent::{Agent, End};
use super::clean::published;
use crate::release::incident;
use crate::release::world::{REPOSITORY, Stage};
use crate::support::{Ran, until};
use gonogo_sandbox::Service;
use serde_json::{Value, json};

fn pushes(stage: &Stage) -> usize {
    stage.effects().iter().filter(|effect| *effect == "PUSH o/r refs/tags/v0.2.0").count()
}

/// What `status` names as next, up to the run; the run is then the live command of the workflow.
#[track_caller]
fn settle(agent: &Agent<'_>) -> Value {
    let status = agent.status();
    assert_eq!(status["state"], "stopped", "{status:#}");
    agent.explain(status["mechanics"]["stopped"]["code"].as_str().unwrap());
    let next = status["next"].as_str().unwrap();
    let (resolve, run) = next.split_once(" && ").unwrap();
    assert_eq!(run, "gonogo run v0.2.0 --base-tag v0.1.0 --agent drill@host --mode live");
    Ran::from(agent.shell(resolve).output().unwrap()).exits(0);
    status
}

#[test]
fn a_release_that_only_some_channels_have_is_reported_and_completed_from_the_same_build() {
    let stage = incident::stage();
    let mut agent = Agent::told(&stage, "live").with("CARGO_REGISTRIES_PRIVATE_WORLD_TOKEN", "wrong");
    let End::Stopped(stopped) = agent.release() else { panic!("{:#?}", agent.ran) };
    assert_eq!(agent.ran.last().unwrap().1, 1);
    assert_eq!(stopped["past_the_point_of_no_return"], true, "{stopped:#}");
    assert!(!stopped["stopped"]["recovery"].as_array().unwrap().is_empty(), "{stopped:#}");
    let blocker = stopped["stopped"]["blocker"].as_str().unwrap().to_owned();

    // Whoever looks at the channels is told who has it, and what to do.
    let End::Undelivered(audited) = verify(&mut agent) else { panic!("{:#?}", agent.ran) };
    assert_eq!(audited["delivery"]["is_partial"], true, "{audited:#}");
    let acts: Vec<&Value> =
        audited["delivery"]["recovery"].as_array().unwrap().iter().map(|one| &one["act"]).collect();
    assert_eq!(acts, [&json!("publish-the-same")], "{audited:#}");
    agent.explain("publish-the-same");
    agent.explain("absent");

    // The same command again, with nothing settled, does nothing.
    let End::Stopped(refused) = agent.follow() else { panic!("{:#?}", agent.ran) };
    assert_eq!(refused["state"], "refused");

    // Another agent, with the right token, comes in the middle.
    let mut other = Agent::told(&stage, "live");
    let status = settle(&other);
    assert_eq!(status["mechanics"]["stopped"]["blocker"], blocker.as_str());
    let end = other.follow();
    assert!(matches!(end, End::Delivered), "{end:#?}");
    assert_eq!((pushes(&stage), published(&stage)), (1, vec![Service::Npm, Service::Cargo]));
    assert_eq!(other.status()["state"], "delivered");
}

#[track_caller]
fn verify(agent: &mut Agent<'_>) -> End {
    let audited = agent.run(4, "gonogo audit", "");
    if audited["verdict"] == "passed" { End::Delivered } else { End::Undelivered(audited) }
}

#[test]
fn a_tag_that_is_moved_in_the_middle_stops_the_release_and_is_not_moved_back() {
    let stage = incident::stage();
    let mut agent = Agent::told(&stage, "live").with("CARGO_REGISTRIES_PRIVATE_WORLD_TOKEN", "wrong");
    assert!(matches!(agent.release(), End::Stopped(_)), "{:#?}", agent.ran);
    let tree = stage.git(&["rev-parse", "HEAD^{tree}"]);
    let other = stage.remote(REPOSITORY, &["commit-tree", "-m", "theirs", tree.trim()]).trim().to_owned();
    stage.remote(REPOSITORY, &["update-ref", "refs/tags/v0.2.0", &other]);
    let before = stage.effects();

    let mut next = Agent::told(&stage, "live");
    settle(&next);
    let End::Stopped(stopped) = next.follow() else { panic!("{:#?}", next.ran) };
    assert_eq!(
        (next.ran.last().unwrap().1, &stopped["stopped"]["code"]),
        (4, &json!("tag-elsewhere")),
        "{stopped:#}"
    );
    let explained = next.explain("tag-elsewhere").to_string();
    assert!(explained.contains("never moved") && explained.contains("maintainer"), "{explained}");
    assert_eq!(stage.remote(REPOSITORY, &["rev-parse", "v0.2.0"]).trim(), other);
    assert_eq!(stage.effects(), before);
}

#[test]
fn a_release_that_is_killed_is_taken_up_by_whoever_comes_next_and_repeats_nothing() {
    let stage = incident::stage();
    let agent = Agent::told(&stage, "live");
    let running = agent.start(&agent.line(3, "gonogo run", "--mode live --yes"));
    until("the tag is pushed", || pushes(&stage) > 0);
    running.kill();

    let mut next = Agent::told(&stage, "live");
    let status = next.status();
    assert_eq!(status["state"], "releasing", "{status:#}");
    assert_eq!(status["mechanics"]["past_the_point_of_no_return"], true);
    assert_eq!(status["next"], "gonogo run v0.2.0 --base-tag v0.1.0 --agent drill@host --mode live");
    assert!(status["not_known"].to_string().contains("was cut short"), "{status:#}");
    let end = next.follow();
    assert!(matches!(end, End::Delivered), "{end:#?}");
    let ran: Vec<&str> = next.ran.iter().map(|(line, _)| line.split(' ').nth(1).unwrap()).collect();
    assert_eq!(ran, ["status", "run", "verify", "audit"]);
    assert_eq!((pushes(&stage), published(&stage)), (1, vec![Service::Npm, Service::Cargo]));
    assert_eq!(next.status()["state"], "delivered");
}
