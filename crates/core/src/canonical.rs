//! Canonical JSON: one value has one spelling, so that a digest of it means something.
//!
//! Keys sorted by byte order, no white space, no floating-point numbers (RFC 8785 without its number rules, which
//! are not needed where every number is an integer).

use crate::digest::Digest;
use serde::Serialize;
use serde_json::Value;

/// A value that has no canonical spelling here.
#[derive(Debug, thiserror::Error)]
pub enum NotCanonical {
    /// The value does not serialise to JSON at all.
    #[error("not JSON")]
    Json(#[from] serde_json::Error),
    /// The value holds a number with a fraction or an exponent.
    #[error("holds a floating-point number")]
    Float,
}

/// The canonical spelling of a value.
pub fn to_string(value: &impl Serialize) -> Result<String, NotCanonical> {
    let value = serde_json::to_value(value)?;
    if holds_float(&value) {
        return Err(NotCanonical::Float);
    }
    // serde_json's map is a BTreeMap (its `preserve_order` feature is off), so keys come out sorted.
    Ok(value.to_string())
}

/// The digest of a value's canonical spelling.
pub fn digest(value: &impl Serialize) -> Result<Digest, NotCanonical> {
    Ok(Digest::of(to_string(value)?.as_bytes()))
}

fn holds_float(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(holds_float),
        Value::Object(fields) => fields.values().any(holds_float),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_whatever_their_order_was() {
        let one: Value = serde_json::from_str(r#"{"b":1,"a":{"d":2,"c":[true,null]}}"#).unwrap();
        assert_eq!(to_string(&one).unwrap(), r#"{"a":{"c":[true,null],"d":2},"b":1}"#);
    }

    #[test]
    fn a_floating_point_number_has_no_canonical_spelling() {
        assert!(matches!(to_string(&json!({"seconds": 1.5})), Err(NotCanonical::Float)));
    }
}
