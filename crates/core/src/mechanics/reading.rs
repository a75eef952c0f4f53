//! How a kind of step reads its part of a plan: what comes before the step, and where its problems go.

use super::StepKind;
use super::kind::KindOfStep;
use super::step::{Step, properties};
use super::text::PLACEHOLDERS;
use crate::delivery::Channels;
use crate::ids::{RemoteName, TagName};
use crate::problems::Problems;
use crate::workflow::WorkflowPath;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::ops::Range;
use std::time::Duration;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

/// How long something that was asked for may take to show, where the plan does not say.
const SETTLE: Duration = Duration::from_secs(30);

/// A kind of step that is read from a plan.
pub(crate) trait FromPlan: KindOfStep {
    /// Its part of the step's table, as it is typed.
    type Table: DeserializeOwned + JsonSchema;

    /// From its table. `None` where no such step can be made of it, which is a problem then.
    fn from_plan(table: Self::Table, reading: &mut Reading<'_>) -> Option<Self>;
}

/// One step of a plan as it is read.
pub(crate) struct Reading<'a> {
    /// Where the step is.
    pub(crate) span: Range<usize>,
    /// The steps before it.
    pub(crate) before: &'a [Step],
    /// The plan's channels.
    pub(crate) channels: &'a Channels,
    /// Where problems go.
    pub(crate) problems: &'a mut Problems,
}

impl Reading<'_> {
    /// A problem of the whole step.
    pub(super) fn refuse(&mut self, message: impl Into<String>, help: Option<&str>) {
        self.problems.push(self.span.clone(), message, help);
    }

    /// The latest step of a kind before this one, which has to be there.
    pub(super) fn comes_after<K: KindOfStep>(&mut self) -> Option<String> {
        let found = self.before.iter().rfind(|step| step.kind.name() == K::NAME).map(|step| step.id.clone());
        if found.is_none() {
            self.refuse(format!("this step comes after a `{}` step", K::NAME), None);
        }
        found
    }

    /// Whether a step before this one is of a kind that is told by a predicate.
    pub(super) fn has_before(&self, is: impl Fn(&StepKind) -> bool) -> bool {
        self.before.iter().any(|step| is(&step.kind))
    }

    /// The tag that a step is about; the release's own where it names none.
    pub(super) fn tag(&mut self, typed: Option<Spanned<String>>) -> String {
        let Some(typed) = typed else { return "{tag}".to_owned() };
        let text = self.text(&typed);
        if !text.contains("{tag}") && !text.contains("{version}") {
            self.problems.at(&typed, "a tag of a release holds `{tag}` or `{version}`", None);
        }
        let sample = text.replace("{tag}", "v1.2.3").replace("{version}", "1.2.3");
        if !sample.contains('{') && sample.parse::<TagName>().is_err() {
            self.problems.at(&typed, format!("`{sample}` is no name of a tag"), None);
        }
        text
    }

    /// The remote that a step is about.
    pub(super) fn remote(&mut self, typed: &Spanned<String>) -> Option<RemoteName> {
        let remote = typed.get_ref().parse();
        if remote.is_err() {
            self.problems.at(typed, "a remote is named as git names it, such as `origin`", None);
        }
        remote.ok()
    }

    /// The workflow that a step is about, which it has to name.
    pub(super) fn workflow(&mut self, typed: Option<Spanned<String>>) -> Option<String> {
        let Some(path) = typed else {
            self.refuse("this step names its workflow's path in `workflow`", None);
            return None;
        };
        if WorkflowPath::parse(path.get_ref()).is_none() {
            self.problems.at(&path, WorkflowPath::WRONG, None);
        }
        Some(path.into_inner())
    }

    /// Patterns of names; all of them where none is named.
    pub(super) fn patterns(&mut self, typed: Option<Spanned<Vec<Spanned<String>>>>) -> Vec<String> {
        let Some(typed) = typed else { return vec!["*".to_owned()] };
        if typed.get_ref().is_empty() {
            self.problems.at(&typed, "an empty list chooses nothing", None);
        }
        typed.into_inner().iter().map(|pattern| self.text(pattern)).collect()
    }

    /// How long something that was asked for may take to show.
    pub(super) fn settle(&mut self, typed: Option<&Spanned<String>>) -> Duration {
        typed.and_then(|text| self.problems.duration(text)).unwrap_or(SETTLE)
    }

    /// A text whose braces hold what a step knows. The text as it is.
    pub(super) fn text(&mut self, typed: &Spanned<String>) -> String {
        self.words(typed.span(), std::slice::from_ref(typed.get_ref()));
        typed.get_ref().clone()
    }

    /// Texts whose braces hold what a step knows. The texts as they are.
    pub(super) fn words(&mut self, span: Range<usize>, texts: &[String]) -> Vec<String> {
        for text in texts {
            let mut rest = text.as_str();
            while let Some((_, after)) = rest.split_once('{') {
                let (name, after) = after.split_once('}').unwrap_or((after, ""));
                if !PLACEHOLDERS.contains(&name) && name != "artifacts" {
                    let known: Vec<String> = PLACEHOLDERS.iter().map(|name| format!("{{{name}}}")).collect();
                    let message = format!("`{{{name}}}` stands for nothing here");
                    self.problems.push(span.clone(), message, Some(&known.join(" ")));
                }
                rest = after;
            }
        }
        texts.to_vec()
    }
}

/// A kind's part of a step's table. A key that another kind would read is a mistake, and not a default.
pub(super) fn from_table<K: FromPlan>(table: Spanned<DeValue<'_>>, reading: &mut Reading<'_>) -> Option<K> {
    let own = keys::<K>();
    let (table, foreign) = split(table, |key| own.iter().any(|own| own == key) || !super::has_key(key));
    if let DeValue::Table(foreign) = foreign.into_inner() {
        let mut foreign: Vec<_> = foreign.keys().collect();
        foreign.sort_by_key(|key| key.span().start);
        for key in foreign {
            let message = format!("`{}` means nothing to this kind of step", key.get_ref());
            reading.problems.push(key.span(), message, None);
        }
    }
    match K::Table::deserialize(ValueDeserializer::from(table)) {
        Ok(table) => K::from_plan(table, reading),
        Err(error) => {
            reading.problems.0.push(error.into());
            None
        }
    }
}

/// The keys that a kind of step reads, but for those that every step has.
pub(super) fn keys<K: FromPlan>() -> Vec<String> {
    let schema = SchemaGenerator::default().into_root_schema_for::<K::Table>();
    properties(schema).into_iter().map(|(key, _)| key).collect()
}

/// A table in two: the entries whose key is chosen, and the others. What is no table is left whole on both sides.
pub(super) fn split<'a>(
    table: Spanned<DeValue<'a>>,
    is_chosen: impl Fn(&str) -> bool,
) -> (Spanned<DeValue<'a>>, Spanned<DeValue<'a>>) {
    let span = table.span();
    match table.into_inner() {
        DeValue::Table(table) => {
            let (chosen, others): (Vec<_>, Vec<_>) =
                table.into_iter().partition(|(key, _)| is_chosen(key.get_ref()));
            let whole =
                |entries: Vec<_>| Spanned::new(span.clone(), DeValue::Table(DeTable::from_iter(entries)));
            (whole(chosen), whole(others))
        }
        other => (Spanned::new(span.clone(), other.clone()), Spanned::new(span, other)),
    }
}
