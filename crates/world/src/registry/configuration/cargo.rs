//! Which index cargo asks: variables first, then its configuration files from the folder upwards, then its home (The
//! Cargo Book, "Configuration" and "Source Replacement").

use super::{NotConfigured, address};
use crate::http::Url;
use crate::process::Environment;
use crate::there;
use gonogo_core::verdict::Reason;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// The sparse index of the default registry.
pub(super) fn index(environment: &Environment, directory: &Path) -> Result<Url, NotConfigured> {
    let files = files(environment, directory)?;
    let configuration = Cargo { environment, files };
    let named = match configuration.text("CARGO_REGISTRY_DEFAULT", &["registry", "default"])? {
        Some(name) if name != "crates-io" => configuration.registry(&name)?,
        _ => configuration.crates_io()?,
    };
    let Some(sparse) = named.strip_prefix("sparse+") else {
        let said = "cargo's registry is a git index, which is not read here";
        return Err(NotConfigured::new(Reason::UnsupportedHere, said));
    };
    address(sparse, "cargo")
}

struct Cargo<'a> {
    environment: &'a Environment,
    files: Vec<Table>,
}

impl Cargo<'_> {
    /// A setting: its variable, else the nearest file that has it.
    fn text(&self, variable: &str, path: &[&str]) -> Result<Option<String>, NotConfigured> {
        let set =
            self.environment.get(variable).and_then(|value| value.to_str()).filter(|value| !value.is_empty());
        if let Some(set) = set {
            return Ok(Some(set.to_owned()));
        }
        for file in &self.files {
            let mut found = file.get(path[0]);
            for key in &path[1..] {
                found = found.and_then(|value| value.get(key));
            }
            match found {
                None => {}
                Some(Value::String(text)) => return Ok(Some(text.clone())),
                Some(_) => return Err(unreadable(format!("{} is no text", path.join(".")))),
            }
        }
        Ok(None)
    }

    fn registry(&self, name: &str) -> Result<String, NotConfigured> {
        let variable = format!("CARGO_REGISTRIES_{}_INDEX", name.to_ascii_uppercase().replace('-', "_"));
        self.text(&variable, &["registries", name, "index"])?
            .ok_or_else(|| unreadable(format!("no registry {name} is configured")))
    }

    /// crates.io, or what replaces it as a source.
    fn crates_io(&self) -> Result<String, NotConfigured> {
        let mut source = "crates-io".to_owned();
        let mut seen = HashSet::new();
        while seen.insert(source.clone()) {
            if let Some(next) = self.text("", &["source", &source, "replace-with"])? {
                source = next;
                continue;
            }
            if source == "crates-io" {
                return Ok(tame_index::CRATES_IO_HTTP_INDEX.to_owned());
            }
            return match self.text("", &["source", &source, "registry"])? {
                Some(index) => Ok(index),
                None => self.registry(&source),
            };
        }
        Err(unreadable(format!("the source {source} replaces itself")))
    }
}

fn unreadable(said: impl Into<String>) -> NotConfigured {
    NotConfigured::new(Reason::UnreadableOutput, format!("cargo's configuration: {}", said.into()))
}

/// cargo's configuration files, the nearest first. Of `config` and `config.toml` in one folder, cargo reads the former.
fn files(environment: &Environment, directory: &Path) -> Result<Vec<Table>, NotConfigured> {
    let text = |name: &str| environment.get(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = text("CARGO_HOME").or_else(|| text("HOME").map(|home| home.join(".cargo")));
    let mut folders: Vec<PathBuf> = directory.ancestors().map(|folder| folder.join(".cargo")).collect();
    if let Some(home) = home.filter(|home| !folders.contains(home)) {
        folders.push(home);
    }
    let mut tables = Vec::new();
    for folder in folders {
        let mut path = None;
        for name in ["config", "config.toml"] {
            let file = folder.join(name);
            let refuse = |error: std::io::Error| unreadable(format!("{}: {error}", file.display()));
            if path.is_none() && there::is_file(&file).map_err(refuse)? {
                path = Some(file);
            }
        }
        let Some(path) = path else { continue };
        let read = std::fs::read_to_string(&path).map_err(|error| error.to_string());
        let table = read.and_then(|text| text.parse::<Table>().map_err(|error| error.message().to_owned()));
        tables.push(table.map_err(|said| unreadable(format!("{}: {said}", path.display())))?);
    }
    Ok(tables)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An environment with nothing of ours in it but what is given.
    fn environment(home: &Path, variables: &[(&str, &str)]) -> Environment {
        let bare = Environment::allowing([]).with("CARGO_HOME", home);
        variables.iter().fold(bare, |environment, (name, value)| environment.with(*name, *value))
    }

    fn asked(variables: &[(&str, &str)], near: &str, home: &str) -> Result<String, NotConfigured> {
        let root = tempfile::tempdir().unwrap();
        let project = root.path().join("a/b");
        for (folder, text) in [(root.path().join("a/.cargo"), near), (root.path().join("home"), home)] {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("config.toml"), text).unwrap();
        }
        std::fs::create_dir_all(&project).unwrap();
        index(&environment(&root.path().join("home"), variables), &project).map(|url| url.to_string())
    }

    #[test]
    fn without_a_word_it_is_the_librarys_constant() {
        let constant = tame_index::CRATES_IO_HTTP_INDEX.strip_prefix("sparse+").unwrap();
        assert_eq!(asked(&[], "", "").unwrap(), constant);
    }

    #[test]
    fn a_default_registry_is_named_by_variables_before_files() {
        let variables = [
            ("CARGO_REGISTRY_DEFAULT", "my-own"),
            ("CARGO_REGISTRIES_MY_OWN_INDEX", "sparse+http://127.0.0.1:9/index/"),
        ];
        let file = "[registry]\ndefault = \"file\"\n[registries.file]\nindex = \"sparse+https://file.example.test/\"";
        assert_eq!(asked(&variables, file, "").unwrap(), "http://127.0.0.1:9/index/");
        assert_eq!(asked(&[], file, "").unwrap(), "https://file.example.test/");
    }

    #[test]
    fn the_nearest_file_wins_and_sources_are_followed() {
        let near = "[source.crates-io]\nreplace-with = \"mirror\"";
        let home = "[source.crates-io]\nreplace-with = \"other\"\n[source.mirror]\nreplace-with = \"last\"\n\
                    [source.last]\nregistry = \"sparse+https://last.example.test/index\"";
        assert_eq!(asked(&[], near, home).unwrap(), "https://last.example.test/index/");
    }

    #[test]
    fn what_names_no_sparse_index_is_not_asked() {
        for (near, reason) in [
            ("[registry]\ndefault = \"gone\"", Reason::UnreadableOutput),
            ("[source.crates-io]\nreplace-with = \"crates-io\"", Reason::UnreadableOutput),
            (
                "[source.crates-io]\nreplace-with = \"v\"\n[source.v]\ndirectory = \"vendor\"",
                Reason::UnreadableOutput,
            ),
            ("[registry]\ndefault = 7", Reason::UnreadableOutput),
            ("[registry", Reason::UnreadableOutput),
            (
                "[source.crates-io]\nreplace-with = \"g\"\n[source.g]\nregistry = \"https://git.example.test/i\"",
                Reason::UnsupportedHere,
            ),
            (
                "[source.crates-io]\nreplace-with = \"g\"\n[source.g]\nregistry = \"sparse+file:///i\"",
                Reason::UnreadableOutput,
            ),
        ] {
            assert_eq!(asked(&[], near, "").unwrap_err().reason, reason, "{near}");
        }
    }
}
