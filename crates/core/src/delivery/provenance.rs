//! Provenance: who built a file, as a signed statement about its very bytes says, held against who should have.
//!
//! Invariant: only a statement whose signature was checked, and that is about the bytes that were downloaded, becomes an
//! [`Attestation`]. A file without one is never said to be somebody's.

use crate::ids::CommitId;
use crate::workflow::WorkflowPath;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who vouches for the workflows of GitHub: the issuer of their identity tokens (OpenID Connect).
pub const ISSUER: &str = "https://token.actions.githubusercontent.com";
/// What addresses of repositories on GitHub begin with.
const HOST: &str = "https://github.com/";

/// A signed statement about a file: the claims of the certificate (Fulcio's, by its public list of extensions) that signed
/// a statement (in-toto) whose subject is the file's digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// Who vouches for the identity: an address.
    pub issuer: String,
    /// The address of the repository that was built.
    pub repository: String,
    /// The commit that was built.
    pub commit: String,
    /// The workflow that was started: its file's address, `@` and the ref that it was taken from.
    pub workflow: String,
}

/// Who has to have built what is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// The repository on GitHub, `owner/name`.
    pub repository: String,
    /// The workflow's file in it, such as `.github/workflows/publish.yml`.
    pub workflow: String,
    /// The commit, where it is known.
    pub commit: Option<CommitId>,
}

impl Provenance {
    /// A workflow of the project's repository, where the plan names one.
    pub(super) fn by(repository: Option<&str>, workflow: Option<&WorkflowPath>) -> Option<Self> {
        let (repository, workflow) = (repository?.to_owned(), workflow?.as_str().to_owned());
        Some(Self { repository, workflow, commit: None })
    }

    /// What does not fit, in one line; `None` where all of it does.
    pub(super) fn misfit(&self, told: &Attestation) -> Option<String> {
        let repository = format!("{HOST}{}", self.repository);
        let workflow = format!("{repository}/{}", self.workflow);
        let file = told.workflow.split_once('@').map_or("", |(file, _)| file);
        if told.issuer != ISSUER {
            Some(format!("{} vouches for who built it, and not {ISSUER}", told.issuer))
        } else if !told.repository.eq_ignore_ascii_case(&repository) {
            Some(format!("it was built from {}, and not from {repository}", told.repository))
        } else if !is_at(file, &repository, &workflow) {
            Some(format!("it was built by {}, and not by {workflow}", told.workflow))
        } else {
            let commit = self.commit.as_ref().filter(|commit| **commit != told.commit)?;
            Some(format!("it was built from {}, and the release is {commit}", told.commit))
        }
    }
}

/// GitHub reads owner and name in either case, and paths as they are written.
fn is_at(told: &str, repository: &str, workflow: &str) -> bool {
    let (Some(of), Some(path)) = (told.get(..repository.len()), told.get(repository.len()..)) else {
        return false;
    };
    of.eq_ignore_ascii_case(repository) && path == &workflow[repository.len()..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> Provenance {
        Provenance {
            repository: "acme/kit".to_owned(),
            workflow: ".github/workflows/publish.yml".to_owned(),
            commit: Some("a".repeat(40).parse().unwrap()),
        }
    }

    fn told() -> Attestation {
        Attestation {
            issuer: ISSUER.to_owned(),
            repository: format!("{HOST}Acme/kit"),
            commit: "a".repeat(40),
            workflow: format!("{HOST}Acme/kit/.github/workflows/publish.yml@refs/heads/main"),
        }
    }

    #[test]
    fn what_the_right_workflow_built_from_the_right_commit_fits() {
        assert_eq!(wanted().misfit(&told()), None);
        let elsewhere = Attestation { commit: "b".repeat(40), ..told() };
        assert_eq!(Provenance { commit: None, ..wanted() }.misfit(&elsewhere), None);
    }

    #[test]
    fn nothing_that_is_other_or_left_out_fits() {
        for issuer in ["", "https://accounts.example.test", &format!("{ISSUER}/enterprise")] {
            let other = Attestation { issuer: issuer.to_owned(), ..told() };
            assert!(wanted().misfit(&other).is_some(), "{issuer}");
        }
        for repository in
            ["", "https://github.com/acme/kit-evil", "https://example.test/acme/kit", "acme/kit"]
        {
            let other = Attestation { repository: repository.to_owned(), ..told() };
            assert!(wanted().misfit(&other).is_some(), "{repository}");
        }
        for commit in ["", "a", &"b".repeat(40), &"a".repeat(41)] {
            let other = Attestation { commit: (*commit).to_owned(), ..told() };
            assert!(wanted().misfit(&other).is_some(), "{commit}");
        }
        for workflow in [
            "",
            "acme/kit/.github/workflows/publish.yml",
            "acme/kit/.github/workflows/other.yml@refs/heads/main",
            "acme/kit/.github/workflows/PUBLISH.yml@refs/heads/main",
            "evil/kit/.github/workflows/publish.yml@refs/heads/main",
            "acme/kit/x@/.github/workflows/publish.yml@refs/heads/main",
        ] {
            let other = Attestation { workflow: format!("{HOST}{workflow}"), ..told() };
            assert!(wanted().misfit(&other).is_some(), "{workflow}");
        }
    }
}
