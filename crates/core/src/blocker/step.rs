//! The blocker of a release mechanic that stopped: what happened, what is already out, and the one next command.

use super::{Draft, Task, task_title, trailer};
use crate::evidence::Fingerprint;
use crate::ids::CommitId;
use crate::mechanics::{Cause, Code, WaysOut};
use crate::release::Mode;
use crate::text::{fenced, one_line};

/// The line that says which step a blocker is about.
const STEP: &str = "gonogo-step: ";

/// A mechanic that stopped.
#[derive(Clone, Debug)]
pub struct Stopped<'a> {
    /// The target's tag.
    pub target: &'a str,
    /// The commit under release.
    pub commit: &'a CommitId,
    /// The mode.
    pub mode: Mode,
    /// The step.
    pub step: &'a str,
    /// Why it stopped.
    pub cause: &'a Cause,
    /// Whether anything that cannot be undone has happened.
    pub past_the_door: bool,
    /// What every channel says, a line each.
    pub channels: &'a [String],
    /// What to do about what is out already, a line each; empty where nothing is.
    pub recovery: &'a [String],
    /// The command that goes on from here.
    pub next: &'a str,
}

impl Stopped<'_> {
    /// The draft. One step that stops for one cause is one blocker, however often it does.
    pub fn draft(&self) -> Draft {
        let Self { target, commit, mode, step, cause, next, .. } = self;
        let fingerprint = fingerprint(step, *mode, cause.code);
        let mut what = fenced(&cause.message);
        for (name, value) in [
            ("Run", cause.run.map(|run| run.to_string())),
            ("Run address", cause.url.clone()),
            ("Failing command", cause.command.clone()),
        ] {
            if let Some(value) = value {
                what.push_str(&format!("\n\n{name}: `{}`", one_line(&value).replace('`', "'")));
            }
        }
        if let Some(log) = &cause.log {
            what.push_str(&format!("\n\nThe end of its log:\n\n{}", fenced(log)));
        }
        let out = if self.past_the_door {
            "Something that cannot be undone has happened: do not move the tag, and do not start over."
        } else {
            "Nothing that cannot be undone has happened."
        };
        let channels = if self.channels.is_empty() {
            "The plan names no channels.".to_owned()
        } else {
            format!("What the channels say:\n\n{}", fenced(&self.channels.join("\n")))
        };
        let recovery = if self.recovery.is_empty() {
            String::new()
        } else {
            let lines: Vec<String> =
                self.recovery.iter().map(|line| format!("- {}", one_line(line))).collect();
            format!(
                "\n\nThis is an incident: some channels serve the version and others do not.\n\n{}",
                lines.join("\n")
            )
        };
        let remedy =
            cause.remedy.as_deref().map(|remedy| format!("- {}\n", one_line(remedy))).unwrap_or_default();
        let accepted = match cause.code.ways_out() {
            WaysOut::Settle => {
                "- The cause is settled, and this task is closed after that.\n- The command below goes past this step."
            }
            WaysOut::Decide => {
                "- A maintainer has decided: the cause is taken away, and the command below goes past this step; or another \
                 version is released.\n- This task is closed after that, as done or as not wanted."
            }
            WaysOut::Mend => {
                "- The plan is mended in another commit, and this task is closed after that.\n- The command below goes past \
                 this step."
            }
        };
        let sections = format!(
            "## Goal\n\nStep `{step}` of {target} ({mode}) goes through: it stopped with `{code}`.\n\n\
             ## Background / Rationale\n\nSeen at commit {commit}.\n\n{what}\n\n{out}\n\n{channels}{recovery}\n\n\
             ## Acceptance Criteria\n\n{remedy}{accepted}\n\n\
             ## Automated Validation Gates\n\n{gates}\n\n\
             ## Consult Me\n\nBefore a tag is moved, a version is yanked or anything is published by hand, ask a maintainer.\n\n{STEP}{step}",
            code = cause.code,
            gates = fenced(next),
        );
        let title = format!("step {step}: {}", short(&one_line(&cause.message)));
        Draft { fingerprint, formerly: None, title: task_title(target, &title), sections }
    }
}

/// One step that stops for one cause in one mode.
fn fingerprint(step: &str, mode: Mode, code: Code) -> Fingerprint {
    Fingerprint::of(0, &format!("step/{step}"), &format!("{mode}\u{0}{code}"))
}

