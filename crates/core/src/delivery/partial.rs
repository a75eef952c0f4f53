//! Some channels have the release and others do not: who stands where, and what to do, in order.
//!
//! Invariant: nothing is repeated or withdrawn while a channel could not be told; a wrong artifact is never published
//! over, since no channel forgets a version's bytes. What takes something from users is advised only where bytes are shown to
//! differ from those that were built or from what the channel itself states.

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
    /// What can be undone of what is there; empty where nothing proves that it has to be.
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
    /// Find out why it is not as it was asked for; nothing shows that users have to be kept from it.
    Examine,
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

/// Whether what is there is proven to be other bytes than those that were built, or than the channel states.
fn has_other_bytes(judgement: &Judgement) -> bool {
    judgement.problems.iter().any(|problem| problem.code == ProblemCode::BytesDiffer)
}

/// The table of the channels of a tag's release, and the way out where they differ.
pub fn partial(judgements: &[Judgement], tag: &str) -> Partial {
    let each = judgements.iter().map(|judgement| {
        let presence = presence(judgement);
        let is_proven = presence == Presence::Wrong && has_other_bytes(judgement);
        let undo = if is_proven {
            judgement.channel.undo(&judgement.package, &judgement.version, tag)
        } else {
            Vec::new()
        };
        let (channel, package) = (judgement.channel, judgement.package.clone());
        (PackageStanding { channel, package, presence, undo }, is_proven)
    });
    let each: Vec<(PackageStanding, bool)> = each.collect();
    let is = |presence: Presence| each.iter().any(move |(place, _)| place.presence == presence);
    let first = each.first().map(|(place, _)| place.presence);
    let is_partial = each.iter().any(|(place, _)| Some(place.presence) != first);
    let advise = |act: Act, why: &'static str, whom: &dyn Fn(Presence, bool) -> bool| {
        let those = each.iter().filter(|(place, is_proven)| whom(place.presence, *is_proven));
        let advice = those.map(|(place, _)| RecoveryAction {
            act,
            channel: place.channel,
            package: place.package.clone(),
            why: why.to_owned(),
        });
        advice.collect::<Vec<_>>()
    };
    let examine = || {
        advise(
            Act::Examine,
            "it is not as it was asked for, and nothing proves that its bytes are wrong",
            &|presence, is_proven| presence == Presence::Wrong && !is_proven,
        )
    };
    let is_spoiled = is(Presence::Withdrawn) || each.iter().any(|(_, is_proven)| *is_proven);
    let recovery = if is(Presence::Unknown) || is(Presence::Unfinished) {
        let unknown =
            advise(Act::LookAgain, "what is there decides what can be done elsewhere", &|presence, _| {
                presence == Presence::Unknown
            });
        let late = advise(Act::LookAgain, "what is lacking may still come by itself", &|presence, _| {
            presence == Presence::Unfinished
        });
        [unknown, late].concat()
    } else if is_spoiled {
        let wrong = advise(
            Act::Withdraw,
            "its bytes are not those that were built, or not those that it states",
            &|_, is_proven| is_proven,
        );
        let right = advise(Act::ReleaseAnother, "it is right, and cannot be alone", &|presence, _| {
            presence == Presence::Right
        });
        let others = advise(
            Act::ReleaseAnother,
            "no channel takes other bytes for a version that it has had",
            &|presence, is_proven| is_proven || matches!(presence, Presence::Withdrawn | Presence::Absent),
        );
        [wrong, examine(), right, others].concat()
    } else if is(Presence::Wrong) {
        examine()
    } else if is(Presence::Right) {
        advise(
            Act::PublishTheSame,
            "the other channels have it already, and cannot go back",
            &|presence, _| presence == Presence::Absent,
        )
    } else {
        Vec::new()
    };
    let places = each.into_iter().map(|(place, _)| place).collect();
    Partial { places, is_partial, recovery }
}

impl Partial {
    /// The same of a rehearsal: its world is gone with it, and nothing there is to be mended or taken back.
    #[must_use]
    pub fn rehearsed(mut self) -> Self {
        for place in &mut self.places {
            place.undo.clear();
        }
        Self { recovery: Vec::new(), ..self }
    }
}
