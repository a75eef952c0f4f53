//! A Go module over the module proxy protocol ("Module proxies", Go Modules Reference), asked as `go env GOPROXY` says.
//!
//! Invariant: only a proxy's own 404 or 410 is an absence, and only where the list of proxies goes no further for it.
//! Whether a version is there is asked by its `.info`; a list may be older.

mod dirhash;
mod install;
mod tree;

pub(super) use dirhash::of_zip;

use super::configuration::{GoSettings, Hop};
use super::index::{Answer, Index};
use super::install::Clean;
use super::{
    Configuration, FileSource, IndexEntry, Listed, Listing, ListingError, Registries, Wanted, archive,
};
use crate::git::Git;
use crate::http::{FetchedDocument, Http, HttpError, Request, Url};
use crate::process::Cancel;
use gonogo_core::delivery::{
    Algorithm, BuildOrigin, Channel, Checksum, GoMod, Install, Served, ServedFile, Told, Withdrawn,
    go_version,
};
use gonogo_core::ids::CommitId;
use gonogo_core::verdict::Reason;
use semver::Version;
use std::sync::Arc;

/// How a module proxy is asked.
pub(super) struct Go;

impl Index for Go {
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

    fn one<'a>(
        &'a self,
        registries: &'a Registries,
        wanted: &'a Wanted,
        cancel: &'a Cancel,
    ) -> Answer<'a, Result<Listing, ListingError>> {
        let Registries { http, configuration, .. } = registries;
        Box::pin(one(http, configuration, &wanted.package, &wanted.version, cancel))
    }

    fn archive(&self, _: &str, _: &Wanted) -> archive::Kind {
        archive::Kind::GoModule
    }

    fn sum_of_tree<'a>(
        &'a self,
        git: &'a Git,
        package: &'a str,
        version: &'a Version,
        commit: &'a CommitId,
    ) -> Answer<'a, Result<Option<Checksum>, String>> {
        Box::pin(tree::go_sum(git, package, version, commit))
    }
}

/// Every version of a module that the proxy lists.
async fn list(
    http: &Http,
    configuration: &Configuration,
    module: &str,
    cancel: &Cancel,
) -> Result<Listing, ListingError> {
    let settings = configuration.go(cancel).await?;
    let (proxy, document) = first(http, &settings, module, "@v/list", cancel).await?;
    let lines = document.text()?.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut versions = Vec::new();
    for line in lines {
        if Channel::Go.read(line).is_none() {
            return Err(HttpError::nonsense(&document.url, "a line that is no version").into());
        }
        let entry = entry(&proxy, module, line, None)?;
        versions.push(Listed { version: line.to_owned(), entry: Ok(entry) });
    }
    Ok(Listing { versions })
}

/// One version, by its own document.
async fn one(
    http: &Http,
    configuration: &Configuration,
    module: &str,
    version: &Version,
    cancel: &Cancel,
) -> Result<Listing, ListingError> {
    let settings = configuration.go(cancel).await?;
    let spelled = go_version(module, version);
    let (proxy, document) =
        first(http, &settings, module, &format!("@v/{}.info", escaped(&spelled)), cancel).await?;
    let value = document.json()?;
    let told =
        value["Version"].as_str().ok_or_else(|| HttpError::nonsense(&document.url, "it names no version"))?;
    let origin = value.pointer("/Origin/Hash").and_then(|hash| hash.as_str());
    let origin = origin.map(|commit| BuildOrigin { commit: commit.to_ascii_lowercase(), dirty: false });
    if told != spelled {
        return Err(ListingError::Conflict(format!("asked for {spelled}, and told of {told}")));
    }
    declares(http, &settings, module, told, cancel).await?;
    let mut entry = entry(&proxy, module, told, origin)?;
    entry.facts.withdrawn.extend(retracted(http, &settings, module, told, cancel).await?);
    entry.facts.files[0].stated.extend(stated(http, &settings, &proxy, module, told, cancel).await?);
    Ok(Listing { versions: vec![Listed { version: told.to_owned(), entry: Ok(entry) }] })
}

