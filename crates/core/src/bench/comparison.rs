//! Two builds' samples, pair by pair and scenario by scenario, until each scenario has an answer or the budget is spent.
//!
//! Invariant: the whole passes only where every scenario passed, and none was missing on either side in any pair.

use super::format::Sample;
use crate::stats::{Answer, Better, Design, Pair, PairOrder, PairedJudgement, judge};
use crate::verdict::{Outcome, Reason};
use std::collections::{BTreeMap, BTreeSet};

/// A comparison as it grows.
#[derive(Clone, Debug)]
pub struct Comparison {
    design: Design,
    better: Better,
    pairs: BTreeMap<String, Vec<Pair>>,
    count: usize,
    missing_base: BTreeSet<String>,
    missing_current: BTreeSet<String>,
    judged: BTreeMap<String, PairedJudgement>,
    /// After how many pairs the first scenario failed.
    failed_at: Option<usize>,
}

/// What one scenario came to.
#[derive(Clone, Debug)]
pub struct ScenarioResult {
    /// Its name.
    pub name: String,
    /// The judgement; `None` where it was missing on a side.
    pub judgement: Option<PairedJudgement>,
    /// All its pairs.
    pub pairs: Vec<Pair>,
}

/// What all scenarios came to together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// The verdict.
    pub outcome: Outcome,
    /// More about an incomplete one.
    pub detail: Option<String>,
}

impl Comparison {
    /// A comparison without pairs.
    pub fn new(design: Design, better: Better) -> Self {
        Self {
            design,
            better,
            pairs: BTreeMap::new(),
            count: 0,
            missing_base: BTreeSet::new(),
            missing_current: BTreeSet::new(),
            judged: BTreeMap::new(),
            failed_at: None,
        }
    }

    /// The better of some samples, scenario by scenario. A scenario that one sample lacks is left out, and so missed.
    pub fn best_of(&self, samples: &[Sample]) -> Sample {
        let Some((first, others)) = samples.split_first() else { return Sample::new() };
        let better = |a: f64, b: f64| match self.better {
            Better::Lower => a.min(b),
            Better::Higher => a.max(b),
        };
        let in_all = first.iter().filter_map(|(name, value)| {
            let best = others.iter().try_fold(*value, |best, other| Some(better(best, *other.get(name)?)));
            best.map(|best| (name.clone(), best))
        });
        in_all.collect()
    }

    /// Adds a pair of samples, and looks where it is time to. `Err` names a value that has no ratio.
    pub fn add(&mut self, base: &Sample, current: &Sample) -> Result<(), String> {
        for (name, value) in current {
            let Some(before) = base.get(name) else {
                self.missing_base.insert(name.clone());
                continue;
            };
            let pair = Pair::new(*before, *value).map_err(|what| format!("{name}: {what}"))?;
            let pairs = self.pairs.entry(name.clone()).or_default();
            // A scenario that comes later than the first pair was missing on both sides before.
            if pairs.len() < self.count {
                self.missing_base.insert(name.clone());
                self.missing_current.insert(name.clone());
            }
            pairs.push(pair);
        }
        self.missing_current.extend(base.keys().filter(|name| !current.contains_key(*name)).cloned());
        self.count += 1;
        self.missing_current.extend(
            self.pairs.iter().filter(|(_, pairs)| pairs.len() < self.count).map(|(name, _)| name.clone()),
        );
        if self.design.looks().any(|look| look == self.count) {
            self.look();
        }
        Ok(())
    }

    /// Judges every scenario on the pairs that are there.
    pub fn look(&mut self) {
        for (name, pairs) in &self.pairs {
            let answered = |judgement: &PairedJudgement| !matches!(judgement.answer, Answer::More(_));
            if self.judged.get(name).is_some_and(answered) {
                continue;
            }
            if let Some(judgement) = judge(&self.design, pairs, self.better, PairOrder::Drawn) {
                if judgement.answer == Answer::Failed {
                    self.failed_at = self.failed_at.or(Some(self.count));
                }
                self.judged.insert(name.clone(), judgement);
            }
        }
    }

