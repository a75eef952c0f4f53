//! What a GraphQL query selects, and the same selected from a JSON value.
//!
//! Invariant: a reply holds exactly the selected fields, as gh demands; a field that is not there is an error. Served
//! is what gh sends: fields, aliases, arguments, fragments; no directives and no fragments on the spot.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// One selected field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    /// The field's name.
    pub(super) name: String,
    /// What the reply calls it: its alias, or its name.
    pub(super) key: String,
    /// The arguments that are given as texts; variables come beside the query.
    pub(super) texts: Vec<String>,
    /// What is selected of it; empty for a plain value.
    pub(super) fields: Vec<Field>,
}

/// What a query selects at its root, or why it cannot be told.
pub(super) fn read(query: &str) -> Result<Vec<Field>, String> {
    let mut tokens = tokens(query)?;
    tokens.reverse();
    let mut reader = Reader { tokens };
    let (mut root, mut fragments) = (None, BTreeMap::new());
    while let Some(token) = reader.tokens.pop() {
        match token.as_str() {
            "fragment" => {
                let name = reader.next()?;
                reader.skip_until_brace()?;
                fragments.insert(name, reader.selection()?);
            }
            "query" => {
                reader.skip_until_brace()?;
                root = Some(reader.selection()?);
            }
            "{" => {
                reader.tokens.push(token);
                root = Some(reader.selection()?);
            }
            other => return Err(format!("not served here: {other}")),
        }
    }
    spread(root.ok_or("no query")?, &fragments, 0)
}

/// The selected part of a value.
pub(super) fn select(fields: &[Field], value: &Value) -> Result<Value, String> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Array(all) => all.iter().map(|one| select(fields, one)).collect(),
        Value::Object(all) if !fields.is_empty() => {
            let mut shown = Map::new();
            for field in fields {
                let value =
                    all.get(&field.name).ok_or_else(|| format!("Field '{}' doesn't exist", field.name))?;
                shown.insert(field.key.clone(), select(&field.fields, value)?);
            }
            Ok(Value::Object(shown))
        }
        Value::Object(_) => Err("Field must have selections".to_owned()),
        _ if fields.is_empty() => Ok(value.clone()),
        _ => Err("Selections can't be made on scalars".to_owned()),
    }
}

/// Names, texts (with their opening quote) and punctuation; commas and blanks say nothing.
fn tokens(query: &str) -> Result<Vec<String>, String> {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '$';
    let mut tokens = Vec::new();
    let mut rest = query;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            _ if is_name(first) => rest.find(|letter| !is_name(letter)).unwrap_or(rest.len()),
            '"' => rest[1..].find('"').ok_or("a text without an end")? + 2,
            '.' if rest.starts_with("...") => 3,
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        if first == '"' {
            tokens.push(token[..length - 1].to_owned());
        } else if !first.is_whitespace() && first != ',' {
            tokens.push(token.to_owned());
        }
        rest = after;
    }
    Ok(tokens)
}

/// Takes tokens from the end of a reversed list.
struct Reader {
    tokens: Vec<String>,
}

impl Reader {
    fn next(&mut self) -> Result<String, String> {
        self.tokens.pop().ok_or_else(|| "the query ends too early".to_owned())
    }

    fn is_next(&self, token: &str) -> bool {
        self.tokens.last().is_some_and(|next| next == token)
    }

    /// A query's name and variables, and what a fragment is on, say nothing here.
    fn skip_until_brace(&mut self) -> Result<(), String> {
        while !self.is_next("{") {
            self.next()?;
        }
        Ok(())
    }

    fn selection(&mut self) -> Result<Vec<Field>, String> {
        self.next()?;
        let mut fields = Vec::new();
        while !self.is_next("}") {
            fields.push(self.field()?);
        }
        self.next()?;
        Ok(fields)
    }

    fn field(&mut self) -> Result<Field, String> {
        let mut name = self.next()?;
        if name == "..." {
            let fragment = self.next()?;
            return Ok(Field { name, key: fragment, texts: Vec::new(), fields: Vec::new() });
        }
        if !name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
            return Err(format!("not served here: {name}"));
        }
        let key = name.clone();
        if self.is_next(":") {
            self.next()?;
            name = self.next()?;
        }
        let texts = if self.is_next("(") { self.arguments()? } else { Vec::new() };
        let fields = if self.is_next("{") { self.selection()? } else { Vec::new() };
        Ok(Field { name, key, texts, fields })
    }

    fn arguments(&mut self) -> Result<Vec<String>, String> {
        let mut texts = Vec::new();
        loop {
            let token = self.next()?;
            match token.strip_prefix('"') {
                Some(text) => texts.push(text.to_owned()),
                None if token == ")" => return Ok(texts),
                None => {}
            }
        }
    }
}

/// How deep fragments may stand in fragments; gh's stand in none.
const DEEPEST: usize = 8;

fn spread(
    fields: Vec<Field>,
    fragments: &BTreeMap<String, Vec<Field>>,
    depth: usize,
) -> Result<Vec<Field>, String> {
    if depth > DEEPEST {
        return Err("fragments in a circle".to_owned());
    }
    let mut spread_out = Vec::new();
    for mut field in fields {
        if field.name == "..." {
            let fragment =
                fragments.get(&field.key).ok_or_else(|| format!("not served here: ...{}", field.key))?;
            spread_out.extend(spread(fragment.clone(), fragments, depth + 1)?);
        } else {
            field.fields = spread(field.fields, fragments, depth)?;
            spread_out.push(field);
        }
    }
    Ok(spread_out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn selected(query: &str, value: &Value) -> Result<Value, String> {
        select(&read(query)?, value)
    }

    #[test]
    fn exactly_what_is_selected_is_shown_under_its_alias() {
        let value = json!({ "a": { "b": 1, "c": 2 }, "d": [{ "e": 3, "f": 4 }], "g": null });
        let query = "query Q($x:String!$y:Int = 3){a(name: $x, order: {by: UP}){b}, all: d{e} g{h}}";
        assert_eq!(
            selected(query, &value).unwrap(),
            json!({ "a": { "b": 1 }, "all": [{ "e": 3 }], "g": null })
        );
        assert_eq!(read("{t: __type(name: \"Release (x)\"){n}}").unwrap()[0].texts, ["Release (x)"]);
    }

    #[test]
    fn a_fragment_stands_for_its_fields() {
        let value = json!({ "a": { "b": 1, "c": 2 } });
        let query = "fragment f on T { b } query Q { a { ...f c } }";
        assert_eq!(selected(query, &value).unwrap(), value);
        assert!(selected("fragment f on T { ...f } { a { ...f } }", &value).is_err());
    }

    #[test]
    fn what_is_not_there_or_not_served_is_an_error() {
        let value = json!({ "a": { "b": 1 } });
        for query in [
            "{z}",
            "{a}",
            "{a{b{c}}}",
            "{a{...x}}",
            "{a{...on T{b}}}",
            "{a @skip {b}}",
            "{a",
            "{a(x",
            "mutation{a}",
            "",
        ] {
            assert!(selected(query, &value).is_err(), "{query}");
        }
    }
}
