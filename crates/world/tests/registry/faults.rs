//! Each kind of registry with one thing wrong at a time: what is told, and what is concluded of it.

use crate::server::{Answer, Server};
use crate::shop::{ASKED, FILED, REGISTRIES, SERVERS, Shop, integrity, packed};
use gonogo_core::delivery::{
    Algorithm, Channel, Checksum, Expected, ExpectedFiles, Judgement, Level, ProblemCode, Sighting, judge,
};
use gonogo_core::digest::Digest;
use gonogo_core::manifest::BuiltFile;
use gonogo_core::verdict::{Reason, Verdict};
use gonogo_sandbox::KeptPort;
use gonogo_world::registry::Depth;

fn failed(channel: Channel, judgement: &Judgement, code: ProblemCode) {
    let all = judgement.problems.iter().all(|problem| problem.code == code);
    assert!(judgement.verdict == Verdict::Failed && all, "{channel}: {judgement:?}");
}

fn incomplete(channel: Channel, judgement: &Judgement, reason: Reason) {
    assert_eq!(
        (judgement.verdict, judgement.reason),
        (Verdict::Incomplete, Some(reason)),
        "{channel}: {judgement:?}"
    );
}

/// The document as it should be, with one text in place of another.
fn edited(shop: &Shop, from: &str, to: &str) -> Answer {
    let document = shop.document();
    assert!(document.contains(from), "{from} is not in {document}");
    Answer::ok(shop.content_type(), document.replace(from, to))
}

#[tokio::test]
async fn what_is_served_as_it_was_built_passes() {
    for channel in ASKED {
        let judgement = Shop::open(channel).await.judged().await;
        assert_eq!(
            (judgement.verdict, judgement.reached),
            (Verdict::Passed, Some(Level::Bytes)),
            "{judgement:?}"
        );
    }
}

#[tokio::test]
async fn wrong_bytes_at_the_address_fail_at_once() {
    for channel in ASKED {
        let shop = Shop::open(channel).await;
        let other = if channel == Channel::Go {
            shop.file("1.2.0")
        } else {
            packed(&[("kit-1.2.1/VERSION", "1.2.1 and more")])
        };
        shop.server.route(&shop.file_path("1.2.1"), [Answer::ok("application/octet-stream", other)]);
        let judgement = shop.judged().await;
        assert!(
            judgement.problems.iter().any(|problem| problem.code == ProblemCode::BytesDiffer),
            "{judgement:?}"
        );
        assert!(!judgement.may_come());
    }
}

#[tokio::test]
async fn another_versions_file_under_a_fitting_checksum_is_not_what_was_built() {
    for channel in FILED {
        let shop = Shop::open(channel).await;
        let (right, other) = (shop.file("1.2.1"), shop.file("1.2.0"));
        let document = shop
            .document()
            .replace(&Digest::of(&right).hex(), &Digest::of(&other).hex())
            .replace(&integrity(&right), &integrity(&other))
            .replace(&format!("\"size\":{}", right.len()), &format!("\"size\":{}", other.len()));
        shop.index([Answer::ok(shop.content_type(), document)]);
        shop.server.route(&shop.file_path("1.2.1"), [Answer::ok("application/octet-stream", other)]);
        failed(channel, &shop.judged().await, ProblemCode::BytesDiffer);
    }
}

#[tokio::test]
async fn a_file_that_is_listed_and_not_there_is_a_doubt_and_no_absence() {
    for channel in ASKED {
        let shop = Shop::open(channel).await;
        shop.server.route(&shop.file_path("1.2.1"), [Answer::status(404)]);
        let judgement = shop.judged().await;
        assert_eq!(judgement.verdict, Verdict::Incomplete, "{judgement:?}");
        assert_eq!(judgement.reached, Some(Level::Resolvable));
    }
}

#[tokio::test]
async fn a_stale_index_does_not_have_it_and_may_still() {
    for channel in REGISTRIES {
        let shop = Shop::open(channel).await;
        shop.index([Answer::ok(shop.content_type(), shop.document_of(&["1.2.0"]))]);
        let judgement = shop.judged().await;
        failed(channel, &judgement, ProblemCode::Absent);
        assert!(judgement.may_come());
    }
}

