//! The Actions runner with the real git and gh.

use crate::support::{ADDRESS, Playground, REPOSITORY, remote};
use gonogo_sandbox::{Artifacts, Spec, Trigger, Work, Workflow};
use serde_json::Value;
use std::time::Duration;

const RELEASE: &str = ".github/workflows/release.yml";
const PUBLISH: &str = ".github/workflows/publish.yml";

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn workflow(path: &str, triggers: Vec<Trigger>, work: Work) -> Workflow {
    let name = path.rsplit('/').next().unwrap().replace(".yml", "");
    Workflow { repository: REPOSITORY.to_owned(), path: path.to_owned(), name, triggers, work }
}

fn commands(commands: &[&[&str]], artifacts: Vec<Artifacts>, has_metadata: bool) -> Work {
    Work::Commands {
        commands: commands.iter().map(|command| words(command)).collect(),
        environment: vec![("GREETING".to_owned(), "hello".to_owned())],
        artifacts,
        has_metadata,
        tag_input: Some("release_tag".to_owned()),
        timeout: Duration::from_secs(600),
    }
}

fn on_tag() -> Vec<Trigger> {
    vec![Trigger::Tag("v*".to_owned())]
}

fn build() -> Workflow {
    let dist = Artifacts { name: "dist".to_owned(), files: words(&["dist/*"]) };
    let script: &[&str] = &["sh", "build.sh", "{version}"];
    workflow(RELEASE, on_tag(), commands(&[script], vec![dist], true))
}

fn publish() -> Workflow {
    let inputs = words(&["release_tag", "rehearsal"]);
    let script: &[&str] =
        &["sh", "-c", "cat \"$0\"; echo \"$1\"", "{artifacts}/dist/tally.txt", "{inputs.rehearsal}"];
    workflow(PUBLISH, vec![Trigger::Dispatch(inputs)], commands(&[script], Vec::new(), false))
}

async fn ready(workflows: Vec<Workflow>) -> Playground {
    let script = "mkdir dist\necho \"$GREETING $1\" >dist/tally.txt\n";
    let remotes = vec![remote(&[("build.sh", script)])];
    let playground = Playground::with(Spec { remotes, workflows, ..Spec::default() }).await;
    playground.ok(".", &["git", "clone", "--quiet", ADDRESS, "checkout"]).await;
    playground
}

async fn push_tag(playground: &Playground, tag: &str) {
    playground.ok("checkout", &["git", "tag", "--annotate", "--message=x", tag]).await;
    playground.ok("checkout", &["git", "push", "--quiet", "origin", tag]).await;
}

async fn ended(playground: &Playground, id: u64) -> String {
    playground.conclusion(REPOSITORY, id).await
}

/// Waits for a run with gh, and gives what gh says of it.
async fn watched(playground: &Playground, id: u64) -> Value {
    let id = id.to_string();
    playground.run_with(".", &["gh", "run", "watch", &id, "--interval", "1", "-R", REPOSITORY], &[]).await;
    let fields = "status,conclusion,event,headBranch,headSha,workflowName";
    let seen = playground.ok(".", &["gh", "run", "view", &id, "--json", fields, "-R", REPOSITORY]).await;
    serde_json::from_str(&seen).unwrap()
}

async fn log(playground: &Playground, id: u64) -> String {
    playground.ok(".", &["gh", "run", "view", &id.to_string(), "--log", "-R", REPOSITORY]).await
}

#[tokio::test]
async fn a_pushed_tag_is_built_and_its_artifacts_are_downloaded() {
    let playground = ready(vec![build()]).await;
    push_tag(&playground, "bindings/go/v0.1.0").await;
    push_tag(&playground, "v0.1.0").await;
    ended(&playground, 1).await;
    let run = watched(&playground, 1).await;
    assert_eq!((&run["conclusion"], &run["event"]), (&"success".into(), &"push".into()));
    assert_eq!(run["headBranch"], "v0.1.0");
    let head = playground.ok("checkout", &["git", "rev-parse", "HEAD"]).await;
    assert_eq!(run["headSha"], head.trim());
    playground.ok("down", &["gh", "run", "download", "1", "-R", REPOSITORY]).await;
    let read = |name: &str| std::fs::read_to_string(playground.path(name)).unwrap();
    assert_eq!(read("down/dist/tally.txt"), "hello 0.1.0\n");
    let metadata: Value = serde_json::from_str(&read("down/release-metadata/metadata.json")).unwrap();
    assert_eq!((&metadata["tag"], &metadata["version"]), (&"v0.1.0".into(), &"0.1.0".into()));
    assert_eq!((&metadata["source_sha"], &metadata["source_run_id"]), (&run["headSha"], &"1".into()));
    assert_eq!(
        (&metadata["source_ref"], &metadata["source_workflow"]),
        (&"refs/tags/v0.1.0".into(), &"release".into())
    );
    let runs = playground.ok(".", &["gh", "run", "list", "--json", "databaseId", "-R", REPOSITORY]).await;
    assert_eq!(runs.trim(), "[{\"databaseId\":1}]", "the module's tag is none of a release");
}

#[tokio::test]
async fn a_dispatch_works_with_the_artifacts_of_the_tag_that_it_names() {
    let playground = ready(vec![build(), publish()]).await;
    push_tag(&playground, "v0.1.0").await;
    assert_eq!(ended(&playground, 1).await, "success");
    let dispatch = ["gh", "workflow", "run", "publish.yml", "--ref", "main", "-R", REPOSITORY];
    let inputs = ["-f", "release_tag=v0.1.0", "-f", "rehearsal={tag}"];
    playground.ok(".", &[dispatch.as_slice(), &inputs].concat()).await;
    assert_eq!(ended(&playground, 2).await, "success");
    let log = log(&playground, 2).await;
    // What an input holds is not filled in again.
    assert!(log.contains("hello 0.1.0") && log.contains("{tag}"), "{log}");

    playground.ok(".", &[dispatch.as_slice(), &["-f", "release_tag=v0.2.0"]].concat()).await;
    assert_eq!(ended(&playground, 3).await, "failure", "there is no build of that tag");
}

