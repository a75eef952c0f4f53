//! `homebrew-formula`: the formula in the tap, written from the release manifest.

mod judge;

use crate::ids::CommitId;
pub use judge::{FormulaSeen, judge_formula, updated_formula};

use super::fetch_artifacts::FetchArtifacts;
use super::kind::{KindEffect, KindFacts, KindOfStep};
use super::planned::Undoable;
use super::reading::{FromPlan, Reading};
use super::record::effects;
use super::text::short;
use crate::digest::Digest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

/// Writes and pushes the Homebrew formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomebrewFormula {
    /// A formula in the repository to fill in; the tap's own is brought up to date where `None`.
    pub template: Option<String>,
    /// The tap's address; derived from the project's where `None`.
    pub address: Option<String>,
}

effects! {
    /// What a `homebrew-formula` step does.
    pub enum FormulaEffect {
        /// Commits the formula to the tap, and pushes it.
        Push = "push-formula", "commit and push the formula";
    }
}

impl KindEffect for FormulaEffect {}

/// The formula in the tap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormulaInTap {
    /// The tap's commit that holds it.
    pub commit: CommitId,
    /// The formula's digest.
    pub digest: Digest,
}

impl KindFacts for FormulaInTap {
    /// A tap that has moved on, with the same formula in it, is as it was recorded.
    fn agrees_with(&self, recorded: &Self) -> bool {
        self.digest == recorded.digest
    }

    fn line(&self) -> String {
        format!("in the tap at {}", short(&self.commit))
    }

    fn public_line(&self) -> Option<String> {
        Some(format!("Homebrew tap: formula at {}", self.commit))
    }
}

impl KindOfStep for HomebrewFormula {
    type Effect = FormulaEffect;
    type Facts = FormulaInTap;

    const NAME: &'static str = "homebrew-formula";

    fn words(&self, _: &str) -> String {
        "commit the formula to the tap, and push it".to_owned()
    }

    fn undo(&self, _: &str) -> Undoable {
        Undoable::Possible("revert the commit of the formula in the tap, and push that".to_owned())
    }

    fn shown_by(&self, _: &dyn Fn(&str) -> String) -> String {
        "version, addresses and digests of the formula, from the fetched files, pushed to the tap".to_owned()
    }
}

/// The keys of a `homebrew-formula` step.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    /// For `homebrew-formula`: a formula in the repository with `{version}`, `{tag}` and `{sha256:FILE}` in it. By
    /// default the tap's own formula is brought up to date.
    #[schemars(with = "Option<String>")]
    template: Option<Spanned<String>>,
    /// For `homebrew-formula`: the tap's git address. By default the project's own, with the tap's `owner/name`.
    #[schemars(with = "Option<String>")]
    address: Option<Spanned<String>>,
}

impl FromPlan for HomebrewFormula {
    type Table = Table;

    fn from_plan(table: Table, reading: &mut Reading<'_>) -> Option<Self> {
        reading.comes_after::<FetchArtifacts>();
        if reading.channels.homebrew.is_none() {
            reading.refuse("this step writes the formula of `channels.homebrew`, which is not there", None);
        }
        let template = table.template.as_ref().map(|path| reading.problems.path(path));
        Some(Self { template, address: table.address.map(Spanned::into_inner) })
    }
}
