//! The one HTTP client: it reads, and only what was asked for.
//!
//! Invariant: an answer is whole, within its size cap, from where it was asked of, and no older than its deadline; every
//! other outcome is an error of its own kind, and only the server's own 404, 410 or 451 is "not found".

mod answer;
mod error;
mod kept;
mod patience;
mod sums;
mod traced;
mod validator;

pub use answer::{Download, FetchedDocument};
pub use error::HttpError;
pub use patience::{Jitter, Patience};
pub use reqwest::Url;
pub use sums::{Sums, hexadecimal};
pub use validator::Validator;

use crate::process::{Cancel, Environment};
use jiff::fmt::rfc2822;
use kept::Kept;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, HeaderName, LOCATION, TRANSFER_ENCODING};
use reqwest::{Client, Method, NoProxy, Proxy, Response, StatusCode, redirect};
use std::io::{Seek, Write};
use std::sync::Arc;
use std::time::Duration;
use traced::TracedRequest;

/// More redirects than this lead nowhere.
const MOST_REDIRECTS: usize = 5;
/// The longest part of a refusal that is kept, in bytes.
const LONGEST_REFUSAL: usize = 4 << 10;
/// What is wrong with a 304 to a request without a condition.
const NOBODY_ASKED: &str = "not modified, and nobody asked";

/// The client. Clones share its connections, and the documents that it keeps.
#[derive(Clone, Debug)]
pub struct Http {
    client: Client,
    patience: Patience,
    limits: Limits,
    jitter: Arc<Jitter>,
    kept: Arc<Kept>,
}

/// The most bytes of a body, by what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Of a document, which is held in memory.
    pub document: u64,
    /// Of a file, which is not.
    pub file: u64,
    /// Of all documents together that are kept to be asked about again.
    pub kept: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { document: 64 << 20, file: 2 << 30, kept: 16 << 20 }
    }
}

/// A client that could not be made: bad certificates or proxies in the environment.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up HTTP: {0}")]
pub struct SetupError(String);

/// Where an answer may come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redirects {
    /// Only from the scheme, host and port that were asked.
    SameOrigin,
    /// From anywhere, but never from an encrypted address to a plain one. For files whose digest is compared.
    Anywhere,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// The address.
    pub url: Url,
    /// The `Accept` header.
    pub accept: String,
    /// Where the answer may come from.
    pub redirects: Redirects,
}

impl Request {
    /// A document of an API: from the host that was asked.
    pub fn document(url: Url, accept: &str) -> Self {
        Self { url, accept: accept.to_owned(), redirects: Redirects::SameOrigin }
    }

    /// A file whose digest will be compared: from wherever the server says.
    pub fn file(url: Url) -> Self {
        Self { url, accept: "*/*".to_owned(), redirects: Redirects::Anywhere }
    }
}

