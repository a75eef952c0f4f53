//! Where each client's registry is, as the client itself reads it from its environment and files.
//!
//! Invariant: no address is known here. It is the client's own answer (npm, pip), its files and variables (cargo), or
//! the constant of a library for that client.

mod cargo;
mod go;
mod overriding;

pub(super) use go::{GoSettings, Hop};

use crate::http::Url;
use crate::process::{Cancel, Environment, Invocation, run};
use crate::tools;
use gonogo_core::text::one_line;
use gonogo_core::verdict::Reason;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OnceCell};

/// Names and beginnings of names of variables that configure where clients ask. None of them holds a credential by
/// itself; those that can are left out below.
const CONFIGURING: &[&str] = &[
    "CARGO_REGISTRY_DEFAULT",
    "CARGO_REGISTRIES_",
    "CARGO_SOURCE_",
    "CARGO_HTTP_",
    "CARGO_NET_",
    "npm_config_",
    "NPM_CONFIG_",
    "PIP_",
    "UV_",
    "GOPROXY",
    "GONOPROXY",
    "GONOSUMDB",
    "GONOSUMCHECK",
    "GOSUMDB",
    "GOPRIVATE",
    "GOFLAGS",
    "GOINSECURE",
    "GOVCS",
    "GOENV",
    "HOMEBREW_",
    "GIT_CONFIG_",
    "GIT_SSH",
    "GH_CONFIG_DIR",
    "XDG_CONFIG_DIRS",
];

/// Our own environment, with every variable that configures where clients ask and none that holds a credential.
pub fn client_environment() -> Environment {
    let names: Vec<String> = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| CONFIGURING.iter().any(|start| name.starts_with(start)) && !is_credential(name))
        .collect();
    Environment::allowing(names.iter().map(String::as_str))
}

/// Whether a variable of this name may hold a credential.
pub(super) fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    ["TOKEN", "PASSWORD", "_AUTH", "SECRET", "CREDENTIAL", "USERNAME"].iter().any(|part| name.contains(part))
}

/// A client's configuration that names no registry that can be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct NotConfigured {
    /// Why.
    pub reason: Reason,
    /// What is lacking.
    pub message: String,
}

impl NotConfigured {
    fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into() }
    }
}

/// The clients' configuration in one environment and folder. Each client is asked once, and npm once more for each scope.
#[derive(Debug)]
pub struct Configuration {
    environment: Environment,
    directory: PathBuf,
    npm: OnceCell<Result<Url, NotConfigured>>,
    npm_scopes: Mutex<HashMap<String, Arc<OnceCell<Result<Option<Url>, NotConfigured>>>>>,
    pypi: OnceCell<Result<Url, NotConfigured>>,
    go: OnceCell<Result<GoSettings, NotConfigured>>,
}

impl Configuration {
    /// The configuration that clients read in an environment, started in a folder.
    pub fn new(environment: Environment, directory: &Path) -> Self {
        Self {
            environment,
            directory: directory.to_owned(),
            npm: OnceCell::new(),
            npm_scopes: Mutex::default(),
            pypi: OnceCell::new(),
            go: OnceCell::new(),
        }
    }

    /// The environment that it is read from.
    pub const fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The folder that clients are started in.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The sparse index that cargo asks by default.
    pub(super) fn cargo(&self) -> Result<Url, NotConfigured> {
        cargo::index(&self.environment, &self.directory)
    }

    /// The registry that npm asks for a package.
    pub(super) async fn npm(&self, package: &str, cancel: &Cancel) -> Result<Url, NotConfigured> {
        if let Some((scope, _)) = package.split_once('/')
            && let Some(own) = self.npm_scope(scope, cancel).await?
        {
            return Ok(own);
        }
        let asked = self.npm.get_or_init(|| async {
            match overriding::npm(&self.environment) {
                Some(named) => Ok(named),
                None => self.ask_npm(cancel).await,
            }
        });
        asked.await.clone()
    }

    /// The registry that npm asks for a scope, where it has one of its own.
    async fn npm_scope(&self, scope: &str, cancel: &Cancel) -> Result<Option<Url>, NotConfigured> {
        let asked = {
            let mut scopes = self.npm_scopes.lock().await;
            Arc::clone(scopes.entry(scope.to_owned()).or_default())
        };
        let asked = asked.get_or_init(|| async {
            let told = self.ask("npm", &["config", "get", &format!("{scope}:registry")], cancel).await?;
            let line = last_line(&told);
            if matches!(line, "undefined" | "") { Ok(None) } else { address(line, "npm").map(Some) }
        });
        asked.await.clone()
    }

