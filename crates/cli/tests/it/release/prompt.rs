//! The point of no return, asked about on a real terminal.

use super::world::Stage;
use std::process::Command;

/// Runs a program on a pseudo-terminal, answers the first question, and passes its output and status on.
const TERMINAL: &str = r#"
import os, pty, sys
answer = sys.argv[1].encode()
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
seen, answered = b"", False
while True:
    try:
        chunk = os.read(terminal, 4096)
    except OSError:
        break
    if not chunk:
        break
    seen += chunk
    if not answered and b"anything else to stop: " in seen:
        answered = True
        os.write(terminal, answer + b"\n")
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"#;

fn answered(stage: &Stage, answer: &str) -> (Option<i32>, String) {
    let gonogo = stage.gonogo(&["run", "v0.2.0", "--mode", "live"]);
    let mut command = Command::new("python3");
    command.args(["-c", TERMINAL, answer]).arg(gonogo.get_program()).args(gonogo.get_args());
    command.current_dir(stage.project.root()).env_clear();
    for (name, value) in gonogo.get_envs() {
        command.env(name, value.unwrap());
    }
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn somebody_at_a_terminal_is_asked_once_and_only_the_tags_name_goes_on() {
    let stage = Stage::ready();
    for answer in ["", "y", "yes", "v0.2.1"] {
        let (code, shown) = answered(&stage, answer);
        assert_eq!(code, Some(1), "{shown}");
        assert!(shown.contains("The point of no return."), "{shown}");
        assert!(shown.contains("Nothing that cannot be undone has happened"), "{shown}");
        assert!(stage.effects().is_empty(), "{:?}", stage.effects());
    }
    let (code, shown) = answered(&stage, "v0.2.0");
    assert_eq!(code, Some(0), "{shown}");
    assert_eq!(shown.matches("anything else to stop: ").count(), 1, "{shown}");
    assert!(shown.contains("v0.2.0 is released"), "{shown}");
}
