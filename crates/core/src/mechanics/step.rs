//! One release mechanic of a plan: what every step has, and the part that its kind has for itself.
//!
//! Invariant: a key that another kind of step would read is a problem, and never a default.

use super::kinds::{self, Name, StepKind};
use super::reading::{Reading, split};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::time::Duration;
use toml::Spanned;
use toml::de::{DeValue, ValueDeserializer};

/// One release mechanic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name, unlike every other's.
    pub id: String,
    /// How long it may take.
    pub timeout: Duration,
    /// What it does.
    pub kind: StepKind,
}

/// One release mechanic. Texts may hold `{tag}`, `{version}`, `{commit}` and, after a build was watched,
/// `{build-run-id}`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename = "Step", rename_all = "kebab-case")]
struct Common {
    /// What it does.
    #[schemars(with = "Name")]
    kind: Spanned<Name>,
    /// Its name, which the ledger knows it by. By default its kind.
    #[schemars(with = "Option<String>")]
    id: Option<Spanned<String>>,
    /// How long it may take, such as `90m`. By default 1 h for workflows, 10 min for all else.
    #[schemars(with = "Option<String>")]
    timeout: Option<Spanned<String>>,
}

impl Common {
    const KEYS: &[&str] = &["kind", "id", "timeout"];
}

impl Step {
    /// From its table. Every problem is gathered.
    pub(crate) fn read(table: Spanned<DeValue<'_>>, reading: &mut Reading<'_>) -> Option<Self> {
        let (common, own) = split(table, |key| Common::KEYS.contains(&key));
        let common = match Common::deserialize(ValueDeserializer::from(common)) {
            Ok(common) => common,
            Err(error) => {
                reading.problems.0.push(error.into());
                return None;
            }
        };
        let kind = kinds::read(*common.kind.get_ref(), own, reading)?;
        let timeout = common.timeout.as_ref().and_then(|text| reading.problems.duration(text));
        let timeout = timeout.unwrap_or_else(|| kind.usual_timeout());
        let id = common.id.map_or_else(|| kind.name().to_owned(), |id| named(id, reading));
        Some(Self { id, timeout, kind })
    }
}

fn named(id: Spanned<String>, reading: &mut Reading<'_>) -> String {
    let text = id.get_ref();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.is_empty() || !text.chars().all(plain) {
        reading.problems.at(&id, "a step's `id` is of a-z, 0-9 and -", None);
    }
    id.into_inner()
}

/// A step's table, for the plan's JSON Schema: the keys of every kind of step.
pub(crate) struct Table;

impl JsonSchema for Table {
    fn schema_name() -> Cow<'static, str> {
        "Step".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Common::json_schema(generator);
        let kinds = kinds::schemas(generator);
        if let Some(Value::Object(keys)) = schema.get_mut("properties") {
            for (key, value) in kinds.into_iter().flat_map(properties) {
                add(keys, key, value);
            }
        }
        schema
    }
}

/// The keys of a table, with what is said of each.
pub(super) fn properties(schema: Schema) -> Map<String, Value> {
    match schema.get("properties") {
        Some(Value::Object(keys)) => keys.clone(),
        _ => Map::new(),
    }
}

/// Adds a key. Where another kind has it too, what each says of it stands there, one after the other.
fn add(keys: &mut Map<String, Value>, key: String, value: Value) {
    let Some(there) = keys.get_mut(&key) else {
        keys.insert(key, value);
        return;
    };
    let (Some(Value::String(had)), Some(Value::String(more))) =
        (there.get("description").cloned(), value.get("description"))
    else {
        return;
    };
    if !had.lines().any(|line| more.lines().next() == Some(line)) {
        there["description"] = Value::String(format!("{had}\n{more}"));
    }
}
