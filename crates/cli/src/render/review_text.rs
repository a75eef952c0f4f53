//! What a reviewer looks at, for people.

use crate::screen::Screen;
use gonogo_core::ledger::{CheckFinished, PollState, ReviewAsked};
use gonogo_core::review::Word;
use gonogo_core::text::one_line;
use gonogo_engine::reviewed::ToReview;

/// All of it: what is asked, what was said, the evidence, and what changed.
pub fn shown(
    screen: &Screen,
    poll: &PollState,
    (finished, asked): (&CheckFinished, &ReviewAsked),
    shown: &ToReview,
) -> String {
    let scope = &asked.scope;
    let short = |commit: &str| commit.get(..12).unwrap_or(commit).to_owned();
    let base = match (&poll.started.base_tag, &scope.base) {
        (Some(tag), Some(commit)) => format!("{tag} ({})", short(commit)),
        _ => "nothing (first release)".to_owned(),
    };
    let within =
        if scope.paths.is_empty() { "the whole repository".to_owned() } else { scope.paths.join(", ") };
    let mut lines = vec![
        screen.paint("1", &format!("gate {} {}: {}", finished.gate, finished.check, one_line(&scope.focus))),
        format!(
            "from {base} to {}, {} paths changed in {}",
            short(&scope.commit),
            scope.changed,
            one_line(&within)
        ),
    ];
    if asked.wanted > 1 {
        lines.push(format!("{} different reviewers have to accept it", asked.wanted));
    }
    lines.extend(words(&finished.words));
    for evidence in &shown.evidence {
        lines.push(screen.paint("1", &format!("\nevidence: {}", one_line(&evidence.name))));
        lines.push(evidence.text.trim_end().to_owned());
        lines.extend((evidence.cut > 0).then(|| format!("… and {} bytes more", evidence.cut)));
    }
    lines.push(screen.paint("1", "\nwhat changed:"));
    if shown.difference.text.is_empty() {
        lines.push("nothing".to_owned());
    }
    lines.extend(shown.difference.text.lines().map(|line| match line.as_bytes() {
        [b'+', ..] => screen.paint("32", line),
        [b'-', ..] => screen.paint("31", line),
        [b'@', b'@', ..] => screen.paint("36", line),
        _ => line.to_owned(),
    }));
    lines.extend((shown.difference.cut > 0).then(|| format!("… and {} bytes more", shown.difference.cut)));
    lines.join("\n")
}

/// Who said what of a check, a line each.
pub fn words(words: &[Word]) -> impl Iterator<Item = String> {
    words.iter().map(|word| format!("    {}", word.line()))
}
