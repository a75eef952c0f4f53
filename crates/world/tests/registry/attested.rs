//! Provenance: published packages whose builds were signed for, served on loopback with their own statements, and one
//! thing wrong at a time. What is signed cannot be made here, so that these are two real packages (scripts/setup).

use crate::github::{REPOSITORY, World};
use crate::server::{Answer, Server};
use crate::shop::{clients, integrity, packed, quick};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gonogo_core::delivery::{Channel, Expected, Judgement, Level, ProblemCode, Provenance, judge};
use gonogo_core::digest::Digest;
use gonogo_core::verdict::{Reason, Verdict};
use gonogo_world::http::Http;
use gonogo_world::process::Cancel;
use gonogo_world::registry::{Configuration, Depth, Registries, Wanted};
use semver::Version;
use serde_json::{Value, json};
use std::path::Path;

/// A published file with what is signed of it.
pub struct Signed {
    channel: Channel,
    pub file: Vec<u8>,
    /// The document in which the registry serves the statements.
    document: Value,
    pub provenance: Provenance,
}

fn fetched(name: &str) -> Vec<u8> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/test-tools/attested")).join(name);
    assert!(path.exists(), "no {}: run scripts/setup", path.display());
    std::fs::read(&path).unwrap()
}

impl Signed {
    /// npm's sigstore 2.0.0.
    pub fn npm() -> Self {
        let bundle: Value =
            serde_json::from_slice(&fetched("sigstore.js@2.0.0-provenance.sigstore.json")).unwrap();
        let kind = "https://slsa.dev/provenance/v1";
        Self {
            channel: Channel::Npm,
            file: fetched("sigstore-2.0.0.tgz"),
            document: json!({ "attestations": [{ "predicateType": kind, "bundle": bundle }] }),
            provenance: Provenance {
                repository: "sigstore/sigstore-js".to_owned(),
                workflow: ".github/workflows/release.yml".to_owned(),
                commit: "f0b49a04e5a62250e0f60fb128004a73110fe311".parse().ok(),
            },
        }
    }

    /// PyPI's pypi-attestations 0.0.19.
    pub fn pypi() -> Self {
        let document = fetched("pypi_attestations-0.0.19.tar.gz.provenance");
        Self {
            channel: Channel::Pypi,
            file: fetched("pypi_attestations-0.0.19.tar.gz"),
            document: serde_json::from_slice(&document).unwrap(),
            provenance: Provenance {
                repository: "trailofbits/pypi-attestations".to_owned(),
                workflow: ".github/workflows/release.yml".to_owned(),
                commit: "08802efe1f8e5fec4ad842d6b8ce97656092ee72".parse().ok(),
            },
        }
    }

    fn both() -> [Self; 2] {
        [Self::npm(), Self::pypi()]
    }

    pub fn bundle(&self) -> Value {
        self.document["attestations"][0]["bundle"].clone()
    }

    fn package(&self) -> (&'static str, Version) {
        match self.channel {
            Channel::Npm => ("sigstore", Version::new(2, 0, 0)),
            _ => ("pypi-attestations", Version::new(0, 0, 19)),
        }
    }

    fn expected(&self) -> Expected {
        let (package, version) = self.package();
        let provenance = Some(self.provenance.clone());
        Expected { provenance, ..Expected::unrecorded(self.channel, package, &version) }
    }

