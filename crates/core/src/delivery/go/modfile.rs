//! What a `go.mod` says of its module: the path that it declares, and the versions that it retracts ("go.mod files", Go
//! Modules Reference).
//!
//! Invariant: pure text; what is not understood says nothing, and is no error: the go command reads the file itself.

use semver::Version;

/// The directives of a `go.mod` that matter to who installs the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoMod {
    /// The path that the module declares.
    pub module: Option<String>,
    /// What is retracted, in the file's order.
    pub retracted: Vec<Retraction>,
}

/// Versions that their makers take back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retraction {
    /// The lowest one.
    pub low: Version,
    /// The highest one.
    pub high: Version,
    /// The comment beside or above it.
    pub why: Option<String>,
}

impl GoMod {
    /// Reads the text of a `go.mod`.
    pub fn parse(text: &str) -> Self {
        let mut read = Self::default();
        let mut block: Option<String> = None;
        let mut above: Vec<&str> = Vec::new();
        for line in text.lines() {
            let (code, comment) = split(line);
            if code.is_empty() {
                match comment {
                    Some(comment) => above.push(comment),
                    None => above.clear(),
                }
                continue;
            }
            let said: Vec<&str> = std::mem::take(&mut above).into_iter().chain(comment).collect();
            match (&block, code) {
                (Some(_), ")") => block = None,
                (Some(verb), entry) => read.take(verb, entry, &said),
                (None, code) => {
                    let (verb, rest) = code.split_once([' ', '\t']).unwrap_or((code, ""));
                    match rest.trim() {
                        "(" => {
                            block = Some(verb.to_owned());
                            // What stands above a block is about each of its entries.
                            above = said;
                        }
                        rest => read.take(verb, rest, &said),
                    }
                }
            }
        }
        read
    }

    fn take(&mut self, verb: &str, entry: &str, said: &[&str]) {
        match verb {
            "module" => self.module = Some(unquoted(entry).to_owned()),
            "retract" => {
                let why = Some(said.join(" ")).filter(|why| !why.is_empty());
                let ends = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')?.split_once(','));
                let (low, high) = ends.unwrap_or((entry, entry));
                if let (Some(low), Some(high)) = (version(low), version(high)) {
                    self.retracted.push(Retraction { low, high, why });
                }
            }
            _ => {}
        }
    }

    /// The retraction that a version falls under.
    pub fn retraction(&self, version: &Version) -> Option<&Retraction> {
        self.retracted.iter().find(|one| one.low <= *version && *version <= one.high)
    }
}

/// A line's directive and its comment, both without blanks at their ends.
fn split(line: &str) -> (&str, Option<&str>) {
    match line.split_once("//") {
        Some((code, comment)) => (code.trim(), Some(comment.trim()).filter(|comment| !comment.is_empty())),
        None => (line.trim(), None),
    }
}

fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inner = |quote: char| text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inner('"').or_else(|| inner('`')).unwrap_or(text)
}

fn version(text: &str) -> Option<Version> {
    super::read(unquoted(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, version: &str) -> Option<Option<String>> {
        let read = GoMod::parse(text);
        read.retraction(&Version::parse(version).unwrap()).map(|one| one.why.clone())
    }

    #[test]
    fn the_declared_path_is_read_in_each_spelling() {
        for text in [
            "module example.test/kit\n",
            "// Kit.\nmodule \"example.test/kit\" // Deprecated: use kit/v2\n\ngo 1.21\n",
            "module (\n\texample.test/kit\n)\n",
            "module\t`example.test/kit`",
        ] {
            assert_eq!(GoMod::parse(text).module.as_deref(), Some("example.test/kit"), "{text}");
        }
        assert_eq!(GoMod::parse("go 1.21\n").module, None);
    }

    #[test]
    fn one_version_a_range_and_a_block_are_retracted() {
        let text = "module m\n\n// Published by accident.\nretract v1.0.5\n\nretract [v1.2.0, v1.3.9] // wrong\n\n\
                    retract (\n\tv0.9.0 // broken\n\t[v2.0.0+incompatible, v2.1.0+incompatible]\n)\n";
        assert_eq!(found(text, "1.0.5"), Some(Some("Published by accident.".into())));
        assert_eq!(found(text, "1.3.0"), Some(Some("wrong".into())));
        assert_eq!(found(text, "0.9.0"), Some(Some("broken".into())));
        assert_eq!(found(text, "2.0.7"), Some(None));
        for healthy in ["1.0.4", "1.1.9", "1.4.0", "0.9.1", "2.2.0"] {
            assert_eq!(found(text, healthy), None, "{healthy}");
        }
    }

    #[test]
    fn what_only_looks_like_a_retraction_is_none() {
        let text = "module m\n// retract v1.0.0\nrequire (\n\texample.test/other v1.0.0\n)\nexclude example.test/x v1.0.0\n";
        assert_eq!(found(text, "1.0.0"), None);
    }
}
