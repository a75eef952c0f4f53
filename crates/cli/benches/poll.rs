//! What a poll costs beside the commands that it runs: `gonogo poll --jobs 2` and `make -j2` on the same checks, in
//! alternating order, pair by pair. `docs/benchmarks.md` says how to read it.
//!
//! Invariant: a poll that did not come to the answer it should is no sample, it ends the benchmark.
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
use std::fmt::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};
use support::{Project, Ran, plan};

/// What every check of a project does.
#[derive(Clone, Copy)]
enum Kind {
    /// A script that reports one passed test, the same for all checks.
    Same,
    /// A script that reports one passed test, named after its check.
    Distinct,
    /// `true`, which shows nothing: every check is incomplete and gets a blocker.
    Nothing,
}

/// What is measured.
struct Scenario {
    checks: usize,
    /// Files of the repository beside the plan and the makefile.
    files: usize,
    pairs: usize,
    kinds: &'static [Kind],
}

const ALL: &[Kind] = &[Kind::Same, Kind::Distinct, Kind::Nothing];
const FULL: &[Scenario] = &[
    Scenario { checks: 9, files: 0, pairs: 15, kinds: ALL },
    Scenario { checks: 500, files: 0, pairs: 7, kinds: ALL },
    Scenario { checks: 100, files: 50_000, pairs: 5, kinds: &[Kind::Same] },
];
const SHORT: &[Scenario] = &[Scenario { checks: 2, files: 20, pairs: 1, kinds: ALL }];

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Same => "one test, same output",
            Self::Distinct => "one test, own output",
            Self::Nothing => "`true`, a blocker each",
        }
    }

    const fn exit(self) -> i32 {
        match self {
            Self::Same | Self::Distinct => 0,
            Self::Nothing => 3,
        }
    }

    fn words(self, number: usize) -> Vec<String> {
        match self {
            Self::Same => vec!["report".to_owned(), "it_works".to_owned()],
            Self::Distinct => vec!["report".to_owned(), format!("check_{number}_works")],
            Self::Nothing => vec!["true".to_owned()],
        }
    }
}

/// One line of the table.
struct Row {
    checks: usize,
    files: usize,
    kind: &'static str,
    what: &'static str,
    pairs: Vec<(Duration, Duration)>,
}

fn main() {
    // Cargo gives `--bench` to a benchmark; anything else only wants to know that it works.
    let is_full = std::env::args().any(|word| word == "--bench");
    let (scenarios, gibibyte) = if is_full { (FULL, 1 << 30) } else { (SHORT, 16 << 20) };
    println!("{}\n", host());
    println!("| checks | files | each | poll | make -j2 ms | gonogo ms | more ms | ratio (low to high) |");
    println!("|---:|---:|---|---|---:|---:|---:|---|");
    for scenario in scenarios {
        for kind in scenario.kinds {
            for row in measure(scenario, *kind) {
                println!("{}", line(&row));
            }
        }
    }
    println!("\n{}", after_docs(if is_full { 1000 } else { 10 }));
    println!("\npeak memory, a check that prints {} MiB: {} KiB", gibibyte >> 20, peak(gibibyte));
    println!("{}", host());
}

fn measure(scenario: &Scenario, kind: Kind) -> Vec<Row> {
    let Scenario { checks, files, pairs, .. } = *scenario;
    let project = project(checks, files, kind);
    let row = |what| Row { checks, files, kind: kind.name(), what, pairs: Vec::new() };
    let (mut new, mut first, mut again) = (row("first of all"), row("first"), row("again"));
    for number in 0..=pairs {
        // Out of the way and not removed: to make files right after removing as many is slow on some file systems.
        std::fs::rename(project.root().join(".git/gonogo"), project.beside(&format!("gonogo-{number}"))).ok();
        let make = || timed(project.command("make").args(["-s", "-j2"]), 0).1;
        let poll = || {
            let (ran, took) =
                timed(&mut project.gonogo(&["poll", "v0.2.0", "--json", "--jobs", "2"]), kind.exit());
            assert_eq!(ended(&ran), checks, "{ran:?}");
            took
        };
        // The order alternates, so that neither always has what the other left in the caches.
        let (made, polled) = if number % 2 == 0 {
            let made = make();
            (made, poll())
        } else {
            let polled = poll();
            (make(), polled)
        };
        let polled_again = poll();
        // The first pair warms up: the room is made.
        if number == 0 {
            new.pairs.push((made, polled));
        } else {
            first.pairs.push((made, polled));
            again.pairs.push((made, polled_again));
        }
    }
    vec![new, first, again]
}

