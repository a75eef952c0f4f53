//! What is told of requests: one event each, and no secret in any.

use super::listener::Listener;
use super::server::{Answer, Server};
use gonogo_world::http::{Http, Patience, Request};
use gonogo_world::process::{Cancel, Environment};
use std::time::Duration;

#[tokio::test]
async fn each_request_is_told_of_once_without_credentials_and_query() {
    let listener = Listener::new();
    let _listening = listener.listen();
    let server = Server::start().await;
    server.route(
        "/a?token=secret-2",
        [Answer::status(503), Answer::status(302).with("location", "/b?token=secret-2")],
    );
    server.route("/b?token=secret-2", [Answer::ok("text/plain", "b")]);
    server.route("/gone?token=secret-2", [Answer::Hangup]);
    let patience = Patience { retries: 1, delay: Duration::ZERO, ..Patience::default() };
    let http = Http::new(&Environment::allowing([]), patience, 1).unwrap();
    let host = server.base.trim_start_matches("http://");
    let ask = async |path: &str| {
        let url = format!("http://me:secret-1@{host}{path}?token=secret-2").parse().unwrap();
        http.get(&Request::document(url, "*/*"), &Cancel::default()).await
    };
    ask("/a").await.unwrap();
    ask("/gone").await.unwrap_err();
    let told = listener.take("gonogo::http");
    let shown: Vec<(&str, &str, &str)> = told
        .iter()
        .map(|event| (event["message"].as_str(), event["answer"].as_str(), event["attempt"].as_str()))
        .collect();
    let at = |path: &str| format!("GET {}{path}", server.base);
    let (a, b, gone) = (at("/a"), at("/b"), at("/gone"));
    assert_eq!(shown[..3], [(a.as_str(), "503", "1"), (&a, "302", "2"), (&b, "200", "2")]);
    assert!(shown[3..].iter().all(|event| event.0 == gone && event.1.contains("not reached")), "{shown:?}");
    assert_eq!(shown.len(), 5);
    assert!(!format!("{told:?}").contains("secret"), "{told:?}");
    assert!(told.iter().all(|event| event["ms"].parse::<u64>().is_ok()));
}
