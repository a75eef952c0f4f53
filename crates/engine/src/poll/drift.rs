//! Compares the plan with the base tag's: what it asks less of needs a review.

use crate::context::Candidate;
use crate::failure::Failure;
use crate::reviewers::plan_at_base;
use gonogo_core::digest::Digest;
use gonogo_core::plan::{self, Plan};
use gonogo_world::git::Git;
use std::collections::BTreeMap;

/// The check that stands for a weakened plan, in each gate that it weakens.
pub const CHECK: &str = "plan-unweakened";

/// What the plan requires, and what it asks less of than the base tag's plan.
pub struct Drift {
    /// The gates that the release needs.
    pub required: BTreeMap<u32, String>,
    /// What became weaker, by gate.
    pub weakened: BTreeMap<u32, Vec<String>>,
    /// The digest of the base tag's plan, where it has one.
    pub base_plan: Option<Digest>,
}

/// Reads the plan at the base tag: the same file, or the plan in the root where that file was not there then. So a plan
/// that is brought from elsewhere is held to what the project asked of itself.
pub async fn since_base(git: &Git, candidate: &Candidate) -> Result<Drift, Failure> {
    let now = &candidate.plan;
    let mut weakened: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let text = match &candidate.base {
        Some(base) => plan_at_base(git, candidate, &base.commit).await?,
        None => None,
    };
    let base_plan = text.as_ref().map(|text| Digest::of(text));
    // Most often it is the same plan, byte for byte, which asks for no less than itself.
    let text = text.filter(|text| Digest::of(text) != now.digest);
    let base = match text.map(|text| Plan::parse(&String::from_utf8_lossy(&text))) {
        None => None,
        Some(Ok(plan)) => Some(plan),
        Some(Err(_)) => {
            let first = now.policy.required_gates.iter().min().copied().unwrap_or_default();
            let what =
                "the base tag's plan cannot be read, so nobody can tell whether this one asks for less";
            weakened.entry(first).or_default().push(what.to_owned());
            None
        }
    };
    for (gate, what) in base.as_ref().map(|base| plan::weakened(now, base)).unwrap_or_default() {
        weakened.entry(gate).or_default().push(what);
    }
    Ok(Drift { required: plan::required_gates(now, base.as_ref()), weakened, base_plan })
}
