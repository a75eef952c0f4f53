//! What can go wrong on the way to a server, one thing at a time: one list for all of them.
//!
//! Invariant: each fault was met as often as is said, so that none is taken for told that nothing came under.

use super::relay::{Relay, Times};
use super::release::{Led, Release};
use super::way::{Way, fetch};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gonogo_world::http::{Limits, Patience};
use std::time::Duration;

/// What Python's indexes speak JSON to, and the others read over.
const ACCEPT: &str = "accept: application/vnd.pypi.simple.v1+json, */*; q=0.1\r\n";
const UNREADABLE: &str = "incomplete unreadable-output";
const UNREACHABLE: &str = "incomplete unreachable";
const TOO_LARGE: &str = "incomplete output-too-large";
const DIFFERS: &str = "failed bytes-differ";

/// More than any document or file of the sample.
const LIMITS: Limits = Limits { document: 1 << 20, file: 1 << 20, kept: 1 << 20 };

/// A release that a server has, and where it is there.
pub struct Served<'a> {
    pub release: &'a mut Release,
    /// The server's port, and the relay before it.
    pub upstream: u16,
    pub relay: &'a Relay,
    /// The clients' configuration that leads to an address.
    pub led: &'a dyn Fn(&str) -> Led,
    /// The paths of the package's document, and of a package's that the server does not have.
    pub index: &'a str,
    pub no_index: &'a str,
    /// The paths of a file, and of v0.1.0's.
    pub file: &'a str,
    pub older_file: &'a str,
    /// The document as it was before v0.2.0.
    pub stale: Vec<u8>,
    /// Whether the document is JSON. A page has no keys.
    pub is_json: bool,
}

/// A document, as a server has it now.
pub fn document(port: u16, path: &str) -> Vec<u8> {
    fetch(port, "GET", path, ACCEPT).unwrap().body
}

