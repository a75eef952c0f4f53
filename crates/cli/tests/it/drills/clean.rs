//! Nothing is wrong: a dry run that changes nothing, and a live release that every channel serves.

use super::agent::{Agent, End};
use crate::release::incident;
use crate::release::world::{REPOSITORY, Stage};
use gonogo_sandbox::Service;

/// What was published, by the registries' own log.
pub fn published(stage: &Stage) -> Vec<Service> {
    let log = stage.world.log();
    let puts =
        log.iter().filter(|entry| entry.method == "PUT" && entry.status.is_some_and(|status| status < 300));
    puts.map(|entry| entry.service).collect()
}

#[test]
fn a_clean_dry_run_goes_through_and_changes_nothing() {
    let stage = incident::stage();
    let mut agent = Agent::told(&stage, "dry-run");
    let before = stage.remote(REPOSITORY, &["for-each-ref"]);
    let end = agent.follow();
    assert!(matches!(end, End::Rehearsed), "{end:#?}");
    assert!(agent.ran[1..].iter().all(|(_, code)| *code == 0), "{:#?}", agent.ran);
    assert!(stage.effects().is_empty(), "{:#?}", stage.effects());
    assert_eq!(stage.remote(REPOSITORY, &["for-each-ref"]), before);
    assert!(stage.git(&["tag", "--list", "v0.2.0"]).is_empty());

    // Whoever comes next is told that it was rehearsed, and what comes after.
    let status = agent.status();
    assert_eq!((&status["state"], &status["rehearsed"]), (&"go".into(), &true.into()), "{status:#}");
    assert_eq!(status["next"], "gonogo run v0.2.0 --base-tag v0.1.0 --agent drill@host --mode live");
}

#[test]
fn a_clean_live_release_runs_every_command_of_the_workflow_once_and_in_its_order() {
    let stage = incident::stage();
    let mut agent = Agent::told(&stage, "live");
    let end = agent.follow();
    assert!(matches!(end, End::Delivered), "{end:#?}");
    let ran: Vec<String> = agent.ran.iter().map(|(line, _)| line.clone()).collect();
    assert_eq!(ran, agent.workflow());
    assert!(
        agent.ran.iter().all(|(line, code)| *code == 0 || line.starts_with("gonogo status")),
        "{:#?}",
        agent.ran
    );
    assert_eq!(stage.effects().first().map(String::as_str), Some("PUSH o/r refs/tags/v0.2.0"));
    assert_eq!(published(&stage), [Service::Npm, Service::Cargo]);
    assert_eq!(stage.remote(REPOSITORY, &["rev-parse", "v0.2.0^{commit}"]).trim(), stage.commit());

    // An agent that is asked once more finds it released, and looks at the delivery only.
    let mut again = Agent::told(&stage, "live");
    let end = again.follow();
    assert!(matches!(end, End::Delivered), "{end:#?}");
    assert!(!again.ran.iter().any(|(line, _)| line.starts_with("gonogo run")), "{:#?}", again.ran);
}
