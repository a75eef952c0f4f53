//! The null distribution of Wilcoxon's signed-rank statistic, and the bounds that come from it.
//!
//! Nothing is dropped for zeros or ties: bounds are closed intervals of Walsh averages, which hold their level for
//! discrete data too (Pratt & Gibbons, *Concepts of Nonparametric Theory*, 1981, chapter 3).

use super::normal;
use super::walsh::Sorted;

/// Up to so many values the distribution is exact; above, it is normal with continuity correction. Its tails are thinner
/// than the normal's (its kurtosis is below 3), so that the approximation errs towards wider bounds.
pub const EXACT_UP_TO: usize = 120;

/// P(W ≤ c) for c = 0 … n (n + 1) / 2: of all 2^n ways to give ranks 1 … n a sign, the share whose positive ranks sum to
/// at most c (Wilcoxon 1945; the recursion is in Hollander & Wolfe, *Nonparametric Statistical Methods*, 1973, 3.1).
pub fn cumulative(n: usize) -> Vec<f64> {
    let sums = n * (n + 1) / 2;
    let mut share = vec![0.0; sums + 1];
    share[0] = 1.0;
    let mut largest = 0;
    for rank in 1..=n {
        largest += rank;
        for sum in (0..=largest).rev() {
            let with = if sum >= rank { share[sum - rank] } else { 0.0 };
            share[sum] = 0.5 * (share[sum] + with);
        }
    }
    let mut total = 0.0;
    for one in &mut share {
        total += *one;
        *one = total;
    }
    share
}

/// The largest c with P(W ≤ c) ≤ `level`, for 0 < `level` < 1/2. `None` where even c = 0 is too likely: so few values
/// bound nothing.
pub fn critical_value(n: usize, level: f64) -> Option<u64> {
    if n <= EXACT_UP_TO {
        // A hair of room: the level may be one of the distribution's own values.
        let room = level * (1.0 + 1e-9);
        let within = cumulative(n).iter().take_while(|probability| **probability <= room).count();
        return (within as u64).checked_sub(1);
    }
    let n = n as f64;
    let mean = n * (n + 1.0) / 4.0;
    let deviation = (n * (n + 1.0) * (2.0 * n + 1.0) / 24.0).sqrt();
    let value = (mean - normal::upper_quantile(level) * deviation - 0.5).floor();
    (value >= 0.0).then_some(value as u64)
}

/// The bound that lies above the centre with probability at most the level behind `critical`, whatever the symmetric
/// distribution: the Walsh average of rank `critical` + 1 (Lehmann, *Nonparametrics*, 1975, 4.4). Minus infinity for `None`.
pub fn lower_bound(values: &Sorted, critical: Option<u64>) -> f64 {
    critical.and_then(|critical| values.average_of_rank(critical + 1)).unwrap_or(f64::NEG_INFINITY)
}

/// The same from above.
pub fn upper_bound(values: &Sorted, critical: Option<u64>) -> f64 {
    critical
        .and_then(|critical| values.averages().checked_sub(critical))
        .and_then(|rank| values.average_of_rank(rank))
        .unwrap_or(f64::INFINITY)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Critical values of T, one-sided 0.05, 0.025, 0.01, 0.005: Wilcoxon & Wilcox, *Some Rapid Approximate Statistical
    /// Procedures* (1964), table 2, as reprinted in most textbooks.
    #[test]
    fn critical_values_are_those_of_the_published_table() {
        let table: [(usize, [Option<u64>; 4]); 12] = [
            (5, [Some(0), None, None, None]),
            (6, [Some(2), Some(0), None, None]),
            (7, [Some(3), Some(2), Some(0), None]),
            (8, [Some(5), Some(3), Some(1), Some(0)]),
            (9, [Some(8), Some(5), Some(3), Some(1)]),
            (10, [Some(10), Some(8), Some(5), Some(3)]),
            (12, [Some(17), Some(13), Some(9), Some(7)]),
            (15, [Some(30), Some(25), Some(19), Some(15)]),
            (20, [Some(60), Some(52), Some(43), Some(37)]),
            (25, [Some(100), Some(89), Some(76), Some(68)]),
            (30, [Some(151), Some(137), Some(120), Some(109)]),
            (50, [Some(466), Some(434), Some(397), Some(373)]),
        ];
        for (n, values) in table {
            for (level, value) in [0.05, 0.025, 0.01, 0.005].into_iter().zip(values) {
                assert_eq!(critical_value(n, level), value, "n = {n}, level {level}");
            }
        }
    }

    #[test]
    fn the_distribution_is_symmetric_and_whole() {
        for n in [1, 2, 7, 40, EXACT_UP_TO] {
            let cumulative = cumulative(n);
            let last = cumulative.len() - 1;
            assert!((cumulative[last] - 1.0).abs() < 1e-12);
            for c in 0..last {
                assert!((cumulative[c] + cumulative[last - 1 - c] - 1.0).abs() < 1e-12, "n = {n}, c = {c}");
            }
        }
    }

    #[test]
    fn where_the_approximation_takes_over_it_is_not_bolder_than_the_exact_value() {
        for n in [EXACT_UP_TO + 1, 200] {
            let cumulative = cumulative(n);
            for level in [0.05, 0.025, 0.01, 0.002] {
                let value = critical_value(n, level).unwrap() as usize;
                assert!(cumulative[value] <= level * 1.005, "n = {n}, level {level}: {}", cumulative[value]);
                assert!(cumulative[value + 40] > level * 0.9, "n = {n}, level {level}");
            }
        }
    }

    #[test]
    fn too_few_values_bound_nothing() {
        let few = Sorted::new(&[0.1, 0.2, 0.3, 0.4]).unwrap();
        assert_eq!(critical_value(4, 0.05), None);
        assert_eq!(lower_bound(&few, None), f64::NEG_INFINITY);
        assert_eq!(upper_bound(&few, None), f64::INFINITY);
    }
}
