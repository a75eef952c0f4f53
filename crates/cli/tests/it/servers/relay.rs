//! Something between a client and a server: it passes on what it gets, or does not.

use super::server::free_port;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What becomes of an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Half of it is passed on, and then the connection ends.
    Cut,
    /// A page for people comes in its place, as a success.
    Page,
}

type Rule = Arc<Mutex<Option<(String, Way)>>>;

/// A relay to a port. It ends with the process of the tests.
pub struct Relay {
    pub port: u16,
    rule: Rule,
}

impl Relay {
    pub fn to(upstream: u16) -> Self {
        let port = free_port();
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let rule = Rule::default();
        let own = rule.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let rule = own.clone();
                // Whoever asked may have gone.
                std::thread::spawn(move || pass(stream, upstream, &rule).ok());
            }
        });
        Self { port, rule }
    }

    /// What becomes of answers about one path from now on; of files below it, where it ends with a slash.
    pub fn set(&self, path: &str, way: Way) {
        *self.rule.lock().unwrap() = Some((path.to_owned(), way));
    }
}

/// One request and its answer, which ends with the connection.
fn pass(client: TcpStream, upstream: u16, rule: &Rule) -> std::io::Result<()> {
    let mut reader = BufReader::new(&client);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let rule = rule.lock().unwrap().clone();
    let way = rule.filter(|(rule, _)| path == *rule || (rule.ends_with('/') && path.starts_with(rule)));
    let answer = match way.map(|(_, way)| way) {
        Some(Way::Page) => {
            let page = "<html><body>Please log in</body></html>";
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n";
            format!("{head}content-length: {}\r\n\r\n{page}", page.len()).into_bytes()
        }
        way => {
            let mut server = TcpStream::connect(("127.0.0.1", upstream))?;
            server.set_read_timeout(Some(Duration::from_secs(20)))?;
            // The whole answer is there when the server closes.
            let (line, headers) = head.split_once("\r\n").unwrap_or_default();
            let kept =
                headers.lines().filter(|header| !header.to_ascii_lowercase().starts_with("connection:"));
            let kept: String =
                kept.filter(|header| !header.is_empty()).map(|header| format!("{header}\r\n")).collect();
            server.write_all(format!("{line}\r\n{kept}connection: close\r\n\r\n").as_bytes())?;
            let mut answer = Vec::new();
            server.read_to_end(&mut answer)?;
            if way == Some(Way::Cut) {
                let body = answer.windows(4).position(|end| end == b"\r\n\r\n").unwrap_or_default() + 4;
                answer.truncate(body + (answer.len() - body) / 2);
            }
            answer
        }
    };
    (&client).write_all(&answer)
}
