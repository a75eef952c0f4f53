//! What holds for all readers and all captured outputs.

use crate::clean::shown;
use crate::fixtures::{Fixture, all, readers};

#[test]
fn every_reader_has_a_firing_a_quiet_and_a_zero_output() {
    for reader in readers() {
        for name in ["firing", "quiet", "zero"] {
            let fixture = Fixture::load(reader.name(), name);
            assert!(!fixture.stdout.is_empty() || !fixture.stderr.is_empty() || fixture.report.is_some());
        }
    }
    for fixture in all() {
        assert!(readers().iter().any(|reader| reader.name() == fixture.reader), "{}", fixture.label());
    }
}

#[test]
fn quiet_outputs_show_something_firing_ones_find_something_and_zero_ones_show_nothing() {
    for fixture in all() {
        let reading = fixture.read();
        let label = format!("{}: {reading:?}", fixture.label());
        if fixture.name == "quiet-ruff" {
            // The tool does not say which files it looked at.
            assert_eq!(reading.unwrap().examined, None, "{label}");
        } else if fixture.name.starts_with("quiet") {
            assert!(shown(&reading) > 0, "{label}");
        } else if fixture.name.starts_with("firing") {
            assert!(!reading.unwrap().findings.is_empty(), "{label}");
        } else if fixture.name.starts_with("zero") {
            let reading = reading.unwrap();
            assert!(reading.findings.is_empty(), "{label}");
            assert_eq!(reading.counts.map_or(0, |counts| counts.executed), 0, "{label}");
            assert_eq!(reading.examined.unwrap_or_default(), 0, "{label}");
        }
    }
}

#[test]
fn an_output_cut_anywhere_never_shows_as_much_as_the_whole() {
    for whole in all().into_iter().filter(|fixture| fixture.name.starts_with("quiet")) {
        let whole_shows = shown(&whole.read());
        let mut cut = whole.clone();
        let bytes = std::mem::take(cut.primary());
        // White space at the very end belongs to no report: without it the report is still whole, but a line needs
        // its line feed, so one of those stays.
        let end = bytes.iter().rposition(|byte| !byte.is_ascii_whitespace()).unwrap();
        let line_based = !matches!(bytes.first(), Some(b'{' | b'<')) || whole.reader == "go-test";
        let needed = if line_based { end + 2 } else { end + 1 };
        // Nothing marks its end, which its page says: what it finds comes after this message, or nothing does.
        let needed = if whole.reader == "govulncheck" { position(&bytes, b"Checking the") } else { needed };
        for length in (0..needed).filter(|length| near_a_line_end(&bytes, *length)) {
            cut.primary().clear();
            cut.primary().extend_from_slice(&bytes[..length]);
            let reading = cut.read();
            let shows = shown(&reading);
            assert!(
                shows == 0 || shows < whole_shows,
                "{} cut to {length} bytes: {reading:?}",
                whole.label()
            );
        }
    }
}

fn position(bytes: &[u8], piece: &[u8]) -> usize {
    bytes.windows(piece.len()).position(|window| window == piece).unwrap()
}

/// Small outputs are cut at every byte, larger ones beside a line's end and at every 16th byte.
fn near_a_line_end(bytes: &[u8], at: usize) -> bool {
    let around = &bytes[at.saturating_sub(1)..bytes.len().min(at + 1)];
    bytes.len() <= 2000 || at.is_multiple_of(16) || around.contains(&b'\n')
}

#[test]
fn an_output_ended_by_a_signal_is_never_read() {
    for fixture in all() {
        for reader in readers() {
            let output = gonogo_core::readers::ToolOutput { exit: None, ..fixture.output() };
            assert!(reader.read(&output).is_err(), "{} by {}", fixture.label(), reader.name());
        }
    }
}

#[test]
fn a_failing_exit_status_is_never_clean_but_where_the_tool_documents_it() {
    for fixture in all().into_iter().filter(|fixture| fixture.name.starts_with("quiet")) {
        for exit in [1, 2, 3, 4, 5, 7, 9, 94, 100, 101, 104, 105, 126, 127, 128, 137, 255] {
            let reading = Fixture { exit, ..fixture.clone() }.read();
            assert_eq!(shown(&reading), 0, "{} with exit status {exit}: {reading:?}", fixture.label());
        }
    }
}

#[test]
fn a_firing_output_is_not_clean_with_exit_status_zero() {
    for fixture in all().into_iter().filter(|fixture| fixture.name.starts_with("firing")) {
        let reading = Fixture { exit: 0, ..fixture.clone() }.read();
        assert_eq!(shown(&reading), 0, "{}", fixture.label());
        assert!(reading.is_err() || !reading.unwrap().findings.is_empty(), "{}", fixture.label());
    }
}

#[test]
fn the_output_of_another_tool_is_never_clean() {
    for fixture in all() {
        // vitest writes its report as jest does.
        let alike = |name: &str| if name == "vitest" { "jest".to_owned() } else { name.to_owned() };
        for reader in readers().into_iter().filter(|reader| alike(reader.name()) != alike(&fixture.reader)) {
            for exit in [fixture.exit, 0] {
                let output = gonogo_core::readers::ToolOutput { exit: Some(exit), ..fixture.output() };
                let reading = reader.read(&output);
                assert_eq!(shown(&reading), 0, "{} read by {}: {reading:?}", fixture.label(), reader.name());
            }
        }
    }
}

#[test]
fn keys_of_findings_are_different_and_hold_no_line_break_or_path_of_a_machine() {
    for fixture in all() {
        let Ok(reading) = fixture.read() else { continue };
        let mut keys: Vec<&str> = reading.findings.iter().map(|finding| finding.key.as_str()).collect();
        keys.sort_unstable();
        let all = keys.len();
        keys.dedup();
        assert_eq!(keys.len(), all, "{}: {keys:?}", fixture.label());
        for key in keys {
            assert!(!key.is_empty() && !key.contains(char::is_control), "{}: {key:?}", fixture.label());
        }
    }
}
