//! A server that somebody else wrote, on a free port of loopback. It ends with its value.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Ports that were given to a server of this process: no two wait for each other's answers.
static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

pub struct Server {
    child: Child,
    pub port: u16,
}

impl Server {
    /// Starts one, and waits until it answers a path with 200. What it says is kept in `log`.
    pub fn start(log: &Path, path: &str, command: impl Fn(u16) -> Command) -> Self {
        // Somebody else may take a port before the server does.
        for _ in 0..5 {
            let port = free_port();
            let (out, err) = (File::create(log).unwrap(), File::options().append(true).open(log).unwrap());
            let mut server = Self { child: command(port).stdout(out).stderr(err).spawn().unwrap(), port };
            if server.answers(path) {
                return server;
            }
        }
        panic!("it does not start: {}", std::fs::read_to_string(log).unwrap());
    }

    /// Its address, without a slash at the end.
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn answers(&mut self, path: &str) -> bool {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(60) {
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            if status(self.port, path) == Some(200) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        false
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        if GIVEN.lock().unwrap().insert(port) {
            return port;
        }
    }
}

/// The status that a port answers a path with, where it does.
fn status(port: u16, path: &str) -> Option<u16> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n").ok()?;
    let mut head = [0; 12];
    stream.read_exact(&mut head).ok()?;
    std::str::from_utf8(&head[9..]).ok()?.parse().ok()
}
