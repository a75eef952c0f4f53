//! A crate registry: a sparse index and the web interface that cargo publishes to, as cargo's reference describes
//! them ("Registry Index", "Registry Web API").

use super::account::{Account, Sender};
use super::hosted::Answering;
use super::store::Store;
use crate::http::digest;
use crate::http::request::{ReceivedRequest, Reply};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The crates.
#[derive(Clone, Debug, PartialEq)]
pub struct Cargo {
    account: Account,
    store: Store,
    /// The lines of each crate's index file, by the crate's name in small letters.
    crates: BTreeMap<String, Vec<Value>>,
}

impl Cargo {
    pub(super) fn new(store: Store) -> Self {
        Self { account: Account::default(), store, crates: BTreeMap::new() }
    }

    /// Accepts this token, and no other.
    pub fn accept(&mut self, token: &str) {
        token.clone_into(&mut self.account.token);
    }

    /// The versions of a crate, as its index has them; empty where there is no such crate.
    pub fn versions(&self, name: &str) -> Vec<Value> {
        self.crates.get(&name.to_lowercase()).cloned().unwrap_or_default()
    }

    /// Yanks a version, or takes that back. False where there is no such version.
    pub fn yank(&mut self, name: &str, version: &str, is_yanked: bool) -> bool {
        let lines = self.crates.get_mut(&name.to_lowercase()).into_iter().flatten();
        let mut lines = lines.filter(|line| line["vers"] == version);
        lines.next().is_some_and(|line| {
            line["yanked"] = is_yanked.into();
            true
        })
    }

    /// Publishes a version without dependencies, as its owner's upload would. False where it is refused.
    pub fn stock(&mut self, name: &str, version: &str, bytes: &[u8]) -> bool {
        self.take(&json!({ "name": name, "vers": version, "features": {} }), bytes).status == 200
    }

    fn index(&self, path: &[&str]) -> Reply {
        let Some(name) = path.last() else { return Reply::not_found() };
        match self.crates.get(*name) {
            Some(lines) if place(name) == path => {
                let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
                Reply::bytes("text/plain", text.into_bytes())
            }
            _ => Reply { status: 404, ..Reply::bytes("text/plain", b"not found".to_vec()) },
        }
    }

    fn publish(&mut self, request: &ReceivedRequest) -> Reply {
        let Some((about, rest)) = prefixed(&request.body) else { return refused(400, "invalid body") };
        let Some((bytes, _)) = prefixed(rest) else { return refused(400, "invalid body") };
        let Ok(about) = serde_json::from_slice::<Value>(about) else {
            return refused(400, "invalid upload request");
        };
        self.take(&about, bytes)
    }

    fn take(&mut self, about: &Value, bytes: &[u8]) -> Reply {
        let (Some(name), Some(version)) = (about["name"].as_str(), about["vers"].as_str()) else {
            return refused(400, "invalid upload request: missing name or version");
        };
        let key = name.to_lowercase();
        let same = |line: &Value| same_version(line["vers"].as_str().unwrap_or_default(), version);
        if self.crates.get(&key).is_some_and(|lines| lines.iter().any(same)) {
            return refused(400, &format!("crate version `{version}` is already uploaded"));
        }
        if let Err(error) = self.store.put(&format!("{name}-{version}.crate"), bytes) {
            return refused(500, &error.to_string());
        }
        let line = index_line(about, bytes);
        self.crates.entry(key).or_default().push(line);
        let none: [&str; 0] = [];
        let warnings = json!({ "invalid_categories": none, "invalid_badges": none, "other": none });
        Reply::json(200, &json!({ "warnings": warnings }))
    }

    fn download(&self, name: &str, version: &str) -> Reply {
        let known = self.versions(name).iter().any(|line| line["vers"] == version && line["name"] == name);
        match known.then(|| self.store.get(&format!("{name}-{version}.crate"))) {
            Some(Ok(bytes)) => Reply::bytes("application/gzip", bytes),
            Some(Err(error)) => refused(500, &error.to_string()),
            None => Reply { status: 404, ..Reply::bytes("text/plain", b"not found".to_vec()) },
        }
    }
}

impl Answering for Cargo {
    fn answer(&mut self, request: &ReceivedRequest, base: &str) -> Reply {
        let parts = request.parts();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match (request.verb(), parts.as_slice()) {
            ("GET", ["index", "config.json"]) => {
                Reply::json(200, &json!({ "dl": format!("{base}/api/v1/crates"), "api": base }))
            }
            ("GET", ["index", path @ ..]) => self.index(path),
            ("GET", ["api", "v1", "crates", name, version, "download"]) => self.download(name, version),
            // There is no web interface to read from: cargo resolves by the index.
            ("GET", ["api", ..]) => Reply::not_found(),
            (_, ["api", "v1", "crates", ..]) => match self.account.sender(request) {
                Sender::Owner => self.change(request, &parts),
                Sender::Other => refused(403, "authentication failed"),
                Sender::Nobody => refused(403, "this action requires authentication"),
            },
            _ => Reply::not_found(),
        }
    }
}

impl Cargo {
    fn change(&mut self, request: &ReceivedRequest, parts: &[&str]) -> Reply {
        let yanked = |is_known| match is_known {
            true => Reply::json(200, &json!({ "ok": true })),
            false => refused(404, "crate or version not found"),
        };
        match (request.verb(), &parts[3..]) {
            ("PUT", ["new"]) => self.publish(request),
            ("DELETE", [name, version, "yank"]) => yanked(self.yank(name, version, true)),
            ("PUT", [name, version, "unyank"]) => yanked(self.yank(name, version, false)),
            _ => Reply::not_found(),
        }
    }
}

/// Where a crate's index file is.
fn place(name: &str) -> Vec<&str> {
    match (name.len(), name.get(..1), name.get(..2), name.get(2..4)) {
        (1, ..) => vec!["1", name],
        (2, ..) => vec!["2", name],
        (3, Some(first), ..) => vec!["3", first, name],
        (_, _, Some(first), Some(second)) => vec![first, second, name],
        _ => vec![name],
    }
}

/// Bytes after their length, a 32-bit number in little endian; and what comes behind them.
fn prefixed(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)
}

/// Versions that differ in their build metadata only are the same.
fn same_version(one: &str, other: &str) -> bool {
    let without_build = |version: &str| version.split('+').next().unwrap_or_default().to_owned();
    without_build(one) == without_build(other)
}

fn index_line(about: &Value, bytes: &[u8]) -> Value {
    let deps: Vec<Value> = about["deps"].as_array().into_iter().flatten().map(dependency).collect();
    json!({
        "name": about["name"],
        "vers": about["vers"],
        "deps": deps,
        "cksum": digest::hex(&digest::sha256(bytes)),
        "features": about["features"],
        "yanked": false,
        "links": about["links"],
        "rust_version": about["rust_version"],
        "v": 2,
    })
}

/// The index names the requirement, and a renamed dependency, otherwise than the request does.
fn dependency(given: &Value) -> Value {
    let mut line = given.clone();
    let renamed = given["explicit_name_in_toml"].as_str().map(str::to_owned);
    if let Some(fields) = line.as_object_mut() {
        fields.remove("explicit_name_in_toml");
        let requirement = fields.remove("version_req").unwrap_or_default();
        fields.insert("req".to_owned(), requirement);
        if let Some(renamed) = renamed {
            fields.insert("package".to_owned(), given["name"].clone());
            fields.insert("name".to_owned(), renamed.into());
        }
    }
    line
}

fn refused(status: u16, why: &str) -> Reply {
    Reply::json(status, &json!({ "errors": [{ "detail": why }] }))
}
