//! No registry is named by its host: gonogo asks the index that its user's own clients ask.

use crate::{Breach, TextFile};

/// The hosts, in two parts each, so that this file names none.
const HOSTS: [(&str, &str); 14] = [
    ("index.crates", "io"),
    ("static.crates", "io"),
    ("registry.npmjs", "org"),
    ("registry.yarnpkg", "com"),
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("proxy.golang", "org"),
    ("sum.golang", "org"),
    ("index.golang", "org"),
    ("formulae.brew", "sh"),
    ("ghcr", "io"),
    ("repo.maven.apache", "org"),
    ("repo1.maven", "org"),
    ("rubygems", "org"),
];

/// A host that is a registry's own name too: it is one only in an address.
const NAME: (&str, &str) = ("crates", "io");

/// Registries' hosts in any text but the lock file, which cargo writes.
pub fn breaches(files: &[TextFile]) -> Vec<Breach> {
    let hosts: Vec<String> = HOSTS.iter().map(|(head, tail)| format!("{head}.{tail}")).collect();
    let name = format!("{}.{}", NAME.0, NAME.1);
    let addresses = [format!("//{name}"), format!("{name}/")];
    let mut found = Vec::new();
    for file in files.iter().filter(|file| !file.path.ends_with("Cargo.lock")) {
        for (at, line) in file.text.lines().enumerate() {
            let low = line.to_ascii_lowercase();
            let named = hosts.iter().find(|host| has_host(&low, host));
            if let Some(host) = named.or_else(|| addresses.iter().find(|address| low.contains(*address))) {
                let message = format!(
                    "names a registry's host, `{host}`: the address comes from the client's configuration, from a library's constant or from the plan"
                );
                found.push(Breach::new(&file.path, at + 1, message));
            }
        }
    }
    found
}

/// Whether a line has a host, or one below it, and not only a longer word.
fn has_host(line: &str, host: &str) -> bool {
    line.match_indices(host).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + host.len()..].chars().next();
        let goes_on = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        !goes_on(before) && !goes_on(after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> usize {
        breaches(&[TextFile::new("docs/a.md", text)]).len()
    }

    #[test]
    fn every_host_is_found_in_any_kind_of_text() {
        for (head, tail) in HOSTS {
            for text in [
                format!("see https://{head}.{tail}/x"),
                format!("A.{head}.{tail}"),
                format!("\"{head}.{tail}\"").to_uppercase(),
            ] {
                assert_eq!(of(&text), 1, "{text}");
            }
            assert_eq!(of(&format!("my{head}.{tail} and {head}.{tail}x")), 0);
        }
    }

    #[test]
    fn a_registry_may_be_called_by_its_name_and_not_by_its_address() {
        let (head, tail) = NAME;
        assert_eq!(of(&format!("the crate is on {head}.{tail}, and npm has it too")), 0);
        assert_eq!(of(&format!("https://{head}.{tail}")) + of(&format!("{head}.{tail}/crates/x")), 2);
    }

    #[test]
    fn what_cargo_writes_is_its_own() {
        let text = format!("registry+https://{}.{}/", HOSTS[0].0, HOSTS[0].1);
        assert_eq!(breaches(&[TextFile::new("Cargo.lock", text)]), []);
    }
}
