//! The point of no return, asked about on a real terminal.

use super::world::Stage;
use crate::support::{NEVER, Ran, until};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// Runs a program on a pseudo-terminal. When it asks, its process ID is written to a file; what another file holds, once it is
/// there, is typed, and more than one key only with the line's end. Its output and status are passed on.
const TERMINAL: &str = r#"
import os, pty, select, sys, time
asked, answer, limit = sys.argv[1], sys.argv[2], time.monotonic() + float(sys.argv[3])
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[4], sys.argv[4:])
seen, told, typed = b"", False, False
while time.monotonic() < limit:
    if told and not typed and os.path.exists(answer):
        typed = True
        with open(answer, "rb") as file:
            os.write(terminal, file.read())
    if not select.select([terminal], [], [], 0.02)[0]:
        continue
    try:
        chunk = os.read(terminal, 4096)
    except OSError:
        break
    if not chunk:
        break
    seen += chunk
    if not told and b"anything else to stop: " in seen:
        told = True
        with open(asked + ".new", "w") as file:
            file.write(str(pid))
        os.rename(asked + ".new", asked)
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) % 256)
"#;

/// A live run that somebody sits before.
pub struct Terminal {
    child: Option<Child>,
    asked: PathBuf,
    answer: PathBuf,
}

impl Terminal {
    /// Begins a live run.
    pub fn live(stage: &Stage) -> Self {
        let (asked, answer) = (stage.project.beside("asked"), stage.project.beside("answer"));
        for file in [&asked, &answer] {
            std::fs::remove_file(file).ok();
        }
        let gonogo = stage.gonogo(&["run", "v0.2.0", "--mode", "live"]);
        let mut command = Command::new("python3");
        command.args(["-c", TERMINAL]).arg(&asked).arg(&answer).arg(NEVER.as_secs().to_string());
        command.arg(gonogo.get_program()).args(gonogo.get_args());
        command.current_dir(stage.project.root()).env_clear();
        for (name, value) in gonogo.get_envs() {
            command.env(name, value.unwrap());
        }
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        Self { child: Some(child), asked, answer }
    }

    /// The same, up to the question.
    #[track_caller]
    pub fn asked(stage: &Stage) -> Self {
        let mut terminal = Self::live(stage);
        until("somebody is asked, or the run ends", || terminal.asked.exists() || terminal.has_ended());
        assert!(terminal.asked.exists(), "nobody was asked: {:?}", terminal.end());
        terminal
    }

    /// The program's process ID.
    pub fn id(&self) -> i32 {
        std::fs::read_to_string(&self.asked).unwrap().parse().unwrap()
    }

    fn has_ended(&mut self) -> bool {
        self.child.as_mut().unwrap().try_wait().unwrap().is_some()
    }

    /// Types keys, and waits for the end.
    pub fn types(self, keys: &str) -> Ran {
        let new = self.answer.with_extension("new");
        std::fs::write(&new, keys).unwrap();
        std::fs::rename(&new, &self.answer).unwrap();
        self.end()
    }

    /// Waits for the end.
    pub fn end(mut self) -> Ran {
        self.child.take().unwrap().wait_with_output().unwrap().into()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

#[test]
fn somebody_at_a_terminal_is_asked_once_and_only_the_tags_name_goes_on() {
    let stage = Stage::ready();
    for answer in ["", "y", "yes", "v0.2.1"] {
        let ran = Terminal::asked(&stage).types(&format!("{answer}\n")).exits(1);
        assert!(ran.stdout.contains("The point of no return."), "{ran:?}");
        assert!(ran.stdout.contains("Nothing that cannot be undone has happened"), "{ran:?}");
        assert!(stage.effects().is_empty(), "{:?}", stage.effects());
    }
    let ran = Terminal::asked(&stage).types("v0.2.0\n").exits(0);
    assert_eq!(ran.stdout.matches("anything else to stop: ").count(), 1, "{ran:?}");
    assert!(ran.stdout.contains("v0.2.0 is released"), "{ran:?}");
}
