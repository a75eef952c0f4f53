//! An issue's body: the line that names the epic, gonogo's part up to the fingerprint's line, what people added.
//!
//! Invariant: where a body is too long for GitHub, gonogo's sections are cut, never the fingerprint and never what
//! people wrote.

use crate::tracker::TrackerError;
use gonogo_core::blocker::{Task, TaskState};
use gonogo_core::evidence::Fingerprint;

/// How a task names its epic; GitHub makes a link of it.
const EPIC: &str = "Epic: #";
/// How long a body and a title may be on GitHub, in characters.
const LONGEST_BODY: usize = 65_536;
const LONGEST_TITLE: usize = 256;
/// What stands where sections were cut.
const CUT: &str = "\n\n(cut: longer than GitHub stores)\n\n";

/// A text without carriage returns (browsers send them) and other control characters.
pub(super) fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// The epic that a body names: its first line of that shape.
pub(super) fn epic_of(body: &str) -> Option<u64> {
    body.lines().find_map(epic_in)
}

fn epic_in(line: &str) -> Option<u64> {
    line.trim_end().strip_prefix(EPIC).and_then(|number| number.parse().ok())
}

/// The body without the line that names the epic, and without the empty line after it.
pub(super) fn without_epic(body: &str) -> String {
    let mut lines = body.split_inclusive('\n').peekable();
    let mut kept = String::with_capacity(body.len());
    let mut is_gone = false;
    while let Some(line) = lines.next() {
        if is_gone || epic_in(line).is_none() {
            kept.push_str(line);
            continue;
        }
        is_gone = true;
        lines.next_if(|next| next.trim().is_empty());
    }
    kept
}

/// The fingerprint of a body, as the core reads it.
pub(super) fn fingerprint_in(body: &str) -> Option<Fingerprint> {
    let (id, title) = (String::new(), String::new());
    Task { id, title, body: body.to_owned(), state: TaskState::Open }.fingerprint()
}

/// A body in three parts: sections, the fingerprint's line, what people added.
struct Parts<'a> {
    sections: &'a str,
    mark: &'a str,
    kept: &'a str,
}

fn parts(body: &str) -> Option<Parts<'_>> {
    let mut start = 0;
    for line in body.split_inclusive('\n') {
        let end = start + line.len();
        if fingerprint_in(line).is_some() {
            return Some(Parts { sections: &body[..start], mark: &body[start..end], kept: &body[end..] });
        }
        start = end;
    }
    None
}

/// The text to write over an issue's body as it stands now: gonogo's part of the text, then what people added to
/// the issue since.
pub(super) fn over(text: &str, current: &str) -> String {
    let current = without_epic(current);
    match (parts(text), parts(&current)) {
        (Some(new), Some(old)) => format!("{}{}\n{}", new.sections, new.mark.trim_end(), old.kept),
        _ => text.to_owned(),
    }
}

/// The whole body to store: the epic's line, and the text, its sections cut where GitHub would refuse them.
pub(super) fn fitted(epic: u64, text: &str) -> Result<String, TrackerError> {
    let text = clean(text);
    let body = format!("{EPIC}{epic}\n\n{text}");
    let length = body.chars().count();
    if length <= LONGEST_BODY {
        return Ok(body);
    }
    let too_long = || TrackerError::unreadable("an issue's body is longer than GitHub stores");
    let parts = parts(&text).ok_or_else(too_long)?;
    let room = parts.sections.chars().count().checked_sub(length - LONGEST_BODY + CUT.chars().count());
    let sections: String = parts.sections.chars().take(room.ok_or_else(too_long)?).collect();
    Ok(format!("{EPIC}{epic}\n\n{sections}{CUT}{}{}", parts.mark, parts.kept))
}

/// The title to store: one line, as long as GitHub allows.
pub(super) fn fitted_title(title: &str) -> String {
    clean(&title.replace(['\n', '\t'], " ")).trim().chars().take(LONGEST_TITLE).collect()
}

/// Whether a task's body, as it was read, holds gonogo's part of a text, cut or whole.
pub(super) fn is_written(text: &str, seen: &str) -> bool {
    let text = clean(text);
    match (parts(&text), parts(seen)) {
        (Some(wanted), Some(seen)) => {
            let is_cut =
                || seen.sections.strip_suffix(CUT).is_some_and(|start| wanted.sections.starts_with(start));
            wanted.mark.trim_end() == seen.mark.trim_end() && (wanted.sections == seen.sections || is_cut())
        }
        (None, _) => text.trim_end() == seen.trim_end(),
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gonogo_core::blocker::Draft;

    fn draft(sections: &str) -> Draft {
        Draft {
            fingerprint: Fingerprint::of(3, "a", "b"),
            formerly: None,
            title: "t".to_owned(),
            sections: sections.to_owned(),
        }
    }

    #[test]
    fn the_epics_line_comes_and_goes_without_a_trace() {
        let text = draft("## Goal\nEpic: #999\n").body();
        let stored = fitted(7, &text).unwrap();
        assert_eq!(epic_of(&stored), Some(7), "a line of a tool's output comes second");
        assert_eq!(without_epic(&stored), text);
        assert_eq!(fingerprint_in(&stored), Some(draft("").fingerprint));
        let moved = "text\nEpic: #7\nmore\nEpic: #8\n";
        assert_eq!((epic_of(moved), without_epic(moved).as_str()), (Some(7), "text\nmore\nEpic: #8\n"));
        for other in ["Epic: 7", "epic: #7", "Epic: #", "Epic: #x", " Epic: #7", "Epic: #7 or so"] {
            assert_eq!(epic_of(other), None, "{other}");
        }
    }

    #[test]
    fn what_people_added_since_is_kept() {
        let old = fitted(7, &format!("{}Ann: mine\n", draft("old").body())).unwrap();
        assert_eq!(over(&draft("new").body(), &old), format!("{}Ann: mine\n", draft("new").body()));
        assert_eq!(over(&draft("new").body(), "a person's own"), draft("new").body());
    }

    #[test]
    fn sections_are_cut_to_githubs_length_and_nothing_else_is() {
        let people = "é".repeat(1000);
        for size in [64_000, 65_000, 70_000, 200_000] {
            let text = format!("{}{people}", draft(&"ü".repeat(size)).body());
            let stored = fitted(12, &text).unwrap();
            let is_cut = size > 64_000;
            assert_eq!(stored.chars().count() == LONGEST_BODY, is_cut, "{size}");
            assert!(stored.ends_with(&people) && fingerprint_in(&stored).is_some());
            assert!(is_written(&text, &without_epic(&stored)));
            assert_eq!(over(&text, &stored), text);
        }
    }

    #[test]
    fn what_people_wrote_is_never_cut_to_make_room() {
        let text = format!("{}{}", draft("short").body(), "é".repeat(LONGEST_BODY - 20));
        assert!(fitted(12, &text).is_err());
        assert!(fitted(12, &"x".repeat(LONGEST_BODY)).is_err());
    }

    #[test]
    fn another_text_is_not_written() {
        let text = draft("one").body();
        for seen in ["", "one", &draft("two").body(), &draft("one\n\n(cut: elsewhere)").body()] {
            assert!(!is_written(&text, seen), "{seen}");
        }
    }

    #[test]
    fn texts_lose_what_browsers_and_terminals_put_into_them() {
        assert_eq!(clean("a\r\nb\u{1b}[1m\tc\0"), "a\nb[1m\tc");
        assert_eq!(fitted_title(" a\nb\r\tc "), "a b c");
        assert_eq!(fitted_title(&"é".repeat(300)).chars().count(), 256);
    }
}
