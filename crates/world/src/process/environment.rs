//! The environment of a child: an allow-listed part of our own, and what is set for it.
//!
//! Invariant: no credential comes in but by a name that was asked for.

use gonogo_core::digest::Digest;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// Variables that any child may see: where things are, and how its own clients are configured. No credentials.
const ALLOWED: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "TMPDIR",
    "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "LD_LIBRARY_PATH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "CURL_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "GIT_SSL_CAINFO",
    "PIP_CERT",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "all_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "RUSTUP_AUTO_INSTALL",
    "GOPATH",
    "GOROOT",
    "GOCACHE",
    "GOMODCACHE",
    "GOPROXY",
    "GOSUMDB",
    "GONOSUMDB",
    "GOPRIVATE",
    "GOTOOLCHAIN",
    "PYENV_ROOT",
    "PYENV_VERSION",
    "JAVA_HOME",
];

/// What every child sees alike: locale, zone, no colour, and a git that asks nobody.
const FIXED: [(&str, &str); 8] = [
    ("LC_ALL", "C.UTF-8"),
    ("LANG", "C.UTF-8"),
    ("TZ", "UTC"),
    ("NO_COLOR", "1"),
    ("TERM", "dumb"),
    ("CARGO_TERM_COLOR", "never"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_OPTIONAL_LOCKS", "0"),
];

/// Variables that are another in each session, and lead to nothing but scratch space.
const SESSION: [&str; 2] = ["TMPDIR", "XDG_RUNTIME_DIR"];

/// The environment of a child.
#[derive(Clone, Debug)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    /// The allow-listed part of our own environment, `more` names added, with a fixed locale, zone and no colour.
    pub fn allowing<'a>(more: impl IntoIterator<Item = &'a str>) -> Self {
        let names = ALLOWED.iter().copied().chain(more);
        let mut variables: BTreeMap<OsString, OsString> =
            names.filter_map(|name| std::env::var_os(name).map(|value| (name.into(), value))).collect();
        for (name, value) in FIXED {
            variables.insert(name.into(), value.into());
        }
        Self(variables)
    }

    /// The same environment with one variable set.
    #[must_use]
    pub fn with(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }

    /// The same environment with several variables set.
    #[must_use]
    pub fn with_all(
        self,
        variables: impl IntoIterator<Item = (impl Into<OsString>, impl Into<OsString>)>,
    ) -> Self {
        variables.into_iter().fold(self, |environment, (name, value)| environment.with(name, value))
    }

    /// The digest of all names and values that evidence hangs on: not those of a session. Values never leave this: it is a digest and
    /// nothing more.
    pub fn digest(&self) -> Digest {
        let mut bytes = Vec::new();
        for (name, value) in self.lasting() {
            for part in [name.as_bytes(), value.as_bytes()] {
                bytes.extend_from_slice(part);
                bytes.push(0);
            }
        }
        Digest::of(&bytes)
    }

    /// What outlives a session, as it is meant and not as it is spelled.
    fn lasting(&self) -> impl Iterator<Item = (&OsStr, Cow<'_, OsStr>)> {
        let lasting = self.iter().filter(|(name, _)| !SESSION.iter().any(|session| name == session));
        lasting.map(|(name, value)| {
            let meant = if name == "PATH" { Cow::Owned(folders(value)) } else { Cow::Borrowed(value) };
            (name, meant)
        })
    }

    /// The same environment with more of our own variables let through, but for those that are set already: what was
    /// filtered or leads into another world stays so.
    #[must_use]
    pub fn letting_through<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        for name in names {
            if let Some(value) = std::env::var_os(name) {
                self.0.entry(name.into()).or_insert(value);
            }
        }
        self
    }

    /// The names of its variables.
    pub fn names(&self) -> impl Iterator<Item = &OsStr> {
        self.0.keys().map(OsString::as_os_str)
    }

    /// Its variables, with their values.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.0.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    /// The names of those that were set for the child: neither our own as they are, nor what every child sees alike.
    pub(super) fn set_here(&self) -> impl Iterator<Item = String> {
        let is_fixed = |name: &OsStr, value: &OsStr| FIXED.iter().any(|(n, v)| name == *n && value == *v);
        let set = self.iter().filter(move |(name, value)| {
            !is_fixed(name, value) && std::env::var_os(name).as_deref() != Some(*value)
        });
        set.map(|(name, _)| name.to_string_lossy().into_owned())
    }

    /// A variable's value, as the child will see it.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.get(OsStr::new(name)).map(OsString::as_os_str)
    }
}

/// The folders that a search path leads to, each once, links followed: the same whichever way they are spelled.
fn folders(search: &OsStr) -> OsString {
    let mut folders: Vec<PathBuf> = Vec::new();
    // What is not there leads nowhere.
    for folder in std::env::split_paths(search).filter_map(|folder| folder.canonicalize().ok()) {
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    let with_nul = folders.iter().flat_map(|folder| [folder.as_os_str().as_bytes(), b"\0"]);
    OsStr::from_bytes(&with_nul.flatten().copied().collect::<Vec<u8>>()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        Environment(BTreeMap::new()).with_all(variables.iter().copied())
    }

    #[test]
    fn neither_a_session_nor_the_spelling_of_the_search_path_is_what_evidence_hangs_on() {
        let one = environment(&[("PATH", "/usr/bin:/usr"), ("HOME", "/h"), ("TMPDIR", "/a")]);
        let same = environment(&[
            ("PATH", "/usr/bin/:/usr/bin:/no/such/folder:/usr/../usr:/usr/bin"),
            ("HOME", "/h"),
            ("XDG_RUNTIME_DIR", "/run/1"),
        ]);
        assert_eq!(one.digest(), same.digest());
        for other in [
            environment(&[("PATH", "/usr:/usr/bin"), ("HOME", "/h")]),
            environment(&[("PATH", "/usr/bin:/usr"), ("HOME", "/other")]),
            environment(&[("PATH", "/usr/bin:/usr"), ("HOME", "/h"), ("CARGO_HOME", "/c")]),
        ] {
            assert_ne!(one.digest(), other.digest(), "{other:?}");
        }
    }
}
