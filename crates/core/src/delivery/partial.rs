//! Some channels have the release and others do not: who stands where, and what to do, in order.
//!
//! Invariant: nothing is repeated or withdrawn while a channel could not be told; a wrong artifact is never published
//! over, since no channel forgets a version's bytes.

use super::Channel;
use super::judge::Judgement;
use super::problem::ProblemCode;
use super::undo::Undo;
use crate::verdict::Verdict;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a channel stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Presence {
    /// It has the release, as it should be.
    Right,
    /// It has something that is not the release.
    Wrong,
    /// It has the release, and keeps users from it.
    Withdrawn,
    /// It has a part of the release, and the rest may still come.
    Unfinished,
    /// It does not have the release.
    Absent,
    /// It could not be told.
    Unknown,
}

/// One package on one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PackageStanding {
    /// The channel.
    pub channel: Channel,
    /// The package.
    pub package: String,
    /// Where it stands.
    pub presence: Presence,
    /// What can be undone of what is there.
    pub undo: Vec<Undo>,
}

/// What to do next on one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecoveryAction {
    /// What.
    pub act: Act,
    /// Where.
    pub channel: Channel,
    /// Of which package.
    pub package: String,
    /// Why, in one line.
    pub why: String,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Look again before anything else.
    LookAgain,
    /// Keep users from it, by the mildest undo of the channel.
    Withdraw,
    /// Publish the artifacts that were built, and no others.
    PublishTheSame,
    /// Make a release of a higher version: this one cannot be made whole any more.
    ReleaseAnother,
}

/// A release on all of its channels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Partial {
    /// Every package on every channel.
    pub places: Vec<PackageStanding>,
    /// Whether users of different channels get different things.
    pub is_partial: bool,
    /// What to do, in order. Empty where everything is right.
    pub recovery: Vec<RecoveryAction>,
}

/// Where a judged channel stands.
pub fn presence(judgement: &Judgement) -> Presence {
    let has = |code: ProblemCode| judgement.problems.iter().any(|problem| problem.code == code);
    match judgement.verdict {
        Verdict::Passed => Presence::Right,
        Verdict::Incomplete => Presence::Unknown,
        Verdict::Failed if has(ProblemCode::Absent) => Presence::Absent,
        Verdict::Failed
            if judgement.problems.iter().all(|problem| {
                matches!(problem.code, ProblemCode::Yanked | ProblemCode::Deprecated | ProblemCode::Draft)
            }) =>
        {
            Presence::Withdrawn
        }
        Verdict::Failed if judgement.may_come() => Presence::Unfinished,
        Verdict::Failed => Presence::Wrong,
    }
}

/// The table of the channels of a tag's release, and the way out where they differ.
pub fn partial(judgements: &[Judgement], tag: &str) -> Partial {
    let places: Vec<PackageStanding> = judgements
        .iter()
        .map(|judgement| {
            let presence = presence(judgement);
            let undo = match presence {
                Presence::Right | Presence::Wrong => {
                    judgement.channel.undo(&judgement.package, &judgement.version, tag)
                }
                Presence::Withdrawn | Presence::Unfinished | Presence::Absent | Presence::Unknown => {
                    Vec::new()
                }
            };
            let (channel, package) = (judgement.channel, judgement.package.clone());
            PackageStanding { channel, package, presence, undo }
        })
        .collect();
    let is = |presence: Presence| places.iter().any(move |place| place.presence == presence);
    let first = places.first().map(|place| place.presence);
    let is_partial = places.iter().any(|place| Some(place.presence) != first);
    let act = |presence: Presence, act: Act, why: &'static str| {
        places.iter().filter(move |place| place.presence == presence).map(move |place| RecoveryAction {
            act,
            channel: place.channel,
            package: place.package.clone(),
            why: why.to_owned(),
        })
    };
    let is_spoiled = is(Presence::Wrong) || is(Presence::Withdrawn);
    let recovery = if is(Presence::Unknown) || is(Presence::Unfinished) {
        let unknown =
            act(Presence::Unknown, Act::LookAgain, "what is there decides what can be done elsewhere");
        let late = act(Presence::Unfinished, Act::LookAgain, "what is lacking may still come by itself");
        unknown.chain(late).collect()
    } else if is_spoiled {
        let wrong = act(Presence::Wrong, Act::Withdraw, "what it serves is not what users are to get");
        let right = act(Presence::Right, Act::ReleaseAnother, "it is right, and cannot be alone");
        let others =
            [Presence::Wrong, Presence::Withdrawn, Presence::Absent].into_iter().flat_map(|presence| {
                act(
                    presence,
                    Act::ReleaseAnother,
                    "no channel takes other bytes for a version that it has had",
                )
            });
        wrong.chain(right).chain(others).collect()
    } else if is(Presence::Right) {
        act(Presence::Absent, Act::PublishTheSame, "the other channels have it already, and cannot go back")
            .collect()
    } else {
        Vec::new()
    };
    Partial { places, is_partial, recovery }
}
