//! A server that somebody else wrote, on a port of loopback that is nobody else's. It ends with its value, or before that.

use crate::support::until;
use gonogo_sandbox::KeptPort;
use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

pub struct Server {
    child: Child,
    pub port: u16,
    kept: KeptPort,
}

impl Server {
    /// Starts one, and waits until it answers a path with 200. What it says is kept in `log`.
    pub fn start(log: &Path, path: &str, command: impl FnOnce(u16) -> Command) -> Self {
        let kept = KeptPort::new().unwrap();
        let port = kept.number();
        let (out, err) = (File::create(log).unwrap(), File::options().append(true).open(log).unwrap());
        let child = command(port).stdout(out).stderr(err).spawn().unwrap();
        let mut server = Self { child, port, kept };
        until("the server answers", || {
            let said = || std::fs::read_to_string(log).unwrap();
            assert!(server.child.try_wait().unwrap().is_none(), "it does not start: {}", said());
            status(port, path) == Some(200)
        });
        server
    }

    /// Its address, without a slash at the end.
    pub fn base(&self) -> String {
        self.kept.base()
    }

    /// Ends it. Whoever asks it is refused from then on, until its value goes.
    pub fn stop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
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