    /// The index document, with or without the address of the statements.
    fn index(&self, base: &str, names_statements: bool) -> (&'static str, &'static str, Value) {
        match self.channel {
            Channel::Npm => {
                let mut dist = json!({
                    "integrity": integrity(&self.file),
                    "tarball": format!("{base}/files/sigstore-2.0.0.tgz"),
                    "signatures": [],
                });
                if names_statements {
                    dist["attestations"] = json!({ "url": format!("{base}/statements") });
                }
                let version = json!({ "name": "sigstore", "version": "2.0.0", "dist": dist });
                let document = json!({
                    "name": "sigstore", "dist-tags": { "latest": "2.0.0" }, "versions": { "2.0.0": version },
                });
                ("/npm/sigstore", "application/json", document)
            }
            _ => {
                let mut file = json!({
                    "filename": "pypi_attestations-0.0.19.tar.gz",
                    "url": format!("{base}/files/pypi_attestations-0.0.19.tar.gz"),
                    "hashes": { "sha256": Digest::of(&self.file).hex() },
                    "provenance": null,
                });
                if names_statements {
                    file["provenance"] = json!(format!("{base}/statements"));
                }
                let meta = json!({ "api-version": "1.3" });
                let document = json!({ "meta": meta, "name": "pypi-attestations", "files": [file] });
                ("/simple/pypi-attestations/", "application/vnd.pypi.simple.v1+json", document)
            }
        }
    }

    async fn served(&self) -> Server {
        let server = Server::start().await;
        self.lists(&server, self.index(&server.base, true).2);
        let file = match self.channel {
            Channel::Npm => "/files/sigstore-2.0.0.tgz",
            _ => "/files/pypi_attestations-0.0.19.tar.gz",
        };
        server.route(file, [Answer::ok("application/octet-stream", self.file.clone())]);
        self.states(&server, &self.document);
        server
    }

    fn lists(&self, server: &Server, document: Value) {
        let (path, content_type, _) = self.index(&server.base, true);
        server.route(path, [Answer::ok(content_type, document.to_string())]);
    }

    fn states(&self, server: &Server, document: &Value) {
        server.route("/statements", [Answer::ok("application/json", document.to_string())]);
    }

    async fn judged(&self, server: &Server) -> Judgement {
        self.judged_as(server, &self.expected()).await
    }

    async fn judged_as(&self, server: &Server, expected: &Expected) -> Judgement {
        let home = tempfile::tempdir().unwrap();
        let environment = clients(home.path(), &server.base);
        let http = Http::new(&environment, quick(), 1).unwrap();
        let registries = Registries::new(http, Configuration::new(environment, home.path()));
        let wanted = Wanted::of(expected, "v0");
        judge(expected, &registries.observe(&wanted, Depth::Bytes, &Cancel::default()).await, Level::Bytes)
    }
}

#[track_caller]
fn not_believed(judgement: &Judgement) {
    assert_eq!(judgement.verdict, Verdict::Incomplete, "{judgement:?}");
    assert_eq!(judgement.reached, Some(Level::Resolvable), "{judgement:?}");
}

#[tokio::test]
async fn what_was_signed_for_by_the_right_workflow_is_delivered() {
    for signed in Signed::both() {
        let judgement = signed.judged(&signed.served().await).await;
        assert_eq!(judgement.verdict, Verdict::Passed, "{judgement:?}");
    }
}

#[tokio::test]
async fn another_workflow_repository_or_commit_is_wrong() {
    for signed in Signed::both() {
        let server = signed.served().await;
        let right = &signed.provenance;
        let others = [
            Provenance { repository: "acme/kit".to_owned(), ..right.clone() },
            Provenance { workflow: ".github/workflows/other.yml".to_owned(), ..right.clone() },
            Provenance { commit: "a".repeat(40).parse().ok(), ..right.clone() },
        ];
        for other in others {
            let expected = Expected { provenance: Some(other), ..signed.expected() };
            let judgement = signed.judged_as(&server, &expected).await;
            assert_eq!(judgement.verdict, Verdict::Failed, "{judgement:?}");
            assert_eq!(judgement.problems[0].code, ProblemCode::OtherProvenance, "{judgement:?}");
        }
        let unknown = Provenance { commit: None, ..right.clone() };
        let expected = Expected { provenance: Some(unknown), ..signed.expected() };
        not_believed(&signed.judged_as(&server, &expected).await);
    }
}