impl Http {
    /// A client for an environment: its proxies, and its certificates (`SSL_CERT_FILE`) beside the platform's. `seed`
    /// decides the jitter of waits.
    pub fn new(environment: &Environment, patience: Patience, seed: u64) -> Result<Self, SetupError> {
        // Fails only where a provider is installed already, and then that one serves.
        rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
        let mut builder = Client::builder()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .user_agent(concat!("gonogo/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(patience.attempt.min(Duration::from_secs(20)))
            .read_timeout(patience.attempt);
        for proxy in proxies(environment)? {
            builder = builder.proxy(proxy);
        }
        let certificates = text(environment, "SSL_CERT_FILE").filter(|path| !path.is_empty());
        if let Some(path) = certificates {
            let refuse = |error: &dyn std::fmt::Display| SetupError(format!("SSL_CERT_FILE {path}: {error}"));
            let bundle = std::fs::read(&path).map_err(|error| refuse(&error))?;
            let bundle = reqwest::Certificate::from_pem_bundle(&bundle).map_err(|error| refuse(&error))?;
            builder = builder.tls_certs_merge(bundle);
        }
        let client = builder.build().map_err(|error| SetupError(told(&error)))?;
        let (limits, jitter, kept) = (Limits::default(), Arc::new(Jitter::new(seed)), Arc::default());
        Ok(Self { client, patience, limits, jitter, kept })
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// How often and how long it tries.
    pub const fn patience(&self) -> Patience {
        self.patience
    }

    /// The most bytes that it takes in.
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// A document, held in memory. One that was fetched before is asked about, where its server can tell it from any
    /// other, and "not modified" means that one.
    pub async fn get(&self, request: &Request, cancel: &Cancel) -> Result<Arc<FetchedDocument>, HttpError> {
        // Taken out: after an error, and after a "not found" above all, nothing is here to be as it was.
        let kept = self.kept.take(request);
        let document = self
            .patiently(request, self.of_documents(), cancel, |attempt| {
                self.document(request, kept.as_ref(), attempt)
            })
            .await?;
        self.kept.put(request, &document, self.limits.kept);
        Ok(document)
    }

    /// Forgets the documents that it keeps: all are asked for whole.
    pub fn forget(&self) {
        self.kept.clear();
    }

    async fn document(
        &self,
        request: &Request,
        kept: Option<&Arc<FetchedDocument>>,
        attempt: u32,
    ) -> Result<Arc<FetchedDocument>, HttpError> {
        let mut response = match self.follow(request, Method::GET, kept, attempt).await? {
            Reached::NotModified(kept) => return Ok(kept),
            Reached::Answer(response) => response,
        };
        let (url, content_type) = (response.url().clone(), content_type(&response));
        // A body that ends where the connection does may have ended too early.
        let validator = Validator::of(&response).filter(|_| has_an_end(&response));
        let mut body = Vec::new();
        self.read(&mut response, request, self.limits.document, |chunk| {
            body.extend_from_slice(chunk);
            Ok(())
        })
        .await?;
        Ok(Arc::new(FetchedDocument { url, content_type, validator, body }))
    }

    /// Whether an address answers at all, without its body. An error is the answer's own.
    pub async fn answers(&self, request: &Request, cancel: &Cancel) -> Result<(), HttpError> {
        let asked =
            |attempt| async move { self.follow(request, Method::HEAD, None, attempt).await.map(drop) };
        self.patiently(request, self.of_documents(), cancel, asked).await
    }

    /// A file, kept in an unnamed temporary file, with its checksums.
    pub async fn download(&self, request: &Request, cancel: &Cancel) -> Result<Download, HttpError> {
        let transfer = self.patience.transfer;
        self.patiently(request, (transfer, transfer), cancel, |attempt| async move {
            let Reached::Answer(mut response) = self.follow(request, Method::GET, None, attempt).await?
            else {
                return Err(HttpError::nonsense(&request.url, NOBODY_ASKED));
            };
            let disk = |error: std::io::Error| HttpError::Disk { message: error.to_string() };
            let content_type = content_type(&response);
            let mut file = tempfile::tempfile().map_err(disk)?;
            let mut sums = Sums::default();
            self.read(&mut response, request, self.limits.file, |chunk| {
                sums.update(chunk);
                file.write_all(chunk).map_err(disk)
            })
            .await?;
            file.rewind().map_err(disk)?;
            Ok(Download { content_type, content: sums.finish(), file })
        })
        .await
    }

    /// How long one try at a document may take, and all of them.
    const fn of_documents(&self) -> (Duration, Duration) {
        (self.patience.attempt, self.patience.deadline)
    }

    /// Tries again what may pass: each try within a time, and all of them within another.
    async fn patiently<T, F: Future<Output = Result<T, HttpError>>>(
        &self,
        request: &Request,
        (each, all): (Duration, Duration),
        cancel: &Cancel,
        mut attempt: impl FnMut(u32) -> F,
    ) -> Result<T, HttpError> {
        let started = tokio::time::Instant::now();
        let mut tries = 0;
        loop {
            let left = all.saturating_sub(started.elapsed());
            let timed_out = || HttpError::TimedOut { url: shown(&request.url) };
            let tried = async {
                tokio::time::timeout(left.min(each), attempt(tries + 1))
                    .await
                    .unwrap_or_else(|_| Err(timed_out()))
            };
            let error = tokio::select! {
                result = tried => match result {
                    Ok(value) => return Ok(value),
                    Err(error) => error,
                },
                () = cancel.cancelled() => return Err(HttpError::Cancelled),
            };
            let left = all.saturating_sub(started.elapsed());
            let Some(wait) =
                self.patience.wait_after(&error, tries, &self.jitter).filter(|wait| *wait < left)
            else {
                return Err(error);
            };
            tries += 1;
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = cancel.cancelled() => return Err(HttpError::Cancelled),
            }
        }
    }

    /// One answer, after redirects that are allowed. `attempt` counts from 1.
    async fn follow(
        &self,
        request: &Request,
        method: Method,
        kept: Option<&Arc<FetchedDocument>>,
        attempt: u32,
    ) -> Result<Reached, HttpError> {
        let mut url = request.url.clone();
        for _ in 0..=MOST_REDIRECTS {
            let mut asked = self.client.request(method.clone(), url.clone()).header(ACCEPT, &request.accept);
            asked = asked.header(ACCEPT_ENCODING, "identity");
            // Only where it came from can it be as it was.
            let condition = kept.filter(|kept| bare(&kept.url) == bare(&url));
            let condition = condition.and_then(|kept| Some((kept, kept.validator.as_ref()?)));
            if let Some((_, validator)) = condition {
                let (name, value) = validator.condition();
                asked = asked.header(name, value);
            }
            let told = TracedRequest::now(&method, &url, attempt);
            let sent = asked.send().await.map_err(|error| HttpError::of_sending(&error, &url));
            told.tell(&sent);
            let response = sent?;
            let status = response.status();
            if status == StatusCode::NOT_MODIFIED {
                return match condition {
                    None => Err(HttpError::nonsense(&url, NOBODY_ASKED)),
                    Some((_, validator)) if validator.is_contradicted_by(&response) => {
                        Err(HttpError::nonsense(&url, "another document is not modified"))
                    }
                    Some((kept, _)) => Ok(Reached::NotModified(Arc::clone(kept))),
                };
            }
            if matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
                url = redirected(&response, &url, request.redirects)?;
                continue;
            }
            if status != StatusCode::OK {
                return Err(refusal(response, &url).await);
            }
            let encoding = header(&response, CONTENT_ENCODING).filter(|encoding| encoding != "identity");
            if let Some(encoding) = encoding {
                return Err(HttpError::nonsense(&url, format!("encoded as {encoding}, and nobody asked")));
            }
            return Ok(Reached::Answer(response));
        }
        Err(HttpError::RedirectedElsewhere { from: shown(&request.url), to: "a redirect without end".into() })
    }

    async fn read(
        &self,
        response: &mut Response,
        request: &Request,
        limit: u64,
        mut take: impl FnMut(&[u8]) -> Result<(), HttpError>,
    ) -> Result<(), HttpError> {
        let too_large = || HttpError::TooLarge { url: shown(&request.url), limit };
        if response.content_length().is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let mut total = 0_u64;
        while let Some(chunk) =
            response.chunk().await.map_err(|error| HttpError::of_reading(&error, &request.url))?
        {
            total += chunk.len() as u64;
            if total > limit {
                return Err(too_large());
            }
            take(&chunk)?;
        }
        Ok(())
    }
}

enum Reached {
    Answer(Response),
    NotModified(Arc<FetchedDocument>),
}

/// Where a redirect leads, if it may.
fn redirected(response: &Response, from: &Url, allowed: Redirects) -> Result<Url, HttpError> {
    let location = header(response, LOCATION)
        .ok_or_else(|| HttpError::nonsense(from, "a redirect that says not where to"))?;
    let mut to =
        from.join(&location).map_err(|error| HttpError::nonsense(from, format!("a redirect to {error}")))?;
    let same = from.origin() == to.origin();
    let is_safe = matches!((from.scheme(), to.scheme()), (_, "https") | ("http", "http"));
    if !is_safe || (!same && allowed == Redirects::SameOrigin) {
        return Err(HttpError::RedirectedElsewhere { from: shown(from), to: shown(&to) });
    }
    if same {
        // Credentials of the configuration are for the host that they were written for.
        to.set_username(from.username()).ok();
        to.set_password(from.password()).ok();
    }
    Ok(to)
}

async fn refusal(mut response: Response, url: &Url) -> HttpError {
    let mut said = Vec::new();
    // What a refusal says is shown where it comes; a refusal is one without it too.
    while let Ok(Some(chunk)) = response.chunk().await {
        said.extend_from_slice(&chunk);
        if said.len() >= LONGEST_REFUSAL {
            said.truncate(LONGEST_REFUSAL);
            break;
        }
    }
    HttpError::of_status(&response, url, said)
}

fn header(response: &Response, name: HeaderName) -> Option<String> {
    response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// Whether an answer says where its body ends (RFC 9112, 6.3).
fn has_an_end(response: &Response) -> bool {
    let coding = header(response, TRANSFER_ENCODING).unwrap_or_default().to_ascii_lowercase();
    response.content_length().is_some() || coding.trim_end().ends_with("chunked")
}

/// A header that is a date, in seconds since the epoch.
fn date(response: &Response, name: HeaderName) -> Option<i64> {
    let read = rfc2822::DateTimeParser::new().parse_timestamp(header(response, name)?).ok()?;
    Some(read.as_second())
}

fn content_type(response: &Response) -> String {
    let whole = header(response, reqwest::header::CONTENT_TYPE).unwrap_or_default();
    whole.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// An address without credentials.
fn bare(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_username("").ok();
    url.set_password(None).ok();
    url
}

/// An address without what must not be shown: credentials and query.
pub fn shown(url: &Url) -> String {
    let mut url = bare(url);
    url.set_query(None);
    url.to_string()
}

/// An error and everything below it, without its address.
fn told(error: &reqwest::Error) -> String {
    let mut lines = Vec::new();
    let mut below: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(error) = below {
        lines.push(error.to_string());
        below = error.source();
    }
    lines.dedup();
    if lines.is_empty() { "no cause was given".to_owned() } else { lines.join(": ") }
}

fn text(environment: &Environment, name: &str) -> Option<String> {
    environment.get(name).and_then(|value| value.to_str()).map(str::to_owned)
}

/// The proxies of an environment, as its clients read them. Plain requests have the lower-case variable only: the
/// other can be set by a request to a CGI program.
fn proxies(environment: &Environment) -> Result<Vec<Proxy>, SetupError> {
    let first = |names: &[&str]| {
        names.iter().find_map(|name| text(environment, name).filter(|value| !value.trim().is_empty()))
    };
    let except = first(&["no_proxy", "NO_PROXY"]).and_then(|except| NoProxy::from_string(&except));
    let refuse = |error: reqwest::Error| SetupError(format!("the environment's proxy: {}", told(&error)));
    let mut proxies = Vec::new();
    if let Some(address) = first(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]) {
        proxies.push(Proxy::https(address).map_err(refuse)?.no_proxy(except.clone()));
    }
    if let Some(address) = first(&["http_proxy", "all_proxy", "ALL_PROXY"]) {
        proxies.push(Proxy::http(address).map_err(refuse)?.no_proxy(except));
    }
    Ok(proxies)
}
