//! Kinds of files that a workflow adds by itself, told by their names.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A kind of file that a workflow adds by itself: expected by kind, and not by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Added {
    /// Lists of digests, and digests of one file: `SHA256SUMS`, `checksums.txt`, `*.sha256`.
    Checksums,
    /// Bills of materials: `*.spdx.json`, `*.cdx.json`, `*.sbom.json`.
    Sbom,
    /// Signatures and the certificates of their keys: `*.asc`, `*.sig`, `*.minisig`, `*.pem`.
    Signatures,
    /// Signed statements of who built what: `*.intoto.jsonl`, `*.sigstore.json`, `*.attestation`.
    Attestations,
}

impl Added {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Checksums, Self::Sbom, Self::Signatures, Self::Attestations];

    /// Its name, as the plan has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Checksums => "checksums",
            Self::Sbom => "sbom",
            Self::Signatures => "signatures",
            Self::Attestations => "attestations",
        }
    }

    /// Whether a file is of this kind, by its name.
    pub fn is(self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        let name = name.strip_suffix(".txt").unwrap_or(&name);
        self.ends().iter().any(|end| name.ends_with(end))
    }

    const fn ends(self) -> &'static [&'static str] {
        match self {
            Self::Checksums => &[
                "sha256sums",
                "sha512sums",
                "sha256.sum",
                "checksums",
                ".sha256",
                ".sha512",
                ".sha256sum",
                ".sha512sum",
            ],
            Self::Sbom => {
                &[".sbom", "sbom.json", ".spdx", ".spdx.json", "bom.xml", ".cdx.json", ".cdx.xml", "bom.json"]
            }
            Self::Signatures => &[".asc", ".sig", ".minisig", ".pem"],
            Self::Attestations => {
                &[".intoto.jsonl", ".sigstore", ".sigstore.json", ".attestation", "attestation.jsonl"]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_told_by_names_that_tools_give_and_no_archive_is_of_any() {
        for (kind, names) in [
            (Added::Checksums, ["sha256sums.txt", "SHA256SUMS", "kit_1.2.0_checksums.txt", "kit.zip.sha256"]),
            (Added::Sbom, ["kit.spdx.json", "kit.cdx.json", "kit_1.2.0.sbom.json", "bom.xml"]),
            (Added::Signatures, ["kit.tar.gz.asc", "kit.sig", "kit.minisig", "kit.pem"]),
            (
                Added::Attestations,
                ["multiple.intoto.jsonl", "kit.sigstore.json", "kit.sigstore", "a.whl.publish.attestation"],
            ),
        ] {
            for name in names {
                let kinds: Vec<Added> = Added::ALL.into_iter().filter(|one| one.is(name)).collect();
                assert_eq!(kinds, [kind], "{name}");
            }
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
        for name in ["kit.tar.gz", "kit-1.2.0-py3-none-any.whl", "kit.crate", "kit.txt", "sha256", "kit.json"]
        {
            assert!(!Added::ALL.iter().any(|kind| kind.is(name)), "{name}");
        }
    }
}