impl Served<'_> {
    /// Asserts what is said of each: by the program, and by its library where the program would take long.
    pub fn is_told_of_every_fault_on_the_way(&mut self) {
        self.release.lead((self.led)(&self.relay.base));
        self.what_the_program_says();
        self.what_its_library_says();
        self.what_is_said_of_a_drip();
        self.what_is_said_of_answers_in_turn();
        self.what_is_said_of_a_certificate_that_nobody_vouches_for();
        self.release.says("passed");
    }

    fn what_the_program_says(&self) {
        assert!(String::from_utf8_lossy(&self.stale).contains("0.1.0"), "it is an older one, and not none");
        let (stale, elsewhere) = (self.stale.clone(), Relay::to(self.upstream));
        let there = || Way::Elsewhere(elsewhere.base.clone());
        let says = |path, way, times, wanted| {
            self.relay.set(path, way, times);
            self.release.says(wanted);
            assert_eq!(self.relay.calm(), 1, "{path}: {wanted}");
        };
        // The relay is where both come from, and changes nothing by itself.
        says(self.index, Way::Failing, Times::Once, "passed");
        says(self.file, Way::Failing, Times::Once, "passed");
        let says = |path, way, wanted| says(path, way, Times::Always, wanted);
        says(self.index, Way::Page, UNREADABLE);
        says(self.file, Way::Page, DIFFERS);
        // Not at the end of a line: a sparse index could not be told from a stale one.
        says(self.index, Way::changed(|body| body[..body.len() * 3 / 4].to_vec()), UNREADABLE);
        if self.is_json {
            says(self.index, Way::changed(twice), UNREADABLE);
        }
        says(self.index, Way::changed(move |_| stale.clone()), "failed absent");
        says(self.file, Way::Instead(self.older_file.to_owned()), DIFFERS);
        says(self.index, Way::Endless, TOO_LARGE);
        says(self.index, there(), UNREADABLE);
        assert_eq!(elsewhere.seen(), (0, 0), "nothing is asked there");
        elsewhere.set(self.file, Way::Instead(self.older_file.to_owned()), Times::Always);
        says(self.file, there(), DIFFERS);
        assert_eq!(elsewhere.calm(), 1);
        says(self.file, there(), "passed");
        assert_eq!(elsewhere.seen().1, 2);
    }

    /// The program tries again for seconds and reads gigabytes of a file: here is the same with less of both.
    fn what_its_library_says(&self) {
        let brief = Patience { retries: 2, delay: Duration::from_millis(5), ..Patience::default() };
        let looks = self.release.looks(brief, LIMITS);
        for (path, way, applied, wanted) in [
            (self.index, Way::Failing, 3, UNREACHABLE),
            (self.file, Way::Failing, 3, UNREACHABLE),
            (self.index, Way::Cut, 3, UNREADABLE),
            (self.file, Way::Cut, 3, UNREADABLE),
            (self.file, Way::changed(|body| body[..body.len() / 2].to_vec()), 1, DIFFERS),
            (self.file, Way::Instead(self.no_index.to_owned()), 1, UNREADABLE),
            (self.file, Way::Endless, 1, TOO_LARGE),
        ] {
            self.relay.set(path, way, Times::Always);
            assert_eq!(looks.say(), wanted, "{path}");
            assert_eq!(self.relay.calm(), applied, "{path}: {wanted}");
        }
    }

    /// The program gives a document two minutes, and a file half an hour.
    fn what_is_said_of_a_drip(&self) {
        let most = Duration::from_secs(4);
        let document = Patience { attempt: most, deadline: most, ..Patience::default() };
        let file = Patience { transfer: most, ..Patience::default() };
        for (path, patience) in [(self.index, document), (self.file, file)] {
            let looks = self.release.looks(patience, LIMITS);
            self.relay.set(path, Way::Drip, Times::Always);
            assert_eq!(looks.say(), "incomplete timed-out", "{path}");
            assert_eq!(self.relay.calm(), 1, "{path}");
        }
    }

    /// The server's own "not found" and its document: an audit says what it saw, and who waits sees it come.
    fn what_is_said_of_answers_in_turn(&self) {
        self.relay.set(self.index, Way::Instead(self.no_index.to_owned()), Times::EveryOther);
        self.release.says("failed absent");
        self.release.says("passed");
        let (said, document) = self.release.verified("60s", 0);
        assert_eq!((&*said, self.relay.calm()), ("passed", 2), "{document:#}");
        assert_eq!(document["delivery"]["channels"][0]["looks"], 2, "{document:#}");
    }

    fn what_is_said_of_a_certificate_that_nobody_vouches_for(&mut self) {
        let (secured, certificate) = Relay::self_signed(self.upstream);
        let led = self.release.led.clone();
        self.release.lead((self.led)(&secured.base));
        let (said, document) = self.release.audit(3);
        let why = &document["channels"][0]["judgement"]["doubts"][0]["said"];
        let is_refused = why.as_str().is_some_and(|why| why.contains("not who it should be"));
        assert!(said == UNREACHABLE && is_refused, "{document:#}");
        let (connections, requests) = secured.seen();
        assert!(connections > 0 && requests == 0, "nothing is said to it: {connections}, {requests}");
        // It is the certificate alone: vouched for, the same passes.
        let vouched = self.release.project.beside("vouched.pem");
        let lines = STANDARD.encode(certificate);
        let pem = format!("-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n");
        std::fs::write(&vouched, pem).unwrap();
        self.release.lead([("SSL_CERT_FILE".to_owned(), vouched.display().to_string())].into());
        self.release.says("passed");
        assert!(secured.seen().1 > 0);
        self.release.led = led;
    }
}

/// A document with a key twice, in each of its lines where those are documents.
fn twice(body: &[u8]) -> Vec<u8> {
    let lines = std::str::from_utf8(body).unwrap().split_inclusive('\n');
    let lines = lines.map(|line| match line.strip_prefix('{') {
        Some(rest) => format!("{{\"name\":\"tully\",{rest}"),
        None => line.to_owned(),
    });
    lines.collect::<String>().into_bytes()
}
