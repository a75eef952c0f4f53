//! Looking more than once: one error, spent across the looks, so that all of them together stay within it.
//!
//! Invariant: the chance that any look errs is the sum of what was spent, at most the whole; no look gets what a later
//! one has.

use super::normal;

/// How much of an error is spent once a share of the budget is used: `share`^`POWER` of it (Kim & DeMets, *Biometrika* 74,
/// 1987; spending as such: Lan & DeMets, *Biometrika* 70, 1983).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spending {
    /// 1 spends evenly, near to Pocock's bounds; 3 keeps most for the end, near to O'Brien & Fleming's.
    pub power: f64,
}

impl Spending {
    /// What is spent of `whole` at `share` (0 to 1) of the budget.
    pub fn spent(self, whole: f64, share: f64) -> f64 {
        whole * share.clamp(0.0, 1.0).powf(self.power)
    }
}

/// Points of the grid that a density is kept on. Odd, for Simpson's rule.
const POINTS: usize = 401;
/// How far below zero the grid begins, in standard deviations.
const REACH: f64 = 8.0;

/// The density of the score process among those that no look has stopped yet, on an even grid.
struct Going {
    from: f64,
    step: f64,
    density: Vec<f64>,
    time: f64,
}

impl Going {
    /// The density after the first look.
    fn first(time: f64, bound: f64) -> Self {
        let mut going = Self::grid(time, bound);
        for (index, density) in going.density.iter_mut().enumerate() {
            let score = going.from + going.step * index as f64;
            *density = normal::density(score / time.sqrt()) / time.sqrt();
        }
        going
    }

    fn grid(time: f64, bound: f64) -> Self {
        let to = bound.min(REACH) * time.sqrt();
        let from = -REACH * time.sqrt();
        Self { from, step: (to - from) / (POINTS - 1) as f64, density: vec![0.0; POINTS], time }
    }

    /// Simpson's weights with the density, each with its score.
    fn mass(&self) -> impl Iterator<Item = (f64, f64)> {
        self.density.iter().enumerate().map(|(index, density)| {
            let weight = match index {
                0 => 1.0,
                _ if index == POINTS - 1 => 1.0,
                _ if index % 2 == 1 => 4.0,
                _ => 2.0,
            };
            (self.from + self.step * index as f64, density * weight * self.step / 3.0)
        })
    }

    /// The chance to be above `bound` (of the standardised score) at the next look, and at none before.
    fn exit(&self, time: f64, bound: f64) -> f64 {
        let spread = (time - self.time).sqrt();
        let bound = bound * time.sqrt();
        self.mass().map(|(score, mass)| mass * normal::upper_tail((bound - score) / spread)).sum()
    }

    /// The density after the next look.
    fn next(&self, time: f64, bound: f64) -> Self {
        let spread = (time - self.time).sqrt();
        let mut next = Self::grid(time, bound);
        let mass: Vec<(f64, f64)> = self.mass().collect();
        for (index, density) in next.density.iter_mut().enumerate() {
            let score = next.from + next.step * index as f64;
            *density = mass
                .iter()
                .map(|(before, mass)| mass * normal::density((score - before) / spread))
                .sum::<f64>()
                / spread;
        }
        next
    }
}

/// The one-sided chance that a standardised score crosses any of its upper bounds, look by look, where nothing is going
/// on. `times` are shares of the budget, rising, above 0. By the recursive integration of Armitage, McPherson & Rowe,
/// *Journal of the Royal Statistical Society A* 132 (1969); see Jennison & Turnbull, *Group Sequential Methods* (2000),
/// chapter 19.
pub fn crossing(times: &[f64], bounds: &[f64]) -> Vec<f64> {
    let mut going: Option<Going> = None;
    let mut chances = Vec::new();
    for (time, bound) in times.iter().zip(bounds) {
        let (chance, next) = match &going {
            None => (normal::upper_tail(*bound), Going::first(*time, *bound)),
            Some(before) => (before.exit(*time, *bound), before.next(*time, *bound)),
        };
        chances.push(chance);
        going = Some(next);
    }
    chances
}

