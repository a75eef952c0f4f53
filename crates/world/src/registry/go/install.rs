//! How the go command installs one exact version.

use crate::process::Environment;
use crate::registry::Wanted;
use crate::registry::install::{Clean, SAYING, not_tried, of_disk};
use crate::there;
use gonogo_core::delivery::{Install, go_version};
use gonogo_core::verdict::Reason;
use std::fs;
use std::path::Path;

/// `go install` of a program; for a library, the build of a small program that imports it.
pub(super) async fn install(
    clean: &Clean<'_>,
    wanted: &Wanted,
    smoke: &[String],
) -> Result<Install, Install> {
    let go = clean.tool("go")?;
    // Its configuration and its build cache, which is by content, are found from the home folder, which is another one.
    let outside = clean.configuration.environment();
    let asked = clean.run(&go, &["env", "GOENV", "GOCACHE"], outside, SAYING).await?;
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
    let version = go_version(&wanted.package, &wanted.version);
    let program = smoke.first().map(String::as_str).unwrap_or_default();
    if program == "go" {
        consumer(clean, &go, &wanted.package, &version, &environment).await?;
        return clean.smoke(wanted, smoke, &bin, &["go"], &environment).await;
    }
    let own = format!("{}@{version}", wanted.package);
    let in_cmd = format!("{}/cmd/{program}@{version}", wanted.package);
    let in_folder = format!("{}/{program}@{version}", wanted.package);
    // Where the module's own name does not say it, its program is where projects keep programs.
    let places =
        if is_named(&wanted.package, program) { [own, in_cmd, in_folder] } else { [in_cmd, in_folder, own] };
    let mut refused = None;
    for place in &places {
        match clean.client(&go, &["install", place], &environment).await {
            Ok(_) if there::look(&bin.join(program)).map_err(|error| of_disk(&error))?.is_some() => {
                return clean.smoke(wanted, smoke, &bin, &[], &environment).await;
            }
            // Another program, or none: the module's own package is a library.
            Ok(_) => {}
            Err(Install::NotInstalled { said }) if is_elsewhere(&said) => {
                refused.get_or_insert(Install::NotInstalled { said });
            }
            Err(other) => return Err(other),
        }
    }
    match refused {
        Some(refused) => Err(refused),
        None => clean.smoke(wanted, smoke, &bin, &[], &environment).await,
    }
}

/// Whether the go command says that the module was found, and has no program there.
fn is_elsewhere(said: &str) -> bool {
    ["does not contain package", "is not a main package", "no Go files in"]
        .iter()
        .any(|what| said.contains(what))
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
    environment: &Environment,
) -> Result<(), Install> {
    clean.client(go, &["mod", "init", "example.test/consumer"], environment).await?;
    clean.client(go, &["get", &format!("{module}@{version}")], environment).await?;
    let listed = ["list", "-e", "-f", "{{.Name}} {{.ImportPath}}", &format!("{module}/...")];
    let packages = clean.client(go, &listed, environment).await?.stdout.text();
    let Some(package) = importable(&packages, module) else {
        return Err(not_tried(
            Reason::NothingExamined,
            "the module has no package that another may import: name one of its programs in `smoke`",
        ));
    };
    let text = format!("package main\n\nimport _ \"{package}\"\n\nfunc main() {{}}\n");
    fs::write(clean.path("work").join("main.go"), text).map_err(|error| of_disk(&error))?;
    clean.client(go, &["get", &format!("{package}@{version}")], environment).await?;
    clean.client(go, &["build", "-o", "consumer", "."], environment).await?;
    Ok(())
}

/// The module's own package, or the first that others may import, from lines of name and path.
fn importable<'a>(listed: &'a str, module: &str) -> Option<&'a str> {
    let each = || listed.lines().filter_map(|line| line.split_once(' '));
    let is_open = |(name, path): &(&str, &str)| {
        !name.is_empty() && *name != "main" && !path.split('/').any(|part| part == "internal")
    };
    let own = each().filter(is_open).find(|(_, path)| *path == module);
    own.or_else(|| each().find(is_open)).map(|(_, path)| path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_others_may_import_is_found_in_a_module_without_one_at_its_root() {
        let module = "example.test/kit";
        let listed = "main example.test/kit/cmd/kit\nsecret example.test/kit/internal/secret\nrope example.test/kit/rope\n";
        assert_eq!(importable(listed, module), Some("example.test/kit/rope"));
        assert_eq!(importable(&format!("{listed}kit {module}\n"), module), Some(module));
        assert_eq!(importable("main example.test/kit\n", module), None);
        assert_eq!(importable("", module), None);
    }
}
