//! Faults: what goes wrong with which requests, and how often.

use super::digest;
use super::request::{ReceivedRequest, Reply};
use super::server::Answer;
use serde_json::Value;
use std::time::Duration;

/// Which requests a fault is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matcher {
    /// The method; any where `None`.
    pub method: Option<String>,
    /// How the path (without its query) begins; every path begins with the empty text.
    pub path: String,
    /// The GraphQL operation's name; any, and none at all, where `None`.
    pub operation: Option<String>,
}

impl Matcher {
    /// Every request.
    pub fn any() -> Self {
        Self::default()
    }

    /// Requests of one method, to paths that begin like this.
    pub fn of(method: &str, path: &str) -> Self {
        Self { method: Some(method.to_owned()), path: path.to_owned(), operation: None }
    }

    /// GraphQL requests of one operation, such as `RepositoryReleaseByTag`.
    pub fn graphql(operation: &str) -> Self {
        Self { operation: Some(operation.to_owned()), ..Self::of("POST", "/graphql") }
    }

    fn matches(&self, request: &ReceivedRequest) -> bool {
        self.method.as_ref().is_none_or(|method| *method == request.method)
            && request.path.starts_with(&self.path)
            && self.operation.as_deref().is_none_or(|operation| is_operation(request, operation))
    }
}

fn is_operation(request: &ReceivedRequest, operation: &str) -> bool {
    let body = request.json().unwrap_or(Value::Null);
    let query = body["query"].as_str().unwrap_or_default();
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    query.match_indices("query").any(|(at, word)| {
        let rest = query[at + word.len()..].trim_start();
        rest.split(|letter| !is_part(letter)).next() == Some(operation)
    })
}

/// What goes wrong. With `Reply`, `Dropped` and `Cut` the request is not carried out.
#[derive(Clone, Debug)]
pub enum FaultKind {
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
    /// A read is answered as it would have been so many writes ago (as far back as there were any), and moves no run
    /// on; a write is carried out as ever. Writes are requests that changed something: what the test changes itself
    /// belongs to the write that follows.
    Stale(usize),
    /// The request is carried out, and every digest of the reply is that of other bytes.
    WrongDigest,
}

/// Something that goes wrong a number of times.
#[derive(Clone, Debug)]
pub struct Fault {
    /// For which requests.
    pub matcher: Matcher,
    /// What.
    pub trouble: FaultKind,
    /// How many matching requests are let through first.
    pub after: usize,
    /// How often it goes wrong after that.
    pub times: usize,
    /// How many are let through between one time and the next.
    pub between: usize,
}

impl Fault {
    /// A fault for the next matching request.
    pub fn once(matcher: Matcher, trouble: FaultKind) -> Self {
        Self { matcher, trouble, after: 0, times: 1, between: 0 }
    }

    /// A fault for every matching request.
    pub fn always(matcher: Matcher, trouble: FaultKind) -> Self {
        Self { times: usize::MAX, ..Self::once(matcher, trouble) }
    }

    /// Every other matching request finds nothing, from the first one on.
    pub fn flapping(matcher: Matcher) -> Self {
        Self { between: 1, ..Self::always(matcher, FaultKind::status(404, "Not Found")) }
    }

    /// The same after so many matching requests.
    #[must_use]
    pub fn after(self, requests: usize) -> Self {
        Self { after: requests, ..self }
    }
}

impl Fault {
    /// How many writes ago its reads are from, where they are stale.
    pub(crate) fn stale(&self) -> Option<usize> {
        match self.trouble {
            FaultKind::Stale(writes) => Some(writes),
            _ => None,
        }
    }
}

impl FaultKind {
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
            reason: None,
        })
    }
}

/// What faults can be played on: something that holds them, and answers.
pub(crate) trait Stage {
    /// Its faults.
    fn faults(&mut self) -> &mut Vec<Fault>;
    /// Carries a request out.
    fn carry_out(&mut self, request: &ReceivedRequest) -> Reply;
    /// Answers a read as it would have been answered so many writes ago; carries a write out.
    fn carry_out_as_it_was(&mut self, request: &ReceivedRequest, writes: usize) -> Reply;
}

/// A request that was carried out or not, and what of that is told.
#[derive(Debug)]
pub(crate) struct Played {
    trouble: Option<FaultKind>,
    reply: Option<Reply>,
}

