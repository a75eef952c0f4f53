//! 100 MiB of each reader's format: seconds, and the most that was held beside the input.
//!
//! `cargo bench --workspace --bench readers [READER]`. As a test it reads a few MiB of each, and fails where a reader holds more than a
//! small multiple of what it reads: that is the same on every machine.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark says what it measured, and fails by panicking"
)]

mod formats;

use formats::Format;
use gonogo_core::readers::ToolOutput;
use peak_alloc::PeakAlloc;
use std::time::Instant;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const MIB: usize = 1 << 20;

/// What a reader may hold for each byte that it reads, beside the input: names and states of tests, and what they are compared by.
const MULTIPLE: usize = 4;

/// What reading took, and what it came to.
struct Measured {
    seconds: f64,
    on_processor: f64,
    /// Bytes beside the input.
    held: usize,
    said: String,
    shows_something: bool,
}

/// Seconds that this process was on a processor, where the system says it.
fn on_processor() -> f64 {
    let said = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    said.split_whitespace().next().and_then(|nanos| nanos.parse::<f64>().ok()).unwrap_or_default() / 1e9
}

fn measured(format: &Format, text: &str) -> Measured {
    let (stdout, stderr) = if format.on_stderr { ("", text) } else { (text, "") };
    let output =
        ToolOutput { stdout: stdout.as_bytes(), stderr: stderr.as_bytes(), exit: Some(0), report: None };
    let before = HEAP.current_usage();
    HEAP.reset_peak_usage();
    let (start, processor) = (Instant::now(), on_processor());
    let reading = format.reader.read(&output);
    let (seconds, on_processor) = (start.elapsed().as_secs_f64(), on_processor() - processor);
    let held = HEAP.peak_usage() - before;
    let shows_something = reading.as_ref().is_ok_and(|reading| {
        let executed = reading.counts.map_or(0, |counts| counts.executed);
        reading.findings.is_empty() && executed.max(reading.examined.unwrap_or_default()) > 0
    });
    let said = match reading {
        Ok(reading) => match reading.counts {
            Some(counts) => format!("{} executed", counts.executed),
            None => {
                format!("{} examined, {} notes", reading.examined.unwrap_or_default(), reading.notes.len())
            }
        },
        Err(why) => why.detail,
    };
    Measured { seconds, on_processor, held, said, shows_something }
}

fn mib(bytes: usize) -> f64 {
    bytes as f64 / MIB as f64
}

fn main() {
    let real = std::env::args().any(|argument| argument == "--bench");
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let chosen = formats::all();
    let chosen = chosen.iter().filter(|one| only.as_deref().is_none_or(|only| only == one.name()));
    let mut too_much = Vec::new();
    for format in chosen {
        if real {
            let text = format.of(100 * MIB);
            let Measured { seconds, on_processor, held, said, .. } = measured(format, &text);
            println!(
                "{:20}{:6.1} MiB {seconds:6.2} s ({on_processor:5.2} s on the processor), {:7.1} MiB beside the input; {said}",
                format.name(),
                mib(text.len()),
                mib(held)
            );
        } else {
            let [small, large] = [MIB, 2 * MIB].map(|bytes| measured(format, &format.of(bytes)));
            assert!(small.shows_something && large.shows_something, "{}: {}", format.name(), small.said);
            if large.held.saturating_sub(small.held) > MULTIPLE * MIB {
                too_much.push(format!("{}: {} and {} MiB", format.name(), mib(small.held), mib(large.held)));
            }
        }
    }
    assert!(
        too_much.is_empty(),
        "more is held beside 1 and 2 MiB than {MULTIPLE} times as much: {too_much:#?}"
    );
}
