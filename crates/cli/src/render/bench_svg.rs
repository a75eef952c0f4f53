//! One scenario as a picture that stands alone: each pair's difference, the interval, and the margin. SVG 1.1, no script, no
//! outside reference; every text is escaped.

use gonogo_core::stats::{Answer, Pair, PairedJudgement, share};
use std::fmt::Write;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 56.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 190.0;
/// Where the pairs end and the interval stands.
const PAIRS_RIGHT: f64 = 540.0;
const INTERVAL: f64 = 585.0;

/// The picture. `ratios` are differences as shares (0.05: 5 % worse), in the order in which they were measured.
pub fn svg(
    name: &str,
    pairs: &[Pair],
    higher_is_better: bool,
    judgement: &PairedJudgement,
    margin: f64,
) -> String {
    let ratios: Vec<f64> = pairs
        .iter()
        .map(|pair| if higher_is_better { pair.base / pair.current } else { pair.current / pair.base } - 1.0)
        .collect();
    let reach = reach(&ratios, judgement, margin);
    let y = |effect: f64| {
        let middle = f64::midpoint(TOP, BOTTOM);
        middle - effect.clamp(-reach, reach) / reach * (BOTTOM - TOP) / 2.0
    };
    let color = match judgement.answer {
        Answer::Passed => "#1a7f37",
        Answer::Failed => "#cf222e",
        Answer::More(_) | Answer::TooNoisy | Answer::TooCoarse => "#9a6700",
    };
    let label = format!("{name}: {}", judgement.sentence(margin));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{label}\" \
         font-family=\"sans-serif\" font-size=\"12\" fill=\"#57606a\"><title>{label}</title>\
         <text x=\"{LEFT}\" y=\"18\" fill=\"#24292f\">{name}</text>",
        label = escaped(&label),
        name = escaped(name),
    );
    // Writing to a String cannot fail.
    let mut line = |effect: f64, stroke: &str, dash: &str, text: &str| {
        write!(
            out,
            "<line x1=\"{LEFT}\" x2=\"{INTERVAL}\" y1=\"{0:.1}\" y2=\"{0:.1}\" stroke=\"{stroke}\"{dash}/>\
             <text x=\"{1}\" y=\"{2:.1}\" text-anchor=\"end\">{text}</text>",
            y(effect),
            LEFT - 6.0,
            y(effect) + 4.0
        )
        .ok();
    };
    line(0.0, "#8c959f", "", "0");
    line(margin, "#cf222e", " stroke-dasharray=\"5 3\"", &format!("+{}", share(margin)));
    for (index, ratio) in ratios.iter().enumerate() {
        let x = LEFT + 8.0 + (PAIRS_RIGHT - LEFT - 8.0) * (index as f64 + 0.5) / ratios.len() as f64;
        let used = if index < judgement.pairs { "0.7" } else { "0.2" };
        write!(
            out,
            "<circle cx=\"{x:.1}\" cy=\"{:.1}\" r=\"2.5\" fill=\"{color}\" opacity=\"{used}\"/>",
            y(*ratio)
        )
        .ok();
    }
    if judgement.upper.is_finite() {
        write!(
            out,
            "<line x1=\"{INTERVAL}\" x2=\"{INTERVAL}\" y1=\"{:.1}\" y2=\"{:.1}\" stroke=\"{color}\" stroke-width=\"5\"/>",
            y(judgement.lower),
            y(judgement.upper)
        )
        .ok();
    }
    write!(
        out,
        "<circle cx=\"{INTERVAL}\" cy=\"{:.1}\" r=\"6\" fill=\"{color}\"/><text x=\"{LEFT}\" y=\"{}\">{}</text></svg>",
        y(judgement.estimate),
        HEIGHT - 10.0,
        escaped(&judgement.sentence(margin))
    )
    .ok();
    out
}

/// The largest difference that is shown: all but the wildest twentieth of the pairs, the interval and the margin.
fn reach(ratios: &[f64], judgement: &PairedJudgement, margin: f64) -> f64 {
    let mut sizes: Vec<f64> =
        ratios.iter().map(|ratio| ratio.abs()).filter(|size| size.is_finite()).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    let most = sizes.get(sizes.len() * 19 / 20).copied().unwrap_or(margin);
    let bounds = [judgement.lower, judgement.upper, judgement.estimate].map(f64::abs);
    bounds.into_iter().filter(|bound| bound.is_finite()).fold(most.max(margin), f64::max).min(100.0) * 1.15
}

/// Text that is safe between tags and in attributes.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            character if character.is_control() => out.push('\u{fffd}'),
            character => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use gonogo_core::stats::{Better, Design, PairOrder, judge};

    fn drawn(name: &str, factor: f64) -> String {
        let pairs: Vec<Pair> = (0..40)
            .map(|i| Pair::new(10.0, 10.0 * factor * (1.0 + f64::from(i * 7 % 13) * 0.004)).unwrap())
            .collect();
        let design = Design::standard(0.10, 0.05, 40).unwrap();
        let judgement = judge(&design, &pairs, Better::Lower, PairOrder::Drawn).unwrap();
        svg(name, &pairs, false, &judgement, 0.10)
    }

    #[test]
    fn a_picture_shows_every_pair_the_interval_and_the_margin() {
        let picture = drawn("append", 1.2);
        assert_eq!(picture.matches("<circle").count(), 40 + 1);
        assert!(picture.contains("+10 %") && picture.contains("beyond the margin"), "{picture}");
        assert!(!picture.contains("NaN") && !picture.contains("inf"), "{picture}");
        assert!(drawn("append", 1.0).contains("within the margin"));
    }

    #[test]
    fn a_scenario_s_name_cannot_write_into_the_picture() {
        let picture = drawn("a\"><script>alert(1)</script>\u{1b}&", 1.0);
        assert!(!picture.contains("<script") && !picture.contains('\u{1b}'), "{picture}");
        assert_eq!(picture.matches("<text").count(), 4);
    }
}