/// The one-sided level of each look, so that all together err with probability `whole` (0 to 1/2, exclusive): what a look
/// adds to the chance of any error is what the spending sets free for it. A bound is not lowered for runs that the
/// opposite bound may stop.
pub fn levels(whole: f64, spending: Spending, times: &[f64]) -> Vec<f64> {
    let mut going: Option<Going> = None;
    let mut spent = 0.0;
    let mut levels = Vec::new();
    for time in times {
        let target = spending.spent(whole, *time);
        let free = target - spent;
        spent = target;
        let bound = match &going {
            None => normal::upper_quantile(free),
            Some(before) => bound_for(before, *time, free),
        };
        levels.push(normal::upper_tail(bound));
        going = Some(match &going {
            None => Going::first(*time, bound),
            Some(before) => before.next(*time, bound),
        });
    }
    levels
}

fn bound_for(before: &Going, time: f64, free: f64) -> f64 {
    let (mut low, mut high) = (0.0, REACH);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if before.exit(time, middle) > free { low = middle } else { high = middle }
    }
    // The upper end: it never exits more often than what is free.
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    fn even(looks: usize) -> Vec<f64> {
        (1..=looks).map(|look| look as f64 / looks as f64).collect()
    }

    /// Constants of Pocock's and of O'Brien & Fleming's test, two-sided 0.05: Jennison & Turnbull (2000), tables 2.1 and
    /// 2.3. One side of them errs with 0.025, but for the chance to cross both, which is below 1e-4.
    #[test]
    fn published_bounds_err_as_often_as_published() {
        for (looks, pocock, fleming) in
            [(2, 2.178, 1.977), (3, 2.289, 2.004), (5, 2.413, 2.040), (10, 2.555, 2.087)]
        {
            let times = even(looks);
            let flat: f64 = crossing(&times, &vec![pocock; looks]).iter().sum();
            assert!((flat - 0.025).abs() < 1.5e-4, "{looks} looks: {flat}");
            let falling: Vec<f64> = times.iter().map(|time| fleming / time.sqrt()).collect();
            let late: f64 = crossing(&times, &falling).iter().sum();
            assert!((late - 0.025).abs() < 1.5e-4, "{looks} looks: {late}");
        }
    }

    /// Bounds of the spending function 2 (1 - Φ(z / √t)), two-sided 0.05, five even looks: 4.8769, 3.3569, 2.6803, 2.2898,
    /// 2.0310 (Lan & DeMets 1983; Reboussin et al., *Controlled Clinical Trials* 21, 2000).
    #[test]
    fn the_published_bounds_of_a_spending_function_spend_just_that() {
        let times = even(5);
        let chances = crossing(&times, &[4.8769, 3.3569, 2.6803, 2.2898, 2.0310]);
        let z = normal::upper_quantile(0.0125);
        let mut total = 0.0;
        for (time, chance) in times.iter().zip(chances) {
            total += chance;
            let spent = 2.0 * normal::upper_tail(z / time.sqrt());
            assert!((total - spent).abs() < 5e-6, "{total} and {spent} at {time}");
        }
    }

    #[test]
    fn all_looks_together_spend_the_whole_and_no_more() {
        for power in [1.0, 1.5, 3.0] {
            let times = [0.07, 0.12, 0.2, 0.35, 0.6, 1.0];
            let spending = Spending { power };
            let bounds: Vec<f64> =
                levels(0.05, spending, &times).into_iter().map(normal::upper_quantile).collect();
            let mut total = 0.0;
            for (time, chance) in times.iter().zip(crossing(&times, &bounds)) {
                total += chance;
                assert!((total - spending.spent(0.05, *time)).abs() < 1e-6, "{power}: {total} at {time}");
            }
            assert!(total <= 0.05 + 1e-9, "{total}");
        }
    }

    #[test]
    fn one_look_has_the_whole() {
        let levels = levels(0.05, Spending { power: 1.5 }, &[1.0]);
        assert!((levels[0] - 0.05).abs() < 1e-9);
    }
}
