//! What a reviewer of a check has before them.

use crate::basis::BASIS;
use crate::digest::Digest;
use crate::ledger::{CheckFinished, LedgerState};
use std::collections::BTreeSet;

/// The evidence that a reviewer of a check of the latest poll has before them, each with its name: what its failures left behind where it
/// contradicts itself; else the check's own where it has any (a search, a comparison of plans), else that of all other checks of its
/// gate. A review tells of it and is not bound to all of it, since what commands print may be other bytes in each run.
pub fn shown_evidence(state: &LedgerState, gate: u32, check: &str) -> Vec<(String, Digest)> {
    let finished = state.poll.iter().flat_map(|poll| poll.finished.values());
    let of_gate: Vec<&CheckFinished> = finished.filter(|one| one.gate == gate).collect();
    let own: Vec<&CheckFinished> = of_gate.iter().copied().filter(|one| one.check == check).collect();
    let contradiction = own.first().and_then(|own| {
        let of = |about| state.contradiction(&(gate, check.to_owned()), about);
        of(own.subject).or_else(|| own.basis().and_then(of))
    });
    if let Some(contradiction) = contradiction {
        let failed = contradiction.evidence.iter();
        return failed.map(|digest| (format!("{check}, of a run that failed"), *digest)).collect();
    }
    let named = |of: &[&CheckFinished]| -> Vec<(String, Digest)> {
        let all = of.iter().flat_map(|one| one.evidence.iter().map(move |evidence| (one, evidence)));
        let read = all.filter(|(_, evidence)| evidence.name != BASIS);
        read.map(|(one, evidence)| (format!("{} {}", one.check, evidence.name), evidence.digest)).collect()
    };
    let own = named(&own);
    if own.is_empty() { named(&of_gate) } else { own }
}

/// The digests of evidence, sorted, each once.
pub fn digests_of(evidence: &[(String, Digest)]) -> Vec<Digest> {
    evidence.iter().map(|(_, digest)| *digest).collect::<BTreeSet<_>>().into_iter().collect()
}
