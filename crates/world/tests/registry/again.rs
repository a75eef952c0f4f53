//! What was seen before is asked about, and not for, where the server can tell it from any other; and nothing is believed
//! of a "not modified" but that it is as it was.

use crate::server::Answer;
use crate::shop::{REGISTRIES, SERVERS, Shop, packed};
use gonogo_core::delivery::{Channel, Judgement, Level, ProblemCode, Sighting, judge};
use gonogo_core::verdict::{Reason, Verdict};
use gonogo_world::registry::Depth;

const MODIFIED: &str = "Sun, 01 Nov 2026 10:00:00 GMT";

/// The index document as it should be.
fn whole(shop: &Shop) -> Answer {
    Answer::ok(shop.content_type(), shop.document())
}

/// What was asked of a path: a condition, or nothing.
fn conditions(shop: &Shop, path: &str) -> Vec<String> {
    let asked = shop.server.asked();
    let own = asked.iter().filter_map(|one| one.strip_prefix(&format!("GET {path}")));
    own.filter(|rest| rest.is_empty() || rest.starts_with(' ')).map(|rest| rest.trim().to_owned()).collect()
}

async fn index_of(shop: &Shop) -> Sighting {
    shop.observe(Depth::Index).await
}

#[track_caller]
fn unreadable(seen: &Sighting) {
    assert!(matches!(seen, Sighting::Unknown { reason: Reason::UnreadableOutput, .. }), "{seen:?}");
}

#[tokio::test]
async fn not_modified_means_the_document_that_is_here_and_files_are_fetched_all_the_same() {
    for channel in SERVERS {
        let shop = Shop::open(channel).await;
        shop.index([whole(&shop).with("etag", "\"one\""), Answer::status(304)]);
        let path = shop.file_path("1.2.1");
        let file = Answer::ok("application/octet-stream", shop.file("1.2.1"));
        shop.server.route(&path, [file.with("etag", "\"file\"")]);
        for _ in 0..3 {
            let judgement = shop.judged().await;
            assert_eq!(judgement.verdict, Verdict::Passed, "{judgement:?}");
        }
        assert_eq!(conditions(&shop, shop.index_path()), ["", "\"one\"", "\"one\""], "{channel}");
        assert_eq!(conditions(&shop, &path), ["", "", ""], "{channel}");
    }
}

#[tokio::test]
async fn a_document_that_came_since_takes_the_place_of_the_one_before() {
    for channel in REGISTRIES {
        let shop = Shop::open(channel).await;
        let stale = Answer::ok(shop.content_type(), shop.document_of(&["1.2.0"]));
        let new = whole(&shop).with("etag", "W/\"two\"");
        shop.index([stale.with("etag", "\"one\""), Answer::status(304), new, Answer::status(304)]);
        for is_there in [false, false, true, true] {
            let seen = index_of(&shop).await;
            assert_eq!(matches!(seen, Sighting::Live(_)), is_there, "{channel}: {seen:?}");
            assert_eq!(matches!(seen, Sighting::Absent { .. }), !is_there, "{channel}: {seen:?}");
        }
        let asked = conditions(&shop, shop.index_path());
        assert_eq!(asked, ["", "\"one\"", "\"one\"", "W/\"two\""], "{channel}");
    }
}

#[tokio::test]
async fn a_date_is_asked_about_where_no_second_change_can_hide_behind_it() {
    let since = format!("since {MODIFIED}");
    for (date, condition) in [
        (Some("Sun, 01 Nov 2026 10:05:00 GMT"), &*since),
        (Some("Sun, 01 Nov 2026 10:00:00 GMT"), ""),
        (Some("Sun, 01 Nov 2026 09:00:00 GMT"), ""),
        (Some("today"), ""),
        (None, ""),
    ] {
        let shop = Shop::open(Channel::CratesIo).await;
        let dated = whole(&shop).with("last-modified", MODIFIED);
        shop.index([date.into_iter().fold(dated, |answer, date| answer.with("date", date))]);
        index_of(&shop).await;
        shop.index([Answer::status(304)]);
        let seen = index_of(&shop).await;
        assert_eq!(conditions(&shop, shop.index_path()), ["", condition], "{date:?}");
        assert_eq!(matches!(seen, Sighting::Live(_)), !condition.is_empty(), "{date:?}: {seen:?}");
    }
}

