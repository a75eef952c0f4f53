//! What a reviewer of a check has before them.

use crate::digest::Digest;
use crate::ledger::{CheckFinished, EvidenceRef};
use std::collections::BTreeSet;

/// The evidence that a reviewer of a check has before them: the check's own where it has any (a search, a comparison of plans), else
/// that of all other checks of its gate. A review tells of it and is not bound to it, since it may be other bytes in each run.
pub fn shown_evidence<'a>(
    finished: impl IntoIterator<Item = &'a CheckFinished>,
    gate: u32,
    check: &str,
) -> Vec<(&'a str, &'a EvidenceRef)> {
    let of_gate: Vec<&CheckFinished> = finished.into_iter().filter(|one| one.gate == gate).collect();
    let refs = |of: &[&'a CheckFinished]| -> Vec<(&'a str, &'a EvidenceRef)> {
        of.iter().flat_map(|one| one.evidence.iter().map(|evidence| (one.check.as_str(), evidence))).collect()
    };
    let own: Vec<&CheckFinished> = of_gate.iter().copied().filter(|one| one.check == check).collect();
    let own = refs(&own);
    if own.is_empty() { refs(&of_gate) } else { own }
}

/// The digests of evidence, sorted, each once.
pub fn digests_of(evidence: &[(&str, &EvidenceRef)]) -> Vec<Digest> {
    evidence.iter().map(|(_, one)| one.digest).collect::<BTreeSet<_>>().into_iter().collect()
}
