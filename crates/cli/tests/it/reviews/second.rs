//! A second person: reviews that are signed, by those whom the base tag's plan names.

use super::signers::{Key, REVIEW, forge, key, planned, project, recorded_review, reviewers, signed};
use super::{poll, review, words};
use crate::support::{PASSED, Project, check, libtest};
use gonogo_core::ledger::{Event, ReviewRecorded};
use gonogo_core::reviewers::review_text;
use serde_json::Value;

fn line(names: &str, key: &Key) -> String {
    format!("{names} {}", key.public)
}

/// A project with one reviewer, ann, and her key.
fn with_ann(more: &str) -> (Project, Key) {
    let mut ann = None;
    let project = project(REVIEW, |project| {
        let key = ann.insert(key(project, "ann", "ed25519"));
        reviewers(&[line("ann@example.test,ann@laptop", key)], more)
    });
    (project, ann.unwrap())
}

fn locks(document: &Value) -> &Value {
    check(document, 3, "locks")
}

#[test]
fn a_review_that_a_reviewer_signed_opens_and_is_shown_everywhere() {
    let (project, ann) = with_ann("");
    assert_eq!(locks(&poll(&project).exits(3).json())["reason"], "review-missing");
    let unsigned = review(&project, "locks", &["--accept"]).exits(2);
    assert!(unsigned.stderr.contains("--key FILE"), "{unsigned:?}");
    review(&project, "locks", &["--accept", "--key", &ann.file]).exits(0);
    let document = poll(&project).exits(0).json();
    assert_eq!(words(locks(&document)), [("ann@example.test".to_owned(), String::new())]);
    assert!(locks(&document)["words"][0]["key"].as_str().unwrap().starts_with("SHA256:"));
    assert_eq!(document["reviewers"]["from"], "base-tag");
    for shown in [project.run(&["poll", "v0.2.0"]).exits(0), project.run(&["status", "v0.2.0"])] {
        assert!(shown.stdout.contains("accepted by ann@example.test (SHA256:"), "{shown:?}");
        assert!(shown.stdout.contains("Read it."), "{shown:?}");
    }
    let status = project.run(&["status", "v0.2.0", "--json"]).json();
    let of_locks = status["checks"].as_array().unwrap().iter().find(|one| one["id"] == "locks").unwrap();
    assert_eq!(of_locks["words"][0]["by"], "ann@example.test");
}

#[test]
fn an_agent_and_gits_own_key_sign_as_well_and_so_do_other_kinds_of_keys() {
    for kind in ["ed25519", "ecdsa", "rsa"] {
        let mut ann = None;
        let project = project(REVIEW, |project| {
            let key = ann.insert(key(project, "ann", kind));
            reviewers(&[line("ann@example.test", key)], "")
        });
        poll(&project).exits(3);
        project.git(&["config", "gpg.format", "ssh"]);
        project.git(&["config", "user.signingKey", &ann.unwrap().file]);
        review(&project, "locks", &["--accept"]).exits(0);
        poll(&project).exits(0);
    }
}

#[test]
fn a_key_that_an_agent_holds_signs_by_its_public_half() {
    let (project, ann) = with_ann("");
    poll(&project).exits(3);
    let hidden = project.beside("elsewhere");
    let line =
        ["review", "v0.2.0", "--gate", "3", "--check", "locks", "--note", "Read it.", "--accept", "--key"];
    let script = format!(
        "eval $(ssh-agent) >/dev/null; ssh-add -q '{key}'; mv '{key}' '{hidden}'; '{gonogo}' {line} '{key}.pub'; ended=$?; \
         ssh-agent -k >/dev/null; exit $ended",
        key = ann.file,
        hidden = hidden.display(),
        gonogo = env!("CARGO_BIN_EXE_gonogo"),
        line = line.map(|word| format!("'{word}'")).join(" "),
    );
    let ran: crate::support::Ran = project.command("sh").args(["-c", &script]).output().unwrap().into();
    ran.exits(0);
    poll(&project).exits(0);
}

#[test]
fn a_stranger_and_whoever_only_this_commit_names_sign_in_vain() {
    let (project, ann) = with_ann("");
    let (eve, bob) = (key(&project, "eve", "ed25519"), key(&project, "bob", "ed25519"));
    let named = reviewers(&[line("ann@example.test,ann@laptop", &ann), line("bob@example.test", &bob)], "");
    project.write("gonogo.toml", planned(&(libtest("t", "run-tests") + REVIEW), &named));
    project.commit("bob reviews from now on");
    let document = poll(&project).exits(3).json();
    let drift = check(&document, 3, "plan-unweakened");
    assert!(drift["detail"].as_str().unwrap().contains("bob@example.test"), "{drift:#}");
    for (key, why) in [(&eve, "is no reviewer's key"), (&bob, "named by this commit's plan alone")] {
        let refused = review(&project, "locks", &["--accept", "--key", &key.file]).exits(1);
        assert!(refused.stderr.contains(why) && refused.stderr.contains("ann@example.test"), "{refused:?}");
    }
    for check in ["locks", "plan-unweakened"] {
        review(&project, check, &["--accept", "--key", &ann.file]).exits(0);
    }
    poll(&project).exits(0);
}

