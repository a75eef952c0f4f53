//! The variables that lead every client into the private world, and keep what it writes there.
//!
//! Invariant: a client that is not told where to go finds nothing: git speaks to files only.

use super::spec::Spec;
use crate::git::Remotes;
use crate::github::GithubStandIn;
use crate::registry::TOKEN;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// cargo's name for the registry.
const REGISTRY: &str = "private-world";

/// All of them. Writes the few files that some clients want beside them.
pub(super) fn all(
    folder: &Path,
    spec: &Spec,
    github: &GithubStandIn,
    base: &str,
    remotes: &Remotes,
) -> io::Result<Vec<(OsString, OsString)>> {
    let home = folder.join("home");
    for name in ["config", "state", "data", "cache", "cargo", "tmp"] {
        fs::create_dir_all(home.join(name))?;
    }
    let mut all: Vec<(OsString, OsString)> =
        github.environment().into_iter().map(|(name, value)| (name.into(), value)).collect();
    let homes = [
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_CACHE_HOME", "cache"),
        ("CARGO_HOME", "cargo"),
        ("TMPDIR", "tmp"),
    ];
    // gh's own are in its folder; one home is enough.
    all.retain(|(name, _)| name != "HOME" && homes.iter().all(|(other, _)| name != other));
    all.push(("HOME".into(), home.clone().into_os_string()));
    all.extend(homes.map(|(name, place)| (name.into(), home.join(place).into_os_string())));
    all.extend(toolchains());
    let mut add = |name: &str, value: String| all.push((name.into(), value.into()));
    // A proxy of the host knows nothing of loopback.
    add("NO_PROXY", "127.0.0.1,localhost".to_owned());
    add("no_proxy", "127.0.0.1,localhost".to_owned());
    git(remotes, &mut add);
    cargo(base, &mut add);
    npm(&home, base, &mut add)?;
    python(&home, base, &mut add);
    go(&home, spec, base, &mut add);
    Ok(all)
}

/// Where toolchains are that are found from the home folder: it is another one here.
fn toolchains() -> Vec<(OsString, OsString)> {
    let Some(home) = env::var_os("HOME").map(PathBuf::from) else { return Vec::new() };
    let places = [("RUSTUP_HOME", ".rustup"), ("PYENV_ROOT", ".pyenv")];
    let unset = places.into_iter().filter(|(name, _)| env::var_os(name).is_none());
    unset
        .map(|(name, folder)| (name, home.join(folder)))
        .filter(|(_, folder)| folder.is_dir())
        .map(|(name, folder)| (name.into(), folder.into_os_string()))
        .collect()
}

fn git(remotes: &Remotes, add: &mut impl FnMut(&str, String)) {
    add("GIT_CONFIG_NOSYSTEM", "1".to_owned());
    add("GIT_CONFIG_GLOBAL", "/dev/null".to_owned());
    // Whatever address is not led to a remote of this world is refused, and not asked.
    add("GIT_ALLOW_PROTOCOL", "file".to_owned());
    let identity = [("user.name", "Private World"), ("user.email", "world@example.test")];
    let identity = identity.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let led = remotes.all.iter().flat_map(|remote| {
        let path = remote.path.to_string_lossy();
        remote.addresses.iter().map(move |address| (format!("url.{path}.insteadOf"), address.clone()))
    });
    let settings: Vec<(String, String)> = identity.into_iter().chain(led).collect();
    add("GIT_CONFIG_COUNT", settings.len().to_string());
    for (place, (key, value)) in settings.into_iter().enumerate() {
        add(&format!("GIT_CONFIG_KEY_{place}"), key);
        add(&format!("GIT_CONFIG_VALUE_{place}"), value);
    }
}

fn cargo(base: &str, add: &mut impl FnMut(&str, String)) {
    let name = REGISTRY.to_uppercase().replace('-', "_");
    add(&format!("CARGO_REGISTRIES_{name}_INDEX"), format!("sparse+{base}/cargo/index/"));
    add(&format!("CARGO_REGISTRIES_{name}_TOKEN"), TOKEN.to_owned());
    add("CARGO_REGISTRY_DEFAULT", REGISTRY.to_owned());
    add("CARGO_REGISTRY_TOKEN", String::new());
    add("CARGO_NET_RETRY", "0".to_owned());
}

fn npm(home: &Path, base: &str, add: &mut impl FnMut(&str, String)) -> io::Result<()> {
    let place = base.split_once(':').map_or(base, |(_, place)| place);
    let config = home.join("npmrc");
    // npm puts the variable in: whoever sets another token is believed.
    fs::write(&config, format!("{place}/npm/:_authToken=${{NPM_TOKEN}}\n"))?;
    add("NPM_TOKEN", TOKEN.to_owned());
    add("npm_config_userconfig", config.to_string_lossy().into_owned());
    add("npm_config_globalconfig", home.join("npmrc-global").to_string_lossy().into_owned());
    add("npm_config_registry", format!("{base}/npm/"));
    add("npm_config_cache", home.join("npm").to_string_lossy().into_owned());
    add("npm_config_prefix", home.join("npm-global").to_string_lossy().into_owned());
    for (name, value) in [("audit", "false"), ("fund", "false"), ("update_notifier", "false")] {
        add(&format!("npm_config_{name}"), value.to_owned());
    }
    add("npm_config_fetch_retries", "0".to_owned());
    Ok(())
}

fn python(home: &Path, base: &str, add: &mut impl FnMut(&str, String)) {
    let simple = format!("{base}/pypi/simple/");
    let upload = format!("{base}/pypi/legacy/");
    add("PIP_INDEX_URL", simple.clone());
    add("PIP_EXTRA_INDEX_URL", String::new());
    add("PIP_FIND_LINKS", String::new());
    add("PIP_CONFIG_FILE", "/dev/null".to_owned());
    add("PIP_CACHE_DIR", home.join("pip").to_string_lossy().into_owned());
    add("PIP_DISABLE_PIP_VERSION_CHECK", "1".to_owned());
    add("PIP_RETRIES", "0".to_owned());
    add("TWINE_REPOSITORY_URL", upload.clone());
    add("TWINE_USERNAME", "__token__".to_owned());
    add("TWINE_PASSWORD", TOKEN.to_owned());
    add("TWINE_NON_INTERACTIVE", "1".to_owned());
    add("UV_DEFAULT_INDEX", simple);
    add("UV_NO_CONFIG", "1".to_owned());
    add("UV_PYTHON_DOWNLOADS", "never".to_owned());
    add("UV_CACHE_DIR", home.join("uv").to_string_lossy().into_owned());
    add("UV_PUBLISH_URL", upload);
    add("UV_PUBLISH_TOKEN", TOKEN.to_owned());
}

fn go(home: &Path, spec: &Spec, base: &str, add: &mut impl FnMut(&str, String)) {
    let build = spec.go_build_cache.clone().unwrap_or_else(|| home.join("go-build"));
    add("GOPROXY", format!("{base}/go"));
    add("GOSUMDB", "off".to_owned());
    add("GONOSUMDB", String::new());
    add("GOPRIVATE", String::new());
    add("GONOPROXY", String::new());
    add("GOENV", "off".to_owned());
    add("GOTOOLCHAIN", "local".to_owned());
    // Modules are otherwise read-only, and whoever removes the folder would be refused.
    add("GOFLAGS", "-modcacherw".to_owned());
    add("GOPATH", home.join("go").to_string_lossy().into_owned());
    add("GOMODCACHE", home.join("go/pkg/mod").to_string_lossy().into_owned());
    add("GOBIN", String::new());
    add("GOCACHE", build.to_string_lossy().into_owned());
}
