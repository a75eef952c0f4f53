//! How long `gonogo status` takes on a long ledger, every record of which it reads and verifies: side by side with
//! `sha256sum` on the same file, pair by pair. `docs/benchmarks.md` says how to read it.
//!
//! Invariant: a status that was not of the whole ledger is no sample, it ends the benchmark.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark ends by panicking, prints its figures, and starts the programs itself"
)]

mod figures;
#[expect(dead_code, reason = "shared with the tests, which need more of it")]
#[path = "../tests/it/support.rs"]
mod support;

use figures::{host, median, millis, spread};
use gonogo_core::ledger::{Event, Owner};
use gonogo_world::ledger::{self, Ledger};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use support::{PASSED, Project, libtest, plan};

const TARGET: &str = "v0.2.0";

fn main() {
    // Cargo gives `--bench` to a benchmark; anything else only wants to know that it works.
    let (records, pairs) =
        if std::env::args().any(|word| word == "--bench") { (20_000, 31) } else { (200, 1) };
    let checks: String = (0..20).map(|number| libtest(&format!("c{number}"), "report")).collect();
    let project = Project::new(&plan(&checks));
    project.printing("report", PASSED, 0);
    project.gonogo(&["poll", TARGET, "--json"]).output().unwrap();
    let folder = project.root().join(".git/gonogo/releases").join(TARGET);
    lengthen(&folder, records);
    println!("{}\n", host());
    let mut times = Vec::new();
    for number in 0..=pairs {
        let status = || timed(project.gonogo(&["status", TARGET, "--json"]).env("GONOGO_LOG", "off"));
        let sum = || timed(Command::new("sha256sum").arg(folder.join("ledger.jsonl")));
        // The order alternates, so that neither always has what the other left in the caches.
        let pair = if number % 2 == 0 {
            let first = status();
            (first, sum())
        } else {
            let first = sum();
            (status(), first)
        };
        // The first pair warms up.
        if number > 0 || pairs == 1 {
            times.push(pair);
        }
    }
    let bytes = std::fs::metadata(folder.join("ledger.jsonl")).unwrap().len();
    println!("| records | MiB | sha256sum ms | status ms | ratio (low to high) |");
    println!("|---:|---:|---:|---:|---|");
    println!(
        "| {records} | {:.1} | {:.1} | {:.1} | {} |",
        f64::from(u32::try_from(bytes).unwrap()) / f64::from(1 << 20),
        median(times.iter().map(|pair| millis(pair.1))),
        median(times.iter().map(|pair| millis(pair.0))),
        spread(times.iter().map(|pair| pair.0.as_secs_f64() / pair.1.as_secs_f64())),
    );
    println!("\n{}", host());
    damaged_is_noticed(&project, &folder);
}

/// Repeats the poll that is there, record by record, until there are so many.
fn lengthen(folder: &Path, records: u64) {
    let known = ledger::read(folder, Owner { project: None, target: TARGET }).unwrap().unwrap();
    let Some(Event::Opened(opened)) = known.first().map(|record| record.event.clone()) else {
        panic!("a ledger begins with its opening");
    };
    let mut ledger = Ledger::open(folder, opened).unwrap();
    let mut poll = 0;
    while ledger.anchor().records < records {
        for record in known.iter().skip(1) {
            let event = of_poll(record.event.clone(), poll);
            let seq = ledger.append(event, Vec::new()).unwrap().seq;
            if matches!(record.event, Event::PollStarted(_)) {
                poll = seq;
            }
        }
    }
    ledger.flush().unwrap();
}

/// The event, of another poll.
fn of_poll(mut event: Event, poll: u64) -> Event {
    match &mut event {
        Event::CheckStarted(started) => started.poll = poll,
        Event::CheckFinished(finished) => finished.poll = poll,
        Event::PollFinished(finished) => finished.poll = poll,
        _ => {}
    }
    event
}

/// Runs a program to its end.
fn timed(command: &mut Command) -> Duration {
    let begun = Instant::now();
    let output = command.output().unwrap();
    let took = begun.elapsed();
    assert!(output.status.code().is_some_and(|code| code < 2), "{output:?}");
    took
}

/// The figures are of a status that verifies: one byte in the middle of the ledger ends it.
fn damaged_is_noticed(project: &Project, folder: &Path) {
    let path = folder.join("ledger.jsonl");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let output = project.gonogo(&["status", TARGET, "--json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{output:?}");
}
