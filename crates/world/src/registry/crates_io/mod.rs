//! A cargo registry over its sparse index (RFC 2789): one file for each crate, one JSON line for each version.

mod install;

use super::index::{Answer, Index};
use super::install::Clean;
use super::{Configuration, FileSource, IndexEntry, Listed, Listing, ListingError, Registries, Wanted};
use crate::http::{Http, HttpError, Request, Url};
use crate::process::Cancel;
use gonogo_core::delivery::{Algorithm, Channel, Checksum, Install, Served, ServedFile, Told, Withdrawn};
use gonogo_core::strict_json;
use serde_json::Value;
use tame_index::KrateName;
use tokio::sync::OnceCell;

/// How a cargo registry is asked.
pub(super) struct CratesIo;

impl Index for CratesIo {
    fn list<'a>(
        &'a self,
        registries: &'a Registries,
        package: &'a str,
        cancel: &'a Cancel,
    ) -> Answer<'a, Result<Listing, ListingError>> {
        let Registries { http, configuration, templates } = registries;
        Box::pin(list(http, configuration, templates, package, cancel))
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

/// Every version of a crate.
async fn list(
    http: &Http,
    configuration: &Configuration,
    templates: &OnceCell<String>,
    package: &str,
    cancel: &Cancel,
) -> Result<Listing, ListingError> {
    let name = KrateName::try_from(package)
        .map_err(|error| ListingError::Conflict(format!("`{package}` is no crate's name: {error}")))?;
    let base = configuration.cargo()?;
    // The index's own file first: where it is not an index, its "not found" says nothing about a crate.
    let downloads = templates.get_or_try_init(|| settings(http, &base, cancel)).await?;
    let path = name.relative_path(Some('/'));
    let url = join(&base, &path)?;
    let document = match http.get(&Request::document(url, "text/plain, */*"), cancel).await {
        // The sparse protocol's three ways to say that there is no such crate.
        Err(error @ HttpError::NotFound { .. }) => return Err(ListingError::NotFound(error.to_string())),
        answer => answer?,
    };
    if document.is_page() {
        return Err(HttpError::nonsense(&document.url, "an HTML page in place of an index file").into());
    }
    let mut versions = Vec::new();
    for line in document.text()?.lines().filter(|line| !line.trim().is_empty()) {
        let value = strict_json::parse(line.as_bytes())
            .map_err(|error| ListingError::from(HttpError::nonsense(&document.url, error.to_string())))?;
        let version = value["vers"].as_str().ok_or_else(|| {
            ListingError::from(HttpError::nonsense(&document.url, "a line of the index names no version"))
        })?;
        let entry = entry(&value, version, package, downloads);
        versions.push(Listed { version: version.to_owned(), entry });
    }
    if versions.is_empty() {
        return Err(HttpError::nonsense(&document.url, "an index file without a line").into());
    }
    Ok(Listing { versions })
}

fn entry(value: &Value, version: &str, package: &str, downloads: &str) -> Result<IndexEntry, String> {
    let named = value["name"].as_str().ok_or("a line of the index names no crate")?;
    if !Channel::CratesIo.is_package(named, package) {
        return Err(format!("asked for {package}, and told of {named}"));
    }
    let name = &KrateName::try_from(named).map_err(|error| error.to_string())?;
    // Cargo passes over a line of a format that it does not know.
    let resolves = match &value["v"] {
        Value::Null => Told::Yes,
        format => match format.as_u64() {
            Some(1 | 2) => Told::Yes,
            _ => Told::No {
                said: format!("its line of the index is of format {format}, which cargo passes over"),
            },
        },
    };
    let checksum = value["cksum"].as_str().ok_or("a line of the index has no checksum")?;
    let stated = Checksum::new(Algorithm::Sha256, checksum).map_err(|error| error.to_string())?;
    let yanked = value["yanked"].as_bool().ok_or("a line of the index does not say whether it is yanked")?;
    let address = address(downloads, name, version, checksum);
    let address = Url::parse(&address).map_err(|error| format!("the download address: {error}"))?;
    let file = ServedFile {
        name: format!("{named}-{version}.crate"),
        stated: vec![stated],
        ..ServedFile::default()
    };
    let facts = Served {
        package: named.to_owned(),
        version: version.to_owned(),
        resolves,
        withdrawn: if yanked { vec![Withdrawn::Yanked { said: None }] } else { Vec::new() },
        files: vec![file],
        ..Served::default()
    };
    Ok(IndexEntry { facts, sources: vec![FileSource::address(address)] })
}

/// The `dl` template of the index's `config.json`.
async fn settings(http: &Http, base: &Url, cancel: &Cancel) -> Result<String, ListingError> {
    let url = join(base, "config.json")?;
    let document = http.get(&Request::document(url.clone(), "application/json"), cancel).await?;
    let value = document.json()?;
    let downloads = value["dl"].as_str().filter(|template| !template.is_empty());
    let downloads = downloads.ok_or_else(|| HttpError::nonsense(&url, "it does not say where files are"))?;
    Ok(downloads.to_owned())
}

/// Where a crate's file is (cargo's registry index format, "Index Configuration").
fn address(template: &str, name: &KrateName<'_>, version: &str, checksum: &str) -> String {
    let path = name.relative_path(Some('/'));
    let lower = path.rsplit_once('/').map_or("", |(prefix, _)| prefix).to_owned();
    let mut prefix = String::new();
    name.prefix(&mut prefix, '/');
    let markers = [
        ("{crate}", name.to_string()),
        ("{version}", version.to_owned()),
        ("{prefix}", prefix),
        ("{lowerprefix}", lower),
        ("{sha256-checksum}", checksum.to_owned()),
    ];
    if !markers.iter().any(|(marker, _)| template.contains(marker)) {
        return format!("{}/{name}/{version}/download", template.trim_end_matches('/'));
    }
    markers.iter().fold(template.to_owned(), |address, (marker, value)| address.replace(marker, value))
}

fn join(base: &Url, path: &str) -> Result<Url, ListingError> {
    base.join(path).map_err(|error| ListingError::from(HttpError::nonsense(base, format!("{path}: {error}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_address_is_made_as_cargo_makes_it() {
        let name = KrateName::try_from("MyKit").unwrap();
        let made = |template: &str| address(template, &name, "1.0.0", "abc");
        assert_eq!(made("https://example.test/dl"), "https://example.test/dl/MyKit/1.0.0/download");
        assert_eq!(made("https://example.test/dl/"), "https://example.test/dl/MyKit/1.0.0/download");
        assert_eq!(
            made("https://example.test/{lowerprefix}/{prefix}/{crate}-{version}.crate?{sha256-checksum}"),
            "https://example.test/my/ki/My/Ki/MyKit-1.0.0.crate?abc"
        );
    }
}
