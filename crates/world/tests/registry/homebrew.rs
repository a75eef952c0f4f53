//! A formula at the head of a tap's remote: a repository on this disk, put in the remote's place by git's own
//! configuration, and files on loopback.

use crate::server::{Answer, Server};
use crate::shop::{packed, quick};
use gonogo_core::delivery::{Channel, Expected, Judgement, Level, ProblemCode, Sighting, judge};
use gonogo_core::digest::Digest;
use gonogo_core::manifest::{BuiltFile, Manifest};
use gonogo_core::verdict::{Reason, Verdict};
use gonogo_sandbox::KeptPort;
use gonogo_world::http::{Http, Limits, Patience};
use gonogo_world::process::{Cancel, Environment, Invocation, run};
use gonogo_world::registry::{Configuration, Depth, Registries, Wanted};
use gonogo_world::tools;
use semver::Version;
use std::time::Duration;
use tempfile::TempDir;

const FILE: &str = "kit_1.2.1_linux.tar.gz";

/// What was built.
fn built() -> Vec<u8> {
    packed(&[("kit/bin/kit", "bytes")])
}

fn formula_at(base: &str, file: &str, version: &str, content: &[u8]) -> String {
    let digest = Digest::of(content).hex();
    format!(
        "class Kit < Formula\n  version \"{version}\"\n  url \"{base}/{file}\"\n  sha256 \"{digest}\"\nend\n"
    )
}

pub struct Tap {
    pub home: TempDir,
    pub server: Server,
    patience: Patience,
    /// What stands for the owner's address at GitHub; the home folder where `None`.
    owner: Option<String>,
}

impl Tap {
    pub async fn new() -> Self {
        let (home, server) = (tempfile::tempdir().unwrap(), Server::start().await);
        let tap = Self { home, server, patience: quick(), owner: None };
        tap.server.route(&format!("/{FILE}"), [Answer::ok("application/gzip", built())]);
        tap.git(&["init", "--quiet", "-b", "main", "homebrew-tap"]).await;
        tap.write("README.md", "a tap").await;
        tap
    }

    pub fn environment(&self) -> Environment {
        let owner = self.owner.clone().unwrap_or_else(|| self.home.path().display().to_string());
        let base = format!("url.{owner}/.insteadOf");
        Environment::allowing([])
            .with("HOME", self.home.path())
            .with("SSL_CERT_FILE", "")
            .with("no_proxy", "127.0.0.1")
            .with("GIT_CONFIG_NOSYSTEM", "1")
            .with("GIT_CONFIG_COUNT", "3")
            .with("GIT_CONFIG_KEY_0", base)
            .with("GIT_CONFIG_VALUE_0", "https://github.com/o/")
            .with("GIT_CONFIG_KEY_1", "user.name")
            .with("GIT_CONFIG_VALUE_1", "t")
            .with("GIT_CONFIG_KEY_2", "user.email")
            .with("GIT_CONFIG_VALUE_2", "t@example.test")
    }

    pub async fn git(&self, arguments: &[&str]) {
        let git = tools::find_on_path("git", None).unwrap();
        let invocation = Invocation::tool(&git, self.home.path(), self.environment());
        let ran = run(&invocation.args(arguments.iter().copied()), &Cancel::default()).await.unwrap();
        assert!(ran.succeeded(), "{}", ran.stderr.text());
    }

    pub async fn write(&self, path: &str, text: &str) {
        let file = self.home.path().join("homebrew-tap").join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
        self.git(&["-C", "homebrew-tap", "add", "."]).await;
        self.git(&["-C", "homebrew-tap", "commit", "--quiet", "-m", "x"]).await;
    }

    fn formula(&self, version: &str, content: &[u8]) -> String {
        formula_at(&self.server.base, FILE, version, content)
    }

    async fn observe(&self, package: &str) -> Sighting {
        let http = Http::new(&self.environment(), self.patience, 1).unwrap();
        let http = http.with_limits(Limits { document: 1 << 20, file: 1 << 20, ..Limits::default() });
        let configuration = Configuration::new(self.environment(), self.home.path());
        let wanted = Wanted {
            channel: Channel::Homebrew,
            package: package.to_owned(),
            version: Version::new(1, 2, 1),
            tag: "v1.2.1".to_owned(),
            attested: false,
            holds: Vec::new(),
        };
        Registries::new(http, configuration).observe(&wanted, Depth::Bytes, &Cancel::default()).await
    }

