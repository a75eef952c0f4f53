//! Signed statements about files, as channels serve them (Sigstore's bundles), and whether they are to be believed.
//!
//! Invariant: a statement is believed only where its signature, its certificate and the transparency log's proof hold by
//! the trust roots that come with the program, and where it is about the bytes that were downloaded.

use super::github_release::reason_of;
use super::index;
use super::{FileLocation, FileSource, Registries, Wanted};
use crate::github::GhError;
use crate::http::{HttpError, Request};
use crate::process::Cancel;
use gonogo_core::delivery::{Algorithm, Attestation, Content, Doubt};
use gonogo_core::text::one_line;
use gonogo_core::verdict::Reason;
use serde_json::Value;
use sigstore_verify::trust_root::{SigstoreInstance, TrustedRoot};
use sigstore_verify::types::{
    Artifact, ArtifactDigest, Bundle, DigestBytes, HashAlgorithm, SignatureContent, Statement,
};
use sigstore_verify::{VerificationPolicy, VerificationResult, verify};

/// Statements that say who built a file (SLSA's provenance), or who published it to PyPI (PEP 740): parts of their kinds,
/// which are addresses. Others say other things. Whether one is believed is decided by its certificate.
const KINDS: [&str; 2] = ["://slsa.dev/provenance/", "/attestations/publish/"];
/// The form of a statement (in-toto) in its envelope.
pub(super) const STATEMENT: &str = "application/vnd.in-toto+json";

/// What is said of a file.
#[derive(Debug, Default)]
pub(super) struct Statements {
    /// What is to be believed.
    pub(super) believed: Vec<Attestation>,
    /// What could not be had, and what is not to be believed.
    pub(super) doubts: Vec<Doubt>,
}

/// The statements about a file that was downloaded.
pub(super) async fn of(
    registries: &Registries,
    wanted: &Wanted,
    source: &FileSource,
    content: &Content,
    cancel: &Cancel,
) -> Statements {
    let bundles = match (&source.attestations, &source.at) {
        (Some(_), _) => of_registry(registries, wanted, source, cancel).await,
        (None, FileLocation::Asset(_)) => of_github(registries, wanted, content, cancel).await,
        (None, FileLocation::Address(_)) => Ok(Vec::new()),
    };
    let mut statements = Statements::default();
    match bundles {
        Err(doubt) => statements.doubts.push(doubt),
        Ok(bundles) => {
            for bundle in bundles {
                match believed(&bundle, content) {
                    Ok(attestation) => statements.believed.extend(attestation),
                    Err(said) => {
                        let said = format!("a signed statement is not to be believed: {}", one_line(&said));
                        statements.doubts.push(Doubt::new(Reason::UnreadableOutput, said));
                    }
                }
            }
        }
    }
    statements
}

/// The bundles that a registry names: npm's list, or PyPI's provenance object (PEP 740).
async fn of_registry(
    registries: &Registries,
    wanted: &Wanted,
    source: &FileSource,
    cancel: &Cancel,
) -> Result<Vec<Value>, Doubt> {
    let Some(url) = &source.attestations else { return Ok(Vec::new()) };
    let failed = |error: HttpError| {
        let said = format!("the signed statements were not had: {}", one_line(&error.to_string()));
        Doubt::new(error.reason(), said)
    };
    let request = Request::document(url.clone(), "application/json");
    let document = registries.http.get(&request, cancel).await.map_err(failed)?;
    let value = document.json().map_err(failed)?;
    let bundles = index(wanted.channel).bundles(&value);
    bundles.ok_or_else(|| failed(HttpError::nonsense(url, "it holds no signed statements".to_owned())))
}

