//! The one child that has the terminal: what shows a long text to whoever sits there.

use super::Environment;
use std::io::Write;
use std::process::Stdio;

/// Shows a text in a pager, which is a line for the shell, as git has it. `false` where it could not be started: then the caller shows
/// the text itself.
pub fn page(pager: &str, text: &str) -> bool {
    let environment = Environment::allowing(["TERM", "LESS", "LV", "LINES", "COLUMNS", "LESSCHARSET"]);
    let own = |name: &str| std::env::var_os(name);
    #[expect(clippy::disallowed_methods, reason = "this is within the one door to subprocesses")]
    let mut command = std::process::Command::new("/bin/sh");
    command.args(["-c", pager]).env_clear().stdin(Stdio::piped());
    command.envs(environment.iter());
    // What git sets where the user has not, so that a short text ends by itself.
    command.env("LESS", own("LESS").unwrap_or_else(|| "FRX".into()));
    command.env("LV", own("LV").unwrap_or_else(|| "-c".into()));
    command.env("TERM", own("TERM").unwrap_or_else(|| "dumb".into()));
    let Ok(mut child) = command.spawn() else { return false };
    if let Some(mut input) = child.stdin.take() {
        // Whoever leaves the pager before the end has seen enough.
        input.write_all(text.as_bytes()).ok();
    }
    child.wait().is_ok_and(|status| status.code() != Some(127))
}