    /// The index that pip asks. Where there is no pip, the one that uv's variables name.
    pub(super) async fn pypi(&self, cancel: &Cancel) -> Result<Url, NotConfigured> {
        let asked = self.pypi.get_or_init(|| async {
            match overriding::pip(&self.environment) {
                Some(named) => Ok(named),
                None => self.ask_pip(cancel).await,
            }
        });
        asked.await.clone()
    }

    /// The proxies and the checksum database that the go command asks.
    pub(super) async fn go(&self, cancel: &Cancel) -> Result<GoSettings, NotConfigured> {
        let asked = self.go.get_or_init(|| async {
            let names = ["env", "GOPROXY", "GONOPROXY", "GONOSUMDB", "GOSUMDB"];
            let told = self.ask("go", &names, cancel).await?;
            let lines: Vec<&str> = told.lines().map(str::trim).collect();
            let [proxy, private, unchecked, database] = lines[..] else {
                let said = "`go env` does not say which proxy it asks";
                return Err(NotConfigured::new(Reason::UnreadableOutput, said));
            };
            GoSettings::new(proxy, private, unchecked, database)
        });
        asked.await.clone()
    }

    async fn ask_npm(&self, cancel: &Cancel) -> Result<Url, NotConfigured> {
        let told = self.ask("npm", &["config", "get", "registry"], cancel).await?;
        address(last_line(&told), "npm")
    }

    async fn ask_pip(&self, cancel: &Cancel) -> Result<Url, NotConfigured> {
        // pip's help names the default of each option as its variables and files have set it; credentials are hidden
        // there, and an index that wants some is not asked with stars in their place.
        let help = match self.ask("pip", &["download", "--help"], cancel).await {
            Ok(help) => help,
            Err(error) => match self.variable(&["UV_DEFAULT_INDEX", "UV_INDEX_URL"]) {
                Some(named) => return address(&named, "uv"),
                None => return Err(error),
            },
        };
        let option = help.lines().find(|line| line.contains("--index-url"));
        let named =
            option.and_then(|line| line.split_once("(default ")).and_then(|(_, rest)| rest.split_once(')'));
        let Some((named, _)) = named else {
            let said = "pip's help does not say which index it asks";
            return Err(NotConfigured::new(Reason::UnreadableOutput, said));
        };
        if named.contains("****") {
            let said = "pip's index wants credentials, and none are used here";
            return Err(NotConfigured::new(Reason::Unreachable, said));
        }
        address(named, "pip")
    }

    fn variable(&self, names: &[&str]) -> Option<String> {
        let value =
            |name: &&str| self.environment.get(name).and_then(|value| value.to_str()).map(str::to_owned);
        names.iter().find_map(|name| value(name).filter(|value| !value.trim().is_empty()))
    }

    /// What a client says on its standard output.
    async fn ask(&self, client: &str, arguments: &[&str], cancel: &Cancel) -> Result<String, NotConfigured> {
        let search = self.environment.get("PATH").unwrap_or_default();
        let program = tools::find(client, search, None)
            .map_err(|error| NotConfigured::new(Reason::ToolMissing, error.to_string()))?;
        // A line of help is broken where the screen ends.
        let environment = self.environment.clone().with("COLUMNS", "100000");
        let invocation = Invocation::tool(&program, &self.directory, environment).args(arguments);
        let invocation = Invocation { timeout: Duration::from_secs(60), ..invocation };
        let captured = run(&invocation, cancel)
            .await
            .map_err(|error| NotConfigured::new(error.reason(), error.to_string()))?;
        if cancel.is_cancelled() {
            return Err(NotConfigured::new(Reason::Interrupted, "stopped"));
        }
        if !captured.succeeded() {
            let said = one_line(&captured.stderr.text());
            let message = format!("`{client} {}` fails: {said}", arguments.join(" "));
            return Err(NotConfigured::new(Reason::UnreadableOutput, message));
        }
        Ok(captured.stdout.text())
    }
}

fn last_line(text: &str) -> &str {
    text.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default()
}

