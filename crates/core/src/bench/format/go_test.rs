//! What `go test -bench` prints, plain or as the events of `-json`.

use super::{Sample, positive};
use crate::readers::{Unread, strict_document};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// `BenchmarkName-8   1000   1234 ns/op   …`, after which the package must not say FAIL. Several packages may name a benchmark alike.
pub(super) fn read(text: &str) -> Result<Sample, Unread> {
    let mut found = Found::default();
    if text.lines().any(|line| line.starts_with("{\"")) {
        for (package, output) in printed(text)? {
            for line in output.lines() {
                found.take(&package, line)?;
            }
        }
    } else {
        let mut package = String::new();
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("pkg: ") {
                name.trim().clone_into(&mut package);
            }
            found.take(&package, line)?;
        }
    }
    Ok(found.sample())
}

/// What each package printed. A line of a benchmark may come in several events.
fn printed(text: &str) -> Result<BTreeMap<String, String>, Unread> {
    let mut printed = BTreeMap::<String, String>::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if !line.starts_with('{') {
            printed.entry(String::new()).or_default().push_str(&format!("{line}\n"));
            continue;
        }
        let event = strict_document(line.as_bytes())?;
        let of = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
        if of("Action") == "fail" {
            return Err(Unread::unreadable(format!("go test says: fail {} {}", of("Package"), of("Test"))));
        }
        if of("Action") == "output" {
            printed.entry(of("Package").to_owned()).or_default().push_str(of("Output"));
        }
    }
    Ok(printed)
}

#[derive(Default)]
struct Found(BTreeMap<(String, String), f64>);

impl Found {
    fn take(&mut self, package: &str, line: &str) -> Result<(), Unread> {
        if line == "FAIL" || line.starts_with("FAIL\t") || line.starts_with("--- FAIL") {
            return Err(Unread::unreadable(format!("go test says: {}", line.trim())));
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let Some(position) = words.iter().position(|word| *word == "ns/op") else { return Ok(()) };
        let value = position.checked_sub(1).and_then(|at| words.get(at)?.parse::<f64>().ok());
        let (Some(name), Some(value)) = (words.first().filter(|name| name.starts_with("Benchmark")), value)
        else {
            return Err(Unread::unreadable(format!("a line with ns/op cannot be read: {}", line.trim())));
        };
        let value = positive(name, value)?;
        let least = self.0.entry((package.to_owned(), (*name).to_owned())).or_insert(value);
        *least = least.min(value);
        Ok(())
    }

    fn sample(self) -> Sample {
        let packages: BTreeSet<&String> = self.0.keys().map(|(package, _)| package).collect();
        let several = packages.len() > 1;
        let named =
            |package: &str, name: &str| if several { format!("{package} {name}") } else { name.to_owned() };
        self.0.iter().map(|((package, name), value)| (named(package, name), *value)).collect()
    }
}
