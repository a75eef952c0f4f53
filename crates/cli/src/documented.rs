//! Every command of gonogo's that a text names is one that the program takes: in the docs, in the runbooks and their
//! templates, and in what `explain` says.

use clap::CommandFactory;
use clap::error::ErrorKind;
use std::path::{Path, PathBuf};

/// What of a text's commands the program takes, and what not.
#[derive(Debug, Default)]
struct Commands {
    taken: usize,
    refused: Vec<String>,
}

/// The command lines of a text: in fences, a prompt before them or not, and between backticks.
fn lines(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, part) in text.replace("\\\n", " ").split("```").enumerate() {
        let lines: Vec<String> = if at % 2 == 1 {
            part.lines().map(|line| line.trim().trim_start_matches("$ ").to_owned()).collect()
        } else {
            part.split('`').skip(1).step_by(2).map(|span| span.replace('\n', " ")).collect()
        };
        let each =
            lines.iter().flat_map(|line| line.split(['|', '>', ';']).flat_map(|part| part.split("&&")));
        found.extend(each.map(str::trim).filter(|line| line.starts_with("gonogo ")).map(str::to_owned));
    }
    found
}

/// The commands of a text that the program does not take, each with the reason.
pub(crate) fn refused(text: &str) -> Vec<String> {
    commands(text).refused
}

fn commands(text: &str) -> Commands {
    let mut commands = Commands::default();
    for line in lines(text) {
        match takes(&line.replace("{{plan}}", "")) {
            Ok(true) => commands.taken += 1,
            Ok(false) => {}
            Err(why) => commands.refused.push(format!("{line}: {why}")),
        }
    }
    commands
}

/// Whether the program takes a whole command line; `false` where it only names a command, or lacks a target.
fn takes(line: &str) -> Result<bool, String> {
    let mut words = shlex::split(line).ok_or("it cannot be split into words")?;
    for word in &mut words {
        match word.as_str() {
            "$agent" => *word = "model@host".to_owned(),
            "$mode" => *word = "dry-run".to_owned(),
            "N" => *word = "3".to_owned(),
            _ => {}
        }
    }
    let program = crate::Arguments::command();
    let named = words.get(1).ok_or("it names no command")?;
    if named.starts_with('-') || named == "COMMAND" {
        return Ok(false);
    }
    program.find_subcommand(named).ok_or("there is no such command")?;
    match program.try_get_matches_from(&words) {
        Ok(_) => Ok(words.len() > 2),
        Err(error) if error.kind() == ErrorKind::MissingRequiredArgument => Ok(false),
        Err(_) if words.len() == 2 => Ok(false),
        Err(error) => Err(error.kind().to_string()),
    }
}

/// Every Markdown file of the project's own, and what runbooks are rendered from.
fn texts() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    let mut folders =
        vec![root.join("docs"), root.join("skills"), root.join("crates/cli/src/skill/templates")];
    let mut files: Vec<PathBuf> =
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"].map(|name| root.join(name)).to_vec();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    let reads = |path: &PathBuf| path.extension().is_some_and(|kind| kind == "md" || kind == "sh");
    for path in files.into_iter().filter(reads) {
        let text = std::fs::read_to_string(&path).unwrap();
        found.push((path, text));
    }
    found
}

#[test]
fn every_command_that_a_text_names_is_one_that_the_program_takes() {
    let explained: String = crate::explain::all().iter().map(|entry| format!("{}\n", entry.next)).collect();
    let (mut taken, mut refused) = (0, Vec::new());
    for (path, text) in texts().into_iter().chain([("explain".into(), explained)]) {
        let commands = commands(&text);
        taken += commands.taken;
        refused.extend(commands.refused.into_iter().map(|line| format!("{}: {line}", path.display())));
    }
    assert!(refused.is_empty(), "say it as the program takes it:\n{}", refused.join("\n"));
    assert!(taken > 100, "{taken} commands were seen");
}

#[test]
fn a_command_that_the_program_does_not_take_is_found_wherever_it_stands() {
    for text in [
        "run `gonogo pol v1.2.3` again",
        "run `gonogo poll v1.2.3 --frehs` again",
        "```console\n$ gonogo poll v1.2.3 \\\n    --frehs\n```",
        "```\ngonogo pol v1.2.3   # with a word on it\n```",
        "or `gonogo\u{20}blocker\nreslove v1.2.3`",
        "`gonogo run v1.2.3 --mode lively`",
        "```\n$ cd elsewhere && gonogo pol v1.2.3 | less\n```",
    ] {
        assert_eq!(commands(text).refused.len(), 1, "{text}");
    }
    for (text, taken) in [
        ("`gonogo poll` and `gonogo poll v1.2.3 --fresh`, then `gonogo blocker`", 1),
        ("```console\n$ gonogo poll v1.2.3 --fresh   # again\n$ cd elsewhere\n```\ngonogo pol x", 1),
        ("`gonogo run --mode $mode`", 0),
    ] {
        let commands = commands(text);
        assert_eq!((commands.taken, commands.refused.len()), (taken, 0), "{text}: {commands:?}");
    }
}
