//! What a number of pairs can show, and how many pairs it takes.
//!
//! Formulas of large samples, for planning and for telling a person; no verdict hangs on them.

use super::normal;

/// The chance of a right answer that sizes are given for.
pub const POWER: f64 = 0.9;

/// The spread of one pair's worth of estimate: the half-width of an interval of one-sided level `level` over `pairs`
/// pairs, freed of both (Lehmann, *Annals of Mathematical Statistics* 34, 1963: the length of the interval estimates the
/// standard error of the estimate).
pub fn spread(half_width: f64, pairs: usize, level: f64) -> f64 {
    half_width * (pairs as f64).sqrt() / normal::upper_quantile(level)
}

/// Pairs that rule out `effect` (a log ratio above 0) for builds that are alike, with one-sided `level` and chance `power`:
/// n = ((z_level + z_(1-power)) spread / effect)², rounded up (Noether, *Journal of the American Statistical Association* 82,
/// 1987, for rank tests, in the scale of the estimate).
pub fn pairs_needed(spread: f64, effect: f64, level: f64, power: f64) -> f64 {
    (reach(level, power) * spread / effect).powi(2).ceil().max(1.0)
}

/// The effect (a log ratio) that so many pairs can rule out, with the same level and chance.
pub fn detectable(spread: f64, pairs: usize, level: f64, power: f64) -> f64 {
    reach(level, power) * spread / (pairs as f64).sqrt()
}

fn reach(level: f64, power: f64) -> f64 {
    normal::upper_quantile(level) + normal::upper_quantile(1.0 - power)
}

/// The spread of the estimate for normal noise of a standard deviation: √(π/3) times it, as the signed-rank test is 3/π as
/// efficient as the mean there (Lehmann, *Nonparametrics*, 1975, 4.2).
pub fn spread_of_normal(deviation: f64) -> f64 {
    deviation * (std::f64::consts::PI / 3.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noether (1987), for a shift of 1/2 standard deviation of normal data, one-sided 0.05, power 0.9: by the mean's formula
    /// 34.3, over 3/π is 35.9.
    #[test]
    fn the_size_for_half_a_deviation_is_the_textbook_s() {
        assert_eq!(pairs_needed(spread_of_normal(1.0), 0.5, 0.05, 0.9), 36.0);
    }

    #[test]
    fn the_two_formulas_are_each_other_s_inverse() {
        let effect = detectable(0.2, 60, 0.01, 0.9);
        assert_eq!(pairs_needed(0.2, effect * 1.000_001, 0.01, 0.9), 60.0);
        assert!(
            (spread(0.05, 60, 0.01) * normal::upper_quantile(0.01) / 60.0_f64.sqrt() - 0.05).abs() < 1e-12
        );
    }
}
