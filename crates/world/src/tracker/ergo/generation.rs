//! Which generation of ergo's command line this is, told by the commands that its help names.
//!
//! Invariant: a help text that fits no generation, or two, is an error. The version is never trusted: a program
//! built from source does not know its own.

use super::call::Caller;
use crate::process::Cancel;
use crate::tracker::TrackerError;

/// How a generation is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// 0.9: JSON on standard input, epics of their own.
    JsonInput,
    /// 1.0 to 1.2: JSON as an argument, `set`, `plan`.
    JsonArgument,
    /// 2.0: the same without `set`; one command for each change.
    Verbs,
    /// 3.0: no JSON output any more; `plan`, and lists for people.
    Plain,
    /// 4.0 and later: `new epic`, with at least one task.
    Epics,
}

/// A generation: its dialect, and what differs within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Generation {
    pub(super) dialect: Dialect,
    /// `list --json` is a versioned document (from 4.2 on).
    pub(super) listing: bool,
    /// `show --body` prints the body alone (from 4.1 on).
    pub(super) body_alone: bool,
    /// The command that returns claimed work: `release` up to 5.0, then `open`.
    pub(super) give_back: &'static str,
    /// It knows `journal.jsonl` (from 5.0 on).
    pub(super) journal: bool,
}

impl Generation {
    /// How the generation is called in messages.
    pub(super) fn name(self) -> &'static str {
        match (self.dialect, self.listing, self.journal) {
            (Dialect::JsonInput, ..) => "0.9",
            (Dialect::JsonArgument, ..) => "1.x",
            (Dialect::Verbs, ..) => "2.x",
            (Dialect::Plain, ..) => "3.x",
            (Dialect::Epics, false, _) => "4.0 or 4.1",
            (Dialect::Epics, true, false) => "4.2 or 4.3",
            (Dialect::Epics, true, true) => "5.0 or newer",
        }
    }
}

/// Asks the program what it accepts.
pub(super) async fn detect(caller: &Caller, cancel: &Cancel) -> Result<Generation, TrackerError> {
    let help = caller.call(&["--help"], None, cancel).await?;
    if let Some(generation) = of_help(&help) {
        return Ok(generation);
    }
    let version = caller.call(&["version"], None, cancel).await.unwrap_or_default();
    let said: String = version.lines().next().unwrap_or_default().chars().take(60).collect();
    Err(TrackerError {
        message: format!("the help of this ergo (version: \"{said}\") is of no generation that is known"),
        missing_tool: None,
        remedy: Some("use ergo 0.9, 1.2, 2.0, 3.0, 4.x, 5.0 or 6.0".to_owned()),
    })
}

fn of_help(help: &str) -> Option<Generation> {
    if !help.trim_start().starts_with("ergo ") {
        return None;
    }
    let line = |start: &str| help.lines().map(str::trim_start).find(|line| line.starts_with(start));
    let has = |start: &str| line(start).is_some();
    let list = line("list ")?;
    if !(has("init [dir]") && has("show <id>") && has("where ")) {
        return None;
    }
    let json = has("--json ");
    let epics = has("new epic \"<title>\" --file");
    let fits = [
        (Dialect::JsonInput, json && line("new epic ").is_some_and(|line| line.contains("JSON stdin"))),
        (Dialect::JsonArgument, json && has("set <id> [json]") && has("plan --file")),
        (Dialect::Verbs, json && has("done <id>") && has("plan --file")),
        (Dialect::Plain, !json && has("done <id>") && has("plan --file")),
        (Dialect::Epics, !json && has("done <id>") && epics),
    ];
    let mut fitting = fits.iter().filter(|(_, fits)| *fits).map(|(dialect, _)| *dialect);
    let dialect = fitting.next().filter(|_| fitting.next().is_none())?;
    let verbs = matches!(dialect, Dialect::Verbs | Dialect::Plain | Dialect::Epics);
    if verbs && !(has("claim ") && has("title <id> <title>") && has("body <id>")) {
        return None;
    }
    let give_back = match (has("release <id>"), has("open <id>")) {
        (true, _) => "release",
        (false, true) => "open",
        (false, false) if verbs => return None,
        (false, false) => "",
    };
    Some(Generation {
        dialect,
        listing: dialect == Dialect::Epics && list.contains("[--json]"),
        body_alone: has("show <id> [--body]"),
        give_back,
        journal: has("fail <id>"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_help_text_of_no_known_generation_is_refused() {
        let base = "ergo — x\n  init [dir]\n  show <id>\n  where  w\n  list [--all]\n";
        let whole =
            format!("{base}  claim x\n  title <id> <title>\n  body <id>\n  done <id>\n  release <id>\n");
        let epics = format!("{whole}  new epic \"<title>\" --file <path>\n");
        assert_eq!(of_help(&epics).map(Generation::name), Some("4.0 or 4.1"));
        let ambiguous = format!("{epics}  plan --file <path>\n");
        let not_ergo = epics.replacen("ergo", "other", 1);
        let no_way_back = epics.replace("release <id>", "");
        for help in ["", "[]", "<html></html>", base, &whole, &ambiguous, &not_ergo, &no_way_back] {
            assert_eq!(of_help(help), None, "{help}");
        }
    }
}
