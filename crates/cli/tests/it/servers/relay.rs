//! Something between a client and a server: it passes on what it gets, or does not. It ends with its value.
//!
//! Invariant: it counts what it did. A rule that nothing came under has not been applied.

use super::way::{Asked, Way};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, scope, spawn};
use std::time::Duration;

/// How long a client may say nothing, or take nothing.
const SILENCE: Duration = Duration::from_secs(20);

/// Which of the requests for a path a rule is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Times {
    Always,
    Once,
    /// The first, the third, and so on.
    EveryOther,
}

/// What becomes of the answers about one path.
struct Rule {
    path: String,
    way: Way,
    times: Times,
    asked: usize,
    applied: usize,
}

#[derive(Default)]
struct State {
    upstream: u16,
    rule: Mutex<Option<Rule>>,
    connections: AtomicUsize,
    requests: AtomicUsize,
    is_over: AtomicBool,
}

/// A relay to a port.
pub struct Relay {
    /// Its address, without a slash at the end.
    pub base: String,
    /// Kept so that its port is nobody else's before its thread has ended.
    listener: TcpListener,
    state: Arc<State>,
    accepting: Option<JoinHandle<()>>,
}

impl Relay {
    pub fn to(upstream: u16) -> Self {
        Self::start(upstream, None)
    }

    /// One with a certificate that nobody vouches for, and this certificate.
    pub fn self_signed(upstream: u16) -> (Self, Vec<u8>) {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config =
            ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config =
            config.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key).unwrap();
        (Self::start(upstream, Some(Arc::new(config))), made.cert.der().to_vec())
    }

    fn start(upstream: u16, secured: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let incoming = listener.try_clone().unwrap();
        let scheme = if secured.is_some() { "https" } else { "http" };
        let state = Arc::new(State { upstream, ..State::default() });
        let own = state.clone();
        let accepting = spawn(move || {
            scope(|connections| {
                for stream in incoming.incoming().flatten() {
                    if own.is_over.load(Ordering::SeqCst) {
                        break;
                    }
                    own.connections.fetch_add(1, Ordering::SeqCst);
                    // Whoever asked may have gone.
                    connections.spawn(|| own.serve(stream, secured.clone()).ok());
                }
            });
        });
        Self { base: format!("{scheme}://{address}"), listener, state, accepting: Some(accepting) }
    }

    /// What becomes of answers about one path from now on.
    pub fn set(&self, path: &str, way: Way, times: Times) {
        let rule = Rule { path: path.to_owned(), way, times, asked: 0, applied: 0 };
        *self.state.rule.lock().unwrap() = Some(rule);
    }

    /// Passes everything on as it is from now on. Gives how often the rule until now was applied.
    pub fn calm(&self) -> usize {
        self.state.rule.lock().unwrap().take().map_or(0, |rule| rule.applied)
    }

    /// How many connections there have been, and how many requests on them.
    pub fn seen(&self) -> (usize, usize) {
        (self.state.connections.load(Ordering::SeqCst), self.state.requests.load(Ordering::SeqCst))
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.state.is_over.store(true, Ordering::SeqCst);
        // It waits for a connection, and sees at the next one that there is none to wait for.
        TcpStream::connect(self.listener.local_addr().unwrap()).ok();
        self.accepting.take().map(JoinHandle::join);
    }
}

impl State {
    fn serve(&self, stream: TcpStream, secured: Option<Arc<ServerConfig>>) -> std::io::Result<()> {
        stream.set_read_timeout(Some(SILENCE))?;
        stream.set_write_timeout(Some(SILENCE))?;
        match secured {
            None => self.answer(Asked::read(stream, "http")?),
            Some(config) => {
                let session = ServerConnection::new(config).map_err(std::io::Error::other)?;
                self.answer(Asked::read(StreamOwned::new(session, stream), "https")?)
            }
        }
    }

    fn answer(&self, asked: Asked<impl std::io::Read + std::io::Write>) -> std::io::Result<()> {
        self.requests.fetch_add(1, Ordering::SeqCst);
        let way = self.way(&asked.path);
        asked.answer(self.upstream, way, || self.is_over.load(Ordering::SeqCst))
    }

    /// What becomes of the answer to a request that has come.
    fn way(&self, path: &str) -> Option<Way> {
        let mut rule = self.rule.lock().unwrap();
        let rule = rule.as_mut().filter(|rule| rule.path == path)?;
        rule.asked += 1;
        let is_for = match rule.times {
            Times::Always => true,
            Times::Once => rule.asked == 1,
            Times::EveryOther => rule.asked % 2 == 1,
        };
        rule.applied += usize::from(is_for);
        is_for.then(|| rule.way.clone())
    }
}
