//! Reading the list of ergo 4.2 and later: a versioned JSON document of epics and tasks.
//!
//! Invariant: another version, another kind or a state that is not known is an error.

use super::bare::json;
use super::tree::Branch;
use super::words::{odd, require_id, state};
use crate::tracker::TrackerError;
use serde::Deserialize;

/// The one version of the document that is known.
const VERSION: u32 = 1;

#[derive(Deserialize)]
struct Listing {
    version: u32,
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    id: String,
    title: String,
    kind: Kind,
    state: Option<String>,
    epic_id: Option<String>,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Epic,
    Task,
}

/// Reads what `list --all --json` prints: the epics with their tasks.
pub(super) fn parse(list: &str) -> Result<Vec<Branch>, TrackerError> {
    let listing: Listing = json(list)?;
    if listing.version != VERSION {
        return Err(odd(&format!("a list of version {}", listing.version)));
    }
    let mut branches: Vec<Branch> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for item in listing.items {
        require_id(&item.id)?;
        if !seen.insert(item.id.clone()) {
            return Err(odd("an ID listed twice"));
        }
        if item.kind == Kind::Epic {
            branches.push(Branch { epic: item.id, title: Some(item.title), tasks: Vec::new() });
            continue;
        }
        state(item.state.as_deref().unwrap_or_default())?;
        let Some(epic) = item.epic_id else { continue };
        let branch = branches.iter_mut().find(|branch| branch.epic == epic);
        branch.ok_or_else(|| odd("a task of an epic that is not listed"))?.tasks.push(item.id);
    }
    Ok(branches)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"{"version":1,"items":[{"id":"AAAAAA","title":"E","kind":"epic","state":"active"},
        {"id":"BBBBBB","title":"T","kind":"task","state":"todo","ready":true,"epic_id":"AAAAAA"}]}"#;

    #[test]
    fn a_whole_list_is_read_and_a_cut_or_odd_one_is_an_error() {
        let branch = Branch { epic: "AAAAAA".into(), title: Some("E".into()), tasks: vec!["BBBBBB".into()] };
        assert_eq!(parse(LIST).unwrap(), [branch]);
        for end in 0..LIST.len() {
            assert!(parse(&LIST[..end]).is_err(), "{end}");
        }
        for (from, to) in [
            ("\"version\":1", "\"version\":2"),
            ("\"kind\":\"task\"", "\"kind\":\"note\""),
            ("\"todo\"", "\"paused\""),
            ("\"state\":\"todo\",", ""),
            ("\"epic_id\":\"AAAAAA\"", "\"epic_id\":\"CCCCCC\""),
            ("\"BBBBBB\"", "\"AAAAAA\""),
            ("\"BBBBBB\"", "\"bbbbbb\""),
            ("\"items\"", "\"tasks\""),
        ] {
            assert!(parse(&LIST.replace(from, to)).is_err(), "{from}");
        }
        for nonsense in ["", "[]", "{}", "null", "<html></html>"] {
            assert!(parse(nonsense).is_err(), "{nonsense}");
        }
    }
}
