//! A formula at the head of a tap's remote, as `brew` would read it after an update. A local clone says nothing.

mod formula;
mod install;

use super::index::{Answer, Index};
use super::install::Clean;
use super::{
    Configuration, FileSource, IndexEntry, Listed, Listing, ListingError, Registries, Wanted, archive,
};
use crate::process::{Cancel, Captured, End, Invocation, run};
use crate::tools;
use formula::Formula;
use gonogo_core::delivery::{Install, Served, ServedFile, Told};
use gonogo_core::text::one_line;
use gonogo_core::verdict::Reason;
use std::path::Path;
use std::time::Duration;

/// Where brew looks for a formula in a tap, in its order ("Taps", Homebrew documentation).
const FOLDERS: [&str; 3] = ["Formula/", "HomebrewFormula/", ""];

/// How a tap is asked.
pub(super) struct Homebrew;

impl Index for Homebrew {
    fn list<'a>(
        &'a self,
        registries: &'a Registries,
        package: &'a str,
        cancel: &'a Cancel,
    ) -> Answer<'a, Result<Listing, ListingError>> {
        let deadline = registries.http.patience().deadline;
        Box::pin(list(&registries.configuration, deadline, package, cancel))
    }

    fn install<'a>(
        &'a self,
        clean: &'a Clean<'a>,
        wanted: &'a Wanted,
        smoke: &'a [String],
    ) -> Answer<'a, Result<Install, Install>> {
        Box::pin(install::install(clean, wanted, smoke))
    }

    /// Its files are any files: they are looked into where something is to be found there.
    fn archive(&self, name: &str, wanted: &Wanted) -> archive::Kind {
        if wanted.holds.is_empty() { archive::Kind::Other } else { archive::Kind::of(name) }
    }
}

/// Where a formula is.
struct Place<'a> {
    owner: &'a str,
    tap: &'a str,
    /// The formula's own name.
    name: &'a str,
}

impl<'a> Place<'a> {
    /// Reads `owner/tap/formula`, of which no part could be taken for an option or for a folder above.
    fn read(package: &'a str) -> Result<Self, String> {
        let parts: Vec<&str> = package.split('/').collect();
        let plain = |part: &&str| {
            !part.is_empty()
                && !part.starts_with(['.', '-'])
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.@+".contains(&byte))
        };
        match parts[..] {
            [owner, tap, name] if parts.iter().all(plain) => Ok(Self { owner, tap, name }),
            _ => Err(format!("`{package}` is not owner/tap/formula")),
        }
    }

    /// The owner and the repository of the tap. brew leaves `homebrew-` out of its name.
    fn tap(&self) -> (&'a str, String) {
        let own = if self.tap.starts_with("homebrew-") { "" } else { "homebrew-" };
        (self.owner, format!("{own}{}", self.tap))
    }

    /// Where brew clones the tap from.
    fn remote(&self) -> String {
        let (owner, repository) = self.tap();
        format!("https://github.com/{owner}/{repository}")
    }

    /// How brew is told of the formula.
    fn formula(&self) -> String {
        let tap = self.tap.strip_prefix("homebrew-").unwrap_or(self.tap);
        format!("{}/{tap}/{}", self.owner, self.name)
    }
}

/// The one version that a tap serves of a formula. `package` is `owner/repository/formula`; `timeout` is for each
/// run of git.
async fn list(
    configuration: &Configuration,
    timeout: Duration,
    package: &str,
    cancel: &Cancel,
) -> Result<Listing, ListingError> {
    let place = Place::read(package).map_err(ListingError::Conflict)?;
    let text = head(configuration, timeout, &place.remote(), place.name, cancel).await?;
    let formula = Formula::read(&text).map_err(ListingError::Conflict)?;
    let files = formula.files.iter().map(|file| ServedFile {
        name: file
            .address
            .path_segments()
            .and_then(|mut parts| parts.next_back())
            .unwrap_or_default()
            .to_owned(),
        stated: vec![file.stated.clone()],
        ..ServedFile::default()
    });
    let facts = Served {
        package: package.to_owned(),
        version: formula.version.clone(),
        resolves: Told::Yes,
        files: files.collect(),
        ..Served::default()
    };
    let sources = formula.files.into_iter().map(|file| FileSource::address(file.address)).collect();
    let entry = Ok(IndexEntry { facts, sources });
    Ok(Listing { versions: vec![Listed { version: formula.version, entry }] })
}

/// The formula's text at the remote's head.
async fn head(
    configuration: &Configuration,
    timeout: Duration,
    remote: &str,
    name: &str,
    cancel: &Cancel,
) -> Result<String, ListingError> {
    let unknown = |said: String| ListingError::Unknown(Reason::Unreachable, said);
    let folder =
        tempfile::tempdir().map_err(|error| ListingError::Unknown(Reason::HostUnfit, error.to_string()))?;
    let git = |arguments: Vec<String>| git(configuration, timeout, folder.path(), arguments, cancel);
    let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let cloned = git(own(&["clone", "--quiet", "--bare", "--depth", "1", remote, "tap"])).await?;
    if !cloned.succeeded() {
        // Whether it is not there or not to be seen, a host does not say to those it does not know.
        return Err(unknown(format!("{remote} was not read: {}", one_line(&cloned.stderr.text()))));
    }
    let listed = git(own(&["--git-dir", "tap", "ls-tree", "-r", "--name-only", "-z", "HEAD"])).await?;
    if !listed.succeeded() {
        return Err(unknown(format!("{remote} has no head: {}", one_line(&listed.stderr.text()))));
    }
    let listed = listed.stdout.text();
    let wanted = FOLDERS.map(|folder| format!("{folder}{name}.rb"));
    // Larger taps keep formulae in folders by their first letter.
    let sharded = format!("Formula/{}/{name}.rb", name.chars().next().unwrap_or_default());
    let path =
        wanted.iter().chain([&sharded]).find(|path| listed.split('\0').any(|file| file == path.as_str()));
    let Some(path) = path else {
        return Err(ListingError::NotFound(format!("{remote} has no formula {name} at its head")));
    };
    let shown = git(own(&["--git-dir", "tap", "cat-file", "blob", &format!("HEAD:{path}")])).await?;
    if !shown.succeeded() {
        return Err(unknown(format!("{path} was not read: {}", one_line(&shown.stderr.text()))));
    }
    String::from_utf8(shown.stdout.bytes)
        .map_err(|_| ListingError::Unknown(Reason::UnreadableOutput, format!("{path} is not UTF-8")))
}

async fn git(
    configuration: &Configuration,
    timeout: Duration,
    folder: &Path,
    arguments: Vec<String>,
    cancel: &Cancel,
) -> Result<Captured, ListingError> {
    let environment = configuration.environment();
    let program = tools::find("git", environment.get("PATH").unwrap_or_default(), None)
        .map_err(|error| ListingError::Unknown(Reason::ToolMissing, error.to_string()))?;
    let invocation = Invocation::tool(&program, folder, environment.clone()).args(arguments);
    let invocation = Invocation { timeout, ..invocation };
    let captured = run(&invocation, cancel)
        .await
        .map_err(|error| ListingError::Unknown(error.reason(), error.to_string()))?;
    match captured.end {
        End::TimedOut => Err(ListingError::Unknown(Reason::TimedOut, "git did not end in time".to_owned())),
        End::Cancelled => Err(ListingError::Unknown(Reason::Interrupted, "stopped".to_owned())),
        _ => Ok(captured),
    }
}
