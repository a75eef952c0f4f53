//! What is done about an observation. Pure: the same history and observation always give the same answer.

use super::{Cause, Code, Kind, KindFacts, Observation, StepHistory, Stored};

/// What is done next about a step of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next<K: Kind> {
    /// Record the intent, look through the door, carry the effect out, and look again.
    Apply(K::Effect),
    /// The step is done.
    Finish(K::Facts),
    /// Stop the release here.
    Stop(Cause),
}

/// Decides. `applied` are the effects that this very run has carried out for the step: one that was, and does not show,
/// is not carried out twice.
pub fn next<K: Kind>(history: &StepHistory, applied: &[K::Effect], observation: Observation<K>) -> Next<K> {
    match observation {
        Observation::Unknown(cause) | Observation::Conflict(cause) => Next::Stop(cause),
        Observation::Done(facts) => match &history.done {
            // What was recorded of another kind of step is not this one's.
            Some(recorded)
                if !K::Facts::read(recorded).is_some_and(|recorded| facts.agrees_with(recorded)) =>
            {
                Next::Stop(Cause::new(
                    Code::Changed,
                    "this step was recorded as done, and is there in another form now",
                ))
            }
            _ => Next::Finish(facts),
        },
        Observation::Absent(effect) if history.done.is_some() => Next::Stop(Cause::new(
            Code::Vanished,
            format!("this step was recorded as done, and the world does not show it: {effect} is missing"),
        )),
        Observation::Absent(effect) if applied.contains(&effect) => Next::Stop(Cause::new(
            Code::Unconfirmed,
            format!("`{effect}` was carried out, and the world does not show it"),
        )),
        Observation::Absent(effect) => Next::Apply(effect),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifest;
    use crate::mechanics::{CommandDone, GithubRelease, ReleaseEffect, ReleasePublished, StepCommand};
    use proptest::prelude::*;

    fn facts(url: &str) -> ReleasePublished {
        ReleasePublished { id: 1, url: url.to_owned(), assets: Manifest::new([]).unwrap() }
    }

    fn done(url: &str) -> StepHistory {
        StepHistory { done: Some(facts(url).into()), ..StepHistory::default() }
    }

    fn cause() -> Cause {
        Cause::new(Code::Unreachable, "gone")
    }

    fn release(
        history: &StepHistory,
        applied: &[ReleaseEffect],
        seen: Observation<GithubRelease>,
    ) -> Next<GithubRelease> {
        next(history, applied, seen)
    }

    #[test]
    fn what_is_missing_is_carried_out_once_in_a_run() {
        let fresh = StepHistory::default();
        let absent = || Observation::Absent(ReleaseEffect::Publish);
        assert_eq!(release(&fresh, &[], absent()), Next::Apply(ReleaseEffect::Publish));
        let again = release(&fresh, &[ReleaseEffect::Publish], absent());
        assert!(matches!(again, Next::Stop(cause) if cause.code == Code::Unconfirmed));
        let upload = |name: &str| ReleaseEffect::Upload(name.to_owned());
        let other = release(&fresh, &[upload("a")], Observation::Absent(upload("b")));
        assert_eq!(other, Next::Apply(upload("b")));
    }

    #[test]
    fn what_was_recorded_and_is_gone_is_not_made_again() {
        let stopped = release(&done("a"), &[], Observation::Absent(ReleaseEffect::Publish));
        assert!(matches!(stopped, Next::Stop(cause) if cause.code == Code::Vanished));
    }

    #[test]
    fn what_was_recorded_and_is_another_now_stops() {
        let seen = |url: &str| Observation::Done(facts(url));
        assert_eq!(release(&done("a"), &[], seen("a")), Next::Finish(facts("a")));
        let stopped = release(&done("a"), &[], seen("b"));
        assert!(matches!(stopped, Next::Stop(cause) if cause.code == Code::Changed));
    }

    /// A plan beside the commit may have had another kind of step under this name.
    #[test]
    fn what_was_recorded_of_another_kind_of_step_stops() {
        let shown_by = "the ledger".to_owned();
        let seen: Observation<StepCommand> = Observation::Done(CommandDone { shown_by });
        let stopped = next(&done("a"), &[], seen);
        assert!(matches!(stopped, Next::Stop(cause) if cause.code == Code::Changed));
    }

    fn any_effect() -> impl Strategy<Value = ReleaseEffect> {
        proptest::sample::select(vec![
            ReleaseEffect::CreateDraft,
            ReleaseEffect::Upload("a".to_owned()),
            ReleaseEffect::Upload("b".to_owned()),
            ReleaseEffect::Remove("a".to_owned()),
            ReleaseEffect::Publish,
        ])
    }

    fn any_observation() -> impl Strategy<Value = Observation<GithubRelease>> {
        prop_oneof![
            any_effect().prop_map(Observation::Absent),
            proptest::sample::select(vec!["a", "b"]).prop_map(|url| Observation::Done(facts(url))),
            Just(Observation::Conflict(cause())),
            Just(Observation::Unknown(cause())),
        ]
    }

    proptest! {
        #[test]
        fn an_effect_follows_from_its_own_absence_and_from_nothing_else(
            recorded in proptest::option::of(proptest::sample::select(vec!["a", "b"])),
            applied in proptest::collection::vec(any_effect(), 0..4),
            observation in any_observation(),
        ) {
            let history = recorded.map_or_else(StepHistory::default, done);
            if let Next::Apply(effect) = next(&history, &applied, observation.clone()) {
                prop_assert_eq!(observation, Observation::Absent(effect.clone()));
                prop_assert!(history.done.is_none() && !applied.contains(&effect));
            }
        }

        #[test]
        fn only_an_observation_of_done_finishes_a_step(
            applied in proptest::collection::vec(any_effect(), 0..4),
            observation in any_observation(),
        ) {
            if let Next::Finish(facts) = next(&StepHistory::default(), &applied, observation.clone()) {
                prop_assert_eq!(observation, Observation::Done(facts));
            }
        }
    }
}