/// Signs what a review says, as somebody does who has a key and may write the ledger.
fn resigned(project: &Project, key: &Key, target: &str, review: &mut ReviewRecorded) {
    let text = review_text("sample", target, review).unwrap();
    review.signature = Some(signed(project, key, &text));
}

#[test]
fn a_record_that_somebody_wrote_by_themselves_does_not_count() {
    let (project, ann) = with_ann("");
    let eve = key(&project, "eve", "ed25519");
    poll(&project).exits(3);
    review(&project, "locks", &["--accept", "--key", &ann.file]).exits(0);
    let good = recorded_review(&project, "v0.2.0");
    // Whatever was looked at changes, so that the good one counts no more; what is forged claims to be of the new state.
    project.write("src/a.rs", "unlock();\n");
    project.commit("other code");
    let document = poll(&project).exits(3).json();
    let scope = serde_json::from_value(locks(&document)["review"]["scope"].clone()).unwrap();
    let forged = ReviewRecorded { scope: Some(scope), ..good };
    let mut by_eve = forged.clone();
    resigned(&project, &eve, "v0.2.0", &mut by_eve);
    let mut of_another_release = forged.clone();
    resigned(&project, &ann, "v0.3.0", &mut of_another_release);
    let mut altered = forged.clone();
    resigned(&project, &ann, "v0.2.0", &mut altered);
    altered.note = "All of it is fine.".into();
    let unsigned = ReviewRecorded { key: None, signature: None, ..forged.clone() };
    let garbled =
        ReviewRecorded { signature: Some("-----BEGIN SSH SIGNATURE-----".into()), ..forged.clone() };
    for (what, review, why) in [
        ("the scope was changed", forged, "does not hold"),
        ("another key", by_eve, "is no reviewer's key"),
        ("another release", of_another_release, "does not hold"),
        ("another reason", altered, "does not hold"),
        ("no signature", unsigned, "it is not signed"),
        ("no signature at all", garbled, "no SSH signature"),
    ] {
        forge(&project, "v0.2.0", Event::ReviewRecorded(Box::new(review)));
        let document = poll(&project).exits(3).json();
        assert_eq!(locks(&document)["reason"], "review-missing", "{what}");
        assert!(words(locks(&document)).last().unwrap().1.contains(why), "{what}: {document:#}");
    }
    review(&project, "locks", &["--accept", "--key", &ann.file]).exits(0);
    poll(&project).exits(0);
}

#[test]
fn a_review_of_one_release_is_none_of_another() {
    let (project, ann) = with_ann("");
    poll(&project).exits(3);
    review(&project, "locks", &["--accept", "--key", &ann.file]).exits(0);
    let good = recorded_review(&project, "v0.2.0");
    project.run(&["poll", "v0.3.0"]).exits(3);
    forge(&project, "v0.3.0", Event::ReviewRecorded(Box::new(good)));
    let document = project.run(&["poll", "v0.3.0", "--json"]).exits(3).json();
    assert!(words(locks(&document))[0].1.contains("does not hold"), "{document:#}");
}

#[test]
fn two_reviewers_are_two_persons() {
    let (mut ann, mut bob) = (None, None);
    let project = project(REVIEW, |project| {
        let ann = ann.insert(key(project, "ann", "ed25519"));
        let bob = bob.insert(key(project, "bob", "ecdsa"));
        reviewers(&[line("ann@example.test", ann), line("bob@example.test", bob)], "count = 2")
    });
    let (ann, bob) = (ann.unwrap(), bob.unwrap());
    poll(&project).exits(3);
    review(&project, "locks", &["--accept", "--key", &ann.file]).exits(0);
    let again = review(&project, "locks", &["--accept", "--key", &ann.file]).exits(1);
    assert!(again.stderr.contains("ann@example.test has said so already"), "{again:?}");
    let document = poll(&project).exits(3).json();
    assert!(locks(&document)["detail"].as_str().unwrap().contains("1 of 2 reviews"), "{document:#}");
    // Somebody copies the record: it is still one person.
    forge(&project, "v0.2.0", Event::ReviewRecorded(Box::new(recorded_review(&project, "v0.2.0"))));
    assert_eq!(locks(&poll(&project).exits(3).json())["reason"], "review-missing");
    let reviewed = review(&project, "locks", &["--accept", "--key", &bob.file, "--json"]).exits(0).json();
    assert_eq!(reviewed["next_kind"], "command", "{reviewed:#}");
    let document = poll(&project).exits(0).json();
    let names: Vec<String> =
        words(locks(&document)).into_iter().filter(|word| word.1.is_empty()).map(|word| word.0).collect();
    assert_eq!(names, ["ann@example.test", "bob@example.test"]);
}

