//! What a place may not reach for, and what serves instead: processes, the terminal, exit codes, the clock; and core
//! reaches for nothing of the world.

use crate::modules::Modules;
use crate::{Breach, TextFile};

/// One thing that is out of reach.
struct Fence {
    /// The crates below `crates/` that it stands in; none named: all.
    crates: &'static [&'static str],
    /// The paths and the macros (with their `!`) that are out of reach.
    reaching: &'static [&'static str],
    /// The places where it is not: a file, or all below a folder.
    but: &'static [&'static str],
    /// What to do instead.
    instead: &'static str,
}

const FENCES: [Fence; 8] = [
    Fence {
        crates: &["core"],
        reaching: &[
            "std::fs",
            "std::process",
            "std::net",
            "std::os",
            "std::thread",
            "std::env",
            "std::time::SystemTime",
            "std::time::Instant",
            "std::io::stdin",
            "std::io::stdout",
            "std::io::stderr",
        ],
        but: &[],
        instead: "core decides and touches nothing: let gonogo_world observe it, and take the value",
    },
    Fence {
        crates: &[],
        reaching: &["std::process::Command", "tokio::process::Command"],
        // A shell that writes a program: the one thing that is not run for what it says.
        but: &["crates/world/src/process", "crates/sandbox/src/program.rs"],
        instead: "use gonogo_world::process",
    },
    Fence {
        crates: &[],
        reaching: &["std::process::exit", "std::process::abort"],
        but: &[],
        instead: "return an outcome: the exit code follows from it in crates/cli/src/exit_code.rs",
    },
    Fence {
        crates: &[],
        reaching: &["std::process::ExitCode"],
        but: &["crates/cli/src"],
        instead: "give an outcome: crates/cli/src/exit_code.rs makes the code of it",
    },
    Fence {
        crates: &[],
        reaching: &[
            "print!",
            "println!",
            "eprint!",
            "eprintln!",
            "dbg!",
            "std::io::stdout",
            "std::io::stderr",
        ],
        but: &["crates/cli/src/screen.rs", "crates/cli/src/render/run_text.rs"],
        instead: "give it to the screen, crates/cli/src/screen.rs",
    },
    Fence {
        crates: &[],
        reaching: &[
            "std::time::SystemTime::now",
            "std::time::UNIX_EPOCH",
            "jiff::Timestamp::now",
            "jiff::Zoned::now",
        ],
        but: &["crates/world/src/clock.rs"],
        instead: "use gonogo_world::clock",
    },
    Fence {
        crates: &[],
        reaching: &["std::time::Instant::now", "tokio::time::Instant::now"],
        // A budget of time, how long a look took, two waits with a limit, and how much of one is left to show.
        but: &[
            "crates/world/src",
            "crates/engine/src/poll/benchmark.rs",
            "crates/engine/src/poll/rooms.rs",
            "crates/engine/src/delivery/verify.rs",
            "crates/engine/src/run/steps/wait.rs",
            "crates/cli/src/render/delivery_text.rs",
        ],
        instead: "let gonogo_world measure or wait",
    },
    Fence {
        crates: &[],
        reaching: &["std::thread::sleep", "std::thread::sleep_ms"],
        but: &[],
        instead: "observe instead of sleeping",
    },
];

/// What the crates' own code reaches for and may not. Tests, examples and benches are not looked at.
pub fn breaches(files: &[TextFile]) -> Vec<Breach> {
    let mut found = Vec::new();
    for (name, modules) in &Modules::of_each(files) {
        for (_, file) in modules.files.iter().filter(|(module, _)| !modules.is_test(module)) {
            for fence in FENCES.iter().filter(|fence| fence.stands_in(name, &file.path)) {
                found.extend(fence.reached_in(file));
            }
        }
    }
    found
}

impl Fence {
    fn stands_in(&self, name: &str, path: &str) -> bool {
        let here = self.crates.is_empty() || self.crates.contains(&name);
        here && !self.but.iter().any(|but| {
            let rest = path.strip_prefix(but);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest == ".rs")
        })
    }

    fn reached_in(&self, file: &TextFile) -> Vec<Breach> {
        let Some(source) = file.rust() else { return Vec::new() };
        let mut found = Vec::new();
        for reaching in self.reaching {
            let lines: Vec<usize> = match reaching.strip_suffix('!') {
                Some(name) => {
                    let pairs = source.tokens.windows(2);
                    let called =
                        pairs.filter(|two| two[0].is_word(name) && two[1].is_mark('!') && !two[0].in_test);
                    called.map(|two| two[0].line).collect()
                }
                None => {
                    let wanted: Vec<&str> = reaching.split("::").collect();
                    let paths = source.paths.iter().filter(|path| !path.in_test && path.reaches(&wanted));
                    paths.map(|path| path.line).collect()
                }
            };
            found.extend(
                lines
                    .into_iter()
                    .map(|line| Breach::new(&file.path, line, format!("`{reaching}`: {}", self.instead))),
            );
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, text: &str) -> Vec<String> {
        breaches(&[TextFile::new(path, text)]).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_stray_process_is_found_with_the_door_to_take() {
        let message = "crates/x/src/y.rs:2: `std::process::Command`: use gonogo_world::process";
        assert_eq!(of("crates/x/src/y.rs", "\nuse std::process::{Command, Stdio};"), [message]);
        assert_eq!(of("crates/x/src/y.rs", "\nfn f() { std::process::Command::new(\"a\"); }"), [message]);
        assert_eq!(
            of("crates/x/src/y.rs", "\nuse std::process as p; fn f() { p::Command::new(\"a\"); }"),
            [message]
        );
        assert_eq!(of("crates/x/src/y.rs", "use tokio::process::*;").len(), 1);
        for door in ["crates/world/src/process.rs", "crates/world/src/process/group.rs"] {
            assert_eq!(of(door, "use std::process::Command;"), [""; 0]);
        }
        assert_eq!(of("crates/world/src/processes.rs", "use std::process::Command;").len(), 1);
    }

    #[test]
    fn every_thing_that_is_out_of_reach_is_found() {
        for fence in FENCES {
            let name = fence.crates.first().unwrap_or(&"any");
            for reaching in fence.reaching {
                let call = if reaching.ends_with('!') {
                    format!("{reaching}()")
                } else {
                    format!("{reaching}::x()")
                };
                let found = of(&format!("crates/{name}/src/a.rs"), &format!("fn f() {{ {call}; }}"));
                let message = format!("crates/{name}/src/a.rs:1: `{reaching}`: {}", fence.instead);
                assert!(found.contains(&message), "{reaching}: {found:?}");
                for but in fence.but {
                    let found =
                        of(&format!("{}.rs", but.trim_end_matches(".rs")), &format!("fn f() {{ {call}; }}"));
                    assert!(!found.iter().any(|found| found.contains(fence.instead)), "{but}: {found:?}");
                }
            }
        }
    }

    #[test]
    fn words_strings_comments_and_tests_are_not_taken_for_deeds() {
        let text = "//! println!(\"a\")\nconst A: &str = \"std::fs::read\"; // std::fs::read\n#[cfg(test)]\nmod tests { fn f() { std::fs::read(\"a\"); println!(\"b\"); } }\n#[test]\nfn g() { std::env::var(\"A\"); }";
        assert_eq!(of("crates/core/src/a.rs", text), [""; 0]);
        assert_eq!(of("crates/core/tests/a.rs", "use std::fs;"), [""; 0]);
        assert_eq!(of("crates/core/src/a.rs", "use std::fs;").len(), 1);
        assert_eq!(of("crates/world/src/a.rs", "use std::fs;"), [""; 0]);
    }
}
