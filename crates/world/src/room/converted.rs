//! Files that git writes in another form than the commit has them: line ends, `ident`, encodings.
//!
//! Invariant: git compares such a file by what it would be in a commit, and many texts would be the same there; one that is not as git
//! itself writes it is named here.

use super::{RoomError, io_error};
use crate::git::Git;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The files of a room that git takes for the commit's and that may be another text. `attributes` are the attribute files in it.
pub(super) async fn not_as_written(
    git: &Git,
    root: &Path,
    attributes: &[&[u8]],
) -> Result<Vec<PathBuf>, RoomError> {
    let text = said(root, attributes)?;
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let mut found = Vec::new();
    if says(&["text", "eol", "crlf", "[attr]"]) {
        let listed = git.order(&["ls-files", "--eol", "-z"], None).await?;
        found.extend(listed.split(|byte| *byte == 0).filter_map(other_line_ends));
    }
    if says(&["ident", "working-tree-encoding", "[attr]"]) {
        let names = git.order(&["ls-files", "-z"], None).await?;
        let asked = ["check-attr", "-z", "--stdin", "ident", "working-tree-encoding"];
        let answered = git.order(&asked, Some(names)).await?;
        let fields: Vec<&[u8]> = answered.split(|byte| *byte == 0).collect();
        let converts = |value: &[u8]| value != b"unspecified" && value != b"unset";
        found.extend(fields.chunks_exact(3).filter(|field| converts(field[2])).map(|field| path(field[0])));
    }
    Ok(found)
}

/// What attribute files say, all of them together. One that is a link counts for nothing, as git has it.
pub(super) fn said(root: &Path, attributes: &[&[u8]]) -> Result<String, RoomError> {
    let mut text = Vec::new();
    for attribute in attributes {
        let path = root.join(OsStr::from_bytes(attribute));
        if std::fs::symlink_metadata(&path).map_err(io_error(&path))?.is_file() {
            text.extend(std::fs::read(&path).map_err(io_error(&path))?);
            text.push(b'\n');
        }
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// A line of `git ls-files --eol`: what line ends are in the commit's, what are in the room's, and the attributes.
fn other_line_ends(line: &[u8]) -> Option<PathBuf> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let facts = String::from_utf8_lossy(&line[..tab]).into_owned();
    let (ends, attribute) = facts.split_once("attr/")?;
    let mut ends = ends.split_whitespace();
    let (commits, rooms) = (ends.next()?.strip_prefix("i/")?, ends.next()?.strip_prefix("w/")?);
    let attribute = attribute.trim();
    let is_as_written = match commits {
        _ if attribute.is_empty() || attribute == "-text" => true,
        // What is no text is not converted, unless it is called one.
        "-text" => attribute.starts_with("text=auto"),
        "lf" if attribute.ends_with("eol=crlf") => rooms == "crlf",
        _ => rooms == commits,
    };
    (!is_as_written).then(|| path(&line[tab + 1..]))
}

fn path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attribute_files_that_cannot_be_read_are_no_silence_and_a_link_counts_for_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        assert!(said(root, &[b".gitattributes"]).is_err());
        std::fs::write(root.join(".gitattributes"), "* text").unwrap();
        std::os::unix::fs::symlink(".gitattributes", root.join("link")).unwrap();
        assert_eq!(said(root, &[b".gitattributes", b"link"]).unwrap(), "* text\n");
    }
}
