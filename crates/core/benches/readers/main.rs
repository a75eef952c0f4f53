//! 100 MiB of each reader's format, and hostile shapes: seconds, and the most that was held beside the input.
//!
//! `cargo bench --workspace --bench readers [READER]`. As a test it reads a few MiB of each, and fails where a reader holds more than a
//! small multiple of what it reads: that is the same on every machine.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark says what it measured, and fails by panicking"
)]

mod formats;
mod hostile;

use formats::Format;
use gonogo_core::readers::{Reader, ToolOutput};
use gonogo_core::roster::Roster;
use peak_alloc::PeakAlloc;
use std::time::Instant;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const MIB: usize = 1 << 20;

/// What a reader may hold for each byte that it reads, beside the input: names and states of tests, and what they are compared by.
const MULTIPLE: usize = 5;

/// The same where nearly every few bytes are a finding of their own.
const OF_FINDINGS: usize = 16;

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

fn measured(reader: &Reader, output: &ToolOutput<'_>) -> Measured {
    let before = HEAP.current_usage();
    HEAP.reset_peak_usage();
    let (start, processor) = (Instant::now(), on_processor());
    let reading = reader.read(output);
    let (seconds, on_processor) = (start.elapsed().as_secs_f64(), on_processor() - processor);
    let held = HEAP.peak_usage().saturating_sub(before);
    let shows_something = reading.as_ref().is_ok_and(|reading| {
        let executed = reading.counts.map_or(0, |counts| counts.executed);
        reading.findings.is_empty() && executed.max(reading.examined.unwrap_or_default()) > 0
    });
    let said = match reading {
        Ok(reading) => match reading.counts {
            Some(counts) => format!("{} executed", counts.executed),
            None => format!("{} examined", reading.examined.unwrap_or_default()),
        },
        Err(why) => why.detail,
    };
    Measured { seconds, on_processor, held, said, shows_something }
}

fn of_format(format: &Format, bytes: usize) -> (Measured, usize) {
    let text = format.of(bytes);
    let (stdout, stderr) = if format.on_stderr { ("", text.as_str()) } else { (text.as_str(), "") };
    let output =
        ToolOutput { stdout: stdout.as_bytes(), stderr: stderr.as_bytes(), exit: Some(0), report: None };
    (measured(&format.reader, &output), text.len())
}

fn of_shape(formats: &[Format], name: &str, text: &str) -> Measured {
    let reader = &formats.iter().find(|format| format.name() == name).unwrap().reader;
    let out = ToolOutput { stdout: text.as_bytes(), stderr: text.as_bytes(), exit: Some(1), report: None };
    measured(reader, &out)
}

fn mib(bytes: usize) -> f64 {
    bytes as f64 / MIB as f64
}

fn line(name: &str, bytes: usize, measured: &Measured) {
    let Measured { seconds, on_processor, held, said, .. } = measured;
    let said: String = said.chars().take(60).collect();
    println!(
        "{name:20}{:6.1} MiB {seconds:6.2} s ({on_processor:5.2} s on the processor), {:7.1} MiB beside the input; {said}",
        mib(bytes),
        mib(*held)
    );
}

fn main() {
    let formats = formats::all();
    if !std::env::args().any(|argument| argument == "--bench") {
        return holds_a_small_multiple(&formats);
    }
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let chosen = |name: &str| only.as_deref().is_none_or(|only| only == name);
    for format in formats.iter().filter(|format| chosen(format.name())) {
        let (measured, bytes) = of_format(format, 100 * MIB);
        line(format.name(), bytes, &measured);
    }
    println!("\nhostile shapes");
    for (name, text) in hostile::shapes(400_000).iter().filter(|(name, _)| chosen(name)) {
        line(name, text.len(), &of_shape(&formats, name, text));
    }
}

/// What is held beside a small and a large report of the same kind, in bytes.
struct Growth {
    name: &'static str,
    small: usize,
    large: usize,
    /// How many bytes more the large one has.
    more: usize,
    /// What may be held more.
    allowed: usize,
}

fn holds_a_small_multiple(formats: &[Format]) {
    let clean = formats.iter().map(|format| {
        let [(small, less), (large, more)] = [MIB, 2 * MIB].map(|bytes| of_format(format, bytes));
        assert!(small.shows_something && large.shows_something, "{}: {}", format.name(), small.said);
        Growth {
            name: format.name(),
            small: small.held,
            large: large.held,
            more: more - less,
            allowed: MULTIPLE * (more - less),
        }
    });
    let shapes = hostile::shapes(2_000).into_iter().zip(hostile::shapes(4_000));
    let hostile = shapes.map(|((name, less), (_, more))| {
        let [small, large] = [&less, &more].map(|text| of_shape(formats, name, text).held);
        let more = 2 * (more.len() - less.len());
        // The names of a long suite's tests are many times its length, and the roster takes so many of them.
        Growth { name, small, large, more, allowed: OF_FINDINGS * more + Roster::MOST_BYTES }
    });
    for Growth { name, small, large, more, allowed } in clean.chain(hostile) {
        assert!(
            large.saturating_sub(small) <= allowed,
            "{name}: {small} bytes are held beside a report, and {large} beside one of {more} bytes more"
        );
    }
}
