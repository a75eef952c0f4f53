//! What a review is bound to.

use crate::basis::BASIS;
use crate::digest::Digest;
use crate::ledger::{CheckFinished, LedgerState};
use std::collections::BTreeSet;

/// The digests of the evidence that a reviewer of a check of the latest poll has before them, sorted: what its failures left behind
/// where it contradicts itself, else see [`reviewed_evidence`].
pub fn evidence_to_review(state: &LedgerState, gate: u32, check: &str) -> Vec<Digest> {
    let finished = state.poll.iter().flat_map(|poll| poll.finished.values());
    let own = finished.clone().find(|finished| finished.gate == gate && finished.check == check);
    let key = (gate, check.to_owned());
    match own.and_then(|own| state.contradiction(&key, own.subject)) {
        Some(contradiction) => contradiction.evidence.iter().copied().collect(),
        None => reviewed_evidence(finished, gate, check),
    }
}

/// The digests of the evidence that a reviewer of a check has before them, sorted: the check's own where it has any
/// (a search, a comparison of plans), else that of all other checks of its gate.
pub fn reviewed_evidence<'a>(
    finished: impl IntoIterator<Item = &'a CheckFinished>,
    gate: u32,
    check: &str,
) -> Vec<Digest> {
    let of_gate: Vec<&CheckFinished> =
        finished.into_iter().filter(|finished| finished.gate == gate).collect();
    let digests = |of: &[&CheckFinished]| -> Vec<Digest> {
        let all = of.iter().flat_map(|finished| finished.evidence.iter());
        let all = all.filter(|evidence| evidence.name != BASIS).map(|evidence| evidence.digest);
        all.collect::<BTreeSet<_>>().into_iter().collect()
    };
    let own: Vec<&CheckFinished> =
        of_gate.iter().copied().filter(|finished| finished.check == check).collect();
    let own = digests(&own);
    if own.is_empty() { digests(&of_gate) } else { own }
}
