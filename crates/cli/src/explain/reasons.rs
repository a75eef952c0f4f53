//! Verdicts, reasons, obstacles and clearance.

use super::{Explanation, Kind, Text, entry, text};
use crate::render::poll_json::Granted;
use gonogo_core::clearance::ObstacleKind;
use gonogo_core::verdict::{Reason, Verdict};

pub(super) fn entries() -> Vec<Explanation> {
    let verdicts = [Verdict::Passed, Verdict::Failed, Verdict::Incomplete];
    let mut entries: Vec<Explanation> =
        verdicts.into_iter().map(|one| entry(verdict_name(one), Kind::Verdict, verdict(one))).collect();
    entries.extend(Reason::ALL.iter().map(|one| entry(one.name(), Kind::Reason, reason(*one))));
    entries.extend(ObstacleKind::ALL.iter().map(|one| entry(one.name(), Kind::Obstacle, obstacle(*one))));
    entries.extend(Granted::ALL.iter().map(|one| entry(one.name(), Kind::Clearance, clearance(*one))));
    entries
}

const fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Failed => "failed",
        Verdict::Incomplete => "incomplete",
    }
}

const fn verdict(verdict: Verdict) -> Text {
    match verdict {
        Verdict::Passed => text(
            "Evidence was shown, it is about this very subject, and there is enough of it.",
            "It does not block.",
            "Go on: `gonogo status TARGET`.",
        ),
        Verdict::Failed => text(
            "Evidence was shown, and it speaks against the release.",
            "A gate with a failed check is closed, whatever else passed.",
            "Mend what the findings name, commit, push, and `gonogo poll TARGET`.",
        ),
        Verdict::Incomplete => text(
            "It could not be shown either way. The reason beside it says why.",
            "Silence is no evidence: an incomplete check closes its gate as a failed one does.",
            "Look the reason up with `gonogo explain --list`, settle it, and `gonogo poll TARGET`.",
        ),
    }
}

const fn reason(reason: Reason) -> Text {
    match reason {
        Reason::ToolMissing => text(
            "A tool that is needed is not on PATH, or only inside the checkout that is to be released.",
            "Nothing was run, so nothing was shown; and a project does not bring the tools that judge it.",
            "`gonogo doctor` names each missing tool with its remedy; where it names none, the command beside `repeat` says what it lacks. Install it, and `gonogo poll TARGET`.",
        ),
        Reason::ToolTooOld => text(
            "The tool is there, below the lowest version that the plan takes; or it is gonogo, and a newer one wrote the ledger.",
            "An older tool may lack the very rule that the gate is about.",
            "Update it; `gonogo doctor` shows which version was found; then poll again.",
        ),
        Reason::NotRun => text(
            "The check did not run: it was not reached, something that it needs first did not end well, or the plan lacks it.",
            "What did not run has shown nothing.",
            "`gonogo status TARGET` shows where the poll stands; then `gonogo poll TARGET`.",
        ),
        Reason::Interrupted => text(
            "It was stopped before it ended, by a signal or with the program that ran it.",
            "Half an output is no evidence.",
            "`gonogo poll TARGET` runs what has no end; finished evidence of the same subject is used again.",
        ),
        Reason::TimedOut => text(
            "It ran into its time limit and was ended.",
            "A check that hangs may hide the very fault that it looks for.",
            "Run the command beside `repeat` alone to see where it hangs; then `gonogo poll TARGET`. A longer timeout is a change of the plan, for a maintainer.",
        ),
        Reason::NoTestsExecuted => text(
            "The tool ran, and executed no test: often a filter that matches nothing.",
            "A run of no test exits 0 and proves nothing.",
            "Run the command beside `repeat`, mend the filter or bring the tests back, commit, and `gonogo poll TARGET`.",
        ),
        Reason::TooFewTests => text(
            "The tool ran, and executed fewer tests than the least that the plan takes.",
            "Tests that went away, or were skipped or answered from a cache, show nothing of this release.",
            "The detail says how many ran, and the list of tests is stored with the evidence. Run the command beside `repeat`, bring the tests back, commit, and `gonogo poll TARGET`; a lower `minimum.tests` is a change of the plan, for a maintainer.",
        ),
        Reason::NothingExamined => text(
            "The tool ran, and looked at fewer inputs than the least that the plan takes.",
            "A scan of nothing finds nothing.",
            "Run the command beside `repeat`, see what it looks at, mend that, and `gonogo poll TARGET`.",
        ),
        Reason::UnreadableOutput => text(
            "The output was cut off, empty, of another kind, or contradicts the exit status.",
            "What cannot be read cannot be counted, and is never guessed at.",
            "Run the command beside `repeat` alone and look at what it prints; mend that, and `gonogo poll TARGET`.",
        ),
        Reason::OutputTooLarge => text(
            "The output is larger than the plan's limit.",
            "What was cut off may hold the failure.",
            "Make the tool say less; a higher `output-limit-mib` is a change of the plan; then `gonogo poll TARGET`.",
        ),
        Reason::StaleEvidence => text(
            "The evidence is about another commit, plan, base tag or toolchain.",
            "It shows something of another release.",
            "`gonogo poll TARGET --fresh` makes all evidence anew.",
        ),
        Reason::StaleData => text(
            "The data behind the answer, such as an advisory database, is too old, or its age is not known.",
            "An old database does not know what is wrong today.",
            "Fetch the data as the comments of the plan say, and `gonogo poll TARGET`.",
        ),
        Reason::Unreachable => text(
            "Something that is needed did not answer.",
            "No answer is neither a good nor a bad one, and never absence.",
            "Make it reachable, and run the same command again.",
        ),
        Reason::TreeChanged => text(
            "Files of the commit were written while the check ran, or the plan or the checkout is not what the commit says.",
            "Evidence is about a commit, and this was about something else. That a file was changed back does not help: others may have read it.",
            "Let what writes tracked files work on a copy, commit what `git status` names, and `gonogo poll TARGET`.",
        ),
        Reason::TooNoisy => text(
            "The measurement spreads so far that a regression could not be told from noise.",
            "A comparison that cannot be trusted counts as none.",
            "Measure on a quiet host, and `gonogo poll TARGET`.",
        ),
        Reason::Flaky => text(
            "The check failed on this very subject, and passes now with nothing changed.",
            "One of the two answers is wrong, and running again until it passes does not tell which.",
            "Mend what makes it vary and commit; or `gonogo review TARGET --gate N --check ID --show` shows what failed, and the \
             review says why that speaks against no release.",
        ),
        Reason::HostUnfit => text(
            "This host is not fit to measure on.",
            "Its numbers would speak of the host and not of the release.",
            "Use a host that is fit, and `gonogo poll TARGET` there.",
        ),
        Reason::ReviewMissing => text(
            "The check asks for a judgement of what changed since the base tag, and too few are recorded that count: `words` says of each why not.",
            "Some questions no tool answers; nobody has answered this one yet.",
            "`gonogo review TARGET --gate N --check ID --show` prints what is to be judged; read it whole, then record with `--accept` or `--reject` and a `--note`.",
        ),
        Reason::BaselineMissing => text(
            "There is nothing to compare with: the newest earlier release of the remote is not here or cannot be told, or the baseline could not be built or read.",
            "Without a baseline a regression cannot be seen, and an older one would hide it.",
            "Make the remote reachable, fetch its tags with `git fetch --tags`, and `gonogo poll TARGET`.",
        ),
        Reason::CanaryMissed => text(
            "The tool did not find what is wrong in an input that is known to be bad.",
            "A tool that is blind today says nothing by finding nothing.",
            "Run the plan's `canary` line by itself, mend the tool or its data, and `gonogo poll TARGET`.",
        ),
        Reason::TrackerUnreadable => text(
            "The blocker tracker could not be read or written, or gave an answer that makes no sense.",
            "Blockers that nobody could look up may stand.",
            "`gonogo doctor` says what is the matter with it; never change the tracker in the plan to get past this.",
        ),
        Reason::UnsupportedHere => text(
            "This host cannot run the check.",
            "What cannot be run here has to be shown somewhere else.",
            "Run the poll on a host that can: `gonogo poll TARGET`.",
        ),
    }
}

