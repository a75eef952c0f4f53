//! The one door to subprocesses: output that goes to a file.

use gonogo_world::process::{Cancel, Captured, End, Environment, Invocation, OutputFile, ProcessError, run};
use std::path::Path;

async fn sh(folder: &Path, script: &str, limit: u64) -> Result<Captured, ProcessError> {
    let output = OutputFile { path: folder.join("out"), limit };
    let invocation =
        Invocation::tool(Path::new("/bin/sh"), folder, Environment::allowing([])).args(["-c", script]);
    run(&Invocation { output: Some(output), ..invocation }, &Cancel::default()).await
}

#[tokio::test]
async fn output_goes_to_a_file_byte_by_byte_and_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let captured = sh(folder.path(), "printf 'a\\0\\377'; echo said >&2; head -c 100000 /dev/zero", 100_003)
        .await
        .unwrap();
    assert!(captured.succeeded());
    assert_eq!((captured.stdout.bytes.len(), captured.stdout.total), (0, 100_003));
    assert_eq!(captured.stderr.text(), "said\n");
    let written = std::fs::read(folder.path().join("out")).unwrap();
    assert_eq!((&written[..3], written.len()), (&b"a\0\xff"[..], 100_003));
}

#[tokio::test]
async fn output_over_its_limit_is_not_done_whatever_the_process_says() {
    for script in ["printf 12345", "trap '' PIPE; printf 1234567; true", "yes"] {
        let folder = tempfile::tempdir().unwrap();
        let captured = sh(folder.path(), script, 4).await.unwrap();
        assert!(captured.stdout.is_cut() && !captured.succeeded(), "{script}");
        assert_eq!(std::fs::metadata(folder.path().join("out")).unwrap().len(), 4);
    }
}

#[tokio::test]
async fn output_that_fills_the_limit_exactly_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let captured = sh(folder.path(), "printf 1234", 4).await.unwrap();
    assert!(captured.succeeded() && !captured.stdout.is_cut());
    let folder = tempfile::tempdir().unwrap();
    assert!(sh(folder.path(), "true", 0).await.unwrap().succeeded());
}

#[tokio::test]
async fn a_process_that_fails_is_not_done_though_its_output_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let captured = sh(folder.path(), "printf 1234; exit 3", 4).await.unwrap();
    assert_eq!((captured.end, captured.succeeded()), (End::Exited(3), false));
}

#[tokio::test]
async fn a_file_that_is_there_or_cannot_be_made_starts_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("out"), "mine").unwrap();
    let mark = "touch started";
    let error = sh(folder.path(), mark, 4).await.unwrap_err();
    assert!(matches!(error, ProcessError::Store { .. }), "{error:?}");
    assert_eq!(std::fs::read(folder.path().join("out")).unwrap(), b"mine");
    assert!(!folder.path().join("started").exists());
}

#[tokio::test]
async fn a_full_disk_is_an_error_and_no_output() {
    let folder = tempfile::tempdir().unwrap();
    let output = OutputFile { path: folder.path().join("out"), limit: 1 << 20 };
    // The limit on file sizes stands for the disk; the child that sets it is the one that runs us.
    let test = std::env::current_exe().unwrap();
    let script = format!(
        "ulimit -f 1; trap '' XFSZ; exec '{}' --exact --ignored writes_to_a_full_disk",
        test.display()
    );
    let environment = Environment::allowing([]).with("OUTPUT_FILE", &output.path);
    let invocation = Invocation::tool(Path::new("/bin/sh"), folder.path(), environment).args(["-c", &script]);
    let captured = run(&invocation, &Cancel::default()).await.unwrap();
    assert!(captured.stdout.text().contains("1 passed"), "{}", captured.stdout.text());
}

#[tokio::test]
#[ignore = "run by a_full_disk_is_an_error_and_no_output, in a process with a limit"]
async fn writes_to_a_full_disk() {
    let path = std::env::var_os("OUTPUT_FILE").unwrap();
    let output = OutputFile { path: path.into(), limit: 1 << 20 };
    let invocation = Invocation::tool(Path::new("/bin/sh"), Path::new("/"), Environment::allowing([]))
        .args(["-c", "head -c 100000 /dev/zero"]);
    let ended = run(&Invocation { output: Some(output), ..invocation }, &Cancel::default()).await;
    let Err(ProcessError::Store { source, .. }) = ended else { panic!("{ended:?}") };
    assert_eq!(source.kind(), std::io::ErrorKind::FileTooLarge);
}

#[test]
fn a_variable_that_is_set_is_not_taken_from_our_own_environment_again() {
    // Every test has these two from its caller.
    let environment = Environment::allowing([]).with("PATH", "/elsewhere").with("CARGO_PKG_NAME", "another");
    let environment = environment.letting_through(["PATH", "CARGO_PKG_NAME", "CARGO_PKG_VERSION"]);
    assert_eq!(environment.get("PATH").unwrap(), "/elsewhere");
    assert_eq!(environment.get("CARGO_PKG_NAME").unwrap(), "another");
    assert_eq!(environment.get("CARGO_PKG_VERSION").unwrap(), env!("CARGO_PKG_VERSION"));
}