    /// How many pairs there are.
    pub const fn count(&self) -> usize {
        self.count
    }

    /// Whether another pair can change anything: no scenario is missing, and one at least has no answer yet. Once one
    /// has failed, the whole has: the others get as many pairs again to be told apart, and no more.
    pub fn wants_more(&self) -> bool {
        let open = |name: &String| {
            self.judged.get(name).is_none_or(|judgement| matches!(judgement.answer, Answer::More(_)))
        };
        self.missing_base.is_empty()
            && self.missing_current.is_empty()
            && self.count < self.failed_at.map_or(usize::MAX, |at| at * 2).min(self.design.budget())
            && (self.count == 0 || self.pairs.keys().any(open))
    }

    /// Every scenario, by name.
    pub fn scenarios(&self) -> Vec<ScenarioResult> {
        let missing = self.missing_base.union(&self.missing_current);
        let names: BTreeSet<&String> = self.pairs.keys().chain(missing).collect();
        let result = |name: &String| ScenarioResult {
            name: name.clone(),
            judgement: self.judged.get(name).copied().filter(|_| !self.is_missing(name)),
            pairs: self.pairs.get(name).cloned().unwrap_or_default(),
        };
        names.into_iter().map(result).collect()
    }

    fn is_missing(&self, name: &str) -> bool {
        self.missing_base.contains(name) || self.missing_current.contains(name)
    }

    /// All scenarios together, of which there have to be `least`.
    pub fn whole(&self, least: usize) -> Whole {
        let incomplete =
            |reason, detail: String| Whole { outcome: Outcome::Incomplete(reason), detail: Some(detail) };
        let judged: Vec<(&String, &PairedJudgement)> =
            self.judged.iter().filter(|(name, _)| !self.is_missing(name)).collect();
        if judged.iter().any(|(_, judgement)| judgement.answer == Answer::Failed) {
            return Whole { outcome: Outcome::Failed, detail: None };
        }
        if !self.missing_base.is_empty() {
            return incomplete(
                Reason::BaselineMissing,
                format!("the base has no {}", named(&self.missing_base)),
            );
        }
        if !self.missing_current.is_empty() {
            let detail = format!("not in every run of the current build: {}", named(&self.missing_current));
            return incomplete(Reason::BaselineMissing, detail);
        }
        if self.pairs.len() < least.max(1) {
            let detail =
                format!("{} scenarios; at least {} have to be compared", self.pairs.len(), least.max(1));
            return incomplete(Reason::NothingExamined, detail);
        }
        let open: Vec<&(&String, &PairedJudgement)> =
            judged.iter().filter(|(_, judgement)| judgement.answer != Answer::Passed).collect();
        if let Some((name, judgement)) = open.first() {
            let more = if open.len() > 1 { format!(" (and {} more)", open.len() - 1) } else { String::new() };
            let detail = judgement.detail(self.design.margin()).unwrap_or_default();
            return incomplete(Reason::TooNoisy, format!("{name}{more}: {detail}"));
        }
        if judged.len() < self.pairs.len() {
            let detail = format!("stopped after {} pairs, before the first look", self.count);
            return incomplete(Reason::TooNoisy, detail);
        }
        Whole { outcome: Outcome::Passed, detail: None }
    }
}