/// What GitHub has of a digest. That it has nothing is an answer.
async fn of_github(
    registries: &Registries,
    wanted: &Wanted,
    content: &Content,
    cancel: &Cancel,
) -> Result<Vec<Value>, Doubt> {
    let gh =
        registries.gh(&wanted.package).map_err(|_| Doubt::new(Reason::ToolMissing, "gh cannot be used"))?;
    let path = format!("repos/{}/attestations/{}?per_page=100", gh.repository(), content.digest);
    match gh.get(&path, cancel).await {
        Err(GhError::NotFound { .. }) => Ok(Vec::new()),
        Err(error) => Err(Doubt::new(reason_of(&error), one_line(&error.to_string()))),
        Ok(value) => of_list(&value).ok_or_else(|| {
            Doubt::new(Reason::UnreadableOutput, "GitHub's list of attestations cannot be read")
        }),
    }
}

/// The bundles of `{"attestations": [{"bundle": …}]}`, as npm and GitHub have them.
pub(super) fn of_list(value: &Value) -> Option<Vec<Value>> {
    let each = value["attestations"].as_array()?.iter();
    each.map(|one| one.get("bundle").filter(|bundle| bundle.is_object()).cloned()).collect()
}

/// What a bundle says of a file; `None` where it says something else than who built it.
fn believed(bundle: &Value, content: &Content) -> Result<Option<Attestation>, String> {
    let bundle = Bundle::from_json(&bundle.to_string()).map_err(|error| error.to_string())?;
    let SignatureContent::DsseEnvelope(envelope) = &bundle.content else {
        return Ok(None);
    };
    let statement: Statement =
        serde_json::from_slice(envelope.payload.as_bytes()).map_err(|error| error.to_string())?;
    if !KINDS.iter().any(|kind| statement.predicate_type.contains(kind)) {
        return Ok(None);
    }
    let digest = digest(&statement, content)?;
    let verified = verified(&bundle, &digest)?;
    let certificate = verified.certificate().ok_or("it has no certificate")?;
    let claims = &certificate.ci_claims;
    let claim = |claim: Option<&String>, name: &str| {
        claim.cloned().ok_or_else(|| format!("its certificate does not say {name}"))
    };
    Ok(Some(Attestation {
        issuer: claim(certificate.issuer.as_ref(), "who vouches for it")?,
        repository: claim(claims.source_repository_uri.as_ref(), "which repository was built")?,
        commit: claim(claims.source_repository_digest.as_ref(), "which commit was built")?,
        workflow: claim(
            claims.build_config_uri.as_ref().or(claims.build_signer_uri.as_ref()),
            "which workflow built it",
        )?,
    }))
}

/// The file's digest, by an algorithm of the statement's subjects.
fn digest(statement: &Statement, content: &Content) -> Result<ArtifactDigest, String> {
    for algorithm in statement.subject_algorithms() {
        let own = match algorithm {
            HashAlgorithm::Sha2256 => Algorithm::Sha256,
            HashAlgorithm::Sha2512 => Algorithm::Sha512,
            _ => continue,
        };
        if let Some(sum) = content.computed.iter().find(|sum| sum.algorithm() == own) {
            let bytes = DigestBytes::from_hex(sum.value()).map_err(|error| error.to_string())?;
            return ArtifactDigest::new(algorithm, bytes).map_err(|error| error.to_string());
        }
    }
    Err("its subject has no digest of a known kind".to_owned())
}

/// Held against the public trust root; then against GitHub's own, which signs for private repositories with timestamps
/// and no public log.
fn verified(bundle: &Bundle, digest: &ArtifactDigest) -> Result<VerificationResult, String> {
    let public = (SigstoreInstance::PublicGood, VerificationPolicy::any_identity());
    let own = (SigstoreInstance::GitHub, VerificationPolicy::any_identity().skip_tlog_unsafe().skip_sct());
    let mut first = None;
    for (instance, policy) in [public, own] {
        let root = TrustedRoot::from_embedded(instance).map_err(|error| error.to_string())?;
        match verify(Artifact::from_digest(digest.clone()), bundle, &policy, &root) {
            Ok(verified) if verified.certificate_verified() => return Ok(verified),
            Ok(_) => first = first.or_else(|| Some("its certificate was not held against a root".to_owned())),
            Err(error) => first = first.or_else(|| Some(error.to_string())),
        }
    }
    Err(first.unwrap_or_else(|| "there is no trust root".to_owned()))
}
