//! brew, in a prefix of its own: a clone of its repository in the empty home installs there and nowhere else, so that
//! what this host has stays as it was and is not taken for what was installed.

use super::Place;
use crate::registry::Wanted;
use crate::registry::configuration::is_credential;
use crate::registry::install::{Clean, SAYING, failed, not_tried, of_disk};
use crate::there;
use gonogo_core::delivery::Install;
use gonogo_core::verdict::Reason;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The Ruby that brew brings along, below its repository, which its own git ignores.
const RUBY: &str = "Library/Homebrew/vendor/portable-ruby";
/// Settings by which brew does what it was asked for and nothing else.
const QUIET: [&str; 4] = [
    "HOMEBREW_NO_AUTO_UPDATE",
    "HOMEBREW_NO_ANALYTICS",
    "HOMEBREW_NO_INSTALL_CLEANUP",
    "HOMEBREW_NO_ENV_HINTS",
];
/// Folders of brew, and what they are in the clean place: none is the host's.
const FOLDERS: [(&str, &str); 3] =
    [("HOMEBREW_CACHE", "home/cache/brew"), ("HOMEBREW_LOGS", "home/state/brew"), ("HOMEBREW_TEMP", "tmp")];

/// `brew install` of a formula from its tap, and a command of it. brew itself is the host's own version.
pub(super) async fn install(
    clean: &Clean<'_>,
    wanted: &Wanted,
    smoke: &[String],
) -> Result<Install, Install> {
    let place = Place::read(&wanted.package).map_err(|said| not_tried(Reason::NothingExamined, said))?;
    let brew = clean.tool("brew")?;
    let repository = answer(clean, &brew, "--repository").await?;
    let prefix = clean.path("brew");
    clone(clean, &repository.to_string_lossy(), &["--shared"], &prefix, Reason::HostUnfit).await?;
    bring_ruby(clean, &repository, &prefix).await?;
    configure(clean, &answer(clean, &brew, "--prefix").await?)?;
    let (owner, name) = place.tap();
    let tap = prefix.join("Library/Taps").join(owner).join(name);
    clone(clean, &place.remote(), &["--depth", "1"], &tap, Reason::Unreachable).await?;
    let (brew, environment) = (prefix.join("bin/brew"), &clean.environment);
    let formula = place.formula();
    if let Err(refused) = clean.client(&brew, &["install", &formula], environment).await {
        let Install::NotInstalled { said } = refused else { return Err(refused) };
        // What is built for brew's usual prefix, or not to be had now, are the formulae below it: that is not its fault.
        return match clean.client(&brew, &["install", "--only-dependencies", &formula], environment).await {
            Ok(_) => Err(Install::NotInstalled { said }),
            Err(Install::NotInstalled { said }) => Err(not_tried(Reason::HostUnfit, said)),
            Err(other) => Err(other),
        };
    }
    // Also of a formula that is not linked into the prefix.
    let bin = prefix.join("opt").join(place.name).join("bin");
    clean.smoke(wanted, smoke, &bin, &[], environment).await
}

/// A folder that brew names.
async fn answer(clean: &Clean<'_>, brew: &Path, asked: &str) -> Result<PathBuf, Install> {
    let told = clean.run(brew, &[asked], clean.configuration.environment(), SAYING).await?;
    let folder = PathBuf::from(told.stdout.text().trim());
    if told.succeeded() && folder.is_absolute() {
        return Ok(folder);
    }
    Err(failed(Reason::HostUnfit, &format!("`brew {asked}` names no folder"), &told))
}

/// A clone of a repository, by the host's own git as it is configured.
async fn clone(
    clean: &Clean<'_>,
    from: &str,
    how: &[&str],
    to: &Path,
    reason: Reason,
) -> Result<(), Install> {
    let (git, to) = (clean.tool("git")?, to.to_string_lossy());
    let arguments = [&["clone", "--quiet"], how, &["--", from, &to]].concat();
    let failing = format!("{from} was not cloned");
    clean.prepares(&git, &arguments, clean.configuration.environment(), (reason, &failing)).await
}

/// brew would download its Ruby anew.
async fn bring_ruby(clean: &Clean<'_>, repository: &Path, prefix: &Path) -> Result<(), Install> {
    let (from, to) = (repository.join(RUBY), prefix.join(RUBY));
    if !there::is_folder(&from).map_err(|error| of_disk(&error))? {
        return Ok(());
    }
    let arguments = ["-RP", &from.to_string_lossy(), &to.to_string_lossy()];
    let failing = (Reason::HostUnfit, "brew's Ruby was not copied");
    clean.prepares(&clean.tool("cp")?, &arguments, &clean.environment, failing).await
}

/// brew's configuration files, those of its prefix and then the user's, without what is a credential; and then ours, which
/// has the last word: brew lets its files override its environment.
fn configure(clean: &Clean<'_>, prefix: &Path) -> Result<(), Install> {
    let outside = clean.configuration.environment();
    let own = match outside.get("XDG_CONFIG_HOME").filter(|folder| !folder.is_empty()) {
        Some(folder) => Some(PathBuf::from(folder).join("homebrew")),
        None => outside.get("HOME").map(|home| PathBuf::from(home).join(".homebrew")),
    };
    let mut lines = Vec::new();
    for folder in [Some(prefix.join("etc/homebrew")), own].into_iter().flatten() {
        let text = match fs::read_to_string(folder.join("brew.env")) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            read => read.map_err(|error| of_disk(&error))?,
        };
        let is_setting = |line: &&str| !is_credential(line.split_once('=').map_or(line, |(name, _)| name));
        lines.extend(text.lines().filter(is_setting).map(str::to_owned));
    }
    lines.extend(QUIET.map(|name| format!("{name}=1")));
    for (name, place) in FOLDERS {
        let folder = clean.path(place);
        fs::create_dir_all(&folder).map_err(|error| of_disk(&error))?;
        lines.push(format!("{name}={}", folder.display()));
    }
    let folder = clean.path("home/config/homebrew");
    fs::create_dir_all(&folder).map_err(|error| of_disk(&error))?;
    fs::write(folder.join("brew.env"), lines.join("\n") + "\n").map_err(|error| of_disk(&error))
}
