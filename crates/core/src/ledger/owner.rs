//! Whose a ledger is: its first record says so, wherever its folder stands.

use super::{Event, Opened, Record};

/// The release whose ledger is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner<'a> {
    /// The project; `None` where no plan says which.
    pub project: Option<&'a str>,
    /// The target's tag.
    pub target: &'a str,
}

/// A ledger of another release, or of none.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum Foreign {
    /// Its first record names another release.
    #[error("it is of {project} {target}")]
    Other {
        /// The project that it names.
        project: String,
        /// The target that it names.
        target: String,
    },
    /// Its first record names none.
    #[error("its first record names no release")]
    Nobodys,
}

impl<'a> Owner<'a> {
    /// The release that a ledger is opened for.
    pub fn of(opened: &'a Opened) -> Self {
        Self { project: Some(&opened.project), target: &opened.target }
    }

    /// Whether these records are of this release. A ledger without any is nobody else's.
    pub fn owns(self, records: &[Record]) -> Result<(), Foreign> {
        let Some(first) = records.first() else { return Ok(()) };
        let Event::Opened(opened) = &first.event else { return Err(Foreign::Nobodys) };
        let same_project = self.project.is_none_or(|project| project == opened.project);
        if same_project && self.target == opened.target {
            return Ok(());
        }
        let Opened { project, target } = opened.clone();
        Err(Foreign::Other { project, target })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Chain, CheckStarted};

    fn first(event: Event) -> Vec<Record> {
        vec![Chain::default().add(event, "2026-01-01T00:00:00Z".to_owned()).unwrap().0]
    }

    #[test]
    fn a_ledger_is_its_own_release_s_and_nobody_else_s() {
        let records = first(Event::Opened(Opened { project: "a".into(), target: "v1.0.0".into() }));
        for (project, target, owns) in [
            (Some("a"), "v1.0.0", true),
            (None, "v1.0.0", true),
            (Some("a"), "v2.0.0", false),
            (Some("b"), "v1.0.0", false),
            (None, "v2.0.0", false),
        ] {
            assert_eq!(Owner { project, target }.owns(&records).is_ok(), owns, "{project:?} {target}");
        }
        let owner = Owner { project: None, target: "v1.0.0" };
        assert_eq!(owner.owns(&[]), Ok(()));
        let begun = CheckStarted { poll: 1, gate: 3, check: "t".into() };
        assert_eq!(owner.owns(&first(Event::CheckStarted(begun))), Err(Foreign::Nobodys));
    }
}
