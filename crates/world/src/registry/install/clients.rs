//! How each ecosystem's client installs one exact version.

use super::{Clean, not_tried, of_disk};
use crate::registry::{NotConfigured, Wanted};
use crate::there;
use gonogo_core::delivery::{Channel, Install};
use gonogo_core::verdict::Reason;
use std::fs;
use std::path::{Path, PathBuf};

/// `cargo install`, with cargo's own configuration file and no credentials.
pub(super) async fn cargo(clean: &Clean<'_>, wanted: &Wanted, smoke: &[String]) -> Result<Install, Install> {
    let cargo = clean.tool("cargo")?;
    let home = clean.path("cargo");
    fs::create_dir(&home).map_err(|error| of_disk(&error))?;
    let outside = clean.configuration.environment();
    let own = outside.get("CARGO_HOME").map(PathBuf::from);
    let own = own.or_else(|| Some(PathBuf::from(outside.get("HOME")?).join(".cargo")));
    for name in ["config.toml", "config"] {
        let Some(own) = own.as_ref().map(|own| own.join(name)) else { continue };
        if there::is_file(&own).map_err(|error| of_disk(&error))? {
            fs::copy(own, home.join(name)).map_err(|error| of_disk(&error))?;
        }
    }
    let root = clean.path("root");
    let environment =
        clean.environment.clone().with("CARGO_HOME", &home).with("CARGO_TARGET_DIR", clean.path("target"));
    clean.works(&cargo, "--version", &environment).await?;
    let (version, folder) = (format!("={}", wanted.version), root.to_string_lossy().into_owned());
    let arguments =
        ["install", "--quiet", "--no-track", "--version", &version, "--root", &folder, &wanted.package];
    clean.client(&cargo, &arguments, &environment).await?;
    clean.smoke(wanted, smoke, &root.join("bin"), &[], &environment).await
}

/// `npm install` into a folder of its own, from the registry that npm is configured for.
pub(super) async fn npm(clean: &Clean<'_>, wanted: &Wanted, smoke: &[String]) -> Result<Install, Install> {
    let npm = clean.tool("npm")?;
    // What it depends on is of the usual registry, whatever its own scope's is.
    let usual = clean.configuration.npm("npm", clean.cancel).await.map_err(|error| of(&error))?;
    let own = clean.configuration.npm(&wanted.package, clean.cancel).await.map_err(|error| of(&error))?;
    let mut environment = clean
        .environment
        .clone()
        .with("npm_config_cache", clean.path("npm"))
        .with("npm_config_prefix", clean.path("npm-global"))
        .with("npm_config_userconfig", clean.path("npmrc"))
        .with("npm_config_registry", usual.as_str())
        .with("npm_config_fetch_retries", "0")
        .with("npm_config_audit", "false")
        .with("npm_config_fund", "false")
        .with("npm_config_update_notifier", "false");
    if let Some((scope, _)) = wanted.package.split_once('/') {
        environment = environment.with(format!("npm_config_{scope}:registry"), own.as_str());
    }
    clean.works(&npm, "--version", &environment).await?;
    let work = clean.path("work");
    fs::write(work.join("package.json"), "{\"private\": true}\n").map_err(|error| of_disk(&error))?;
    let exact = format!("{}@{}", wanted.package, wanted.version);
    clean.client(&npm, &["install", "--save-exact", &exact], &environment).await?;
    clean.smoke(wanted, smoke, &work.join("node_modules/.bin"), &["node"], &environment).await
}

