//! How npm installs one exact version.

use crate::registry::Wanted;
use crate::registry::install::{Clean, not_configured, of_disk};
use gonogo_core::delivery::Install;
use std::fs;

/// `npm install` into a folder of its own, from the registry that npm is configured for.
pub(super) async fn install(
    clean: &Clean<'_>,
    wanted: &Wanted,
    smoke: &[String],
) -> Result<Install, Install> {
    let npm = clean.tool("npm")?;
    // What it depends on is of the usual registry, whatever its own scope's is.
    let usual = clean.configuration.npm("npm", clean.cancel).await.map_err(|error| not_configured(&error))?;
    let own = clean
        .configuration
        .npm(&wanted.package, clean.cancel)
        .await
        .map_err(|error| not_configured(&error))?;
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