#[tokio::test]
async fn what_a_workflow_does_not_declare_is_refused() {
    let playground = ready(vec![build(), publish()]).await;
    let dispatch =
        |file| ["gh", "workflow", "run", file, "--ref", "main", "-R", REPOSITORY, "-f", "speed=high"];
    let said = playground.refused(".", &dispatch("publish.yml")).await;
    assert!(said.contains("422") && said.contains("Unexpected inputs provided: [\"speed\"]"), "{said}");
    let said = playground.refused(".", &dispatch("release.yml")).await;
    assert!(said.contains("does not have 'workflow_dispatch' trigger"), "{said}");
}

#[tokio::test]
async fn a_command_that_fails_is_a_failed_run_with_its_output_and_no_artifact() {
    let dist = Artifacts { name: "dist".to_owned(), files: words(&["build.sh"]) };
    let script: &[&str] = &["sh", "-c", "echo why; exit 3"];
    let work = commands(&[script, &["touch", "never"]], vec![dist], true);
    let playground = ready(vec![workflow(RELEASE, on_tag(), work)]).await;
    push_tag(&playground, "v0.1.0").await;
    assert_eq!(ended(&playground, 1).await, "failure");
    assert!(log(&playground, 1).await.contains("why"));
    let said = playground.refused("down", &["gh", "run", "download", "1", "-R", REPOSITORY]).await;
    assert!(said.contains("no valid artifacts"), "{said}");
}

#[tokio::test]
async fn an_artifact_without_files_and_a_missing_program_fail_a_run() {
    let none = Artifacts { name: "dist".to_owned(), files: words(&["dist/*"]) };
    for work in [commands(&[], vec![none], false), commands(&[&["no-such-program"]], Vec::new(), false)] {
        let playground = ready(vec![workflow(RELEASE, on_tag(), work)]).await;
        push_tag(&playground, "v0.1.0").await;
        assert_eq!(ended(&playground, 1).await, "failure");
    }
}

#[tokio::test]
async fn a_scripted_run_ends_as_it_is_told() {
    let work = Work::Scripted("cancelled".to_owned());
    let playground = ready(vec![workflow(RELEASE, on_tag(), work)]).await;
    push_tag(&playground, "v0.1.0").await;
    let run = loop {
        let run = watched(&playground, 1).await;
        if run["status"] == "completed" {
            break run;
        }
    };
    assert_eq!(run["conclusion"], "cancelled");
}

#[tokio::test]
async fn a_failed_run_is_run_again() {
    let script: &[&str] = &["sh", "-c", "test -e ../../mended"];
    let playground = ready(vec![workflow(RELEASE, on_tag(), commands(&[script], Vec::new(), false))]).await;
    push_tag(&playground, "v0.1.0").await;
    assert_eq!(ended(&playground, 1).await, "failure");
    playground.write("world/runs/mended", "");
    playground.ok(".", &["gh", "run", "rerun", "1", "-R", REPOSITORY]).await;
    assert_eq!(ended(&playground, 1).await, "success");
}

#[tokio::test]
async fn a_dropped_world_leaves_no_process_and_no_socket() {
    let script: &[&str] = &["sh", "-c", "echo $$ >../../pid; sleep 600 & wait"];
    let playground = ready(vec![workflow(RELEASE, on_tag(), commands(&[script], Vec::new(), false))]).await;
    push_tag(&playground, "v0.1.0").await;
    let pid = loop {
        let text = std::fs::read_to_string(playground.path("world/runs/pid")).unwrap_or_default();
        match text.trim().parse::<u32>() {
            Ok(pid) => break pid,
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    };
    let (socket, config) = (playground.world.github().socket(), playground.world.github().config_dir());
    let address = playground.world.address(gonogo_sandbox::Service::Npm).unwrap();
    let port = address.trim_end_matches("/npm").rsplit_once(':').unwrap().1.parse().unwrap();
    let Playground { world, folder } = playground;
    let (listening, process) = (listening_on(port).unwrap(), begun(pid).unwrap());
    drop(world);
    // By then the port and the number may be somebody else's.
    assert_ne!(begun(pid), Some(process));
    // A child that a sibling is just starting has the socket open too, until it runs its own program.
    let started = std::time::Instant::now();
    while listening_on(port).as_ref() == Some(&listening) {
        assert!(started.elapsed() < Duration::from_secs(60), "it still listens");
        tokio::task::yield_now().await;
    }
    assert!(!socket.exists() && !config.exists());
    folder.close().unwrap();
}

/// The socket that listens on a port of loopback: its number, which no other has had since the system started.
fn listening_on(port: u16) -> Option<String> {
    let sockets = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let local = format!("0100007F:{port:04X}");
    let mut sockets = sockets.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    // Local address, state (0A: listens) and number: fields 2, 4 and 10 of proc_net_tcp(5).
    sockets.find(|fields| fields[1] == local && fields[3] == "0A").map(|fields| fields[9].to_owned())
}

/// When a process began, in ticks since the system started: field 22 of proc_pid_stat(5), the 20th after its name.
fn begun(id: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    Some(stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.to_owned())
}
