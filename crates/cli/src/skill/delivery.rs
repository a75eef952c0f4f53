//! `references/delivery-verification.md`: each channel, the blocker policy, and a release that is only half out.

use super::page::{self, UnknownKey};
use super::{Source, codes};
use crate::explain::Kind;
use gonogo_core::delivery::Channel;
use gonogo_core::plan::Plan;

pub(super) fn page(source: &Source<'_>) -> Result<String, UnknownKey> {
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
    let packages = gonogo_engine::delivery::packages(&plan.channels, plan.project.repository.as_deref());
    packages.into_iter().map(|package| (package.channel, package.name))
}

fn channels(plan: &Plan) -> String {
    let lines: String = packages(plan)
        .map(|(channel, package)| {
            format!("- **{channel}**, {}: {}\n", page::code(&package), what_is_asked(channel))
        })
        .collect();
    if lines.is_empty() {
        "The plan names no channel: nothing is delivered by it.\n".to_owned()
    } else {
        lines
    }
}

const fn what_is_asked(channel: Channel) -> &'static str {
    match channel {
        Channel::CratesIo => {
            "cargo's own index has the version, not yanked; the crate has the checksum that the index states, and names the commit that it was built from"
        }
        Channel::Npm => {
            "the registry's document has the version, not deprecated, under the dist-tag that users get; the tarball has the integrity that it states"
        }
        Channel::Pypi => {
            "the index lists the version's files, none yanked, and each has the digest that it states"
        }
        Channel::Homebrew => {
            "the formula in the tap is of this version, and its addresses serve files with the digests that it states"
        }
        Channel::Go => {
            "the module proxy has the tag's version, from the tagged commit, and its zip holds what its digest says"
        }
        Channel::GithubRelease => {
            "the release of the tag is published and no draft, and its assets have the digests that GitHub and the list of checksums state"
        }
    }
}

fn undo(plan: &Plan) -> String {
    let mut rows = String::new();
    for (channel, package) in packages(plan) {
        for one in channel.undo(&package, "VERSION") {
            let command = if one.command.is_empty() {
                "by hand".to_owned()
            } else {
                page::code(&one.command.join(" "))
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