#[tokio::test]
async fn no_such_package_is_an_absence_where_the_registry_is_one() {
    for channel in ASKED {
        let shop = Shop::open(channel).await;
        shop.index([Answer::status(404)]);
        failed(channel, &shop.judged().await, ProblemCode::Absent);
    }
}

#[tokio::test]
async fn not_found_at_an_address_that_is_no_registry_is_unknown() {
    for channel in REGISTRIES {
        let server = Server::start().await;
        let shop = Shop::at(channel, server.clone(), &server.base);
        let judgement = shop.judged().await;
        assert_eq!(
            (judgement.verdict, judgement.reached),
            (Verdict::Incomplete, None),
            "{channel}: {judgement:?}"
        );
    }
}

#[tokio::test]
async fn a_not_found_page_of_something_on_the_way_is_unknown_to_npm() {
    let shop = Shop::open(Channel::Npm).await;
    shop.index([Answer::Whole(404, vec![("content-type", "text/html".into())], b"<html>".to_vec())]);
    incomplete(Channel::Npm, &shop.judged().await, Reason::UnreadableOutput);
}

#[tokio::test]
async fn a_withdrawn_version_fails_by_the_name_of_its_channel() {
    for (channel, from, to, code) in [
        (Channel::CratesIo, "\"yanked\":false", "\"yanked\":true", ProblemCode::Yanked),
        (Channel::Pypi, "\"yanked\":false", "\"yanked\":\"broken\"", ProblemCode::Yanked),
        (
            Channel::Npm,
            "\"version\":\"1.2.1\"",
            "\"version\":\"1.2.1\",\"deprecated\":\"broken\"",
            ProblemCode::Deprecated,
        ),
    ] {
        let shop = Shop::open(channel).await;
        shop.index([edited(&shop, from, to)]);
        failed(channel, &shop.judged().await, code);
    }
}

#[tokio::test]
async fn a_dist_tag_that_leads_to_another_version_is_told() {
    let shop = Shop::open(Channel::Npm).await;
    shop.index([edited(&shop, "\"latest\":\"1.2.1\"", "\"latest\":\"1.2.0\"")]);
    let seen = shop.observe(Depth::Index).await;
    let judgement = judge(&shop.expected().tagged("latest"), &seen, Level::Resolvable);
    failed(Channel::Npm, &judgement, ProblemCode::OtherDistTag);
}

#[tokio::test]
async fn a_page_with_status_200_is_no_answer() {
    for channel in ASKED {
        let shop = Shop::open(channel).await;
        for kind in ["text/html", shop.content_type(), "text/plain"] {
            shop.index([Answer::ok(
                kind,
                "<!DOCTYPE html><html><body><a href='/login'>Log in</a></body></html>",
            )]);
            incomplete(channel, &shop.judged().await, Reason::UnreadableOutput);
        }
    }
}

#[tokio::test]
async fn a_page_in_place_of_a_file_is_other_bytes() {
    for channel in FILED {
        let shop = Shop::open(channel).await;
        shop.server.route(&shop.file_path("1.2.1"), [Answer::ok("text/html", "<html>sign in</html>")]);
        let judgement = shop.judged().await;
        assert!(
            judgement.problems.iter().any(|problem| problem.code == ProblemCode::BytesDiffer),
            "{judgement:?}"
        );
    }
}

