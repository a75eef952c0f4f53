//! What every code that the program prints means, why it blocks, and what comes next.
//!
//! Invariant: each closed set is walked whole by an exhaustive match, so that a code without a text does not compile.

mod causes;
mod delivery;
mod exits;
mod preconditions;
mod problems;
mod reasons;
mod reviews;
mod states;

use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// One code, explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Explanation {
    /// The code as it is printed.
    pub code: &'static str,
    /// Which closed set it belongs to.
    pub kind: Kind,
    /// What it means.
    pub means: &'static str,
    /// Why it blocks, or that it does not.
    pub blocks: &'static str,
    /// What comes next: the command stands in backticks, with TARGET for the release target.
    pub next: &'static str,
}

/// A closed set of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::enum_variant_names, reason = "the word is the one that documents print")]
pub enum Kind {
    /// What a check, a gate or a poll came to.
    Verdict,
    /// Why something is incomplete.
    Reason,
    /// Why there is no clearance.
    Obstacle,
    /// Whether there is clearance.
    Clearance,
    /// What has to hold before a release is polled for.
    Precondition,
    /// What was found of a precondition.
    PreconditionState,
    /// Why a step stopped a run.
    Cause,
    /// How a run ended.
    RunState,
    /// Where a step stands.
    StepProgress,
    /// What became of a step.
    StepState,
    /// Where a release stands.
    ReleaseState,
    /// What kind of thing comes next.
    NextKind,
    /// What the tracker says of a blocker.
    TaskState,
    /// What is wrong with a delivery.
    DeliveryProblem,
    /// How far a delivery is proven.
    DeliveryLevel,
    /// Where a channel stands.
    ChannelPresence,
    /// What to do about a channel.
    ChannelAction,
    /// What a channel has of a version.
    ChannelCell,
    /// What was decided of a check that asks for a review, or of a finding.
    ReviewDecision,
    /// Which plan names the reviewers.
    ReviewersFrom,
    /// What the process exits with.
    ExitCode,
}

impl Kind {
    /// The set in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Verdict => "a verdict",
            Self::Reason => "why something is incomplete",
            Self::Obstacle => "why there is no clearance",
            Self::Clearance => "whether there is clearance",
            Self::Precondition => "a precondition",
            Self::PreconditionState => "what was found of a precondition",
            Self::Cause => "why a step stopped a run",
            Self::RunState => "how a run ended",
            Self::StepProgress => "where a step stands",
            Self::StepState => "what became of a step in a run",
            Self::ReleaseState => "where a release stands",
            Self::NextKind => "what kind of thing comes next",
            Self::TaskState => "what the tracker says of a blocker",
            Self::DeliveryProblem => "what is wrong with a delivery",
            Self::DeliveryLevel => "how far a delivery is proven",
            Self::ChannelPresence => "where a channel stands",
            Self::ChannelAction => "what to do about a channel",
            Self::ChannelCell => "what a channel has of a version",
            Self::ReviewDecision => "what a reviewer decided",
            Self::ReviewersFrom => "which plan names the reviewers",
            Self::ExitCode => "an exit code",
        }
    }
}

/// The texts of one code.
struct Text {
    means: &'static str,
    blocks: &'static str,
    next: &'static str,
}

const fn text(means: &'static str, blocks: &'static str, next: &'static str) -> Text {
    Text { means, blocks, next }
}

const fn entry(code: &'static str, kind: Kind, text: Text) -> Explanation {
    Explanation { code, kind, means: text.means, blocks: text.blocks, next: text.next }
}

/// Every code, set by set.
pub fn all() -> Vec<Explanation> {
    let mut entries = reasons::entries();
    entries.extend(preconditions::entries());
    entries.extend(causes::entries());
    entries.extend(states::entries());
    entries.extend(problems::entries());
    entries.extend(delivery::entries());
    entries.extend(reviews::entries());
    entries.extend(exits::entries());
    entries
}

/// Everything that a code can mean: some words belong to more than one set. An exit code is found by its number and by
/// its name, a precondition on a tool with or without the tool.
pub fn find(code: &str) -> Vec<Explanation> {
    let code = code.trim().to_lowercase();
    let plain = match code.split_once(':') {
        Some((set, _)) => set,
        None => code.strip_prefix("exit-").unwrap_or(&code),
    };
    let named = exits::number(plain).unwrap_or(plain);
    all().into_iter().filter(|entry| entry.code == plain || is_exit(entry, named)).collect()
}

fn is_exit(entry: &Explanation, number: &str) -> bool {
    entry.kind == Kind::ExitCode && entry.code == number
}

/// The codes most like a word, the likest first.
pub fn nearest(word: &str) -> Vec<&'static str> {
    const MOST: usize = 3;
    let word = word.trim().to_lowercase();
    let mut scored: BTreeMap<&'static str, f64> = BTreeMap::new();
    for entry in all() {
        scored.insert(entry.code, strsim::jaro_winkler(&word, entry.code));
    }
    let mut scored: Vec<_> = scored.into_iter().collect();
    scored.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    scored.into_iter().take(MOST).map(|(code, _)| code).collect()
}

#[cfg(test)]
mod tests;
