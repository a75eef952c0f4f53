//! A project's page of a Python index as HTML (PEP 503): one anchor for each file, its digest in the fragment.
//!
//! Invariant: a page with anything but files of the project, or with none, is not taken for an index page: a login page
//! with status 200 must not look like a project without files.

use super::Indexed;
use crate::http::{FetchedDocument, HttpError, Url};
use crate::registry::ListingError;
use gonogo_core::delivery::{Algorithm, Checksum, distribution};
use regex::Regex;

/// The files of a page.
pub(super) fn files(
    document: &FetchedDocument,
    project: &str,
) -> Result<Vec<Result<Indexed, (String, String)>>, ListingError> {
    let nonsense = |said: &str| ListingError::from(HttpError::nonsense(&document.url, said));
    // What stands in a comment is on no page.
    let text = &uncommented(document.text()?).ok_or_else(|| nonsense("a comment of the page has no end"))?;
    let lower = text.to_ascii_lowercase();
    if !lower.contains("</html>") && !lower.contains("</body>") {
        return Err(nonsense("the page has no end"));
    }
    let pattern = |pattern: &str| Regex::new(pattern).map_err(|error| nonsense(&error.to_string()));
    let anchors = pattern(r"(?is)<a\b([^>]*)>(.*?)</a\s*>")?;
    let attributes = pattern(r#"(?is)([a-z][a-z0-9-]*)\s*(?:=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?"#)?;
    let mut files = Vec::new();
    let opened = pattern(r"(?i)<a[\s>]")?.find_iter(text).count();
    for anchor in anchors.captures_iter(text) {
        let group = |at| anchor.get(at).map_or("", |group: regex::Match<'_>| group.as_str());
        let name = unescaped(group(2).trim());
        let (mut href, mut yanked, mut provenance, mut requires_python) = (None, None, None, None);
        for attribute in attributes.captures_iter(group(1)) {
            let value = (2..=4).find_map(|at| attribute.get(at)).map(|value| unescaped(value.as_str()));
            match attribute.get(1).map(|name| name.as_str().to_ascii_lowercase()).as_deref() {
                Some("href") if href.is_some() => return Err(nonsense("an anchor with two addresses")),
                Some("href") => href = value,
                Some("data-provenance") => provenance = value,
                Some("data-requires-python") => requires_python = value,
                Some("data-yanked") => yanked = Some(value.filter(|said| !said.is_empty())),
                _ => {}
            }
        }
        let href = href.ok_or_else(|| nonsense("an anchor without an address"))?;
        if distribution(&name, project).is_none() && !is_other_file(&name) {
            return Err(nonsense("it holds something else than files of the project"));
        }
        let anchor = Anchor { name: &name, href: &href, yanked, provenance, requires_python };
        files.push(anchor.file(&document.url).map_err(|said| (name, said)));
    }
    if files.is_empty() || files.len() != opened {
        return Err(nonsense("it does not hold the files of a project"));
    }
    Ok(files)
}

/// The text without its comments; `None` where one has no end.
pub(super) fn uncommented(text: &str) -> Option<String> {
    let (mut shown, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, comment)) = rest.split_once("<!--") {
        shown.push_str(before);
        rest = comment.split_once("-->")?.1;
    }
    shown.push_str(rest);
    Some(shown)
}

/// Kinds of file that indexes hold from older days, and signatures of files.
fn is_other_file(name: &str) -> bool {
    let ends = [".egg", ".exe", ".msi", ".rpm", ".dmg", ".deb", ".tar.bz2", ".tgz", ".asc", ".metadata"];
    !name.contains(['<', ' ', '/']) && ends.iter().any(|end| name.ends_with(end))
}

/// What one anchor says (PEP 503, PEP 592, PEP 740).
struct Anchor<'a> {
    name: &'a str,
    href: &'a str,
    yanked: Option<Option<String>>,
    provenance: Option<String>,
    requires_python: Option<String>,
}

