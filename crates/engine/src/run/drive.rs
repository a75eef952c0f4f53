//! One step, brought to its end: the same way for every kind.

use super::steps::Acting;
use super::{Ending, Run, RunEvent, RunWatch, StepReport, door};
use crate::failure::Failure;
use gonogo_core::door::{Asking, Confirmed, Question};
use gonogo_core::ledger::{EffectApplied, EffectIntended, Event, StepDone};
use gonogo_core::mechanics::{Cause, Code, Effect, Facts, KindFacts, Next, Observation, Step, next};
use gonogo_core::release::ResolvedTool;

/// An effect that somebody said yes to. What was seen before that is old by now.
struct Granted<'go, E> {
    effect: E,
    program: Option<ResolvedTool>,
    confirmed: Confirmed<'go>,
}

impl<'a> Run<'a> {
    /// Brings one step to its end. `None` in the second place: on to the next one.
    pub(super) async fn bring_to_end<K: Acting>(
        &mut self,
        step: &Step,
        kind: &K,
        watch: &mut impl RunWatch,
    ) -> Result<(StepReport, Option<Ending>), Failure> {
        let id = &step.id;
        let mut report = StepReport { step: id.clone(), effects: Vec::new(), facts: None };
        let stopped = |cause: Cause| Some(Ending::Stopped { step: id.clone(), cause });
        let mut carried_out: Vec<K::Effect> = Vec::new();
        let mut failed: Option<Cause> = None;
        let mut granted: Option<Granted<'a, K::Effect>> = None;
        loop {
            let observation = kind.observe(self, step, watch).await.unwrap_or_else(Observation::Unknown);
            // What was cut short has seen nothing.
            if self.context.session.cancel.is_cancelled() {
                return Ok((report, Some(Ending::Interrupted)));
            }
            let effect = match next(&self.mechanics.step(id), &carried_out, observation) {
                Next::Apply(effect) => effect,
                Next::Finish(facts) => {
                    report.facts = Some(self.finish(step, facts, !carried_out.is_empty(), watch)?);
                    return Ok((report, None));
                }
                // What the effect itself said tells more than that it does not show.
                Next::Stop(cause) => {
                    let told = failed.filter(|_| cause.code == Code::Unconfirmed);
                    return Ok((report, stopped(told.unwrap_or(cause))));
                }
            };
            let one_way = kind.is_one_way(&effect);
            let recorded: Effect = effect.clone().into();
            let (program, confirmed) = match granted.take() {
                Some(Granted { effect: of, program, confirmed }) if of == effect => (program, confirmed),
                _ => {
                    let program = match kind.prepare(self, step, &effect).await {
                        Ok(program) => program,
                        Err(_) if self.context.session.cancel.is_cancelled() => {
                            return Ok((report, Some(Ending::Interrupted)));
                        }
                        Err(cause) => return Ok((report, stopped(cause))),
                    };
                    match Asking::about(self.clearance, one_way, self.mechanics.past_the_door) {
                        Asking::Nobody(confirmed) => (program, confirmed),
                        Asking::Somebody(question) => {
                            match self.ask(question, id, &recorded, watch).await {
                                Ok(confirmed) => granted = Some(Granted { effect, program, confirmed }),
                                Err(ending) => return Ok((report, Some(ending))),
                            }
                            continue;
                        }
                    }
                }
            };
            let known = match kind.before(self, step, &effect).await {
                Ok(known) => known,
                Err(cause) => return Ok((report, stopped(cause))),
            };
            let pass = match confirmed.without_a_look(&effect) {
                Ok(pass) => Ok(pass),
                Err(confirmed) => door::look(self, confirmed).await,
            };
            if self.context.session.cancel.is_cancelled() {
                return Ok((report, Some(Ending::Interrupted)));
            }
            let pass = match pass {
                Ok(pass) => pass,
                Err(cause) => return Ok((report, stopped(cause))),
            };
            let intended = EffectIntended {
                run: self.seq,
                step: id.clone(),
                effect: recorded.clone(),
                one_way,
                mark: known.mark,
                detail: known.detail,
                program,
            };
            self.record(Event::EffectIntended(Box::new(intended)))?;
            watch.run(RunEvent::Effect { step: id, effect: &recorded });
            let applied = kind.apply(self, step, &effect, pass).await;
            let made = applied.as_ref().ok().copied().flatten();
            failed = applied.err();
            let applied = EffectApplied {
                run: self.seq,
                step: id.clone(),
                effect: recorded.clone(),
                error: failed.clone(),
                made,
            };
            self.record(Event::EffectApplied(Box::new(applied)))?;
            report.effects.push(recorded);
            carried_out.push(effect);
        }
    }

    /// Asks somebody, until they answer or a stop order comes. `Err` is how the run ends without a yes.
    async fn ask(
        &self,
        question: Question<'a>,
        step: &str,
        effect: &Effect,
        watch: &mut impl RunWatch,
    ) -> Result<Confirmed<'a>, Ending> {
        let answer = tokio::select! {
            // A stop order outranks an answer that came with it.
            biased;
            () = self.context.session.cancel.cancelled() => return Err(Ending::Interrupted),
            answer = watch.may_pass(self.context, step, effect) => answer,
        };
        if self.context.session.cancel.is_cancelled() {
            return Err(Ending::Interrupted);
        }
        question.answered(answer).ok_or_else(|| Ending::Declined { step: step.to_owned() })
    }

    /// Records that a step is done, where that is not recorded yet.
    fn finish<F: KindFacts>(
        &mut self,
        step: &Step,
        facts: F,
        by_this_run: bool,
        watch: &mut impl RunWatch,
    ) -> Result<Facts, Failure> {
        let workflow_run = facts.workflow_run();
        let facts: Facts = facts.into();
        if self.mechanics.step(&step.id).done.as_ref() != Some(&facts) {
            let done = StepDone { run: self.seq, step: step.id.clone(), facts: facts.clone() };
            self.record(Event::StepDone(Box::new(done)))?;
        }
        if let Some(run) = workflow_run {
            self.values.build_run.get_or_insert(run);
        }
        watch.run(RunEvent::Done { step: &step.id, facts: &facts, by_this_run });
        Ok(facts)
    }
}
