//! PyPI's provenance objects (PEP 740).

use crate::registry::attestation::STATEMENT;
use serde_json::{Value, json};

/// The bundles of a provenance object: their parts have other names there.
pub(super) fn bundles(value: &Value) -> Option<Vec<Value>> {
    if value["version"] != 1 {
        return None;
    }
    let mut bundles = Vec::new();
    for publisher in value["attestation_bundles"].as_array()? {
        for one in publisher["attestations"].as_array()? {
            let (material, envelope) = (&one["verification_material"], &one["envelope"]);
            bundles.push(json!({
                "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
                "verificationMaterial": {
                    "certificate": { "rawBytes": material["certificate"] },
                    "tlogEntries": material["transparency_entries"],
                },
                "dsseEnvelope": {
                    "payload": envelope["statement"],
                    "payloadType": STATEMENT,
                    "signatures": [{ "sig": envelope["signature"] }],
                },
            }));
        }
    }
    Some(bundles)
}
