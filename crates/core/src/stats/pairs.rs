//! Pairs of measurements as logarithms of their ratios, and how finely they were measured.
//!
//! Invariant: every ratio is of two positive finite numbers, and above zero means worse.

/// Which of two values is the better one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Better {
    /// As of times.
    #[default]
    Lower,
    /// As of rates.
    Higher,
}

/// One pair: the base's value and the current one's, in one unit, whichever it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// Of the base.
    pub base: f64,
    /// Of what is compared with it.
    pub current: f64,
}

impl Pair {
    /// A pair of values that can be compared. `Err` says which cannot, and why.
    pub fn new(base: f64, current: f64) -> Result<Self, String> {
        for (name, value) in [("base", base), ("current", current)] {
            let wrong = if value.is_nan() {
                "is not a number"
            } else if value.is_infinite() {
                "is infinite, or beyond what a number can hold"
            } else if value == 0.0 {
                "is zero: there is no ratio to it"
            } else if value < 0.0 {
                "is negative"
            } else {
                continue;
            };
            return Err(format!("the {name} value {wrong}"));
        }
        Ok(Self { base, current })
    }

    /// ln(current / base), or of the inverse where higher is better: above zero is worse, 0.1 about 10 %.
    pub fn log_ratio(self, better: Better) -> f64 {
        let ratio = self.current.ln() - self.base.ln();
        match better {
            Better::Lower => ratio,
            Better::Higher => -ratio,
        }
    }
}

/// How coarse a clock (or whatever counted) was: the smallest step between different values, as a share of their median.
/// Where all values are the same, the step is one of the last digit that they show. `None` for no pairs.
pub fn coarseness(pairs: &[Pair]) -> Option<f64> {
    let mut values: Vec<f64> = pairs.iter().flat_map(|pair| [pair.base, pair.current]).collect();
    values.sort_unstable_by(f64::total_cmp);
    let median = *values.get(values.len() / 2)?;
    let steps = values.windows(2).map(|two| two[1] - two[0]).filter(|step| *step > 0.0);
    let step = steps.fold(f64::INFINITY, f64::min);
    Some(if step.is_finite() { step } else { last_digit(median) } / median)
}

/// The weight of the last digit that is not zero in the shortest decimal form of a positive number.
fn last_digit(value: f64) -> f64 {
    let text = format!("{value:e}");
    let Some((digits, exponent)) = text.split_once('e') else { return value };
    let places = digits.split_once('.').map_or(0, |(_, places)| places.len() as i32);
    10.0_f64.powi(exponent.parse::<i32>().unwrap_or(0).saturating_sub(places))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_ratio_is_refused_on_either_side() {
        for wild in [f64::NAN, f64::INFINITY, 0.0, -0.0, -1.0] {
            assert!(Pair::new(wild, 1.0).unwrap_err().contains("base"), "{wild}");
            assert!(Pair::new(1.0, wild).unwrap_err().contains("current"), "{wild}");
        }
        assert!(Pair::new(f64::MAX, f64::MIN_POSITIVE).unwrap().log_ratio(Better::Lower).is_finite());
    }

    #[test]
    fn worse_is_above_zero_whichever_is_better() {
        let pair = Pair::new(2.0, 3.0).unwrap();
        assert!((pair.log_ratio(Better::Lower) - 1.5_f64.ln()).abs() < 1e-15);
        assert!((pair.log_ratio(Better::Higher) + 1.5_f64.ln()).abs() < 1e-15);
    }

    #[test]
    fn a_clock_that_only_counts_whole_units_is_seen_as_coarse() {
        let pairs = |values: &[[f64; 2]]| -> Vec<Pair> {
            values.iter().map(|[base, current]| Pair::new(*base, *current).unwrap()).collect()
        };
        let near = |found: Option<f64>, wanted: f64| (found.unwrap() / wanted - 1.0).abs() < 1e-9;
        assert!(near(coarseness(&pairs(&[[4.0, 5.0], [5.0, 4.0], [4.0, 4.0]])), 0.25));
        assert!(near(coarseness(&pairs(&[[7.0, 7.0], [7.0, 7.0]])), 1.0 / 7.0));
        assert!(near(coarseness(&pairs(&[[1_234_567.0, 1_234_567.0]])), 1.0 / 1_234_567.0));
        assert!(near(coarseness(&pairs(&[[0.25, 0.25]])), 0.04));
        assert_eq!(coarseness(&[]), None);
    }
}
