//! GitHub, through the user's own `gh` and its JSON: credentials, proxies and hosts are gh's to know.
//!
//! Invariant: what GitHub answered and what could not be asked are told apart, and only its own "not found" is
//! absence. `GH_HOST` and `GH_REPO` never redirect a request.

mod actions;
mod approvals;
mod artifacts;
mod auth;
mod dispatch;
mod error;
mod jobs;
mod list;
mod probe;
mod releases;
mod repository;
mod response;
mod runs;
mod transfer;

pub use actions::RunFilter;
pub use artifacts::Artifact;
pub use auth::AuthFacts;
pub use dispatch::Dispatched;
pub use error::GhError;
pub use jobs::{Annotation, Job, JobStep};
pub use probe::Capabilities;
pub use releases::{Asset, NewRelease, Release};
pub use repository::RepositoryFacts;
pub use transfer::Downloaded;

use crate::process::{Cancel, Captured, End, Environment, Invocation, ProcessError, run};
use response::Response;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::HashSet;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// The host whose repositories a plan names as `owner/name`.
const HOST: &str = "github.com";
/// What gh needs to see beside what every child may see: where its configuration and credentials are (the last one
/// is how it reaches the keyring).
const OWN_VARIABLES: &[&str] =
    &["GH_CONFIG_DIR", "GH_TOKEN", "GITHUB_TOKEN", "XDG_CONFIG_HOME", "HOME", "DBUS_SESSION_BUS_ADDRESS"];
/// The media type of GitHub's own documents.
const JSON: &str = "application/vnd.github+json";
/// A list of more pages than this (of up to 100 elements) is not read.
const MOST_PAGES: usize = 200;
/// How many bytes of an answer are read: 100 issues with the longest bodies are below it.
const LARGEST_ANSWER: usize = 64 << 20;

/// How often and how long to try again, where trying again is safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GhPatience {
    /// How many more times after the first.
    pub retries: u32,
    /// The wait before the first retry; each next one is twice as long.
    pub delay: Duration,
    /// The longest wait that a rate limit may ask for; a longer one is an error at once.
    pub longest_wait: Duration,
}

impl Default for GhPatience {
    fn default() -> Self {
        Self { retries: 3, delay: Duration::from_millis(500), longest_wait: Duration::from_secs(60) }
    }
}

impl GhPatience {
    /// How long to wait before the same request is sent again; `None` where it is not to be.
    fn wait_after(&self, error: &GhError, method: Method, delay: Duration) -> Option<Duration> {
        match error {
            // A refusal for the rate was not carried out, whatever it was.
            GhError::RateLimited { retry_after: Some(wait), .. } => {
                (*wait <= self.longest_wait).then_some(*wait)
            }
            GhError::Server { .. } | GhError::Network { .. } => method.is_repeatable().then_some(delay),
            GhError::RateLimited { retry_after: None, .. }
            | GhError::MissingTool { .. }
            | GhError::Process { .. }
            | GhError::BadRepository { .. }
            | GhError::Unauthorized { .. }
            | GhError::Forbidden { .. }
            | GhError::NotFound { .. }
            | GhError::Invalid { .. }
            | GhError::Conflict { .. }
            | GhError::Refused { .. }
            | GhError::Nonsense { .. }
            | GhError::TooLarge { .. }
            | GhError::OtherBytes { .. }
            | GhError::Archive { .. }
            | GhError::File { .. }
            | GhError::TimedOut { .. }
            | GhError::Cancelled => None,
        }
    }
}

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Reads, by a GraphQL query: a POST that changes nothing.
    Query,
    /// Adds something: sent twice, it may add two.
    Post,
    /// Sets fields: sent twice, it sets them once.
    Patch,
    /// Takes something away: sent twice, the second answer tells nothing of the first.
    Delete,
}

impl Method {
    const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Query | Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether a request that may have arrived can be sent again.
    const fn is_repeatable(self) -> bool {
        match self {
            Self::Get | Self::Query | Self::Patch => true,
            Self::Post | Self::Delete => false,
        }
    }
}

