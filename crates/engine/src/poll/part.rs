//! A part of a plan that a poll is asked for.

use crate::failure::Failure;
use gonogo_core::ledger::CheckKey;
use gonogo_core::plan::{Check, Gate, Plan};
use std::collections::BTreeSet;

/// Some of a plan's checks: at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    checks: BTreeSet<CheckKey>,
}

impl Part {
    /// The part that these names stand for: `GATE`, `GATE/CHECK`, or a check's id where only one has it. `None` where there are no names.
    ///
    /// # Errors
    /// A name stands for nothing, or for several.
    pub fn named(plan: &Plan, names: &[String]) -> Result<Option<Self>, Failure> {
        let mut checks = BTreeSet::new();
        for name in names {
            let of_gate = plan.checks().filter(|(gate, _)| gate.id.to_string() == *name);
            let mut found: Vec<(&Gate, &Check)> = of_gate.collect();
            if found.is_empty() {
                found.push(check_named(plan, name)?);
            }
            checks.extend(found.into_iter().map(|(gate, check)| (gate.id, check.id.clone())));
        }
        Ok((!checks.is_empty()).then_some(Self { checks }))
    }

    /// Its checks.
    pub const fn checks(&self) -> &BTreeSet<CheckKey> {
        &self.checks
    }

    /// Whether a check is of it.
    pub fn has(&self, gate: u32, check: &str) -> bool {
        self.checks.contains(&(gate, check.to_owned()))
    }

    /// Their names, as `GATE/CHECK`.
    pub fn names(&self) -> Vec<String> {
        self.checks.iter().map(|(gate, check)| format!("{gate}/{check}")).collect()
    }
}

/// The one check that a name stands for: `GATE/CHECK`, or its id where only one has it.
///
/// # Errors
/// There is none, or there are several.
pub fn check_named<'a>(plan: &'a Plan, name: &str) -> Result<(&'a Gate, &'a Check), Failure> {
    let is_named =
        |gate: &Gate, check: &Check| name == check.id || name == format!("{}/{}", gate.id, check.id);
    let mut named = plan.checks().filter(|(gate, check)| is_named(gate, check));
    match (named.next(), named.next()) {
        (Some(found), None) => Ok(found),
        _ => {
            let all: Vec<String> =
                plan.checks().map(|(gate, check)| format!("{}/{}", gate.id, check.id)).collect();
            Err(Failure::usage(format!("`{name}` does not name one check of the plan"))
                .remedy(format!("name one of {}", all.join(", "))))
        }
    }
}
