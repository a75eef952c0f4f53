//! A public type's name stands for one thing, in one crate and across all.

use crate::exempt::less;
use crate::{Breach, Exempt, TextFile};
use std::collections::BTreeMap;

/// What a type can be.
const KINDS: [&str; 5] = ["struct", "enum", "union", "trait", "type"];

/// What each command of the program has: named by the command's file.
const OF_COMMANDS: [&str; 3] = ["Arguments", "Command", "Document"];

/// Public types of one name. An exemption is called by that name.
pub fn breaches(files: &[TextFile], exempt: &[Exempt]) -> Vec<Breach> {
    let mut places: BTreeMap<&str, Vec<(&str, usize)>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.place().is_some_and(|(_, path)| path.starts_with("src/"))) {
        let of_command = file.path.starts_with("crates/cli/src/commands/");
        for three in file.rust().iter().flat_map(|text| text.tokens.windows(3)) {
            let declares =
                three[0].is_word("pub") && three[1].word().is_some_and(|word| KINDS.contains(&word));
            let Some(name) = three[2].word().filter(|_| declares && !three[0].in_test) else { continue };
            if !(of_command && OF_COMMANDS.contains(&name)) {
                places.entry(name).or_default().push((&file.path, three[2].line));
            }
        }
    }
    let doubles = places.iter().filter(|(_, places)| places.len() > 1);
    let found = doubles.map(|(name, places)| {
        let all: Vec<String> = places.iter().map(|(path, line)| format!("{path}:{line}")).collect();
        let message = format!(
            "`{name}` is the name of {} public types ({}): say what each is",
            all.len(),
            all.join(", ")
        );
        ((*name).to_owned(), Breach::new(places[0].0, places[0].1, message))
    });
    less(found.collect(), exempt)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> [TextFile; 3] {
        [
            TextFile::new("crates/a/src/lib.rs", "pub struct Run;\npub enum Other { A }\nstruct Own;"),
            TextFile::new("crates/b/src/run.rs", "pub(crate) struct Own;\n\npub trait Run {}\nstruct Other;"),
            TextFile::new("crates/b/tests/it.rs", "pub struct Other;"),
        ]
    }

    #[test]
    fn a_name_that_stands_for_two_types_is_found() {
        let found: Vec<String> = breaches(&files(), &[]).iter().map(ToString::to_string).collect();
        let message = "crates/a/src/lib.rs:1: `Run` is the name of 2 public types (crates/a/src/lib.rs:1, crates/b/src/run.rs:3): say what each is";
        assert_eq!(found, [message]);
    }

    #[test]
    fn each_command_has_arguments_of_its_own() {
        let files = |folder: &str| {
            let file = |name: &str| {
                TextFile::new(format!("crates/cli/src/{folder}/{name}.rs"), "pub struct Arguments;")
            };
            breaches(&[file("poll"), file("run")], &[]).len()
        };
        assert_eq!((files("commands"), files("render")), (0, 1));
    }

    #[test]
    fn an_exempt_name_is_left_alone() {
        assert_eq!(breaches(&files(), &[Exempt { what: "Run", why: "for the test" }]), []);
    }
}
