//! Archives that somebody else made: whole and inside the folder, or nothing.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use gonogo_core::digest::Digest;
use gonogo_world::unpack::{Bounds, UnpackError, Unpacked, unpack};
use std::io::{Cursor, Write};
use std::path::PathBuf;
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const ENOUGH: Bounds = Bounds { entries: 10, bytes: 1 << 20 };

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("into")).unwrap();
        Self(folder)
    }

    fn target(&self) -> PathBuf {
        self.0.path().join("into")
    }

    fn unpack(&self, archive: &[u8], bounds: Bounds) -> Result<Vec<Unpacked>, UnpackError> {
        let path = self.0.path().join("archive");
        std::fs::write(&path, archive).unwrap();
        unpack(&path, &self.target(), bounds)
    }

    /// Everything there is, the archive and the folder itself left out.
    fn left(&self) -> Vec<PathBuf> {
        let all = |folder: PathBuf| folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
        let beside = all(self.0.path().to_owned())
            .filter(|path| !path.ends_with("archive") && !path.ends_with("into"));
        beside.chain(all(self.target())).collect()
    }
}

fn with(write: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    write(&mut writer);
    writer.finish().unwrap().into_inner()
}

fn stored() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Stored)
}

fn deflated() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)
}

fn of_files(files: &[(&str, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
    with(|writer| {
        for (name, bytes) in files {
            writer.start_file(*name, options).unwrap();
            writer.write_all(bytes).unwrap();
        }
    })
}

/// Every place of some bytes, replaced by as many others.
fn replaced(archive: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let (mut archive, mut found) = (archive, 0);
    for at in 0..=archive.len() - from.len() {
        if archive[at..].starts_with(from) {
            archive[at..at + to.len()].copy_from_slice(to);
            found += 1;
        }
    }
    assert!(found > 0);
    archive
}

fn refused(archive: &[u8], bounds: Bounds) -> UnpackError {
    let folder = Folder::new();
    let error = folder.unpack(archive, bounds).unwrap_err();
    assert_eq!(folder.left(), Vec::<PathBuf>::new(), "{error}");
    error
}

#[test]
fn an_archive_is_unpacked_whole_with_sizes_and_digests() {
    let big = vec![b'x'; 300_000];
    for options in [stored(), deflated()] {
        let archive = with(|writer| {
            writer.add_directory("empty/", options).unwrap();
            for (name, bytes) in [("a.txt", &b"a\n"[..]), ("deep/er/b", &big)] {
                writer.start_file(name, options).unwrap();
                writer.write_all(bytes).unwrap();
            }
        });
        let folder = Folder::new();
        let files = folder.unpack(&archive, ENOUGH).unwrap();
        let unpacked = |path: &str, bytes: &[u8]| Unpacked {
            path: path.into(),
            size: bytes.len() as u64,
            digest: Digest::of(bytes),
        };
        assert_eq!(files, [unpacked("a.txt", b"a\n"), unpacked("deep/er/b", &big)]);
        assert_eq!(std::fs::read(folder.target().join("deep/er/b")).unwrap(), big);
        assert!(folder.target().join("empty").is_dir());
        assert_eq!(folder.left().len(), 3);
    }
}

#[test]
fn an_archive_of_nothing_is_an_empty_folder() {
    let folder = Folder::new();
    assert_eq!(folder.unpack(&with(|_| {}), ENOUGH).unwrap(), []);
    assert_eq!(folder.left(), Vec::<PathBuf>::new());
}

#[test]
fn a_path_that_leads_out_of_the_folder_is_refused() {
    for name in
        ["../x", "a/../../x", "/etc/x", "a//x", "./x", "a\\..\\x", "c:x", "a/..", "..", "a\u{0}b", "a\nb"]
    {
        // Written under a harmless name of the same length: writers are careful too.
        let plain = "z".repeat(name.len());
        let archive = replaced(of_files(&[(&plain, b"bytes")], stored()), plain.as_bytes(), name.as_bytes());
        let error = refused(&archive, ENOUGH);
        assert!(matches!(&error, UnpackError::BadEntry { .. }), "{name:?}: {error:?}");
    }
}

#[test]
fn a_link_is_refused_and_so_is_what_would_be_written_through_it() {
    let archive = with(|writer| {
        writer.add_symlink("out", "/tmp", stored()).unwrap();
        writer.start_file("out/x", stored()).unwrap();
    });
    let error = refused(&archive, ENOUGH);
    assert!(matches!(&error, UnpackError::BadEntry { name, .. } if name == "out"), "{error:?}");
}

#[test]
fn a_file_of_a_special_kind_is_refused() {
    let archive = of_files(&[("pipe", b"")], stored().unix_permissions(0o644));
    // The type bits stand in the upper half of the external attributes of the central directory.
    let archive =
        replaced(archive, &(0o100_644_u32 << 16).to_le_bytes(), &(0o010_644_u32 << 16).to_le_bytes());
    let error = refused(&archive, ENOUGH);
    assert!(matches!(&error, UnpackError::BadEntry { .. }), "{error:?}");
}

#[test]
fn two_entries_of_one_name_are_refused() {
    let archive = replaced(of_files(&[("aa", b"1"), ("ab", b"2")], stored()), b"ab", b"aa");
    let error = refused(&archive, ENOUGH);
    assert!(error.to_string().contains("one name"), "{error}");
    let both = of_files(&[("aa", b"1"), ("aa/b", b"2")], stored());
    assert!(matches!(refused(&both, ENOUGH), UnpackError::Folder { .. }), "a file is no folder");
}

#[test]
fn more_than_the_bounds_is_refused_and_as_much_is_not() {
    let archive = of_files(&[("a", b"12345"), ("b", b"67890")], deflated());
    for (entries, bytes) in [(1, 10), (2, 9), (0, 0)] {
        let bounds = Bounds { entries, bytes };
        assert!(matches!(refused(&archive, bounds), UnpackError::TooMuch(_)));
    }
    assert_eq!(Folder::new().unpack(&archive, Bounds { entries: 2, bytes: 10 }).unwrap().len(), 2);
}

#[test]
fn a_file_that_is_more_or_less_than_it_announces_is_refused() {
    for announced in [5, 299_999, 300_001] {
        let archive = of_files(&[("a", &[b'x'; 300_000])], deflated());
        let archive = replaced(archive, &300_000_u32.to_le_bytes(), &u32::to_le_bytes(announced));
        let error = refused(&archive, ENOUGH);
        let is_refusal = matches!(&error, UnpackError::BadEntry { .. } | UnpackError::Broken(_));
        assert!(is_refusal, "{announced}: {error:?}");
    }
}

#[test]
fn an_archive_that_is_cut_changed_or_none_is_broken() {
    let archive = of_files(&[("a", b"some bytes"), ("b", b"more")], stored());
    let changed = replaced(archive.clone(), b"some bytes", b"same bytes");
    for bytes in
        [&archive[..archive.len() - 30], &archive[..40], b"", b"{\"message\":\"Not Found\"}", &changed]
    {
        let error = refused(bytes, ENOUGH);
        assert!(matches!(&error, UnpackError::Broken(_)), "{error:?}");
    }
}

#[test]
fn a_folder_that_is_not_empty_or_not_there_is_not_touched() {
    let archive = of_files(&[("a", b"theirs")], stored());
    let folder = Folder::new();
    std::fs::write(folder.target().join("a"), "mine").unwrap();
    let error = folder.unpack(&archive, ENOUGH).unwrap_err();
    assert!(matches!(&error, UnpackError::Folder { .. }), "{error:?}");
    assert_eq!(std::fs::read(folder.target().join("a")).unwrap(), b"mine");
    std::fs::remove_dir_all(folder.target()).unwrap();
    let Err(UnpackError::Folder { .. }) = folder.unpack(&archive, ENOUGH) else { panic!() };
}
