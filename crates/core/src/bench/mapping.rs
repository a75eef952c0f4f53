//! Where a JSON document of any benchmark program keeps its scenarios.

use super::format::{Sample, positive};
use crate::readers::Unread;
use serde_json::Value;

/// Where a document says what. Fields of a result are named directly, or by a JSON pointer that begins with `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// A JSON pointer (RFC 6901) to the array of results.
    pub results: String,
    /// The fields that tell one scenario from another. One that a result lacks, or has as null, is left out of its name.
    pub key: Vec<String>,
    /// The field with the measured value.
    pub metric: String,
}

impl Mapping {
    pub(super) fn read(&self, document: &Value) -> Result<Sample, Unread> {
        let unread = |what: String| Unread::unreadable(what);
        let results = document
            .pointer(&self.results)
            .and_then(Value::as_array)
            .ok_or_else(|| unread(format!("the document has no array at `{}`", self.results)))?;
        let mut sample = Sample::new();
        for result in results {
            let name = self.name(result)?;
            let value = field(result, &self.metric)
                .and_then(Value::as_f64)
                .ok_or_else(|| unread(format!("{name} has no number `{}`", self.metric)))?;
            if sample.insert(name.clone(), positive(&name, value)?).is_some() {
                return Err(unread(format!("{name} is there twice: the key does not tell scenarios apart")));
            }
        }
        Ok(sample)
    }

    fn name(&self, result: &Value) -> Result<String, Unread> {
        let mut parts = Vec::new();
        for key in &self.key {
            let part = match field(result, key) {
                None | Some(Value::Null) => continue,
                Some(Value::String(text)) => text.clone(),
                Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
                Some(_) => return Err(Unread::unreadable(format!("`{key}` of a result is no plain value"))),
            };
            parts.push(format!("{key}={part}"));
        }
        if parts.is_empty() {
            return Err(Unread::unreadable("a result has none of the fields that would name it"));
        }
        Ok(parts.join(" "))
    }
}

fn field<'a>(result: &'a Value, name: &str) -> Option<&'a Value> {
    if name.starts_with('/') { result.pointer(name) } else { result.get(name) }
}
