//! A program that takes this one's place, terminal and all.

use super::{Invocation, inheritable};
use std::fs::File;
use std::os::unix::process::CommandExt;

/// Becomes another program, which holds a file open as long as it runs. Only comes back where that fails.
#[expect(clippy::disallowed_methods, reason = "it takes our place: there is no child to bound or to read")]
pub fn hand_over(invocation: &Invocation, held: &File) -> std::io::Error {
    let _handed = match inheritable(held) {
        Ok(handed) => handed,
        Err(error) => return error,
    };
    std::process::Command::new(&invocation.program)
        .args(&invocation.arguments)
        .current_dir(&invocation.directory)
        .env_clear()
        .envs(invocation.environment.iter())
        .exec()
}
