//! One file of a version: downloaded, looked into, and what is said of it.

use super::asset::Releases;
use super::index;
use super::{FileLocation, FileSource, Registries, Wanted, archive, asset, attestation};
use crate::http::Request;
use crate::process::Cancel;
use gonogo_core::delivery::{BuildOrigin, Content, Doubt, ServedFile};
use gonogo_core::text::one_line;
use gonogo_core::verdict::Reason;
use std::fs::File;

/// What came of a look at a file.
pub(super) struct Looked {
    /// The file, with all that was seen of it.
    pub(super) file: ServedFile,
    /// What could not be told of it.
    pub(super) doubts: Vec<Doubt>,
    /// Where it says that it was built from.
    pub(super) origin: Option<BuildOrigin>,
}

/// Downloads a file and looks into it.
pub(super) async fn look(
    registries: &Registries,
    mut file: ServedFile,
    source: &FileSource,
    wanted: &Wanted,
    releases: &Releases,
    cancel: &Cancel,
) -> Looked {
    let mut doubts = Vec::new();
    let (mut content, opened) = match download(registries, &source.at, wanted, releases, cancel).await {
        Ok(downloaded) => downloaded,
        Err((reason, said)) => {
            let said = format!("{} was not downloaded: {}", file.name, one_line(&said));
            return Looked { file, doubts: vec![Doubt::new(reason, said)], origin: None };
        }
    };
    let kind = index(wanted.channel).archive(&file.name, wanted);
    let mut origin = None;
    match archive::look_into(kind, &file.name, opened, &wanted.holds).await {
        Ok(inside) => {
            content.computed.extend(inside.sum);
            file.looked_into = !matches!(kind, archive::Kind::Other | archive::Kind::Unread);
            file.holds = inside.holds;
            origin = inside.origin;
            if kind == archive::Kind::Unread && !wanted.holds.is_empty() {
                let said = format!("{} is of a kind that is not looked into", file.name);
                doubts.push(Doubt::new(Reason::UnsupportedHere, said));
            }
        }
        Err(error) => {
            let said = format!("{} cannot be read: {}", file.name, one_line(&error));
            doubts.push(Doubt::new(Reason::UnreadableOutput, said));
        }
    }
    if wanted.attested {
        let statements = attestation::of(registries, wanted, source, &content, cancel).await;
        file.attestations = statements.believed;
        let of_file = |doubt: Doubt| Doubt::new(doubt.reason, format!("{}: {}", file.name, doubt.said));
        doubts.extend(statements.doubts.into_iter().map(of_file));
    }
    file.content = Some(content);
    Looked { file, doubts, origin }
}

async fn download(
    registries: &Registries,
    place: &FileLocation,
    wanted: &Wanted,
    releases: &Releases,
    cancel: &Cancel,
) -> Result<(Content, File), (Reason, String)> {
    let address = match place {
        FileLocation::Asset(asset) => {
            return asset::download(registries, &wanted.package, asset, cancel).await;
        }
        FileLocation::Address(address) => address,
    };
    if let Some(place) = asset::place(address)
        && let Some(downloaded) = asset::at(registries, &place, releases, cancel).await
    {
        return downloaded;
    }
    match registries.http.download(&Request::file(address.clone()), cancel).await {
        Ok(download) => Ok((download.content, download.file)),
        Err(error) => Err((error.reason(), error.to_string())),
    }
}
