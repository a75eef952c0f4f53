//! A Python package index over the simple API: JSON (PEP 691, PEP 700) where it is spoken, else HTML (PEP 503).

mod install;
mod page;
mod provenance;
mod python;
mod status;

use super::index::{Answer, Index};
use super::install::Clean;
use super::{
    Configuration, FileSource, IndexEntry, Listed, Listing, ListingError, Registries, Wanted, in_order,
};
use crate::http::{FetchedDocument, Http, HttpError, Request, Url};
use crate::process::Cancel;
use gonogo_core::delivery::{
    Algorithm, Checksum, Install, Served, ServedFile, Withdrawn, distribution, normalized,
};
use serde_json::Value;
use std::collections::HashMap;

/// What pip accepts.
const ACCEPT: &str =
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01";

/// A file of the index.
struct Indexed {
    name: String,
    address: Url,
    stated: Vec<Checksum>,
    bytes: Option<u64>,
    yanked: Option<Option<String>>,
    /// Which versions of Python it is for, as the index says it.
    requires_python: Option<String>,
    /// Where the signed statements about it are.
    attestations: Option<Url>,
    /// Whether the index says of it whether there are any.
    says_provenance: bool,
}

/// How a Python package index is asked.
pub(super) struct Pypi;

impl Index for Pypi {
    fn list<'a>(
        &'a self,
        registries: &'a Registries,
        package: &'a str,
        cancel: &'a Cancel,
    ) -> Answer<'a, Result<Listing, ListingError>> {
        Box::pin(list(&registries.http, &registries.configuration, package, cancel))
    }

    fn install<'a>(
        &'a self,
        clean: &'a Clean<'a>,
        wanted: &'a Wanted,
        smoke: &'a [String],
    ) -> Answer<'a, Result<Install, Install>> {
        Box::pin(install::install(clean, wanted, smoke))
    }

    fn bundles(&self, document: &Value) -> Option<Vec<Value>> {
        provenance::bundles(document)
    }
}

/// Every version of a project.
async fn list(
    http: &Http,
    configuration: &Configuration,
    package: &str,
    cancel: &Cancel,
) -> Result<Listing, ListingError> {
    let project = normalized(package);
    let is_plain = project.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !is_plain || project.trim_matches('-') != project || project.is_empty() {
        return Err(ListingError::Conflict(format!("`{package}` is no project's name")));
    }
    let base = configuration.pypi(cancel).await?;
    let url =
        base.join(&format!("{project}/")).map_err(|error| HttpError::nonsense(&base, error.to_string()))?;
    let document = match http.get(&Request::document(url, ACCEPT), cancel).await {
        Err(error @ HttpError::NotFound { .. }) => return Err(not_found(http, &base, &error, cancel).await),
        answer => answer?,
    };
    let (files, has_gaps, status) = if document.content_type.contains("json") {
        (of_json(&document, &project)?, false, status::of_json(&document.json()?))
    } else if document.is_page() {
        (page::files(&document, &project)?, true, status::of_page(document.text()?))
    } else {
        let kind = &document.content_type;
        return Err(HttpError::nonsense(&document.url, format!("neither JSON nor HTML: {kind}")).into());
    };
    Ok(status::applied(status.as_deref(), listing(files, &project, has_gaps)))
}

/// PEP 503 and 691: a project that is not there is a 404. Where the index's own root is not there either, the address is
/// not an index's, and its "not found" says nothing about a project.
async fn not_found(http: &Http, base: &Url, error: &HttpError, cancel: &Cancel) -> ListingError {
    match http.answers(&Request::document(base.clone(), ACCEPT), cancel).await {
        Ok(()) => ListingError::NotFound(error.to_string()),
        Err(root) => ListingError::Unknown(root.reason(), format!("{error}, and no index answers: {root}")),
    }
}

fn listing(files: Vec<Result<Indexed, (String, String)>>, project: &str, has_gaps: bool) -> Listing {
    // A file that is no distribution of the project (an egg, an installer of old) belongs to no version.
    let version = |name: &str| distribution(name, project).map(str::to_owned);
    let files = files.into_iter().filter_map(|file| match file {
        Ok(file) => Some((version(&file.name)?, Ok(file))),
        Err((name, said)) => Some((version(&name)?, Err(said))),
    });
    // Two spellings of one version are one version to every client: the first one stands for all.
    let mut spellings: HashMap<pep440_rs::Version, String> = HashMap::new();
    let spelled = files.map(|(version, file)| match version.parse::<pep440_rs::Version>() {
        Ok(read) => (spellings.entry(read).or_insert_with_key(ToString::to_string).clone(), file),
        Err(_) => (version, file),
    });
    let versions = in_order(spelled.collect()).into_iter().map(|(version, files)| {
        let entry = files
            .into_iter()
            .collect::<Result<Vec<_>, _>>()
            .map(|files| entry(project, &version, files, has_gaps));
        Listed { version, entry }
    });
    Listing { versions: versions.collect() }
}