/// A version's `go.mod`.
async fn go_mod(
    http: &Http,
    settings: &GoSettings,
    module: &str,
    version: &str,
    cancel: &Cancel,
) -> Result<GoMod, ListingError> {
    let path = format!("@v/{}.mod", escaped(version));
    match first(http, settings, module, &path, cancel).await {
        Ok((_, document)) => Ok(GoMod::parse(document.text()?)),
        // A version that is there has one: that it is not there says nothing of the version.
        Err(ListingError::NotFound(said)) => Err(ListingError::Unknown(Reason::UnreadableOutput, said)),
        Err(error) => Err(error),
    }
}

/// A module whose `go.mod` declares another path is refused by the go command under this one.
async fn declares(
    http: &Http,
    settings: &GoSettings,
    module: &str,
    version: &str,
    cancel: &Cancel,
) -> Result<(), ListingError> {
    match go_mod(http, settings, module, version, cancel).await?.module {
        Some(declared) if declared != module => Err(ListingError::Conflict(format!(
            "its go.mod declares the path {declared}: `go get {module}` is refused"
        ))),
        _ => Ok(()),
    }
}

/// Whether the newest version's `go.mod` takes this one back: that is where the go command looks.
async fn retracted(
    http: &Http,
    settings: &GoSettings,
    module: &str,
    version: &str,
    cancel: &Cancel,
) -> Result<Option<Withdrawn>, ListingError> {
    let Some(own) = Channel::Go.read(version) else { return Ok(None) };
    let listed = match first(http, settings, module, "@v/list", cancel).await {
        Ok((_, document)) => document.text()?.to_owned(),
        // A proxy may have no list of a module whose versions it serves.
        Err(ListingError::NotFound(_)) => String::new(),
        Err(error) => return Err(error),
    };
    let newest = newest(listed.lines().map(str::trim).chain([version]));
    let says = go_mod(http, settings, module, newest.unwrap_or(version), cancel).await?;
    Ok(says.retraction(&own).map(|one| {
        let why = one.why.as_deref().unwrap_or("no reason given");
        Withdrawn::Yanked { said: Some(format!("retracted by {}: {why}", newest.unwrap_or(version))) }
    }))
}

/// The version that the go command takes for the latest: the highest release, or where there is none, the highest of all;
/// one that its path does not tell of only where there is no other.
fn newest<'a>(versions: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let known = versions.filter_map(|spelled| Some((spelled, Channel::Go.read(spelled)?)));
    let best = known
        .max_by_key(|(spelled, version)| (!spelled.contains('+'), version.pre.is_empty(), version.clone()));
    best.map(|(spelled, _)| spelled)
}

fn entry(
    proxy: &Url,
    module: &str,
    version: &str,
    origin: Option<BuildOrigin>,
) -> Result<IndexEntry, ListingError> {
    let address = join(proxy, module, &format!("@v/{}.zip", escaped(version)))?;
    let facts = Served {
        package: module.to_owned(),
        version: version.to_owned(),
        resolves: Told::Yes,
        files: vec![ServedFile { name: format!("{version}.zip"), ..ServedFile::default() }],
        gaps: if origin.is_none() { vec!["origin".to_owned()] } else { Vec::new() },
        origin,
        ..Served::default()
    };
    Ok(IndexEntry { facts, sources: vec![FileSource::address(address)] })
}

/// What the checksum database states of a version, asked through the proxy where the proxy passes it on. Its signature
/// is the go command's to check, in an install. Nothing where the database is off or does not have it.
async fn stated(
    http: &Http,
    settings: &GoSettings,
    proxy: &Url,
    module: &str,
    version: &str,
    cancel: &Cancel,
) -> Result<Option<Checksum>, ListingError> {
    let Some(database) = settings.database(module) else { return Ok(None) };
    let path = format!("sumdb/{database}/lookup/{}@{}", escaped(module), escaped(version));
    let url = proxy.join(&path).map_err(|error| HttpError::nonsense(proxy, error.to_string()))?;
    let document = match http.get(&Request::document(url.clone(), "text/plain"), cancel).await {
        // A proxy that does not pass the database on, or a database that has not seen the version yet.
        Err(HttpError::NotFound { .. }) => return Ok(None),
        answer => answer?,
    };
    let start = format!("{module} {version} h1:");
    let sum = document.text()?.lines().find_map(|line| line.strip_prefix(&start));
    let sum = sum.ok_or_else(|| HttpError::nonsense(&url, "it states no checksum of the module"))?;
    let sum = Checksum::new(Algorithm::GoH1, sum);
    Ok(Some(sum.map_err(|error| ListingError::from(HttpError::nonsense(&url, error.to_string())))?))
}

