//! A Python package index: the legacy upload interface, and the simple API as a page (PEP 503) and as JSON (PEP 691).

use super::account::{Account, Sender};
use super::hosted::{Answering, moment};
use super::multipart::{self, Field};
use super::store::Store;
use crate::http::digest;
use crate::http::request::{ReceivedRequest, Reply};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const JSON: &str = "application/vnd.pypi.simple.v1+json";
const HTML: &str = "text/html; charset=utf-8";

/// The packages.
#[derive(Clone, Debug, PartialEq)]
pub struct Pypi {
    account: Account,
    store: Store,
    /// Files by project, its name normalised, then by their names.
    projects: BTreeMap<String, BTreeMap<String, Distribution>>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// The version that it is of.
    pub version: String,
    /// The digest of its bytes, 64 hexadecimal digits.
    pub sha256: String,
    /// Its length in bytes.
    pub size: usize,
    /// The Pythons that it is for, where it says so.
    pub requires_python: Option<String>,
    /// Why it was yanked; `None` where it is not.
    pub yanked: Option<String>,
    /// When it was uploaded, as RFC 3339.
    pub uploaded: String,
}

impl Pypi {
    pub(super) fn new(store: Store) -> Self {
        Self { account: Account::default(), store, projects: BTreeMap::new() }
    }

    /// Accepts this token, and no other.
    pub fn accept(&mut self, token: &str) {
        token.clone_into(&mut self.account.token);
    }

    /// The files of a project, by their names.
    pub fn files(&self, project: &str) -> BTreeMap<String, Distribution> {
        self.projects.get(&normalised(project)).cloned().unwrap_or_default()
    }

    /// Yanks every file of a version, with a reason. False where there is no such version.
    pub fn yank(&mut self, project: &str, version: &str, reason: &str) -> bool {
        let files = self.projects.get_mut(&normalised(project)).into_iter().flatten();
        let mut of_it = files.filter(|(_, file)| file.version == version).peekable();
        let is_known = of_it.peek().is_some();
        of_it.for_each(|(_, file)| file.yanked = Some(reason.to_owned()));
        is_known
    }

    fn upload(&mut self, request: &ReceivedRequest) -> Reply {
        let content_type = request.content_type.as_deref().unwrap_or_default();
        let Some(fields) = multipart::fields(content_type, &request.body) else {
            return refused(400, "400 The form cannot be read");
        };
        let text = |name: &str| {
            let field = fields.iter().find(|field| field.name == name);
            field.map(|field| String::from_utf8_lossy(&field.bytes).into_owned())
        };
        if text(":action").as_deref() != Some("file_upload") {
            return refused(400, "400 Unknown action");
        }
        let (Some(name), Some(version)) = (text("name"), text("version")) else {
            return refused(400, "400 Invalid or missing name or version");
        };
        let is_file = |field: &&Field| field.name == "content" && field.file_name.is_some();
        let Some(file) = fields.iter().find(is_file) else {
            return refused(400, "400 Upload payload does not have a file.");
        };
        let file_name = file.file_name.clone().unwrap_or_default();
        let sha256 = digest::hex(&digest::sha256(&file.bytes));
        if text("sha256_digest").is_some_and(|given| !given.eq_ignore_ascii_case(&sha256)) {
            return refused(
                400,
                "400 The digest supplied does not match a digest calculated from the uploaded file.",
            );
        }
        let known = self.projects.values().find_map(|files| files.get(&file_name));
        match known {
            // The real index takes the same bytes again for done.
            Some(known) if known.sha256 == sha256 => return Reply::bytes("text/plain", Vec::new()),
            Some(_) => return refused(400, "400 File already exists"),
            None => {}
        }
        if let Err(error) = self.store.put(&file_name, &file.bytes) {
            return Reply::message(500, &error.to_string());
        }
        let count = self.projects.values().map(BTreeMap::len).sum::<usize>() + 1;
        let distribution = Distribution {
            version,
            sha256,
            size: file.bytes.len(),
            requires_python: text("requires_python").filter(|text| !text.is_empty()),
            yanked: None,
            uploaded: moment(u32::try_from(count).unwrap_or(u32::MAX)),
        };
        self.projects.entry(normalised(&name)).or_default().insert(file_name, distribution);
        Reply::bytes("text/plain", Vec::new())
    }

