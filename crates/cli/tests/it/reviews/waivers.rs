//! A reviewer accepts one finding of one release, until a day.

use super::signers::{Key, REVIEW, forge, key, planned, project, recorded_waiver, reviewers, signed};
use super::{poll, review, words};
use crate::support::{FAILED, NOTHING, Project, TWO_FAILED, check, libtest, plan};
use gonogo_core::ledger::{Event, WaiverRecorded};
use gonogo_core::reviewers::waiver_text;
use serde_json::{Value, json};

const LATER: &str = "2999-12-31";

/// A project whose one test fails, with the reviewer ann.
fn failing(output: &str, more: &str) -> (Project, Key) {
    let mut ann = None;
    let project = project("", |project| {
        let key = ann.insert(key(project, "ann", "ed25519"));
        reviewers(&[format!("ann@example.test {}", key.public)], more)
    });
    project.printing("run-tests", output, 101);
    (project, ann.unwrap())
}

fn t(document: &Value) -> &Value {
    check(document, 3, "t")
}

fn fingerprints(document: &Value) -> Vec<String> {
    let findings = t(document)["findings"].as_array().unwrap();
    findings.iter().map(|one| one["fingerprint"].as_str().unwrap().to_owned()).collect()
}

fn waive(project: &Project, finding: &str, until: &str, key: Option<&Key>) -> crate::support::Ran {
    let mut line =
        vec!["waive", "v0.2.0", "--finding", finding, "--until", until, "--reason", "Known, and harmless."];
    line.extend(key.iter().flat_map(|key| ["--key", key.file.as_str()]));
    line.push("--json");
    project.run(&line)
}

#[test]
fn a_check_whose_every_finding_is_waived_passes_with_waivers_and_is_shown_so() {
    let (project, ann) = failing(TWO_FAILED, "");
    let findings = fingerprints(&poll(&project).exits(1).json());
    assert_eq!(findings.len(), 2);
    let first = waive(&project, &findings[0], LATER, Some(&ann)).exits(0).json();
    assert_eq!(first["next_kind"], "mend", "one finding still stands: {first:#}");
    let document = poll(&project).exits(1).json();
    assert_eq!((&t(&document)["verdict"], &t(&document)["waived"]), (&json!("failed"), &json!(0)));
    assert_eq!(words(t(&document)), [("ann@example.test".to_owned(), String::new())]);
    waive(&project, &findings[1], LATER, Some(&ann)).exits(0);
    let document = poll(&project).exits(0).json();
    assert_eq!((&t(&document)["verdict"], &t(&document)["waived"]), (&json!("passed"), &json!(2)));
    let word = &t(&document)["words"][0];
    assert_eq!((&word["kind"], &word["until"]), (&json!("waiver"), &json!(LATER)), "{word:#}");
    assert_eq!(fingerprints(&document), findings, "what is waived is still shown");
    for shown in [project.run(&["poll", "v0.2.0"]).exits(0), project.run(&["status", "v0.2.0"])] {
        for part in ["with waivers: 2", "until 2999-12-31 by ann@example.test", "Known, and harmless."] {
            assert!(shown.stdout.contains(part), "{part}: {shown:?}");
        }
    }
    // Another finding is another matter, and an old pass is no evidence for it.
    project.printing("run-tests", FAILED, 101);
    assert_eq!(t(&poll(&project).exits(1).json())["verdict"], "failed");
}

#[test]
fn once_all_is_waived_a_poll_comes_next() {
    let (project, ann) = failing(FAILED, "");
    let findings = fingerprints(&poll(&project).exits(1).json());
    let waived = waive(&project, &findings[0], LATER, Some(&ann)).exits(0).json();
    assert_eq!((&waived["next_kind"], &waived["next"]), (&json!("command"), &json!("gonogo poll v0.2.0")));
    assert_eq!(waived["waiver"]["until"], LATER);
}

#[test]
fn nothing_is_waived_without_reviewers_nor_by_anybody_else() {
    let project = Project::new(&plan(&libtest("t", "run-tests")));
    project.printing("run-tests", FAILED, 101);
    let findings = fingerprints(&poll(&project).exits(1).json());
    let refused = waive(&project, &findings[0], LATER, None).exits(2);
    assert!(refused.stdout.contains("policy.reviewers"), "{refused:?}");

    let (project, ann) = failing(FAILED, "");
    let bob = key(&project, "bob", "ed25519");
    let both = [&ann, &bob].map(|key| {
        format!("{}@example.test {}", if key.file == ann.file { "ann" } else { "bob" }, key.public)
    });
    project.write("gonogo.toml", planned(&libtest("t", "run-tests"), &reviewers(&both, "")));
    project.commit("bob may waive from now on");
    let findings = fingerprints(&poll(&project).exits(1).json());
    let refused = waive(&project, &findings[0], LATER, Some(&bob)).exits(1);
    assert!(refused.stdout.contains("named by this commit's plan alone"), "{refused:?}");
}