#[test]
fn whoever_runs_the_poll_does_not_review_it() {
    let (project, ann) = with_ann("not-by-runner = true");
    // tester@host runs the poll.
    poll(&project).exits(3);
    let own = review(&project, "locks", &["--accept", "--key", &ann.file]).exits(1);
    assert!(own.stderr.contains("tester@host ran the poll"), "{own:?}");
    let ann_says = ["--accept", "--key", &ann.file, "--agent", "ann@phone"];
    review(&project, "locks", &ann_says).exits(0);
    poll(&project).exits(0);
    // Ann runs it herself, under a name that the plan knows her by.
    let document = project.run(&["poll", "v0.2.0", "--json", "--agent", "ann@laptop"]).exits(3).json();
    assert!(words(locks(&document))[0].1.contains("runs the poll as ann@laptop"), "{document:#}");
    let refused = review(&project, "locks", &ann_says).exits(1);
    assert!(refused.stderr.contains("runs the poll as ann@laptop"), "{refused:?}");
    poll(&project).exits(0);
}

#[test]
fn a_rejection_counts_whoever_says_it_until_a_reviewer_answers_it() {
    let (project, ann) = with_ann("");
    poll(&project).exits(3);
    review(&project, "locks", &["--accept", "--key", &ann.file]).exits(0);
    poll(&project).exits(0);
    review(&project, "locks", &["--reject"]).exits(0);
    assert_eq!(locks(&poll(&project).exits(1).json())["verdict"], "failed");
    let answered = review(&project, "locks", &["--accept", "--key", &ann.file, "--json"]).exits(0).json();
    assert_eq!(answered["next_kind"], "command", "{answered:#}");
    poll(&project).exits(0);
}

#[test]
fn a_first_release_takes_its_own_reviewers_and_a_later_one_the_base_tags() {
    let project = Project::unborn();
    let ann = key(&project, "ann", "ed25519");
    let named = reviewers(&[line("ann@example.test", &ann)], "");
    project.printing("run-tests", PASSED, 0);
    project.write("gonogo.toml", planned(&(libtest("t", "run-tests") + REVIEW), &named));
    project.commit("begin");
    let shown = project.run(&["poll", "v0.2.0"]).exits(3).stdout;
    assert!(shown.contains("named by this plan, as this is a first release: ann@example.test"), "{shown}");
    review(&project, "locks", &["--accept", "--key", &ann.file]).exits(0);
    assert_eq!(poll(&project).exits(0).json()["reviewers"]["from"], "first-release");
    // A plan without reviewers at the base tag: those of this one have nobody's trust yet.
    project.write("gonogo.toml", planned(&(libtest("t", "run-tests") + REVIEW), ""));
    project.commit("nobody");
    project.git(&["tag", "v0.1.0"]);
    project.write("gonogo.toml", planned(&(libtest("t", "run-tests") + REVIEW), &named));
    project.commit("ann");
    let shown = project.run(&["poll", "v0.2.0"]).exits(3).stdout;
    assert!(shown.contains("the reviewers of this plan count from the next release on"), "{shown}");
    review(&project, "locks", &["--accept"]).exits(0);
    let document = poll(&project).exits(0).json();
    assert_eq!(words(locks(&document)), [("tester@host".to_owned(), String::new())]);
}

#[test]
fn fewer_reviewers_and_less_signing_are_a_weaker_plan() {
    let (mut ann, mut bob) = (None, None);
    let project = project("", |project| {
        let ann = ann.insert(key(project, "ann", "ed25519"));
        let bob = bob.insert(key(project, "bob", "ed25519"));
        reviewers(
            &[line("ann@example.test", ann), line("bob@example.test", bob)],
            "count = 2\nnot-by-runner = true",
        )
    });
    let (ann, bob) = (line("ann@example.test", &ann.unwrap()), line("bob@example.test", &bob.unwrap()));
    let both = [ann.clone(), bob];
    for (now, said) in [
        (String::new(), "names no reviewers any more"),
        (reviewers(&[ann], "not-by-runner = true"), "the reviewer bob@example.test"),
        (reviewers(&both, "signed = false"), "need no signature"),
        (reviewers(&both, "count = 2"), "whoever runs the poll may review"),
        (reviewers(&both, "not-by-runner = true"), "1 reviewers have to sign now, and not 2"),
    ] {
        project.write("gonogo.toml", planned(&libtest("t", "run-tests"), &now));
        project.commit("weaker");
        let document = poll(&project).exits(3).json();
        let drift = check(&document, 3, "plan-unweakened");
        assert!(drift["detail"].as_str().unwrap().contains(said), "{said}: {drift:#}");
    }
}