/// A project with these checks, and a makefile that runs the same commands.
fn project(checks: usize, files: usize, kind: Kind) -> Project {
    let (mut listed, mut makefile) = (String::new(), String::from("all:"));
    for number in 0..checks {
        write!(makefile, " c{number}").unwrap();
    }
    for number in 0..checks {
        let words = kind.words(number);
        write!(makefile, "\nc{number}:\n\t{}\n", words.join(" ")).unwrap();
        write!(listed, "[[gates.checks]]\nid = \"c{number}\"\nrun = {words:?}\nreader = \"libtest\"\n\n")
            .unwrap();
    }
    let project = Project::new(&plan(&listed));
    project.write("Makefile", makefile);
    for number in 0..files {
        project.write(&format!("src/{}/{number}.txt", number / 500), format!("file {number}\n"));
    }
    project.commit("the same for make");
    let passed = support::PASSED.replace("it_works", "%s").replace('\n', "\\n");
    project.tool("report", &format!("printf '{passed}' \"$1\""));
    project
}

/// What a poll takes after a commit that touches nothing but the docs, where eight checks of nine read none of them.
fn after_docs(millis_each: u64) -> String {
    let mut listed = String::new();
    for number in 0..9 {
        let inputs = if number == 0 { "docs/**" } else { "src/**" };
        write!(
            listed,
            "[[gates.checks]]\nid = \"c{number}\"\nrun = [\"report\"]\nreader = \"libtest\"\ninputs = [\"{inputs}\"]\n\n"
        )
        .unwrap();
    }
    let project = Project::new(&plan(&listed));
    project.write("src/lib.rs", "// code\n");
    project.write("docs/index.md", "text\n");
    project.commit("code and docs");
    let (seconds, passed) = (millis_each as f64 / 1000.0, support::PASSED.replace('\n', "\\n"));
    // The docs are looked at in no time.
    project.tool("report", &format!("if [ -e src ]; then sleep {seconds}; fi; printf '{passed}'"));
    let poll = || timed(&mut project.gonogo(&["poll", "v0.2.0", "--json", "--jobs", "2"]), 0);
    let (_, first) = poll();
    project.write("docs/index.md", "more text\n");
    project.commit("docs");
    let (ran, after) = poll();
    let reused = ran.stdout.matches("\"reused\": true").count();
    assert_eq!(reused, 8, "{ran:?}");
    let share = 100.0 * after.as_secs_f64() / first.as_secs_f64();
    format!(
        "after a commit to the docs, eight checks of {millis_each} ms that read none: {:.0} ms, {share:.1} % of the first poll's {:.0} ms",
        millis(after),
        millis(first)
    )
}

/// Runs a program to its end, which has to be the expected one.
fn timed(command: &mut Command, status: i32) -> (Ran, Duration) {
    let begun = Instant::now();
    let output = command.output().unwrap();
    let took = begun.elapsed();
    (Ran::from(output).exits(status), took)
}

/// How many checks came to an end.
fn ended(ran: &Ran) -> usize {
    let document = ran.json();
    let gates = document["gates"].as_array().unwrap();
    gates.iter().map(|gate| gate["checks"].as_array().unwrap().len()).sum()
}

/// The highest resident size of gonogo, in KiB, as the kernel shows it to a check that runs after the loud one.
fn peak(bytes: u64) -> u64 {
    let project = Project::new(&plan(&support::loud_and_peak()));
    project.tool("loud", &format!("head -c {bytes} /dev/zero"));
    let peak = project.beside("peak");
    project.tool("peak", &support::peak_script(&peak));
    timed(&mut project.gonogo(&["poll", "v0.2.0", "--json"]), 3);
    support::kibibytes(&peak)
}

fn line(row: &Row) -> String {
    let make = median(row.pairs.iter().map(|pair| millis(pair.0)));
    let poll = median(row.pairs.iter().map(|pair| millis(pair.1)));
    let more = median(row.pairs.iter().map(|pair| millis(pair.1) - millis(pair.0)));
    let ratios = row.pairs.iter().map(|pair| pair.1.as_secs_f64() / pair.0.as_secs_f64());
    let (checks, files, kind, what) = (row.checks, row.files, row.kind, row.what);
    format!(
        "| {checks} | {files} | {kind} | {what} | {make:.0} | {poll:.0} | {more:+.0} | {} |",
        spread(ratios)
    )
}
