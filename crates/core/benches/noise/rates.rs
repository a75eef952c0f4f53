//! How often a rule answers how, over many trials of one kind of noise.

use super::{Random, Source};
use gonogo_core::stats::{Answer, Better, Design, Pair, PairOrder, judge};

/// What came of many trials: shares, and the mean of pairs that were used.
#[derive(Debug)]
pub struct Rates {
    pub passed: f64,
    pub failed: f64,
    pub pairs: f64,
}

/// Judges trials of builds of which one is slower by `effect`.
pub fn rates(design: &Design, source: Source<'_>, order: PairOrder, effect: f64, trials: usize) -> Rates {
    let mut random = Random::new(0x5eed);
    let (mut passed, mut failed, mut pairs) = (0, 0, 0);
    for _ in 0..trials {
        let logs = source.trial(design.budget(), &mut random);
        let all: Vec<Pair> = logs
            .iter()
            .map(|[base, current]| Pair { base: base.exp(), current: (current + effect.ln_1p()).exp() })
            .collect();
        let Some(judgement) = judge(design, &all, Better::Lower, order) else { continue };
        passed += usize::from(judgement.answer == Answer::Passed);
        failed += usize::from(judgement.answer == Answer::Failed);
        pairs += judgement.pairs;
    }
    let share = |count: usize| count as f64 / trials as f64;
    Rates { passed: share(passed), failed: share(failed), pairs: share(pairs) }
}

/// How often the other rule blocks: three runs of base, then three of current.
pub fn blocked(source: Source<'_>, effect: f64, trials: usize) -> f64 {
    let mut random = Random::new(0x5eed);
    let mut count = 0;
    for _ in 0..trials {
        let logs = source.trial(6, &mut random);
        let mut base = [logs[0][0], logs[1][0], logs[2][0]];
        let mut current = [logs[3][1], logs[4][1], logs[5][1]].map(|log| log + effect.ln_1p());
        base.sort_unstable_by(f64::total_cmp);
        current.sort_unstable_by(f64::total_cmp);
        count += usize::from(current[1] - base[1] >= 0.15_f64.ln_1p() && current[0] > base[2]);
    }
    count as f64 / trials as f64
}
