//! One answer, as `gh api --include` prints it: status line, headers, an empty line, the body as it came.

use super::GhError;
use gonogo_core::strict_json;
use gonogo_core::text::one_line;
use jiff::fmt::rfc2822;
use serde_json::Value;
use std::time::Duration;

/// An answer of GitHub's.
#[derive(Clone, Debug)]
pub(super) struct Response {
    /// The status.
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// Where the body begins in what was printed.
    pub(super) body_at: usize,
}

impl Response {
    pub(super) fn parse(printed: &[u8]) -> Result<Self, GhError> {
        let broken = || GhError::nonsense("gh printed a broken HTTP answer");
        let (line, mut rest) = split_line(printed).ok_or_else(broken)?;
        let status = line.split(' ').nth(1).and_then(|text| text.parse().ok()).ok_or_else(broken)?;
        let mut headers = Vec::new();
        loop {
            let (line, after) = split_line(rest).ok_or_else(broken)?;
            rest = after;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').ok_or_else(broken)?;
            headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
        Ok(Self { status, headers, body: rest.to_vec(), body_at: printed.len() - rest.len() })
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON, no key of an object twice; `null` for the statuses that have no body (204).
    pub(super) fn json(&self) -> Result<Value, GhError> {
        if self.status == 204 {
            return Ok(Value::Null);
        }
        strict_json::parse(&self.body).map_err(|error| GhError::nonsense(format!("not JSON: {error}")))
    }

    /// What a refusal says: the documented `message`, or nothing that can be shown.
    pub(super) fn message(&self) -> String {
        let said = serde_json::from_slice(&self.body).ok().and_then(|body: Value| {
            body.get("message").and_then(Value::as_str).map(|text| text.chars().take(300).collect())
        });
        said.unwrap_or_else(|| format!("status {}", self.status))
    }

    /// What a refusal says of each part of what was asked ("Validation Failed", REST interface): of a field of a resource, a
    /// code or a message; or plain sentences.
    pub(super) fn errors(&self) -> Vec<String> {
        const MOST: usize = 10;
        let body: Option<Value> = serde_json::from_slice(&self.body).ok();
        let errors = match body.as_ref().and_then(|body| body.get("errors")) {
            Some(Value::Array(errors)) => errors.as_slice(),
            Some(one @ (Value::String(_) | Value::Object(_))) => std::slice::from_ref(one),
            _ => &[],
        };
        errors
            .iter()
            .take(MOST)
            .map(|error| one_line(&error_text(error)).chars().take(300).collect())
            .collect()
    }

    /// Whether a 403 or 429 is about the rate ("Rate limits for the REST API"): primary limits say that nothing
    /// remains, secondary ones say when to come back or name themselves.
    pub(super) fn is_rate_limit(&self) -> bool {
        self.status == 429
            || self.header("retry-after").is_some()
            || self.header("x-ratelimit-remaining") == Some("0")
            || self.message().contains("secondary rate limit")
    }

    /// How long to wait: `Retry-After` in seconds, else until `X-RateLimit-Reset` (epoch seconds) by the answer's
    /// own `Date`, so that no clock of ours is asked.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        let number = |name: &str| self.header(name).and_then(|text| text.parse::<u64>().ok());
        if let Some(seconds) = number("retry-after") {
            return Some(Duration::from_secs(seconds));
        }
        let reset = number("x-ratelimit-reset")?;
        let date = rfc2822::DateTimeParser::new().parse_timestamp(self.header("date")?).ok()?;
        let now = u64::try_from(date.as_second()).ok()?;
        Some(Duration::from_secs(reset.saturating_sub(now)))
    }

    /// The path of the next page, where the `Link` header (RFC 8288) names one. Its host is left out: requests go
    /// where they always go, whatever an answer says.
    pub(super) fn next_page(&self) -> Result<Option<String>, GhError> {
        let Some(links) = self.header("link") else { return Ok(None) };
        let next = links.split(", ").find(|link| link.contains("rel=\"next\""));
        let Some(next) = next else { return Ok(None) };
        let address =
            next.trim().strip_prefix('<').and_then(|rest| rest.split_once('>')).map(|(address, _)| address);
        let path = address
            .and_then(|address| address.strip_prefix("https://"))
            .and_then(|rest| rest.split_once('/'))
            .map(|(_, path)| path.to_owned());
        match path {
            Some(path) if !path.is_empty() => Ok(Some(path)),
            _ => Err(GhError::nonsense(format!("`{next}` is no link to a page"))),
        }
    }
}

fn error_text(error: &Value) -> String {
    let text = |name: &str| error.get(name).and_then(Value::as_str);
    let place: Vec<&str> = ["resource", "field"].into_iter().filter_map(text).collect();
    match (error.as_str(), text("message"), text("code")) {
        (Some(sentence), ..) => sentence.to_owned(),
        (None, Some(message), _) => message.to_owned(),
        (None, None, Some(code)) => format!("{} {code}", place.join(".")).trim().to_owned(),
        (None, None, None) => error.to_string(),
    }
}

fn split_line(bytes: &[u8]) -> Option<(String, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let line = String::from_utf8_lossy(&bytes[..end]).trim_end_matches('\r').to_owned();
    Some((line, &bytes[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(text: &str) -> Response {
        Response::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn an_answer_is_split_into_status_headers_and_body() {
        let one = response("HTTP/2.0 200 OK\nContent-Type: application/json\r\nX-A: b: c\r\n\r\n{\"a\":\n1}");
        assert_eq!((one.status, one.header("x-a")), (200, Some("b: c")));
        assert_eq!(one.json().unwrap()["a"], 1);
    }

    #[test]
    fn a_broken_answer_is_nonsense() {
        for text in
            ["", "HTTP/1.1", "HTTP/1.1 ok\n\n", "HTTP/1.1 200 OK\nA: b\n", "HTTP/1.1 200 OK\nno header\n\n"]
        {
            assert!(matches!(Response::parse(text.as_bytes()), Err(GhError::Nonsense { .. })), "{text:?}");
        }
    }

    #[test]
    fn the_next_page_is_a_path_and_never_a_host() {
        let linked = |link: &str| response(&format!("HTTP/1.1 200 OK\nLink: {link}\n\n[]")).next_page();
        let links = "<https://api.example.test/a?page=1>; rel=\"prev\", <https://evil.example.test/a?b=c%2Cd&page=3>; rel=\"next\"";
        assert_eq!(linked(links).unwrap().as_deref(), Some("a?b=c%2Cd&page=3"));
        assert_eq!(linked("<https://api.example.test/a>; rel=\"last\"").unwrap(), None);
        for link in ["</a>; rel=\"next\"", "<https://host/>; rel=\"next\"", "https://h/a; rel=\"next\""] {
            assert!(linked(link).is_err(), "{link}");
        }
    }

    #[test]
    fn a_wait_is_read_from_either_header_without_a_clock() {
        let limited = |headers: &str| response(&format!("HTTP/1.1 403 Forbidden\n{headers}\n\n{{}}"));
        assert_eq!(limited("Retry-After: 7").retry_after(), Some(Duration::from_secs(7)));
        let reset = limited(
            "X-Ratelimit-Remaining: 0\nX-Ratelimit-Reset: 1767225660\nDate: Thu, 01 Jan 2026 00:00:00 GMT",
        );
        assert!(reset.is_rate_limit());
        assert_eq!(reset.retry_after(), Some(Duration::from_secs(60)));
        assert_eq!(limited("X-Ratelimit-Remaining: 0").retry_after(), None);
        assert!(!limited("X-Ratelimit-Remaining: 17").is_rate_limit());
    }
}
