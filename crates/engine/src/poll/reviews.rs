//! What the checks of a poll ask to be reviewed, and what the reviews and waivers in the ledger come to.

use super::execute::{Done, PollContext};
use super::searched;
use crate::context::{Base, Context};
use crate::failure::Failure;
use crate::reviewers::{self, Spoken};
use gonogo_core::digest::Digest;
use gonogo_core::evidence::Finding;
use gonogo_core::gate::{Judged, builtin, judge_contradiction};
use gonogo_core::ids::CommitId;
use gonogo_core::judge::Steering;
use gonogo_core::ledger::{Contradiction, EarlierRelease, LedgerState, ReviewAsked};
use gonogo_core::plan::{BASE_CHECK, Check, Gate, Inventory, JUDGE_CHECK, PLAN_CHECK};
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
    /// The release whose plan names them.
    pub newest: Option<EarlierRelease>,
    spoken: Spoken,
}

impl Reviews {
    /// Reads the reviewers of the base tag's plan, and looks at the signatures of the ledger.
    pub async fn before(context: &Context, state: &LedgerState) -> Result<Self, Failure> {
        let newest = context.candidate.baseline.newest.clone();
        let newest = newest.map(|Base { tag, commit }| EarlierRelease { tag, commit });
        let in_force = reviewers::in_force(&context.session.git, &context.candidate, newest.as_ref()).await?;
        let spoken = Spoken::of(state, context, &in_force).await?;
        Ok(Self { in_force, newest, spoken })
    }

    /// In one line, for the board; `None` where there is nothing to say.
    pub fn line(&self) -> Option<String> {
        self.in_force.line(self.newest.as_ref().map(|newest| newest.tag.as_str()))
    }

    fn weigh(&self, run: &PollContext<'_>, gate: u32, check: &str, scope: &ReviewScope) -> Weighed {
        weigh((gate, check), scope, &self.spoken.reviews(), &self.in_force, &run.context.session.agent)
    }