fn entry(project: &str, version: &str, files: Vec<Indexed>, has_gaps: bool) -> IndexEntry {
    let withdrawn = files.iter().filter_map(|file| {
        file.yanked.as_ref().map(|said| Withdrawn::Yanked {
            said: Some(match said {
                Some(said) => format!("{}: {said}", file.name),
                None => file.name.clone(),
            }),
        })
    });
    let mut gaps = if has_gaps { vec!["sizes".to_owned()] } else { Vec::new() };
    if files.iter().any(|file| !file.says_provenance) {
        gaps.push("provenance".to_owned());
    }
    let facts = Served {
        package: project.to_owned(),
        version: version.to_owned(),
        resolves: python::met(&files),
        withdrawn: withdrawn.collect(),
        gaps,
        ..Served::default()
    };
    let mut entry = IndexEntry { facts, sources: Vec::new() };
    for file in files {
        entry
            .sources
            .push(FileSource { attestations: file.attestations, ..FileSource::address(file.address) });
        entry.facts.files.push(ServedFile {
            name: file.name,
            stated: file.stated,
            bytes: file.bytes,
            ..ServedFile::default()
        });
    }
    entry
}

fn of_json(
    document: &FetchedDocument,
    project: &str,
) -> Result<Vec<Result<Indexed, (String, String)>>, ListingError> {
    let value = document.json()?;
    let lacks =
        |what: &str| ListingError::from(HttpError::nonsense(&document.url, format!("it has no {what}")));
    let speaks =
        value.pointer("/meta/api-version").and_then(Value::as_str).ok_or_else(|| lacks("version"))?;
    if speaks.split('.').next() != Some("1") {
        return Err(HttpError::nonsense(&document.url, format!("it speaks version {speaks}")).into());
    }
    let named = value["name"].as_str().ok_or_else(|| lacks("name"))?;
    if normalized(named) != project {
        return Err(ListingError::Conflict(format!("asked for {project}, and told of {named}")));
    }
    let files = value["files"].as_array().ok_or_else(|| lacks("files"))?;
    files
        .iter()
        .map(|file| {
            let name = file["filename"].as_str().ok_or_else(|| lacks("file name"))?;
            Ok(indexed(file, name, &document.url).map_err(|said| (name.to_owned(), said)))
        })
        .collect()
}

fn indexed(file: &Value, name: &str, from: &Url) -> Result<Indexed, String> {
    let address = file["url"].as_str().ok_or("a file has no address")?;
    let address = from.join(address).map_err(|error| format!("a file's address: {error}"))?;
    let hashes = file["hashes"].as_object().ok_or("a file has no hashes")?;
    let mut stated = Vec::new();
    if let Some(sha256) = hashes.get("sha256") {
        let sha256 = sha256.as_str().ok_or("a sha256 that is no text")?;
        stated.push(Checksum::new(Algorithm::Sha256, sha256).map_err(|error| error.to_string())?);
    }
    let bytes = match &file["size"] {
        Value::Null => None,
        size => Some(size.as_u64().ok_or("a size that is no count")?),
    };
    let yanked = match &file["yanked"] {
        Value::Null | Value::Bool(false) => None,
        Value::Bool(true) => Some(None),
        Value::String(said) => Some((!said.is_empty()).then(|| said.clone())),
        _ => return Err("it says in no known way whether it is yanked".to_owned()),
    };
    let attestations = match &file["provenance"] {
        Value::Null => None,
        address => {
            let address = address.as_str().ok_or("a provenance that is no address")?;
            Some(from.join(address).map_err(|error| format!("its provenance's address: {error}"))?)
        }
    };
    let says_provenance = file.get("provenance").is_some();
    let requires_python = file["requires-python"].as_str().map(str::to_owned);
    let name = name.to_owned();
    Ok(Indexed { name, address, stated, bytes, yanked, requires_python, attestations, says_provenance })
}
