//! The git remotes with the real git and gh.

use crate::support::{ADDRESS, Playground, remote};
use gonogo_sandbox::world::{RemoteContent, RemoteSpec};
use gonogo_sandbox::{Fault, FaultKind, Matcher, PrivateWorld, Service, Spec, Trigger, Work, Workflow};
use std::collections::BTreeMap;
use std::io::{Read, Write};

async fn ready() -> Playground {
    let playground = Playground::with_files(&[("README.md", "tally\n")]).await;
    playground.ok(".", &["git", "clone", "--quiet", ADDRESS, "checkout"]).await;
    playground
}

async fn seen(playground: &Playground, path: &str, query: &str) -> String {
    let path = format!("repos/o/tally/{path}");
    playground.ok(".", &["gh", "api", &path, "--jq", query]).await.trim().to_owned()
}

#[tokio::test]
async fn what_is_pushed_is_what_github_says() {
    let playground = ready().await;
    playground.ok("checkout", &["git", "commit", "--quiet", "--allow-empty", "--message=More"]).await;
    playground.ok("checkout", &["git", "tag", "--annotate", "--message=Release v1", "v1"]).await;
    playground.ok("checkout", &["git", "push", "--quiet", "origin", "main", "v1"]).await;
    let head = playground.ok("checkout", &["git", "rev-parse", "HEAD"]).await.trim().to_owned();
    let tag = playground.ok("checkout", &["git", "rev-parse", "v1"]).await.trim().to_owned();
    assert_eq!(seen(&playground, "git/ref/heads/main", ".object.sha").await, head);
    assert_eq!(seen(&playground, "git/ref/tags/v1", ".object.sha").await, tag);
    assert_eq!(
        seen(&playground, &format!("git/tags/{tag}"), ".object.sha + .message").await,
        head + "Release v1"
    );
    assert_eq!(seen(&playground, "commits/v1", ".commit.message").await, "More");
}

#[tokio::test]
async fn what_github_is_told_is_what_git_fetches() {
    let playground = ready().await;
    playground.ok(".", &["gh", "release", "create", "v1", "--notes", "x", "-R", "o/tally"]).await;
    let tags = playground.ok("checkout", &["git", "ls-remote", "--tags", "origin"]).await;
    assert!(tags.contains("refs/tags/v1"), "{tags}");
    playground.ok(".", &["gh", "api", "-X", "DELETE", "repos/o/tally/git/refs/tags/v1"]).await;
    assert_eq!(playground.ok("checkout", &["git", "ls-remote", "--tags", "origin"]).await, "");
}

#[tokio::test]
async fn pushes_and_requests_are_in_one_order() {
    let playground = ready().await;
    seen(&playground, "git/ref/heads/main", ".ref").await;
    playground.ok("checkout", &["git", "push", "--quiet", "origin", "HEAD:refs/tags/v1"]).await;
    playground.run_with(".", &["npm", "view", "nothing"], &[]).await;
    playground.ok("checkout", &["git", "push", "--quiet", "origin", ":refs/tags/v1"]).await;
    let log: Vec<String> = playground
        .world
        .log()
        .into_iter()
        .map(|entry| format!("{:?} {} {}", entry.service, entry.method, entry.path))
        .collect();
    assert_eq!(
        log,
        [
            "Github GET /repos/o/tally/git/ref/heads/main",
            "Git PUSH o/tally refs/tags/v1",
            "Npm GET /nothing",
            "Git DELETE o/tally refs/tags/v1",
        ]
    );
}

