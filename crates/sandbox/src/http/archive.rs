//! Zip files, in which logs and artifacts come. The same files make the same bytes.

use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// One file of an archive: its path and its bytes.
pub type File = (String, Vec<u8>);

/// The archive, uncompressed; `None` where a path cannot be one of an archive.
pub(crate) fn zip(files: &[File]) -> Option<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (path, bytes) in files {
        writer.start_file(path.as_str(), options).ok()?;
        writer.write_all(bytes).ok()?;
    }
    writer.finish().ok().map(Cursor::into_inner)
}
