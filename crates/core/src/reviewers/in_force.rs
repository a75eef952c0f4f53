//! Whose reviews count: the reviewers that the base tag's plan names, since a commit does not choose who judges it.

use crate::plan::{Plan, Reviewers};
use schemars::JsonSchema;
use serde::Serialize;

/// What is known of the plan at the base tag.
#[derive(Clone, Copy, Debug)]
pub enum PlanBefore<'a> {
    /// There is no base tag: this is a first release.
    FirstRelease,
    /// The base tag has no plan.
    Absent,
    /// It has one, and that cannot be read.
    Unreadable,
    /// It has this one.
    There(&'a Plan),
}

/// Which plan named the reviewers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewersFrom {
    /// The base tag's.
    BaseTag,
    /// This one's: for a first release there is no other.
    FirstRelease,
    /// This one's, since the base tag's cannot be read. They review, and they waive nothing.
    UnreadableBase,
}

/// Whose reviews count.
#[derive(Clone, Debug)]
pub enum InForce {
    /// Nobody was named: whoever reviews, reviews, and nothing can be waived.
    Nobody {
        /// This plan names reviewers: they count from the next release on.
        named_here: bool,
    },
    /// These reviewers.
    Named(Reviewers, ReviewersFrom),
}

impl InForce {
    /// Decides, from this plan's reviewers and the base tag's plan.
    pub fn of(now: &Plan, base: PlanBefore<'_>) -> Self {
        let own = now.policy.reviewers.as_ref();
        let named = |reviewers: Option<&Reviewers>, from| {
            reviewers.map_or(Self::Nobody { named_here: own.is_some() }, |one| Self::Named(one.clone(), from))
        };
        match base {
            PlanBefore::FirstRelease => named(own, ReviewersFrom::FirstRelease),
            PlanBefore::Absent => named(None, ReviewersFrom::BaseTag),
            PlanBefore::Unreadable => named(own, ReviewersFrom::UnreadableBase),
            PlanBefore::There(plan) => named(plan.policy.reviewers.as_ref(), ReviewersFrom::BaseTag),
        }
    }

    /// The reviewers whose signature a review bears; `None` where none is asked for.
    pub fn signing(&self) -> Option<&Reviewers> {
        match self {
            Self::Named(reviewers, _) if reviewers.signed => Some(reviewers),
            Self::Named(..) | Self::Nobody { .. } => None,
        }
    }

    /// The reviewers who may waive a finding. The error says why there are none.
    pub fn waiving(&self) -> Result<&Reviewers, &'static str> {
        match self {
            Self::Named(reviewers, ReviewersFrom::BaseTag | ReviewersFrom::FirstRelease) => Ok(reviewers),
            Self::Named(_, ReviewersFrom::UnreadableBase) => {
                Err("the base tag's plan cannot be read, so nobody can tell whom it names as a reviewer")
            }
            Self::Nobody { named_here: true } => Err(
                "the base tag's plan names no reviewer; those of this plan count from the next release on",
            ),
            Self::Nobody { named_here: false } => Err("no plan names a reviewer in `policy.reviewers`"),
        }
    }

    /// In one line, for the board; `None` where there is nothing to say. `base` is the base tag.
    pub fn line(&self, base: Option<&str>) -> Option<String> {
        let base = base.unwrap_or("the base tag");
        match self {
            Self::Nobody { named_here: false } => None,
            Self::Nobody { named_here: true } => Some(format!(
                "the reviewers of this plan count from the next release on: {base}'s plan names none, so that whoever reviews is recorded"
            )),
            Self::Named(reviewers, from) => {
                let names = reviewers.names().join("; ");
                let from = match from {
                    ReviewersFrom::BaseTag => format!("named by {base}'s plan"),
                    ReviewersFrom::FirstRelease => {
                        "named by this plan, as this is a first release".to_owned()
                    }
                    ReviewersFrom::UnreadableBase => {
                        format!("named by this plan, since {base}'s cannot be read")
                    }
                };
                Some(format!("reviewers, {from}: {names}; {}", reviewers.rule()))
            }
        }
    }
}
