//! What the checks of a poll ask to be reviewed, and what the reviews and waivers in the ledger come to.

use super::drift::Drift;
use super::execute::{Done, Run};
use crate::context::Context;
use crate::failure::Failure;
use crate::reviewers::{self, Spoken};
use gonogo_core::evidence::Finding;
use gonogo_core::gate::{Judged, builtin};
use gonogo_core::ledger::{ReviewAsked, State};
use gonogo_core::plan::{Check, Gate, Inventory};
use gonogo_core::review::{ChangedPath, ReviewScope, Word};
use gonogo_core::reviewers::{InForce, Weighed, waived, weigh};
use gonogo_core::verdict::{Outcome, Reason};
use gonogo_world::clock;
use gonogo_world::git::Git;
use gonogo_world::ledger::Blob;

/// Who may speak in a poll, and what was said before it.
pub struct Reviews {
    /// Whose reviews count.
    pub in_force: InForce,
    spoken: Spoken,
}

impl Reviews {
    /// Reads the reviewers of the base tag's plan, and looks at the signatures of the ledger.
    pub async fn before(context: &Context, state: &State) -> Result<Self, Failure> {
        let base = context.candidate.base.as_ref().map(|base| base.commit.as_str());
        let in_force = reviewers::in_force(&context.session.git, &context.candidate, base).await?;
        let spoken = Spoken::of(state, context, &in_force).await?;
        Ok(Self { in_force, spoken })
    }

    fn weigh(&self, run: &Run<'_>, gate: u32, check: &str, scope: &ReviewScope) -> Weighed {
        weigh((gate, check), scope, &self.spoken.reviews(), &self.in_force, &run.context.session.agent)
    }

    /// What a check came to once waivers are counted in, with who waived what.
    pub fn waive(&self, run: &Run<'_>, gate: u32, check: &str, judged: Judged) -> (Judged, Vec<Word>) {
        if judged.outcome != Outcome::Failed {
            return (judged, Vec::new());
        }
        let findings: &[Finding] = &judged.findings;
        let today = clock::today();
        let runner = &run.context.session.agent;
        let (waived, words) =
            waived((gate, check), findings, &self.spoken.waivers(), &self.in_force, runner, today);
        (builtin::with_waivers(judged, &waived, &words), words)
    }
}

/// A check that asks for a review, once its reviews are weighed.
fn asked(
    run: &Run<'_>,
    gate: u32,
    check: &str,
    scope: ReviewScope,
    judge: impl FnOnce(&Weighed) -> Judged,
) -> Done {
    let weighed = run.reviews.weigh(run, gate, check, &scope);
    let judged = judge(&weighed);
    let review = Some(ReviewAsked { scope, wanted: weighed.wanted });
    Done { review, words: weighed.words, ..Done::of(judged) }
}

fn range<'a>(run: &Run<'a>) -> (Option<&'a str>, &'a str) {
    let candidate = &run.context.candidate;
    (candidate.base.as_ref().map(|base| base.commit.as_str()), &candidate.commit)
}

/// A check that is nothing but a request for a review: of what changed below its paths since the base.
pub async fn review(
    run: &Run<'_>,
    gate: &Gate,
    check: &Check,
    focus: &str,
    paths: &[String],
) -> Result<Done, Failure> {
    let (base, commit) = range(run);
    let changes = run.context.session.git.changes(base, commit, paths).await?;
    let scope = ReviewScope::new((base, commit), paths, focus, &changes, &[]);
    Ok(asked(run, gate.id, &check.id, scope, |weighed| {
        builtin::judge_review(gate.id, &check.id, focus, weighed)
    }))
}

/// A search: where it finds another than at the base, a review of the files that it finds something in.
pub async fn inventory(
    run: &Run<'_>,
    gate: &Gate,
    check: &Check,
    asked_for: &Inventory,
) -> Result<Done, Failure> {
    let (base, commit) = range(run);
    let git = &run.context.session.git;
    let now = super::builtin::files(git, commit, asked_for).await?;
    let then = match base {
        Some(base) => Some(super::builtin::files(git, base, asked_for).await?),
        None => None,
    };
    let found = builtin::inventory(asked_for, &now, then.as_ref());
    let text = run.context.session.redactor.bytes(found.text.clone().into_bytes());
    if text.len() > run.context.candidate.plan.policy.output_limit {
        let detail = format!("{} bytes of matches", text.len());
        return Ok(Done::of(Judged::incomplete(Reason::OutputTooLarge, detail)));
    }
    let blobs = vec![Blob::new("inventory", text)];
    if found.files == 0 || found.changed == Some(0) {
        let nothing = Weighed { decision: None, wanted: 0, words: Vec::new() };
        let judged = builtin::judge_inventory(gate.id, &check.id, &found, &nothing);
        return Ok(Done { blobs, ..Done::of(judged) });
    }
    let matching = builtin::matching_files(asked_for, &now, then.as_ref());
    let mut changes: Vec<ChangedPath> = git.changes(base, commit, &asked_for.paths).await?;
    changes.retain(|change| matching.contains(&change.path));
    let focus = match &asked_for.focus {
        Some(focus) => format!("lines that match /{}/: {focus}", asked_for.pattern),
        None => format!("lines that match /{}/", asked_for.pattern),
    };
    let scope = ReviewScope::new((base, commit), &asked_for.paths, focus, &changes, &[]);
    let judge = |weighed: &Weighed| builtin::judge_inventory(gate.id, &check.id, &found, weighed);
    Ok(Done { blobs, ..asked(run, gate.id, &check.id, scope, judge) })
}

/// The paths that changed since the base and in which a search finds something: what a review of it looks at.
pub async fn matching_paths(
    git: &Git,
    (base, commit): (Option<&str>, &str),
    searched: &Inventory,
) -> Result<Vec<String>, Failure> {
    let now = super::builtin::files(git, commit, searched).await?;
    let then = match base {
        Some(base) => Some(super::builtin::files(git, base, searched).await?),
        None => None,
    };
    let matching = builtin::matching_files(searched, &now, then.as_ref());
    let changes = git.changes(base, commit, &searched.paths).await?;
    Ok(changes.into_iter().map(|change| change.path).filter(|path| matching.contains(path)).collect())
}

/// The plan asks less of a gate than the base tag's: a review of both plans.
pub fn weaker_plan(run: &Run<'_>, drift: &Drift, gate: u32, check: &str, weaker: &[String]) -> Done {
    let candidate = &run.context.candidate;
    let path = candidate.plan_path.clone().unwrap_or_else(|| "a plan from outside the repository".to_owned());
    let before = drift.base_plan.map(|digest| digest.to_string());
    let change = ChangedPath { path: path.clone(), before, after: Some(candidate.plan.digest.to_string()) };
    let focus = "what the plan asks less of than the base tag's";
    let scope = ReviewScope::new(range(run), &[path], focus, &[change], weaker);
    let judge = |weighed: &Weighed| builtin::judge_review(gate, check, &weaker.join("; "), weighed);
    let blobs = vec![Blob::new("plan-drift", weaker.join("\n").into_bytes())];
    Done { blobs, ..asked(run, gate, check, scope, judge) }
}
