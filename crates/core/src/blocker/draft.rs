//! What a blocker says: one draft for each finding or incomplete check of a required gate, or for a report by hand.

use super::{Draft, task_title};
use crate::evidence::Fingerprint;
use crate::gate::{CheckVerdict, GateVerdict, Poll};
use crate::ids::CommitId;
use crate::ledger::CheckFinished;
use crate::text::{fenced, one_line};
use crate::verdict::Outcome;

/// The most blockers that are filed one by one for a check. What is beyond is one blocker that says how many more.
const MOST_PER_CHECK: usize = 50;
/// The line that says which check a blocker is about.
const ORIGIN: &str = "gonogo-check: ";

/// The gate, and mostly the check, that a blocker is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockerOrigin {
    /// The gate.
    pub gate: u32,
    /// The check; `None` for the whole gate.
    pub check: Option<String>,
}

impl BlockerOrigin {
    fn line(&self) -> String {
        match &self.check {
            Some(check) => format!("{ORIGIN}{}/{check}", self.gate),
            None => format!("{ORIGIN}{}", self.gate),
        }
    }

    /// The origin that a task's body names, in the one place where gonogo writes it.
    pub fn in_body(body: &str) -> Option<Self> {
        let rest = super::trailer(body)?.strip_prefix(ORIGIN)?;
        let (gate, check) = rest.split_once('/').map_or((rest, None), |(gate, check)| (gate, Some(check)));
        Some(Self { gate: gate.parse().ok()?, check: check.map(str::to_owned) })
    }
}

/// The blockers that a poll asks for, with those that stand for an incomplete check only marked.
/// `again` is the command that polls again.
pub fn drafts(
    poll: &Poll,
    target: &str,
    commit: &CommitId,
    base: Option<&str>,
    again: &str,
) -> Vec<(Draft, bool)> {
    let mut drafts = Vec::new();
    let about = Context { target, commit, base, again };
    for gate in poll.gates().iter().filter(|gate| gate.required) {
        if gate.checks.is_empty() {
            drafts.push((about.missing_gate(gate), true));
        }
        for check in &gate.checks {
            match check.outcome {
                Outcome::Passed => {}
                Outcome::Failed => {
                    drafts.extend(about.findings(gate, check).into_iter().map(|draft| (draft, false)))
                }
                Outcome::Incomplete(reason) => {
                    drafts.push((about.incomplete(gate, check, reason.name()), true))
                }
            }
        }
    }
    drafts
}

struct Context<'a> {
    target: &'a str,
    commit: &'a CommitId,
    base: Option<&'a str>,
    again: &'a str,
}

impl Context<'_> {
    fn findings(&self, gate: &GateVerdict, check: &CheckVerdict) -> Vec<Draft> {
        let findings = check.finished.as_ref().map_or(&[][..], |finished| finished.findings.as_slice());
        let mut drafts: Vec<Draft> = findings
            .iter()
            .take(MOST_PER_CHECK)
            .map(|finding| {
                let place =
                    finding.place.as_ref().map(|place| format!("\n\nPlace: `{}`", place.replace('`', "'")));
                let what = format!("{}{}", fenced(&finding.message), place.unwrap_or_default());
                let draft = self.draft(
                    gate,
                    &check.id,
                    check.finished.as_ref(),
                    finding.fingerprint.clone(),
                    &finding.message,
                    "failed",
                    &what,
                );
                Draft { formerly: finding.formerly.clone(), ..draft }
            })
            .collect();
        let more = findings.len().saturating_sub(MOST_PER_CHECK);
        if more > 0 || findings.is_empty() {
            let message = if findings.is_empty() {
                format!("{} failed", check.id)
            } else {
                format!("{}: more findings than are filed one by one", check.id)
            };
            let fingerprint = Fingerprint::of_more(gate.id, &check.id);
            let what = format!("{} findings in all; the evidence in the ledger names each.", findings.len());
            drafts.push(self.draft(
                gate,
                &check.id,
                check.finished.as_ref(),
                fingerprint,
                &message,
                "failed",
                &what,
            ));
        }
        drafts
    }

    fn incomplete(&self, gate: &GateVerdict, check: &CheckVerdict, reason: &str) -> Draft {
        let fingerprint = Fingerprint::of_incomplete(gate.id, &check.id);
        let detail = check.finished.as_ref().and_then(|finished| finished.detail.as_deref());
        let what = detail.map(fenced).unwrap_or_default();
        let title = format!("{} is incomplete: {reason}", check.id);
        let state = format!("incomplete ({reason})");
        self.draft(gate, &check.id, check.finished.as_ref(), fingerprint, &title, &state, &what)
    }

    fn missing_gate(&self, gate: &GateVerdict) -> Draft {
        let fingerprint = Fingerprint::of_missing_gate(gate.id);
        let what = "The base tag's plan requires this gate, and the plan of this commit does not have it.";
        self.draft(
            gate,
            "",
            None,
            fingerprint,
            "a required gate is not in the plan",
            "incomplete (not-run)",
            what,
        )
    }

    #[expect(clippy::too_many_arguments, reason = "one template, filled in three ways")]
    fn draft(
        &self,
        gate: &GateVerdict,
        check: &str,
        finished: Option<&CheckFinished>,
        fingerprint: Fingerprint,
        title: &str,
        state: &str,
        what: &str,
    ) -> Draft {
        let Self { target, commit, base, again } = self;
        let base = base.map(|base| format!(", base tag {base}")).unwrap_or_default();
        let origin =
            BlockerOrigin { gate: gate.id, check: Some(check.to_owned()).filter(|check| !check.is_empty()) };
        let repeat = finished.and_then(|finished| finished.repeat.as_deref());
        let repeat = repeat
            .map(|repeat| format!("Repeat the check alone:\n\n{}\n\n", fenced(repeat)))
            .unwrap_or_default();
        let sections = format!(
            "## Goal\n\nGate {id} ({name}) passes for {target}: check `{check}` is {state}.\n\n\
             ## Background / Rationale\n\nSeen at commit {commit}{base}.\n\n{what}\n\n\
             ## Acceptance Criteria\n\n- The last command below shows check `{check}` of gate {id} as passed.\n\
             - This task is closed after that, not before.\n\n\
             ## Automated Validation Gates\n\n{repeat}Poll again:\n\n{again}\n\n\
             ## Consult Me\n\nBefore the gate, its minimum or the plan is changed to make this pass, ask a maintainer.\n\n{origin}",
            again = fenced(again),
            id = gate.id,
            name = one_line(&gate.name),
            origin = origin.line(),
        );
        Draft {
            fingerprint,
            formerly: None,
            title: task_title(target, &title_line(gate.id, title)),
            sections,
        }
    }
}

