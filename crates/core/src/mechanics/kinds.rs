//! What follows from the list of kinds: one type for all steps, one for what the ledger has of each, and the way from a plan.
//! The list itself is in `mechanics`.

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
                match self { $(Self::$name(_) => <$kind as $crate::mechanics::KindOfStep>::NAME,)+ }
            }

            /// How long such a step may take, where the plan does not say.
            pub const fn usual_timeout(&self) -> std::time::Duration {
                match self { $(Self::$name(_) => <$kind as $crate::mechanics::KindOfStep>::TIMEOUT,)+ }
            }

            /// Whether it works at the project's repository on GitHub.
            pub const fn is_at_github(&self) -> bool {
                match self { $(Self::$name(_) => <$kind as $crate::mechanics::KindOfStep>::AT_GITHUB,)+ }
            }

            /// What the step does, in words.
            pub fn words(&self, tag: &str) -> String {
                match self { $(Self::$name(kind) => $crate::mechanics::KindOfStep::words(kind, tag),)+ }
            }

            /// Whether what the step does can be undone.
            pub fn undo(&self, tag: &str) -> $crate::mechanics::Undoable {
                match self { $(Self::$name(kind) => $crate::mechanics::KindOfStep::undo(kind, tag),)+ }
            }

            /// What shows that the step is done, in words. `code` sets apart what is written as it stands.
            pub fn shown_by(&self, code: &dyn Fn(&str) -> String) -> String {
                match self { $(Self::$name(kind) => $crate::mechanics::KindOfStep::shown_by(kind, code),)+ }
            }

            /// The workflow whose work this step is, for a rehearsal, which plays it.
            pub fn workflow(&self) -> Option<$crate::mechanics::Played<'_>> {
                match self { $(Self::$name(kind) => $crate::mechanics::KindOfStep::workflow(kind),)+ }
            }
        }

        /// What a step does, as a plan names it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        #[schemars(rename = "StepKind", description = "What a step does.")]
        enum Name {
            $($(#[$doc])* $name,)+
        }

        /// A step of the named kind, from its part of the step's table.
        fn read(
            name: Name,
            table: toml::Spanned<toml::de::DeValue<'_>>,
            reading: &mut $crate::mechanics::Reading<'_>,
        ) -> Option<StepKind> {
            match name { $(Name::$name => $crate::mechanics::reading::from_table(table, reading).map(StepKind::$name),)+ }
        }

        /// Whether any kind of step reads a key.
        fn has_key(key: &str) -> bool {
            [$($crate::mechanics::reading::keys::<$kind>(),)+].iter().flatten().any(|own| own == key)
        }

        /// Each kind's part of a step's table.
        fn schemas(generator: &mut schemars::SchemaGenerator) -> Vec<schemars::Schema> {
            vec![$(<<$kind as $crate::mechanics::reading::FromPlan>::Table as schemars::JsonSchema>::json_schema(generator),)+]
        }

        #[cfg(test)]
        const NAMES: &[(Name, &str)] = &[$((Name::$name, <$kind as $crate::mechanics::KindOfStep>::NAME),)+];
    };
}

macro_rules! listed_effects {
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
                match self { $(Self::$name(effect) => $crate::mechanics::KindEffect::may_double(effect),)+ }
            }
        }

        impl $crate::mechanics::Spelled for Effect {
            fn spelling(&self) -> (&'static str, Option<&str>) {
                match self { $(Self::$name(effect) => $crate::mechanics::Spelled::spelling(effect),)+ }
            }

            fn spelled(name: &str, about: Option<&str>) -> Option<Self> {
                None$(.or_else(|| <$effect as $crate::mechanics::Spelled>::spelled(name, about).map(Self::$name)))+
            }
        }

        impl std::fmt::Display for Effect {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self { $(Self::$name(effect) => std::fmt::Display::fmt(effect, f),)+ }
            }
        }

        $($crate::mechanics::kinds::stored!(Effect::$name($effect));)+
    };
}

macro_rules! listed_facts {
    ($($(#[$doc:meta])* $name:ident($facts:ty) = $stored:literal;)+) => {
        /// What was seen of a step that is done, as the ledger has it.
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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
                match self { $(Self::$name(facts) => $crate::mechanics::KindFacts::line(facts),)+ }
            }

            /// See [`KindFacts::workflow_run`].
            pub fn workflow_run(&self) -> Option<u64> {
                match self { $(Self::$name(facts) => $crate::mechanics::KindFacts::workflow_run(facts),)+ }
            }

            /// See [`KindFacts::public_line`].
            pub fn public_line(&self) -> Option<String> {
                match self { $(Self::$name(facts) => $crate::mechanics::KindFacts::public_line(facts),)+ }
            }
        }

        $($crate::mechanics::kinds::stored!(Facts::$name($facts));)+
    };
}

macro_rules! stored {
    ($record:ident::$name:ident($kind:ty)) => {
        impl From<$kind> for $record {
            fn from(kind: $kind) -> Self {
                Self::$name(kind)
            }
        }

        impl $crate::mechanics::Stored<$record> for $kind {
            fn read(record: &$record) -> Option<&Self> {
                match record {
                    $record::$name(kind) => Some(kind),
                    _ => None,
                }
            }
        }
    };
}

pub(super) use {kinds, listed_effects, listed_facts, stored};

#[cfg(test)]
mod tests {
    use crate::mechanics::*;

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
            r#"{"tag":{"object":"o","commit":"cccccccccccccccccccccccccccccccccccccccc"}}"#,
            r#"{"remote-tag":{"remote":"r","object":"o","commit":"cccccccccccccccccccccccccccccccccccccccc"}}"#,
            r#"{"workflow":{"run":7,"attempt":1,"url":"u"}}"#,
            r#"{"artifacts":{"run":7,"manifest":[]}}"#,
            r#"{"formula":{"commit":"cccccccccccccccccccccccccccccccccccccccc","digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}}"#,
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
