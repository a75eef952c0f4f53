//! Who gh is logged in as, and that it asks the right host.

use crate::support::{Cancel, at_once, every_gh, gh, plain_gh, stand_in};
use gonogo_world::github::{AuthFacts, Gh, GhError};
use std::path::Path;

#[tokio::test]
async fn a_login_is_known_with_its_scopes() {
    for program in every_gh() {
        let github = stand_in();
        let facts = gh(&program, &github).auth_status(&Cancel::default()).await.unwrap();
        let scopes = ["gist", "read:org", "repo", "workflow"].map(str::to_owned).to_vec();
        assert_eq!(facts, AuthFacts { login: "octo".to_owned(), scopes: Some(scopes) });
    }
}

#[tokio::test]
async fn scopes_that_github_does_not_name_are_unknown_and_not_none() {
    for program in every_gh() {
        let github = stand_in();
        github.state().scopes = None;
        let facts = gh(&program, &github).auth_status(&Cancel::default()).await.unwrap();
        assert_eq!(facts.scopes, None);
    }
}

#[tokio::test]
async fn no_token_is_unauthorized_with_a_remedy_and_asks_nobody() {
    for program in every_gh() {
        let github = stand_in();
        let gh = gh(&program, &github).with_variables([("GH_TOKEN", "")]);
        let error = gh.auth_status(&Cancel::default()).await.unwrap_err();
        assert!(matches!(error, GhError::Unauthorized { .. }), "{error:?}");
        assert_eq!(error.remedy(), Some("gh auth login"));
        assert_eq!(github.log(), []);
    }
}

#[tokio::test]
async fn a_token_that_github_refuses_is_unauthorized() {
    for program in every_gh() {
        let github = stand_in();
        let gh = gh(&program, &github).with_variables([("GH_TOKEN", "other")]);
        let error = gh.auth_status(&Cancel::default()).await.unwrap_err();
        let GhError::Unauthorized { message } = &error else { panic!("{error:?}") };
        assert_eq!(message, "Bad credentials");
        assert_eq!(error.remedy(), Some("gh auth login"));
        assert_eq!(github.log().len(), 1);
    }
}

#[tokio::test]
async fn an_answer_that_names_no_login_is_nonsense() {
    use gonogo_sandbox::github::{Fault, FaultKind, Matcher};
    for answer in [serde_json::json!({}), serde_json::json!({ "data": { "viewer": { "login": "" } } })] {
        for program in every_gh() {
            let github = stand_in();
            github.inject(Fault::once(Matcher::of("POST", "/graphql"), FaultKind::wrong(&answer)));
            let error = gh(&program, &github).auth_status(&Cancel::default()).await.unwrap_err();
            assert!(matches!(error, GhError::Nonsense { .. }), "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_host_and_a_repository_of_the_environment_do_not_redirect() {
    for program in every_gh() {
        let github = stand_in();
        let gh = gh(&program, &github).with_variables([
            ("GH_HOST", "ghe.example.test"),
            ("GH_REPO", "ghe.example.test/mallory/r"),
            ("GH_ENTERPRISE_TOKEN", "dummy"),
        ]);
        gh.auth_status(&Cancel::default()).await.unwrap();
        gh.ci_runs(&"a".repeat(40).parse().unwrap(), &Cancel::default()).await.unwrap();
        let hosts: Vec<String> = github.log().into_iter().map(|entry| entry.host).collect();
        assert_eq!(hosts, ["api.github.com", "api.github.com"]);
        assert_eq!(github.log()[1].path, "/repos/o/r/actions/runs");
    }
}

#[tokio::test]
async fn a_gh_that_is_logged_in_elsewhere_only_is_not_redirected_by_that() {
    for program in every_gh() {
        let github = stand_in();
        // With one host in its list, gh takes that one where none is named.
        let hosts = "ghe.example.test:\n    oauth_token: dummy\n    user: mallory\n    git_protocol: https\n";
        std::fs::write(github.config_dir().join("hosts.yml"), hosts).unwrap();
        gh(&program, &github).auth_status(&Cancel::default()).await.unwrap();
        assert_eq!(github.log().len(), 1);
        assert_eq!(github.log()[0].host, "api.github.com");
    }
}

#[tokio::test]
async fn gh_reports_nothing_of_its_use_and_leaves_no_file_behind() {
    for program in every_gh() {
        let github = stand_in();
        // The stand-in's own setting is taken back: this one is gonogo's.
        let gh = gh(&program, &github).with_variables([("GH_TELEMETRY", "true")]);
        gh.auth_status(&Cancel::default()).await.unwrap();
        assert_eq!(github.log().len(), 1);
        assert!(!github.config_dir().with_file_name("home").exists());
    }
}

#[tokio::test]
async fn a_gh_that_is_not_there_is_a_missing_tool() {
    let github = stand_in();
    let error = gh(Path::new("/nowhere/gh"), &github).auth_status(&Cancel::default()).await.unwrap_err();
    assert!(matches!(error, GhError::MissingTool { .. }), "{error:?}");
    assert!(error.remedy().is_some());
}

#[tokio::test]
async fn a_program_that_is_no_gh_is_not_believed() {
    let github = stand_in();
    let open = |program: &str| {
        Gh::open(program.into(), github.config_dir(), "o/r".to_owned()).unwrap().with_patience(at_once())
    };
    let error = open("/bin/echo").auth_status(&Cancel::default()).await.unwrap_err();
    assert!(matches!(error, GhError::Nonsense { .. }), "{error:?}");
    let error = open("/bin/false").auth_status(&Cancel::default()).await.unwrap_err();
    assert!(matches!(error, GhError::Network { .. }), "{error:?}");
}

#[tokio::test]
async fn a_stop_order_ends_a_request() {
    let github = stand_in();
    let cancel = Cancel::default();
    cancel.cancel();
    let error = gh(&crate::support::current_gh(), &github).auth_status(&cancel).await.unwrap_err();
    assert!(matches!(error, GhError::Cancelled), "{error:?}");
}

#[tokio::test]
async fn the_stand_in_serves_plain_commands_of_gh_too() {
    for program in every_gh() {
        let github = stand_in();
        github.state().repository("o/r").refs.insert("heads/main".to_owned(), "a".repeat(40));
        let status = plain_gh(&program, &github, &["auth", "status"]).await;
        assert!(status.succeeded(), "{}", status.stderr.text());
        let shown = plain_gh(&program, &github, &["run", "list", "-R", "o/r", "--json", "databaseId"]).await;
        assert_eq!(shown.stdout.text().trim(), "[]", "{}", shown.stderr.text());
        let found = plain_gh(&program, &github, &["api", "repos/o/r/git/ref/heads/main"]).await;
        assert!(found.stdout.text().contains(&"a".repeat(40)), "{}", found.stderr.text());
        let missing = plain_gh(&program, &github, &["api", "repos/o/r/git/ref/heads/other"]).await;
        assert!(missing.stderr.text().contains("404"), "{}", missing.stderr.text());
    }
}