    fn project(&self, name: &str, request: &ReceivedRequest, base: &str) -> Reply {
        let Some(files) = self.projects.get(name) else { return missing() };
        if wants_json(request) {
            let shown: Vec<Value> =
                files.iter().map(|(file_name, file)| file.json(file_name, base)).collect();
            let versions: BTreeSet<&str> = files.values().map(|file| file.version.as_str()).collect();
            let body = json!({
                "meta": { "api-version": "1.1" }, "name": name, "files": shown, "versions": versions,
            });
            return Reply { content_type: JSON.to_owned(), ..Reply::json(200, &body) };
        }
        let links: String = files.iter().map(|(file_name, file)| file.link(file_name, base)).collect();
        Reply::bytes(HTML, page(&format!("Links for {name}"), &links))
    }

    fn projects(&self, request: &ReceivedRequest, base: &str) -> Reply {
        if wants_json(request) {
            let names: Vec<Value> = self.projects.keys().map(|name| json!({ "name": name })).collect();
            let body = json!({ "meta": { "api-version": "1.1" }, "projects": names });
            return Reply { content_type: JSON.to_owned(), ..Reply::json(200, &body) };
        }
        let link = |name: &String| format!("<a href=\"{base}/simple/{name}/\">{name}</a><br/>\n");
        Reply::bytes(HTML, page("Simple index", &self.projects.keys().map(link).collect::<String>()))
    }

    fn file(&self, name: &str) -> Reply {
        if !self.projects.values().any(|files| files.contains_key(name)) {
            return missing();
        }
        match self.store.get(name) {
            Ok(bytes) => Reply::bytes("application/octet-stream", bytes),
            Err(error) => Reply::message(500, &error.to_string()),
        }
    }
}

impl Distribution {
    fn json(&self, name: &str, base: &str) -> Value {
        json!({
            "filename": name,
            "url": format!("{base}/files/{name}"),
            "hashes": { "sha256": self.sha256 },
            "requires-python": self.requires_python,
            "size": self.size,
            "upload-time": self.uploaded,
            "yanked": self.yanked.as_ref().map_or(Value::Bool(false), |reason| Value::from(reason.as_str())),
            "core-metadata": false,
        })
    }

    fn link(&self, name: &str, base: &str) -> String {
        let python = self
            .requires_python
            .as_deref()
            .map(|text| format!(" data-requires-python=\"{}\"", escaped(text)));
        let yanked = self.yanked.as_deref().map(|reason| format!(" data-yanked=\"{}\"", escaped(reason)));
        let (python, yanked) = (python.unwrap_or_default(), yanked.unwrap_or_default());
        let digest = &self.sha256;
        format!("<a href=\"{base}/files/{name}#sha256={digest}\"{python}{yanked}>{name}</a><br/>\n")
    }
}

impl Answering for Pypi {
    fn answer(&mut self, request: &ReceivedRequest, base: &str) -> Reply {
        let parts = request.parts();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match (request.verb(), parts.as_slice()) {
            ("POST", ["legacy"]) => match self.account.sender(request) {
                Sender::Owner => self.upload(request),
                Sender::Other | Sender::Nobody => {
                    refused(403, "403 Invalid or non-existent authentication information.")
                }
            },
            ("GET", ["simple"]) => self.projects(request, base),
            ("GET", ["simple", name]) => {
                let normal = normalised(name);
                if normal != *name || !request.path.ends_with('/') {
                    return Reply::empty(301).header("Location", format!("{base}/simple/{normal}/"));
                }
                self.project(name, request, base)
            }
            ("GET", ["files", name]) => self.file(name),
            _ => missing(),
        }
    }
}

/// A project's name as PEP 503 normalises it.
fn normalised(name: &str) -> String {
    let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

/// JSON where the client prefers it: pip and uv name it first, or with the highest `q`.
fn wants_json(request: &ReceivedRequest) -> bool {
    request.accept.as_deref().is_some_and(|accept| {
        accept
            .split(',')
            .map(str::trim)
            .any(|one| one.split(';').next() == Some(JSON) && !one.contains("q=0."))
    })
}

fn page(title: &str, body: &str) -> Vec<u8> {
    format!("<!DOCTYPE html>\n<html>\n<head><meta name=\"pypi:repository-version\" content=\"1.1\"><title>{title}</title></head>\n<body>\n{body}</body>\n</html>\n").into_bytes()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn missing() -> Reply {
    Reply { status: 404, ..Reply::bytes(HTML, page("404 Not Found", "")) }
}

/// A refusal, given with its status: clients show the reason of the status line, or the title of the page.
fn refused(status: u16, line: &'static str) -> Reply {
    let reason = line.split_once(' ').map_or(line, |(_, reason)| reason);
    Reply { status, reason: Some(reason), ..Reply::bytes(HTML, page(line, reason)) }
}