/// A registry's address, with the slash at its end that makes it a folder.
fn address(text: &str, client: &str) -> Result<Url, NotConfigured> {
    let refuse = |said: String| {
        NotConfigured::new(
            Reason::UnreadableOutput,
            format!("{client}'s configuration names no registry: {said}"),
        )
    };
    let mut url = Url::parse(text.trim()).map_err(|error| refuse(format!("{error}")))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(refuse(format!("{} is not asked over HTTP", crate::http::shown(&url))));
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn npm_is_asked_once_and_once_for_each_scope_however_many_packages_are_looked_at() {
        let home = tempfile::tempdir().unwrap();
        let npm = home.path().join("npm");
        let script = "#!/bin/sh\necho \"$3\" >>\"$HOME/asked\"\ncase $3 in\n@own:*) echo http://127.0.0.1:9/own ;;\n\
                      @*) echo undefined ;;\n*) echo http://127.0.0.1:9/all ;;\nesac\n";
        gonogo_sandbox::write_program(&npm, script).unwrap();
        let environment = Environment::allowing([]).with("PATH", home.path()).with("HOME", home.path());
        let configuration = Configuration::new(environment, home.path());
        let cancel = Cancel::default();
        for (package, registry) in
            [("@own/a", "own/"), ("@own/b", "own/"), ("@x/a", "all/"), ("@x/b", "all/"), ("kit", "all/")]
        {
            let asked = configuration.npm(package, &cancel).await.unwrap();
            assert_eq!(asked.as_str(), format!("http://127.0.0.1:9/{registry}"), "{package}");
        }
        let asked = std::fs::read_to_string(home.path().join("asked")).unwrap();
        assert_eq!(asked.lines().collect::<Vec<_>>(), ["@own:registry", "@x:registry", "registry"]);
    }

    /// What is read from one variable, and what the real client says of it; `None` where it is left to the client.
    async fn told(client: &str, variables: &[(&str, &str)]) -> Option<(String, String)> {
        let home = tempfile::tempdir().unwrap();
        let file = "http://file.test/";
        for (name, text) in [
            (".npmrc", format!("registry={file}\n")),
            ("pip.conf", format!("[global]\nindex-url = {file}\n[download]\nindex-url = {file}\n")),
        ] {
            std::fs::write(home.path().join(name), text).unwrap();
        }
        let clean = Environment::allowing([])
            .with("HOME", home.path())
            .with("PIP_CONFIG_FILE", home.path().join("pip.conf"))
            .with("npm_config_userconfig", home.path().join(".npmrc"));
        let environment = variables.iter().fold(clean, |whole, (name, value)| whole.with(*name, *value));
        let read =
            if client == "npm" { overriding::npm(&environment) } else { overriding::pip(&environment) };
        let read = read.map(|url| url.to_string());
        let configuration = Configuration::new(environment, home.path());
        let cancel = Cancel::default();
        let asked = if client == "npm" {
            configuration.ask_npm(&cancel).await
        } else {
            configuration.ask_pip(&cancel).await
        };
        Some((read?, asked.unwrap().to_string()))
    }

    #[tokio::test]
    async fn a_variable_that_overrides_all_files_is_read_as_the_client_itself_reads_it() {
        for (client, name, value) in [
            ("pip", "PIP_INDEX_URL", "http://a.test/simple"),
            ("pip", "PIP_index_url", "http://a.test:81/simple/"),
            ("pip", "PIP_PYPI_URL", "https://a.test/simple/"),
            ("npm", "npm_config_registry", "http://a.test/npm"),
            ("npm", "NPM_CONFIG_REGISTRY", "https://a.test:81/npm/"),
        ] {
            let (read, said) = told(client, &[(name, value)]).await.unwrap();
            assert_eq!(read, said, "{name}");
            assert!(read.contains("a.test"), "{name}: {read}");
        }
    }

    #[tokio::test]
    async fn a_variable_that_a_client_would_hide_fill_in_or_find_twice_is_left_to_the_client() {
        for variables in [
            &[][..],
            &[("PIP_INDEX_URL", "")],
            &[("PIP_INDEX_URL", "http://me:secret@a.test/")],
            &[("PIP_INDEX_URL", "http://a.test/"), ("PIP_PYPI_URL", "http://b.test/")],
            &[("PIP_INDEX_URL", "file:///simple")],
            &[("PIP_INDEX_URL", " http://a.test/")],
            &[("npm_config_registry", "${HOME}")],
            &[("npm_config_registry", "http://a.test/"), ("NPM_CONFIG_REGISTRY", "http://b.test/")],
            &[("npm_config_registry", "nonsense")],
        ] {
            let environment = variables
                .iter()
                .fold(Environment::allowing([]), |whole, (name, value)| whole.with(*name, *value));
            assert_eq!((overriding::pip(&environment), overriding::npm(&environment)), (None, None));
        }
    }
}