fn named(names: &BTreeSet<String>) -> String {
    let first = names.first().map_or("", String::as_str);
    if names.len() > 1 { format!("`{first}` and {} more", names.len() - 1) } else { format!("`{first}`") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(values: &[(&str, f64)]) -> Sample {
        values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
    }

    fn comparison() -> Comparison {
        Comparison::new(Design::standard(0.10, 0.05, 60).unwrap(), Better::Lower)
    }

    /// Pairs until an answer: `a` as it was, `b` slower by a factor, both with noise of a few percent.
    fn run(factor: f64) -> Comparison {
        let mut comparison = comparison();
        while comparison.wants_more() {
            let noise = 1.0 + (comparison.count() * 7 % 13) as f64 * 0.004;
            let base = sample(&[("a", 10.0 * noise), ("b", 5.0)]);
            let current = sample(&[("a", 10.0), ("b", 5.0 * factor * noise)]);
            comparison.add(&base, &current).unwrap();
        }
        comparison
    }

    #[test]
    fn every_scenario_has_to_pass() {
        assert_eq!(run(1.0).whole(2).outcome, Outcome::Passed);
        let failed = run(1.3);
        assert_eq!(failed.whole(2).outcome, Outcome::Failed);
        let answers: Vec<Answer> =
            failed.scenarios().iter().map(|one| one.judgement.unwrap().answer).collect();
        assert_eq!(answers, [Answer::Passed, Answer::Failed]);
    }

    #[test]
    fn once_one_has_failed_the_others_get_as_many_pairs_again() {
        // `b` wavers around the margin, and is never told.
        let measured = |of_a: f64| {
            let mut comparison = comparison();
            while comparison.wants_more() {
                let noise = 1.0 + (comparison.count() * 7 % 13) as f64 * 0.004;
                let half = 0.8 * noise;
                let wavering = 1.1 * if comparison.count().is_multiple_of(2) { half } else { half.recip() };
                let base = sample(&[("a", 10.0 * noise), ("b", 5.0)]);
                comparison.add(&base, &sample(&[("a", of_a), ("b", 5.0 * wavering)])).unwrap();
            }
            (comparison.count(), comparison.whole(2).outcome)
        };
        assert_eq!(measured(13.0), (20, Outcome::Failed));
        assert_eq!(measured(10.0), (60, Outcome::Incomplete(Reason::TooNoisy)));
    }

    #[test]
    fn a_scenario_that_only_one_side_has_is_incomplete() {
        let both = sample(&[("a", 1.0), ("b", 1.0)]);
        let one = sample(&[("a", 1.0)]);
        for (base, current) in [(&one, &both), (&both, &one)] {
            let mut comparison = comparison();
            comparison.add(base, current).unwrap();
            assert!(!comparison.wants_more());
            assert_eq!(comparison.whole(1).outcome, Outcome::Incomplete(Reason::BaselineMissing));
        }
    }

    #[test]
    fn a_scenario_that_goes_missing_or_turns_up_later_is_incomplete() {
        let both = sample(&[("a", 1.0), ("b", 1.0)]);
        let one = sample(&[("a", 1.0)]);
        for (first, then) in [(&one, &both), (&both, &one)] {
            let mut comparison = comparison();
            comparison.add(first, first).unwrap();
            comparison.add(then, then).unwrap();
            assert_eq!(comparison.whole(1).outcome, Outcome::Incomplete(Reason::BaselineMissing));
        }
    }

    #[test]
    fn too_few_scenarios_no_pairs_and_a_stop_before_a_look_pass_nothing() {
        assert_eq!(run(1.0).whole(3).outcome, Outcome::Incomplete(Reason::NothingExamined));
        assert_eq!(comparison().whole(1).outcome, Outcome::Incomplete(Reason::NothingExamined));
        let mut stopped = comparison();
        stopped.add(&sample(&[("a", 1.0)]), &sample(&[("a", 1.0)])).unwrap();
        assert_eq!(stopped.whole(1).outcome, Outcome::Incomplete(Reason::TooNoisy));
        stopped.look();
        assert_eq!(stopped.whole(1).outcome, Outcome::Incomplete(Reason::TooNoisy));
    }

    #[test]
    fn the_better_of_some_samples_is_taken_and_one_that_lacks_a_scenario_drops_it() {
        let samples = [sample(&[("a", 2.0), ("b", 1.0)]), sample(&[("a", 1.5)])];
        assert_eq!(comparison().best_of(&samples), sample(&[("a", 1.5)]));
        let higher = Comparison::new(Design::standard(0.10, 0.05, 60).unwrap(), Better::Higher);
        assert_eq!(higher.best_of(&samples), sample(&[("a", 2.0)]));
    }
}
