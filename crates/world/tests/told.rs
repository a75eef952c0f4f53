//! What is told of children: one event each, and no secret in any.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "told_support/listener.rs"]
mod listener;

use gonogo_world::process::{Cancel, Environment, Invocation, run};
use listener::Listener;
use std::path::Path;
use std::time::Duration;

fn sh(script: &str, environment: Environment) -> Invocation {
    Invocation::tool(Path::new("/bin/sh"), Path::new("/"), environment).args(["-c", script])
}

#[tokio::test]
async fn each_child_is_told_of_once_with_its_line_its_end_and_its_time() {
    let listener = Listener::new();
    let _listening = listener.listen();
    let environment = Environment::allowing([]).with("GREETING", "not shown").with("LC_ALL", "C.UTF-8");
    run(&sh("echo hello; exit 3", environment), &Cancel::default()).await.unwrap();
    let missing = Invocation::tool(Path::new("/no/such/program"), Path::new("/"), Environment::allowing([]));
    assert!(run(&missing, &Cancel::default()).await.is_err());
    let told = listener.take("gonogo::process");
    assert_eq!(told.len(), 2, "{told:#?}");
    assert_eq!(told[0]["message"], "cd / && /bin/sh -c 'echo hello; exit 3'");
    assert_eq!((told[0]["end"].as_str(), told[0]["set"].as_str()), ("ended with status 3", "GREETING"));
    assert!(told[0]["ms"].parse::<u64>().is_ok());
    assert_eq!(told[1]["message"], "cd / && /no/such/program");
    assert_eq!(told[1]["end"], "cannot start /no/such/program");
}

#[tokio::test]
async fn a_child_that_nobody_waits_for_any_more_is_told_of_too() {
    let listener = Listener::new();
    let _listening = listener.listen();
    let invocation = sh("sleep 600", Environment::allowing([]));
    let cancel = Cancel::default();
    tokio::select! {
        ended = run(&invocation, &cancel) => panic!("{ended:?}"),
        () = tokio::time::sleep(Duration::from_millis(1)) => {}
    }
    let told = listener.take("gonogo::process");
    assert_eq!((told.len(), told[0]["end"].as_str()), (1, "abandoned"));
}

#[tokio::test]
async fn no_secret_is_told_whoever_it_was_given_to() {
    let listener = Listener::new();
    let _listening = listener.listen();
    let (by_shape, by_name) = ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "don't tell anybody");
    let environment = Environment::allowing([]).with("MY_PASSWORD", by_name).with("OTHER", by_shape);
    let invocation = sh("true", environment).args(["sh", by_shape, by_name, &format!("--pass={by_name}")]);
    run(&invocation, &Cancel::default()).await.unwrap();
    let told = format!("{:?}", listener.take("gonogo::process"));
    assert!(told.contains("MY_PASSWORD") && told.contains("[redacted]"), "{told}");
    for secret in [by_shape, "tell anybody"] {
        assert!(!told.contains(secret), "{told}");
    }
}
