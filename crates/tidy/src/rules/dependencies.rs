//! Which crate may depend on what: a crate boundary is the only hard fence.

use crate::{Breach, TextFile};
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// What a crate of the workspace may depend on.
struct Fence {
    /// Its folder below `crates/`.
    folder: &'static str,
    /// The crates of the workspace that it may use outside its tests.
    may: &'static [&'static str],
    /// Crates from outside that it may not use.
    not: &'static [&'static str],
    /// Whether those may not come in below another crate either.
    at_all: bool,
    /// What to do instead.
    instead: &'static str,
}

/// What touches the world: network, processes, files, async.
const WORLDLY: [&str; 28] = [
    "async-std",
    "curl",
    "duct",
    "fs-err",
    "futures",
    "futures-util",
    "glob",
    "h2",
    "hyper",
    "hyper-util",
    "ignore",
    "mio",
    "native-tls",
    "nix",
    "notify",
    "openssl",
    "reqwest",
    "rustix",
    "rustls",
    "smol",
    "socket2",
    "subprocess",
    "tame-index",
    "tempfile",
    "tokio",
    "ureq",
    "walkdir",
    "which",
];

/// What shows: a terminal, a command line.
const SHOWING: [&str; 8] =
    ["anstream", "clap", "comfy-table", "console", "crossterm", "indicatif", "miette", "owo-colors"];

const FENCES: [Fence; 6] = [
    Fence {
        folder: "core",
        may: &[],
        not: &WORLDLY,
        at_all: true,
        instead: "core decides and touches nothing: let gonogo-world observe it",
    },
    Fence {
        folder: "world",
        may: &["gonogo-core"],
        not: &SHOWING,
        at_all: false,
        instead: "world returns observations: the engine orders and cli shows",
    },
    Fence {
        folder: "engine",
        may: &["gonogo-core", "gonogo-sandbox", "gonogo-world"],
        not: &SHOWING,
        at_all: false,
        instead: "the engine gives outcomes and events: cli shows them",
    },
    Fence {
        folder: "sandbox",
        may: &["gonogo-world"],
        not: &SHOWING,
        at_all: false,
        instead: "the private world knows no rule and shows nothing",
    },
    Fence {
        folder: "cli",
        may: &["gonogo-core", "gonogo-engine", "gonogo-sandbox", "gonogo-world"],
        not: &["hyper", "reqwest", "tame-index"],
        at_all: false,
        instead: "cli shows: let gonogo-world touch the network",
    },
    Fence {
        folder: "tidy",
        may: &[],
        not: &WORLDLY,
        at_all: false,
        instead: "the tidy rules know the text of the tree alone",
    },
];

/// Manifests that ask for more than their crate may have, and crates that no fence stands around.
pub fn breaches(files: &[TextFile]) -> Vec<Breach> {
    let locked = Locked::read(files);
    let mut found = Vec::new();
    for file in files.iter().filter(|file| matches!(file.place(), Some((_, "Cargo.toml")))) {
        let folder = file.place().map(|(folder, _)| folder).unwrap_or_default();
        let Some(fence) = FENCES.iter().find(|fence| fence.folder == folder) else {
            let message = format!(
                "nothing says what crates/{folder} may depend on: say it in crates/tidy/src/rules/dependencies.rs"
            );
            found.push(Breach::new(&file.path, 1, message));
            continue;
        };
        match file.text.parse::<Table>() {
            Ok(manifest) => found.extend(asked(&manifest).iter().filter_map(|name| {
                let why = fence.refuses(name, &locked)?;
                Some(Breach::new(&file.path, line_of(&file.text, name), format!("{why}: {}", fence.instead)))
            })),
            Err(_) => found.push(Breach::new(&file.path, 1, "is not TOML that can be read")),
        }
    }
    found
}

impl Fence {
    fn refuses(&self, name: &str, locked: &Locked) -> Option<String> {
        if name.starts_with("gonogo") {
            return (!self.may.contains(&name)).then(|| format!("{} may not depend on {name}", self.folder));
        }
        if self.not.contains(&name) {
            return Some(format!("{} may not depend on {name}", self.folder));
        }
        let below = if self.at_all { locked.below(name) } else { BTreeSet::new() };
        let refused = self.not.iter().find(|refused| below.contains(**refused))?;
        Some(format!("{} may not depend on {refused}, which comes in with {name}", self.folder))
    }
}