/// gh, for one repository.
#[derive(Clone, Debug)]
pub struct Gh {
    program: PathBuf,
    directory: PathBuf,
    repository: String,
    environment: Environment,
    patience: GhPatience,
    timeout: Duration,
    transfer_timeout: Duration,
    limit: usize,
}

impl Gh {
    /// gh at an absolute path, run in a folder, for `owner/name`, with our own environment's allow-listed part.
    pub fn open(program: PathBuf, directory: PathBuf, repository: String) -> Result<Self, GhError> {
        if !is_repository(&repository) {
            return Err(GhError::BadRepository { repository });
        }
        let environment = Environment::allowing(OWN_VARIABLES.iter().copied());
        let patience = GhPatience::default();
        let (timeout, transfer_timeout) = (Duration::from_secs(60), Duration::from_secs(1800));
        let limit = LARGEST_ANSWER;
        Ok(Self { program, directory, repository, environment, patience, timeout, transfer_timeout, limit })
    }

    /// The same with variables set, as a private world needs it.
    #[must_use]
    pub fn with_variables(
        mut self,
        variables: impl IntoIterator<Item = (impl Into<OsString>, impl Into<OsString>)>,
    ) -> Self {
        self.environment = self.environment.with_all(variables);
        self
    }

    /// The same with another patience.
    #[must_use]
    pub fn with_patience(self, patience: GhPatience) -> Self {
        Self { patience, ..self }
    }

    /// The same with another time limit for one run of gh; a minute by default.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The same with another time limit for one upload or download; half an hour by default.
    #[must_use]
    pub fn with_transfer_timeout(self, timeout: Duration) -> Self {
        Self { transfer_timeout: timeout, ..self }
    }

    /// The same with another cap of an answer in bytes; 64 MiB by default. Files have their own.
    #[must_use]
    pub fn with_limit(self, limit: usize) -> Self {
        Self { limit, ..self }
    }

    /// `owner/name`.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// Reads one document. `path` has no leading slash: `repos/o/r/issues/5`.
    pub async fn get(&self, path: &str, cancel: &Cancel) -> Result<Value, GhError> {
        self.request(Method::Get, path, None, cancel).await?.json()
    }

    /// Reads every page of a list, following the links that GitHub gives. One value for each page.
    pub async fn get_pages(&self, path: &str, cancel: &Cancel) -> Result<Vec<Value>, GhError> {
        let mut pages = Vec::new();
        let mut seen = HashSet::new();
        let mut next = Some(path.to_owned());
        while let Some(path) = next {
            if pages.len() == MOST_PAGES {
                return Err(GhError::nonsense(format!("`{path}` goes on after {MOST_PAGES} pages")));
            }
            let response = self.request(Method::Get, &path, None, cancel).await?;
            next = response.next_page()?;
            pages.push(response.json()?);
            if !seen.insert(path) {
                return Err(GhError::nonsense("a page leads back to itself"));
            }
        }
        Ok(pages)
    }

