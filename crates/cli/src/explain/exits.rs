//! What the process exits with.

use super::{Explanation, Kind, Text, entry, text};
use crate::exit_code::Exit;

pub(super) fn entries() -> Vec<Explanation> {
    Exit::ALL.iter().map(|exit| entry(digits(*exit), Kind::ExitCode, meaning(*exit))).collect()
}

/// The number of an exit code that is known by its name.
pub(super) fn number(name: &str) -> Option<&'static str> {
    Exit::ALL.iter().find(|exit| self::name(**exit) == name).map(|exit| digits(*exit))
}

const fn name(exit: Exit) -> &'static str {
    match exit {
        Exit::Go => "go",
        Exit::NoGo => "no-go",
        Exit::Usage => "usage",
        Exit::Incomplete => "incomplete",
        Exit::Conflict => "conflict",
        Exit::Internal => "internal",
        Exit::Interrupted => "interrupted",
    }
}

const fn digits(exit: Exit) -> &'static str {
    match exit {
        Exit::Go => "0",
        Exit::NoGo => "1",
        Exit::Usage => "2",
        Exit::Incomplete => "3",
        Exit::Conflict => "4",
        Exit::Internal => "70",
        Exit::Interrupted => "130",
    }
}

const fn meaning(exit: Exit) -> Text {
    match exit {
        Exit::Go => text(
            "Go, or the command did what it was asked.",
            "It does not block.",
            "Go on with the next command: `gonogo status TARGET` names it.",
        ),
        Exit::NoGo => text(
            "No-go: a check failed, a blocker stands, a precondition does not hold, or a channel is wrong.",
            "Something was shown that speaks against the release.",
            "Read what the document names, mend it, and run the command again; `gonogo status TARGET` says where things stand.",
        ),
        Exit::Usage => text(
            "The command line or the plan cannot be used. Nothing was run.",
            "It is not known what was meant.",
            "Read the message; `gonogo plan check` names every problem of the plan.",
        ),
        Exit::Incomplete => text(
            "Nothing failed, but something could not be shown: a tool, a login, an answer or a review is missing.",
            "Silence is no-go.",
            "Read `reason` and `remedy`, `gonogo doctor` for what the machine lacks, then run the command again.",
        ),
        Exit::Conflict => text(
            "The world is not ours to change: somebody else's tag or release, a ledger that was edited, or another poll under way.",
            "To go on would overwrite what somebody else did.",
            "Change nothing; find out who did it, and ask a maintainer. `gonogo status TARGET` shows what is recorded.",
        ),
        Exit::Internal => text(
            "A defect of gonogo.",
            "What a broken program says is worth nothing.",
            "Keep the output, report it, and do not release by hand instead.",
        ),
        Exit::Interrupted => text(
            "Stopped by a signal; what was in flight is recorded as interrupted.",
            "What was cut short has shown nothing.",
            "Run the same command again: it takes up where it stopped. `gonogo status TARGET` says where that is.",
        ),
    }
}
