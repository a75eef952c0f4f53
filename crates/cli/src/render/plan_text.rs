//! A plan's problems for people: each marked at its place in the text.

use gonogo_engine::failure::{Failure, PlanProblems};
use miette::{LabeledSpan, MietteDiagnostic, NamedSource, Report};

/// The report of a plan that cannot be used.
pub fn report(failure: &Failure, plan: &PlanProblems) -> Report {
    let labels = plan
        .problems
        .iter()
        .map(|problem| LabeledSpan::new_with_span(Some(problem.message.clone()), problem.span.clone()));
    let mut diagnostic = MietteDiagnostic::new(failure.message.clone()).with_labels(labels);
    let help: Vec<&str> = plan.problems.iter().filter_map(|problem| problem.help.as_deref()).collect();
    if !help.is_empty() {
        diagnostic = diagnostic.with_help(help.join("\n"));
    }
    Report::new(diagnostic).with_source_code(NamedSource::new(&plan.name, plan.text.clone()))
}
