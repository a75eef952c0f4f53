//! How often the performance guard is wrong, and how many pairs it takes: `cargo bench -p gonogo-core --bench guard`.
//!
//! Prints a table. Beside it runs the rule of three runs of each side in a row: a block where the medians are 15 % or more
//! apart and the ranges do not overlap.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "it prints its result, and its designs are its own"
)]

mod noise;

use gonogo_core::stats::{Design, PairOrder};
use noise::rates::{Rates, blocked, rates};
use noise::{KINDS, Made, Measured, Source};

fn main() {
    // `cargo test --benches` passes no `--bench`: a few trials then show that it works.
    let full = std::env::args().any(|argument| argument == "--bench");
    let trials =
        std::env::var("TRIALS").ok().and_then(|n| n.parse().ok()).unwrap_or(if full { 10_000 } else { 5 });
    let (light, busy) = (Measured::light(), Measured::busy());
    println!("{trials} trials a cell; {} and {} measured pairs", light.len(), busy.len());
    let measured = |name: &str, one| {
        [1, 3]
            .into_iter()
            .flat_map(move |samples| {
                [
                    (
                        format!("{name}, least of {samples}, picked"),
                        Source::Picked(one, samples),
                        PairOrder::Drawn,
                    ),
                    (
                        format!("{name}, least of {samples}, as they came"),
                        Source::Replayed(one, samples),
                        PairOrder::Drawn,
                    ),
                ]
            })
            .collect::<Vec<_>>()
    };
    let made = KINDS.into_iter().map(|kind| {
        (format!("{kind:?}, order drawn"), Source::Made(Made { kind, drawn: true }), PairOrder::Drawn)
    });
    let fixed = KINDS.into_iter().map(|kind| {
        (
            format!("{kind:?}, base first, order not known"),
            Source::Made(Made { kind, drawn: false }),
            PairOrder::Unknown,
        )
    });
    let sources: Vec<(String, Source<'_>, PairOrder)> = measured("light", &light)
        .into_iter()
        .chain(measured("busy", &busy))
        .chain(made)
        .chain(fixed)
        .collect();
    for (margin, budget) in [(0.10, 240), (0.05, 360)] {
        let design = Design::standard(margin, 0.05, budget).unwrap();
        println!(
            "\nmargin {:.0} %, looks after {:?} pairs",
            margin * 100.0,
            design.looks().collect::<Vec<_>>()
        );
        println!(
            "| noise | alike: passed | failed | pairs | +margin: passed | failed | pairs | +2 margins: passed | failed | pairs |"
        );
        println!("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        for (name, source, order) in &sources {
            let cells: Vec<String> = [0.0, margin, 2.0 * margin]
                .iter()
                .map(|effect| cell(&rates(&design, *source, *order, *effect, trials)))
                .collect();
            println!("| {name} | {} |", cells.join(" | "));
        }
    }
    println!("\nthree runs of each side in a row, 15 %: share that is blocked");
    println!("| noise | alike | +15 % | +20 % | +30 % |\n|---|---:|---:|---:|---:|");
    for (name, source, _) in &sources {
        let cells: Vec<String> =
            [0.0, 0.15, 0.20, 0.30].iter().map(|effect| percent(blocked(*source, *effect, trials))).collect();
        println!("| {name} | {} |", cells.join(" | "));
    }
}

fn cell(rates: &Rates) -> String {
    format!("{} | {} | {:.0}", percent(rates.passed), percent(rates.failed), rates.pairs)
}

fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}
