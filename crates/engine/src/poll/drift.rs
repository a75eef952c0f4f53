//! Compares the plan with what earlier releases were held to: what it asks less of needs a review. So does a base that does
//! not speak for itself.

use crate::context::{BasePlan, Candidate};
use gonogo_core::plan;
use std::collections::BTreeMap;

/// What the plan requires, and what of it and of its base a person has to look at.
pub struct Drift {
    /// The gates that the release needs.
    pub required: BTreeMap<u32, String>,
    /// What became weaker, by gate.
    pub weakened: BTreeMap<u32, Vec<String>>,
}

/// Compares. A plan that is brought from elsewhere is held to what the project asked of itself.
pub fn since_base(candidate: &Candidate) -> Drift {
    let now = &candidate.plan;
    let mut required = plan::required_gates(now, None);
    for base in candidate.baseline.plans_read() {
        required.extend(plan::required_gates(base, None));
    }
    required.extend(plan::required_gates(now, None));
    let first = required.keys().next().copied().unwrap_or_default();
    let mut weakened: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let mut add = |gate: u32, what: &str| {
        let lines = weakened.entry(gate).or_default();
        if !lines.iter().any(|line| line == what) {
            lines.push(what.to_owned());
        }
    };
    for base in &candidate.baseline.plans {
        match base {
            BasePlan::Nowhere { .. } => {}
            BasePlan::Unclear(why) => add(first, why),
            BasePlan::Read(base) => {
                for (gate, lines) in plan::weakened(now, base) {
                    lines.iter().for_each(|line| add(gate, line));
                }
            }
        }
    }
    Drift { required, weakened }
}
