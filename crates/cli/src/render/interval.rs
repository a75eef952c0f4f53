//! A judgement as text: what it says in a line, and the interval with the margin as a picture of one line.

use crate::screen::Screen;
use gonogo_core::stats::{Answer, PairedJudgement};

/// Columns of the picture.
const WIDTH: usize = 61;

/// The lines that show a judgement.
pub fn lines(screen: &Screen, judgement: &PairedJudgement, margin: f64) -> Vec<String> {
    let (color, word) = match judgement.answer {
        Answer::Passed => ("32", "passed"),
        Answer::Failed => ("31", "failed"),
        Answer::More(_) | Answer::TooNoisy | Answer::TooCoarse => ("33", "incomplete (too-noisy)"),
    };
    let mut lines = vec![
        format!("{}  {}", screen.paint(color, word), judgement.sentence(margin)),
        picture(judgement, margin),
    ];
    lines.extend(judgement.detail(margin));
    lines
}

/// `·····├──●──┤···┃·····`: the interval, the estimate, and the margin as a bar; `0` marks no change.
pub fn picture(judgement: &PairedJudgement, margin: f64) -> String {
    let reach = [judgement.lower, judgement.upper, judgement.estimate]
        .into_iter()
        .filter(|effect| effect.is_finite())
        .fold(margin, |reach, effect| reach.max(effect.abs()))
        .min(10.0)
        * 1.1;
    let column = |effect: f64| {
        let place = (effect.clamp(-reach, reach) / reach + 1.0) * 0.5 * (WIDTH - 1) as f64;
        place.round() as usize
    };
    let (low, high) = (column(judgement.lower), column(judgement.upper));
    let mut cells: Vec<char> =
        (0..WIDTH).map(|at| if (low..=high).contains(&at) { '─' } else { '·' }).collect();
    let mut put = |at: usize, mark: char| cells[at] = mark;
    put(column(0.0), '0');
    if judgement.upper.is_finite() {
        put(low, '├');
        put(high, '┤');
    }
    put(column(judgement.estimate), '●');
    put(column(margin), '┃');
    format!("  {}", cells.into_iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use gonogo_core::stats::{Better, Design, Pair, PairOrder, judge};

    fn judged(centre: f64, count: usize) -> PairedJudgement {
        let pairs: Vec<Pair> = (0..count)
            .map(|i| {
                let spread = (i * 7 % count) as f64 / count as f64 - 0.4999;
                Pair::new(100.0, 100.0 * centre * (0.1 * spread).exp()).unwrap()
            })
            .collect();
        let design = Design::new(0.05, 0.05, &[count]).unwrap();
        judge(&design, &pairs, Better::Lower, PairOrder::Drawn).unwrap()
    }

    #[test]
    fn a_person_sees_the_interval_and_the_margin() {
        let screen = Screen { json: false, terminal: false, color: false };
        let shown: Vec<String> = [(1.0, 60), (1.03, 60), (1.2, 60), (1.05, 60), (1.0, 3)]
            .into_iter()
            .flat_map(|(centre, count)| lines(&screen, &judged(centre, count), 0.05))
            .collect();
        insta::assert_snapshot!(shown.join("\n"));
    }
}
