//! An npm registry: the package document (packument) as `npm install` asks for it.

mod install;
mod platforms;

use super::index::{Answer, Index};
use super::install::Clean;
use super::{Configuration, FileSource, IndexEntry, Listed, Listing, ListingError, Registries, Wanted};
use crate::http::{FetchedDocument, Http, HttpError, Request, Url};
use crate::process::Cancel;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gonogo_core::delivery::{Algorithm, Checksum, Install, Served, ServedFile, Told, Withdrawn};
use gonogo_core::strict_json;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What `npm install` accepts: the short document, or the whole one.
const ACCEPT: &str = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*";

/// How an npm registry is asked.
pub(super) struct Npm;

impl Index for Npm {
    fn list<'a>(
        &'a self,
        registries: &'a Registries,
        package: &'a str,
        cancel: &'a Cancel,
    ) -> Answer<'a, Result<Listing, ListingError>> {
        Box::pin(list(&registries.http, &registries.configuration, package, cancel))
    }

    fn one<'a>(
        &'a self,
        registries: &'a Registries,
        wanted: &'a Wanted,
        cancel: &'a Cancel,
    ) -> Answer<'a, Result<Listing, ListingError>> {
        Box::pin(platforms::with(registries, wanted, cancel))
    }

    fn install<'a>(
        &'a self,
        clean: &'a Clean<'a>,
        wanted: &'a Wanted,
        smoke: &'a [String],
    ) -> Answer<'a, Result<Install, Install>> {
        Box::pin(install::install(clean, wanted, smoke))
    }
}

/// Every version of a package.
async fn list(
    http: &Http,
    configuration: &Configuration,
    package: &str,
    cancel: &Cancel,
) -> Result<Listing, ListingError> {
    read(&*document(http, configuration, package, cancel).await?, package)
}

/// What the registry says of a package.
async fn document(
    http: &Http,
    configuration: &Configuration,
    package: &str,
    cancel: &Cancel,
) -> Result<Arc<FetchedDocument>, ListingError> {
    if !is_name(package) {
        return Err(ListingError::Conflict(format!("`{package}` is no npm package's name")));
    }
    let base = configuration.npm(package, cancel).await?;
    let path = package.replace('/', "%2f");
    let url =
        base.join(&format!("./{path}")).map_err(|error| HttpError::nonsense(&base, error.to_string()))?;
    match http.get(&Request::document(url, ACCEPT), cancel).await {
        Err(error @ HttpError::NotFound { .. }) => Err(not_found(http, &base, error, cancel).await),
        answer => Ok(answer?),
    }
}

/// A registry says "not found" as JSON, or with no word at all. A page that says so comes from something else on the
/// way; and where nothing is said, the address must be shown to be a registry's (`npm ping`) for it to be one.
async fn not_found(http: &Http, base: &Url, error: HttpError, cancel: &Cancel) -> ListingError {
    let HttpError::NotFound { said, .. } = &error else { return error.into() };
    if said.iter().all(u8::is_ascii_whitespace) {
        let ping = base.join("./-/ping").map_err(|error| HttpError::nonsense(base, error.to_string()));
        let answer = match ping {
            Ok(ping) => http.get(&Request::document(ping, "application/json"), cancel).await.map(drop),
            Err(error) => Err(error),
        };
        return match answer {
            Ok(()) => ListingError::NotFound(error.to_string()),
            Err(ping) => {
                ListingError::Unknown(ping.reason(), format!("{error}, and no registry answers: {ping}"))
            }
        };
    }
    match strict_json::parse(said) {
        Ok(value) if value.get("error").is_some() || value.get("message").is_some() => {
            ListingError::NotFound(error.to_string())
        }
        _ => error.into(),
    }
}

fn read(document: &FetchedDocument, package: &str) -> Result<Listing, ListingError> {
    let value = document.json()?;
    let lacks =
        |what: &str| ListingError::from(HttpError::nonsense(&document.url, format!("it has no {what}")));
    let named = value["name"].as_str().ok_or_else(|| lacks("name"))?;
    if named != package {
        return Err(ListingError::Conflict(format!("asked for {package}, and told of {named}")));
    }
    let versions = value["versions"].as_object().ok_or_else(|| lacks("versions"))?;
    let tags = value["dist-tags"].as_object().ok_or_else(|| lacks("dist-tags"))?;
    let tags: Option<BTreeMap<String, String>> =
        tags.iter().map(|(tag, version)| Some((tag.clone(), version.as_str()?.to_owned()))).collect();
    let tags = tags.ok_or_else(|| lacks("readable dist-tags"))?;
    let listed = versions.iter().map(|(version, value)| Listed {
        version: version.clone(),
        entry: entry(value, version, package, &tags),
    });
    Ok(Listing { versions: listed.collect() })
}