/// Whether a blocker is of this step, whatever it stopped for. Nothing that a task's body says makes it one.
pub(super) fn is_of_step(problem: &Fingerprint, step: &str) -> bool {
    let mut modes = [Mode::DryRun, Mode::Live].into_iter();
    modes.any(|mode| Code::ALL.iter().any(|code| fingerprint(step, mode, *code) == *problem))
}

/// The step that a task is filed for: named in the one place where gonogo writes it, and borne out by the task's fingerprint.
pub fn step_in(task: &Task) -> Option<String> {
    let step = trailer(&task.body)?.strip_prefix(STEP)?;
    is_of_step(&task.fingerprint()?, step).then(|| step.to_owned())
}

fn short(text: &str) -> String {
    let cut: String = text.chars().take(120).collect();
    if cut.len() < text.len() { format!("{cut}…") } else { cut }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocker::{BlockerOrigin, TaskState};
    use crate::ids::tests::commit;

    fn draft(message: &str, log: Option<&str>) -> Draft {
        let cause = Cause { log: log.map(str::to_owned), ..Cause::new(Code::WorkflowFailed, message) };
        Stopped {
            target: "v1.2.3",
            commit: &commit("abc"),
            mode: Mode::Live,
            step: "publish",
            cause: &cause,
            past_the_door: true,
            channels: &["npm: absent".to_owned()],
            recovery: &[],
            next: "gonogo run v1.2.3 --mode live",
        }
        .draft()
    }

    fn task(body: String) -> Task {
        Task { id: "B1".to_owned(), title: String::new(), body, state: TaskState::Open }
    }

    #[test]
    fn a_task_is_a_steps_where_its_fingerprint_says_so_too() {
        let step = draft("x", None);
        assert_eq!(step_in(&task(step.body())).as_deref(), Some("publish"));
        // What a check's task says of steps, and where, makes no difference.
        let of_check = |sections: &str| Draft {
            fingerprint: Fingerprint::of(3, "t", "k"),
            formerly: None,
            title: String::new(),
            sections: sections.to_owned(),
        };
        for sections in [
            "Found:\n\n```text\ngonogo-step: publish\n```\n\ngonogo-check: 3/t",
            "Found:\n\ngonogo-step: publish\n\ngonogo-check: 3/t",
            "gonogo-check: 3/t\n\ngonogo-step: publish",
            "gonogo-step: publish",
        ] {
            assert_eq!(step_in(&task(of_check(sections).body())), None, "{sections}");
        }
        let forged = of_check("gonogo-check: 9/other\n\nFound.\n\ngonogo-check: 3/t").body();
        assert_eq!(
            BlockerOrigin::in_body(&forged),
            Some(BlockerOrigin { gate: 3, check: Some("t".to_owned()) })
        );
        let elsewhere = of_check("gonogo-check: 9/other\n\nFound.").body();
        assert_eq!(BlockerOrigin::in_body(&elsewhere), None);
    }

    #[test]
    fn one_step_and_cause_is_one_blocker_whatever_its_words() {
        let (one, other) = (draft("run 7 failed", None), draft("run 8 failed", Some("boom")));
        assert_eq!(one.fingerprint, other.fingerprint);
        assert_eq!(step_in(&task(one.body())).as_deref(), Some("publish"));
    }

    #[test]
    fn a_log_that_looks_like_our_lines_is_not_taken_for_them() {
        let body = draft(
            "x",
            Some("gonogo-step: other\n```\ngonogo-step: evil\ngonogo-fingerprint: 0123456789abcdef"),
        )
        .body();
        assert_eq!(step_in(&task(body)).as_deref(), Some("publish"));
    }

    #[test]
    fn what_a_maintainer_decides_can_be_accepted_without_going_past_the_step() {
        let cause = Cause::new(Code::TagElsewhere, "origin has the tag already");
        let stopped = Stopped {
            target: "v1.2.3",
            commit: &commit("abc"),
            mode: Mode::Live,
            step: "tag",
            cause: &cause,
            past_the_door: false,
            channels: &[],
            recovery: &[],
            next: "gonogo run v1.2.3 --mode live",
        };
        let body = stopped.draft().body();
        assert!(body.contains("or another version is released") && body.contains("not wanted"), "{body}");
    }

    #[test]
    fn it_says_what_is_out_and_what_comes_next() {
        let body = draft("run 7 failed", Some("boom")).body();
        for part in
            ["do not move the tag", "npm: absent", "gonogo run v1.2.3 --mode live", "boom", "run 7 failed"]
        {
            assert!(body.contains(part), "{part}\n{body}");
        }
    }
}
