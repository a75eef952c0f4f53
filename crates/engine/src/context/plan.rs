//! The plan that was asked for: a file, or one that comes with the program.

use crate::failure::{Failure, PlanProblems};
use gonogo_core::plan::{Plan, PlanProblem, TrackerKind, secrets_in, without_bom};
use gonogo_world::process::keep_secret;
use std::path::{Path, PathBuf};

/// The plans that come with the program, by name.
const EMBEDDED: &[(&str, &str)] = &[("plasmite", include_str!("../../plans/plasmite.toml"))];
/// The plan's file, in the root of the repository.
pub const PLAN_FILE: &str = "gonogo.toml";

/// A plan with the text that it was read from.
pub struct LoadedPlan {
    /// The plan.
    pub plan: Plan,
    /// Its path relative to the repository's root, where it is a file of the repository.
    pub in_repository: Option<String>,
}

/// Paths of the checkout that a plan's tracker writes.
pub fn own_paths(plan: &Plan) -> Vec<String> {
    match plan.tracker.kind {
        TrackerKind::Ergo => vec![".ergo".to_owned()],
        TrackerKind::File => plan.tracker.path.iter().cloned().collect(),
        TrackerKind::Github => Vec::new(),
    }
}

/// Loads the plan that was asked for.
pub fn load_plan(name: Option<&str>, root: &Path) -> Result<LoadedPlan, Failure> {
    if let Some((name, text)) = EMBEDDED.iter().find(|(embedded, _)| Some(*embedded) == name) {
        return Ok(LoadedPlan { plan: parse_plan(name, text)?, in_repository: None });
    }
    let path = name.map_or_else(|| root.join(PLAN_FILE), PathBuf::from);
    let shown = path.display().to_string();
    let bytes = std::fs::read(&path).map_err(|error| {
        let failure = Failure::usage(format!("cannot read the plan {shown}: {error}"));
        if name.is_none() {
            failure.remedy("write one with `gonogo init`, or name one with --plan")
        } else {
            failure
        }
    })?;
    let text = String::from_utf8(bytes)
        .map_err(|error| Failure::usage(format!("the plan {shown} is not UTF-8: {}", error.utf8_error())))?;
    // Before anything is said of it.
    keep_secret(secrets_in(&text));
    let plan = parse_plan(&shown, &text)?;
    let inside = path
        .canonicalize()
        .ok()
        .and_then(|path| Some(path.strip_prefix(root.canonicalize().ok()?).ok()?.to_owned()));
    Ok(LoadedPlan { plan, in_repository: inside.map(|path| path.display().to_string()) })
}

/// Parses a plan, every problem with its place.
pub fn parse_plan(name: &str, text: &str) -> Result<Plan, Failure> {
    Plan::parse(text).map_err(|problems| refuse_plan(name, text, &problems))
}

fn refuse_plan(name: &str, text: &str, problems: &[PlanProblem]) -> Failure {
    let text = without_bom(text);
    let place = |problem: &PlanProblem| {
        text.get(..problem.span.start).map_or(1, |before| before.matches('\n').count() + 1)
    };
    let mut lines: Vec<String> =
        problems.iter().map(|problem| format!("{name}:{}: {}", place(problem), problem.message)).collect();
    if lines.is_empty() {
        lines.push(format!("{name}: the plan cannot be used"));
    }
    let plan = PlanProblems { name: name.to_owned(), text: text.to_owned(), problems: problems.to_vec() };
    Failure { plan: Some(plan), ..Failure::usage(lines.join("\n")) }
}
