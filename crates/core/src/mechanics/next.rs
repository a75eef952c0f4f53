//! What is done about an observation. Pure: the same history and observation always give the same answer.

use super::{Cause, Code, Effect, Facts, Observation, StepHistory};

/// What is done next about a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Record the intent, look through the door, carry the effect out, and look again.
    Apply(Effect),
    /// The step is done.
    Finish(Facts),
    /// Stop the release here.
    Stop(Cause),
}

/// Decides. `applied` are the effects that this very run has carried out for the step: one that was, and does not show,
/// is not carried out twice.
pub fn next(history: &StepHistory, applied: &[Effect], observation: Observation) -> Next {
    match observation {
        Observation::Unknown(cause) | Observation::Conflict(cause) => Next::Stop(cause),
        Observation::Done(facts) => match &history.done {
            Some(recorded) if !facts.agrees_with(recorded) => Next::Stop(Cause::new(
                Code::Changed,
                "this step was recorded as done, and is there in another form now",
            )),
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
    use proptest::prelude::*;

    fn facts(object: &str) -> Facts {
        Facts::Tag { object: object.to_owned(), commit: "c".to_owned() }
    }

    fn done(object: &str) -> StepHistory {
        StepHistory { done: Some(facts(object)), ..StepHistory::default() }
    }

    fn cause() -> Cause {
        Cause::new(Code::Unreachable, "gone")
    }

    #[test]
    fn what_is_missing_is_carried_out_once_in_a_run() {
        let fresh = StepHistory::default();
        let absent = || Observation::Absent(Effect::PushTag);
        assert_eq!(next(&fresh, &[], absent()), Next::Apply(Effect::PushTag));
        let again = next(&fresh, &[Effect::PushTag], absent());
        assert!(matches!(again, Next::Stop(cause) if cause.code == Code::Unconfirmed));
        let upload = |name: &str| Effect::UploadAsset(name.to_owned());
        assert_eq!(next(&fresh, &[upload("a")], Observation::Absent(upload("b"))), Next::Apply(upload("b")));
    }

    #[test]
    fn what_was_recorded_and_is_gone_is_not_made_again() {
        let stopped = next(&done("a"), &[], Observation::Absent(Effect::PushTag));
        assert!(matches!(stopped, Next::Stop(cause) if cause.code == Code::Vanished));
    }

    #[test]
    fn what_was_recorded_and_is_another_now_stops() {
        assert_eq!(next(&done("a"), &[], Observation::Done(facts("a"))), Next::Finish(facts("a")));
        let stopped = next(&done("a"), &[], Observation::Done(facts("b")));
        assert!(matches!(stopped, Next::Stop(cause) if cause.code == Code::Changed));
    }

    fn any_effect() -> impl Strategy<Value = Effect> {
        proptest::sample::select(vec![
            Effect::CreateTag,
            Effect::PushTag,
            Effect::PushFormula,
            Effect::Dispatch,
            Effect::CreateDraft,
            Effect::UploadAsset("a".to_owned()),
            Effect::RemoveAsset("a".to_owned()),
            Effect::PublishRelease,
            Effect::RunCommand,
        ])
    }

    fn any_observation() -> impl Strategy<Value = Observation> {
        prop_oneof![
            any_effect().prop_map(Observation::Absent),
            proptest::sample::select(vec!["a", "b"]).prop_map(|object| Observation::Done(facts(object))),
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
            let history = StepHistory { done: recorded.map(facts), ..StepHistory::default() };
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
