//! Every document that the program prints is in the table of `docs/formats.md`, and every one in the table is printed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// `gonogo.NAME/NUMBER`.
fn is_document(text: &str) -> bool {
    let Some((name, number)) = text.strip_prefix("gonogo.").and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    let of = |text: &str, allowed: fn(char) -> bool| !text.is_empty() && text.chars().all(allowed);
    of(name, |c| c.is_ascii_lowercase() || c == '-') && of(number, |c| c.is_ascii_digit())
}

/// Every name of a document that stands in a string of the program.
fn in_the_program() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for name in std::fs::read_dir(workspace().join("crates")).unwrap() {
        for path in sources(&name.unwrap().path().join("src")) {
            let text = std::fs::read_to_string(path).unwrap();
            let (program, _) = text.split_once("#[cfg(test)]").unwrap_or((&text, ""));
            found.extend(program.split('"').filter(|part| is_document(part)).map(str::to_owned));
        }
    }
    found
}

/// Every document of the table, with the file of its schema.
fn in_the_table() -> BTreeMap<String, Option<String>> {
    let text = std::fs::read_to_string(workspace().join("docs/formats.md")).unwrap();
    let (_, documents) = text.split_once("\n## JSON documents\n").unwrap();
    let rows = documents.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.split('|').map(str::trim);
        let name = cells.next()?.trim_end_matches('`').to_owned();
        let link =
            cells.nth(1)?.split_once("](schemas/").map(|(_, rest)| rest.trim_end_matches(')').to_owned());
        Some((name, link))
    });
    rows.collect()
}

#[test]
fn the_table_of_documents_is_what_the_program_prints() {
    let table = in_the_table();
    assert!(table.len() > 10, "{table:?}");
    assert_eq!(table.keys().cloned().collect::<BTreeSet<_>>(), in_the_program());
}

#[test]
fn every_schema_is_in_the_table_and_is_of_the_document_beside_it() {
    let folder = workspace().join("docs/schemas");
    let mut linked = BTreeSet::from(["plan.json".to_owned()]);
    for (name, file) in in_the_table() {
        let Some(file) = file else { continue };
        let schema = std::fs::read_to_string(folder.join(&file)).unwrap();
        assert!(schema.contains(&format!("`{name}`")), "{file} does not name {name}");
        assert!(linked.insert(file), "{name}");
    }
    let there =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(linked, there.collect());
}
