//! The reader of a check, as it is typed.

use super::raw::{self, ReaderName};
use crate::problems::Problems;
use crate::readers::{LineRule, Pointers, Reader, TextRule};
use crate::verdict::Reason;
use regex::Regex;
use std::collections::BTreeMap;
use toml::Spanned;

/// From a check as it is typed; `run` is the command whose output is read.
pub(super) fn of(
    name: &Spanned<ReaderName>,
    check: &raw::Check,
    (exits, require): (BTreeMap<i32, Reason>, Vec<Regex>),
    run: &[String],
    problems: &mut Problems,
) -> Option<Reader> {
    let stream = check.stream.as_ref().map(|stream| *stream.get_ref()).unwrap_or_default();
    Some(match name.get_ref() {
        ReaderName::Libtest => Reader::Libtest { one_binary: names_one_binary(run) },
        ReaderName::Nextest => Reader::Nextest,
        ReaderName::Pytest => Reader::Pytest,
        ReaderName::Unittest => Reader::Unittest,
        ReaderName::NodeTest => Reader::NodeTest { files: arguments(run) },
        ReaderName::GoTest => Reader::GoTest,
        ReaderName::CargoAudit => Reader::CargoAudit,
        ReaderName::NpmAudit => Reader::NpmAudit { without_dev: leaves_dev_out(run) },
        ReaderName::PipAudit => Reader::PipAudit,
        ReaderName::Sarif => Reader::Sarif,
        ReaderName::Junit => Reader::Junit { files: arguments(run) },
        ReaderName::Tap => Reader::Tap,
        ReaderName::Jest => Reader::Jest,
        ReaderName::Vitest => Reader::Vitest,
        ReaderName::CargoDeny => Reader::CargoDeny,
        ReaderName::CargoSemverChecks => Reader::CargoSemverChecks,
        ReaderName::Clippy => Reader::Clippy,
        ReaderName::Govulncheck => Reader::Govulncheck,
        ReaderName::OsvScanner => Reader::OsvScanner,
        ReaderName::Trivy => Reader::Trivy,
        ReaderName::Mypy => Reader::Mypy,
        ReaderName::Pyright => Reader::Pyright,
        ReaderName::JsonPointer => {
            Reader::JsonPointer(pointers(name, check.pointers.clone().unwrap_or_default(), problems))
        }
        ReaderName::JsonLines => {
            let Some(rule) = &check.lines else {
                problems.at(name, "the `json-lines` reader needs `lines`: which lines mean what", None);
                return None;
            };
            let rule = LineRule { stream, ..rule.get_ref().clone() };
            line_rule(name, &rule, problems);
            Reader::JsonLines(rule)
        }
        ReaderName::Text => {
            let Some(expect) = &check.expect else {
                problems.at(name, "the `text` reader needs `expect`: what a good output says", None);
                return None;
            };
            let finding = check.finding.as_ref().map(|pattern| problems.regex(pattern));
            let expect = problems.regex(expect)?;
            Reader::Text(TextRule { expect, finding: finding.flatten(), require, exits, stream })
        }
    })
}

fn pointers(name: &Spanned<ReaderName>, pointers: Pointers, problems: &mut Problems) -> Pointers {
    if pointers.passed.is_none() && pointers.examined.is_none() {
        problems.at(name, "the `json-pointer` reader needs `pointers.passed` or `pointers.examined`", None);
    }
    check_pointers(name, pointers.all(), problems);
    if pointers.severity.is_none() != pointers.harmless.is_empty() {
        problems.at(
            name,
            "`pointers.severity` and `pointers.harmless` say together what is only noted",
            None,
        );
    }
    for threshold in &pointers.thresholds {
        let limits = [threshold.least, threshold.most];
        if limits.iter().all(Option::is_none) || limits.into_iter().flatten().any(|limit| !limit.is_finite())
        {
            problems.at(name, "a threshold has `least` or `most`, a number", None);
        }
    }
    pointers
}

fn line_rule(name: &Spanned<ReaderName>, rule: &LineRule, problems: &mut Problems) {
    check_pointers(name, rule.all(), problems);
    if rule.examined.is_empty()
        || rule.findings.is_empty()
        || rule.end.as_ref().is_some_and(BTreeMap::is_empty)
    {
        problems.at(name, "a selector of `lines` names at least one pointer with its values", None);
    }
    if rule.key.is_empty() {
        problems.at(name, "`lines.key` says what names a finding in every run", None);
    }
}

fn check_pointers<'a>(
    name: &Spanned<ReaderName>,
    mut pointers: impl Iterator<Item = &'a String>,
    problems: &mut Problems,
) {
    if pointers.any(|pointer| !pointer.is_empty() && !pointer.starts_with('/')) {
        problems.at(name, "a JSON pointer is empty or starts with `/`", None);
    }
}

/// The arguments of a command that are no options.
fn arguments(run: &[String]) -> Vec<String> {
    run.iter().skip(1).filter(|word| !word.starts_with('-')).cloned().collect()
}

/// Whether cargo is told to run one test binary: one target of one package, and nothing else.
fn names_one_binary(run: &[String]) -> bool {
    let own: Vec<&str> = run.iter().map(String::as_str).take_while(|word| *word != "--").collect();
    let several =
        ["--workspace", "--all", "--all-targets", "--tests", "--bins", "--examples", "--benches", "--doc"];
    let named = |word: &&&str| {
        let options = ["--lib", "--test", "--bin", "--example", "--bench"];
        options.contains(*word) || options.iter().any(|option| word.starts_with(&format!("{option}=")))
    };
    let glob = |word: &&str| word.contains('*') || word.contains('?');
    let is_cargo = own.first().is_some_and(|program| program.ends_with("cargo"));
    is_cargo
        && !own.iter().any(|word| several.contains(word) || glob(word))
        && own.iter().filter(named).count() == 1
}

/// The words by which npm is told to leave development dependencies out.
fn leaves_dev_out(run: &[String]) -> bool {
    let alone = ["--omit=dev", "--production", "--only=prod", "--only=production", "--no-dev"];
    let pairs = run.iter().zip(run.iter().skip(1));
    run.iter().any(|word| alone.contains(&word.as_str()) || word.starts_with("--production="))
        || pairs.into_iter().any(|(option, value)| option == "--omit" && value == "dev")
}
