//! Command lines: what was given once is kept in every command that follows.

use crate::release::{Agent, Mode};
use crate::text::shell_line;

/// What was given on the command line, and holds for what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The target's tag.
    pub target: String,
    /// The base tag, where it is not the one that is derived.
    pub base_tag: Option<String>,
    /// Who runs it, where that was said.
    pub agent: Option<Agent>,
    /// The mode, for the commands that take it and act in neither.
    pub mode: Mode,
    /// Nobody is to be asked at the point of no return.
    pub yes: bool,
    /// The plan, where it is not the repository's own.
    pub plan: Option<String>,
    /// The packages of an audit without a plan, as flags.
    pub packages: Vec<String>,
}

/// One command of the program that can come next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verb {
    /// `gonogo status`.
    Status,
    /// `gonogo prepare`.
    Prepare,
    /// `gonogo poll`.
    Poll,
    /// `gonogo run`.
    Run(Mode),
    /// `gonogo verify`.
    Verify,
    /// `gonogo audit`.
    Audit,
    /// `gonogo blocker list`.
    ListBlockers,
    /// `gonogo blocker resolve --passed`.
    ClosePassed,
    /// `gonogo blocker resolve --id …`.
    Close(Vec<String>),
    /// `gonogo review --show`: what a reviewer looks at.
    ShowReview {
        /// The gate.
        gate: u32,
        /// The check.
        check: String,
    },
}

impl Given {
    /// A target, and nothing else.
    pub fn target(tag: impl Into<String>) -> Self {
        Self {
            target: tag.into(),
            base_tag: None,
            agent: None,
            mode: Mode::DryRun,
            yes: false,
            plan: None,
            packages: Vec::new(),
        }
    }

    /// The same for a text that others read too: it does not say who they are, nor that they need not be asked.
    #[must_use]
    pub fn for_others(&self) -> Self {
        Self { agent: None, yes: false, ..self.clone() }
    }

    /// Commands as one line for a shell, each only where the one before succeeded. Empty where there is none.
    pub fn line(&self, verbs: &[Verb]) -> String {
        let lines = verbs.iter().map(|verb| {
            let words = self.words(verb);
            shell_line(words.iter().map(String::as_str))
        });
        lines.collect::<Vec<_>>().join(" && ")
    }

    /// Program and arguments of one command.
    pub fn words(&self, verb: &Verb) -> Vec<String> {
        let mut line = Words(vec!["gonogo".to_owned()]);
        let target = self.target.as_str();
        match verb {
            Verb::Status => line.add(&["status", target]),
            Verb::Prepare => line.add(&["prepare", target]),
            Verb::Poll => line.add(&["poll", target]),
            Verb::Run(_) => line.add(&["run", target]),
            Verb::Verify => line.add(&["verify", target]),
            Verb::Audit => {
                line.add(&["audit", target]);
                line.0.extend(self.packages.iter().cloned());
            }
            Verb::ListBlockers => line.add(&["blocker", "list", target]),
            Verb::ClosePassed => line.add(&["blocker", "resolve", target, "--passed"]),
            Verb::Close(ids) => {
                line.add(&["blocker", "resolve", target]);
                ids.iter().for_each(|id| line.flag("--id", id));
            }
            Verb::ShowReview { gate, check } => {
                line.add(&["review", target]);
                line.flag("--gate", &gate.to_string());
                line.flag("--check", check);
                line.add(&["--show"]);
            }
        }
        let takes = Takes::of(verb);
        line.option("--base-tag", self.base_tag.as_deref().filter(|_| takes.base_tag));
        line.option("--agent", self.agent.as_ref().map(Agent::as_str).filter(|_| takes.agent));
        match verb {
            Verb::Run(mode) => line.flag("--mode", &mode.to_string()),
            Verb::Prepare | Verb::Poll if self.mode == Mode::Live => line.flag("--mode", "live"),
            _ => {}
        }
        if self.yes && *verb == Verb::Run(Mode::Live) {
            line.add(&["--yes"]);
        }
        line.option("--plan", self.plan.as_deref());
        line.0
    }
}

