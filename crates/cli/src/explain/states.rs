//! Where a release stands, how a run ended, and what became of a step or a task.

use super::{Entry, Kind, Text, entry, text};
use crate::commands::status::{ReleaseState, StepProgress};
use crate::render::poll_json::state_name;
use crate::render::run_json::{RunState, StepState};
use gonogo_core::blocker::TaskState;

pub(super) fn entries() -> Vec<Entry> {
    let mut entries: Vec<Entry> =
        ReleaseState::ALL.iter().map(|one| entry(one.name(), Kind::ReleaseState, release(*one))).collect();
    entries.extend(RunState::ALL.iter().map(|one| entry(one.name(), Kind::RunState, run(*one))));
    entries.extend(StepProgress::ALL.iter().map(|one| entry(one.name(), Kind::StepProgress, progress(*one))));
    entries.extend(StepState::ALL.iter().map(|one| entry(one.name(), Kind::StepState, step(*one))));
    let tasks = [TaskState::Open, TaskState::Done, TaskState::Canceled];
    entries.extend(tasks.map(|one| entry(state_name(one), Kind::TaskState, task(one))));
    entries
}

const fn release(state: ReleaseState) -> Text {
    match state {
        ReleaseState::NotBegun => text(
            "This checkout's ledger knows nothing of the release.",
            "Nothing was shown yet.",
            "`gonogo prepare TARGET`.",
        ),
        ReleaseState::Polling => text(
            "A poll is under way, or was cut short: `in_flight` names checks that began and have no end.",
            "What has no end has shown nothing.",
            "`gonogo poll TARGET`: it refuses while another one is under way, and takes over what was shown.",
        ),
        ReleaseState::NoGo => text(
            "The latest poll refused clearance.",
            "A required gate did not pass, or a blocker stands.",
            "Settle what `checks` and `gonogo blocker list TARGET` name, then `gonogo poll TARGET`.",
        ),
        ReleaseState::Go => text(
            "The latest poll gave clearance for the commit that is checked out.",
            "It does not block.",
            "`gonogo run TARGET --mode dry-run`, then `gonogo run TARGET --mode live`.",
        ),
        ReleaseState::Stale => text(
            "The latest poll gave clearance for another commit than the one that is checked out.",
            "Clearance is about one commit.",
            "Check out the polled commit, or `gonogo poll TARGET` for this one.",
        ),
        ReleaseState::Releasing => text(
            "A live run is under way, or was cut short: `mechanics` says which steps are done.",
            "The next run looks at the world before it does anything; nobody else does anything meanwhile.",
            "`gonogo run TARGET --mode live`: it refuses while another one is under way, and goes on from there.",
        ),
        ReleaseState::Stopped => text(
            "A live run stopped at a step; `mechanics.stopped` says where and why.",
            "No later step is begun before the cause is settled and its blocker closed.",
            "`gonogo explain` the code under `mechanics.stopped`, settle it, then the command under `next`.",
        ),
        ReleaseState::Released => text(
            "Every step of a live run is done.",
            "Whether users get what was built is another question: no channel was shown to serve it yet.",
            "`gonogo verify TARGET`.",
        ),
        ReleaseState::Delivered => text(
            "Every step of a live run is done, and every channel was shown to serve what was built.",
            "It does not block.",
            "Nothing; `gonogo audit TARGET` looks again at any later time.",
        ),
    }
}

const fn progress(state: StepProgress) -> Text {
    match state {
        StepProgress::Done => text(
            "The world showed the step as done.",
            "It does not block.",
            "Nothing here; look at the next step.",
        ),
        StepProgress::InFlight => text(
            "An effect of the step was intended, and what became of it is not recorded.",
            "It may have happened or not: it is looked for, and never repeated blindly.",
            "`gonogo run TARGET --mode live` looks, and goes on from there.",
        ),
        StepProgress::Begun => text(
            "An effect of the step was carried out, and the step is not done yet.",
            "No later step is begun before it is.",
            "`gonogo run TARGET --mode live` looks, and goes on from there.",
        ),
        StepProgress::NotBegun => text(
            "Nothing of the step was carried out.",
            "It does not block; the steps before it come first.",
            "`gonogo status TARGET` names the command that goes on.",
        ),
    }
}

const fn run(state: RunState) -> Text {
    match state {
        RunState::Completed => text(
            "Every step is done, and the world shows it.",
            "It does not block.",
            "After a dry run: `gonogo run TARGET --mode live`. After a live run: `gonogo audit TARGET`.",
        ),
        RunState::Stopped => text(
            "A step stopped the run; `stopped.code` says why.",
            "Nothing that follows the step was begun.",
            "`gonogo explain` the code, settle the cause, close the blocker, and run again.",
        ),
        RunState::Declined => text(
            "Nobody said yes at the point of no return.",
            "Nothing that cannot be undone has happened.",
            "When it is wanted: `gonogo run TARGET --mode live --yes`.",
        ),
        RunState::Interrupted => text(
            "A signal stopped the run.",
            "What was in flight may or may not have happened; the ledger knows what was begun.",
            "Run the same command again: it looks at the world, and goes on from there.",
        ),
        RunState::Refused => text(
            "The poll of this run refused clearance; no step was begun by it.",
            "Without clearance no effect on the world is carried out.",
            "`gonogo poll TARGET` shows what stands in the way.",
        ),
        RunState::NotReady => text(
            "A precondition does not hold; nothing was begun.",
            "The release is not ready.",
            "`gonogo prepare TARGET` names every gap with its remedy.",
        ),
    }
}

const fn step(state: StepState) -> Text {
    match state {
        StepState::Done => text(
            "The world shows the step as done.",
            "It does not block.",
            "Nothing here; look at the next step.",
        ),
        StepState::Stopped => text(
            "The step was reached, and is not done.",
            "No later step is begun before it is.",
            "`gonogo explain` the code under `stopped`.",
        ),
    }
}

const fn task(state: TaskState) -> Text {
    match state {
        TaskState::Open => text(
            "The task is open.",
            "An open blocker stands.",
            "Settle it, then `gonogo blocker resolve TARGET --passed`, or by its ID.",
        ),
        TaskState::Done => text(
            "The task is closed as done.",
            "It still stands until its check has passed after it was filed.",
            "`gonogo poll TARGET` runs its check again.",
        ),
        TaskState::Canceled => text(
            "The task is closed as not wanted.",
            "It still stands until its check has passed after it was filed: closing settles nothing.",
            "`gonogo poll TARGET` runs its check again.",
        ),
    }
}
