//! `cargo audit --json` (the report of the `rustsec` crate, on standard output).
//!
//! A clean report over an empty advisory database says nothing, so a database of fewer than 100 advisories is stale data.
//! What the settings ignore, or leave out, is a finding unless the plan names it. Yanked and unsound packages are findings as vulnerable ones are; other warnings are where exit
//! status 1 is for them.

use super::lines::{Lines, Notes, agree, finding, no_report_said, shown};
use super::strict_json::{array, count, each, member, object, parted, text};
use super::{RawFinding, Reading, ToolOutput, ToolSetting, Unread};
use crate::verdict::Reason;
use serde_json::Value;

/// The public database has had more advisories than this since 2017; a database with fewer is not it.
const FEWEST_ADVISORIES: u64 = 100;

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let report = output.document();
    if report.iter().all(u8::is_ascii_whitespace) {
        return Err(without_report(&Lines::of(output.stderr)));
    }
    let document = parted(report, &["warnings", "*", "*"])?;
    let report = &document.rest;
    let advisories = count(report, "/database/advisory-count")?;
    if advisories < FEWEST_ADVISORIES {
        let detail = format!("empty database: {advisories} advisories, fewer than {FEWEST_ADVISORIES}");
        return Err(Unread { reason: Reason::StaleData, detail });
    }
    let listed = array(report, "/vulnerabilities/list")?;
    let found = member(report, "/vulnerabilities/found")?.as_bool();
    let number = listed.len() as u64;
    if found != Some(number > 0) || count(report, "/vulnerabilities/count")? != number {
        return Err(Unread::unreadable("the count of vulnerabilities contradicts their list"));
    }
    let mut findings = listed.iter().map(vulnerability).collect::<Result<Vec<_>, _>>()?;
    let mut notes = Notes::default();
    for kind in object(report, "/warnings")?.values() {
        array(kind, "")?;
    }
    each(&document, |one| {
        let found = warning(one.within, one.value)?;
        if is_harmless(one.within) {
            notes.add(&found.message)
        } else {
            findings.push(found)
        }
        Ok(())
    })?;
    // `--deny`: cargo-audit exits with 1 because of the warnings.
    if output.exit == Some(1) && findings.is_empty() {
        each(&document, |one| {
            findings.push(warning(one.within, one.value)?);
            Ok(())
        })?;
    }
    let mut settings = ignored(report)?;
    settings.extend(narrowed(report)?);
    // The index was not asked or did not answer, so a yanked version may be missing from the warnings.
    let stderr = Lines::of(output.stderr);
    stderr.iter().filter(|line| line.contains("is yanked")).for_each(|line| notes.add(line));
    let reading = Reading {
        examined: Some(count(report, "/lockfile/dependency-count")?),
        findings,
        data_time: data_time(report)?,
        notes: notes.all(),
        settings,
        ..Reading::default()
    };
    agree(output.exit, reading)
}

fn vulnerability(entry: &Value) -> Result<RawFinding, Unread> {
    let (id, title) = (text(entry, "/advisory/id")?, text(entry, "/advisory/title")?);
    let (name, version) = (text(entry, "/package/name")?, text(entry, "/package/version")?);
    Ok(finding(
        &format!("{id} {name}"),
        &format!("{id}: {name} {version}: {title}"),
        Some(&format!("{name} {version}")),
    ))
}

/// One of the `warnings`, which are an object of arrays, by kind. A yanked package has no advisory.
fn warning(kind: &str, entry: &Value) -> Result<RawFinding, Unread> {
    let (name, version) = (text(entry, "/package/name")?, text(entry, "/package/version")?);
    let id = entry.pointer("/advisory/id").and_then(Value::as_str);
    let key = id.map_or_else(|| format!("{kind} {name}"), |id| format!("{id} {name}"));
    let advisory = id.map(|id| format!(" ({id})")).unwrap_or_default();
    let message = format!("warning: {kind}: {name} {version}{advisory}");
    Ok(finding(&key, &message, Some(&format!("{name} {version}"))))
}

/// A kind of warning that does not speak against a release, as a yanked version, code that breaks Rust's own promises, or a kind that is
/// not known do.
fn is_harmless(kind: &str) -> bool {
    matches!(kind, "unmaintained" | "notice" | "informational")
}

fn ignored(report: &Value) -> Result<Vec<ToolSetting>, Unread> {
    let ignored = array(report, "/settings/ignore")?.iter();
    ignored
        .map(|id| {
            let id = text(id, "")?;
            Ok(ToolSetting { name: id.to_owned(), message: shown(&format!("ignored by setting: {id}")) })
        })
        .collect()
}

/// Settings under which the tool looks at less than everything.
fn narrowed(report: &Value) -> Result<Vec<ToolSetting>, Unread> {
    let mut narrowing = Vec::new();
    for (name, value) in object(report, "/settings")? {
        if !["target_arch", "target_os", "severity"].contains(&name.as_str()) {
            continue;
        }
        let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
        narrowing.extend(values.iter().filter(|value| !value.is_null()).map(|value| ToolSetting {
            name: value.as_str().map_or_else(|| value.to_string(), str::to_owned),
            message: shown(&format!("narrowed by setting: {name} = {value}")),
        }));
    }
    Ok(narrowing)
}

/// The time of the database's last commit. It is null where the database was opened with `--no-fetch`.
fn data_time(report: &Value) -> Result<Option<String>, Unread> {
    match report.pointer("/database/last-updated") {
        None | Some(Value::Null) => Ok(None),
        Some(time) => {
            let parsed = time.as_str().and_then(|time| time.parse::<jiff::Timestamp>().ok());
            let parsed =
                parsed.ok_or_else(|| Unread::unreadable("/database/last-updated is no RFC 3339 time"))?;
            Ok(Some(parsed.to_string()))
        }
    }
}

/// cargo-audit exits with 1 and prints nothing where the database is missing and where it cannot be fetched.
fn without_report(stderr: &Lines<'_>) -> Unread {
    let why = no_report_said(stderr.iter(), "report on standard output");
    if why.reason != Reason::UnreadableOutput {
        return why;
    }
    let said = |text: &str| stderr.iter().find(|line| line.contains(text));
    if let Some(line) = said("error loading advisory database") {
        return Unread { reason: Reason::StaleData, detail: shown(line) };
    }
    if let Some(line) = said("couldn't fetch advisory database") {
        let local = ["not a git repository", "o such file", "bad parameter"];
        let is_local = local.iter().any(|text| said(text).is_some());
        let reason = if is_local { Reason::StaleData } else { Reason::Unreachable };
        return Unread { reason, detail: shown(line) };
    }
    why
}
