//! The context of a release: every gap at once, each with its remedy. Real git, real gh.

use crate::support::{PASSED, Project, Ran, libtest, plan, test_tool};
use gonogo_sandbox::github::{Fault, FaultKind, GithubStandIn, GithubState, Matcher, StoredRun};
use serde_json::Value;

const CI: &str = ".github/workflows/ci.yml";

/// A project that is ready for v0.2.0 in every respect, with its remote and its GitHub.
struct Ready {
    project: Project,
    github: GithubStandIn,
}

fn ready() -> Ready {
    let text = plan(&libtest("t", "run-tests"))
        .replace(
            "name = \"sample\"\n",
            "name = \"sample\"\nrepository = \"o/r\"\nchangelog = \"CHANGELOG.md\"\n",
        )
        .replace("kind = \"file\"", "kind = \"github\"")
        + &format!(
            "[ci]\nworkflow = \"{CI}\"\n\n[[versions]]\nfile = \"VERSION.toml\"\nkey = \"version\"\n\n"
        )
        + "[[tools]]\nname = \"git\"\nminimum = \"2.30\"\n";
    let project = Project::unborn();
    project.write("gonogo.toml", text);
    project.write("VERSION.toml", "version = \"0.2.0\"\n");
    project.write("CHANGELOG.md", "# Changelog\n\n## [0.2.0] - 2026-01-01\n\n- Better.\n");
    project.commit("begin");
    project.printing("run-tests", PASSED, 0);
    let remote = project.beside("remote.git");
    project.git(&["init", "--quiet", "--bare", remote.to_str().unwrap()]);
    project.git(&["remote", "add", "origin", remote.to_str().unwrap()]);
    project.git(&["push", "--quiet", "-u", "origin", "main"]);
    std::os::unix::fs::symlink(test_tool("bin/gh"), project.beside("tools/gh")).unwrap();

    let mut state = GithubState::with_repository("o/r");
    let commit = project.git(&["rev-parse", "HEAD"]).trim().to_owned();
    state.repository("o/r").runs.push(StoredRun::success(7, "o/r", CI, &commit));
    let github = GithubStandIn::start(state).unwrap();
    Ready { project, github }
}

impl Ready {
    fn run(&self, arguments: &[&str]) -> Ran {
        self.project.gonogo(arguments).envs(self.github.environment()).output().unwrap().into()
    }

    fn prepare(&self) -> Ran {
        self.run(&["prepare", "v0.2.0", "--json"])
    }
}

fn state<'a>(document: &'a Value, id: &str) -> (&'a str, &'a str) {
    let items = document["preflight"].as_array().unwrap();
    let item =
        items.iter().find(|item| item["id"] == id).unwrap_or_else(|| panic!("no {id} in {document:#}"));
    (item["state"].as_str().unwrap(), item["message"].as_str().unwrap())
}

#[test]
fn a_project_that_is_ready_is_called_ready() {
    let ready = ready();
    let document = ready.prepare().exits(0).json();
    assert_eq!(document["schema"], "gonogo.prepare/1");
    assert_eq!(document["ready"], true);
    for id in [
        "tree-clean",
        "upstream",
        "versions",
        "changelog",
        "tag-local",
        "tag-remote",
        "gh-auth",
        "tracker",
        "ci",
        "tool:git",
    ] {
        assert_eq!(state(&document, id).0, "ok", "{id}");
    }
}

#[test]
fn every_gap_is_shown_at_once_each_with_its_remedy() {
    let ready = ready();
    ready.project.write("VERSION.toml", "version = \"0.1.9\"\n");
    ready.project.write("CHANGELOG.md", "# Changelog\n");
    ready.project.write(
        "gonogo.toml",
        std::fs::read_to_string(ready.project.root().join("gonogo.toml")).unwrap()
            + "\n[[tools]]\nname = \"no-such-tool\"\n",
    );
    ready.project.commit("fall behind");
    ready.project.write("stray.txt", "x");
    let document = ready.prepare().exits(1).json();
    assert_eq!(document["ready"], false);
    for id in ["tree-clean", "upstream", "versions", "changelog", "ci", "tool:no-such-tool"] {
        assert_eq!(state(&document, id).0, "gap", "{id}");
    }
    assert!(state(&document, "versions").1.contains("0.1.9"));
    for item in document["preflight"].as_array().unwrap() {
        assert_eq!(item["state"] == "ok", item["remedy"].is_null(), "{item}");
    }
}

#[test]
fn a_tag_of_somebody_elses_is_a_conflict() {
    let ready = ready();
    ready.project.commit("theirs");
    ready.project.git(&["push", "--quiet", "origin", "HEAD:refs/tags/v0.2.0"]);
    ready.project.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    let document = ready.prepare().exits(4).json();
    assert_eq!(state(&document, "tag-remote").0, "conflict");
    assert_eq!(state(&document, "tag-local").0, "ok");
}

#[test]
fn a_tag_at_this_commit_is_a_gap_and_not_a_conflict() {
    let ready = ready();
    ready.project.git(&["tag", "-a", "-m", "x", "v0.2.0"]);
    ready.project.git(&["push", "--quiet", "origin", "v0.2.0"]);
    let document = ready.prepare().exits(1).json();
    assert_eq!((state(&document, "tag-local").0, state(&document, "tag-remote").0), ("gap", "gap"));
}

