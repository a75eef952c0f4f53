//! The verdict on paired measurements: not slower than a margin, slower than it, or not told.
//!
//! Invariant: `Passed` needs an upper bound within the margin, `Failed` a lower bound beyond it; each of the two errs at
//! most with the design's error over all of its looks.

use super::pairs::{Better, Pair, coarseness};
use super::sequential::{Spending, levels};
use super::walsh::Sorted;
use super::{dependence, normal, power, signed_rank};
use crate::verdict::{Outcome, Reason};

/// What share of the error the looks spend. The rest covers what is approximate about them: the joint distribution of
/// looks is that of large samples, and a rank test's of few pairs on uneven noise is not quite.
const SPENT: f64 = 0.9;

/// How the errors are spread over the looks.
const SPENDING: Spending = Spending { power: 0.8 };

/// The most pairs that can be judged.
pub const MOST_PAIRS: usize = 1_000_000;

/// Where the pairs come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairOrder {
    /// Which of the two ran first was drawn at random for each pair: errors hold whatever the host does over time.
    Drawn,
    /// Not known: intervals are widened by what the serial dependence of the ratios asks for.
    Unknown,
}

/// The margin, the errors and the looks of a comparison.
#[derive(Clone, Debug)]
pub struct Design {
    margin: f64,
    alpha: f64,
    looks: Vec<Look>,
}

/// One look: after so many pairs, with these levels.
#[derive(Clone, Copy, Debug)]
struct Look {
    pairs: usize,
    level: f64,
    critical: Option<u64>,
}

/// Why a design cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DesignError {
    /// The margin is not a share above 0 and up to 1.
    #[error("the margin has to be above 0 % and at most 100 %")]
    Margin,
    /// The error is not a probability that says anything.
    #[error("the error has to be at least 0.01 % and at most 25 %")]
    Alpha,
    /// No look, one that does not come after the one before it, or too many pairs.
    #[error(
        "the looks have to be rising numbers of pairs, from 1 to a million, each at least a twentieth above the one before"
    )]
    Looks,
}

impl Design {
    /// A comparison with a margin (0.05 for 5 %), an error for each of the two wrong answers, and looks after so many pairs;
    /// the last is the budget.
    pub fn new(margin: f64, alpha: f64, looks: &[usize]) -> Result<Self, DesignError> {
        if !(margin > 0.0 && margin <= 1.0) {
            return Err(DesignError::Margin);
        }
        if !(1e-4..=0.25).contains(&alpha) {
            return Err(DesignError::Alpha);
        }
        let rising = looks.windows(2).all(|two| two[1] as f64 >= two[0] as f64 * 1.05);
        let (Some(first), Some(last)) = (looks.first(), looks.last()) else { return Err(DesignError::Looks) };
        if *first == 0 || *last > MOST_PAIRS || !rising || looks.len() > 40 {
            return Err(DesignError::Looks);
        }
        let times: Vec<f64> = looks.iter().map(|pairs| *pairs as f64 / *last as f64).collect();
        let whole = if looks.len() == 1 { alpha } else { alpha * SPENT };
        let looks = looks.iter().zip(levels(whole, SPENDING, &times)).map(|(pairs, level)| Look {
            pairs: *pairs,
            level,
            critical: signed_rank::critical_value(*pairs, level),
        });
        Ok(Self { margin, alpha, looks: looks.collect() })
    }

    /// The looks that serve most: after ten pairs, each a quarter more, and the budget.
    pub fn standard(margin: f64, alpha: f64, budget: usize) -> Result<Self, DesignError> {
        let growing = std::iter::successors(Some(10_usize), |pairs| Some(pairs + pairs.div_ceil(4)));
        // A look shortly before the last would cost error and save next to nothing.
        let mut looks: Vec<usize> = growing.take_while(|pairs| pairs * 6 / 5 < budget).collect();
        looks.push(budget);
        Self::new(margin, alpha, &looks)
    }

    /// The margin, as a share.
    pub const fn margin(&self) -> f64 {
        self.margin
    }

    /// The error of each of the two wrong answers.
    pub const fn alpha(&self) -> f64 {
        self.alpha
    }

    /// All of it that was said, and of which the rest follows: the margin, the error, and after how many pairs there is a
    /// look.
    pub fn said(&self) -> (f64, f64, Vec<usize>) {
        let Self { margin, alpha, looks } = self;
        let pairs = looks.iter().map(|Look { pairs, level: _, critical: _ }| *pairs);
        (*margin, *alpha, pairs.collect())
    }

