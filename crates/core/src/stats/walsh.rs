//! Order statistics of Walsh averages: the averages (x_i + x_j) / 2 for i ≤ j, of which n values have n (n + 1) / 2.
//!
//! They are never written out: how many are at most t is counted in one pass over the sorted values, and the wanted one is
//! found by halving the range of floating-point numbers. O(n log n) for sorting, at most 64 passes after that.

/// Sorted finite values.
#[derive(Clone, Debug)]
pub struct Sorted(Vec<f64>);

impl Sorted {
    /// Sorts values. `None` where one is not finite.
    pub fn new(values: &[f64]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        sorted.iter().all(|value| value.is_finite()).then_some(Self(sorted))
    }

    /// How many Walsh averages there are.
    pub fn averages(&self) -> u64 {
        let n = self.0.len() as u64;
        n * (n + 1) / 2
    }

    /// How many Walsh averages are at most `limit`.
    pub fn at_most(&self, limit: f64) -> u64 {
        let mut count = 0;
        let mut high = self.0.len();
        for (low, value) in self.0.iter().enumerate() {
            while high > low && average(*value, self.0[high - 1]) > limit {
                high -= 1;
            }
            if high <= low {
                break;
            }
            count += (high - low) as u64;
        }
        count
    }

    /// The Walsh average of rank `rank`, counted from 1 for the smallest. `None` where there is none of that rank.
    pub fn average_of_rank(&self, rank: u64) -> Option<f64> {
        if rank == 0 || rank > self.averages() {
            return None;
        }
        let (mut low, mut high) = (ordinal(*self.0.first()?), ordinal(*self.0.last()?));
        while low < high {
            let middle = low + (high - low) / 2;
            if self.at_most(from_ordinal(middle)) >= rank { high = middle } else { low = middle + 1 }
        }
        Some(from_ordinal(low))
    }

    /// The median of the Walsh averages: the estimate of Hodges & Lehmann, "Estimates of location based on rank tests",
    /// *Annals of Mathematical Statistics* 34 (1963). `None` for no values.
    pub fn hodges_lehmann(&self) -> Option<f64> {
        let count = self.averages();
        let low = self.average_of_rank(count.div_ceil(2))?;
        let high = if count.is_multiple_of(2) { self.average_of_rank(count / 2 + 1)? } else { low };
        Some(average(low, high))
    }
}

fn average(a: f64, b: f64) -> f64 {
    0.5 * a + 0.5 * b
}

/// Finite numbers in their order, as integers in the same order (IEEE 754: of one sign, the bits are in order).
fn ordinal(value: f64) -> u64 {
    let bits = value.to_bits();
    if value.is_sign_negative() { !bits } else { bits | 1 << 63 }
}

fn from_ordinal(ordinal: u64) -> f64 {
    f64::from_bits(if ordinal >> 63 == 1 { ordinal & !(1 << 63) } else { !ordinal })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written_out(values: &[f64]) -> Vec<f64> {
        let mut all = Vec::new();
        for (i, a) in values.iter().enumerate() {
            all.extend(values[i..].iter().map(|b| average(*a, *b)));
        }
        all.sort_unstable_by(f64::total_cmp);
        all
    }

    /// Hollander & Wolfe, *Nonparametric Statistical Methods* (1973), table 3.1 (Hamilton depression scale, nine
    /// patients): the estimate of the text is -0.46.
    #[test]
    fn the_estimate_of_a_textbook_comes_out() {
        let differences = [-0.952, 0.147, -1.022, -0.430, -0.620, -0.590, -0.490, 0.080, -0.010];
        let estimate = Sorted::new(&differences).unwrap().hodges_lehmann().unwrap();
        assert!((estimate - -0.46).abs() < 1e-9, "{estimate}");
    }

    #[test]
    fn no_values_have_no_estimate_and_wild_ones_are_refused() {
        assert_eq!(Sorted::new(&[]).unwrap().hodges_lehmann(), None);
        for wild in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(Sorted::new(&[1.0, wild]).is_none());
        }
    }

    proptest! {
        #[test]
        fn every_rank_is_that_of_the_averages_written_out(
            values in proptest::collection::vec(prop_oneof![-3.0..3.0_f64, Just(0.0), Just(1.5), Just(-1e-300)], 1..24)
        ) {
            let sorted = Sorted::new(&values).unwrap();
            let all = written_out(&values);
            for (index, average) in all.iter().enumerate() {
                prop_assert_eq!(sorted.average_of_rank(index as u64 + 1).unwrap(), *average);
            }
            prop_assert_eq!(sorted.average_of_rank(all.len() as u64 + 1), None);
            prop_assert_eq!(sorted.average_of_rank(0), None);
            let middle = average(all[(all.len() - 1) / 2], all[all.len() / 2]);
            prop_assert_eq!(sorted.hodges_lehmann().unwrap(), middle);
        }
    }
}
