//! How cargo installs one exact version.

use crate::registry::Wanted;
use crate::registry::install::{Clean, of_disk};
use crate::there;
use gonogo_core::delivery::Install;
use std::fs;
use std::path::PathBuf;

/// `cargo install`, with cargo's own configuration file and no credentials.
pub(super) async fn install(
    clean: &Clean<'_>,
    wanted: &Wanted,
    smoke: &[String],
) -> Result<Install, Install> {
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