/// What a command takes of what was given, besides the plan.
struct Takes {
    base_tag: bool,
    agent: bool,
}

impl Takes {
    const fn of(verb: &Verb) -> Self {
        match verb {
            Verb::Status | Verb::Prepare | Verb::Poll | Verb::Run(_) => Self { base_tag: true, agent: true },
            Verb::Verify
            | Verb::ListBlockers
            | Verb::ClosePassed
            | Verb::Close(_)
            | Verb::ShowReview { .. } => Self { base_tag: false, agent: true },
            // It records nothing, so that it does not ask who looks.
            Verb::Audit => Self { base_tag: false, agent: false },
        }
    }
}

struct Words(Vec<String>);

impl Words {
    fn add(&mut self, words: &[&str]) {
        self.0.extend(words.iter().map(|word| (*word).to_owned()));
    }

    /// A flag with its value. One that begins with a dash would be taken for a flag of its own.
    fn flag(&mut self, name: &str, value: &str) {
        if value.starts_with('-') {
            self.0.push(format!("{name}={value}"));
        } else {
            self.add(&[name, value]);
        }
    }

    fn option(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.flag(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Given {
        Given {
            base_tag: Some("v0.1.0".to_owned()),
            agent: Some("drill@host".parse().unwrap()),
            mode: Mode::Live,
            yes: true,
            plan: Some("my plans/a.toml".to_owned()),
            ..Given::target("v0.2.0")
        }
    }

    #[test]
    fn what_was_given_is_kept_by_every_command_that_takes_it() {
        let (given, rest) = (all(), "--agent drill@host --plan 'my plans/a.toml'");
        let line = |verb| given.line(&[verb]);
        let based = "--base-tag v0.1.0 --agent drill@host --mode live --plan 'my plans/a.toml'";
        assert_eq!(line(Verb::Prepare), format!("gonogo prepare v0.2.0 {based}"));
        assert_eq!(line(Verb::Poll), format!("gonogo poll v0.2.0 {based}"));
        assert_eq!(
            line(Verb::Run(Mode::Live)),
            "gonogo run v0.2.0 --base-tag v0.1.0 --agent drill@host --mode live --yes --plan 'my plans/a.toml'"
        );
        assert_eq!(
            line(Verb::Run(Mode::DryRun)),
            "gonogo run v0.2.0 --base-tag v0.1.0 --agent drill@host --mode dry-run --plan 'my plans/a.toml'"
        );
        assert_eq!(line(Verb::Status), format!("gonogo status v0.2.0 --base-tag v0.1.0 {rest}"));
        assert_eq!(line(Verb::Verify), format!("gonogo verify v0.2.0 {rest}"));
        assert_eq!(line(Verb::ClosePassed), format!("gonogo blocker resolve v0.2.0 --passed {rest}"));
        assert_eq!(line(Verb::Audit), "gonogo audit v0.2.0 --plan 'my plans/a.toml'");
    }

    #[test]
    fn what_was_not_given_is_not_made_up() {
        let given = Given::target("v0.2.0");
        assert_eq!(given.line(&[Verb::Poll]), "gonogo poll v0.2.0");
        assert_eq!(given.line(&[Verb::Run(Mode::Live)]), "gonogo run v0.2.0 --mode live");
        assert_eq!(given.line(&[]), "");
    }

    #[test]
    fn a_line_of_two_commands_keeps_it_in_both() {
        let given = Given { plan: Some("plasmite".to_owned()), ..Given::target("v0.2.0") };
        assert_eq!(
            given.line(&[Verb::Close(vec!["A 1".to_owned(), "-B".to_owned()]), Verb::Poll]),
            "gonogo blocker resolve v0.2.0 --id 'A 1' '--id=-B' --plan plasmite && gonogo poll v0.2.0 --plan plasmite"
        );
    }

    #[test]
    fn what_others_read_does_not_speak_for_them() {
        let line = all().for_others().line(&[Verb::Run(Mode::Live)]);
        assert_eq!(line, "gonogo run v0.2.0 --base-tag v0.1.0 --mode live --plan 'my plans/a.toml'");
    }
}
