//! How pip, and uv, install one exact version.

use crate::registry::Wanted;
use crate::registry::install::{Clean, not_configured, not_tried};
use gonogo_core::delivery::{Channel, Install, ran};
use gonogo_core::verdict::Reason;

/// pip in a fresh virtual environment; and `uv tool run`, where there is uv and the command is not Python itself.
pub(super) async fn install(
    clean: &Clean<'_>,
    wanted: &Wanted,
    smoke: &[String],
) -> Result<Install, Install> {
    let python = clean.tool("python3")?;
    let index = clean.configuration.pypi(clean.cancel).await.map_err(|error| not_configured(&error))?;
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
    Ok(ran(wanted.channel, &wanted.version, &output))
}
