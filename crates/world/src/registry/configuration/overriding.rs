//! The variable by which a client lets all its files be overridden: where one names an address, the client need not be
//! started, which takes longer than to ask the registry.
//!
//! Invariant: what is read here is what the client would say; where that is not plain to see, nothing is read.

use super::address;
use crate::http::Url;
use crate::process::Environment;

/// The index that pip is told of ("Configuration", pip documentation): variables override every file.
pub(super) fn pip(environment: &Environment) -> Option<Url> {
    plain(environment, "pip", |name| {
        let option = name.strip_prefix("PIP_").map(hyphenated);
        matches!(option.as_deref(), Some("index-url" | "pypi-url" | "i"))
    })
}

/// The registry that npm is told of ("config", npm documentation): variables override every file.
pub(super) fn npm(environment: &Environment) -> Option<Url> {
    plain(environment, "npm", |name| hyphenated(name) == "npm-config-registry")
}

fn hyphenated(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}

/// The one variable's address. Spelled in two ways, or with anything in it that a client hides, fills in or cleans, it
/// is for the client to say.
fn plain(environment: &Environment, client: &str, is_it: impl Fn(&str) -> bool) -> Option<Url> {
    let mut named = environment.names().filter_map(|name| name.to_str()).filter(|name| is_it(name));
    let (Some(name), None) = (named.next(), named.next()) else { return None };
    let value = environment.get(name)?.to_str()?;
    if value.contains(|c: char| c == '$' || c.is_whitespace() || c.is_control()) {
        return None;
    }
    // What makes no sense is for the client to say too.
    let url = address(value, client).ok()?;
    (url.username().is_empty() && url.password().is_none()).then_some(url)
}
