//! What is inside a published archive: which of some files it holds, and what cargo wrote of its origin.
//!
//! Invariant: reading is bounded in entries and in unpacked bytes; nothing is unpacked to disk.

use flate2::read::GzDecoder;
use gonogo_core::delivery::{BuildOrigin, Checksum};
use gonogo_core::strict_json;
use std::fs::File;
use std::io::{BufReader, Read};

/// The most unpacked bytes that are read of one archive.
const LARGEST: u64 = 4 << 30;
/// The most entries that are read of one archive.
const MOST_ENTRIES: usize = 200_000;
/// The most bytes of cargo's record of the origin.
const LARGEST_RECORD: u64 = 64 << 10;
/// The name of that record.
const ORIGIN: &str = ".cargo_vcs_info.json";

/// How the names of archives end that are not read here.
const UNREAD: &[&str] = &[
    ".tar", ".tar.xz", ".txz", ".tar.zst", ".tar.bz2", ".tbz", ".7z", ".deb", ".rpm", ".dmg", ".pkg", ".msi",
];

/// What is inside.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Inside {
    /// Those of the wanted names that are there.
    pub(super) holds: Vec<String>,
    /// Where a crate says that it was built from.
    pub(super) origin: Option<BuildOrigin>,
    /// The `h1:` of a Go module.
    pub(super) sum: Option<Checksum>,
}

/// What kind of archive it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A gzipped tar.
    Tarball,
    /// A zip.
    Zip,
    /// A zip of a Go module, which has a checksum of its own.
    GoModule,
    /// An archive of a kind that is not read here.
    Unread,
    /// Something else, in which nothing is looked for.
    Other,
}

impl Kind {
    /// What a file's name says.
    pub(super) fn of(name: &str) -> Self {
        if [".crate", ".tgz", ".tar.gz"].iter().any(|end| name.ends_with(end)) {
            Self::Tarball
        } else if [".whl", ".zip"].iter().any(|end| name.ends_with(end)) {
            Self::Zip
        } else if UNREAD.iter().any(|end| name.ends_with(end)) {
            Self::Unread
        } else {
            Self::Other
        }
    }
}

/// Looks into an archive.
pub(super) async fn look_into(
    kind: Kind,
    name: &str,
    file: File,
    wanted: &[String],
) -> Result<Inside, String> {
    let (name, wanted) = (name.to_owned(), wanted.to_vec());
    tokio::task::spawn_blocking(move || match kind {
        Kind::Tarball => tarball(file, &name, &wanted),
        Kind::Zip => zip(&file, &wanted),
        Kind::GoModule => {
            let sum = super::go::of_zip(&file)?;
            Ok(Inside { sum: Some(sum), ..zip(&file, &wanted)? })
        }
        Kind::Unread | Kind::Other => Ok(Inside::default()),
    })
    .await
    .unwrap_or_else(|error| Err(error.to_string()))
}

fn tarball(file: File, name: &str, wanted: &[String]) -> Result<Inside, String> {
    let mut inside = Inside::default();
    let unpacked = GzDecoder::new(BufReader::new(file)).take(LARGEST);
    let mut archive = tar::Archive::new(unpacked);
    let record = name.strip_suffix(".crate").map(|folder| format!("{folder}/{ORIGIN}"));
    let mut entries = 0;
    for entry in archive.entries().map_err(|error| error.to_string())? {
        let mut entry = entry.map_err(|error| error.to_string())?;
        entries += 1;
        if entries > MOST_ENTRIES {
            return Err(format!("more than {MOST_ENTRIES} files"));
        }
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        note(&mut inside, &path, wanted);
        if record.as_deref() == Some(&path) {
            if inside.origin.is_some() {
                return Err(format!("{ORIGIN} is there twice"));
            }
            let mut bytes = Vec::new();
            entry.by_ref().take(LARGEST_RECORD).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
            inside.origin = Some(origin(&bytes)?);
        }
    }
    Ok(inside)
}

fn zip(file: &File, wanted: &[String]) -> Result<Inside, String> {
    let archive = zip::ZipArchive::new(BufReader::new(file)).map_err(|error| error.to_string())?;
    if archive.len() > MOST_ENTRIES {
        return Err(format!("more than {MOST_ENTRIES} files"));
    }
    let mut inside = Inside::default();
    for path in archive.file_names() {
        note(&mut inside, &path.map_err(|error| error.to_string())?, wanted);
    }
    Ok(inside)
}

