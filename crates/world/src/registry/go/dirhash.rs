//! Go's `h1:` of a module: SHA-256 over the sorted lines `<hex sha256 of a file>  <name>\n`, in base64 (the dirhash of
//! the Go Modules Reference, "go.sum files").

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gonogo_core::delivery::{Algorithm, Checksum};
use gonogo_core::digest::Digest;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};

/// The most unpacked bytes of a module: the go command's own limit of 500 MiB.
const LARGEST: u64 = 500 << 20;

/// The `h1:` of a module's zip.
pub(in crate::registry) fn of_zip(file: &File) -> Result<Checksum, String> {
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(|error| error.to_string())?;
    let mut files = BTreeMap::new();
    let mut left = LARGEST;
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(|error| error.to_string())?;
        let name = entry.name().map_err(|error| error.to_string())?.into_owned();
        let mut hasher = Sha256::new();
        let mut chunk = vec![0; 64 << 10];
        loop {
            let count = entry.read(&mut chunk).map_err(|error| error.to_string())?;
            if count == 0 {
                break;
            }
            left = left.checked_sub(count as u64).ok_or("it unpacks to more than 500 MiB")?;
            hasher.update(&chunk[..count]);
        }
        if files.insert(name.clone(), Digest::from_bytes(hasher.finalize().into())).is_some() {
            return Err(format!("{name} is there twice"));
        }
    }
    of_files(&files)
}

/// The `h1:` of files by their names.
pub(in crate::registry) fn of_files(files: &BTreeMap<String, Digest>) -> Result<Checksum, String> {
    let mut hasher = Sha256::new();
    for (name, digest) in files {
        if name.contains('\n') {
            return Err("a file's name has a line feed".to_owned());
        }
        hasher.update(format!("{}  {name}\n", digest.hex()));
    }
    Checksum::new(Algorithm::GoH1, &STANDARD.encode(hasher.finalize())).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of golang.org/x/mod/sumdb/dirhash's own test: `printf` lines through `sha256sum` and `base64`.
    #[test]
    fn the_hash_is_that_of_the_sorted_lines() {
        let files = [("abc", b"data for abc".as_slice()), ("xyz", b"data for xyz")];
        let files = files.into_iter().map(|(name, bytes)| (name.to_owned(), Digest::of(bytes))).collect();
        let lines = format!(
            "{}  abc\n{}  xyz\n",
            Digest::of(b"data for abc").hex(),
            Digest::of(b"data for xyz").hex()
        );
        let expected = STANDARD.encode(Sha256::digest(lines));
        assert_eq!(of_files(&files).unwrap().value(), expected);
    }
}
