//! `references/release-hygiene.md`: the mechanics, their preconditions, the dry run, failures and resuming.

use super::page::{self, UnknownKey};
use super::{BundleSource, codes};
use crate::explain::Kind;
pub(super) use gonogo_core::mechanics::unplayable;
use gonogo_core::mechanics::{Planned, Step, Undoable, Values, planned};
use gonogo_core::plan::Plan;

/// What stands for what is only known of a release, in the pages.
fn names() -> Values {
    let [tag, version, commit] = ["TAG", "VERSION", "COMMIT"].map(str::to_owned);
    Values { tag, version, commit, build_run: None, artifacts: None }
}

pub(super) fn page(source: &BundleSource<'_>) -> Result<String, UnknownKey> {
    let plan = source.plan;
    let values = [
        ("project", page::plain(&plan.project.name)),
        ("plan", source.plan_flag()),
        ("preconditions", codes(Kind::Precondition, "item")),
        ("ci", ci(plan)),
        ("steps", steps(plan)),
        ("details", plan.steps.iter().map(detail).collect()),
        ("dry_run", dry_run(source)),
        ("causes", codes(Kind::Cause, "code")),
        ("exits", codes(Kind::ExitCode, "exit")),
    ];
    page::fill(include_str!("templates/release-hygiene.md"), &values)
}

fn ci(plan: &Plan) -> String {
    plan.ci
        .as_ref()
        .map(|ci| format!("CI of the commit ({}), ", page::code(&ci.workflow)))
        .unwrap_or_default()
}

fn steps(plan: &Plan) -> String {
    if plan.steps.is_empty() {
        return "The plan has no steps.\n".to_owned();
    }
    let row = |(at, one): (usize, &Planned)| {
        let undo = match &one.undo {
            Undoable::Nothing => "changes nothing".to_owned(),
            Undoable::Possible(how) => page::plain(how),
            Undoable::Never => "**cannot be undone**".to_owned(),
        };
        let cells = [page::plain(&one.step), page::plain(&one.effect), undo].map(|text| page::cell(&text));
        format!("| {} | `{}` | {} | {} |\n", at + 1, cells[0], cells[1], cells[2])
    };
    let rows: String = planned(&plan.steps, &names()).iter().enumerate().map(row).collect();
    format!("| | step | does | undo |\n| --- | --- | --- | --- |\n{rows}")
}

/// How a step is told to be done, and what it works with.
fn detail(step: &Step) -> String {
    let words = step.kind.shown_by(&page::code);
    format!("- `{}`: {words}; within {}\n", page::plain(&step.id), page::time(step.timeout))
}

fn dry_run(source: &BundleSource<'_>) -> String {
    let plan = source.plan;
    if plan.steps.is_empty() {
        return "`gonogo poll` is all of it.".to_owned();
    }
    match unplayable(&plan.steps) {
        Some(step) => format!(
            "`gonogo prepare` and `gonogo poll` in mode `dry-run`: every gate, nothing tagged or published. The steps cannot be rehearsed \
             with this plan, since step `{}` has no `rehearse` that says what its workflow does; `gonogo run --mode dry-run` says so and \
             exits 2.",
            page::plain(&step.id)
        ),
        None => format!(
            "{}\nThe same code takes the same steps, with the endpoints of a private world on this machine that is primed by reading the \
             real one. `world` in its document lists what changed there, in order. The real remotes are compared before and after.",
            page::fence(&format!(
                "gonogo run \"$release_target\" --base-tag \"$base_tag\" --agent \"$agent\" --mode dry-run{} --json",
                source.plan_flag()
            ))
        ),
    }
}
