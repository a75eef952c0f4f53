//! `references/delivery-verification.md`: each channel, the blocker policy, and a release that is only half out.

use super::page::{self, UnknownKey};
use super::{BundleSource, codes};
use crate::explain::Kind;
use gonogo_core::delivery::Channel;
use gonogo_core::plan::Plan;
use gonogo_core::text::shell_line;

pub(super) fn page(source: &BundleSource<'_>) -> Result<String, UnknownKey> {
    let plan = source.plan;
    let values = [
        ("project", page::plain(&plan.project.name)),
        ("verify", source.verify()),
        ("levels", codes(Kind::DeliveryLevel, "level")),
        ("channels", channels(plan)),
        ("problems", codes(Kind::DeliveryProblem, "problem")),
        ("acts", codes(Kind::ChannelAction, "act")),
        ("presences", codes(Kind::ChannelPresence, "presence")),
        ("undo", undo(plan)),
    ];
    page::fill(include_str!("templates/delivery-verification.md"), &values)
}

/// The channels of a plan, each with its package.
pub(super) fn packages(plan: &Plan) -> impl Iterator<Item = (Channel, String)> {
    plan.packages().into_iter().map(|package| (package.channel, package.name))
}

fn channels(plan: &Plan) -> String {
    let lines: String = packages(plan)
        .map(|(channel, package)| {
            format!("- **{channel}**, {}: {}\n", page::code(&package), channel.what_is_asked())
        })
        .collect();
    if lines.is_empty() {
        "The plan names no channel: nothing is delivered by it.\n".to_owned()
    } else {
        lines
    }
}

fn undo(plan: &Plan) -> String {
    let mut rows = String::new();
    for (channel, package) in packages(plan) {
        for one in channel.undo(&package, "VERSION", "TAG") {
            let command = if one.command.is_empty() {
                "by hand".to_owned()
            } else {
                page::code(&shell_line(one.command.iter().map(String::as_str)))
            };
            let window = one.window_hours.map(|hours| format!(" (within {hours} hours)")).unwrap_or_default();
            rows.push_str(&format!(
                "| {channel} | {}{window} | {} |\n",
                page::cell(&command),
                page::cell(&one.leaves)
            ));
        }
    }
    format!("| channel | command | what stays |\n| --- | --- | --- |\n{rows}")
}
