//! A test that runs the test binary again: what that one prints stands in the middle of cargo's own report.

use gonogo_core::readers::{Reader, Reading, ToolOutput, Unread};

fn read(stdout: &str, exit: i32) -> Result<Reading, Unread> {
    Reader::Libtest { one_binary: false }.read(&ToolOutput {
        stdout: stdout.as_bytes(),
        stderr: b"",
        exit: Some(exit),
        report: None,
    })
}

fn result(word: &str, passed: u64, failed: u64) -> String {
    format!(
        "\ntest result: {word}. {passed} passed; {failed} failed; 0 ignored; 0 measured; 2 filtered out; finished in 0.00s\n\n"
    )
}

#[test]
fn a_test_binary_that_a_test_runs_is_not_counted_and_hides_nothing() {
    let inner = format!("\nrunning 0 tests\n{}", result("ok", 0, 0));
    let verbose = format!(
        "\nrunning 2 tests\n{inner}test a ... ok\n{inner}test b ... ok\n{}\nrunning 1 test\ntest c ... ok\n{}",
        result("ok", 2, 0),
        result("ok", 1, 0)
    );
    let quiet = format!("\nrunning 3 tests\n..{inner}{inner}.\n{}", result("ok", 3, 0));
    for text in [verbose, quiet] {
        let counts = read(&text, 0).unwrap().counts.unwrap();
        assert_eq!((counts.executed, counts.failed), (3, 0), "{text}");
    }
}

#[test]
fn several_that_print_at_once_are_told_apart_by_what_they_announced() {
    let text = format!(
        "\nrunning 1 test\n\nrunning 3 tests\n\nrunning 0 tests\n{}test child ... ok\n{}test a ... ok\n{}",
        result("ok", 3, 0),
        result("ok", 0, 0),
        result("ok", 1, 0)
    );
    assert_eq!(read(&text, 0).unwrap().counts.unwrap().executed, 1);
}

#[test]
fn a_result_line_that_another_process_wrote_into_is_still_one_of_its_own() {
    let tail = ". 0 passed; 0 failed; 0 ignored; 0 measured; 2 filtered out; finished in 0.00s\n\n";
    let text = format!(
        "\nrunning 1 test\n\nrunning 0 tests\n\ntest result: ok\nrunning 0 tests\n{tail}\ntest result: test result: okok{tail}.\n{}",
        result("ok", 1, 0)
    );
    assert_eq!(read(&text, 0).unwrap().counts.unwrap().executed, 1);
    // One that has none aborted, and the next one has as many tests as the run around it and no other.
    let one_is_missing = text.replacen(tail, "\n", 1);
    assert_eq!(read(&one_is_missing, 0).unwrap().counts.unwrap().executed, 1);
    let alike = one_is_missing.replacen("running 0 tests", "running 1 test", 1);
    assert!(read(&alike, 0).is_err());
}

#[test]
fn the_failure_of_the_test_around_it_is_named() {
    let text = format!(
        "\nrunning 2 tests\n.\nrunning 0 tests\n{}a --- FAILED\n\nfailures:\n\n---- a stdout ----\nboom\n\n\nfailures:\n    a\n{}",
        result("ok", 0, 0),
        result("FAILED", 1, 1)
    );
    let reading = read(&text, 101).unwrap();
    assert_eq!(reading.counts.unwrap().failed, 1);
    assert_eq!(reading.findings[0].message, "test failed: a");
}

#[test]
fn a_binary_that_left_before_its_result_line_is_not_taken_for_one_around_the_next() {
    let next = format!("\nrunning 2 tests\ntest a ... ok\ntest b ... ok\n{}", result("ok", 2, 0));
    for cut in ["\nrunning 2 tests\ntest x ... ok\n", "\nrunning 5 tests\n", "\nrunning 0 tests\n"] {
        assert!(read(&format!("{cut}{next}"), 0).is_err(), "{cut}");
        assert!(read(&format!("{cut}{next}{next}"), 0).is_err(), "{cut}");
    }
}
