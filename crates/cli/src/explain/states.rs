//! Where a release stands, how a run ended, and what became of a step or a task.

use super::{Explanation, Kind, Text, entry, text};
use crate::commands::status::StepProgress;
use crate::render::poll_json::state_name;
use crate::render::run_json::{RunState, StepState};
use gonogo_core::blocker::TaskState;
use gonogo_core::standing::{NextKind, ReleaseState};

pub(super) fn entries() -> Vec<Explanation> {
    let mut entries: Vec<Explanation> =
        ReleaseState::ALL.iter().map(|one| entry(one.name(), Kind::ReleaseState, release(*one))).collect();
    entries.extend(RunState::ALL.iter().map(|one| entry(one.name(), Kind::RunState, run(*one))));
    entries.extend(StepProgress::ALL.iter().map(|one| entry(one.name(), Kind::StepProgress, progress(*one))));
    entries.extend(StepState::ALL.iter().map(|one| entry(one.name(), Kind::StepState, step(*one))));
    entries.extend(NextKind::ALL.iter().map(|one| entry(one.name(), Kind::NextKind, next(*one))));
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
            "Where `under_way` is true, wait for its end and ask `gonogo status TARGET`; else `gonogo poll TARGET` takes over what was shown.",
        ),
        ReleaseState::NoGo => text(
            "The latest poll refused clearance, or a blocker was filed since.",
            "A required gate did not pass, or a blocker stands.",
            "What `next_first` says, then the command under `next`; `gonogo blocker list TARGET` says of each blocker what closes it.",
        ),
        ReleaseState::Go => text(
            "The latest poll gave clearance for the commit that is checked out.",
            "It does not block.",
            "`gonogo run TARGET --mode dry-run`; once it went through and a maintainer says yes, `gonogo run TARGET --mode live`.",
        ),
        ReleaseState::Rehearsing => text(
            "A dry run of the commit that is checked out is under way, or was cut short.",
            "What was not rehearsed to its end has shown nothing.",
            "Where `under_way` is true, wait for its end and ask `gonogo status TARGET`; else `gonogo run TARGET --mode dry-run`.",
        ),
        ReleaseState::RehearsalFailed => text(
            "The latest dry run of the commit that is checked out stopped, or its channels did not serve what was built; `rehearsal` says why.",
            "What went wrong there would go wrong in the live release.",
            "`gonogo explain` the code under `rehearsal`, settle it, then the command under `next`: it rehearses again.",
        ),
        ReleaseState::Stale => text(
            "The latest poll gave clearance for another commit than the one that is checked out.",
            "Clearance is about one commit.",
            "Check out the polled commit, or `gonogo poll TARGET` for this one.",
        ),
        ReleaseState::Releasing => text(
            "A live run is under way, or was cut short: `mechanics` says which steps are done.",
            "The next run looks at the world before it does anything; nobody else does anything meanwhile.",
            "Where `under_way` is true, wait for its end and ask `gonogo status TARGET`; else `gonogo run TARGET --mode live` goes on from there.",
        ),
        ReleaseState::Stopped => text(
            "A live run stopped at a step; `mechanics.stopped` says where and why.",
            "No later step is begun before the cause is settled and its blocker closed.",
            "`gonogo explain` the code under `mechanics.stopped`, settle it, then the command under `next`.",
        ),
        ReleaseState::Released => text(
            "Every step of a live run is done.",
            "Whether users get what was built is another question: no channel was shown to serve it yet.",
            "`gonogo verify TARGET`; nothing where the plan has no channel.",
        ),
        ReleaseState::Delivered => text(
            "Every step of a live run is done, and every channel was shown to serve what was built.",
            "It does not block.",
            "Nothing. Whoever wants to look again at any later time can: `gonogo audit TARGET`.",
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
            "The command under `next` looks, and goes on from there.",
        ),
        StepProgress::Begun => text(
            "An effect of the step was carried out, and the step is not done yet.",
            "No later step is begun before it is.",
            "The command under `next` looks, and goes on from there.",
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
            "The command under `next`; after a live run there is none.",
        ),
        RunState::Undelivered => text(
            "Every step is done, and not every channel was shown to serve what was built; `delivery` says which, and why.",
            "A release that its users do not get is none; a rehearsal that ends so has not gone through.",
            "What `delivery.partial.recovery` says, then the command under `next`.",
        ),
        RunState::Stopped => text(
            "A step stopped the run; `stopped.code` says why.",
            "Nothing that follows the step was begun.",
            "`gonogo explain` the code, settle the cause, then the command under `next`: it closes the blocker and runs again.",
        ),
        RunState::Declined => text(
            "The point of no return was not confirmed.",
            "Nothing that cannot be undone has happened.",
            "When a maintainer says yes: `gonogo run TARGET --mode live`, with `--yes` where nobody is at a terminal.",
        ),
        RunState::Interrupted => text(
            "A signal stopped the run.",
            "What was in flight may or may not have happened; the ledger knows what was begun.",
            "Run the same command again: it looks at the world, and goes on from there.",
        ),
        RunState::Refused => text(
            "The poll of this run refused clearance; no step was begun by it.",
            "Without clearance no effect on the world is carried out.",
            "What `next_first` says, then the command under `next`.",
        ),
        RunState::NotReady => text(
            "A precondition does not hold; nothing was begun.",
            "The release is not ready.",
            "`gonogo prepare TARGET` names every gap with its remedy.",
        ),
    }
}

const fn next(kind: NextKind) -> Text {
    match kind {
        NextKind::Command => text(
            "A command comes next, and nobody has to do anything before it.",
            "It does not block.",
            "The command under `next`.",
        ),
        NextKind::Wait => text(
            "Another command of this release is under way.",
            "One command writes a release's ledger at a time.",
            "Wait for its end, then the command under `next`.",
        ),
        NextKind::Mend => text(
            "A required check failed.",
            "What failed speaks against the release of this commit.",
            "Mend what the findings name, commit and push; then the command under `next`.",
        ),
        NextKind::Settle => text(
            "Something could not be shown, or could not be done.",
            "What was not shown does not open, and a step that stopped is not gone past.",
            "What `next_first` says, then the command under `next`.",
        ),
        NextKind::Review => text(
            "A check asks for a judgement, and none of this evidence is recorded.",
            "A review that is not recorded holds back like a check that did not run.",
            "Look at what `next_first` shows, and record it; then the command under `next`.",
        ),
        NextKind::Close => text(
            "Somebody has a task of their own under the release's epic.",
            "An open task stands in the way, and no check speaks for this one.",
            "They close it in the tracker; then the command under `next`.",
        ),
        NextKind::Approve => text(
            "All that can be shown before the live release was shown.",
            "What comes next cannot be undone: it is for a maintainer to want it.",
            "Once a maintainer says yes, the command under `next`; with `--yes` where nobody is at a terminal.",
        ),
        NextKind::Decide => text(
            "Somebody else's work is in the way, or what is out cannot be mended by this release.",
            "No command may change what others may have.",
            "A maintainer decides: the cause is taken away, and the command under `next` goes on; or another version is released.",
        ),
        NextKind::Nothing => {
            text("The release is where it was to go.", "It does not block.", "Nothing more.")
        }
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
            "`gonogo blocker list TARGET` says what closes it.",
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
