//! The test binaries that cargo says it starts, on standard error, and which reports are theirs.
//!
//! Cargo runs all test binaries first and all doctests after them, so the first reports are those of the binaries, one each.

use super::runs::Run;
use crate::readers::Unread;
use crate::readers::lines::{Lines, group, pattern, shown, uncoloured};
use regex::Regex;
use std::sync::LazyLock;

static RUNNING: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^ +Running .+ \((?:.*[/\\])?([^/\\]+?)-[0-9a-f]{16}(?:\.exe)?\)$"));
static DOC_TESTS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^ +Doc-tests (\S+)$"));

/// What cargo said that it starts, in order.
#[derive(Default)]
pub(super) struct Starts {
    binaries: Vec<String>,
    doctests: Vec<String>,
}

/// The place of each report, and what could not be seen of it.
pub(super) struct Paired {
    pub(super) places: Vec<String>,
    pub(super) note: Option<&'static str>,
}

const UNSEEN: &str = "cargo's start lines are not there (-q leaves them out), so a test binary that printed no report would not be missed";
const UNSURE: &str = "doctests that were merged print several reports, so a test binary that printed none might not be missed here";

impl Starts {
    pub(super) fn of(stderr: &Lines<'_>) -> Self {
        let mut starts = Self::default();
        for line in stderr.iter() {
            let line = uncoloured(line);
            if let Some(found) = RUNNING.captures(&line) {
                starts.binaries.push(group(&found, 1).to_owned());
            } else if let Some(found) = DOC_TESTS.captures(&line) {
                starts.doctests.push(format!("doc-tests {}", group(&found, 1)));
            }
        }
        starts
    }

    /// Whether cargo said that it starts one binary and nothing else.
    pub(super) fn is_one(&self) -> bool {
        self.binaries.len() == 1 && self.doctests.is_empty()
    }

    /// Whether cargo said that it starts exactly as many as these.
    pub(super) fn are(&self, reports: usize) -> bool {
        self.binaries.len() + self.doctests.len() == reports
    }

    /// Gives each report its place, and refuses reports that are not those of what was started. `one_binary`: the command names one.
    pub(super) fn pair(&self, runs: &[Run<'_>], merged: bool, one_binary: bool) -> Result<Paired, Unread> {
        let (binaries, docs) = (self.binaries.len(), self.doctests.len());
        if binaries + docs == 0 {
            let places = runs.iter().map(|run| run.own_place().to_owned()).collect();
            let is_the_one = one_binary && runs.len() == 1;
            return Ok(Paired { places, note: (!is_the_one).then_some(UNSEEN) });
        }
        let (of_binaries, of_docs) = runs.split_at(binaries.min(runs.len()));
        if runs.len() < binaries + docs || of_binaries.iter().any(Run::is_of_doctests) {
            return Err(self.missing(runs));
        }
        if (docs == 0 && !of_docs.is_empty())
            || of_docs.iter().any(|run| !run.is_bare() && !run.is_of_doctests())
        {
            return Err(Unread::unreadable(format!(
                "{} reports, and cargo started {binaries} test binaries: {}",
                runs.len(),
                listed(&self.binaries)
            )));
        }
        let doc = |index: usize| match self.doctests.as_slice() {
            [one] => one.clone(),
            all if of_docs.len() == docs => all.get(index).cloned().unwrap_or_default(),
            _ => "doc-tests".to_owned(),
        };
        let places = self.binaries.iter().cloned().chain((0..of_docs.len()).map(doc)).collect();
        // A report of no test may be that of any; so may one whose tests have no names.
        let told_apart = of_binaries.iter().all(|run| !run.is_bare())
            || (docs == 1 && of_docs.iter().all(|run| !run.is_bare()));
        let several = merged || of_docs.len() > docs;
        Ok(Paired { places, note: (several && !told_apart).then_some(UNSURE) })
    }

    fn missing(&self, runs: &[Run<'_>]) -> Unread {
        let all: Vec<String> = self.binaries.iter().chain(&self.doctests).cloned().collect();
        let (started, reports) = (all.len(), runs.iter().filter(|run| !run.is_of_doctests()).count());
        let doc_reports = runs.len() - reports;
        let suspects = if doc_reports > 0 { listed(&self.binaries) } else { listed(&all) };
        Unread::unreadable(format!(
            "cargo started {started} test binaries, and {} reports are there: none of one of {suspects}. One with `harness = false` \
             prints none, and so does one that leaves early",
            runs.len()
        ))
    }
}

fn listed(names: &[String]) -> String {
    let mut text = names.iter().take(8).map(|name| shown(name)).collect::<Vec<_>>().join(", ");
    if names.len() > 8 {
        text.push_str(", …");
    }
    text
}