impl Anchor<'_> {
    fn file(self, from: &Url) -> Result<Indexed, String> {
        let Self { name, href, yanked, provenance, requires_python } = self;
        let mut address = from.join(href).map_err(|error| format!("a file's address: {error}"))?;
        let served = address.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
        if !served.eq_ignore_ascii_case(name) && !served.contains('%') {
            return Err(format!("its anchor leads to {served}"));
        }
        let mut stated = Vec::new();
        if let Some(sha256) = address.fragment().and_then(|fragment| fragment.strip_prefix("sha256=")) {
            stated.push(Checksum::new(Algorithm::Sha256, sha256).map_err(|error| error.to_string())?);
        }
        address.set_fragment(None);
        let attestations = provenance.map(|address| from.join(&address)).transpose();
        let attestations = attestations.map_err(|error| format!("its provenance's address: {error}"))?;
        // A page without the attribute says nothing: many indexes never have it.
        let says_provenance = attestations.is_some();
        let name = name.to_owned();
        Ok(Indexed {
            name,
            address,
            stated,
            bytes: None,
            yanked,
            requires_python,
            attestations,
            says_provenance,
        })
    }
}

/// The five entities that stand in attributes and names, and numbers.
fn unescaped(text: &str) -> String {
    let mut plain = text.to_owned();
    for (entity, character) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#43;", "+")]
    {
        plain = plain.replace(entity, character);
    }
    plain.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Vec<Result<Indexed, (String, String)>>, ListingError> {
        let url = Url::parse("http://example.test/simple/kit/").unwrap();
        let (content_type, validator) = ("text/html".to_owned(), None);
        files(&FetchedDocument { url, content_type, validator, body: body.as_bytes().to_vec() }, "kit")
    }

    fn page(anchors: &str) -> String {
        format!("<!DOCTYPE html><html><head><title>Links for kit</title></head><body>{anchors}</body></html>")
    }

    #[test]
    fn files_are_read_with_their_digest_and_whether_they_are_yanked() {
        let digest = "a".repeat(64);
        let body = page(&format!(
            "<a href=\"../../packages/kit-1.0.tar.gz#sha256={digest}\" data-yanked=\"bad &amp; broken\">kit-1.0.tar.gz</a><br>
             <A HREF='/packages/kit-1.0-py3-none-any.whl' data-requires-python='&gt;=3.8'>kit-1.0-py3-none-any.whl</A>"
        ));
        let files: Vec<Indexed> = read(&body)
            .unwrap()
            .into_iter()
            .map(|file| file.unwrap_or_else(|error| panic!("{error:?}")))
            .collect();
        assert_eq!(files[0].address.as_str(), "http://example.test/packages/kit-1.0.tar.gz");
        assert_eq!(files[0].stated[0].value(), digest);
        assert_eq!(files[0].yanked, Some(Some("bad & broken".to_owned())));
        assert_eq!((files[1].stated.len(), &files[1].yanked), (0, &None));
    }

    #[test]
    fn a_page_of_something_else_is_never_an_index() {
        for body in [
            page(""),
            page("<h1>Welcome</h1>"),
            page("<a href='/login'>Log in</a>"),
            page("<a href='/kit-1.0.tar.gz'>kit-1.0.tar.gz</a><a href='/help'>Help</a>"),
            page("<a href='/other-1.0.tar.gz'>other-1.0.tar.gz</a>"),
            page("<a>kit-1.0.tar.gz</a>"),
            page("<a href='/kit-1.0.tar.gz'>kit-1.0.tar.gz</a><a href='/kit-1.1.tar.gz'>kit-1.1.tar.gz"),
            "<html><body><a href='/kit-1.0.tar.gz'>kit-1.0.tar.gz</a>".to_owned(),
        ] {
            assert!(matches!(read(&body), Err(ListingError::Unknown(..))), "{body}");
        }
    }

    #[test]
    fn what_stands_in_a_comment_is_no_file() {
        let shown = "<a href='/kit-1.0.tar.gz'>kit-1.0.tar.gz</a>";
        let hidden = "<!-- <a href='/kit-1.1.tar.gz'>kit-1.1.tar.gz</a> -->";
        assert_eq!(read(&page(&format!("{hidden}{shown}"))).unwrap().len(), 1);
        for body in [page(hidden), page(&format!("{shown}<!-- and no end"))] {
            assert!(matches!(read(&body), Err(ListingError::Unknown(..))), "{body}");
        }
    }

    #[test]
    fn an_anchor_that_leads_to_another_file_is_refused() {
        let file = read(&page("<a href='/kit-1.1.tar.gz'>kit-1.0.tar.gz</a>")).unwrap().remove(0);
        assert!(file.is_err_and(|(name, _)| name == "kit-1.0.tar.gz"));
        let file = read(&page("<a href='/kit-1.0.tar.gz#sha256=abc'>kit-1.0.tar.gz</a>")).unwrap().remove(0);
        assert!(file.is_err());
    }
}
