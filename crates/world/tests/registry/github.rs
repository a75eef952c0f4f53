//! The assets of a GitHub release, through the real gh and a stand-in for GitHub.

use crate::server::Answer;
use crate::shop::{Shop, quick};
use crate::support::test_tool;
use gonogo_core::delivery::{Channel, Expected, Level, ProblemCode, Sighting, judge};
use gonogo_core::verdict::{Reason, Verdict};
use gonogo_sandbox::github::{Fault, FaultKind, GithubStandIn, GithubState, Matcher};
use gonogo_world::http::Http;
use gonogo_world::process::{Cancel, Environment, Invocation, run};
use gonogo_world::registry::{Configuration, Depth, Registries, Wanted};
use semver::Version;
use std::path::PathBuf;

pub const REPOSITORY: &str = "o/r";

fn tools() -> PathBuf {
    test_tool("bin/gh").parent().unwrap().to_owned()
}

pub struct World {
    pub github: GithubStandIn,
    pub environment: Environment,
}

impl World {
    pub fn new() -> Self {
        let mut state = GithubState::with_repository(REPOSITORY);
        state.repository(REPOSITORY).refs.insert("heads/main".to_owned(), "a".repeat(40));
        let github = GithubStandIn::start(state).unwrap();
        let bare = Environment::allowing([]).with("PATH", tools()).with("SSL_CERT_FILE", "");
        let environment =
            github.environment().into_iter().fold(bare, |all, (name, value)| all.with(name, value));
        Self { github, environment }
    }

    pub async fn gh(&self, arguments: &[&str]) {
        let invocation =
            Invocation::tool(&tools().join("gh"), &self.github.config_dir(), self.environment.clone());
        let ran = run(&invocation.args(arguments.iter().copied()), &Cancel::default()).await.unwrap();
        assert!(ran.succeeded(), "{}", ran.stderr.text());
    }

    async fn released(&self, more: &[&str]) {
        let file = self.github.config_dir().join("kit.tar.gz");
        std::fs::write(&file, "kit").unwrap();
        let file = file.display().to_string();
        let mut arguments = vec!["release", "create", "v1.2.1", &file, "-R", REPOSITORY, "--notes", "n"];
        arguments.extend(more);
        self.gh(&arguments).await;
    }

    async fn observe_in(&self, repository: &str) -> Sighting {
        let http = Http::new(&self.environment, quick(), 1).unwrap();
        let configuration = Configuration::new(self.environment.clone(), &self.github.config_dir());
        let wanted = Wanted {
            channel: Channel::GithubRelease,
            package: repository.to_owned(),
            version: Version::new(1, 2, 1),
            tag: "v1.2.1".to_owned(),
            attested: false,
            holds: Vec::new(),
        };
        Registries::new(http, configuration).observe(&wanted, Depth::Index, &Cancel::default()).await
    }

    async fn observe(&self) -> Sighting {
        self.observe_in(REPOSITORY).await
    }
}

#[tokio::test]
async fn a_published_release_has_its_assets_with_size_and_digest() {
    let world = World::new();
    world.released(&[]).await;
    let Sighting::Live(facts) = world.observe().await else { panic!("it is there") };
    assert_eq!((facts.version.as_str(), facts.files.len()), ("1.2.1", 1));
    assert_eq!((facts.files[0].name.as_str(), facts.files[0].bytes), ("kit.tar.gz", Some(3)));
    assert_eq!(facts.files[0].stated.len(), 1);
    let expected = Expected::unrecorded(Channel::GithubRelease, REPOSITORY, &Version::new(1, 2, 1));
    let seen = Sighting::Live(facts);
    assert_eq!(judge(&expected, &seen, Level::Resolvable).verdict, Verdict::Passed);
    assert_eq!(judge(&expected, &seen, Level::Bytes).verdict, Verdict::Incomplete, "nothing was downloaded");
}

#[tokio::test]
async fn a_draft_is_not_published() {
    let world = World::new();
    world.released(&["--draft"]).await;
    let seen = world.observe().await;
    assert!(matches!(seen, Sighting::Absent { .. }), "{seen:?}");
}