/// A title of one line, short enough for a list.
fn title_line(gate: u32, text: &str) -> String {
    let line = one_line(text);
    let short: String = line.chars().take(120).collect();
    let more = if short.len() < line.len() { "…" } else { "" };
    format!("gate {gate}: {short}{more}")
}

/// A blocker that somebody reports by hand.
#[derive(Clone, Debug, Default)]
pub struct BlockerReport {
    /// What it is about: a gate's name or number, a check's id, or any words.
    pub check: String,
    /// The title, without the release's prefix.
    pub title: String,
    /// What happened.
    pub summary: String,
    /// Who reports it.
    pub agent: Option<String>,
    /// The workflow run's ID.
    pub run_id: Option<String>,
    /// The workflow run's address.
    pub run_url: Option<String>,
    /// The command that failed.
    pub failing_command: Option<String>,
    /// The end of its log, already redacted.
    pub log_snippet: Option<String>,
}

impl BlockerReport {
    /// The draft. The same check and title make the same blocker; the summary may change. `again` is the command that polls
    /// again.
    pub fn draft(&self, target: &str, origin: Option<&BlockerOrigin>, again: &str) -> Draft {
        let gate = origin.map_or(0, |origin| origin.gate);
        let fingerprint =
            Fingerprint::of(gate, &one_line(&self.check), &format!("report\u{0}{}", one_line(&self.title)));
        let check = one_line(&self.check);
        let mut background = fenced(&self.summary);
        for (name, value) in [
            ("Reported by", &self.agent),
            ("Run", &self.run_id),
            ("Run address", &self.run_url),
            ("Failing command", &self.failing_command),
        ] {
            if let Some(value) = value {
                background.push_str(&format!("\n\n{name}: `{}`", one_line(value).replace('`', "'")));
            }
        }
        if let Some(log) = &self.log_snippet {
            background.push_str(&format!("\n\nLog:\n\n{}", fenced(log)));
        }
        let repeat = self
            .failing_command
            .as_ref()
            .map(|command| format!("{}\n\n", fenced(command)))
            .unwrap_or_default();
        // What is about no check cannot be shown by one.
        let shown = match origin {
            Some(_) => "The check passes in a poll after this task was filed.",
            None => {
                "Every check of the plan passes in a poll after this task was filed. Where that is not to be, another version \
                 is released, and this task stays with the one that is given up."
            }
        };
        let sections = format!(
            "## Goal\n\n{check}: {title}, settled for {target}.\n\n\
             ## Background / Rationale\n\n{background}\n\n\
             ## Acceptance Criteria\n\n- The cause is fixed, or a maintainer has decided otherwise in writing.\n\
             - {shown}\n\n\
             ## Automated Validation Gates\n\n{repeat}Poll again:\n\n{again}\n\n\
             ## Consult Me\n\nBefore the gate, its minimum or the plan is changed to make this pass, ask a maintainer.{origin}",
            title = one_line(&self.title),
            again = fenced(again),
            origin = origin.map(|origin| format!("\n\n{}", origin.line())).unwrap_or_default(),
        );
        Draft { fingerprint, formerly: None, title: task_title(target, &one_line(&self.title)), sections }
    }
}
