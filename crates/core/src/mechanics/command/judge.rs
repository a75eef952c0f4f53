//! A plan's own command: what its observer's exit status says.

use super::{CommandDone, CommandEffect, StepCommand};
use crate::mechanics::{Cause, Code, Observation};

/// Judges an observer's exit status. `None` is one that did not end by itself.
pub fn judge_exit(status: Option<u8>, done: u8, absent: u8, command: &str) -> Observation<StepCommand> {
    match status {
        Some(status) if status == done => {
            Observation::Done(CommandDone { shown_by: format!("`{command}` ended with {done}") })
        }
        Some(status) if status == absent => Observation::Absent(CommandEffect::Run),
        other => {
            let said =
                other.map_or_else(|| "was cut short".to_owned(), |status| format!("ended with {status}"));
            let message = format!("`{command}` {said}: neither {done} (done) nor {absent} (absent)");
            let cause = Cause::new(Code::CommandUnknown, message);
            Observation::Unknown(Cause { command: Some(command.to_owned()), ..cause })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_two_statuses_of_the_plan_say_anything() {
        let judge = |status| judge_exit(status, 0, 100, "look");
        assert!(matches!(judge(Some(0)), Observation::Done(_)));
        assert_eq!(judge(Some(100)), Observation::Absent(CommandEffect::Run));
        for status in [Some(1), Some(2), Some(127), None] {
            assert!(matches!(judge(status), Observation::Unknown(_)), "{status:?}");
        }
    }
}