    /// After how many pairs there is a look.
    pub fn looks(&self) -> impl Iterator<Item = usize> {
        self.looks.iter().map(|look| look.pairs)
    }

    /// The most pairs that are measured.
    pub fn budget(&self) -> usize {
        self.looks.last().map_or(0, |look| look.pairs)
    }
}

/// What the pairs say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The upper bound is within the margin.
    Passed,
    /// The lower bound is beyond the margin.
    Failed,
    /// Neither, and the next look is after so many pairs.
    More(usize),
    /// Neither, and the budget is spent.
    TooNoisy,
    /// The values are measured in steps that the margin is too fine for.
    TooCoarse,
}

/// An answer with what it rests on. Ratios are `current / base - 1` as shares (0.05: 5 % worse).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairedJudgement {
    /// What the pairs say.
    pub answer: Answer,
    /// The estimate of how much worse.
    pub estimate: f64,
    /// The lower bound; -1 where so few pairs have none.
    pub lower: f64,
    /// The upper bound; infinite where so few pairs have none.
    pub upper: f64,
    /// How many pairs were looked at.
    pub pairs: usize,
    /// The one-sided level of each bound at this look.
    pub level: f64,
    /// By how much serial dependence inflated the variance; 1 where it did not, or the order was drawn.
    pub inflation: f64,
    /// The slowdown that so many pairs of this noise rule out nine times in ten for builds that are alike.
    pub detectable: Option<f64>,
    /// How many pairs it would take to tell nine times in ten, if the estimate is the truth. The nearer to the margin, the
    /// more.
    pub needed: Option<f64>,
}

impl PairedJudgement {
    /// The verdict, with the reason of an incomplete one.
    pub const fn outcome(&self) -> Outcome {
        match self.answer {
            Answer::Passed => Outcome::Passed,
            Answer::Failed => Outcome::Failed,
            Answer::More(_) | Answer::TooNoisy | Answer::TooCoarse => Outcome::Incomplete(Reason::TooNoisy),
        }
    }

    /// Why it is incomplete, and what these pairs can tell: one line. `None` for an answer.
    pub fn detail(&self, margin: f64) -> Option<String> {
        let margin = share(margin);
        let why = match self.answer {
            Answer::Passed | Answer::Failed => return None,
            Answer::TooCoarse => {
                return Some(format!(
                    "the values come in steps too wide to tell {margin}: measure for longer"
                ));
            }
            Answer::More(next) => {
                format!("no answer at {} pairs, and the next look is at {next}", self.pairs)
            }
            Answer::TooNoisy => format!("no answer at {margin} after {} pairs", self.pairs),
        };
        Some(match (self.detectable, self.needed) {
            (Some(effect), Some(needed)) => {
                let needed =
                    if needed <= MOST_PAIRS as f64 { format!("{needed}") } else { "a million".to_owned() };
                format!(
                    "{why}: with this noise they rule out {} nine times in ten; to tell, if the estimate is the truth, \
                     takes about {needed} pairs",
                    share(effect)
                )
            }
            _ => format!("{why}: too few for any bound"),
        })
    }

    /// Worse beyond doubt, yet within the margin.
    pub fn is_slower_within_margin(&self) -> bool {
        self.answer == Answer::Passed && self.lower > 0.0
    }
}

/// Judges pairs in the order in which they were measured: looks where the design says, and stops at the first answer. Pairs
/// after that look, or beyond the budget, are not used. `None` for no pairs.
pub fn judge(design: &Design, pairs: &[Pair], better: Better, order: PairOrder) -> Option<PairedJudgement> {
    let ratios: Vec<f64> = pairs.iter().map(|pair| pair.log_ratio(better)).collect();
    let coarse = coarseness(pairs)? > design.margin / 2.0;
    let limit = design.margin.ln_1p();
    let mut last = None;
    for (index, look) in design.looks.iter().take_while(|look| look.pairs <= pairs.len()).enumerate() {
        let seen = Seen::new(*look, &ratios[..look.pairs], order)?;
        let undecided =
            || design.looks.get(index + 1).map_or(Answer::TooNoisy, |next| Answer::More(next.pairs));
        let answer = match seen.decides(limit) {
            Some(_) if coarse => Answer::TooCoarse,
            Some(answer) => answer,
            None => undecided(),
        };
        if matches!(answer, Answer::Passed | Answer::Failed | Answer::TooCoarse | Answer::TooNoisy) {
            return seen.judgement(answer, limit);
        }
        last = Some((seen, answer));
    }
    if let Some((seen, answer)) = last {
        return seen.judgement(answer, limit);
    }
    // Before the first look there is an estimate, and no bound.
    let none = Look { pairs: ratios.len(), level: 0.0, critical: None };
    Seen::new(none, &ratios, order)?.judgement(Answer::More(design.looks.first()?.pairs), limit)
}