/// The first answer of the proxies in their order: after a `,` only a "not found" goes on, after a `|` any error does.
async fn first(
    http: &Http,
    settings: &GoSettings,
    module: &str,
    path: &str,
    cancel: &Cancel,
) -> Result<(Url, Arc<FetchedDocument>), ListingError> {
    if settings.is_private(module) {
        let said = format!("{module} is private here (GONOPROXY): the go command asks its repository");
        return Err(ListingError::Unknown(Reason::UnsupportedHere, said));
    }
    let mut missed = None;
    let mut failed = None;
    for (hop, goes_on_after_any) in &settings.proxies {
        let proxy = match hop {
            Hop::Proxy(proxy) => proxy,
            // A proxy has said that it does not have it. That the repository might is no delivery through the proxy.
            Hop::Direct | Hop::Off if missed.is_some() => break,
            Hop::Direct => {
                let said = "GOPROXY leads to the repository itself, which is not a channel".to_owned();
                return Err(ListingError::Unknown(Reason::UnsupportedHere, said));
            }
            Hop::Off => {
                return Err(ListingError::Unknown(Reason::UnsupportedHere, "GOPROXY is off".to_owned()));
            }
        };
        let url = join(proxy, module, path)?;
        match http.get(&Request::document(url, "*/*"), cancel).await {
            Ok(document) => {
                if document.is_page() {
                    return Err(
                        HttpError::nonsense(&document.url, "an HTML page in place of an answer").into()
                    );
                }
                return Ok((proxy.clone(), document));
            }
            Err(error @ HttpError::NotFound { .. }) => missed = Some(not_found(error)),
            Err(error) if *goes_on_after_any => failed = Some(ListingError::from(error)),
            Err(error) => return Err(error.into()),
        }
    }
    // Where one proxy could not be asked, another one's "not found" is not the last word.
    failed.or(missed).map_or_else(
        || Err(ListingError::Unknown(Reason::UnsupportedHere, "GOPROXY names no proxy".to_owned())),
        Err,
    )
}

/// A proxy says "not found" as plain text, or with no word. A page that says so comes from something else on the way.
fn not_found(error: HttpError) -> ListingError {
    match &error {
        HttpError::NotFound { content_type, said, .. }
            if content_type.contains("html") || said.trim_ascii_start().starts_with(b"<") =>
        {
            error.into()
        }
        _ => ListingError::NotFound(error.to_string()),
    }
}

fn join(proxy: &Url, module: &str, path: &str) -> Result<Url, ListingError> {
    let is_path = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte))
    };
    if !module.split('/').all(is_path) {
        return Err(ListingError::Conflict(format!("`{module}` is no module's path")));
    }
    let joined = proxy.join(&format!("{}/{path}", escaped(module)));
    joined.map_err(|error| HttpError::nonsense(proxy, error.to_string()).into())
}

/// A path or version as proxies have it: each upper-case letter as `!` and the lower-case one.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_uppercase() {
            escaped.push('!');
        }
        escaped.push(c.to_ascii_lowercase());
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upper_case_is_escaped_and_paths_stay_within_the_proxy() {
        let proxy = Url::parse("http://127.0.0.1:9/go/").unwrap();
        let made = |module: &str| join(&proxy, module, "@v/list").map(|url| url.to_string());
        assert_eq!(made("example.test/Kit").unwrap(), "http://127.0.0.1:9/go/example.test/!kit/@v/list");
        for module in ["", "../x", "example.test//kit", "example.test/kit?x", "https://example.test/kit"] {
            assert!(made(module).is_err(), "{module}");
        }
    }

    #[test]
    fn the_newest_version_is_the_one_that_go_takes_for_the_latest() {
        for (versions, wanted) in [
            (vec!["v1.0.0", "v1.10.0", "v1.9.0"], "v1.10.0"),
            (vec!["v1.0.0", "v1.1.0-rc.1"], "v1.0.0"),
            (vec!["v0.1.0-a", "v0.1.0-b"], "v0.1.0-b"),
            (vec!["v1.2.0", "v2.0.0+incompatible"], "v1.2.0"),
            (vec!["v2.0.0+incompatible", "v3.0.0+incompatible", "", "no"], "v3.0.0+incompatible"),
        ] {
            assert_eq!(newest(versions.into_iter()), Some(wanted));
        }
    }
}
