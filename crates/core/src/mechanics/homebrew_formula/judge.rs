//! The Homebrew formula: brought up to date from the release manifest, and compared byte for byte.

use super::{FormulaEffect, FormulaInTap, HomebrewFormula};
use crate::digest::Digest;
use crate::ids::CommitId;
use crate::manifest::Manifest;
use crate::mechanics::{Cause, Code, Observation};
use crate::release::Target;
use regex::Regex;
use semver::Version;

/// The formula of the tap's default branch, as the remote has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormulaSeen {
    /// The branch's commit.
    pub commit: CommitId,
    /// The formula's text; `None` where the tap has none.
    pub text: Option<String>,
}

/// The formula as it ought to be: a template filled in, or the tap's own brought up to date.
///
/// In a template, `{version}`, `{tag}` and `{sha256:FILE}` are filled in. In the tap's own, the version is replaced in
/// `version` and in each `url`, each `sha256` after a `url` becomes that of the built file which the address ends with,
/// and a `revision` goes, as a new version has none.
pub fn updated_formula(
    template: Option<&str>,
    seen: &FormulaSeen,
    target: &Target,
    manifest: &Manifest,
) -> Result<String, Cause> {
    match (template, &seen.text) {
        (Some(template), _) => filled(template, target, manifest),
        (None, Some(text)) => brought_up(text, target, manifest),
        (None, None) => {
            let remedy = "name a `template` in the step";
            Err(unusable("the tap has no such formula, and the plan names no template").remedy(remedy))
        }
    }
}

/// Judges the tap's formula by the one that it ought to be.
pub fn judge_formula(seen: &FormulaSeen, wanted: &str, target: &Target) -> Observation<HomebrewFormula> {
    let Some(text) = &seen.text else { return Observation::Absent(FormulaEffect::Push) };
    if text == wanted {
        let digest = Digest::of(text.as_bytes());
        return Observation::Done(FormulaInTap { commit: seen.commit.clone(), digest });
    }
    match version_of(text) {
        Some(version) if version > *target.version() => {
            let message = format!("the tap's formula is of {version} already");
            Observation::Conflict(Cause::new(Code::FormulaConflict, message))
        }
        Some(version) if version == *target.version() => {
            let message = format!("the tap's formula is of {version} already, and is not what was built");
            Observation::Conflict(Cause::new(Code::FormulaConflict, message))
        }
        _ => Observation::Absent(FormulaEffect::Push),
    }
}

fn filled(template: &str, target: &Target, manifest: &Manifest) -> Result<String, Cause> {
    let mut text =
        template.replace("{version}", &target.version().to_string()).replace("{tag}", target.tag());
    while let Some(start) = text.find("{sha256:") {
        let end =
            text[start..].find('}').ok_or_else(|| unusable("a `{sha256:` of the template has no end"))?;
        let name = text[start + "{sha256:".len()..start + end].to_owned();
        let built = built(manifest, &name)?;
        text.replace_range(start..=start + end, &built);
    }
    Ok(text)
}

fn brought_up(text: &str, target: &Target, manifest: &Manifest) -> Result<String, Cause> {
    let old = version_of(text).ok_or_else(|| unusable("no version can be read from the tap's formula"))?;
    let (old, new) = (old.to_string(), target.version().to_string());
    let mut updated = String::new();
    let mut file: Option<String> = None;
    let mut digests = 0;
    for line in text.split_inclusive('\n') {
        let word = line.trim_start().split([' ', '"']).next().unwrap_or_default();
        match (word, quoted(line)) {
            ("version", Some(_)) => updated.push_str(&line.replacen(&old, &new, 1)),
            ("url", Some(_)) => {
                let line = replaced_version(line, &old, &new);
                let address = quoted(&line).unwrap_or_default().replace("#{version}", &new);
                file = address.rsplit('/').next().map(str::to_owned);
                updated.push_str(&line);
            }
            ("sha256", Some(digest)) => {
                let name = file
                    .take()
                    .ok_or_else(|| unusable("a `sha256` of the formula has no `url` before it"))?;
                updated.push_str(&line.replacen(digest, &built(manifest, &name)?, 1));
                digests += 1;
            }
            ("revision", _) => {}
            _ => updated.push_str(line),
        }
    }
    if digests == 0 || file.is_some() {
        return Err(unusable("the formula has a `url` without a `sha256` of its own"));
    }
    Ok(updated)
}

/// The version in an address replaced where it stands as a version: not within a longer one.
fn replaced_version(line: &str, old: &str, new: &str) -> String {
    let mut replaced = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(old) {
        let (before, after) = (&rest[..at], &rest[at + old.len()..]);
        let joins = |c: char| c.is_ascii_digit();
        let longer = before.ends_with(joins)
            || before.strip_suffix('.').is_some_and(|before| before.ends_with(joins))
            || after.starts_with(joins)
            || after.strip_prefix('.').is_some_and(|after| after.starts_with(joins));
        replaced.push_str(before);
        replaced.push_str(if longer { old } else { new });
        rest = after;
    }
    replaced.push_str(rest);
    replaced
}

/// The formula's version: what `version` says, or the one version that its addresses hold.
fn version_of(text: &str) -> Option<Version> {
    let said = text.lines().map(str::trim_start).find(|line| line.starts_with("version "));
    if let Some(said) = said {
        return Version::parse(quoted(said)?).ok();
    }
    let pattern = Regex::new(r"(?:^|[^0-9.])(\d+\.\d+\.\d+(?:-[0-9A-Za-z]+(?:\.[0-9A-Za-z]+)*)?)").ok()?;
    let addresses = text.lines().map(str::trim_start).filter(|line| line.starts_with("url "));
    let mut versions: Vec<Version> = addresses
        .flat_map(|line| {
            pattern.captures_iter(line).filter_map(|found| Version::parse(found.get(1)?.as_str()).ok())
        })
        .collect();
    versions.sort();
    versions.dedup();
    match &versions[..] {
        [version] => Some(version.clone()),
        _ => None,
    }
}