#[tokio::test]
async fn a_signature_that_does_not_hold_is_not_believed() {
    for signed in Signed::both() {
        let server = signed.served().await;
        let (signature, statement) = match signed.channel {
            Channel::Npm => {
                let envelope = "/attestations/0/bundle/dsseEnvelope";
                (format!("{envelope}/signatures/0/sig"), format!("{envelope}/payload"))
            }
            _ => {
                let envelope = "/attestation_bundles/0/attestations/0/envelope";
                (format!("{envelope}/signature"), format!("{envelope}/statement"))
            }
        };
        // One bit of the signature, and one of what it is about.
        for place in [&signature, &statement] {
            let mut document = signed.document.clone();
            let text = document.pointer_mut(place).unwrap();
            let mut bytes = STANDARD.decode(text.as_str().unwrap()).unwrap();
            let at = bytes.len() - 20;
            bytes[at] ^= 1;
            *text = json!(STANDARD.encode(bytes));
            signed.states(&server, &document);
            not_believed(&signed.judged(&server).await);
        }
        signed.states(&server, &signed.document);
        assert_eq!(signed.judged(&server).await.verdict, Verdict::Passed);
    }
}

#[tokio::test]
async fn a_statement_about_other_bytes_says_nothing_of_these() {
    for signed in Signed::both() {
        let other = Signed { file: packed(&[("package/LICENSE", "other bytes")]), ..signed };
        not_believed(&other.judged(&other.served().await).await);
    }
}

#[tokio::test]
async fn without_a_statement_nothing_is_said() {
    for signed in Signed::both() {
        let server = signed.served().await;
        signed.lists(&server, signed.index(&server.base, false).2);
        let judgement = signed.judged(&server).await;
        assert_eq!(judgement.reason, Some(Reason::BaselineMissing), "{judgement:?}");
        assert!(judgement.doubts[0].said.contains("no signed statement"), "{judgement:?}");
        let empty = match signed.channel {
            Channel::Npm => json!({ "attestations": [] }),
            _ => json!({ "version": 1, "attestation_bundles": [] }),
        };
        signed.lists(&server, signed.index(&server.base, true).2);
        signed.states(&server, &empty);
        let judgement = signed.judged(&server).await;
        assert_eq!(judgement.reason, Some(Reason::BaselineMissing), "{judgement:?}");
    }
}

#[tokio::test]
async fn a_mirror_that_drops_statements_is_said_to_be_one() {
    for signed in Signed::both() {
        let server = signed.served().await;
        let mut document = signed.index(&server.base, false).2;
        match signed.channel {
            Channel::Npm => {
                document["versions"]["2.0.0"]["dist"].as_object_mut().unwrap().remove("signatures");
            }
            _ => {
                document["files"][0].as_object_mut().unwrap().remove("provenance");
            }
        }
        signed.lists(&server, document);
        let judgement = signed.judged(&server).await;
        assert_eq!(judgement.reason, Some(Reason::BaselineMissing), "{judgement:?}");
        assert!(judgement.doubts[0].said.contains("leaves out"), "{judgement:?}");
    }
}