    async fn unread(&self, wanted: Reason) {
        let seen = self.observe("o/homebrew-tap/kit").await;
        assert!(matches!(seen, Sighting::Unknown { reason, .. } if reason == wanted), "{seen:?}");
    }

    async fn judged(&self) -> Judgement {
        let built =
            BuiltFile { name: FILE.to_owned(), bytes: built().len() as u64, digest: Digest::of(&built()) };
        let expected = Expected::unrecorded(Channel::Homebrew, "o/homebrew-tap/kit", &Version::new(1, 2, 1));
        let expected = expected.built(&Manifest::new([built]).unwrap());
        judge(&expected, &self.observe("o/homebrew-tap/kit").await, Level::Bytes)
    }
}

#[tokio::test]
async fn a_formula_that_leads_to_what_was_built_passes() {
    let tap = Tap::new().await;
    tap.write("Formula/kit.rb", &tap.formula("1.2.1", &built())).await;
    let judgement = tap.judged().await;
    assert_eq!(
        (judgement.verdict, judgement.reached),
        (Verdict::Passed, Some(Level::Bytes)),
        "{judgement:?}"
    );
}

#[tokio::test]
async fn a_wrong_digest_or_wrong_bytes_fail() {
    let tap = Tap::new().await;
    tap.write("Formula/kit.rb", &tap.formula("1.2.1", b"other bytes")).await;
    let judgement = tap.judged().await;
    assert!(
        judgement.problems.iter().all(|problem| problem.code == ProblemCode::BytesDiffer),
        "{judgement:?}"
    );
    assert_eq!(judgement.verdict, Verdict::Failed);
    tap.write("Formula/kit.rb", &tap.formula("1.2.1", &built())).await;
    tap.server.route(&format!("/{FILE}"), [Answer::ok("application/gzip", "evil!")]);
    assert_eq!(tap.judged().await.verdict, Verdict::Failed);
}

#[tokio::test]
async fn a_tap_that_still_has_the_version_before_does_not_have_this_one() {
    let tap = Tap::new().await;
    tap.write("Formula/kit.rb", &tap.formula("1.2.0", &built())).await;
    let judgement = tap.judged().await;
    assert!(judgement.problems[0].code == ProblemCode::Absent && judgement.may_come(), "{judgement:?}");
}

#[tokio::test]
async fn no_formula_is_an_absence_and_no_tap_is_unknown() {
    let tap = Tap::new().await;
    assert!(matches!(tap.observe("o/homebrew-tap/kit").await, Sighting::Absent { .. }));
    assert!(matches!(tap.observe("o/tap/kit").await, Sighting::Absent { .. }), "the tap's short name");
    let gone = tap.observe("o/homebrew-gone/kit").await;
    assert!(matches!(gone, Sighting::Unknown { reason: Reason::Unreachable, .. }), "{gone:?}");
}

#[tokio::test]
async fn a_formula_that_makes_no_sense_is_a_contradiction() {
    let tap = Tap::new().await;
    tap.write("Formula/kit.rb", "<html>").await;
    assert!(matches!(tap.observe("o/homebrew-tap/kit").await, Sighting::Conflict { .. }));
    for package in ["kit", "o/tap", "../tap/kit", "o/tap/-kit", "o/tap/kit/x"] {
        assert!(matches!(tap.observe(package).await, Sighting::Conflict { .. }), "{package}");
    }
}

#[tokio::test]
async fn a_file_that_does_not_come_leaves_the_bytes_unproven() {
    let tap = Tap::new().await;
    tap.write("Formula/kit.rb", &tap.formula("1.2.1", &built())).await;
    for once in [Answer::status(502), Answer::status(429), Answer::Hangup] {
        tap.server.route(&format!("/{FILE}"), [once, Answer::ok("application/gzip", built())]);
        assert_eq!(tap.judged().await.verdict, Verdict::Passed);
    }
    for (answer, reason) in [
        (Answer::status(404), Reason::UnreadableOutput),
        (Answer::status(401), Reason::Unreachable),
        (Answer::status(403), Reason::Unreachable),
        (Answer::status(502), Reason::Unreachable),
        (Answer::Hangup, Reason::Unreachable),
        (Answer::CutOff(built()), Reason::UnreadableOutput),
        (Answer::Endless, Reason::OutputTooLarge),
    ] {
        tap.server.route(&format!("/{FILE}"), [answer]);
        let judgement = tap.judged().await;
        assert_eq!((judgement.verdict, judgement.reason), (Verdict::Incomplete, Some(reason)));
    }
}