impl Played {
    /// Carries a request out as far as its fault lets it.
    pub(crate) fn on(stage: &mut impl Stage, request: &ReceivedRequest) -> Self {
        let trouble = take(stage.faults(), request);
        let reply = match &trouble {
            None | Some(FaultKind::Lost | FaultKind::Delayed(_)) => Some(stage.carry_out(request)),
            Some(FaultKind::Stale(writes)) => Some(stage.carry_out_as_it_was(request, *writes)),
            Some(FaultKind::WrongDigest) => Some(with_wrong_digests(stage.carry_out(request))),
            Some(FaultKind::Reply(_) | FaultKind::Dropped | FaultKind::Cut(_)) => None,
        };
        Self { trouble, reply }
    }

    /// The status that is told; `None` where the connection is closed first.
    pub(crate) fn status(&self) -> Option<u16> {
        match &self.trouble {
            Some(FaultKind::Dropped | FaultKind::Lost) => None,
            Some(FaultKind::Cut(_)) => Some(200),
            Some(FaultKind::Reply(reply)) => Some(reply.status),
            _ => self.reply.as_ref().map(|reply| reply.status),
        }
    }

    /// The answer, when its time has come.
    pub(crate) async fn answer(self) -> Answer {
        match self.trouble {
            Some(FaultKind::Dropped | FaultKind::Lost) => return Answer::Closed,
            Some(FaultKind::Cut(bytes)) => return Answer::Cut(bytes),
            Some(FaultKind::Reply(reply)) => return Answer::Reply(reply),
            Some(FaultKind::Delayed(time)) => tokio::time::sleep(time).await,
            Some(FaultKind::Stale(_) | FaultKind::WrongDigest) | None => {}
        }
        Answer::Reply(self.reply.unwrap_or_else(Reply::not_found))
    }
}

/// Takes the first fault that is for this request, and counts it.
fn take(faults: &mut Vec<Fault>, request: &ReceivedRequest) -> Option<FaultKind> {
    let mut found = None;
    for fault in faults.iter_mut().filter(|fault| fault.matcher.matches(request)) {
        if fault.after > 0 {
            fault.after -= 1;
            continue;
        }
        fault.times = fault.times.saturating_sub(1);
        fault.after = fault.between;
        found = Some(fault.trouble.clone());
        break;
    }
    faults.retain(|fault| fault.times > 0);
    found
}

/// The same reply with other digests where it holds any: JSON, JSON lines (a sparse index) and links of a page.
fn with_wrong_digests(reply: Reply) -> Reply {
    if let Ok(mut body) = serde_json::from_slice(&reply.body) {
        spoil_digests(&mut body);
        return Reply { body: body.to_string().into_bytes(), ..reply };
    }
    let Ok(text) = std::str::from_utf8(&reply.body) else { return reply };
    let lines = text.lines().map(|line| match serde_json::from_str(line) {
        Ok(mut value) => {
            spoil_digests(&mut value);
            format!("{value}\n")
        }
        Err(_) => format!("{}\n", with_wrong_fragments(line)),
    });
    Reply { body: lines.collect::<String>().into_bytes(), ..reply }
}

fn with_wrong_fragments(line: &str) -> String {
    const MARK: &str = "#sha256=";
    let Some((before, after)) = line.split_once(MARK) else { return line.to_owned() };
    let rest = after.trim_start_matches(|letter: char| letter.is_ascii_hexdigit());
    format!("{before}{MARK}{}{rest}", digest::hex(&digest::sha256(OTHER)))
}

const OTHER: &[u8] = b"other bytes";

fn spoil_digests(value: &mut Value) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(spoil_digests),
        Value::Object(all) => {
            for (name, value) in all {
                let other = match name.as_str() {
                    "digest" => digest::prefixed(OTHER),
                    "cksum" | "sha256" => digest::hex(&digest::sha256(OTHER)),
                    "shasum" | "Hash" => digest::hex(&digest::sha1(OTHER)),
                    "integrity" => digest::integrity(OTHER),
                    _ => {
                        spoil_digests(value);
                        continue;
                    }
                };
                if value.is_string() {
                    *value = other.into();
                }
            }
        }
        _ => {}
    }
}
