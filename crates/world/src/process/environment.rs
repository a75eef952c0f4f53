//! The environment of a child: an allow-listed part of our own, and what is set for it.
//!
//! Invariant: no credential comes in but by a name that was asked for.

use gonogo_core::digest::Digest;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

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

    /// The digest of all names and values. Values never leave this: it is a digest and nothing more.
    pub fn digest(&self) -> Digest {
        use std::os::unix::ffi::OsStrExt;
        let mut bytes = Vec::new();
        for part in self.0.iter().flat_map(|(name, value)| [name, value]) {
            bytes.extend_from_slice(part.as_bytes());
            bytes.push(0);
        }
        Digest::of(&bytes)
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