/// What is seen at one look.
struct Seen {
    sorted: Sorted,
    look: Look,
    critical: Option<u64>,
    inflation: f64,
}

impl Seen {
    fn new(look: Look, ratios: &[f64], order: PairOrder) -> Option<Self> {
        let sorted = Sorted::new(ratios)?;
        let inflation = match order {
            PairOrder::Drawn => 1.0,
            PairOrder::Unknown => dependence::inflation(ratios, sorted.hodges_lehmann()?),
        };
        let critical = if inflation > 1.0 && look.level > 0.0 {
            let level = normal::upper_tail(normal::upper_quantile(look.level) * inflation.sqrt());
            signed_rank::critical_value(look.pairs, level)
        } else {
            look.critical
        };
        Some(Self { sorted, look, critical, inflation })
    }

    /// Whether a bound answers. Counting averages within the limit says the same as computing the bound: the one of rank r is
    /// within it exactly where at least r are.
    fn decides(&self, limit: f64) -> Option<Answer> {
        let critical = self.critical?;
        let within = self.sorted.at_most(limit);
        if within >= self.sorted.averages() - critical {
            Some(Answer::Passed)
        } else if within <= critical {
            Some(Answer::Failed)
        } else {
            None
        }
    }

    fn judgement(&self, answer: Answer, limit: f64) -> Option<PairedJudgement> {
        let Look { pairs, level, .. } = self.look;
        let centre = self.sorted.hodges_lehmann()?;
        let lower = signed_rank::lower_bound(&self.sorted, self.critical);
        let upper = signed_rank::upper_bound(&self.sorted, self.critical);
        let spread = self.critical.map(|_| power::spread(0.5 * (upper - lower), pairs, level));
        let needed = |spread| power::pairs_needed(spread, (limit - centre).abs(), level, power::POWER);
        Some(PairedJudgement {
            answer,
            estimate: centre.exp_m1(),
            lower: lower.exp_m1(),
            upper: upper.exp_m1(),
            pairs,
            level,
            inflation: self.inflation,
            detectable: spread.map(|spread| power::detectable(spread, pairs, level, power::POWER).exp_m1()),
            needed: spread.map(needed),
        })
    }
}