#[tokio::test]
async fn a_document_that_ends_early_or_has_a_key_twice_has_no_meaning() {
    for channel in ASKED {
        let shop = Shop::open(channel).await;
        let whole = shop.document();
        for cut in [whole.len() / 2 + 7, whole.trim_end().len() - 1, 0] {
            shop.index([Answer::ok(shop.content_type(), &whole.as_bytes()[..cut])]);
            incomplete(channel, &shop.judged().await, Reason::UnreadableOutput);
        }
        let twice = match channel {
            Channel::CratesIo => edited(&shop, "\"yanked\":false", "\"yanked\":true,\"yanked\":false"),
            Channel::GithubRelease => edited(&shop, "\"draft\":false", "\"draft\":true,\"draft\":false"),
            Channel::Go => edited(&shop, "{\"Version", "{\"Version\":\"v1.2.0\",\"Version"),
            _ => edited(&shop, "\"name\":\"kit\",", "\"name\":\"other\",\"name\":\"kit\","),
        };
        shop.index([twice]);
        incomplete(channel, &shop.judged().await, Reason::UnreadableOutput);
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_answer() {
    for channel in ASKED {
        let shop = Shop::open(channel).await;
        shop.index([Answer::CutOff(shop.document().into_bytes())]);
        incomplete(channel, &shop.judged().await, Reason::UnreadableOutput);
        shop.restock();
        shop.server.route(&shop.file_path("1.2.1"), [Answer::CutOff(shop.file("1.2.1"))]);
        incomplete(channel, &shop.judged().await, Reason::UnreadableOutput);
    }
}

#[tokio::test]
async fn a_failing_server_is_asked_again_and_then_unknown() {
    for channel in ASKED {
        let shop = Shop::open(channel).await;
        let good = Answer::ok(shop.content_type(), shop.document());
        let is_github = channel == Channel::GithubRelease;
        for fault in [Answer::status(502), Answer::status(429), Answer::Hangup] {
            // GitHub says when to come back. Where it does not, it is not asked again.
            let is_limit = is_github && matches!(fault, Answer::Whole(429, ..));
            shop.index([fault.clone(), good.clone()]);
            let once = shop.judged().await.verdict;
            assert_eq!(once, if is_limit { Verdict::Incomplete } else { Verdict::Passed }, "{channel}");
            shop.index([fault]);
            incomplete(channel, &shop.judged().await, Reason::Unreachable);
        }
        // To gh, a redirect that says not where to is a broken connection: it asks again.
        for fault in [401, 403, 400, 302].into_iter().filter(|fault| !is_github || *fault != 302) {
            shop.index([Answer::status(fault), good.clone()]);
            let judgement = shop.judged().await;
            assert_eq!(
                (judgement.verdict, judgement.reached),
                (Verdict::Incomplete, None),
                "{channel} {fault}"
            );
        }
    }
}

#[tokio::test]
async fn a_rate_limit_is_waited_out_as_told_and_no_longer_than_allowed() {
    for channel in ASKED {
        let shop = Shop::open(channel).await;
        let limited = |seconds: &str| Answer::status(429).with("retry-after", seconds);
        let good = Answer::ok(shop.content_type(), shop.document());
        shop.index([limited("0"), good.clone()]);
        assert_eq!(shop.judged().await.verdict, Verdict::Passed);
        shop.index([limited("3600"), good]);
        incomplete(channel, &shop.judged().await, Reason::Unreachable);
    }
}

#[tokio::test]
async fn a_body_without_end_is_cut_and_a_slow_one_is_given_up() {
    for channel in ASKED {
        for (shop, answer, reason) in [
            (Shop::keeping(channel, 0).await, Answer::Endless, Reason::OutputTooLarge),
            (Shop::hasty(channel).await, Answer::Drip, Reason::TimedOut),
        ] {
            shop.index([answer.clone()]);
            incomplete(channel, &shop.judged().await, reason);
            shop.restock();
            shop.server.route(&shop.file_path("1.2.1"), [answer]);
            incomplete(channel, &shop.judged().await, reason);
            shop.restock();
        }
    }
}

#[tokio::test]
async fn an_index_that_leads_to_another_host_is_not_followed() {
    for channel in SERVERS {
        let (shop, elsewhere) = (Shop::open(channel).await, Server::start().await);
        elsewhere.route(shop.index_path(), [Answer::ok(shop.content_type(), shop.document())]);
        let there = format!("{}{}", elsewhere.base, shop.index_path());
        shop.index([Answer::status(302).with("location", &there)]);
        incomplete(channel, &shop.judged().await, Reason::UnreadableOutput);
        assert!(elsewhere.asked().is_empty());
        // Within its own host it is.
        shop.server.route("/moved", [Answer::ok(shop.content_type(), shop.document())]);
        shop.index([Answer::status(301).with("location", "/moved")]);
        assert_eq!(shop.judged().await.verdict, Verdict::Passed, "{channel}");
        shop.index([Answer::status(302).with("location", shop.index_path())]);
        assert_eq!(shop.judged().await.verdict, Verdict::Incomplete, "{channel}: a loop");
    }
}

#[tokio::test]
async fn a_file_may_come_from_elsewhere_and_is_judged_by_its_bytes() {
    for channel in SERVERS {
        let (shop, elsewhere) = (Shop::open(channel).await, Server::start().await);
        let path = shop.file_path("1.2.1");
        shop.server.route(&path, [Answer::status(302).with("location", &format!("{}/f", elsewhere.base))]);
        elsewhere.route("/f", [Answer::ok("application/octet-stream", shop.file("1.2.1"))]);
        assert_eq!(shop.judged().await.verdict, Verdict::Passed, "{channel}");
        elsewhere.route("/f", [Answer::ok("application/octet-stream", shop.file("1.2.0"))]);
        assert_eq!(shop.judged().await.verdict, Verdict::Failed, "{channel}");
    }
}

#[tokio::test]
async fn nobody_listening_is_unknown() {
    for channel in SERVERS {
        let nobody = KeptPort::new().unwrap();
        let shop = Shop::at(channel, Server::start().await, &nobody.base());
        incomplete(channel, &shop.judged().await, Reason::Unreachable);
    }
    let shop = Shop::open(Channel::GithubRelease).await;
    shop.unplug();
    incomplete(Channel::GithubRelease, &shop.judged().await, Reason::Unreachable);
}

#[tokio::test]
async fn a_flapping_registry_is_told_as_it_is_each_time() {
    for channel in ASKED {
        let shop = Shop::open(channel).await;
        let good = Answer::ok(shop.content_type(), shop.document());
        shop.index([Answer::status(404), good.clone(), Answer::status(404), good]);
        for is_there in [false, true, false, true] {
            let seen = shop.observe(Depth::Index).await;
            assert_eq!(matches!(seen, Sighting::Live(_)), is_there, "{channel}: {seen:?}");
            assert_eq!(matches!(seen, Sighting::Absent { .. }), !is_there, "{channel}: {seen:?}");
        }
    }
}

#[tokio::test]
async fn a_document_about_something_else_is_a_contradiction() {
    for channel in REGISTRIES {
        let shop = Shop::open(channel).await;
        shop.index([edited(&shop, "\"name\":\"kit\"", "\"name\":\"kit-evil\"")]);
        failed(channel, &shop.judged().await, ProblemCode::Contradiction);
        let twice = match channel {
            Channel::CratesIo => shop.document_of(&["1.2.1", "1.2.1"]),
            Channel::Pypi => shop.document_of(&["1.2.1", "1.2.1"]),
            _ => shop.document().replace("\"version\":\"1.2.1\"", "\"version\":\"1.2.0\""),
        };
        shop.index([Answer::ok(shop.content_type(), twice)]);
        let judgement = shop.judged().await;
        failed(channel, &judgement, ProblemCode::Contradiction);
    }
}

#[tokio::test]
async fn a_python_project_is_its_whole_set_of_files() {
    let shop = Shop::open(Channel::Pypi).await;
    let wheel = "{\"filename\":\"kit-1.2.1-py3-none-any.whl\",\"url\":\"/files/w.whl\",\"hashes\":{},\"yanked\":false}";
    let document = shop.document().replace("\"files\":[", &format!("\"files\":[{wheel},"));
    shop.index([Answer::ok(shop.content_type(), document)]);
    shop.server.route("/files/w.whl", [Answer::ok("application/zip", "x")]);
    let judgement = shop.judged().await;
    failed(Channel::Pypi, &judgement, ProblemCode::FileUnexpected);
}

#[tokio::test]
async fn a_file_that_keeps_coming_may_take_longer_than_a_document() {
    let shop = Shop::steady(Channel::CratesIo).await;
    shop.server.route(&shop.file_path("1.2.1"), [Answer::Slowly(shop.file("1.2.1"))]);
    assert_eq!(shop.judged().await.verdict, Verdict::Passed);
    shop.index([Answer::Slowly(shop.document().into_bytes())]);
    incomplete(Channel::CratesIo, &shop.judged().await, Reason::TimedOut);
}

#[tokio::test]
async fn a_file_that_was_built_and_is_not_there_is_missing() {
    for (channel, name) in
        [(Channel::Pypi, "kit-1.2.1-py3-none-any.whl"), (Channel::GithubRelease, "kit-1.2.1-arm64.tar.gz")]
    {
        let shop = Shop::open(channel).await;
        let expected = shop.expected();
        let ExpectedFiles::Built(files) = &expected.files else { panic!("{channel} has its own files") };
        let more = BuiltFile { name: name.to_owned(), bytes: 1, digest: Digest::of(b"x") };
        let expected = expected.clone().exactly(files.iter().cloned().chain([more]));
        let judgement = judge(&expected, &shop.observe(Depth::Bytes).await, Level::Bytes);
        failed(channel, &judgement, ProblemCode::FileMissing);
    }
}

#[tokio::test]
async fn what_names_another_commit_is_of_another_release() {
    for channel in [Channel::CratesIo, Channel::Go, Channel::GithubRelease] {
        let shop = Shop::open(channel).await;
        let expected = shop.expected().from_commit("0".repeat(40).parse().unwrap());
        let judgement = judge(&expected, &shop.observe(Depth::Bytes).await, Level::Bytes);
        failed(channel, &judgement, ProblemCode::WrongCommit);
    }
}

#[tokio::test]
async fn a_go_module_is_of_the_version_the_commit_and_the_tree_that_were_released() {
    let shop = Shop::open(Channel::Go).await;
    shop.index([edited(&shop, "v1.2.1", "v1.2.0")]);
    failed(Channel::Go, &shop.judged().await, ProblemCode::Contradiction);
    shop.index([edited(&shop, "f337258f", "00000000")]);
    failed(Channel::Go, &shop.judged().await, ProblemCode::WrongCommit);
    shop.restock();
    // The proxy and the checksum database agree on another tree than the tagged one.
    let mut expected = shop.expected();
    expected.sum = Some(Checksum::new(Algorithm::GoH1, &format!("{}=", "A".repeat(43))).unwrap());
    let judgement = judge(&expected, &shop.observe(Depth::Bytes).await, Level::Bytes);
    failed(Channel::Go, &judgement, ProblemCode::BytesDiffer);
}

#[tokio::test]
async fn without_a_checksum_of_tree_or_database_a_go_module_is_not_proven() {
    let shop = Shop::open(Channel::Go).await;
    shop.server.route("/go/sumdb/sums.example.test/lookup/example.test/kit@v1.2.1", [Answer::status(404)]);
    assert_eq!(shop.judged().await.verdict, Verdict::Passed, "the tagged tree says it");
    let expected = Expected { sum: None, ..shop.expected() };
    let judgement = judge(&expected, &shop.observe(Depth::Bytes).await, Level::Bytes);
    incomplete(Channel::Go, &judgement, Reason::BaselineMissing);
}

#[tokio::test]
async fn what_is_no_module_in_place_of_one_is_not_proven() {
    let shop = Shop::open(Channel::Go).await;
    shop.server.route(&shop.file_path("1.2.1"), [Answer::ok("text/html", "<html>")]);
    incomplete(Channel::Go, &shop.judged().await, Reason::UnreadableOutput);
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_unknown_and_nothing_is_said_to_it() {
    for channel in SERVERS {
        let server = Server::start().await;
        let base = server.self_signed().await;
        let shop = Shop::at(channel, server.clone(), &base);
        shop.restock();
        let judgement = shop.judged().await;
        incomplete(channel, &judgement, Reason::Unreachable);
        assert!(judgement.doubts[0].said.contains("not who it should be"), "{judgement:?}");
        assert!(server.asked().is_empty());
    }
}