/// The crates that a manifest asks for outside its tests, for any platform.
fn asked(manifest: &Table) -> BTreeSet<String> {
    let platforms = manifest.get("target").and_then(Value::as_table);
    let tables = std::iter::once(manifest)
        .chain(platforms.into_iter().flat_map(|all| all.values()).filter_map(Value::as_table));
    let parts = tables.flat_map(|table| ["dependencies", "build-dependencies"].map(|part| table.get(part)));
    let entries = parts.flatten().filter_map(Value::as_table).flatten();
    let named =
        entries.map(|(key, value)| value.get("package").and_then(Value::as_str).unwrap_or(key).to_owned());
    named.collect()
}

fn line_of(text: &str, name: &str) -> usize {
    text.lines().position(|line| line.starts_with(name) || line.contains(&format!("\"{name}\""))).unwrap_or(0)
        + 1
}

/// What `Cargo.lock` says each crate brings in.
struct Locked(BTreeMap<String, BTreeSet<String>>);

impl Locked {
    fn read(files: &[TextFile]) -> Self {
        let lock = files
            .iter()
            .find(|file| file.path == "Cargo.lock")
            .and_then(|file| file.text.parse::<Table>().ok());
        let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for package in lock.iter().filter_map(|lock| lock.get("package")?.as_array()).flatten() {
            let name = package.get("name").and_then(Value::as_str).unwrap_or_default();
            let wanted = package.get("dependencies").and_then(Value::as_array).into_iter().flatten();
            let names = wanted.filter_map(|wanted| wanted.as_str()?.split(' ').next().map(str::to_owned));
            all.entry(name.to_owned()).or_default().extend(names);
        }
        Self(all)
    }

    /// Every crate that comes in with one.
    fn below(&self, name: &str) -> BTreeSet<&str> {
        let mut seen = BTreeSet::new();
        let mut next: Vec<&str> = vec![name];
        while let Some(name) = next.pop() {
            for wanted in self.0.get(name).into_iter().flatten() {
                if seen.insert(wanted.as_str()) {
                    next.push(wanted);
                }
            }
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(folder: &str, manifest: &str, lock: &str) -> Vec<String> {
        let files = [
            TextFile::new(format!("crates/{folder}/Cargo.toml"), manifest),
            TextFile::new("Cargo.lock", lock),
        ];
        breaches(&files).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_crate_of_the_world_in_core_is_found() {
        let manifest = "[dependencies]\nserde = \"1\"\ntokio.workspace = true\n";
        let message = "crates/core/Cargo.toml:3: core may not depend on tokio: core decides and touches nothing: let gonogo-world observe it";
        assert_eq!(of("core", manifest, ""), [message]);
        assert_eq!(of("core", "[dev-dependencies]\ntokio = \"1\"", ""), [""; 0]);
        assert_eq!(of("core", "[target.'cfg(unix)'.dependencies]\nrustix = \"1\"", "").len(), 1);
        assert_eq!(of("core", "[build-dependencies]\nfiles = { package = \"tempfile\" }", "").len(), 1);
    }

    #[test]
    fn a_crate_of_the_world_below_another_one_is_found_in_core() {
        let package =
            |name: &str, wanted: &str| format!("[[package]]\nname = \"{name}\"\ndependencies = [{wanted}]\n");
        let lock = package("a", "\"b 1.0.0\", \"c\"")
            + &package("b", "\"a\", \"mio\"")
            + &package("world-only", "\"mio\"");
        let found = of("core", "[dependencies]\na = \"1\"", &lock);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("core may not depend on mio, which comes in with a: "), "{found:?}");
        assert_eq!(of("world", "[dependencies]\nworld-only = \"1\"", &lock), [""; 0]);
    }

    #[test]
    fn every_fence_refuses_what_it_names_and_every_crate_that_it_does_not() {
        for fence in FENCES {
            for name in fence.not.iter().chain(&["gonogo", "gonogo-other"]) {
                let found = of(fence.folder, &format!("[dependencies]\n{name} = \"1\""), "");
                assert_eq!(found.len(), 1, "{} takes {name}", fence.folder);
            }
            for name in fence.may {
                assert_eq!(of(fence.folder, &format!("[dependencies]\n{name} = \"1\""), ""), [""; 0]);
            }
        }
    }

    #[test]
    fn a_crate_without_a_fence_and_a_manifest_without_meaning_are_found() {
        assert!(of("more", "", "")[0].contains("nothing says what crates/more may depend on"));
        assert!(of("core", "= 1", "")[0].ends_with("is not TOML that can be read"));
    }
}