#[tokio::test]
async fn no_release_is_an_absence_and_no_repository_is_unknown() {
    let world = World::new();
    assert!(matches!(world.observe().await, Sighting::Absent { .. }));
    let seen = world.observe_in("o/other").await;
    assert!(matches!(seen, Sighting::Unknown { .. }), "{seen:?}");
}

#[tokio::test]
async fn a_failing_or_lying_github_is_unknown_or_a_contradiction() {
    for (fault, is_conflict) in [
        (FaultKind::html(200), false),
        (FaultKind::status(403, "no"), false),
        (FaultKind::status(401, "no"), false),
        (FaultKind::wrong(&serde_json::json!({"tag_name": "v1.2.0", "draft": false, "assets": []})), true),
        (FaultKind::wrong(&serde_json::json!({"tag_name": "v1.2.1", "draft": false})), true),
    ] {
        let world = World::new();
        world.released(&[]).await;
        world.github.inject(Fault::always(Matcher::of("GET", "/repos/o/r/releases/tags/v1.2.1"), fault));
        let seen = world.observe().await;
        assert_eq!(matches!(seen, Sighting::Conflict { .. }), is_conflict, "{seen:?}");
        assert_eq!(matches!(seen, Sighting::Unknown { .. }), !is_conflict, "{seen:?}");
        let expected = Expected::unrecorded(Channel::GithubRelease, REPOSITORY, &Version::new(1, 2, 1));
        let judgement = judge(&expected, &seen, Level::Accepted);
        assert!(judgement.problems.iter().all(|problem| problem.code == ProblemCode::Contradiction));
    }
}

#[tokio::test]
async fn without_gh_it_is_not_told() {
    let world = World::new();
    let environment = world.environment.clone().with("PATH", "/nowhere");
    let seen = World { environment, ..world }.observe().await;
    assert!(matches!(seen, Sighting::Unknown { reason: Reason::ToolMissing, .. }), "{seen:?}");
}

#[tokio::test]
async fn an_asset_that_was_not_built_and_one_that_is_gone_are_told() {
    let shop = Shop::open(Channel::GithubRelease).await;
    let whole = shop.document();
    let more = whole.replace("\"assets\":[", r#""assets":[{"id":9,"name":"x","state":"uploaded","size":1},"#);
    shop.index([Answer::ok(shop.content_type(), more)]);
    shop.server.route("/repos/o/r/releases/assets/9", [Answer::ok("application/octet-stream", "x")]);
    let judgement = shop.judged().await;
    assert_eq!(judgement.verdict, Verdict::Failed, "{judgement:?}");
    assert_eq!(judgement.problems[0].code, ProblemCode::FileUnexpected, "{judgement:?}");
    let (before, _) = whole.split_once("\"assets\":[").unwrap();
    shop.index([Answer::ok(shop.content_type(), format!("{before}\"assets\":[]}}"))]);
    let judgement = shop.judged().await;
    assert_eq!(judgement.problems[0].code, ProblemCode::FileMissing, "{judgement:?}");
    assert!(judgement.may_come());
}

#[tokio::test]
async fn an_asset_may_come_from_a_store_elsewhere_and_is_judged_by_its_bytes() {
    let shop = Shop::open(Channel::GithubRelease).await;
    // The same server: gh speaks to every host over its socket.
    let there = Answer::status(302).with("location", "https://store.example.test/f");
    shop.server.route(&shop.file_path("1.2.1"), [there]);
    shop.server.route("/f", [Answer::ok("application/octet-stream", shop.file("1.2.1"))]);
    assert_eq!(shop.judged().await.verdict, Verdict::Passed);
    shop.server.route("/f", [Answer::ok("application/octet-stream", shop.file("1.2.0"))]);
    assert_eq!(shop.judged().await.verdict, Verdict::Failed);
    shop.server.route("/f", [Answer::status(404)]);
    assert_eq!(shop.judged().await.verdict, Verdict::Incomplete);
}
