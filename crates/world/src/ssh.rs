//! SSH signatures, through `ssh-keygen`: where users' keys, agents and hardware live.
//!
//! Invariant: a signature holds only where `ssh-keygen -Y verify` says so of this very text, namespace and key.

use crate::process::{Cancel, Captured, End, Environment, Invocation, ProcessError, run};
use crate::tools::{self, ToolError};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The name under which a key is asked for: whose it is, the plan has said.
const PRINCIPAL: &str = "reviewer";
/// Where the key's agent is, and what asks for a passphrase or a touch. None of them is asked on the terminal.
const ENVIRONMENT: [&str; 7] = [
    "SSH_AUTH_SOCK",
    "SSH_ASKPASS",
    "SSH_SK_PROVIDER",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "DBUS_SESSION_BUS_ADDRESS",
];
/// How long a signature may take: a key may have to be unlocked, or touched.
const PATIENCE: Duration = Duration::from_secs(300);

/// Why there is no answer about a signature, or none was made.
#[derive(Debug, thiserror::Error)]
pub enum SshError {
    /// There is no `ssh-keygen`.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// It could not be run.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// A file for it could not be written.
    #[error("a file for ssh-keygen cannot be written")]
    File(#[from] std::io::Error),
    /// It was stopped, or did not end in time.
    #[error("ssh-keygen {0}")]
    Ended(End),
    /// It made no signature.
    #[error("ssh-keygen did not sign: {0}")]
    NotSigned(String),
}

/// `ssh-keygen`, from outside the checkout.
#[derive(Clone, Debug)]
pub struct SshKeygen {
    program: PathBuf,
    environment: Environment,
}

impl SshKeygen {
    /// Finds it on `PATH`.
    pub fn find(checkout: &Path) -> Result<Self, SshError> {
        let program = tools::find_on_path("ssh-keygen", Some(checkout))?;
        let environment = Environment::allowing(ENVIRONMENT).with("SSH_ASKPASS_REQUIRE", "force");
        Ok(Self { program, environment })
    }

    /// Signs a text. `key` is a private key's file, a public key's file whose private half an agent holds, or a public key itself after
    /// `key::`. Gives the armored signature.
    pub async fn sign(
        &self,
        key: &str,
        namespace: &str,
        text: &str,
        cancel: &Cancel,
    ) -> Result<String, SshError> {
        let folder = tempfile::tempdir()?;
        let file = match key.strip_prefix("key::") {
            Some(public) => {
                let file = folder.path().join("key.pub");
                std::fs::write(&file, format!("{public}\n"))?;
                file
            }
            None => std::path::absolute(key)?,
        };
        let arguments =
            ["-Y".into(), "sign".into(), "-f".into(), file.into_os_string(), "-n".into(), namespace.into()];
        let mut invocation =
            Invocation::tool(&self.program, folder.path(), self.environment.clone()).args(arguments);
        invocation.timeout = PATIENCE;
        let answer = answer(&invocation.input(text), cancel).await?;
        let signature = answer.stdout.text();
        if !answer.succeeded() || !signature.starts_with("-----BEGIN SSH SIGNATURE-----") {
            return Err(SshError::NotSigned(said(&answer)));
        }
        Ok(signature)
    }

    /// Whether a signature of a text holds. `key` is options, type and key, as in an allowed signers file. The inner error is what
    /// speaks against it, in words.
    pub async fn verify(
        &self,
        key: &str,
        namespace: &str,
        text: &str,
        signature: &str,
        cancel: &Cancel,
    ) -> Result<Result<(), String>, SshError> {
        let folder = tempfile::tempdir()?;
        let (allowed, armored) = (folder.path().join("allowed"), folder.path().join("signature"));
        std::fs::write(&allowed, format!("{PRINCIPAL} {key}\n"))?;
        std::fs::write(&armored, signature)?;
        let arguments = [
            "-Y".into(),
            "verify".into(),
            "-f".into(),
            allowed.into_os_string(),
            "-I".into(),
            PRINCIPAL.into(),
            "-n".into(),
            namespace.into(),
            "-s".into(),
            armored.into_os_string(),
        ];
        let invocation =
            Invocation::tool(&self.program, folder.path(), self.environment.clone()).args(arguments);
        let answer = answer(&invocation.input(text), cancel).await?;
        let holds = answer.succeeded() && answer.stdout.text().starts_with("Good ");
        Ok(if holds { Ok(()) } else { Err(said(&answer)) })
    }
}

async fn answer(invocation: &Invocation, cancel: &Cancel) -> Result<Captured, SshError> {
    let answer = run(invocation, cancel).await?;
    match answer.end {
        End::Exited(_) => Ok(answer),
        end @ (End::Signaled(_) | End::TimedOut | End::Cancelled) => Err(SshError::Ended(end)),
    }
}

/// What it said was wrong, on one line.
fn said(answer: &Captured) -> String {
    let said = format!("{}\n{}", answer.stderr.text(), answer.stdout.text());
    gonogo_core::text::one_line(&said)
}
