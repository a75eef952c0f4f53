//! What holds for every output there can be.

use crate::clean::shown;
use crate::fixtures::{all, readers};
use gonogo_core::readers::{Reader, ToolOutput};
use proptest::prelude::*;

/// What must hold of a reading, whatever was read.
fn is_sound(reader: &Reader, output: &ToolOutput<'_>) -> Result<(), TestCaseError> {
    let reading = reader.read(output);
    let Ok(reading) = &reading else { return Ok(()) };
    let name = reader.name();
    prop_assert!(output.exit.is_some(), "{name} read the output of a process that a signal ended");
    if let Some(counts) = reading.counts {
        prop_assert!(
            counts.failed == 0 || !reading.findings.is_empty(),
            "{name}: a failure without a finding"
        );
        prop_assert_eq!(counts.executed, counts.passed.saturating_add(counts.failed), "{}", name);
    }
    for finding in &reading.findings {
        let one_line = |text: &str| !text.contains(char::is_control) && text.chars().count() <= 220;
        prop_assert!(
            one_line(&finding.message) && !finding.key.contains(char::is_control),
            "{name}: {finding:?}"
        );
    }
    Ok(())
}

/// Pieces that the formats are made of, so that their order and number is what is arbitrary.
fn soup() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "\n",
        "\n\n",
        "\r",
        "\u{1b}[0m",
        "\0",
        "running 1 test\n",
        "test a ... ok\n",
        "test a ... FAILED\n",
        "failures:\n",
        "    a\n",
        "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n",
        "test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out\n",
        ".\n",
        "    Starting 1 test across 1 binary\n",
        "     Summary [ 0.1s] 1 test run: 1 passed, 0 skipped\n",
        "        FAIL [ 0.1s] a b\n",
        "1 passed in 0.1s\n",
        "1 failed in 0.1s\n",
        "FAILED a - b\n",
        "----------------------------------------------------------------------\n",
        "Ran 1 test in 0.1s\n",
        "OK\n",
        "TAP version 13\n",
        "ok 1 - a\n",
        "    not ok 1 - a\n",
        "  ---\n",
        "  ...\n",
        "1..1\n",
        "# tests 1\n",
        "# suites 0\n",
        "# pass 1\n",
        "# fail 0\n",
        "# cancelled 0\n",
        "# skipped 0\n",
        "# todo 0\n",
        "# duration_ms 1\n",
        "✔ a (1ms)\n",
        "▶ a\n",
        "  ✖ a (1ms)\n",
        "=== RUN   A\n",
        "--- PASS: A (0.00s)\n",
        "--- FAIL: A (0.00s)\n",
        "ok  \ta\t0.1s\n",
        "FAIL\ta\t0.1s\n",
        "FAIL\n",
        "{\"Action\":\"start\",\"Package\":\"a\"}\n",
        "{\"Action\":\"pass\",\"Package\":\"a\"}\n",
        "<testsuite name=\"a\">",
        "<testcase name=\"a\"/>",
        "<testcase name=\"a\">",
        "<failure/>",
        "</testcase>",
        "</testsuite>",
        "checked a\n",
        "mismatch: a\n",
    ];
    proptest::collection::vec(proptest::sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_never_clean(
        out in proptest::collection::vec(any::<u8>(), 0..200),
        err in proptest::collection::vec(any::<u8>(), 0..200),
        exit in proptest::option::of(0..256_i32),
    ) {
        for reader in readers() {
            let output = ToolOutput { stdout: &out, stderr: &err, exit, report: None };
            is_sound(&reader, &output)?;
            prop_assert_eq!(shown(&reader.read(&output)), 0, "{}", reader.name());
        }
    }

    #[test]
    fn any_order_of_a_formats_own_lines_is_read_soundly(text in soup(), exit in prop_oneof![Just(0), Just(1), Just(101)]) {
        for reader in readers() {
            let bytes = text.as_bytes();
            is_sound(&reader, &ToolOutput { stdout: bytes, stderr: b"", exit: Some(exit), report: None })?;
            is_sound(&reader, &ToolOutput { stdout: b"", stderr: bytes, exit: Some(exit), report: None })?;
        }
    }

    #[test]
    fn a_real_output_with_a_few_bytes_changed_is_read_soundly(
        which in any::<proptest::sample::Index>(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>(), 0..3), 1..6),
    ) {
        let outputs = all();
        let mut fixture = outputs[which.index(outputs.len())].clone();
        for (at, byte, kind) in changes {
            let bytes = fixture.primary();
            if bytes.is_empty() { break }
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => { bytes.remove(at); }
            }
        }
        for reader in readers() {
            is_sound(&reader, &fixture.output())?;
        }
    }
}
