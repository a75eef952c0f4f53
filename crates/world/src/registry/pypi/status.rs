//! The status of a project on an index (PEP 792): one in quarantine is offered to nobody.

use super::{Listing, page};
use gonogo_core::delivery::Told;
use regex::Regex;
use serde_json::Value;

/// The status in a JSON document; `None` where it has none.
pub(super) fn of_json(document: &Value) -> Option<String> {
    document.pointer("/project-status/status").and_then(Value::as_str).map(str::to_owned)
}

/// The status in a page's head; `None` where it has none.
pub(super) fn of_page(text: &str) -> Option<String> {
    let text = page::uncommented(text)?;
    let meta = Regex::new(r"(?is)<meta\b[^>]*>").ok()?;
    let named = Regex::new(r#"(?is)\bname\s*=\s*["']?pypi:project-status["'\s/>]"#).ok()?;
    let content = Regex::new(r#"(?is)\bcontent\s*=\s*["']?([a-z-]+)"#).ok()?;
    let found = meta.find_iter(&text).find(|one| named.is_match(one.as_str()))?;
    Some(content.captures(found.as_str())?.get(1)?.as_str().to_ascii_lowercase())
}

/// The listing, as clients see it under a status.
pub(super) fn applied(status: Option<&str>, mut listing: Listing) -> Listing {
    if status == Some("quarantined") {
        for entry in listing.versions.iter_mut().filter_map(|listed| listed.entry.as_mut().ok()) {
            let said = "the index has the project in quarantine: nobody can install it".to_owned();
            entry.facts.resolves = Told::No { said };
        }
    }
    listing
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_status_is_read_in_both_forms() {
        assert_eq!(
            of_json(&json!({"project-status": {"status": "quarantined"}})).as_deref(),
            Some("quarantined")
        );
        assert_eq!(of_json(&json!({"name": "kit"})), None);
        for (text, status) in [
            ("<meta name=\"pypi:project-status\" content=\"quarantined\">", Some("quarantined")),
            ("<META content='archived' name='pypi:project-status' />", Some("archived")),
            ("<!-- <meta name='pypi:project-status' content='quarantined'> -->", None),
            ("<meta name='pypi:project-status-reason' content='quarantined'>", None),
            ("<meta name='pypi:repository-version' content='1.4'>", None),
        ] {
            assert_eq!(of_page(text).as_deref(), status, "{text}");
        }
    }
}
