//! `SKILL.md`.

use super::page::{self, UnknownKey};
use super::{BundleSource, hygiene};
use gonogo_core::plan::Plan;

pub(super) fn page(source: &BundleSource<'_>, name: &str) -> Result<String, UnknownKey> {
    let plan = source.plan;
    let project = page::plain(&plan.project.name);
    let flag = source.plan_flag();
    let values = [
        ("name", name.to_owned()),
        ("description", description(plan).replace(['\\', '"'], "'")),
        ("project", project),
        ("example", plan.project.tag.to_string().replace("{version}", "0.1.1")),
        ("plan", flag.clone()),
        ("plan_note", plan_note(&flag)),
        ("rehearsal", rehearsal(source)),
        ("verify", source.verify()),
        ("verified", VERIFIED.to_owned()),
        ("gates", gates(plan)),
        ("example_check", example_check(plan)),
    ];
    page::fill(include_str!("templates/SKILL.md"), &values)
}

/// What an agent reads before anything else: when this skill is meant.
fn description(plan: &Plan) -> String {
    let channels: Vec<String> =
        super::delivery::packages(plan).map(|(channel, _)| channel.to_string()).collect();
    let where_to = if channels.is_empty() { String::new() } else { format!(" ({})", channels.join(", ")) };
    format!(
        "Release {} with gonogo, fail-closed: QA gates before the release, tag and workflow mechanics through gh, and proof of \
         delivery on every channel{where_to} after it. Use it when asked to prepare, dry-run, execute, resume or audit a release.",
        page::plain(&plan.project.name)
    )
}

fn plan_note(flag: &str) -> String {
    if flag.is_empty() {
        "The plan is the checkout's `gonogo.toml`.".to_owned()
    } else {
        format!("The plan comes with `{}`; a command that gonogo names as `next` has it too.", flag.trim())
    }
}

fn rehearsal(source: &BundleSource<'_>) -> String {
    if source.plan.steps.is_empty() {
        return "The plan has no steps: `gonogo run` has nothing to carry out, and the release ends with the poll. Report it.".to_owned();
    }
    match hygiene::unplayable(&source.plan.steps) {
        Some(step) => format!(
            "A dry run ends here, with the poll: the plan does not say what the workflow of step `{}` does on this machine, so that \
             `gonogo run --mode dry-run` refuses to play it (exit 2). Report what the poll came to.",
            page::plain(&step.id)
        ),
        None => format!(
            "Rehearse first: the same steps, in a private world that is gone afterwards. The real one is only read.\n\n{}\n\
             Go on only where `state` is `completed`. A step that stops here would have stopped the release: report `stopped`; what is \
             `undelivered` here would have been so there: report `delivery`. Where `mode` is `dry-run`, this is the end: report it.",
            page::fence(&format!(
                "gonogo run \"$release_target\" --base-tag \"$base_tag\" --agent \"$agent\" --mode dry-run{} --json",
                source.plan_flag()
            ))
        ),
    }
}

/// How the documents of the fourth step are read.
const VERIFIED: &str = "`verify` waits until each channel has had its time, compares with what was built, and files a blocker by \
     itself: go on where `delivery.verdict` is `passed`; else report `delivery.blocker`, and `delivery.partial.recovery` says what to \
     do. Done where the audit's `verdict` is `passed`. `failed` or `incomplete`: `delivery.recovery` says what to do, channel by \
     channel and in order; file a blocker for each artifact that is missing or wrong, and follow \
     `references/delivery-verification.md`.";

fn gates(plan: &Plan) -> String {
    let required = |id: u32| plan.policy.required_gates.contains(&id);
    let mut lines: Vec<String> = plan
        .gates
        .iter()
        .map(|gate| {
            let optional = if required(gate.id) { "" } else { " (not required)" };
            format!("- gate {}: {}{optional}", gate.id, page::plain(&gate.name))
        })
        .collect();
    let missing = plan.policy.required_gates.iter().filter(|id| plan.gate(**id).is_none());
    lines.extend(missing.map(|id| format!("- gate {id}: required, and not in the plan: it blocks")));
    lines.join("\n")
}

fn example_check(plan: &Plan) -> String {
    let name = plan.gates.first().map_or("the gate's name", |gate| &gate.name);
    page::plain(name).replace(['"', '`', '$', '\\'], "'")
}