const fn obstacle(obstacle: ObstacleKind) -> Text {
    match obstacle {
        ObstacleKind::GateFailed => text(
            "A required gate failed.",
            "Every required gate has to pass; one that failed closes the release.",
            "Mend its findings, commit, push, and `gonogo poll TARGET`.",
        ),
        ObstacleKind::GateIncomplete => text(
            "A required gate could not be shown to pass.",
            "A gate opens by evidence alone.",
            "`gonogo explain` the reason beside it, settle that, and `gonogo poll TARGET`.",
        ),
        ObstacleKind::BlockerStands => text(
            "A task under the release's epic is open, or was closed before its check passed.",
            "A known problem that nobody has settled holds the release back, even where every gate passes.",
            "`gonogo blocker list TARGET` says of each what closes it; what has passed since is closed by `gonogo blocker resolve TARGET --passed`.",
        ),
        ObstacleKind::TrackerUnreadable => text(
            "The tracker could not be read or written at the end of the poll.",
            "Blockers that nobody could look up may stand.",
            "`gonogo doctor` says what is the matter with it; then `gonogo poll TARGET`.",
        ),
        ObstacleKind::NothingRequired => text(
            "The plan requires no gate at all.",
            "Where nothing is asked for, nothing was shown.",
            "`gonogo plan check` shows the required gates; what belongs there is a maintainer's decision.",
        ),
        ObstacleKind::PartOnly => text(
            "Only a part of the plan was polled, as `--only` asked.",
            "A part grants nothing: what was left out has shown nothing. What it has shown counts in the next whole poll.",
            "`gonogo poll TARGET`, without `--only`.",
        ),
    }
}

const fn clearance(granted: Granted) -> Text {
    match granted {
        Granted::Granted => text(
            "Every required gate passed on this subject, the tracker was read, and no blocker stands.",
            "It does not block.",
            "Rehearse with `gonogo run TARGET --mode dry-run`, then release with `gonogo run TARGET --mode live`.",
        ),
        Granted::Refused => text(
            "Something stands in the way; `obstacles` names all of it.",
            "Without clearance no effect on the world is carried out.",
            "Settle every obstacle, and `gonogo poll TARGET`.",
        ),
    }
}