fn entry(
    value: &Value,
    version: &str,
    package: &str,
    tags: &BTreeMap<String, String>,
) -> Result<IndexEntry, String> {
    for (key, wanted) in [("name", package), ("version", version)] {
        let told = value[key].as_str().ok_or_else(|| format!("it has no {key}"))?;
        if told != wanted {
            return Err(format!("asked for {wanted}, and told of {told}"));
        }
    }
    let dist = value["dist"].as_object().ok_or("it has no dist")?;
    let tarball = dist.get("tarball").and_then(Value::as_str).ok_or("it names no tarball")?;
    let address = Url::parse(tarball).map_err(|error| format!("the tarball's address: {error}"))?;
    let name = address.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default().to_owned();
    let mut stated = Vec::new();
    if let Some(integrity) = dist.get("integrity") {
        stated.extend(subresource(integrity.as_str().ok_or("its integrity is no text")?)?);
    }
    if let Some(shasum) = dist.get("shasum") {
        let shasum = shasum.as_str().ok_or("its shasum is no text")?;
        stated.push(Checksum::new(Algorithm::Sha1, shasum).map_err(|error| format!("shasum: {error}"))?);
    }
    let deprecated = match value.get("deprecated") {
        None | Some(Value::Null | Value::Bool(false)) => None,
        Some(Value::Bool(true)) => Some("no reason given".to_owned()),
        Some(Value::String(said)) => (!said.is_empty()).then(|| said.clone()),
        Some(_) => return Err("it says in no known way whether it is deprecated".to_owned()),
    };
    let attestations = match dist.get("attestations").map(|attestations| &attestations["url"]) {
        None => None,
        Some(url) => {
            let url = url.as_str().ok_or("its attestations have no address")?;
            Some(Url::parse(url).map_err(|error| format!("its attestations' address: {error}"))?)
        }
    };
    let mut gaps = Vec::new();
    // The registry itself signs every version: where it is not signed, this is a source that drops more than that.
    if !dist.contains_key("signatures") {
        gaps.push("signatures".to_owned());
        if attestations.is_none() {
            gaps.push("attestations".to_owned());
        }
    }
    let facts = Served {
        package: package.to_owned(),
        version: version.to_owned(),
        resolves: Told::Yes,
        withdrawn: deprecated.into_iter().map(|said| Withdrawn::Deprecated { said }).collect(),
        files: vec![ServedFile { name, stated, ..ServedFile::default() }],
        dist_tags: tags.clone(),
        gaps,
        ..Served::default()
    };
    Ok(IndexEntry { facts, sources: vec![FileSource { attestations, ..FileSource::address(address) }] })
}

/// The checksums of a subresource integrity text (W3C SRI): `sha512-` and base64, options after a `?` ignored.
fn subresource(text: &str) -> Result<Vec<Checksum>, String> {
    let mut checksums = Vec::new();
    for part in text.split_ascii_whitespace() {
        let (kind, value) = part.split_once('-').ok_or("its integrity cannot be read")?;
        let algorithm = match kind {
            "sha512" => Algorithm::Sha512,
            "sha256" => Algorithm::Sha256,
            "sha1" => Algorithm::Sha1,
            _ => return Err(format!("its integrity is of another kind: {kind}")),
        };
        let value = value.split('?').next().unwrap_or(value);
        let bytes = STANDARD.decode(value).map_err(|error| format!("its integrity: {error}"))?;
        let checksum = Checksum::new(algorithm, &crate::http::hexadecimal(&bytes));
        checksums.push(checksum.map_err(|error| format!("its integrity: {error}"))?);
    }
    Ok(checksums)
}

/// A name that cannot bend the address: with or without a scope, of the characters that npm allows.
fn is_name(package: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte))
    };
    package.len() <= 214
        && match package.strip_prefix('@') {
            Some(scoped) => scoped.split_once('/').is_some_and(|(scope, name)| plain(scope) && plain(name)),
            None => plain(package),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_bends_an_address_is_no_name() {
        for name in ["kit", "@acme/kit", "kit.js", "Kit_1"] {
            assert!(is_name(name), "{name}");
        }
        for name in
            ["", "..", ".kit", "@acme", "@/kit", "acme/kit", "kit?x", "kit#", "@acme/../kit", "kit/-/kit"]
        {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn an_integrity_is_read_whole_or_refused() {
        let sha512 = format!("sha512-{}", STANDARD.encode([0xab; 64]));
        assert_eq!(subresource(&sha512).unwrap()[0].value(), "ab".repeat(64));
        assert_eq!(subresource(&format!("{sha512}?x sha1-{}", STANDARD.encode([1; 20]))).unwrap().len(), 2);
        for text in ["sha512", "sha512-", "md5-AAAA", "sha512-!!!!", &sha512[..40]] {
            assert!(subresource(text).is_err(), "{text}");
        }
    }
}
