//! An npm registry: packuments, tarballs, dist-tags and publishing, as the npm client speaks of them.

use super::account::{Account, Sender};
use super::hosted::Answering;
use super::store::Store;
use crate::http::digest;
use crate::http::request::{ReceivedRequest, Reply};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What an abbreviated packument's versions hold.
const ABBREVIATED: &[&str] = &[
    "name",
    "version",
    "deprecated",
    "dependencies",
    "optionalDependencies",
    "devDependencies",
    "bundleDependencies",
    "peerDependencies",
    "peerDependenciesMeta",
    "acceptDependencies",
    "bin",
    "directories",
    "dist",
    "engines",
    "cpu",
    "os",
    "libc",
    "hasInstallScript",
    "hasShrinkwrap",
];
const ABBREVIATED_TYPE: &str = "application/vnd.npm.install-v1+json";

/// The packages.
#[derive(Clone, Debug, PartialEq)]
pub struct Npm {
    account: Account,
    store: Store,
    packages: BTreeMap<String, Package>,
    /// What was published so far, for times.
    writes: u32,
}

/// One package.
#[derive(Clone, Debug, Default, PartialEq)]
struct Package {
    versions: Map<String, Value>,
    dist_tags: Map<String, Value>,
    time: Map<String, Value>,
    revision: u32,
}

impl Npm {
    pub(super) fn new(store: Store) -> Self {
        Self { account: Account::default(), store, packages: BTreeMap::new(), writes: 0 }
    }

    /// Accepts this token, and no other.
    pub fn accept(&mut self, token: &str) {
        token.clone_into(&mut self.account.token);
    }

    /// A version's document, as the packument has it (its `tarball` is a path below the registry).
    pub fn version(&self, name: &str, version: &str) -> Option<Value> {
        self.packages.get(name)?.versions.get(version).cloned()
    }

    /// The dist-tags of a package.
    pub fn dist_tags(&self, name: &str) -> Map<String, Value> {
        self.packages.get(name).map(|package| package.dist_tags.clone()).unwrap_or_default()
    }

    /// Publishes a version as `latest`, as its owner's upload would. False where it is refused.
    pub fn stock(&mut self, name: &str, version: &str, bytes: &[u8]) -> bool {
        let document = json!({ "name": name, "version": version, "dist": {} });
        let latest = Map::from_iter([("latest".to_owned(), version.into())]);
        self.take(name, version, &document, bytes, latest).status == 201
    }

    fn packument(&self, name: &str, request: &ReceivedRequest, base: &str) -> Reply {
        let Some(package) = self.packages.get(name) else { return refused(404, "Not found") };
        let is_short = request.accept.as_deref().is_some_and(|accept| accept.starts_with(ABBREVIATED_TYPE));
        let versions: Map<String, Value> = package
            .versions
            .iter()
            .map(|(version, document)| (version.clone(), shown(document, is_short, base)))
            .collect();
        if is_short {
            let body = json!({
                "name": name, "dist-tags": package.dist_tags, "versions": versions, "modified": package.time["modified"],
            });
            return Reply { content_type: ABBREVIATED_TYPE.to_owned(), ..Reply::json(200, &body) };
        }
        let body = json!({
            "_id": name, "_rev": format!("{}-0", package.revision), "name": name,
            "dist-tags": package.dist_tags, "versions": versions, "time": package.time,
        });
        Reply::json(200, &body)
    }

    fn document(&self, name: &str, version: &str, base: &str) -> Reply {
        let package = self.packages.get(name);
        let tagged = package.and_then(|package| package.dist_tags.get(version)).and_then(Value::as_str);
        let found = package.and_then(|package| package.versions.get(tagged.unwrap_or(version)));
        let missing = || refused(404, &format!("version not found: {version}"));
        found.map_or_else(missing, |document| Reply::json(200, &shown(document, false, base)))
    }

    fn tarball(&self, name: &str, file: &str) -> Reply {
        let path = tarball_path(name, file);
        let of_it = |document: &&Value| document["dist"]["tarball"] == path.as_str();
        let package = self.packages.get(name);
        match package.and_then(|package| package.versions.values().find(of_it)) {
            Some(_) => match self.store.get(&stored(name, file)) {
                Ok(bytes) => Reply::bytes("application/octet-stream", bytes),
                Err(error) => refused(500, &error.to_string()),
            },
            None => refused(404, "Not found"),
        }
    }

    fn put(&mut self, name: &str, request: &ReceivedRequest) -> Reply {
        let Some(body) = request.json() else { return refused(400, "invalid JSON") };
        let attachments = body["_attachments"].as_object().cloned().unwrap_or_default();
        if attachments.is_empty() {
            return self.change(name, &body);
        }
        let versions = body["versions"].as_object().cloned().unwrap_or_default();
        let Some((version, document)) = versions.iter().next().filter(|_| versions.len() == 1) else {
            return refused(400, "one version is published at a time");
        };
        let data = attachments.values().next().and_then(|attachment| attachment["data"].as_str());
        let Some(bytes) = data.and_then(|data| BASE64_STANDARD.decode(data).ok()) else {
            return refused(400, "the attachment cannot be read");
        };
        let tags = body["dist-tags"].as_object().cloned().unwrap_or_default();
        self.take(name, version, document, &bytes, tags)
    }