#[tokio::test]
async fn a_request_right_after_a_push_comes_after_it() {
    let playground = ready().await;
    let address = playground.world.address(Service::Npm).unwrap();
    let host = address.trim_start_matches("http://").trim_end_matches("/npm").to_owned();
    for place in 0..10 {
        let reference = format!("HEAD:refs/tags/v{place}");
        playground.ok("checkout", &["git", "push", "--quiet", "origin", &reference]).await;
        let mut stream = std::net::TcpStream::connect(&host).unwrap();
        write!(stream, "GET /npm/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
    }
    let order: Vec<Service> = playground.world.log().into_iter().map(|entry| entry.service).collect();
    assert_eq!(order, [Service::Git, Service::Npm].repeat(10));
}

#[tokio::test]
async fn a_push_that_github_does_not_show_yet_is_a_stale_read() {
    let playground = ready().await;
    playground.ok("checkout", &["git", "push", "--quiet", "origin", "HEAD:refs/tags/v1"]).await;
    let reference = Matcher::of("GET", "/repos/o/tally/git/ref/tags/v1");
    playground.world.fault(Service::Github, Fault::once(reference, FaultKind::Stale(1)));
    playground.refused(".", &["gh", "api", "repos/o/tally/git/ref/tags/v1"]).await;
    playground.ok(".", &["gh", "api", "repos/o/tally/git/ref/tags/v1"]).await;
}

#[tokio::test]
async fn an_address_that_is_not_of_this_world_is_refused_unasked() {
    let playground = ready().await;
    let said = playground.refused(".", &["git", "ls-remote", "https://git.example.test/o/r.git"]).await;
    assert!(said.contains("transport 'https' not allowed"), "{said}");
}

#[tokio::test]
async fn a_remote_has_exactly_the_references_that_it_is_given() {
    let origin = ready().await;
    origin.ok("checkout", &["git", "branch", "unpushed"]).await;
    origin.ok("checkout", &["git", "tag", "local"]).await;
    let head = origin.ok("checkout", &["git", "rev-parse", "HEAD"]).await.trim().to_owned();
    let refs = BTreeMap::from([("heads/main".to_owned(), head.clone()), ("tags/v0".to_owned(), head)]);
    let source = RemoteContent::Clone(origin.path("checkout").to_string_lossy().into_owned());
    let remote = RemoteSpec { source, refs: Some(refs), ..remote(&[]) };
    let playground = Playground::with(Spec { remotes: vec![remote], ..Spec::default() }).await;
    let listed = playground.ok(".", &["git", "ls-remote", ADDRESS]).await;
    let names: Vec<&str> = listed.lines().filter_map(|line| line.split('\t').nth(1)).collect();
    assert_eq!(names, ["HEAD", "refs/heads/main", "refs/tags/v0"]);
    assert_eq!(seen(&playground, "git/ref/tags/v0", ".ref").await, "refs/tags/v0");
    assert!(playground.world.remote("o/tally").unwrap().is_dir());
}

#[tokio::test]
async fn a_world_that_cannot_be_is_not_started() {
    let workflow = Workflow {
        repository: "o/tally".to_owned(),
        path: ".github/workflows/x.yml".to_owned(),
        name: "x".to_owned(),
        triggers: vec![Trigger::Tag("v[".to_owned())],
        work: Work::Scripted("success".to_owned()),
    };
    let one = remote(&[]);
    let elsewhere = Workflow { repository: "o/other".to_owned(), ..workflow.clone() };
    let missing = RemoteSpec { source: RemoteContent::Clone("/nowhere/at/all".to_owned()), ..one.clone() };
    let refs = Some(BTreeMap::from([("heads/main".to_owned(), "1".repeat(40))]));
    let cases = [
        (Spec { remotes: vec![one.clone(), one.clone()], ..Spec::default() }, "is there twice"),
        (
            Spec { remotes: vec![RemoteSpec { name: "../x".to_owned(), ..one.clone() }], ..Spec::default() },
            "is no owner/name",
        ),
        (
            Spec { remotes: vec![one.clone()], workflows: vec![elsewhere], ..Spec::default() },
            "no remote o/other",
        ),
        (Spec { remotes: vec![one.clone()], workflows: vec![workflow], ..Spec::default() }, "pattern `v[`"),
        (Spec { remotes: vec![missing], ..Spec::default() }, "cannot prime the git remote o/tally"),
        (Spec { remotes: vec![RemoteSpec { refs, ..one }], ..Spec::default() }, "yet to be made"),
    ];
    for (spec, why) in cases {
        let folder = tempfile::tempdir().unwrap();
        let said = PrivateWorld::start(folder.path(), spec).await.unwrap_err().to_string();
        assert!(said.contains(why), "{said}");
    }
}