fn quoted(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once('"')?;
    rest.split_once('"').map(|(text, _)| text)
}

fn built(manifest: &Manifest, name: &str) -> Result<String, Cause> {
    match manifest.get(name) {
        Some(file) => Ok(file.digest.hex()),
        None => Err(unusable(&format!("the formula is of `{name}`, which was not built"))),
    }
}

fn unusable(why: &str) -> Cause {
    Cause::new(Code::FormulaUnusable, why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::tests::commit;
    use crate::manifest::BuiltFile;

    const OLD: &str = "class Tally < Formula\n  desc \"Counts\"\n  version \"1.2.2\"\n  revision 1\n  on_linux do\n    url \"https://example.test/o/r/releases/download/v1.2.2/tally_1.2.2_linux_amd64.tar.gz\"\n    sha256 \"00\"\n  end\n  on_macos do\n    url \"https://example.test/o/r/releases/download/v#{version}/tally_#{version}_darwin.tar.gz\"\n    sha256 \"11\"\n  end\nend\n";

    fn target() -> Target {
        Target::parse("1.2.3", &"v{version}".parse().unwrap()).unwrap()
    }

    fn manifest() -> Manifest {
        let names = ["tally_1.2.3_linux_amd64.tar.gz", "tally_1.2.3_darwin.tar.gz"];
        Manifest::new(names.map(|name| BuiltFile {
            name: name.to_owned(),
            bytes: 1,
            digest: Digest::of(name.as_bytes()),
        }))
        .unwrap()
    }

    fn seen(text: Option<&str>) -> FormulaSeen {
        FormulaSeen { commit: commit("c"), text: text.map(str::to_owned) }
    }

    fn update(text: &str) -> Result<String, Cause> {
        updated_formula(None, &seen(Some(text)), &target(), &manifest())
    }

    #[test]
    fn the_taps_formula_is_brought_up_to_date_from_the_manifest() {
        let updated = update(OLD).unwrap();
        let linux = Digest::of(b"tally_1.2.3_linux_amd64.tar.gz").hex();
        let darwin = Digest::of(b"tally_1.2.3_darwin.tar.gz").hex();
        let expected = OLD
            .replace("1.2.2", "1.2.3")
            .replace("  revision 1\n", "")
            .replace("\"00\"", &format!("\"{linux}\""))
            .replace("\"11\"", &format!("\"{darwin}\""));
        assert_eq!(updated, expected);
        // Bringing up to date twice is bringing up to date once.
        assert_eq!(update(&updated).unwrap(), expected);
    }

    #[test]
    fn a_formula_of_something_that_was_not_built_is_unusable() {
        for broken in [
            OLD.replace("_linux_amd64", "_other"),
            OLD.replace("    sha256 \"11\"\n", ""),
            OLD.replace("  version \"1.2.2\"\n", "  version \"next\"\n"),
            OLD.replace("    sha256 \"00\"\n", "    sha256 \"00\"\n    sha256 \"01\"\n"),
            "class Tally < Formula\nend\n".to_owned(),
            String::new(),
        ] {
            let cause = update(&broken).unwrap_err();
            assert_eq!(cause.code, Code::FormulaUnusable, "{broken}");
        }
        let none = updated_formula(None, &seen(None), &target(), &manifest()).unwrap_err();
        assert_eq!(none.code, Code::FormulaUnusable);
    }

    #[test]
    fn a_version_within_a_longer_one_is_left_alone() {
        assert_eq!(
            replaced_version("v1.2.2/x-11.2.2-1.2.21-1.2.2.tgz", "1.2.2", "1.2.3"),
            "v1.2.3/x-11.2.2-1.2.21-1.2.3.tgz"
        );
    }

    #[test]
    fn a_template_is_filled_in_and_names_only_what_was_built() {
        let template = "version \"{version}\"\nurl \"https://example.test/{tag}/x\"\nsha256 \"{sha256:tally_1.2.3_darwin.tar.gz}\"\n";
        let text = updated_formula(Some(template), &seen(None), &target(), &manifest()).unwrap();
        let digest = Digest::of(b"tally_1.2.3_darwin.tar.gz").hex();
        assert_eq!(
            text,
            format!("version \"1.2.3\"\nurl \"https://example.test/v1.2.3/x\"\nsha256 \"{digest}\"\n")
        );
        let other = template.replace("darwin", "other");
        assert!(updated_formula(Some(&other), &seen(None), &target(), &manifest()).is_err());
    }

    #[test]
    fn only_the_very_text_is_done_and_another_of_this_or_a_later_version_is_a_conflict() {
        let wanted = update(OLD).unwrap();
        let judge = |text: Option<&str>| judge_formula(&seen(text), &wanted, &target());
        assert!(matches!(judge(Some(&wanted)), Observation::Done(FormulaInTap { .. })));
        assert_eq!(judge(None), Observation::Absent(FormulaEffect::Push));
        assert_eq!(judge(Some(OLD)), Observation::Absent(FormulaEffect::Push));
        for other in [wanted.replace("Counts", "Count"), OLD.replace("1.2.2", "1.3.0")] {
            let judged = judge(Some(&other));
            assert!(matches!(judged, Observation::Conflict(cause) if cause.code == Code::FormulaConflict));
        }
    }
}
