//! What this gh can do, by its own help and not by its version: ghs are built and patched in many ways.

use super::{Gh, GhError};
use crate::process::{Cancel, End};

/// Which of gh's commands are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// `gh attestation verify`.
    pub attestation_verify: bool,
    /// `gh release verify`.
    pub release_verify: bool,
    /// `gh release verify-asset`.
    pub release_verify_asset: bool,
}

impl Gh {
    /// Asks gh for the help of each command; nobody else is asked.
    pub async fn probe(&self, cancel: &Cancel) -> Result<Capabilities, GhError> {
        Ok(Capabilities {
            attestation_verify: self.knows(&["attestation", "verify"], cancel).await?,
            release_verify: self.knows(&["release", "verify"], cancel).await?,
            release_verify_asset: self.knows(&["release", "verify-asset"], cancel).await?,
        })
    }

    async fn knows(&self, command: &[&str], cancel: &Cancel) -> Result<bool, GhError> {
        let name = command.join(" ");
        let asked = self.command().args(command.iter().copied()).args(["--help"]);
        let answer = self.run(&asked, cancel).await?;
        let said = |text: &str| answer.stderr.text().contains(text);
        match answer.end {
            End::Cancelled => Err(GhError::Cancelled),
            End::TimedOut => Err(GhError::TimedOut { path: name }),
            // The usage line names the command itself; help for another one does not count.
            End::Exited(0) if answer.stdout.text().contains(&format!("gh {name} ")) => Ok(true),
            End::Exited(1) if said("unknown command") => Ok(false),
            end => Err(GhError::nonsense(format!("`gh {name} --help` {end}"))),
        }
    }
}
