//! Each way a request can go wrong is told apart from every other, and none is an answer.

use crate::support::{Cancel, current_gh, every_gh, gh, stand_in};
use gonogo_sandbox::github::{Fault, FaultKind, GithubStandIn, Matcher, Reply};
use gonogo_world::github::{GhError, GhPatience, Method};
use serde_json::json;
use std::path::Path;
use std::time::Duration;

const PATH: &str = "/repos/o/r/issues/1";

fn with_issue() -> GithubStandIn {
    let github = stand_in();
    github.state().repository("o/r").issues.add("A title", "A body", &[]);
    github
}

async fn ask(program: &Path, github: &GithubStandIn) -> Result<serde_json::Value, GhError> {
    gh(program, github).get("repos/o/r/issues/1", &Cancel::default()).await
}

/// The error, and how many requests were made, when every request meets the same trouble.
async fn with_trouble(program: &Path, trouble: FaultKind) -> (GhError, usize) {
    let github = with_issue();
    github.inject(Fault::always(Matcher::any(), trouble));
    let error = ask(program, &github).await.unwrap_err();
    (error, github.count("GET", PATH))
}

#[tokio::test]
async fn an_answer_is_an_answer() {
    for program in every_gh() {
        assert_eq!(ask(&program, &with_issue()).await.unwrap()["title"], "A title");
    }
}

#[tokio::test]
async fn only_githubs_own_not_found_is_absence() {
    for program in every_gh() {
        let error = ask(&program, &stand_in()).await.unwrap_err();
        assert!(matches!(error, GhError::NotFound { .. }), "{error:?}");
        let (gone, requests) = with_trouble(&program, FaultKind::status(410, "This issue was deleted")).await;
        assert!(matches!(gone, GhError::NotFound { .. }), "{gone:?}");
        assert_eq!(requests, 1);
    }
}

#[tokio::test]
async fn a_refusal_is_forbidden_and_not_asked_again() {
    for program in every_gh() {
        let (error, requests) =
            with_trouble(&program, FaultKind::status(403, "Resource not accessible")).await;
        let GhError::Forbidden { message, .. } = &error else { panic!("{error:?}") };
        assert_eq!((message.as_str(), requests), ("Resource not accessible", 1));
    }
}