    fn take(
        &mut self,
        name: &str,
        version: &str,
        document: &Value,
        bytes: &[u8],
        tags: Map<String, Value>,
    ) -> Reply {
        let package = self.packages.get(name);
        if package.is_some_and(|package| package.versions.contains_key(version)) {
            let why = format!("You cannot publish over the previously published versions: {version}.");
            return refused(403, &why);
        }
        let dist = &document["dist"];
        let (integrity, shasum) = (digest::integrity(bytes), digest::hex(&digest::sha1(bytes)));
        let differs = |field: &str, found: &str| dist[field].as_str().is_some_and(|given| given != found);
        if differs("integrity", &integrity) || differs("shasum", &shasum) {
            return refused(400, "the tarball's digest is not the one that was sent with it");
        }
        let file = format!("{}-{version}.tgz", name.rsplit('/').next().unwrap_or(name));
        if let Err(error) = self.store.put(&stored(name, &file), bytes) {
            return refused(500, &error.to_string());
        }
        let mut document = document.clone();
        document["dist"]["integrity"] = integrity.into();
        document["dist"]["shasum"] = shasum.into();
        document["dist"]["tarball"] = tarball_path(name, &file).into();
        let now = self.now();
        let package = self.packages.entry(name.to_owned()).or_default();
        package.versions.insert(version.to_owned(), document);
        package.time.entry("created").or_insert_with(|| now.clone().into());
        package.time.insert("modified".to_owned(), now.clone().into());
        package.time.insert(version.to_owned(), now.into());
        package.dist_tags.extend(tags);
        package.revision += 1;
        Reply::json(201, &json!({ "ok": "created new package", "success": true }))
    }

    /// What `npm deprecate` sends: the packument with other messages. Nothing else of a version changes.
    fn change(&mut self, name: &str, body: &Value) -> Reply {
        let Some(package) = self.packages.get_mut(name) else { return refused(404, "Not found") };
        for (version, document) in &mut package.versions {
            let Some(Value::String(message)) = body["versions"][version].get("deprecated") else { continue };
            let Some(fields) = document.as_object_mut() else { continue };
            if message.is_empty() {
                fields.remove("deprecated");
            } else {
                fields.insert("deprecated".to_owned(), message.as_str().into());
            }
        }
        package.revision += 1;
        Reply::json(200, &json!({ "ok": "updated package" }))
    }

    fn tags(&mut self, name: &str, tag: Option<&str>, request: &ReceivedRequest) -> Reply {
        let Some(package) = self.packages.get_mut(name) else { return refused(404, "Not found") };
        match (request.verb(), tag) {
            ("GET", None) => return Reply::json(200, &Value::Object(package.dist_tags.clone())),
            ("PUT" | "POST", Some(tag)) => {
                let version = request.json().and_then(|version| version.as_str().map(str::to_owned));
                let Some(version) = version.filter(|version| package.versions.contains_key(version)) else {
                    return refused(404, "version not found");
                };
                package.dist_tags.insert(tag.to_owned(), version.into());
            }
            ("DELETE", Some("latest")) => return refused(403, "the tag latest cannot be removed"),
            ("DELETE", Some(tag)) => {
                package.dist_tags.remove(tag);
            }
            _ => return refused(404, "Not found"),
        }
        Reply::json(201, &json!({ "ok": "dist-tags updated" }))
    }

    fn now(&mut self) -> String {
        self.writes += 1;
        super::hosted::moment(self.writes)
    }
}

impl Answering for Npm {
    fn answer(&mut self, request: &ReceivedRequest, base: &str) -> Reply {
        if !request.is_read() {
            match self.account.sender(request) {
                Sender::Owner => {}
                Sender::Other => return refused(401, "Invalid authentication token"),
                Sender::Nobody => return refused(401, "You must be logged in to publish packages."),
            }
        }
        let parts = scoped(request.parts());
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match (request.verb(), parts.as_slice()) {
            ("GET", ["-", "ping"]) => Reply::json(200, &json!({})),
            ("GET", ["-", "whoami"]) => match self.account.sender(request) {
                Sender::Owner => Reply::json(200, &json!({ "username": "octo" })),
                Sender::Other | Sender::Nobody => refused(401, "Unauthorized"),
            },
            (_, ["-", "package", name, "dist-tags"]) => self.tags(name, None, request),
            (_, ["-", "package", name, "dist-tags", tag]) => self.tags(name, Some(tag), request),
            ("GET", [name]) => self.packument(name, request, base),
            ("PUT", [name] | [name, "-rev", _]) => self.put(name, request),
            ("GET", [name, "-", file]) => self.tarball(name, file),
            ("GET", [name, version]) => self.document(name, version, base),
            _ => refused(404, "Not found"),
        }
    }
}

/// A scope and a name that came as two parts are one name.
fn scoped(parts: Vec<String>) -> Vec<String> {
    let at = parts.iter().position(|part| part.starts_with('@') && !part.contains('/'));
    match at.filter(|at| at + 1 < parts.len()) {
        Some(at) => {
            let name = format!("{}/{}", parts[at], parts[at + 1]);
            parts[..at].iter().cloned().chain([name]).chain(parts[at + 2..].iter().cloned()).collect()
        }
        None => parts,
    }
}

fn tarball_path(name: &str, file: &str) -> String {
    format!("/{name}/-/{file}")
}

fn stored(name: &str, file: &str) -> String {
    match name.split_once('/') {
        Some((scope, _)) => format!("{scope}+{file}"),
        None => file.to_owned(),
    }
}

fn shown(document: &Value, is_short: bool, base: &str) -> Value {
    let mut document = document.clone();
    let path = document["dist"]["tarball"].as_str().unwrap_or_default().to_owned();
    document["dist"]["tarball"] = format!("{base}{path}").into();
    if is_short && let Some(fields) = document.as_object_mut() {
        fields.retain(|name, _| ABBREVIATED.contains(&name.as_str()));
    }
    document
}

fn refused(status: u16, why: &str) -> Reply {
    Reply::json(status, &json!({ "error": why }))
}
