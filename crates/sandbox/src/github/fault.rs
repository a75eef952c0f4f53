//! Faults: what goes wrong with which requests, and how often.

use super::request::{Reply, Request};
use serde_json::Value;
use std::time::Duration;

/// Which requests a fault is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matcher {
    /// The method; any where `None`.
    pub method: Option<String>,
    /// How the path (without its query) begins; every path begins with the empty text.
    pub path: String,
}

impl Matcher {
    /// Every request.
    pub fn any() -> Self {
        Self { method: None, path: String::new() }
    }

    /// Requests of one method, to paths that begin like this.
    pub fn of(method: &str, path: &str) -> Self {
        Self { method: Some(method.to_owned()), path: path.to_owned() }
    }

    fn matches(&self, request: &Request) -> bool {
        self.method.as_ref().is_none_or(|method| *method == request.method)
            && request.path.starts_with(&self.path)
    }
}

/// What goes wrong. But for `Lost` and `Delayed`, the request is not carried out.
#[derive(Clone, Debug)]
pub enum Trouble {
    /// This reply is given.
    Reply(Reply),
    /// The connection is closed without a reply.
    Dropped,
    /// The request is carried out, and the connection is closed without a reply.
    Lost,
    /// The reply announces more bytes than it sends: these ones.
    Cut(Vec<u8>),
    /// The reply comes this late; an hour is never, in a test.
    Delayed(Duration),
}

/// Something that goes wrong a number of times.
#[derive(Clone, Debug)]
pub struct Fault {
    /// For which requests.
    pub matcher: Matcher,
    /// What.
    pub trouble: Trouble,
    /// How many matching requests are let through first.
    pub after: usize,
    /// How often it goes wrong after that.
    pub times: usize,
}

impl Fault {
    /// A fault for the next matching request.
    pub fn once(matcher: Matcher, trouble: Trouble) -> Self {
        Self { matcher, trouble, after: 0, times: 1 }
    }

    /// A fault for every matching request.
    pub fn always(matcher: Matcher, trouble: Trouble) -> Self {
        Self { times: usize::MAX, ..Self::once(matcher, trouble) }
    }

    /// The same after so many matching requests.
    #[must_use]
    pub fn after(self, requests: usize) -> Self {
        Self { after: requests, ..self }
    }
}

impl Trouble {
    /// A refusal of this status, with GitHub's body.
    pub fn status(status: u16, message: &str) -> Self {
        Self::Reply(Reply::message(status, message))
    }

    /// A JSON body that is not what was asked for.
    pub fn wrong(body: &Value) -> Self {
        Self::Reply(Reply::json(200, body))
    }

    /// A page for people, as a proxy or a captive portal gives it.
    pub fn html(status: u16) -> Self {
        Self::Reply(Reply {
            status,
            headers: Vec::new(),
            content_type: "text/html; charset=utf-8".to_owned(),
            body: b"<!DOCTYPE html><html><body>Please log in</body></html>".to_vec(),
        })
    }
}

/// Takes the first fault that is for this request, and counts it.
pub(super) fn take(faults: &mut Vec<Fault>, request: &Request) -> Option<Trouble> {
    let mut found = None;
    for fault in faults.iter_mut().filter(|fault| fault.matcher.matches(request)) {
        if fault.after > 0 {
            fault.after -= 1;
            continue;
        }
        fault.times = fault.times.saturating_sub(1);
        found = Some(fault.trouble.clone());
        break;
    }
    faults.retain(|fault| fault.times > 0);
    found
}