#[tokio::test]
async fn what_github_does_not_accept_is_told_with_its_words() {
    let refused = |status, errors| {
        FaultKind::Reply(Reply::json(status, &json!({ "message": "Validation Failed", "errors": errors })))
    };
    let errors = json!([
        { "resource": "Release", "code": "already_exists", "field": "tag_name" },
        { "resource": "Release", "code": "custom", "message": "tag_name is not\na valid tag" },
        "a sentence",
        { "odd": 1 },
    ]);
    for program in every_gh() {
        let (error, requests) = with_trouble(&program, refused(422, errors.clone())).await;
        let GhError::Invalid { message, errors, .. } = &error else { panic!("{error:?}") };
        assert_eq!((message.as_str(), requests), ("Validation Failed", 1));
        assert_eq!(
            errors[..],
            ["Release.tag_name already_exists", "tag_name is not a valid tag", "a sentence", "{\"odd\":1}"]
        );
        assert!(error.to_string().contains("(Release.tag_name already_exists; tag_name is"), "{error}");
        assert!(!error.may_have_arrived());

        let (error, requests) = with_trouble(&program, refused(409, json!("in the way"))).await;
        let GhError::Conflict { errors, .. } = &error else { panic!("{error:?}") };
        assert_eq!((errors[..].to_vec(), requests), (vec!["in the way".to_owned()], 1));
        let (error, _) = with_trouble(&program, FaultKind::status(422, "no ref")).await;
        assert!(matches!(&error, GhError::Invalid { errors, .. } if errors.is_empty()), "{error:?}");
        let (error, _) = with_trouble(&program, FaultKind::status(415, "no such type")).await;
        assert!(matches!(error, GhError::Refused { status: 415, .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_failing_server_is_asked_again_a_bounded_number_of_times() {
    for program in every_gh() {
        for trouble in [FaultKind::status(500, "oops"), FaultKind::html(502)] {
            let (error, requests) = with_trouble(&program, trouble).await;
            assert!(matches!(error, GhError::Server { .. }), "{error:?}");
            assert_eq!(requests, 4);
        }
    }
}

#[tokio::test]
async fn a_server_that_recovers_is_an_answer() {
    for program in every_gh() {
        let github = with_issue();
        github.inject(Fault::once(Matcher::any(), FaultKind::status(503, "later")));
        github.inject(Fault::once(Matcher::any(), FaultKind::Dropped));
        assert_eq!(ask(&program, &github).await.unwrap()["title"], "A title");
        assert_eq!(github.count("GET", PATH), 3);
    }
}

#[tokio::test]
async fn a_dropped_connection_is_the_networks_and_never_absence() {
    for program in every_gh() {
        let (error, requests) = with_trouble(&program, FaultKind::Dropped).await;
        assert!(matches!(error, GhError::Network { .. }), "{error:?}");
        // gh itself may try a dropped connection again.
        assert!(requests >= 4, "{requests}");
    }
}

#[tokio::test]
async fn a_socket_that_nobody_listens_on_is_the_networks() {
    for program in every_gh() {
        let github = stand_in();
        std::fs::remove_file(github.socket()).unwrap();
        let error = ask(&program, &github).await.unwrap_err();
        assert!(matches!(error, GhError::Network { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_cut_is_nonsense_even_where_what_came_is_json() {
    for program in every_gh() {
        // gh prints most of what came: with the spaces, that is a whole document.
        let document = format!("{{\"title\":\"A title\"}}{}", " ".repeat(4096));
        for part in ["{\"title\":", document.as_str(), ""] {
            let (error, _) = with_trouble(&program, FaultKind::Cut(part.into())).await;
            assert!(matches!(error, GhError::Nonsense { .. }), "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_page_for_people_is_nonsense_though_its_status_is_200() {
    for program in every_gh() {
        let (error, _) = with_trouble(&program, FaultKind::html(200)).await;
        assert!(matches!(error, GhError::Nonsense { .. }), "{error:?}");
    }
}

fn limited(status: u16, headers: &[(&str, &str)]) -> FaultKind {
    let reply = Reply::message(status, "API rate limit exceeded");
    FaultKind::Reply(headers.iter().fold(reply, |reply, (name, value)| reply.header(name, *value)))
}

#[tokio::test]
async fn a_rate_limit_is_not_a_refusal_and_not_slept_on_beyond_the_bound() {
    for program in every_gh() {
        let (error, requests) = with_trouble(&program, limited(403, &[("Retry-After", "3600")])).await;
        let GhError::RateLimited { retry_after, .. } = &error else { panic!("{error:?}") };
        assert_eq!((*retry_after, requests), (Some(Duration::from_secs(3600)), 1));
        let reset = limited(403, &[("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "99999999999")]);
        let (error, requests) = with_trouble(&program, reset).await;
        assert!(matches!(error, GhError::RateLimited { retry_after: Some(_), .. }), "{error:?}");
        assert_eq!(requests, 1);
        let (error, _) = with_trouble(&program, limited(429, &[])).await;
        assert!(matches!(error, GhError::RateLimited { retry_after: None, .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_rate_limit_that_is_over_at_once_is_waited_out() {
    for program in every_gh() {
        let github = with_issue();
        github.inject(Fault::once(Matcher::any(), limited(429, &[("Retry-After", "0")])));
        assert_eq!(ask(&program, &github).await.unwrap()["title"], "A title");
        let (error, requests) = with_trouble(&program, limited(429, &[("Retry-After", "0")])).await;
        assert!(matches!(error, GhError::RateLimited { .. }), "{error:?}");
        assert_eq!(requests, 4);
    }
}

#[tokio::test]
async fn an_answer_that_never_comes_is_timed_out() {
    let github = with_issue();
    github.inject(Fault::always(Matcher::any(), FaultKind::Delayed(Duration::from_secs(3600))));
    let gh = gh(&current_gh(), &github).with_timeout(Duration::from_millis(500));
    let error = gh.get("repos/o/r/issues/1", &Cancel::default()).await.unwrap_err();
    assert!(matches!(error, GhError::TimedOut { .. }), "{error:?}");
}

#[tokio::test]
async fn what_adds_something_is_never_sent_twice() {
    for program in every_gh() {
        for trouble in [FaultKind::status(500, "oops"), FaultKind::Lost] {
            let github = stand_in();
            github.inject(Fault::once(Matcher::of("POST", "/repos/o/r/issues"), trouble));
            let issue = json!({ "title": "A title" });
            let sent = gh(&program, &github)
                .send(Method::Post, "repos/o/r/issues", &issue, &Cancel::default())
                .await;
            assert!(matches!(sent, Err(GhError::Server { .. } | GhError::Network { .. })), "{sent:?}");
            assert_eq!(github.count("POST", "/repos/o/r/issues"), 1);
        }
    }
}

#[tokio::test]
async fn a_stop_order_ends_a_request_that_would_be_tried_again() {
    let github = with_issue();
    github.inject(Fault::always(Matcher::any(), FaultKind::status(500, "oops")));
    let forever = GhPatience { retries: 1, delay: Duration::from_secs(3600), longest_wait: Duration::ZERO };
    let gh = gh(&current_gh(), &github).with_patience(forever);
    let cancel = Cancel::default();
    let stop = async {
        // The order comes when the first answer was given, whether gh is still running or not.
        while github.count("GET", PATH) == 0 {
            tokio::task::yield_now().await;
        }
        cancel.cancel();
    };
    let (answer, ()) = tokio::join!(gh.get("repos/o/r/issues/1", &cancel), stop);
    assert!(matches!(answer, Err(GhError::Cancelled)), "{answer:?}");
    assert_eq!(github.count("GET", PATH), 1);
}

#[tokio::test]
async fn a_list_that_leads_back_to_itself_is_nonsense() {
    let github = stand_in();
    let page =
        Reply::json(200, &json!([])).header("Link", "<https://example.test/repos/o/r/issues>; rel=\"next\"");
    github.inject(Fault::always(Matcher::any(), FaultKind::Reply(page)));
    let error =
        gh(&current_gh(), &github).get_pages("repos/o/r/issues", &Cancel::default()).await.unwrap_err();
    assert!(matches!(error, GhError::Nonsense { .. }), "{error:?}");
}
