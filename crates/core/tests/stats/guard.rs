//! The error rates of the performance guard on measured and on made noise: a short form of `benches/guard.rs`.

use crate::noise::rates::{blocked, rates};
use crate::noise::{KINDS, Kind, Made, Measured, Source};
use gonogo_core::stats::{Design, PairOrder};

fn at_ten_percent(source: Source<'_>, order: PairOrder, trials: usize) {
    let design = Design::standard(0.10, 0.05, 160).unwrap();
    let alike = rates(&design, source, order, 0.0, trials);
    assert!(alike.passed >= 0.99 && alike.failed == 0.0 && alike.pairs <= 45.0, "{alike:?}");
    let margin = rates(&design, source, order, 0.10, trials);
    // Five in a hundred, and two standard deviations of so few trials.
    let most = 0.05 + 2.0 * (0.05 * 0.95 / trials as f64).sqrt();
    assert!(margin.passed <= most && margin.failed <= most, "{margin:?}");
    let twice = rates(&design, source, order, 0.20, trials);
    assert!(twice.passed == 0.0 && twice.failed >= 0.99, "{twice:?}");
}

#[test]
fn measured_noise_passes_what_is_alike_and_fails_what_is_not() {
    at_ten_percent(Source::Replayed(&Measured::light(), 1), PairOrder::Drawn, 250);
    at_ten_percent(Source::Picked(&Measured::busy(), 3), PairOrder::Drawn, 250);
}

#[test]
fn noise_that_hangs_together_does_not_break_the_error_where_the_order_is_drawn() {
    let design = Design::standard(0.10, 0.05, 160).unwrap();
    let mut passed = 0.0;
    for kind in KINDS {
        let noise = Source::Made(Made { kind, drawn: true });
        let margin = rates(&design, noise, PairOrder::Drawn, 0.10, 150);
        passed += margin.passed / KINDS.len() as f64;
        let twice = rates(&design, noise, PairOrder::Drawn, 0.20, 50);
        assert!(twice.passed == 0.0 && twice.failed >= 0.94, "{kind:?}: {twice:?}");
    }
    assert!(passed <= 0.06, "{passed}");
}

#[test]
fn pairs_from_elsewhere_whose_neighbours_resemble_each_other_are_judged_with_care() {
    at_ten_percent(Source::Made(Made { kind: Kind::Wandering, drawn: false }), PairOrder::Unknown, 80);
}

#[test]
fn three_runs_of_each_in_a_row_miss_most_and_block_some() {
    let noise = Source::Made(Made { kind: Kind::Normal, drawn: true });
    assert!(blocked(noise, 0.0, 2000) > 0.005);
    assert!(blocked(noise, 0.15, 2000) < 0.5);
}

#[test]
fn the_measured_pairs_are_whole() {
    for measured in [Measured::light(), Measured::busy()] {
        assert_eq!(measured.len(), 6000);
        // Between two and two hundred milliseconds, in logarithms of microseconds.
        for index in 0..measured.len() {
            let [base, current] = measured.pair(index, 3);
            assert!((7.6..12.3).contains(&base) && (7.6..12.3).contains(&current), "{index}");
        }
    }
}