    /// Sends a JSON body, and gives the JSON answer.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        body: &Value,
        cancel: &Cancel,
    ) -> Result<Value, GhError> {
        self.request(method, path, Some(body), cancel).await?.json()
    }

    /// One request, tried again where that is safe: a refusal for its rate always, a failure of the server or the
    /// way to it only where the request may arrive twice.
    async fn request(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        cancel: &Cancel,
    ) -> Result<Response, GhError> {
        self.repeated(method, cancel, async || {
            let captured = self.run(&self.invocation(method, path, body), cancel).await?;
            // However it ended: a body without end is ended by the clock.
            if captured.stdout.is_cut() {
                return Err(GhError::TooLarge { path: path.to_owned(), limit: self.limit as u64 });
            }
            answer_of(&captured, &captured.stdout.bytes, path)
        })
        .await
    }

    /// Attempts until there is an answer, or an error that is not to be tried again.
    async fn repeated<T>(
        &self,
        method: Method,
        cancel: &Cancel,
        attempt: impl AsyncFn() -> Result<T, GhError>,
    ) -> Result<T, GhError> {
        let mut delay = self.patience.delay;
        let mut left = self.patience.retries;
        loop {
            let error = match attempt().await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let Some(wait) = self.patience.wait_after(&error, method, delay) else { return Err(error) };
            if left == 0 {
                return Err(error);
            }
            left -= 1;
            delay = delay.saturating_mul(2);
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = cancel.cancelled() => return Err(GhError::Cancelled),
            }
        }
    }

    async fn run(&self, invocation: &Invocation, cancel: &Cancel) -> Result<Captured, GhError> {
        run(invocation, cancel).await.map_err(|error| match error {
            ProcessError::Store { path, source } => GhError::File { path, source },
            source if source.is_missing() => GhError::MissingTool { program: self.program.clone(), source },
            source => GhError::Process { source },
        })
    }

    /// A path below the repository's own.
    fn path(&self, rest: &str) -> String {
        format!("repos/{}/{rest}", self.repository)
    }

    fn invocation(&self, method: Method, path: &str, body: Option<&Value>) -> Invocation {
        let invocation = self.api(method, JSON);
        let invocation = match body {
            Some(body) => invocation.args(["--input", "-"]).input(body.to_string()),
            None => invocation,
        };
        invocation.args([path])
    }

    /// `gh api`, but for what is sent and where to.
    fn api(&self, method: Method, accept: &str) -> Invocation {
        let invocation = self
            .command()
            .args(["api", "--include", "--hostname", HOST, "--method", method.name()])
            .args(["--header", &format!("Accept: {accept}")])
            .args(["--header", "X-GitHub-Api-Version: 2022-11-28"]);
        Invocation { limit: self.limit, ..invocation }
    }

    /// gh, without arguments.
    fn command(&self) -> Invocation {
        // gh reads an empty variable as one that is not set.
        let environment = ["GH_HOST", "GH_REPO", "GH_FORCE_TTY", "GH_DEBUG", "DEBUG"]
            .into_iter()
            .fold(self.environment.clone(), |environment, name| environment.with(name, ""))
            .with("GH_PROMPT_DISABLED", "1")
            .with("GH_NO_UPDATE_NOTIFIER", "1")
            .with("GH_NO_EXTENSION_UPDATE_NOTIFIER", "1")
            .with("GH_SPINNER_DISABLED", "1")
            // Newer ghs report usage from a process that outlives them.
            .with("GH_TELEMETRY", "false")
            // Its memory is cleared several times while it starts, which is a fifth of its processor time.
            .with("GOGC", "400");
        let invocation = Invocation::tool(&self.program, &self.directory, environment);
        Invocation { timeout: self.timeout, ..invocation }
    }
}

/// What a run of `gh api --include` says: GitHub's answer where there is one, else why there is none. `printed` is how
/// its output begins.
fn answer_of(captured: &Captured, printed: &[u8], path: &str) -> Result<Response, GhError> {
    match captured.end {
        End::TimedOut => return Err(GhError::TimedOut { path: path.to_owned() }),
        End::Cancelled => return Err(GhError::Cancelled),
        End::Signaled(number) => return Err(GhError::nonsense(format!("gh was ended by signal {number}"))),
        End::Exited(_) => {}
    }
    let said = first_line(&captured.stderr.text());
    let is_answer = printed.starts_with(b"HTTP/");
    if !is_answer {
        return Err(match captured.end {
            // gh's documented status for "authentication is needed".
            End::Exited(4) => GhError::Unauthorized { message: said },
            End::Exited(0) => GhError::nonsense("gh printed no HTTP answer"),
            _ => GhError::Network { message: said },
        });
    }
    let response = Response::parse(printed)?;
    if let Some(error) = GhError::of_response(&response, path) {
        return Err(error);
    }
    if !captured.succeeded() {
        return Err(GhError::nonsense(format!("the answer to `{path}` is not whole: {said}")));
    }
    Ok(response)
}