#[tokio::test]
async fn what_no_server_can_tell_apart_is_asked_for_whole() {
    for tag in ["", "one", "\"one", "W/one", "\"o\"ne\"", "*"] {
        let shop = Shop::open(Channel::Npm).await;
        shop.index([whole(&shop).with("etag", tag)]);
        assert!(matches!(index_of(&shop).await, Sighting::Live(_)));
        assert!(matches!(index_of(&shop).await, Sighting::Live(_)));
        assert_eq!(conditions(&shop, shop.index_path()), ["", ""], "{tag}");
    }
}

#[tokio::test]
async fn not_modified_where_nothing_is_here_is_no_answer() {
    for channel in SERVERS {
        let shop = Shop::open(channel).await;
        shop.index([Answer::status(304).with("etag", "\"one\"")]);
        for _ in 0..2 {
            unreadable(&index_of(&shop).await);
        }
        assert_eq!(conditions(&shop, shop.index_path()), ["", ""], "{channel}");
        shop.restock();
        shop.server.route(&shop.file_path("1.2.1"), [Answer::status(304)]);
        let judgement = shop.judged().await;
        assert_eq!(judgement.reason, Some(Reason::UnreadableOutput), "{channel}: {judgement:?}");
    }
    // Nor is it one to the question whether this is a registry at all.
    for (channel, root) in [
        (Channel::CratesIo, "/index/config.json"),
        (Channel::Npm, "/npm/-/ping"),
        (Channel::Pypi, "/simple/"),
    ] {
        let shop = Shop::open(channel).await;
        shop.index([Answer::status(404)]);
        shop.server.route(root, [Answer::status(304)]);
        unreadable(&index_of(&shop).await);
    }
}

#[tokio::test]
async fn what_was_not_there_in_between_is_asked_for_anew() {
    for channel in SERVERS {
        let shop = Shop::open(channel).await;
        let tagged = || whole(&shop).with("etag", "\"one\"");
        let gone = Answer::status(404).with("etag", "\"none\"");
        shop.index([tagged(), gone.clone(), Answer::status(304), gone, tagged()]);
        assert!(matches!(index_of(&shop).await, Sighting::Live(_)), "{channel}");
        assert!(matches!(index_of(&shop).await, Sighting::Absent { .. }), "{channel}");
        unreadable(&index_of(&shop).await);
        assert!(matches!(index_of(&shop).await, Sighting::Absent { .. }), "{channel}");
        assert!(matches!(index_of(&shop).await, Sighting::Live(_)), "{channel}");
        assert_eq!(conditions(&shop, shop.index_path()), ["", "\"one\"", "", "", ""], "{channel}");
    }
}

#[tokio::test]
async fn not_modified_of_another_document_is_no_answer_and_is_not_asked_about_again() {
    let shop = Shop::open(Channel::Pypi).await;
    let other = Answer::status(304).with("etag", "\"two\"");
    shop.index([whole(&shop).with("etag", "\"one\""), other, whole(&shop)]);
    assert!(matches!(index_of(&shop).await, Sighting::Live(_)));
    unreadable(&index_of(&shop).await);
    assert!(matches!(index_of(&shop).await, Sighting::Live(_)));
    assert_eq!(conditions(&shop, shop.index_path()), ["", "\"one\"", ""]);
    // A weak tag and a strong one with the same text name the same document.
    let shop = Shop::open(Channel::Pypi).await;
    let same = Answer::status(304).with("etag", "W/\"one\"");
    shop.index([whole(&shop).with("etag", "\"one\""), same]);
    index_of(&shop).await;
    assert!(matches!(index_of(&shop).await, Sighting::Live(_)));
}

#[tokio::test]
async fn a_server_that_fails_in_between_is_asked_the_same_again() {
    let shop = Shop::open(Channel::CratesIo).await;
    shop.index([whole(&shop).with("etag", "\"one\""), Answer::status(502), Answer::status(304)]);
    for _ in 0..2 {
        assert!(matches!(index_of(&shop).await, Sighting::Live(_)));
    }
    assert_eq!(conditions(&shop, shop.index_path()), ["", "\"one\"", "\"one\""]);
}

#[tokio::test]
async fn only_where_a_document_came_from_is_asked_about_it() {
    let shop = Shop::open(Channel::Npm).await;
    shop.index([Answer::status(302).with("location", "/moved")]);
    shop.server.route("/moved", [whole(&shop).with("etag", "\"one\""), Answer::status(304)]);
    for _ in 0..2 {
        assert!(matches!(index_of(&shop).await, Sighting::Live(_)));
    }
    assert_eq!(conditions(&shop, shop.index_path()), ["", ""]);
    assert_eq!(conditions(&shop, "/moved"), ["", "\"one\""]);
    shop.index([Answer::status(304)]);
    unreadable(&index_of(&shop).await);
}

