//! What becomes of one request and its answer on the way.

use std::io::{BufRead, BufReader, Read, Result, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

/// How long a server may say nothing.
const SILENCE: Duration = Duration::from_secs(20);
/// What is said to be there of an answer of which next to nothing comes.
const ANNOUNCED: usize = 100_000;
/// Bytes of a drip, at twenty milliseconds each: a minute.
const DRIP: usize = 3000;
/// The pieces of a body without end, and how many of them there are after all.
const PIECE: usize = 1 << 20;
const PIECES: usize = 1 << 10;

/// What becomes of an answer.
#[derive(Clone)]
pub enum Way {
    /// What the server says of another path comes in its place.
    Instead(String),
    /// Its body is changed, and its length fits.
    Changed(Arc<dyn Fn(&[u8]) -> Vec<u8> + Send + Sync>),
    /// Half of it is passed on, and then the connection ends.
    Cut,
    /// A page for people comes in its place, as a success.
    Page,
    /// The server is said to have failed.
    Failing,
    /// It leads to the same path at another address.
    Elsewhere(String),
    /// Bytes without end.
    Endless,
    /// One byte now and then, of many announced.
    Drip,
}

impl Way {
    pub fn changed(change: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::Changed(Arc::new(change))
    }
}

/// A server's answer.
pub struct Answer {
    /// Its status line and headers, without those that are about the connection or the length.
    head: String,
    pub body: Vec<u8>,
}

/// Asks a server. In HTTP/1.0 the body is whole when the server closes, and never in chunks.
pub fn fetch(port: u16, method: &str, path: &str, headers: &str) -> Result<Answer> {
    let mut server = TcpStream::connect(("127.0.0.1", port))?;
    server.set_read_timeout(Some(SILENCE))?;
    server.write_all(format!("{method} {path} HTTP/1.0\r\n{headers}\r\n").as_bytes())?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|end| end == b"\r\n\r\n");
    let end = end.ok_or_else(|| std::io::Error::other("an answer without an end of its head"))?;
    let body = answer.split_off(end + 4);
    let head = String::from_utf8_lossy(&answer);
    let (length, kept): (Vec<&str>, Vec<&str>) =
        head.lines().filter(|line| !line.is_empty()).partition(|line| is_named(line, "content-length"));
    let stated = length.first().and_then(|line| line.split_once(':')?.1.trim().parse::<usize>().ok());
    if method != "HEAD" && stated.is_some_and(|stated| stated != body.len()) {
        return Err(std::io::Error::other("the server itself broke off"));
    }
    let kept = kept.into_iter().filter(|line| !is_named(line, "connection"));
    Ok(Answer { head: kept.map(|line| format!("{line}\r\n")).collect(), body })
}

fn is_named(header: &str, name: &str) -> bool {
    header.split_once(':').is_some_and(|(own, _)| own.eq_ignore_ascii_case(name))
}

/// A request that came.
pub struct Asked<S> {
    stream: BufReader<S>,
    method: String,
    pub path: String,
    headers: String,
}

impl<S: Read + Write> Asked<S> {
    pub fn read(stream: S, scheme: &str) -> Result<Self> {
        let mut stream = BufReader::new(stream);
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line)? == 0 {
                return Err(std::io::Error::other("nothing was asked"));
            }
            if line.trim().is_empty() {
                break;
            }
            lines.push(line);
        }
        let mut words = lines.first().map(String::as_str).unwrap_or_default().split(' ');
        let mut word = || words.next().unwrap_or_default().to_owned();
        let (method, path) = (word(), word());
        // As relays say it: servers name themselves by the address that they are asked at.
        let mut headers = format!("x-forwarded-proto: {scheme}\r\n");
        headers.extend(lines.drain(1..).filter(|line| !is_named(line, "connection")));
        Ok(Self { stream, method, path, headers })
    }

    /// Answers it with what the server says, or what becomes of that.
    pub fn answer(mut self, upstream: u16, way: Option<Way>, is_over: impl Fn() -> bool) -> Result<()> {
        let ask = |path: &str| fetch(upstream, &self.method, path, &self.headers);
        let ok = "HTTP/1.1 200 OK\r\n".to_owned();
        let answer = match &way {
            None | Some(Way::Cut) => ask(&self.path)?,
            Some(Way::Instead(other)) => ask(other)?,
            Some(Way::Changed(change)) => {
                let Answer { head, body } = ask(&self.path)?;
                Answer { head, body: change(&body) }
            }
            Some(Way::Page) => {
                let body = b"<html><body>Please log in</body></html>".to_vec();
                Answer { head: format!("{ok}content-type: text/html\r\n"), body }
            }
            Some(Way::Failing) => {
                Answer { head: "HTTP/1.1 502 Bad Gateway\r\n".to_owned(), body: Vec::new() }
            }
            Some(Way::Elsewhere(base)) => {
                let head = format!("HTTP/1.1 302 Found\r\nlocation: {base}{}\r\n", self.path);
                Answer { head, body: Vec::new() }
            }
            Some(Way::Endless | Way::Drip) => Answer { head: ok, body: Vec::new() },
        };
        let Answer { head, body } = answer;
        // A HEAD has the length of what a GET would have brought, which is not known here.
        let length = match &way {
            Some(Way::Endless) => String::new(),
            Some(Way::Drip) => format!("content-length: {ANNOUNCED}\r\n"),
            _ if self.method == "HEAD" => String::new(),
            _ => format!("content-length: {}\r\n", body.len()),
        };
        let stream = self.stream.get_mut();
        stream.write_all(format!("{head}{length}connection: close\r\n\r\n").as_bytes())?;
        let (piece, pieces) = match &way {
            Some(Way::Endless) => (vec![b' '; PIECE], PIECES),
            Some(Way::Drip) => (vec![b' '], DRIP),
            Some(Way::Cut) => (body[..body.len() / 2].to_vec(), 1),
            _ => (body, 1),
        };
        for _ in 0..pieces {
            if is_over() {
                break;
            }
            stream.write_all(&piece)?;
            stream.flush()?;
            if matches!(way, Some(Way::Drip)) {
                sleep(Duration::from_millis(20));
            }
        }
        Ok(())
    }
}