fn first_line(text: &str) -> String {
    text.lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or("gh said nothing")
        .trim()
        .chars()
        .take(300)
        .collect()
}

/// One part of a path, or a value of a query (RFC 3986, 2.1): everything but unreserved characters is encoded.
fn encoded(text: &str) -> String {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0').to_ascii_uppercase();
    text.bytes()
        .flat_map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => vec![char::from(byte)],
            _ => vec!['%', digit(byte >> 4), digit(byte & 15)],
        })
        .collect()
}

/// An answer of the documented shape, or nonsense.
fn typed<T: DeserializeOwned>(answer: Value, what: &str) -> Result<T, GhError> {
    serde_json::from_value(answer).map_err(|error| GhError::nonsense(format!("not {what}: {error}")))
}

/// `owner/name`, of the characters that GitHub allows in either.
fn is_repository(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && part.len() <= 100
            && !matches!(part, "." | "..")
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    text.split_once('/').is_some_and(|(owner, name)| plain(owner) && plain(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_an_owner_and_a_name_and_nothing_that_bends_a_path() {
        let open = |text: &str| Gh::open("/gh".into(), "/".into(), text.to_owned());
        assert!(open("sandover/plasmite").is_ok());
        for text in
            ["", "o", "o/", "/r", "o/r/x", "o/..", "../r", "o/r?x=1", "o/{repo}", "o/r ", "https://o/r"]
        {
            assert!(matches!(open(text), Err(GhError::BadRepository { .. })), "{text:?}");
        }
    }

    #[test]
    fn only_what_can_pass_is_waited_out_and_no_longer_than_allowed() {
        let second = Duration::from_secs(1);
        let patience = GhPatience { longest_wait: 60 * second, ..GhPatience::default() };
        let wait = |error: &GhError, method| patience.wait_after(error, method, second);
        let limited = |seconds: Option<u32>| GhError::RateLimited {
            retry_after: seconds.map(|seconds| seconds * second),
            message: String::new(),
        };
        for method in [Method::Get, Method::Query, Method::Post, Method::Patch, Method::Delete] {
            assert_eq!(wait(&limited(Some(60)), method), Some(60 * second));
            assert_eq!(wait(&limited(Some(61)), method), None);
            assert_eq!(wait(&limited(None), method), None);
            let again = (!matches!(method, Method::Post | Method::Delete)).then_some(second);
            assert_eq!(wait(&GhError::Network { message: String::new() }, method), again);
            assert_eq!(wait(&GhError::Server { path: String::new(), status: 502 }, method), again);
            for final_one in [
                GhError::nonsense(""),
                GhError::NotFound { path: String::new() },
                GhError::Forbidden { path: String::new(), message: String::new() },
                GhError::TimedOut { path: String::new() },
                GhError::Cancelled,
            ] {
                assert_eq!(wait(&final_one, method), None, "{final_one:?}");
            }
        }
    }

    #[test]
    fn a_name_cannot_bend_a_path_or_a_query() {
        assert_eq!(encoded("v1.0.0-rc_1~x"), "v1.0.0-rc_1~x");
        assert_eq!(encoded("go/v1?a&b#+ {owner}%ä"), "go%2Fv1%3Fa%26b%23%2B%20%7Bowner%7D%25%C3%A4");
    }

    #[test]
    fn a_host_or_repository_of_the_environment_is_cleared_and_nothing_prompts() {
        let gh = Gh::open("/gh".into(), "/".into(), "o/r".to_owned()).unwrap();
        let gh =
            gh.with_variables([("GH_HOST", "ghe.example.test"), ("GH_REPO", "mallory/r"), ("DEBUG", "api")]);
        let environment = gh.invocation(Method::Get, "user", None).environment;
        for name in ["GH_HOST", "GH_REPO", "DEBUG"] {
            assert!(environment.get(name).is_some_and(|value| value.is_empty()), "{name}");
        }
        assert!(environment.get("GH_PROMPT_DISABLED").is_some_and(|value| value == "1"));
    }
}
