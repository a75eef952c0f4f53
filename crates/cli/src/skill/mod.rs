//! The skill bundle: a project's release runbook for coding agents, rendered from its plan.
//!
//! Invariant: what a bundle says comes from the plan and from the program's own tables, so that the two cannot part.

mod delivery;
mod gates;
mod hygiene;
pub mod install;
mod overview;
mod page;

use crate::explain::{Explanation, Kind, all};
use gonogo_core::plan::Plan;
use page::UnknownKey;

/// A bundle: a folder of files.
pub struct Bundle {
    /// The folder's name, and the skill's.
    pub name: String,
    /// What is in it.
    pub files: Vec<BundleFile>,
}

/// One file of a bundle.
pub struct BundleFile {
    /// Its path in the bundle.
    pub path: &'static str,
    /// Its text.
    pub text: String,
    /// Whether it is a program.
    pub is_program: bool,
}

/// What a bundle is rendered from.
pub struct BundleSource<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// What `--plan` was given; `None` for the checkout's own.
    pub plan_argument: Option<&'a str>,
}

impl BundleSource<'_> {
    /// ` --plan NAME`, as the commands of the bundle need it, or nothing.
    fn plan_flag(&self) -> String {
        let quoted =
            |plan| shlex::try_quote(plan).map_or_else(|_| String::new(), std::borrow::Cow::into_owned);
        self.plan_argument.map(|plan| format!(" --plan {}", quoted(plan))).unwrap_or_default()
    }

    /// The commands of the fourth step.
    fn verify(&self) -> String {
        let plan = self.plan_flag();
        ["verify", "audit"]
            .map(|command| format!("gonogo {command} \"$release_target\"{plan} --json"))
            .join("\n")
    }
}

/// Renders a bundle.
pub fn bundle(source: &BundleSource<'_>) -> Result<Bundle, UnknownKey> {
    let file = |path, text: String, is_program| BundleFile { path, text: trimmed(&text), is_program };
    let name = skill_name(&source.plan.project.name);
    let files = vec![
        file("SKILL.md", overview::page(source, &name)?, false),
        file("references/qa-gates.md", gates::page(source)?, false),
        file("references/release-hygiene.md", hygiene::page(source)?, false),
        file("references/delivery-verification.md", delivery::page(source)?, false),
        file("scripts/file_release_blocker.sh", script(source)?, true),
    ];
    Ok(Bundle { name, files })
}

fn script(source: &BundleSource<'_>) -> Result<String, UnknownKey> {
    let values = [("project", page::plain(&source.plan.project.name)), ("plan", source.plan_flag())];
    page::fill(include_str!("templates/file_release_blocker.sh"), &values)
}

/// A skill's name has lower-case letters, digits and single dashes, and is that of its folder (the Agent Skills
/// specification; 64 characters at most).
fn skill_name(project: &str) -> String {
    const SUFFIX: &str = "-release-manager";
    let lower = project.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let joined = if words.is_empty() { "project".to_owned() } else { words.join("-") };
    let cut: String = joined.chars().take(64 - SUFFIX.len()).collect();
    format!("{}{SUFFIX}", cut.trim_end_matches('-'))
}

/// No blank at the end of a line, no two empty lines, one line feed at the end.
fn trimmed(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && lines.last().is_some_and(|last| last.is_empty())) {
            lines.push(line);
        }
    }
    format!("{}\n", lines.join("\n").trim_end())
}

/// A table of what a set of codes means and what comes next.
fn codes(kind: Kind, heading: &str) -> String {
    let row = |entry: &Explanation| {
        let cell = page::cell;
        format!("| `{}` | {} | {} |\n", entry.code, cell(entry.means), cell(entry.next))
    };
    let rows: String = all().iter().filter(|entry| entry.kind == kind).map(row).collect();
    format!("| {heading} | means | next |\n| --- | --- | --- |\n{rows}")
}

#[cfg(test)]
mod tests;
