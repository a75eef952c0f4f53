//! Reading the list of ergo 3.0 to 4.1, which is a tree drawn for people.
//!
//! Invariant: every line is understood and the closing summary counts exactly the tasks that were read; anything
//! else is an error. Only IDs and the nesting are taken from here: titles are cut to the width of a terminal.

use super::words::{is_id, odd};
use crate::tracker::TrackerError;

/// One epic of the tree and the tasks drawn under it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Branch {
    pub(super) epic: String,
    /// The epic's title, where the list gives it whole.
    pub(super) title: Option<String>,
    pub(super) tasks: Vec<String>,
}

const EPIC: &str = "◈  ";
const STATES: [&str; 6] = ["✓ ", "○ ", "◐ ", "· ", "✗ ", "⚠ "];
const COUNTED: [&str; 7] = ["ready", "in progress", "blocked", "waiting", "error", "done", "canceled"];

/// Reads what `list --all` prints: the epics with their tasks. Tasks outside any epic are checked and left out.
pub(super) fn parse(list: &str) -> Result<Vec<Branch>, TrackerError> {
    if list == "No tasks.\n" {
        return Ok(Vec::new());
    }
    let Some(text) = list.strip_suffix('\n') else { return Err(odd("a list that stops inside a line")) };
    // Where every epic of an old store is empty there is no summary, and no proof that the list is whole.
    let (drawing, summary) = text.rsplit_once("\n\n").ok_or_else(|| odd("a list without its summary"))?;
    let counted = count(summary)?;
    let mut branches: Vec<Branch> = Vec::new();
    let mut leaves = 0;
    // The epic whose last task is still to come.
    let mut unfinished = false;
    for line in drawing.lines() {
        if line.trim_start_matches(['│', ' ']).starts_with("→ file://") {
            continue;
        }
        if let Some(rest) = line.strip_prefix(EPIC) {
            if unfinished {
                return Err(odd("an epic drawn inside another"));
            }
            branches.push(Branch { epic: last_id(rest)?, ..Branch::default() });
            continue;
        }
        let (child, last) = match line.strip_prefix("├ ").map(|rest| (rest, false)) {
            Some(found) => (Some(found.0), found.1),
            None => (line.strip_prefix("└ "), true),
        };
        let leaf = STATES.iter().find_map(|icon| child.unwrap_or(line).strip_prefix(icon));
        let id =
            last_id(leaf.ok_or_else(|| odd(&format!("a line of the list that is not known: {line:?}")))?)?;
        leaves += 1;
        match (child, branches.last_mut()) {
            (Some(_), Some(branch)) if unfinished || branch.tasks.is_empty() => {
                branch.tasks.push(id);
                unfinished = !last;
            }
            (None, None) => {}
            _ => return Err(odd("a task drawn where none belongs")),
        }
    }
    if unfinished || leaves != counted {
        return Err(odd(&format!("a list of {leaves} tasks that says it has {counted}")));
    }
    let mut seen = std::collections::HashSet::new();
    let ids = branches.iter().flat_map(|branch| branch.tasks.iter().chain([&branch.epic]));
    if ids.into_iter().any(|id| !seen.insert(id)) {
        return Err(odd("an ID listed twice"));
    }
    Ok(branches)
}

/// The ID at the end of a line, two spaces or more after the title.
fn last_id(line: &str) -> Result<String, TrackerError> {
    match line.rsplit_once("  ") {
        Some((_, id)) if is_id(id) => Ok(id.to_owned()),
        _ => Err(odd(&format!("a line of the list without an ID: {line:?}"))),
    }
}

/// The sum of a line such as `2 ready · 1 done`.
fn count(summary: &str) -> Result<usize, TrackerError> {
    let part = |part: &str| {
        let (number, word) = part.split_once(' ')?;
        COUNTED.contains(&word).then(|| number.parse::<usize>().ok())?
    };
    summary
        .split(" · ")
        .map(part)
        .sum::<Option<usize>>()
        .ok_or_else(|| odd(&format!("a summary of the list that is not known: {summary:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "○ by itself  AAAAAA\n\
         ◈  Epic  BBBBBB\n\
         ├ ✓ one  CCCCCC\n\
         │   → file:///x\n\
         └ ◐ two …  @ann  DDDDDD\n\
         \n\
         1 ready · 1 in progress · 1 done\n";

    #[test]
    fn a_whole_list_is_read() {
        let tasks = vec!["CCCCCC".to_owned(), "DDDDDD".to_owned()];
        let branch = Branch { epic: "BBBBBB".into(), title: None, tasks };
        assert_eq!(parse(LIST).unwrap(), [branch]);
        assert_eq!(parse("No tasks.\n").unwrap(), []);
    }

    #[test]
    fn a_list_cut_anywhere_is_an_error() {
        for end in LIST.char_indices().map(|(index, _)| index) {
            assert!(parse(&LIST[..end]).is_err(), "{:?}", &LIST[..end]);
        }
    }

    #[test]
    fn a_list_with_a_line_taken_out_or_changed_is_an_error() {
        for number in 0..LIST.lines().count() {
            let kept: Vec<&str> =
                LIST.lines().enumerate().filter(|(n, _)| *n != number).map(|(_, l)| l).collect();
            let text = kept.join("\n") + "\n";
            // The one line that says nothing about a task is where a result is kept.
            assert_eq!(parse(&text).is_ok(), number == 3, "{text}");
        }
        for (from, to) in [
            ("◐", "?"),
            ("DDDDDD", "CCCCCC"),
            ("DDDDDD", "dddddd"),
            ("  DDDDDD", " DDDDDD"),
            ("1 done", "2 done"),
            ("1 done", "1 gone"),
            ("└", "├"),
            ("├ ✓", "└ ✓"),
            ("◈", "◇"),
        ] {
            assert!(parse(&LIST.replace(from, to)).is_err(), "{from} {to}");
        }
    }
}
