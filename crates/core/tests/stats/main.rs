//! The statistics against an independent implementation: `reference.json`, made by `reference.py` with SciPy.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use gonogo_core::stats::walsh::Sorted;
use gonogo_core::stats::{Better, Design, Pair, PairOrder, judge, normal, sequential, signed_rank};
use serde_json::Value;

mod guard;
#[path = "../../benches/noise/mod.rs"]
mod noise;

fn reference() -> Value {
    serde_json::from_str(include_str!("reference.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn list<'a>(reference: &'a Value, name: &str) -> &'a Vec<Value> {
    let list = reference[name].as_array().unwrap();
    assert!(!list.is_empty(), "{name}");
    list
}

fn near(own: f64, other: f64, relative: f64) -> bool {
    (own - other).abs() <= relative * other.abs().max(1e-300)
}

#[test]
fn normal_tails_and_quantiles_agree_with_scipy() {
    let reference = reference();
    for point in list(&reference, "upper_tail") {
        let [x, p] = numbers(point)[..] else { unreachable!() };
        assert!(near(normal::upper_tail(x), p, 1e-10), "{x}: {} and {p}", normal::upper_tail(x));
    }
    for point in list(&reference, "upper_quantile") {
        let [p, x] = numbers(point)[..] else { unreachable!() };
        assert!((normal::upper_quantile(p) - x).abs() < 1e-8, "{p}: {} and {x}", normal::upper_quantile(p));
    }
}

#[test]
fn the_signed_rank_distribution_agrees_with_a_product_of_polynomials() {
    let reference = reference();
    let all = reference["signed_rank"].as_object().unwrap();
    assert_eq!(all.len(), 7);
    for (n, cumulative) in all {
        let own = signed_rank::cumulative(n.parse().unwrap());
        let other = numbers(cumulative);
        assert_eq!(own.len(), other.len());
        for (own, other) in own.iter().zip(other) {
            assert!((own - other).abs() < 1e-12, "{n}: {own} and {other}");
        }
    }
}

#[test]
fn the_sum_of_ranks_is_as_unlikely_as_scipy_s_exact_test_says() {
    for case in list(&reference(), "wilcoxon") {
        let values = numbers(&case["values"]);
        let sorted = Sorted::new(&values).unwrap();
        // Averages above zero are as many as the positive ranks sum to (Tukey 1949).
        let positive = sorted.averages() - sorted.at_most(0.0);
        let own = signed_rank::cumulative(values.len())[usize::try_from(positive).unwrap()];
        let other = case["p"].as_f64().unwrap();
        assert!(near(own, other, 1e-9), "{own} and {other}");
    }
}

#[test]
fn estimates_and_bounds_agree_with_averages_written_out() {
    for case in list(&reference(), "comparisons") {
        let values = numbers(&case["values"]);
        let sorted = Sorted::new(&values).unwrap();
        let close = |own: f64, other: &Value| (own - other.as_f64().unwrap()).abs() < 1e-12;
        assert!(close(sorted.hodges_lehmann().unwrap(), &case["estimate"]), "{case}");
        let critical = signed_rank::critical_value(values.len(), case["level"].as_f64().unwrap());
        if case["bounds"].is_null() {
            assert_eq!(critical, None, "{case}");
        } else {
            assert!(close(signed_rank::lower_bound(&sorted, critical), &case["bounds"][0]), "{case}");
            assert!(close(signed_rank::upper_bound(&sorted, critical), &case["bounds"][1]), "{case}");
        }
    }
}

#[test]
fn the_error_over_several_looks_agrees_with_a_multivariate_normal_integral() {
    for case in list(&reference(), "crossings") {
        let chances = sequential::crossing(&numbers(&case["times"]), &numbers(&case["bounds"]));
        let mut total = 0.0;
        for (chance, other) in chances.iter().zip(numbers(&case["crossed"])) {
            total += chance;
            assert!((total - other).abs() < 2e-6, "{total} and {other}");
        }
    }
}

#[test]
fn ten_thousand_pairs_are_judged_as_a_few_are() {
    let pairs: Vec<Pair> = (0..10_000_u32)
        .map(|i| {
            let noise = f64::from(i.wrapping_mul(2_654_435_769) >> 8) / f64::from(1 << 24) - 0.5;
            Pair::new(1.0, 1.02 * (0.4 * noise).exp()).unwrap()
        })
        .collect();
    let design = Design::new(0.05, 0.05, &[pairs.len()]).unwrap();
    let judgement = judge(&design, &pairs, Better::Lower, PairOrder::Unknown).unwrap();
    assert!((judgement.estimate - 0.02).abs() < 0.003, "{judgement:?}");
    assert!(judgement.is_slower_within_margin(), "{judgement:?}");
}
