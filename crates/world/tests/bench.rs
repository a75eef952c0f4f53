//! Runs of a benchmark give values or an error, never a guess.

use gonogo_core::gate::End;
use gonogo_world::bench::{BenchProgram, RunError};
use gonogo_world::process::{Cancel, Environment, Invocation};
use std::path::Path;
use std::time::Duration;

fn shell(folder: &Path, script: &str) -> BenchProgram {
    let environment = Environment::allowing([]);
    let mut invocation = Invocation::tool(Path::new("/bin/sh"), folder, environment).args(["-c", script]);
    invocation.limit = 100;
    invocation.timeout = Duration::from_secs(30);
    BenchProgram { invocation, report: None }
}

#[tokio::test]
async fn a_run_gives_its_output_or_says_why_not() {
    let folder = tempfile::tempdir().unwrap();
    let once = |script: &str| {
        let run = shell(folder.path(), script);
        async move { run.once(&Cancel::default()).await }
    };
    let (text, seconds) = once("echo 7").await.unwrap();
    assert_eq!(text, b"7\n");
    assert!(seconds > 0.0);
    let failed = once("echo 7; echo broken >&2; exit 3").await.unwrap_err();
    assert!(matches!(&failed, RunError::Ended { end: End::Exited(3), said } if said == "broken"), "{failed}");
    assert!(matches!(once("kill -9 $$").await.unwrap_err(), RunError::Ended { end: End::Signaled(9), .. }));
    assert!(matches!(once("head -c 200 /dev/zero").await.unwrap_err(), RunError::TooLarge(100)));
}

#[tokio::test]
async fn a_report_of_an_earlier_run_is_not_read_for_this_one() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    std::fs::write(&report, "old").unwrap();
    let room = (folder.path().to_owned(), "report.json".to_owned());
    let with_report =
        |script: &str| BenchProgram { report: Some(room.clone()), ..shell(folder.path(), script) };
    let missing = with_report("true").once(&Cancel::default()).await.unwrap_err();
    assert!(matches!(missing, RunError::Report { .. }), "{missing}");
    let (text, _) = with_report("printf new >report.json").once(&Cancel::default()).await.unwrap();
    assert_eq!(text, b"new");
    let large = with_report("head -c 200 /dev/zero >report.json").once(&Cancel::default()).await.unwrap_err();
    assert!(matches!(large, RunError::TooLarge(100)), "{large}");
}
