//! All gates on one subject.
//!
//! Invariant: a required gate is judged whether or not the plan still has it, and a check without evidence of this
//! very subject is incomplete.

use crate::digest::Digest;
use crate::ledger::{CheckFinished, CheckKey};
use crate::plan::Plan;
use crate::verdict::{Outcome, Reason, combine};
use std::collections::{BTreeMap, BTreeSet};

/// What one check came to.
#[derive(Clone, Debug)]
pub struct CheckVerdict {
    /// Its name within the gate.
    pub id: String,
    /// The verdict with its reason.
    pub outcome: Outcome,
    /// Its evidence; `None` where it never ran.
    pub finished: Option<CheckFinished>,
}

/// What one gate came to.
#[derive(Clone, Debug)]
pub struct GateVerdict {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Whether the release needs it.
    pub required: bool,
    /// All its checks together.
    pub outcome: Outcome,
    /// Its checks.
    pub checks: Vec<CheckVerdict>,
}

/// All gates on one subject. Made by [`Poll::evaluate`] alone.
#[derive(Clone, Debug)]
pub struct Poll {
    subject: Digest,
    gates: Vec<GateVerdict>,
    outcome: Outcome,
    is_part: bool,
}

impl Poll {
    /// Evaluates all gates. `required` are the gates that the release needs: the plan's, and the base tag's plan's.
    /// Evidence under a check that the plan does not have (of gonogo's own) counts for its gate too.
    pub fn evaluate(
        plan: &Plan,
        required: &BTreeMap<u32, String>,
        subject: Digest,
        finished: &BTreeMap<(u32, String), CheckFinished>,
    ) -> Self {
        let mut ids: BTreeSet<u32> = plan.gates.iter().map(|gate| gate.id).collect();
        ids.extend(required.keys());
        let gates: Vec<GateVerdict> = ids
            .into_iter()
            .map(|id| {
                let gate = plan.gate(id);
                let planned = gate.iter().flat_map(|gate| gate.checks.iter().map(|check| check.id.clone()));
                let mut names: Vec<String> = planned.collect();
                for ((_, check), _) in
                    finished.range((id, String::new())..(id.saturating_add(1), String::new()))
                {
                    if !names.contains(check) {
                        names.push(check.clone());
                    }
                }
                let checks: Vec<CheckVerdict> =
                    names.into_iter().map(|name| check_verdict(id, name, subject, finished)).collect();
                // A required gate that the plan no longer has shows nothing of its own, whatever else is there.
                let own = gate.is_none_or(|gate| gate.checks.is_empty());
                let missing = own.then_some(Outcome::Incomplete(Reason::NotRun));
                let outcome = combine(checks.iter().map(|check| check.outcome).chain(missing));
                let name = gate
                    .map(|gate| gate.name.clone())
                    .or_else(|| required.get(&id).cloned())
                    .unwrap_or_default();
                GateVerdict { id, name, required: required.contains_key(&id), outcome, checks }
            })
            .collect();
        let outcome = combine(gates.iter().filter(|gate| gate.required).map(|gate| gate.outcome));
        Self { subject, gates, outcome, is_part: false }
    }

    /// The same as far as these checks go. A part never passes: what was left out has shown nothing.
    #[must_use]
    pub fn part(mut self, checks: &BTreeSet<CheckKey>) -> Self {
        for gate in &mut self.gates {
            let id = gate.id;
            gate.checks.retain(|check| checks.contains(&(id, check.id.clone())));
        }
        self.gates.retain(|gate| !gate.checks.is_empty());
        let chosen = self.gates.iter().flat_map(|gate| &gate.checks).map(|check| check.outcome);
        let left_out = Outcome::Incomplete(Reason::NotRun);
        Self { outcome: combine(chosen.chain([left_out])), is_part: true, ..self }
    }

    /// Whether something was left out because only a part was asked for.
    pub const fn is_part(&self) -> bool {
        self.is_part
    }

    /// The digest of the subject that this poll is about.
    pub const fn subject(&self) -> Digest {
        self.subject
    }

    /// Every gate, by number.
    pub fn gates(&self) -> &[GateVerdict] {
        &self.gates
    }

    /// All required gates together.
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }
}

fn check_verdict(
    gate: u32,
    id: String,
    subject: Digest,
    finished: &BTreeMap<(u32, String), CheckFinished>,
) -> CheckVerdict {
    let found = finished.get(&(gate, id.clone()));
    let outcome = match found {
        None => Outcome::Incomplete(Reason::NotRun),
        Some(finished) if finished.subject != subject => Outcome::Incomplete(Reason::StaleEvidence),
        Some(finished) => finished.outcome().unwrap_or(Outcome::Incomplete(Reason::UnreadableOutput)),
    };
    CheckVerdict { id, outcome, finished: found.cloned() }
}
