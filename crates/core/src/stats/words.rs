//! What a judgement says, in words.

use super::judge::{Answer, PairedJudgement, share};

impl PairedJudgement {
    /// What it says, in a line without a verdict: `2.1 % slower (0.3 % to 4.0 %), within 5.0 %; 60 pairs`. `margin` is a
    /// share: 0.05 is 5 %.
    pub fn sentence(&self, margin: f64) -> String {
        let side = if self.estimate < 0.0 { "better" } else { "worse" };
        let interval = if self.upper.is_finite() {
            format!("{} to {}", share(self.lower), share(self.upper))
        } else {
            "no bound".to_owned()
        };
        let margin = share(margin);
        let against = match self.answer {
            Answer::Passed if self.is_slower_within_margin() => {
                format!("slower, but within the margin of {margin}")
            }
            Answer::Passed => format!("within the margin of {margin}"),
            Answer::Failed => format!("beyond the margin of {margin}"),
            Answer::More(_) | Answer::TooNoisy | Answer::TooCoarse => format!("margin {margin}"),
        };
        let dependent = if self.inflation > 1.05 {
            format!("; neighbours resemble each other: variance times {:.1}", self.inflation)
        } else {
            String::new()
        };
        format!(
            "{} {side} ({interval}), {against}; {} pairs{dependent}",
            share(self.estimate.abs()),
            self.pairs
        )
    }
}
