//! The standard normal distribution.
//!
//! Invariant: tails are computed as tails, so small probabilities keep their digits.

use std::f64::consts::TAU;

/// Where the series gives way to the continued fraction.
const TAIL: f64 = 2.0;

/// The density at `x`.
pub fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / TAU.sqrt()
}

/// The probability of a value above `x`. Series and continued fraction as in Abramowitz & Stegun, *Handbook of
/// Mathematical Functions* (1964), 26.2.10 and 26.2.14; at least eleven digits.
pub fn upper_tail(x: f64) -> f64 {
    if x >= TAIL {
        let fraction = (1..=150).rev().fold(x, |below, k| x + f64::from(k) / below);
        density(x) / fraction
    } else if x <= -TAIL {
        1.0 - upper_tail(-x)
    } else {
        let mut term = x;
        let mut sum = x;
        let mut odd = 1.0;
        while term.abs() > 1e-17 * sum.abs() {
            odd += 2.0;
            term *= x * x / odd;
            sum += term;
        }
        0.5 - density(x) * sum
    }
}

/// The value that is exceeded with probability `p`, for 0 < `p` < 1. Infinite at 1 and 0.
pub fn upper_quantile(p: f64) -> f64 {
    if p <= 0.0 {
        return f64::INFINITY;
    }
    if p > 0.5 {
        return -upper_quantile(1.0 - p);
    }
    let (mut low, mut high) = (0.0, 40.0);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if upper_tail(middle) > p { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Abramowitz & Stegun (1964), table 26.1 (P(x) to fifteen places) and 26.2 (tails); 1.959964 and its like are the
    /// usual percentage points.
    #[test]
    fn tails_and_quantiles_are_those_of_the_tables() {
        for (x, above) in [
            (0.0, 0.5),
            (0.5, 1.0 - 0.691_462_461_274_013),
            (1.0, 1.0 - 0.841_344_746_068_543),
            (1.5, 1.0 - 0.933_192_798_731_142),
            (2.0, 1.0 - 0.977_249_868_051_821),
            (3.0, 1.0 - 0.998_650_101_968_370),
            (-1.0, 0.841_344_746_068_543),
            (-2.5, 0.993_790_334_674_224),
        ] {
            assert!((upper_tail(x) - above).abs() < 1e-12, "{x}: {}", upper_tail(x));
        }
        for (p, x) in [(0.5, 0.0), (0.05, 1.644_853_627), (0.025, 1.959_963_985), (0.001, 3.090_232_306)] {
            assert!((upper_quantile(p) - x).abs() < 1e-8, "{p}");
            assert!((upper_quantile(1.0 - p) + x).abs() < 1e-8, "{p}");
        }
    }

    #[test]
    fn the_two_ways_to_a_tail_meet() {
        let gap = upper_tail(TAIL - 1e-9) - upper_tail(TAIL + 1e-9);
        assert!((gap - 2e-9 * density(TAIL)).abs() < 1e-13, "{gap}");
        assert_eq!(upper_quantile(0.0), f64::INFINITY);
        assert_eq!(upper_quantile(1.0), f64::NEG_INFINITY);
    }
}