/// pip in a fresh virtual environment; and `uv tool run`, where there is uv and the command is not Python itself.
pub(super) async fn python(clean: &Clean<'_>, wanted: &Wanted, smoke: &[String]) -> Result<Install, Install> {
    let python = clean.tool("python3")?;
    let index = clean.configuration.pypi(clean.cancel).await.map_err(|error| of(&error))?;
    let environment = clean
        .environment
        .clone()
        .with("PIP_INDEX_URL", index.as_str())
        .with("PIP_EXTRA_INDEX_URL", "")
        // Files beside the index are no users' source.
        .with("PIP_FIND_LINKS", "")
        .with("PIP_CONFIG_FILE", "/dev/null")
        .with("PIP_CACHE_DIR", clean.path("pip"))
        .with("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    let venv = clean.path("venv");
    let folder = venv.to_string_lossy().into_owned();
    let failing = (Reason::HostUnfit, "there is no virtual environment");
    clean.prepares(&python, &["-m", "venv", &folder], &environment, failing).await?;
    let version = Channel::Pypi
        .spell(&wanted.version)
        .ok_or_else(|| not_tried(Reason::NothingExamined, "Python has no spelling for this version"))?;
    let exact = format!("{}=={version}", wanted.package);
    let bin = venv.join("bin");
    let own = bin.join("python");
    let pip = ["-m", "pip", "install", "--quiet", "--no-input", &exact];
    clean.client(&own, &pip, &environment).await?;
    let by_pip = clean.smoke(wanted, smoke, &bin, &[], &environment).await?;
    let is_python = smoke.first().is_some_and(|program| program.starts_with("python"));
    let Ok(uv) = clean.tool("uv") else { return Ok(by_pip) };
    if is_python || !matches!(by_pip, Install::Ran { .. }) {
        return Ok(by_pip);
    }
    let environment = environment
        .with("UV_DEFAULT_INDEX", index.as_str())
        .with("UV_NO_CONFIG", "1")
        .with("UV_PYTHON_DOWNLOADS", "never")
        .with("UV_CACHE_DIR", clean.path("uv"))
        .with("UV_TOOL_DIR", clean.path("uv-tools"));
    let mut arguments = vec!["tool", "run", "--quiet", "--from", &exact];
    arguments.extend(smoke.iter().map(String::as_str));
    let captured = clean.client(&uv, &arguments, &environment).await?;
    let output = format!("{}\n{}", captured.stdout.text(), captured.stderr.text());
    Ok(gonogo_core::delivery::ran(wanted.channel, &wanted.version, &output))
}

/// `go install` of a program; for a library, the build of a small program that imports it.
pub(super) async fn go(clean: &Clean<'_>, wanted: &Wanted, smoke: &[String]) -> Result<Install, Install> {
    let go = clean.tool("go")?;
    // Its configuration and its build cache, which is by content, are found from the home folder, which is another one.
    let outside = clean.configuration.environment();
    let asked = clean.run(&go, &["env", "GOENV", "GOCACHE"], outside, super::SAYING).await?;
    let told = asked.stdout.text();
    let [config, cache] = told.lines().collect::<Vec<_>>()[..] else {
        return Err(not_tried(Reason::UnreadableOutput, "`go env` does not say where its configuration is"));
    };
    let bin = clean.path("go-bin");
    let environment = clean
        .environment
        .clone()
        .with("GOENV", if config.is_empty() { "off" } else { config })
        .with("GOCACHE", cache)
        .with("GOPATH", clean.path("go"))
        .with("GOMODCACHE", clean.path("go/pkg/mod"))
        .with("GOBIN", &bin)
        .with("GOWORK", "off")
        // Modules are read-only otherwise, and the folder is to be removed.
        .with("GOFLAGS", "-modcacherw");
    clean.works(&go, "version", &environment).await?;
    let version = Channel::Go.spell(&wanted.version).unwrap_or_default();
    let program = smoke.first().map(String::as_str).unwrap_or_default();
    if program == "go" {
        consumer(clean, &go, &wanted.package, &version, &environment).await?;
        return clean.smoke(wanted, smoke, &bin, &["go"], &environment).await;
    }
    let package = if is_named(&wanted.package, program) {
        format!("{}@{version}", wanted.package)
    } else {
        format!("{}/cmd/{program}@{version}", wanted.package)
    };
    clean.client(&go, &["install", &package], &environment).await?;
    clean.smoke(wanted, smoke, &bin, &[], &environment).await
}

/// Whether the go command names the module's own program so: its last part, a major version left out.
fn is_named(module: &str, program: &str) -> bool {
    let mut parts = module.rsplit('/');
    let is_major = |part: &str| part.strip_prefix('v').is_some_and(|major| major.parse::<u64>().is_ok());
    parts.find(|part| !is_major(part)) == Some(program)
}

async fn consumer(
    clean: &Clean<'_>,
    go: &Path,
    module: &str,
    version: &str,
    environment: &crate::process::Environment,
) -> Result<(), Install> {
    let text = format!("package main\n\nimport _ \"{module}\"\n\nfunc main() {{}}\n");
    let work = clean.path("work");
    fs::write(work.join("main.go"), text).map_err(|error| of_disk(&error))?;
    clean.client(go, &["mod", "init", "example.test/consumer"], environment).await?;
    clean.client(go, &["get", &format!("{module}@{version}")], environment).await?;
    clean.client(go, &["build", "-o", "consumer", "."], environment).await?;
    Ok(())
}

fn of(error: &NotConfigured) -> Install {
    not_tried(error.reason, error.message.clone())
}
