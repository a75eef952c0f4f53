//! How much less a row of ratios says where neighbours resemble each other.
//!
//! Where the order within each pair was drawn at random, nothing of this is needed: given the sizes of the differences, their
//! signs are then independent coin tosses under the hypothesis, whatever the host did, and the signed-rank test is exact as
//! a randomisation test (Fisher, *The Design of Experiments*, 1935, section 21). Pairs from elsewhere have no such warrant.

/// By how much serial dependence inflates the variance of the signed-rank sum: 1 for none, never below. The values are in the
/// order in which they were measured. From autocorrelations of the signed ranks about `centre`, summed by Geyer's initial
/// positive sequence (*Statistical Science* 7, 1992), corrected for the bias of -1/n that an estimated centre leaves.
pub fn inflation(values: &[f64], centre: f64) -> f64 {
    let n = values.len();
    if n < 4 {
        return 1.0;
    }
    let scores = signed_ranks(values, centre);
    let square: f64 = scores.iter().map(|score| score * score).sum();
    if square <= 0.0 {
        return 1.0;
    }
    let correlation = |lag: usize| {
        let product: f64 = scores.iter().zip(&scores[lag..]).map(|(a, b)| a * b).sum();
        product / square + 1.0 / n as f64
    };
    let mut sum = -1.0;
    // With half of the values between two of them there is little left to compare.
    for lag in (0..n / 2).step_by(2) {
        let two = if lag == 0 { 1.0 + correlation(1) } else { correlation(lag) + correlation(lag + 1) };
        if two <= 0.0 {
            break;
        }
        sum += 2.0 * two;
    }
    sum.max(1.0)
}

/// Ranks of the distances to the centre with the sign of the difference. Equal distances share a rank.
fn signed_ranks(values: &[f64], centre: f64) -> Vec<f64> {
    let distance = |index: &usize| (values[*index] - centre).abs();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|a, b| distance(a).total_cmp(&distance(b)));
    let mut scores = vec![0.0; values.len()];
    let mut done = 0;
    for tied in order.chunk_by(|a, b| distance(a) == distance(b)) {
        let rank = done as f64 + (tied.len() as f64 + 1.0) / 2.0;
        done += tied.len();
        for index in tied {
            let difference = values[*index] - centre;
            scores[*index] = if difference == 0.0 { 0.0 } else { rank.copysign(difference) };
        }
    }
    scores
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_a_rank_and_a_zero_has_no_sign() {
        assert_eq!(signed_ranks(&[1.0, -1.0, 0.0, 3.0], 0.0), [2.5, -2.5, 0.0, 4.0]);
    }

    #[test]
    fn values_that_come_in_runs_inflate_and_values_that_alternate_do_not() {
        let runs: Vec<f64> =
            (0..200).map(|i| if i / 10 % 2 == 0 { 1.0 } else { -1.0 } + f64::from(i) * 1e-6).collect();
        assert!(inflation(&runs, 0.0) > 4.0, "{}", inflation(&runs, 0.0));
        let turns: Vec<f64> = (0..200).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 }).collect();
        assert_eq!(inflation(&turns, 0.0), 1.0);
        assert_eq!(inflation(&[0.0; 50], 0.0), 1.0);
        assert_eq!(inflation(&[1.0, 2.0], 1.5), 1.0);
    }
}