    /// What a check came to once waivers are counted in, with who waived what.
    pub fn waive(
        &self,
        run: &PollContext<'_>,
        gate: u32,
        check: &str,
        judged: Judged,
    ) -> (Judged, Vec<Word>) {
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
    run: &PollContext<'_>,
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

fn range<'a>(run: &PollContext<'a>) -> (Option<&'a CommitId>, &'a CommitId) {
    let candidate = &run.context.candidate;
    (candidate.base.as_ref().map(|base| &base.commit), &candidate.commit)
}

/// A check that is nothing but a request for a review: of what changed below its paths since the base.
pub async fn review(
    run: &PollContext<'_>,
    gate: &Gate,
    check: &Check,
    focus: &str,
    paths: &[String],
) -> Result<Done, Failure> {
    let (base, commit) = range(run);
    let git = &run.context.session.git;
    let paths = searched::prefixes(git, base.into_iter().chain([commit]), paths).await?;
    let changes = git.changes(base, commit, &paths).await?;
    let scope = ReviewScope::new((base, commit), &paths, focus, &changes, &[]);
    Ok(asked(run, gate.id, &check.id, scope, |weighed| {
        builtin::judge_review(gate.id, &check.id, focus, weighed)
    }))
}

/// A search: where it finds another than at the base, a review of the files that it finds something in.
pub async fn inventory(
    run: &PollContext<'_>,
    gate: &Gate,
    check: &Check,
    asked_for: &Inventory,
) -> Result<Done, Failure> {
    let (base, commit) = range(run);
    let git = &run.context.session.git;
    let prefixes = searched::prefixes(git, base.into_iter().chain([commit]), &asked_for.paths).await?;
    let now = super::builtin::files(git, commit, &prefixes).await?;
    let then = match base {
        Some(base) => Some(super::builtin::files(git, base, &prefixes).await?),
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
    let mut changes: Vec<ChangedPath> = git.changes(base, commit, &prefixes).await?;
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
    (base, commit): (Option<&CommitId>, &CommitId),
    searched: &Inventory,
) -> Result<Vec<String>, Failure> {
    let prefixes = searched::prefixes(git, base.into_iter().chain([commit]), &searched.paths).await?;
    let now = super::builtin::files(git, commit, &prefixes).await?;
    let then = match base {
        Some(base) => Some(super::builtin::files(git, base, &prefixes).await?),
        None => None,
    };
    let matching = builtin::matching_files(searched, &now, then.as_ref());
    let changes = git.changes(base, commit, &prefixes).await?;
    Ok(changes.into_iter().map(|change| change.path).filter(|path| matching.contains(path)).collect())
}

/// The plan asks less of a gate than an earlier release's: a review of the plans.
pub fn weaker_plan(run: &PollContext<'_>, gate: u32, weaker: &[String]) -> Done {
    let candidate = &run.context.candidate;
    let path = candidate.plan_path.clone().unwrap_or_else(|| "a plan from outside the repository".to_owned());
    let before: Vec<String> = candidate.baseline.plans_read().map(|plan| plan.digest.to_string()).collect();
    let after = Some(candidate.plan.digest.to_string());
    let change = ChangedPath { path: path.clone(), before: Some(before.join(" ")), after };
    let focus = "what the plan asks less of than earlier releases did";
    let scope = ReviewScope::new(range(run), &[path], focus, &[change], weaker);
    of_lines(run, (gate, PLAN_CHECK, "plan-drift"), scope, weaker)
}

/// The base does not speak for itself: a review of what is said of it.
pub fn base(run: &PollContext<'_>, gate: u32, lines: &[String]) -> Done {
    let focus = "the base that everything is compared with";
    let scope = ReviewScope::new(range(run), &[], focus, &[], lines);
    of_lines(run, (gate, BASE_CHECK, "base-tag"), scope, lines)
}

/// Files that steer the project's tools are not the base's: a review of what of them steers.
pub fn steering(run: &PollContext<'_>, gate: u32, found: &[Steering]) -> Done {
    let base = run.context.candidate.base_tag();
    let paths: Vec<String> = found.iter().map(|one| one.path.clone()).collect();
    let text = |digest: &Option<Digest>| digest.as_ref().map(ToString::to_string);
    let change = |one: &Steering| ChangedPath {
        path: one.path.clone(),
        before: text(&one.before),
        after: text(&one.after),
    };
    let changes: Vec<ChangedPath> = found.iter().map(change).collect();
    let scope =
        ReviewScope::new(range(run), &paths, "files that steer the tools of the checks", &changes, &[]);
    let lines: Vec<String> = found.iter().map(|one| one.line(base)).collect();
    let blobs = vec![Blob::new("judge", run.context.session.redactor.bytes(lines.join("\n").into_bytes()))];
    let judge = |weighed: &Weighed| builtin::judge_steering(gate, JUDGE_CHECK, found, base, weighed);
    Done { blobs, ..asked(run, gate, JUDGE_CHECK, scope, judge) }
}

/// A check that passes where somebody has looked at these very lines, and found nothing against them.
fn of_lines(
    run: &PollContext<'_>,
    (gate, check, evidence): (u32, &str, &str),
    scope: ReviewScope,
    lines: &[String],
) -> Done {
    let redactor = &run.context.session.redactor;
    let lines: Vec<String> = lines.iter().map(|line| redactor.text(line)).collect();
    let judge = |weighed: &Weighed| builtin::judge_review(gate, check, &lines.join("; "), weighed);
    let blobs = vec![Blob::new(evidence, lines.join("\n").into_bytes())];
    Done { blobs, ..asked(run, gate, check, scope, judge) }
}

/// A check that failed on this very subject before: a pass of it asks for a review of what failed, where the plan allows no re-run.
pub fn contradiction(
    run: &PollContext<'_>,
    (gate, check): (u32, &str),
    about: Digest,
    earlier: &Contradiction,
    done: Done,
) -> Done {
    if done.judged.outcome != Outcome::Passed {
        return done;
    }
    let focus = "a pass after a failure on the very same subject";
    let failed = earlier.evidence.iter().map(ToString::to_string);
    let lines: Vec<String> = [about.to_string()].into_iter().chain(failed).collect();
    let scope = ReviewScope::new(range(run), &[], focus, &[], &lines);
    let weighed = run.reviews.weigh(run, gate, check, &scope);
    let retries = run.context.candidate.plan.policy.retries;
    let judged = judge_contradiction(done.judged, earlier, retries, &weighed);
    let review = Some(ReviewAsked { scope, wanted: weighed.wanted });
    Done { judged, review, words: weighed.words, ..done }
}
