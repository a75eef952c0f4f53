//! `references/qa-gates.md`: each gate's commands, evidence, stop conditions and review focus.

use super::BundleSource;
use super::page::{self, UnknownKey};
use gonogo_core::plan::{Check, CheckKind, Command, Gate, Minimum, Plan};
use gonogo_core::readers::Reader;
use gonogo_core::stats::share;
use gonogo_engine::launch::repeat_line;

pub(super) fn page(source: &BundleSource<'_>) -> Result<String, UnknownKey> {
    let plan = source.plan;
    let gates: String = plan.gates.iter().map(gate).collect();
    let values = [
        ("project", page::plain(&plan.project.name)),
        ("plan", source.plan_flag()),
        ("tools", tools(plan)),
        ("gates", gates),
    ];
    page::fill(include_str!("templates/qa-gates.md"), &values)
}

fn tools(plan: &Plan) -> String {
    let declared: Vec<String> = plan
        .tools
        .iter()
        .map(|tool| match &tool.minimum {
            Some(minimum) => format!("`{}` {minimum}", page::plain(&tool.name)),
            None => format!("`{}`", page::plain(&tool.name)),
        })
        .collect();
    if declared.is_empty() {
        return String::new();
    }
    format!(
        "\nTools that have to be there, outside the checkout, at least in these versions: {}. `gonogo doctor` looks.\n",
        declared.join(", ")
    )
}

fn gate(gate: &Gate) -> String {
    let commands: String = gate.checks.iter().map(command).collect();
    let commands = if commands.is_empty() { "None: gonogo looks by itself.\n".to_owned() } else { commands };
    let evidence: String =
        gate.checks.iter().map(|check| format!("- `{}`: {}\n", check.id, evidence(check))).collect();
    let stops: String = gate.blocks_when.iter().map(|when| format!("- {}\n", page::plain(when))).collect();
    let focus: String = gate
        .checks
        .iter()
        .filter_map(|check| focus(check).map(|focus| format!("- `{}`: {}\n", check.id, page::plain(focus))))
        .collect();
    let focus = if focus.is_empty() {
        "Nothing: no check of this gate asks for a judgement.\n".to_owned()
    } else {
        focus
    };
    format!(
        "## Gate {}: {}\n\n### Commands\n\n{commands}\n### Evidence\n\n{evidence}\n### Stop conditions\n\n\
         {stops}- a check above has failed, or could not be shown to pass\n\n### Review focus\n\n{focus}\n",
        gate.id,
        page::plain(&gate.name)
    )
}

fn command(check: &Check) -> String {
    match &check.kind {
        CheckKind::Command(command) => {
            format!("`{}`:\n\n{}\n", check.id, page::fence(&repeat_line(&command.program)))
        }
        CheckKind::Benchmark(benchmark) => {
            format!(
                "`{}`, in a worktree of the base tag and in one of this commit, by turns:\n\n{}\n",
                check.id,
                page::fence(&repeat_line(&benchmark.program))
            )
        }
        _ => String::new(),
    }
}

fn evidence(check: &Check) -> String {
    match &check.kind {
        CheckKind::Command(command) => of_command(command, check.minimum),
        CheckKind::Inventory(inventory) => {
            let paths: Vec<String> = inventory.paths.iter().map(|path| page::code(path)).collect();
            let within = if paths.is_empty() { "the whole commit".to_owned() } else { paths.join(", ") };
            format!(
                "gonogo lists the lines of {within} that match {}, in this commit and in the base tag's; a change asks for a review",
                page::code(inventory.pattern.as_str())
            )
        }
        CheckKind::Benchmark(benchmark) => format!(
            "both commits built and measured side by side on one host, the base against itself first; at least {} scenarios, each on both \
             sides, and each shown to be at most {} slower; ended within {}",
            benchmark.scenarios,
            share(benchmark.design.margin()),
            page::time(benchmark.time)
        ),
        CheckKind::Review { paths, .. } => {
            let within = paths.iter().map(|path| page::code(path)).collect::<Vec<_>>().join(", ");
            let within = if paths.is_empty() { "the repository".to_owned() } else { within };
            format!(
                "a review of what changed in {within} since the base tag, recorded; it holds until that changes again"
            )
        }
        other => of_own(other.name()),
    }
}

/// What gonogo looks at by itself.
fn of_own(kind: &str) -> String {
    match kind {
        "versions" => "every version place of the plan says the target's version".to_owned(),
        "changelog" => "the changelog has a section with text for the target".to_owned(),
        "git-clean" => "the checkout has no change and no untracked file".to_owned(),
        other => format!("a check of gonogo's own, of the kind `{other}`, within the limits of the plan"),
    }
}

fn of_command(command: &Command, minimum: Minimum) -> String {
    let mut parts = vec![reader(&command.reader)];
    if let Some(tests) = minimum.tests {
        parts.push(format!("at least {tests} tests executed, none of which failed"));
    }
    if let Some(examined) = minimum.examined {
        parts.push(format!("at least {examined} inputs examined, and nothing found in them"));
    }
    if let Some(days) = minimum.data_max_days {
        parts.push(format!("data no older than {days} days"));
    }
    if command.canary.is_some() {
        parts.push(
            "a canary: the same tool finds what is wrong in an input that is known to be bad".to_owned(),
        );
    }
    parts.push(format!("ended within {}", page::time(command.program.timeout)));
    parts.join("; ")
}

fn reader(reader: &Reader) -> String {
    let Reader::Text(rule) = reader else { return reader.card().reads.to_owned() };
    let expect = page::code(rule.expect.as_str());
    let finding = rule
        .finding
        .as_ref()
        .map(|rule| format!(", a line that matches {} is a finding", page::code(rule.as_str())));
    format!("a line that matches {expect} is an input examined{}", finding.unwrap_or_default())
}

fn focus(check: &Check) -> Option<&str> {
    match &check.kind {
        CheckKind::Review { focus, .. } => Some(focus),
        CheckKind::Inventory(inventory) => inventory.focus.as_deref(),
        _ => None,
    }
}