#[tokio::test]
async fn not_modified_for_ever_is_late_and_never_there() {
    for channel in REGISTRIES {
        let shop = Shop::open(channel).await;
        let stale = Answer::ok(shop.content_type(), shop.document_of(&["1.2.0"]));
        shop.index([stale.with("etag", "\"one\""), Answer::status(304)]);
        for _ in 0..5 {
            let judgement = shop.judged().await;
            assert!(judgement.is_worth_waiting_for(), "{channel}: {judgement:?}");
            let late = judgement.given_up();
            let outcome = (late.verdict, late.reason);
            assert_eq!(outcome, (Verdict::Incomplete, Some(Reason::TimedOut)), "{channel}: {late:?}");
        }
    }
}

#[tokio::test]
async fn a_document_that_is_as_it_was_proves_nothing_of_the_bytes() {
    for channel in REGISTRIES {
        let shop = Shop::open(channel).await;
        shop.index([whole(&shop).with("etag", "\"one\""), Answer::status(304)]);
        assert_eq!(shop.judged().await.verdict, Verdict::Passed, "{channel}");
        let other = packed(&[("kit-1.2.1/VERSION", "another one")]);
        shop.server.route(&shop.file_path("1.2.1"), [Answer::ok("application/octet-stream", other)]);
        let Judgement { verdict, problems, .. } = shop.judged().await;
        assert_eq!(verdict, Verdict::Failed, "{channel}");
        assert!(
            problems.iter().any(|problem| problem.code == ProblemCode::BytesDiffer),
            "{channel}: {problems:?}"
        );
    }
}

#[tokio::test]
async fn a_yank_is_seen_however_often_nothing_had_changed_before() {
    let shop = Shop::open(Channel::CratesIo).await;
    let yanked = shop.document().replace("\"yanked\":false", "\"yanked\":true");
    let yanked = Answer::ok(shop.content_type(), yanked).with("etag", "\"two\"");
    shop.index([whole(&shop).with("etag", "\"one\""), Answer::status(304), yanked, Answer::status(304)]);
    for verdict in [Verdict::Passed, Verdict::Passed, Verdict::Failed, Verdict::Failed] {
        let judgement = judge(&shop.expected(), &index_of(&shop).await, Level::Resolvable);
        assert_eq!(judgement.verdict, verdict, "{judgement:?}");
    }
}

#[tokio::test]
async fn what_is_larger_than_may_be_kept_is_asked_for_whole() {
    let length = Shop::open(Channel::Npm).await.document().len() as u64;
    for (room, is_kept) in [(length, false), (length + 4096, true), (0, false)] {
        let shop = Shop::keeping(Channel::Npm, room).await;
        shop.index([whole(&shop).with("etag", "\"one\"")]);
        for _ in 0..2 {
            assert!(matches!(index_of(&shop).await, Sighting::Live(_)));
        }
        let second = if is_kept { "\"one\"" } else { "" };
        assert_eq!(conditions(&shop, shop.index_path()), ["", second], "{room}");
    }
}

#[tokio::test]
async fn what_may_have_been_spoilt_on_its_way_is_asked_for_whole() {
    for channel in SERVERS {
        let shop = Shop::open(channel).await;
        for spoilt in ["{\"name\":", "<html></html>"] {
            shop.index([Answer::ok(shop.content_type(), spoilt).with("etag", "\"one\"")]);
            unreadable(&index_of(&shop).await);
            unreadable(&index_of(&shop).await);
        }
        assert_eq!(conditions(&shop, shop.index_path()), [""; 4], "{channel}");
    }
    // A sparse index that breaks off at the end of a line reads like a stale one.
    let shop = Shop::open(Channel::CratesIo).await;
    let headers = || vec![("content-type", "text/plain".to_owned()), ("etag", "\"one\"".to_owned())];
    let cut = Answer::Unframed(headers(), shop.document_of(&["1.2.0"]).into_bytes());
    shop.index([cut, Answer::Unframed(headers(), shop.document().into_bytes())]);
    assert!(matches!(index_of(&shop).await, Sighting::Absent { .. }));
    assert!(matches!(index_of(&shop).await, Sighting::Live(_)));
    assert_eq!(conditions(&shop, shop.index_path()), ["", ""]);
}
