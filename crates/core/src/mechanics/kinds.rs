//! The kinds of steps, one line each, and what the ledger has of each: this is where a new kind is listed.

use super::command::{CommandDone, CommandEffect, StepCommand};
use super::dispatch_workflow::{DispatchEffect, DispatchWorkflow};
use super::fetch_artifacts::{Built, FetchArtifacts};
use super::github_release::{GithubRelease, ReleaseEffect, ReleasePublished};
use super::homebrew_formula::{FormulaEffect, FormulaInTap, HomebrewFormula};
use super::kind::{Kind, KindEffect, KindFacts};
use super::planned::Undoable;
use super::push_tag::{PushEffect, PushTag, TagPushed};
use super::reading::{FromPlan, Reading, from_table, keys};
use super::record::{Spelled, Stored};
use super::rehearse::Played;
use super::tag::{Tag, TagEffect, TagMade};
use super::watch_workflow::{WatchWorkflow, WorkflowSucceeded};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use toml::Spanned;
use toml::de::DeValue;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident($kind:ty);)+) => {
        /// What a step does.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum StepKind {
            $($(#[$doc])* $name($kind),)+
        }

        impl StepKind {
            /// The name that the plan uses.
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => <$kind as Kind>::NAME,)+ }
            }

            /// How long such a step may take, where the plan does not say.
            pub const fn usual_timeout(&self) -> Duration {
                match self { $(Self::$name(_) => <$kind as Kind>::TIMEOUT,)+ }
            }

            /// Whether it works at the project's repository on GitHub.
            pub const fn is_at_github(&self) -> bool {
                match self { $(Self::$name(_) => <$kind as Kind>::AT_GITHUB,)+ }
            }

            /// What the step does, in words.
            pub fn words(&self, tag: &str) -> String {
                match self { $(Self::$name(kind) => kind.words(tag),)+ }
            }

            /// Whether what the step does can be undone.
            pub fn undo(&self, tag: &str) -> Undoable {
                match self { $(Self::$name(kind) => kind.undo(tag),)+ }
            }

            /// What shows that the step is done, in words. `code` sets apart what is written as it stands.
            pub fn shown_by(&self, code: &dyn Fn(&str) -> String) -> String {
                match self { $(Self::$name(kind) => kind.shown_by(code),)+ }
            }

            /// The workflow whose work this step is, for a rehearsal, which plays it.
            pub fn workflow(&self) -> Option<Played<'_>> {
                match self { $(Self::$name(kind) => kind.workflow(),)+ }
            }
        }

        /// What a step does, as a plan names it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        #[schemars(rename = "StepKind", description = "What a step does.")]
        pub(super) enum Name {
            $($(#[$doc])* $name,)+
        }

        /// A step of the named kind, from its part of the step's table.
        pub(super) fn read(
            name: Name,
            table: Spanned<DeValue<'_>>,
            reading: &mut Reading<'_>,
        ) -> Option<StepKind> {
            match name { $(Name::$name => from_table(table, reading).map(StepKind::$name),)+ }
        }

        /// Whether any kind of step reads a key.
        pub(super) fn has_key(key: &str) -> bool {
            [$(keys::<$kind>(),)+].iter().flatten().any(|own| own == key)
        }

        /// Each kind's part of a step's table.
        pub(super) fn schemas(generator: &mut SchemaGenerator) -> Vec<Schema> {
            vec![$(<$kind as FromPlan>::Table::json_schema(generator),)+]
        }

        #[cfg(test)]
        const NAMES: &[(Name, &str)] = &[$((Name::$name, <$kind as Kind>::NAME),)+];
    };
}

macro_rules! effects {
    ($($name:ident($effect:ty);)+) => {
        /// One thing that a step does to the world, as the ledger has it.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Effect {
            $(
                #[doc = concat!("[`", stringify!($effect), "`].")]
                $name($effect),
            )+
        }

        impl Effect {
            /// See [`KindEffect::may_double`].
            pub fn may_double(&self) -> bool {
                match self { $(Self::$name(effect) => effect.may_double(),)+ }
            }
        }

        impl Spelled for Effect {
            fn spelling(&self) -> (&'static str, Option<&str>) {
                match self { $(Self::$name(effect) => effect.spelling(),)+ }
            }

            fn spelled(name: &str, about: Option<&str>) -> Option<Self> {
                None$(.or_else(|| <$effect>::spelled(name, about).map(Self::$name)))+
            }
        }

        impl std::fmt::Display for Effect {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self { $(Self::$name(effect) => effect.fmt(f),)+ }
            }
        }

        $(stored!(Effect::$name($effect));)+
    };
}

macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident($facts:ty) = $stored:literal;)+) => {
        /// What was seen of a step that is done, as the ledger has it.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Facts {
            $(
                $(#[$doc])*
                #[serde(rename = $stored)]
                $name($facts),
            )+
        }

        impl Facts {
            /// See [`KindFacts::line`].
            pub fn line(&self) -> String {
                match self { $(Self::$name(facts) => facts.line(),)+ }
            }

            /// See [`KindFacts::workflow_run`].
            pub fn workflow_run(&self) -> Option<u64> {
                match self { $(Self::$name(facts) => facts.workflow_run(),)+ }
            }

            /// See [`KindFacts::public_line`].
            pub fn public_line(&self) -> Option<String> {
                match self { $(Self::$name(facts) => facts.public_line(),)+ }
            }
        }

        $(stored!(Facts::$name($facts));)+
    };
}

macro_rules! stored {
    ($record:ident::$name:ident($kind:ty)) => {
        impl From<$kind> for $record {
            fn from(kind: $kind) -> Self {
                Self::$name(kind)
            }
        }

        impl Stored<$record> for $kind {
            fn read(record: &$record) -> Option<&Self> {
                match record {
                    $record::$name(kind) => Some(kind),
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    /// Makes the annotated tag.
    Tag(Tag);
    /// Pushes the tag.
    PushTag(PushTag);
    /// Waits for the workflow that the tag started.
    WatchWorkflow(WatchWorkflow);
    /// Fetches what the workflow built.
    FetchArtifacts(FetchArtifacts);
    /// Writes and pushes the Homebrew formula.
    HomebrewFormula(HomebrewFormula);
    /// Starts a workflow by hand, and waits for it.
    DispatchWorkflow(DispatchWorkflow);
    /// Makes sure of the GitHub release.
    GithubRelease(GithubRelease);
    /// Runs a program.
    Command(StepCommand);
}

effects! {
    Tag(TagEffect);
    PushTag(PushEffect);
    HomebrewFormula(FormulaEffect);
    DispatchWorkflow(DispatchEffect);
    GithubRelease(ReleaseEffect);
    Command(CommandEffect);
}

facts! {
    /// The tag in the checkout.
    Tag(TagMade) = "tag";
    /// The tag on the remote.
    RemoteTag(TagPushed) = "remote-tag";
    /// A workflow run that ended in success.
    Workflow(WorkflowSucceeded) = "workflow";
    /// What was built.
    Artifacts(Built) = "artifacts";
    /// The formula in the tap.
    Formula(FormulaInTap) = "formula";
    /// The published release.
    Release(ReleasePublished) = "release";
    /// A command that was carried out.
    Command(CommandDone) = "command";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_named_as_the_plan_names_it() {
        for (name, own) in NAMES {
            let typed: Name = serde_json::from_value((*own).into()).unwrap();
            assert_eq!(typed, *name);
        }
    }

    /// The spellings that ledgers hold. None of them may change or go.
    #[test]
    fn the_ledgers_spellings_stay() {
        for (spelled, effect) in [
            (r#""create-tag""#, Effect::Tag(TagEffect::Create)),
            (r#""push-tag""#, PushEffect::Push.into()),
            (r#""push-formula""#, FormulaEffect::Push.into()),
            (r#""dispatch""#, DispatchEffect::Dispatch.into()),
            (r#""create-draft""#, ReleaseEffect::CreateDraft.into()),
            (r#"{"upload-asset":"a"}"#, ReleaseEffect::Upload("a".to_owned()).into()),
            (r#"{"remove-asset":"a"}"#, ReleaseEffect::Remove("a".to_owned()).into()),
            (r#""publish-release""#, ReleaseEffect::Publish.into()),
            (r#""run-command""#, CommandEffect::Run.into()),
        ] {
            assert_eq!(serde_json::to_string(&effect).unwrap(), spelled);
            assert_eq!(serde_json::from_str::<Effect>(spelled).unwrap(), effect);
        }
        for facts in [
            r#"{"tag":{"object":"o","commit":"c"}}"#,
            r#"{"remote-tag":{"remote":"r","object":"o","commit":"c"}}"#,
            r#"{"workflow":{"run":7,"attempt":1,"url":"u"}}"#,
            r#"{"artifacts":{"run":7,"manifest":[]}}"#,
            r#"{"formula":{"commit":"c","digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}}"#,
            r#"{"release":{"id":7,"url":"u","assets":[]}}"#,
            r#"{"command":{"shown_by":"s"}}"#,
        ] {
            let read: Facts = serde_json::from_str(facts).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), facts);
            let more = facts.replacen(":{", r#":{"more":1,"#, 1);
            assert!(serde_json::from_str::<Facts>(&more).is_err(), "{more}");
        }
    }
}
