//! Documents that were fetched, kept to be asked about again.
//!
//! Invariant: only what its server can tell from any other is kept, within a bound; what is taken out comes back only
//! with an answer.

use super::{FetchedDocument, Request, Url};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a document costs beside its bytes, so that many small ones are bounded too.
const OVERHEAD: u64 = 1 << 10;

/// The documents, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<VecDeque<Entry>>);

#[derive(Debug)]
struct Entry {
    url: Url,
    accept: String,
    document: Arc<FetchedDocument>,
}

impl Entry {
    fn answers(&self, request: &Request) -> bool {
        self.url == request.url && self.accept == request.accept
    }

    fn cost(&self) -> u64 {
        self.document.body.len() as u64 + OVERHEAD
    }
}

impl Kept {
    /// Takes out what a request was answered with.
    pub(super) fn take(&self, request: &Request) -> Option<Arc<FetchedDocument>> {
        let mut entries = self.entries();
        let place = entries.iter().position(|entry| entry.answers(request))?;
        entries.remove(place).map(|entry| entry.document)
    }

    /// Keeps what a request was answered with, and of all no more than so many bytes: the oldest go first.
    pub(super) fn put(&self, request: &Request, document: &Arc<FetchedDocument>, most: u64) {
        let (url, accept) = (request.url.clone(), request.accept.clone());
        let entry = Entry { url, accept, document: Arc::clone(document) };
        if document.validator.is_none() || entry.cost() > most {
            return;
        }
        let mut entries = self.entries();
        // Two may have asked for the same at once.
        entries.retain(|entry| !entry.answers(request));
        entries.push_back(entry);
        let mut all: u64 = entries.iter().map(Entry::cost).sum();
        while all > most {
            let Some(oldest) = entries.pop_front() else { return };
            all -= oldest.cost();
        }
    }

    /// Keeps nothing any longer.
    pub(super) fn clear(&self) {
        self.entries().clear();
    }

    fn entries(&self) -> MutexGuard<'_, VecDeque<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Validator;

    fn request(name: &str, accept: &str) -> Request {
        Request::document(Url::parse("http://127.0.0.1:9/").unwrap().join(name).unwrap(), accept)
    }

    fn document(size: usize, tag: Option<&str>) -> Arc<FetchedDocument> {
        let url = Url::parse("http://127.0.0.1:9/").unwrap();
        let validator = tag.map(|tag| Validator::Tag(tag.to_owned()));
        Arc::new(FetchedDocument { url, content_type: String::new(), validator, body: vec![0; size] })
    }

    fn sizes(kept: &Kept) -> Vec<usize> {
        kept.entries().iter().map(|entry| entry.document.body.len()).collect()
    }

    #[test]
    fn all_together_stay_within_the_bound_and_the_oldest_go_first() {
        let (kept, overhead) = (Kept::default(), usize::try_from(OVERHEAD).unwrap());
        let most = OVERHEAD * 10;
        for (name, size) in [("a", overhead), ("b", 2 * overhead), ("c", 3 * overhead)] {
            kept.put(&request(name, ""), &document(size, Some("\"x\"")), most);
        }
        assert_eq!(sizes(&kept), [overhead, 2 * overhead, 3 * overhead]);
        kept.put(&request("d", ""), &document(1, Some("\"x\"")), most);
        assert_eq!(sizes(&kept), [2 * overhead, 3 * overhead, 1]);
        kept.put(&request("e", ""), &document(10 * overhead, Some("\"x\"")), most);
        assert_eq!(sizes(&kept), [2 * overhead, 3 * overhead, 1], "one that never fits drives out no other");
        for number in 0..1000 {
            kept.put(&request(&format!("n{number}"), ""), &document(0, Some("\"x\"")), most);
        }
        assert_eq!(sizes(&kept).len(), 10);
    }

    #[test]
    fn one_request_has_one_document_which_is_taken_out_once() {
        let (kept, most) = (Kept::default(), 1 << 20);
        kept.put(&request("a", "json"), &document(1, Some("\"x\"")), most);
        kept.put(&request("a", "json"), &document(2, Some("\"y\"")), most);
        kept.put(&request("a", "html"), &document(3, None), most);
        assert_eq!(sizes(&kept), [2]);
        assert!(kept.take(&request("a", "html")).is_none());
        assert!(kept.take(&request("b", "json")).is_none());
        assert_eq!(kept.take(&request("a", "json")).unwrap().body.len(), 2);
        assert!(kept.take(&request("a", "json")).is_none());
    }
}