#[test]
fn what_this_plan_alone_says_of_reviewers_waives_nothing() {
    let project = Project::new(&plan(&libtest("t", "run-tests")));
    let ann = key(&project, "ann", "ed25519");
    project.printing("run-tests", FAILED, 101);
    let named = reviewers(&[format!("ann@example.test {}", ann.public)], "");
    project.write("gonogo.toml", planned(&libtest("t", "run-tests"), &named));
    project.commit("ann names herself");
    let findings = fingerprints(&poll(&project).exits(1).json());
    let refused = waive(&project, &findings[0], LATER, Some(&ann)).exits(2);
    assert!(refused.stdout.contains("from the next release on"), "{refused:?}");
}

#[test]
fn incomplete_and_rejected_are_never_waived() {
    let (project, ann) = failing(NOTHING, "");
    project.printing("run-tests", NOTHING, 0);
    let document = poll(&project).exits(3).json();
    let blocker = document["blockers"][0]["fingerprint"].as_str().unwrap().to_owned();
    let refused = waive(&project, &blocker, LATER, Some(&ann)).exits(2);
    assert!(refused.stdout.contains("no check of the latest poll found"), "{refused:?}");

    let mut ann = None;
    let project = super::signers::project(REVIEW, |project| {
        let key = ann.insert(key(project, "ann", "ed25519"));
        reviewers(&[format!("ann@example.test {}", key.public)], "")
    });
    poll(&project).exits(3);
    review(&project, "locks", &["--reject"]).exits(0);
    let document = poll(&project).exits(1).json();
    let finding = check(&document, 3, "locks")["findings"][0]["fingerprint"].as_str().unwrap().to_owned();
    let refused = waive(&project, &finding, LATER, ann.as_ref()).exits(2);
    assert!(refused.stdout.contains("answered by a review"), "{refused:?}");
}

#[test]
fn a_day_that_is_over_is_refused_and_so_is_one_that_is_none() {
    let (project, ann) = failing(FAILED, "");
    let findings = fingerprints(&poll(&project).exits(1).json());
    for until in ["2020-01-01", "soon", "2999-13-01", "2999-12-31T00:00:00Z"] {
        waive(&project, &findings[0], until, Some(&ann)).exits(2);
    }
}

#[test]
fn an_expired_a_copied_and_an_altered_waiver_do_not_count() {
    let (project, ann) = failing(FAILED, "");
    let findings = fingerprints(&poll(&project).exits(1).json());
    waive(&project, &findings[0], LATER, Some(&ann)).exits(0);
    let good = recorded_waiver(&project, "v0.2.0");
    project.run(&["poll", "v0.3.0"]).exits(1);
    let resigned = |mut waiver: WaiverRecorded, target: &str| {
        waiver.signature = signed(&project, &ann, &waiver_text("sample", target, &waiver).unwrap());
        waiver
    };
    let expired = resigned(WaiverRecorded { until: "2020-01-01".into(), ..good.clone() }, "v0.3.0");
    let dateless = resigned(WaiverRecorded { until: "some day".into(), ..good.clone() }, "v0.3.0");
    let right = resigned(good.clone(), "v0.3.0");
    let altered = WaiverRecorded { note: "Nothing to see here.".into(), ..right.clone() };
    let longer = WaiverRecorded { until: "3999-12-31".into(), ..right.clone() };
    for (what, waiver, why) in [
        ("another release's", good, "does not hold"),
        ("expired", expired, "it expired on 2020-01-01"),
        ("without a day", dateless, "is no date"),
        ("with another reason", altered, "does not hold"),
        ("with another day", longer, "does not hold"),
    ] {
        forge(&project, "v0.3.0", Event::WaiverRecorded(Box::new(waiver)));
        let document = project.run(&["poll", "v0.3.0", "--json"]).exits(1).json();
        assert!(words(t(&document)).last().unwrap().1.contains(why), "{what}: {document:#}");
    }
    forge(&project, "v0.3.0", Event::WaiverRecorded(Box::new(right)));
    project.run(&["poll", "v0.3.0", "--close-passed"]).exits(0);
}

#[test]
fn whoever_runs_the_poll_does_not_waive_what_it_found() {
    let (project, ann) = failing(FAILED, "not-by-runner = true");
    let findings = fingerprints(&poll(&project).exits(1).json());
    let own = waive(&project, &findings[0], LATER, Some(&ann)).exits(1);
    assert!(own.stdout.contains("tester@host ran the poll"), "{own:?}");
    let line = [
        "waive",
        "v0.2.0",
        "--finding",
        &findings[0],
        "--until",
        LATER,
        "--reason",
        "Known.",
        "--key",
        &ann.file,
    ];
    project.run(&[&line[..], &["--agent", "ann@phone"]].concat()).exits(0);
    poll(&project).exits(0);
    // The one who signed it runs the poll herself.
    let document = project.run(&["poll", "v0.2.0", "--json", "--agent", "ann@example.test"]).exits(1).json();
    assert!(words(t(&document))[0].1.contains("runs the poll"), "{document:#}");
}