#[tokio::test]
async fn a_file_that_comes_too_slowly_or_from_nobody_or_a_stranger_leaves_the_bytes_unproven() {
    let mut tap = Tap::new().await;
    let attempt = Duration::from_millis(300);
    let hasty = Patience { retries: 0, attempt, transfer: attempt, ..quick() };
    tap.server.route(&format!("/{FILE}"), [Answer::Drip]);
    let (base, nobody, stranger) =
        (tap.server.base.clone(), KeptPort::new().unwrap(), tap.server.self_signed().await);
    for (base, patience, reason) in [
        (base, hasty, Reason::TimedOut),
        (nobody.base(), quick(), Reason::Unreachable),
        (stranger, quick(), Reason::Unreachable),
    ] {
        tap.patience = patience;
        tap.write("Formula/kit.rb", &formula_at(&base, FILE, "1.2.1", &built())).await;
        let judgement = tap.judged().await;
        assert_eq!((judgement.verdict, judgement.reason), (Verdict::Incomplete, Some(reason)), "{base}");
    }
}

#[tokio::test]
async fn a_file_may_come_from_elsewhere_and_is_judged_by_its_bytes() {
    let (tap, elsewhere) = (Tap::new().await, Server::start().await);
    tap.write("Formula/kit.rb", &tap.formula("1.2.1", &built())).await;
    let there = Answer::status(302).with("location", &format!("{}/f", elsewhere.base));
    tap.server.route(&format!("/{FILE}"), [there]);
    elsewhere.route("/f", [Answer::ok("application/gzip", built())]);
    assert_eq!(tap.judged().await.verdict, Verdict::Passed);
    elsewhere.route("/f", [Answer::ok("application/gzip", "evil!")]);
    assert_eq!(tap.judged().await.verdict, Verdict::Failed);
}

#[tokio::test]
async fn a_file_that_was_not_built_is_told() {
    let tap = Tap::new().await;
    let other = "kit_1.2.1_other.tar.gz";
    tap.server.route(&format!("/{other}"), [Answer::ok("application/gzip", built())]);
    tap.write("Formula/kit.rb", &formula_at(&tap.server.base, other, "1.2.1", &built())).await;
    let judgement = tap.judged().await;
    assert_eq!(judgement.verdict, Verdict::Failed);
    assert_eq!(judgement.problems[0].code, ProblemCode::FileUnexpected, "{judgement:?}");
}

#[tokio::test]
async fn a_tap_that_cannot_be_read_is_unknown() {
    let mut tap = Tap::new().await;
    let refs = "/homebrew-tap/info/refs?service=git-upload-pack";
    tap.owner = Some(tap.server.base.clone());
    for answer in [
        Answer::status(401),
        Answer::status(403),
        Answer::status(404),
        Answer::status(502),
        Answer::ok("text/html", "<html></html>"),
        Answer::CutOff(b"001e# service=git-upload-pack\n0000".to_vec()),
        Answer::Endless,
        Answer::Hangup,
    ] {
        tap.server.route(refs, [answer]);
        tap.unread(Reason::Unreachable).await;
    }
    let asked = tap.server.asked();
    assert!(asked.len() >= 8 && asked.iter().all(|asked| asked.contains("/homebrew-tap/")), "{asked:?}");
    let nobody = KeptPort::new().unwrap();
    tap.owner = Some(nobody.base());
    tap.unread(Reason::Unreachable).await;
    tap.owner = Some(tap.server.self_signed().await);
    tap.unread(Reason::Unreachable).await;
    tap.owner = Some(tap.server.base.clone());
    tap.patience = Patience { deadline: Duration::from_secs(1), ..quick() };
    tap.server.route(refs, [Answer::Drip]);
    tap.unread(Reason::TimedOut).await;
}
