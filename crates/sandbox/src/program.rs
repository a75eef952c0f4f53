//! Programs that are written to be run at once.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// Writes a script or another small program, new where there is one, that can be run as soon as this returns.
///
/// It is written by a shell: a file that this process had open would be open in each child that another thread begins
/// meanwhile, and until that child runs its own program nobody can run this one ("text file busy").
#[expect(clippy::disallowed_methods, reason = "waits for one shell that reads nothing and starts nothing")]
pub fn write_program(path: &Path, text: &str) -> io::Result<()> {
    if path.exists() {
        fs::remove_file(path)?;
    }
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", r#"printf %s "$2" >"$1""#, "sh"]).arg(path).arg(text).stdin(Stdio::null());
    let ended = shell.output()?;
    if !ended.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&ended.stderr).trim().to_owned()));
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test may start a process")]
    fn what_was_written_runs_at_once_though_others_write_and_run_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|threads| {
            for thread in 0..16 {
                let path = folder.path().join(thread.to_string());
                threads.spawn(move || {
                    for turn in 0..50 {
                        write_program(&path, &format!("#!/bin/sh\nprintf '%s' {turn}\n")).unwrap();
                        assert_eq!(Command::new(&path).output().unwrap().stdout, turn.to_string().as_bytes());
                    }
                });
            }
        });
    }

    #[test]
    fn a_program_that_cannot_be_written_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write_program(&folder.path().join("none/program"), "#!/bin/sh\n").is_err());
    }
}
