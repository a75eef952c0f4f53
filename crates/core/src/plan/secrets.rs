//! What a plan itself gives away: values that stand in it under the name of a secret.

use toml::{Table, Value};

/// The values in a plan's text that its programs are given as secrets, each with its name: variables, and what follows a flag (`--token X`,
/// `--token=X`, `TOKEN=X`). Of a text that is no TOML, none.
pub fn secrets_in(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    if let Ok(table) = super::without_bom(text).parse::<Table>() {
        search(&Value::Table(table), &mut found);
    }
    found
}

fn search(value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Table(table) => {
            for (name, value) in table {
                match value {
                    Value::String(text) => {
                        found.push((name.clone(), text.clone()));
                        of_words(&text.split_whitespace().collect::<Vec<_>>(), found);
                    }
                    other => search(other, found),
                }
            }
        }
        Value::Array(list) => {
            of_words(&list.iter().filter_map(Value::as_str).collect::<Vec<_>>(), found);
            list.iter().for_each(|one| search(one, found));
        }
        _ => {}
    }
}

fn of_words(words: &[&str], found: &mut Vec<(String, String)>) {
    for word in words {
        if let Some((name, value)) = word.split_once('=') {
            found.push((named(name), value.to_owned()));
        }
    }
    for pair in words.windows(2) {
        // `--skip-token-tests path` says nothing secret.
        if pair[0].starts_with('-') && !pair[1].starts_with('-') && ends_as_a_secret(pair[0]) {
            found.push((named(pair[0]), pair[1].to_owned()));
        }
    }
}

fn named(flag: &str) -> String {
    flag.trim_start_matches('-').replace('-', "_")
}

fn ends_as_a_secret(flag: &str) -> bool {
    let flag = named(flag).to_ascii_uppercase();
    ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "CREDENTIALS", "KEY", "AUTH"]
        .iter()
        .any(|noun| flag.ends_with(noun))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::Redactor;

    #[test]
    fn what_a_plan_gives_as_a_secret_is_known_and_what_only_looks_alike_is_not() {
        let text = "[[steps]]\nrun = [\"x\", \"--token\", \"value-one\", \"--api-key=value-two\", \"--skip-token-tests\", \"src/main.rs\"]\n\
            undo = \"x --password value-six\"\nset-env = { DB_PASSWORD = \"value-three\", RUST_LOG = \"debug-four\" }\n\
            observe = { run = [\"y\", \"SIGNING_KEY=value-five\"] }\n";
        let found = secrets_in(text);
        let redactor =
            Redactor::new(found.iter().map(|(name, value)| (name.as_str(), value.as_str()))).unwrap();
        for known in ["value-one", "value-two", "value-three", "value-five", "value-six"] {
            assert_eq!(redactor.text(known), "[redacted]", "{known}");
        }
        for open in ["src/main.rs", "debug-four", "--token"] {
            assert_eq!(redactor.text(open), open);
        }
    }

    #[test]
    fn a_text_that_is_no_plan_gives_nothing_and_breaks_nothing() {
        assert!(secrets_in("= [").is_empty());
    }
}