#[tokio::test]
async fn statements_that_cannot_be_had_are_none() {
    for signed in Signed::both() {
        let server = signed.served().await;
        let whole = signed.document.to_string();
        let broken = [
            Answer::status(404),
            Answer::status(500),
            Answer::status(403),
            Answer::ok("text/html", "<html>log in</html>"),
            Answer::ok("application/json", &whole[..whole.len() / 2]),
            Answer::ok("application/json", "[]"),
            Answer::ok("application/json", r#"{"attestations":[{}],"version":1,"attestation_bundles":[{}]}"#),
            Answer::CutOff(whole.clone().into_bytes()),
            Answer::Hangup,
        ];
        for answer in broken {
            server.route("/statements", [answer]);
            not_believed(&signed.judged(&server).await);
        }
    }
}

#[tokio::test]
async fn nobody_asks_for_statements_that_nobody_wants() {
    for signed in Signed::both() {
        let server = signed.served().await;
        let judgement = signed.judged_as(&server, &Expected { provenance: None, ..signed.expected() }).await;
        assert_eq!(judgement.verdict, Verdict::Passed, "{judgement:?}");
        assert!(!server.asked().iter().any(|asked| asked.contains("/statements")), "{:?}", server.asked());
    }
}

/// A GitHub release of one file, with what GitHub has of it.
struct Released {
    world: World,
    signed: Signed,
}

impl Released {
    async fn with(bundles: Vec<Value>) -> Self {
        let (world, signed) = (World::new(), Signed::npm());
        let file = world.github.config_dir().join("sigstore-2.0.0.tgz");
        std::fs::write(&file, &signed.file).unwrap();
        let file = file.display().to_string();
        world.gh(&["release", "create", "v1.2.1", &file, "-R", REPOSITORY, "--notes", "n"]).await;
        {
            let mut state = world.github.state();
            let repository = state.repository(REPOSITORY);
            if !bundles.is_empty() {
                repository.attestations.insert(Digest::of(&signed.file).to_string(), bundles);
            }
        }
        Self { world, signed }
    }

    async fn judged(&self) -> Judgement {
        let expected = Expected::unrecorded(Channel::GithubRelease, REPOSITORY, &Version::new(1, 2, 1));
        let provenance = Some(self.signed.provenance.clone());
        self.judged_as(&Expected { provenance, ..expected }).await
    }

    async fn judged_as(&self, expected: &Expected) -> Judgement {
        let environment = &self.world.environment;
        let http = Http::new(environment, quick(), 1).unwrap();
        let configuration = Configuration::new(environment.clone(), &self.world.github.config_dir());
        let wanted = Wanted::of(expected, "v1.2.1");
        let seen =
            Registries::new(http, configuration).observe(&wanted, Depth::Bytes, &Cancel::default()).await;
        judge(expected, &seen, Level::Bytes)
    }
}

#[tokio::test]
async fn github_says_who_built_an_asset() {
    let released = Released::with(vec![Signed::npm().bundle()]).await;
    assert_eq!(released.judged().await.verdict, Verdict::Passed);
    let mut other = released;
    other.signed.provenance.workflow = ".github/workflows/other.yml".to_owned();
    let judgement = other.judged().await;
    assert_eq!(
        (judgement.verdict, judgement.problems[0].code),
        (Verdict::Failed, ProblemCode::OtherProvenance)
    );
}

#[tokio::test]
async fn an_asset_of_which_github_has_nothing_or_something_else_is_nobodys() {
    let released = Released::with(Vec::new()).await;
    let judgement = released.judged().await;
    assert_eq!(judgement.reason, Some(Reason::BaselineMissing), "{judgement:?}");
    // A statement that GitHub itself signed, of other files; and one without its signature.
    let other = serde_json::from_slice(&fetched("github-private-attestation.sigstore.json")).unwrap();
    not_believed(&Released::with(vec![other]).await.judged().await);
    let mut cut = Signed::npm().bundle();
    cut["dsseEnvelope"].as_object_mut().unwrap().remove("signatures");
    not_believed(&Released::with(vec![cut]).await.judged().await);
}

#[tokio::test]
async fn where_the_tag_leads_and_whether_it_can_be_changed_is_githubs_to_say() {
    let released = Released::with(Vec::new()).await;
    let expected = Expected::unrecorded(Channel::GithubRelease, REPOSITORY, &Version::new(1, 2, 1));
    let at = |commit: &str| expected.clone().from_commit(commit.repeat(40).parse().unwrap());
    assert_eq!(released.judged_as(&at("a")).await.verdict, Verdict::Passed);
    let moved = released.judged_as(&at("b")).await;
    assert_eq!(
        (moved.verdict, moved.problems[0].code),
        (Verdict::Failed, ProblemCode::WrongCommit),
        "{moved:?}"
    );
    let kept = Expected { immutable: true, ..at("a") };
    let judgement = released.judged_as(&kept).await;
    assert_eq!((judgement.verdict, judgement.problems[0].code), (Verdict::Failed, ProblemCode::Mutable));
    for release in released.world.github.state().repository(REPOSITORY).releases.all.values_mut() {
        release.is_immutable = true;
    }
    assert_eq!(released.judged_as(&kept).await.verdict, Verdict::Passed);
}