/// A share as a percentage, with its sign where it is below zero.
pub fn share(share: f64) -> String {
    if !share.is_finite() {
        return "no bound".to_owned();
    }
    let percent = share * 100.0;
    if percent.abs() < 9.95 { format!("{percent:.1} %") } else { format!("{percent:.0} %") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(ratios: impl IntoIterator<Item = f64>) -> Vec<Pair> {
        ratios.into_iter().map(|ratio| Pair::new(100.0, 100.0 * ratio).unwrap()).collect()
    }

    /// Ratios about a centre, spread evenly.
    fn about(centre: f64, spread: f64, count: usize) -> Vec<Pair> {
        // Neighbours are far apart, so that no look sees one half of them.
        pairs((0..count).map(|i| centre * (spread * ((i * 7 % count) as f64 / count as f64 - 0.4999)).exp()))
    }

    fn judged(margin: f64, looks: &[usize], pairs: &[Pair]) -> PairedJudgement {
        judge(&Design::new(margin, 0.05, looks).unwrap(), pairs, Better::Lower, PairOrder::Drawn).unwrap()
    }

    #[test]
    fn alike_passes_worse_fails_and_in_between_is_not_told() {
        assert_eq!(judged(0.05, &[60], &about(1.0, 0.1, 60)).answer, Answer::Passed);
        assert_eq!(judged(0.05, &[60], &about(1.2, 0.1, 60)).answer, Answer::Failed);
        assert_eq!(judged(0.05, &[60], &about(1.05, 0.1, 60)).answer, Answer::TooNoisy);
        assert_eq!(judged(0.05, &[60, 120], &about(1.05, 0.1, 60)).answer, Answer::More(120));
    }

    #[test]
    fn the_answer_is_what_the_bounds_say() {
        for step in 0..60 {
            let judgement = judged(0.05, &[40], &about(0.98 + f64::from(step) * 0.0025, 0.1, 40));
            let wanted = if judgement.upper <= 0.05 {
                Answer::Passed
            } else if judgement.lower > 0.05 {
                Answer::Failed
            } else {
                Answer::TooNoisy
            };
            assert_eq!(judgement.answer, wanted, "{judgement:?}");
        }
    }

    #[test]
    fn the_first_answer_counts_and_later_pairs_are_not_used() {
        let mut good_then_bad = about(1.0, 0.1, 60);
        good_then_bad.extend(about(1.5, 0.1, 60));
        let judgement = judged(0.05, &[60, 120], &good_then_bad);
        assert_eq!((judgement.answer, judgement.pairs), (Answer::Passed, 60));
    }

    #[test]
    fn slower_within_the_margin_is_told_apart_from_alike() {
        let slower = judged(0.10, &[100], &about(1.05, 0.05, 100));
        assert_eq!(slower.answer, Answer::Passed);
        assert!(slower.is_slower_within_margin());
        assert!(!judged(0.10, &[100], &about(1.0, 0.05, 100)).is_slower_within_margin());
    }

    #[test]
    fn a_faster_rate_is_better_where_higher_is() {
        let design = Design::new(0.05, 0.05, &[60]).unwrap();
        let judge = |better| judge(&design, &about(1.3, 0.1, 60), better, PairOrder::Drawn).unwrap();
        assert_eq!(judge(Better::Higher).answer, Answer::Passed);
        assert_eq!(judge(Better::Lower).answer, Answer::Failed);
    }

    #[test]
    fn too_few_pairs_never_pass_however_good_they_look() {
        for count in 1..5 {
            let judgement = judged(0.5, &[count], &about(0.5, 0.001, count));
            assert_eq!(judgement.answer, Answer::TooNoisy, "{count}");
            assert_eq!(judgement.upper, f64::INFINITY);
        }
        assert_eq!(judged(0.5, &[60], &about(0.5, 0.001, 20)).answer, Answer::More(60));
    }

    #[test]
    fn values_in_steps_wider_than_half_the_margin_pass_nothing() {
        let same = vec![Pair::new(3.0, 3.0).unwrap(); 100];
        assert_eq!(judged(0.05, &[100], &same).answer, Answer::TooCoarse);
        let counted = vec![Pair::new(1_234_567.0, 1_234_567.0).unwrap(); 100];
        assert_eq!(judged(0.05, &[100], &counted).answer, Answer::Passed);
    }

    #[test]
    fn what_comes_in_runs_is_held_unless_the_order_was_drawn() {
        // A base that ran in long good and bad times of the host, and was always measured in the same order.
        let runs =
            pairs((0..72).map(|i| if i / 12 % 2 == 0 { 0.96 } else { 1.09 } + f64::from(i % 5) * 1e-3));
        let design = Design::new(0.05, 0.05, &[72]).unwrap();
        assert_eq!(judge(&design, &runs, Better::Lower, PairOrder::Drawn).unwrap().answer, Answer::Passed);
        let unknown = judge(&design, &runs, Better::Lower, PairOrder::Unknown).unwrap();
        assert!(unknown.inflation > 3.0, "{unknown:?}");
        assert_eq!(unknown.answer, Answer::TooNoisy);
    }

    #[test]
    fn a_design_that_says_nothing_is_refused() {
        for margin in [0.0, -0.1, f64::NAN, 1.5] {
            assert_eq!(Design::new(margin, 0.05, &[10]).unwrap_err(), DesignError::Margin);
        }
        for alpha in [0.0, 0.5, f64::NAN] {
            assert_eq!(Design::new(0.05, alpha, &[10]).unwrap_err(), DesignError::Alpha);
        }
        for looks in [&[][..], &[0], &[10, 10], &[10, 5], &[2_000_000]] {
            assert_eq!(Design::new(0.05, 0.05, looks).unwrap_err(), DesignError::Looks);
        }
        assert!(
            judge(&Design::new(0.05, 0.05, &[10]).unwrap(), &[], Better::Lower, PairOrder::Drawn).is_none()
        );
    }
}
