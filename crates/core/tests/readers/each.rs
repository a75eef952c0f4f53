//! What each reader makes of its captured outputs: counts, findings, notes and refusals, one line each.

use crate::fixtures::all;
use std::fmt::Write;

#[test]
fn every_captured_output_is_read_as_a_person_would_read_it() {
    let mut readers: Vec<String> = all().into_iter().map(|fixture| fixture.reader).collect();
    readers.dedup();
    for reader in readers {
        let mut seen = String::new();
        for fixture in all().into_iter().filter(|fixture| fixture.reader == reader) {
            write!(seen, "{} (exit {}): ", fixture.name, fixture.exit).unwrap();
            match fixture.read() {
                Err(unread) => writeln!(seen, "{}: {}", unread.reason, unread.detail).unwrap(),
                Ok(reading) => {
                    if let Some(counts) = reading.counts {
                        let (passed, failed, skipped) = (counts.passed, counts.failed, counts.skipped);
                        write!(seen, "{passed} passed, {failed} failed, {skipped} skipped. ").unwrap();
                    }
                    if let Some(examined) = reading.examined {
                        write!(seen, "{examined} examined. ").unwrap();
                    }
                    if let Some(time) = reading.data_time {
                        write!(seen, "As of {time}. ").unwrap();
                    }
                    writeln!(seen).unwrap();
                    for finding in reading.findings {
                        let place = finding.place.map(|place| format!(" at {place}")).unwrap_or_default();
                        writeln!(seen, "  finding [{}] {}{place}", finding.key, finding.message).unwrap();
                    }
                    for setting in reading.settings {
                        writeln!(seen, "  setting {}: {}", setting.name, setting.message).unwrap();
                    }
                    for note in reading.notes {
                        writeln!(seen, "  note {note}").unwrap();
                    }
                }
            }
        }
        insta::assert_snapshot!(reader, seen);
    }
}
