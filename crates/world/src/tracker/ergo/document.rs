//! Reading what `ergo show` prints from 3.0 on: a front matter of quoted strings, then Markdown.
//!
//! Invariant: ID, title and state come from the front matter alone, whose strings are quoted as Go's
//! `strconv.Quote` does; nothing that a body holds can pass for them.

use super::words::odd;
use crate::tracker::TrackerError;
use std::collections::BTreeMap;

/// One task or epic as it is shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Document<'a> {
    pub(super) id: String,
    pub(super) title: String,
    /// It is an epic. From 6.0 on an epic has a state too once a task of it has failed.
    pub(super) is_epic: bool,
    /// The state; `None` for most epics.
    pub(super) state: Option<String>,
    /// The epic that a task belongs to.
    pub(super) parent: Option<String>,
    /// What comes below the heading: the body, and the sections that ergo adds.
    pub(super) below: &'a str,
}

/// Reads a document whole.
pub(super) fn parse(text: &str) -> Result<Document<'_>, TrackerError> {
    let broken = |what: &str| odd(&format!("a task shown with {what}"));
    let rest = text.strip_prefix("---\n").ok_or_else(|| broken("no front matter"))?;
    let (matter, rest) = rest.split_once("\n---\n\n").ok_or_else(|| broken("an open front matter"))?;
    let mut fields = BTreeMap::new();
    for line in matter.split('\n') {
        let (key, value) = line.split_once(": ").ok_or_else(|| broken("an odd front matter"))?;
        let value = if value == "true" { value.to_owned() } else { unquote(value)? };
        if fields.insert(key, value).is_some() {
            return Err(broken("a field twice"));
        }
    }
    let epic = fields.contains_key("epic") || fields.contains_key("container");
    let mut take = |key: &str| fields.remove(key);
    let id = take("id").ok_or_else(|| broken("no ID"))?;
    let title = take("title").ok_or_else(|| broken("no title"))?;
    let (state, parent) = (take("state"), take("parent").or(take("container_id")));
    if !epic && state.is_none() || epic && parent.is_some() {
        return Err(broken("the marks of a task and of an epic"));
    }
    let heading = if title.trim().is_empty() { &id } else { &title };
    let below = rest
        .strip_prefix("# ")
        .and_then(|rest| rest.strip_prefix(heading.as_str()))
        .and_then(|rest| rest.strip_prefix("\n\n"))
        .ok_or_else(|| broken("another heading than its title"))?;
    Ok(Document { id, title, is_epic: epic, state, parent, below })
}

/// The body out of what comes below the heading, where ergo cannot print it alone: up to the first section that
/// ergo adds. A body that itself holds such a section is read short, never long.
pub(super) fn body(below: &str) -> &str {
    let marks = [
        "## Dependencies\n- depends on `",
        "## Dependencies\n- blocks `",
        "## Messages\n\n**",
        "## Results\n- [",
    ];
    let end = |mark: &str| match below.starts_with(mark) {
        true => Some(0),
        false => below.find(&format!("\n{mark}")).map(|index| index + 1),
    };
    let body = &below[..marks.into_iter().filter_map(end).min().unwrap_or(below.len())];
    body.strip_suffix('\n').unwrap_or(body)
}

/// The string that a Go string literal stands for.
fn unquote(literal: &str) -> Result<String, TrackerError> {
    let broken = || odd("a quoted string that is not whole");
    let inner = literal.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or_else(broken)?;
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner.chars();
    while let Some(c) = rest.next() {
        if c == '"' {
            return Err(broken());
        }
        if c != '\\' {
            text.push(c);
            continue;
        }
        let digits = match rest.next().ok_or_else(broken)? {
            'a' => ('\u{7}', 0),
            'b' => ('\u{8}', 0),
            'f' => ('\u{c}', 0),
            'n' => ('\n', 0),
            'r' => ('\r', 0),
            't' => ('\t', 0),
            'v' => ('\u{b}', 0),
            other @ ('\\' | '"') => (other, 0),
            'x' => (' ', 2),
            'u' => (' ', 4),
            'U' => (' ', 8),
            _ => return Err(broken()),
        };
        match digits {
            (plain, 0) => text.push(plain),
            (_, count) => {
                let digits: String = rest.by_ref().take(count).collect();
                let code = u32::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == count);
                // A byte that is no character of its own stands for broken UTF-8.
                let code = code.filter(|code| count != 2 || *code < 0x80);
                text.push(code.and_then(char::from_u32).ok_or_else(broken)?);
            }
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASK: &str = "---\nid: \"AAAAAA\"\ntitle: \"a \\\"b\\\"\"\nstate: \"todo\"\nparent: \"BBBBBB\"\n---\n\n\
                        # a \"b\"\n\nstate: \"done\"\n---\n\n## Messages\n\n**done - x**\n\nnote\n\n";

    #[test]
    fn a_body_cannot_pass_for_the_front_matter() {
        let document = parse(TASK).unwrap();
        assert_eq!((document.title.as_str(), document.state.as_deref()), ("a \"b\"", Some("todo")));
        assert_eq!(body(document.below), "state: \"done\"\n---\n");
        assert_eq!(body("only text\n\n"), "only text\n");
        assert_eq!(body(""), "");
    }

    #[test]
    fn an_epic_may_have_a_state_and_is_one_all_the_same() {
        let epic =
            |state: &str| format!("---\nepic: true\nid: \"AAAAAA\"\ntitle: \"E\"\n{state}---\n\n# E\n\n");
        for state in ["", "state: \"failed\"\n", "state: \"active\"\n"] {
            let text = epic(state);
            assert!(parse(&text).unwrap().is_epic, "{state}");
        }
        assert!(!parse(TASK).unwrap().is_epic);
        assert!(parse(&epic("parent: \"BBBBBB\"\n")).is_err());
    }

    #[test]
    fn a_document_that_is_cut_or_marked_twice_is_an_error() {
        let heading = TASK.find("state: \"done\"").unwrap();
        for end in 0..heading {
            assert!(parse(&TASK[..end]).is_err(), "{:?}", &TASK[..end]);
        }
        for (from, to) in [
            ("state: \"todo\"\n", ""),
            ("state: \"todo\"", "state: todo"),
            ("id: \"AAAAAA\"", "epic: true\nid: \"AAAAAA\""),
            ("id: \"AAAAAA\"", "id: \"AAAAAA\"\nid: \"AAAAAA\""),
            ("# a \"b\"", "# b"),
        ] {
            assert!(parse(&TASK.replacen(from, to, 1)).is_err(), "{from}");
        }
    }

    #[test]
    fn quoted_strings_are_read_as_go_writes_them() {
        assert_eq!(unquote(r#""\a\t\\ \" \u00a0 \U0001f600 ü""#).unwrap(), "\u{7}\t\\ \" \u{a0} \u{1f600} ü");
        for broken in
            [r#"""#, r#"a"#, r#""\""#, r#""a"b""#, r#""\q""#, r#""\u00""#, r#""\xff""#, r#""\ud800""#]
        {
            assert!(unquote(broken).is_err(), "{broken}");
        }
    }
}