fn note(inside: &mut Inside, path: &str, wanted: &[String]) {
    let path = path.trim_start_matches("./");
    let file = path.rsplit('/').next().unwrap_or(path);
    // Many archives have one folder at their root, named after themselves.
    let below = path.split_once('/').map_or(path, |(_, below)| below);
    for found in wanted {
        let is_it = if found.contains('/') { path == found || below == found } else { file == found };
        if is_it && !inside.holds.contains(found) {
            inside.holds.push(found.clone());
        }
    }
}

/// cargo's `.cargo_vcs_info.json`: `{"git": {"sha1": …, "dirty": …}, "path_in_vcs": …}`.
fn origin(bytes: &[u8]) -> Result<BuildOrigin, String> {
    let document = strict_json::parse(bytes).map_err(|error| format!("{ORIGIN}: {error}"))?;
    let commit = document.pointer("/git/sha1").and_then(|sha1| sha1.as_str());
    let commit = commit.filter(|sha1| sha1.len() >= 40 && sha1.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let commit = commit.ok_or_else(|| format!("{ORIGIN} names no commit"))?.to_ascii_lowercase();
    let dirty = match document.pointer("/git/dirty") {
        None => false,
        Some(dirty) => {
            dirty.as_bool().ok_or_else(|| format!("{ORIGIN}: `dirty` is neither true nor false"))?
        }
    };
    Ok(BuildOrigin { commit, dirty })
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::{Seek, Write};

    const COMMIT: &str = "f337258f337258f337258f337258f337258f3372";

    fn packed(files: &[(&str, &str)]) -> Vec<u8> {
        let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (path, content) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            archive.append_data(&mut header, path, content.as_bytes()).unwrap();
        }
        archive.into_inner().unwrap().finish().unwrap()
    }

    async fn look(name: &str, bytes: &[u8], wanted: &[&str]) -> Result<Inside, String> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.rewind().unwrap();
        let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        look_into(Kind::of(name), name, file, &wanted).await
    }

    fn record(text: &str) -> Vec<u8> {
        packed(&[("kit-1.0.0/LICENSE", "MIT"), ("kit-1.0.0/.cargo_vcs_info.json", text)])
    }

    #[tokio::test]
    async fn a_crate_says_where_it_was_built_from_and_what_it_holds() {
        let bytes = record(&format!(r#"{{"git":{{"sha1":"{COMMIT}","dirty":true}},"path_in_vcs":""}}"#));
        let inside = look("kit-1.0.0.crate", &bytes, &["LICENSE", "NOTICE"]).await.unwrap();
        assert_eq!(inside.holds, ["LICENSE"]);
        assert_eq!(inside.origin, Some(BuildOrigin { commit: COMMIT.into(), dirty: true }));
        let clean = record(&format!(r#"{{"git":{{"sha1":"{COMMIT}"}}}}"#));
        assert!(!look("kit-1.0.0.crate", &clean, &[]).await.unwrap().origin.unwrap().dirty);
    }

    #[tokio::test]
    async fn a_record_of_another_folder_is_not_the_crates() {
        let bytes = packed(&[("kit-1.0.0/vendor/.cargo_vcs_info.json", "{}")]);
        assert_eq!(look("kit-1.0.0.crate", &bytes, &[]).await.unwrap().origin, None);
    }

    #[tokio::test]
    async fn a_record_without_one_meaning_is_an_error() {
        for text in [
            "{}".to_owned(),
            "{".to_owned(),
            r#"{"git":{"sha1":"abc"}}"#.to_owned(),
            format!(r#"{{"git":{{"sha1":"{COMMIT}","dirty":"no"}}}}"#),
            format!(r#"{{"git":{{"sha1":"{COMMIT}","sha1":"{COMMIT}"}}}}"#),
        ] {
            assert!(look("kit-1.0.0.crate", &record(&text), &[]).await.is_err(), "{text}");
        }
        let twice = packed(&[
            ("kit-1.0.0/.cargo_vcs_info.json", &format!(r#"{{"git":{{"sha1":"{COMMIT}"}}}}"#)),
            ("kit-1.0.0/.cargo_vcs_info.json", &format!(r#"{{"git":{{"sha1":"{COMMIT}"}}}}"#)),
        ]);
        assert!(look("kit-1.0.0.crate", &twice, &[]).await.is_err());
    }

    #[tokio::test]
    async fn what_is_no_archive_or_broke_off_is_an_error() {
        let whole = record(&format!(r#"{{"git":{{"sha1":"{COMMIT}"}}}}"#));
        for (name, bytes) in [
            ("a.crate", &b"<html>"[..]),
            ("a.whl", b"<html>"),
            ("kit-1.0.0.crate", &whole[..whole.len() / 2]),
        ] {
            assert!(look(name, bytes, &[]).await.is_err(), "{name}");
        }
    }
}
