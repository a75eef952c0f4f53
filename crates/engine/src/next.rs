//! The commands that come next.

use crate::blockers::Filed;
use gonogo_core::release::Mode;
use gonogo_core::verdict::Outcome;

/// The command that goes on with a release.
pub fn go_on(target: &str, mode: Mode) -> String {
    match mode {
        Mode::Live => format!("gonogo run {target} --mode live"),
        Mode::DryRun => format!("gonogo run {target} --mode dry-run"),
    }
}

/// The command that looks again.
pub fn again(target: &str, mode: Mode) -> String {
    match mode {
        Mode::Live => format!("gonogo verify {target}"),
        Mode::DryRun => format!("gonogo run {target} --mode dry-run"),
    }
}

/// The command after a delivery was looked at.
pub fn after_delivery(outcome: Outcome, filed: Option<&Filed>, target: &str, mode: Mode) -> String {
    match (outcome, filed) {
        (Outcome::Passed, _) => format!("gonogo status {target}"),
        (_, Some(Filed::As(id))) => {
            format!(
                "settle the cause, then gonogo blocker resolve {target} --id {id} && {}",
                again(target, mode)
            )
        }
        _ => again(target, mode),
    }
}