#[test]
fn a_remote_that_does_not_answer_is_unknown_and_never_an_absent_tag() {
    let ready = ready();
    ready.project.git(&["fetch", "--quiet"]);
    std::fs::rename(ready.project.beside("remote.git"), ready.project.beside("gone.git")).unwrap();
    // Only the remote knows which release is the newest before this one, whatever tags are here.
    let unknown = || {
        let document = ready.prepare().exits(3).json();
        ["base", "tag-remote"].into_iter().all(|id| state(&document, id).0 == "unknown")
    };
    assert!(unknown());
    ready.project.git(&["tag", "v0.1.0", "HEAD"]);
    assert!(unknown());
    // Another remote than the release's may have the tag too.
    std::fs::rename(ready.project.beside("gone.git"), ready.project.beside("remote.git")).unwrap();
    ready.project.git(&["tag", "--delete", "v0.1.0"]);
    ready.project.git(&["remote", "add", "another", ready.project.beside("gone.git").to_str().unwrap()]);
    let document = ready.prepare().exits(3).json();
    let items = document["preflight"].as_array().unwrap().iter().filter(|item| item["id"] == "tag-remote");
    assert_eq!(items.filter(|item| item["state"] == "unknown").count(), 1, "{document:#}");
}

#[test]
fn only_a_green_newest_run_of_that_workflow_is_green() {
    type Change = fn(&mut StoredRun);
    let cases: [(&str, Change); 7] = [
        ("gap", |run| run.conclusion = Some("failure".into())),
        ("gap", |run| run.conclusion = Some("skipped".into())),
        ("gap", |run| run.conclusion = Some("neutral".into())),
        ("unknown", |run| {
            run.status = "in_progress".into();
            run.conclusion = None;
        }),
        ("gap", |run| run.path = ".github/workflows/other.yml".into()),
        ("unknown", |run| run.head_repository = Some("fork/r".into())),
        ("unknown", |run| run.event = "pull_request".into()),
    ];
    for (wanted, change) in cases {
        let ready = ready();
        change(&mut ready.github.state().repository("o/r").runs[0]);
        let ran = ready.prepare();
        let document = ran.json();
        assert_eq!(state(&document, "ci").0, wanted, "{document:#}");
        assert_ne!(ran.code, Some(0));
    }
}

#[test]
fn a_github_that_fails_is_unknown() {
    for trouble in [
        FaultKind::Dropped,
        FaultKind::Reply(gonogo_sandbox::github::Reply::json(500, &serde_json::json!({}))),
    ] {
        let ready = ready();
        ready.github.inject(Fault::always(Matcher::any(), trouble));
        let document = ready.prepare().exits(3).json();
        for id in ["gh-auth", "tracker", "ci"] {
            assert_eq!(state(&document, id).0, "unknown", "{id}");
        }
    }
}

#[test]
fn without_gh_nothing_of_github_is_known() {
    let ready = ready();
    std::fs::remove_file(ready.project.beside("tools/gh")).unwrap();
    let document = ready.prepare().exits(1).json();
    assert_eq!(state(&document, "gh-auth").0, "gap");
    assert!(state(&document, "tracker").1.contains("gh"));
    let poll = ready.run(&["poll", "v0.2.0", "--json"]).exits(3).json();
    assert!(poll["tracker_error"].as_str().unwrap().contains("gh"), "{poll:#}");
}

#[test]
fn a_failing_poll_files_github_issues_once() {
    let ready = ready();
    ready.project.printing("run-tests", crate::support::FAILED, 101);
    ready.run(&["poll", "v0.2.0"]).exits(1);
    let document = ready.run(&["poll", "v0.2.0", "--json"]).exits(1).json();
    assert_eq!(document["blockers"].as_array().unwrap().len(), 1);
    assert_eq!(ready.github.state().repository("o/r").issues.all.len(), 2, "one epic and one task");
}

#[test]
fn doctor_shows_what_is_missing_without_a_target() {
    let ready = ready();
    let document = ready.run(&["doctor", "--json"]).exits(0).json();
    assert_eq!(document["healthy"], true);
    std::fs::remove_file(ready.project.beside("tools/gh")).unwrap();
    let document = ready.run(&["doctor", "--json"]).exits(1).json();
    assert_eq!(document["healthy"], false);
}

#[test]
fn prepare_on_a_detached_head_or_without_upstream_shows_the_gap() {
    let ready = ready();
    ready.project.git(&["checkout", "--quiet", "--detach"]);
    assert_eq!(state(&ready.prepare().exits(1).json(), "upstream").0, "gap");
    ready.project.git(&["checkout", "--quiet", "-b", "other"]);
    assert_eq!(state(&ready.prepare().exits(1).json(), "upstream").0, "gap");
    // A branch of this clone is nothing that others can see, whatever it is called.
    for followed in ["main", "feature/x"] {
        ready.project.git(&["branch", "--force", "--quiet", "feature/x", "main"]);
        ready.project.git(&["branch", "--quiet", &format!("--set-upstream-to={followed}")]);
        let document = ready.prepare().exits(1).json();
        assert_eq!(state(&document, "upstream").0, "gap", "{document:#}");
    }
}
