//! A command that publishes: what its channel serves says whether it was carried out.

use super::{CommandDone, CommandEffect, StepCommand};
use crate::delivery::{Expected, ExpectedFiles, Level, ProblemCode, Sighting, judge};
use crate::mechanics::{Cause, Code, Observation};
use crate::verdict::Verdict;

/// Judges what a channel serves. `is_ours` says that this ledger holds the intent to publish it: without that, and
/// without a manifest to compare with, nothing says that it is ours.
pub fn judge_published(expected: &Expected, seen: &Sighting, is_ours: bool) -> Observation<StepCommand> {
    if matches!(seen, Sighting::Absent { .. }) {
        return Observation::Absent(CommandEffect::Run);
    }
    let judgement = judge(expected, seen, Level::Bytes);
    let is_partial = !judgement.problems.is_empty()
        && judgement.doubts.is_empty()
        && judgement.problems.iter().all(|problem| problem.code == ProblemCode::FileMissing);
    let problems = judgement.problems.iter().map(|problem| problem.said.as_str());
    let why: Vec<&str> = problems.chain(judgement.doubts.iter().map(|doubt| doubt.said.as_str())).collect();
    let name = format!("{} {} {}", expected.channel, expected.package, expected.version);
    let message = format!("{name}: {}", why.join("; "));
    match judgement.verdict {
        Verdict::Passed if expected.files == ExpectedFiles::NotRecorded && !is_ours => Observation::Conflict(
            Cause::new(
                Code::ChannelDiffers,
                format!("{name} is there already: this ledger did not publish it, and what was built is not recorded"),
            )
            .remedy("find out who published it; release another version"),
        ),
        Verdict::Passed => {
            let as_what = match expected.files {
                ExpectedFiles::NotRecorded => "published by this release",
                _ => "as it was built",
            };
            Observation::Done(CommandDone { shown_by: format!("{name} is served, {as_what}") })
        }
        // Some of the files are there, each as it was built: the command is to bring the others.
        Verdict::Failed if is_partial => Observation::Absent(CommandEffect::Run),
        Verdict::Failed => Observation::Conflict(
            Cause::new(Code::ChannelDiffers, message)
                .remedy("a published version is not replaced: yank it, and release another one"),
        ),
        Verdict::Incomplete => Observation::Unknown(Cause::new(Code::ChannelUnknown, message)),
    }
}
