//! A workflow run that waits until somebody lets it go on: who, and in which environment.

use super::{Cause, Code};
use crate::ci::WorkflowRun;
use crate::text::one_line;

/// The status of a run that a rule of an environment holds back.
pub(super) const WAITING: &str = "waiting";

/// An environment that a run waits for ("Get pending deployments for a workflow run", GitHub's REST interface).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// The environment's name.
    pub environment: String,
    /// Who may approve: users by their login, teams as `team NAME`. Empty where another rule holds it back.
    pub reviewers: Vec<String>,
    /// How long the environment makes each run wait, in minutes.
    pub wait_minutes: u64,
}

/// Why a run that waits does not go on, as long as it is not known for whom.
pub fn waits_for_approval(run: &WorkflowRun) -> Cause {
    Cause::new(Code::ApprovalPending, format!("run {} waits for an approval", run.id)).of_run(run).remedy(
        format!("look at {} for who may approve it; then run again: it is watched from where it is", run.url),
    )
}

/// The same where it is known for whom.
pub fn with_approvals(cause: Cause, approvals: &[Approval]) -> Cause {
    let (Some(run), false) = (cause.run, approvals.is_empty()) else { return cause };
    let waits: Vec<String> = approvals.iter().map(Approval::words).collect();
    let place = cause.url.as_deref().unwrap_or("GitHub");
    let asked: Vec<String> = approvals.iter().filter_map(Approval::order).collect();
    let remedy = if asked.is_empty() {
        format!("look at {place}; then run again: it is watched from where it is")
    } else {
        format!("{} at {place}; then run again: it is watched from where it is", asked.join(", "))
    };
    Cause { message: format!("run {run} waits for {}", waits.join(", and for ")), ..cause }.remedy(remedy)
}

impl Approval {
    fn words(&self) -> String {
        let name = one_line(&self.environment);
        match (self.by(), self.wait_minutes) {
            (Some(by), _) => format!("approval in environment {name} by {by}"),
            (None, 0) => format!("a rule of environment {name}"),
            (None, minutes) => format!("the timer of environment {name} ({minutes} minutes)"),
        }
    }

    fn order(&self) -> Option<String> {
        Some(format!("ask {} to approve {}", self.by()?, one_line(&self.environment)))
    }

    fn by(&self) -> Option<String> {
        let named: Vec<String> = self.reviewers.iter().map(|name| one_line(name)).collect();
        (!named.is_empty()).then(|| named.join(" or "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn approval(environment: &str, reviewers: &[&str], wait_minutes: u64) -> Approval {
        let reviewers = reviewers.iter().map(|name| (*name).to_owned()).collect();
        Approval { environment: environment.to_owned(), reviewers, wait_minutes }
    }

    fn cause() -> Cause {
        let cause = Cause::new(Code::ApprovalPending, "run 7 waits for an approval");
        Cause { run: Some(7), url: Some("https://example.test/runs/7".to_owned()), ..cause }
    }

    #[test]
    fn who_is_waited_for_and_where_is_said() {
        let asked = with_approvals(cause(), &[approval("release", &["ann", "team Keepers"], 0)]);
        assert_eq!(asked.message, "run 7 waits for approval in environment release by ann or team Keepers");
        assert_eq!(
            asked.remedy.as_deref(),
            Some(
                "ask ann or team Keepers to approve release at https://example.test/runs/7; then run again: it is watched from where it is"
            )
        );
        let both = [approval("a\nb", &["ann"], 0), approval("slow", &[], 30), approval("own", &[], 0)];
        assert_eq!(
            with_approvals(cause(), &both).message,
            "run 7 waits for approval in environment a b by ann, and for the timer of environment slow (30 minutes), and for a rule of environment own"
        );
    }

    #[test]
    fn what_is_not_known_is_not_made_up() {
        assert_eq!(with_approvals(cause(), &[]), cause());
        let timer = with_approvals(cause(), &[approval("slow", &[], 30)]);
        assert!(!timer.remedy.unwrap().contains("ask"));
    }
}
