//! Whose word counts: the rules of reviews and waivers, with signatures whose answers are given.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use ReviewDecision::{Accepted, Rejected};
use gonogo_core::digest::Digest;
use gonogo_core::evidence::{Finding, Fingerprint};
use gonogo_core::gate::{Judged, builtin};
use gonogo_core::ledger::{ReviewDecision, ReviewRecorded, WaiverRecorded};
use gonogo_core::plan::{Plan, ReviewerKey, Reviewers};
use gonogo_core::release::Agent;
use gonogo_core::review::{ChangedPath, ReviewScope};
use gonogo_core::reviewers::{
    Heard, InForce, PlanBefore, ReviewersFrom, Weighed, review_text, waived, waiver_text, weigh,
};
use gonogo_core::verdict::{Outcome, Reason};
use jiff::civil::{Date, date};

const ANN: &str = "ann@example.test,ann@laptop ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB";
const BOB: &str = "bob@* ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC";
const TODAY: Date = date(2026, 6, 1);

fn plan(reviewers: &str) -> Result<Plan, Vec<String>> {
    let text = format!(
        "schema = 1\n[project]\nname = \"a\"\n[policy]\nrequired-gates = [3]\n{reviewers}\n[tracker]\nkind = \"file\"\n\
         [[gates]]\nid = 3\nname = \"g\"\n[[gates.checks]]\nid = \"c\"\nkind = \"git-clean\"\n"
    );
    Plan::parse(&text).map_err(|problems| problems.into_iter().map(|problem| problem.message).collect())
}

fn named(lines: &[&str], more: &str) -> Plan {
    let lines: Vec<String> = lines.iter().map(|line| format!("'{line}'")).collect();
    plan(&format!("[policy.reviewers]\nallowed-signers = [{}]\n{more}", lines.join(", "))).unwrap()
}

fn in_force(more: &str) -> InForce {
    InForce::of(&plan("").unwrap(), PlanBefore::There(&named(&[ANN, BOB], more)))
}

fn reviewers(in_force: &InForce) -> &Reviewers {
    let InForce::Named(reviewers, _) = in_force else { panic!("{in_force:?}") };
    reviewers
}

fn agent(name: &str) -> Agent {
    name.parse().unwrap()
}

fn scope(after: &str) -> ReviewScope {
    let change = ChangedPath { path: "src/a.rs".into(), before: None, after: Some(after.into()) };
    let [base, commit] = ["b", "c"].map(|digit| digit.repeat(40).parse().unwrap());
    ReviewScope::new((Some(&base), &commit), &["src".into()], "locks", &[change], &[])
}

fn review(decision: ReviewDecision, of: &str) -> ReviewRecorded {
    ReviewRecorded {
        gate: 3,
        check: "c".into(),
        subject: Digest::of(b"subject"),
        evidence: Vec::new(),
        agent: agent("somebody@host"),
        decision,
        note: "read".into(),
        scope: Some(scope(of)),
        key: None,
        signature: None,
    }
}

/// One step of a story: who signed it (`None`: nobody), and what they said of which state.
type Step<'a> = (Option<&'a ReviewerKey>, ReviewDecision, &'a str);

fn story(steps: &[Step<'_>], who: &InForce, runner: &str) -> Weighed {
    let said: Vec<ReviewRecorded> = steps.iter().map(|(_, decision, of)| review(*decision, of)).collect();
    let heard: Vec<Heard<'_, ReviewRecorded>> = said
        .iter()
        .zip(steps)
        .map(|(word, (signer, ..))| {
            let signer = signer.ok_or_else(|| "it is not signed".to_owned());
            Heard { at: "2026-06-01T00:00:00Z", word, signer }
        })
        .collect();
    weigh((3, "c"), &scope("now"), &heard, who, &agent(runner))
}

#[test]
fn where_nobody_is_named_the_last_review_of_this_very_scope_counts() {
    let nobody = InForce::of(&plan("").unwrap(), PlanBefore::There(&plan("").unwrap()));
    let comes_to = |steps: &[Step<'_>]| story(steps, &nobody, "r@host").decision;
    assert_eq!(comes_to(&[]), None);
    assert_eq!(comes_to(&[(None, Accepted, "now")]), Some(Accepted));
    assert_eq!(comes_to(&[(None, Accepted, "now"), (None, Rejected, "now")]), Some(Rejected));
    assert_eq!(comes_to(&[(None, Rejected, "now"), (None, Accepted, "now")]), Some(Accepted));
    assert_eq!(comes_to(&[(None, Accepted, "then")]), None);
    assert_eq!(comes_to(&[(None, Accepted, "now"), (None, Rejected, "then")]), Some(Accepted));
}

#[test]
fn where_reviewers_sign_so_many_different_ones_have_to_and_a_rejection_starts_anew() {
    let two = in_force("count = 2");
    let (ann, bob) = (&reviewers(&two).keys[0], &reviewers(&two).keys[1]);
    let comes_to = |steps: &[Step<'_>]| {
        let weighed = story(steps, &two, "r@host");
        (weighed.decision, weighed.wanted)
    };
    let (by_ann, by_bob) = ((Some(ann), Accepted, "now"), (Some(bob), Accepted, "now"));
    assert_eq!(comes_to(&[]), (None, 2));
    assert_eq!(comes_to(&[(None, Accepted, "now"), (None, Accepted, "now")]), (None, 2));
    assert_eq!(comes_to(&[by_ann]), (None, 1));
    assert_eq!(comes_to(&[by_ann, by_ann]), (None, 1));
    assert_eq!(comes_to(&[by_ann, by_bob]), (Some(Accepted), 0));
    assert_eq!(comes_to(&[by_ann, (Some(bob), Accepted, "then")]), (None, 1));
    assert_eq!(comes_to(&[by_ann, by_bob, (None, Rejected, "now")]), (Some(Rejected), 2));
    assert_eq!(comes_to(&[by_ann, (None, Rejected, "now"), by_bob]), (Some(Rejected), 1));
    assert_eq!(comes_to(&[by_ann, (None, Rejected, "now"), by_bob, by_ann]), (Some(Accepted), 0));
}

#[test]
fn whoever_runs_the_poll_signs_in_vain_by_any_name_that_the_plan_has_for_them() {
    let apart = in_force("not-by-runner = true");
    let (ann, bob) = (&reviewers(&apart).keys[0], &reviewers(&apart).keys[1]);
    for (signer, runner, counts) in [
        (ann, "codex@host", true),
        (ann, "ann@laptop", false),
        (ann, "bob@laptop", true),
        (bob, "bob@anywhere", false),
        // The one who recorded it.
        (ann, "somebody@host", false),
    ] {
        let weighed = story(&[(Some(signer), Accepted, "now")], &apart, runner);
        assert_eq!(weighed.decision.is_some(), counts, "{} {runner}", signer.name());
        assert_eq!(weighed.words[0].void.is_none(), counts);
    }
    let together = in_force("");
    let ann = &reviewers(&together).keys[0];
    assert!(story(&[(Some(ann), Accepted, "now")], &together, "ann@laptop").decision.is_some());
}

#[test]
fn a_review_that_does_not_say_what_it_is_of_counts_for_nothing() {
    let nobody = InForce::Nobody { named_here: false };
    let old = ReviewRecorded { scope: None, ..review(Accepted, "now") };
    let heard = [Heard { at: "", word: &old, signer: Err(String::new()) }];
    let weighed = weigh((3, "c"), &scope("now"), &heard, &nobody, &agent("r@host"));
    assert_eq!(weighed.decision, None);
    assert!(weighed.words[0].void.is_some());
}

#[test]
fn too_few_reviews_are_incomplete_and_say_how_many_there_are() {
    let two = in_force("count = 2");
    let ann = &reviewers(&two).keys[0];
    let judged =
        builtin::judge_review(3, "c", "locks", &story(&[(Some(ann), Accepted, "now")], &two, "r@host"));
    assert_eq!(judged.outcome, Outcome::Incomplete(Reason::ReviewMissing));
    assert_eq!(judged.detail.as_deref(), Some("locks; 1 of 2 reviews"));
}

fn finding(key: &str) -> Finding {
    Finding { fingerprint: Fingerprint::of(3, "c", key), message: key.into(), place: None, formerly: None }
}

fn waiver(key: &str, until: &str) -> WaiverRecorded {
    WaiverRecorded {
        gate: 3,
        check: "c".into(),
        fingerprint: Fingerprint::of(3, "c", key),
        message: key.into(),
        agent: agent("somebody@host"),
        note: "known".into(),
        until: until.into(),
        key: String::new(),
        signature: String::new(),
    }
}

fn comes_to(
    outcome: Judged,
    waivers: &[(WaiverRecorded, Result<&ReviewerKey, String>)],
    who: &InForce,
) -> Outcome {
    let heard: Vec<Heard<'_, WaiverRecorded>> =
        waivers.iter().map(|(word, signer)| Heard { at: "", word, signer: signer.clone() }).collect();
    let (fingerprints, words) = waived((3, "c"), &outcome.findings, &heard, who, &agent("r@host"), TODAY);
    builtin::with_waivers(outcome, &fingerprints, &words).outcome
}

fn failed(keys: &[&str]) -> Judged {
    Judged::compared(1, keys.iter().map(|key| finding(key)).collect())
}

#[test]
fn a_failure_is_lifted_where_its_every_finding_is_waived_by_a_reviewer_until_today_or_later() {
    let who = in_force("");
    let ann = &reviewers(&who).keys[0];
    let by_ann = |key: &str, until: &str| (waiver(key, until), Ok(ann));
    let (a, b) = (by_ann("a", "2026-06-01"), by_ann("b", "2027-01-01"));
    assert_eq!(comes_to(failed(&["a"]), std::slice::from_ref(&a), &who), Outcome::Passed);
    assert_eq!(comes_to(failed(&["a", "b"]), &[a.clone(), b], &who), Outcome::Passed);
    for (what, keys, waivers) in [
        ("one is not", vec!["a", "b"], vec![a.clone()]),
        ("it expired yesterday", vec!["a"], vec![by_ann("a", "2026-05-31")]),
        ("it has no day", vec!["a"], vec![by_ann("a", "2026-06")]),
        ("it has no signature", vec!["a"], vec![(waiver("a", "2027-01-01"), Err("none".to_owned()))]),
        (
            "it is of another check",
            vec!["a"],
            vec![(WaiverRecorded { check: "d".into(), ..a.0.clone() }, Ok(ann))],
        ),
    ] {
        assert_eq!(comes_to(failed(&keys), &waivers, &who), Outcome::Failed, "{what}");
    }
}

#[test]
fn what_was_not_shown_is_never_lifted() {
    let who = in_force("");
    let ann = &reviewers(&who).keys[0];
    let all = [(waiver("a", "2027-01-01"), Ok(ann))];
    for reason in Reason::ALL {
        let incomplete = Judged { outcome: Outcome::Incomplete(*reason), ..failed(&["a"]) };
        assert_eq!(comes_to(incomplete, &all, &who), Outcome::Incomplete(*reason));
    }
    // A failure that names nothing has nothing that could be waived.
    let unnamed = Judged { outcome: Outcome::Failed, ..Judged::compared(1, Vec::new()) };
    assert_eq!(comes_to(unnamed, &all, &who), Outcome::Failed);
}

#[test]
fn two_reviewers_waive_together_where_two_are_asked_for() {
    let who = in_force("count = 2");
    let (ann, bob) = (&reviewers(&who).keys[0], &reviewers(&who).keys[1]);
    let by = |key| (waiver("a", "2027-01-01"), Ok(key));
    assert_eq!(comes_to(failed(&["a"]), &[by(ann), by(ann)], &who), Outcome::Failed);
    assert_eq!(comes_to(failed(&["a"]), &[by(ann), by(bob)], &who), Outcome::Passed);
}

#[test]
fn reviewers_come_from_the_base_tag_and_a_commit_names_none_for_itself() {
    let (none, with) = (plan("").unwrap(), named(&[ANN], ""));
    let other = named(&[BOB], "");
    for (now, base, signs, waives) in [
        (&none, PlanBefore::There(&with), true, true),
        (&other, PlanBefore::There(&with), true, true),
        (&with, PlanBefore::There(&none), false, false),
        (&with, PlanBefore::Absent, false, false),
        (&with, PlanBefore::FirstRelease, true, true),
        (&with, PlanBefore::Unreadable, true, false),
        (&none, PlanBefore::FirstRelease, false, false),
        (&none, PlanBefore::Unreadable, false, false),
    ] {
        let who = InForce::of(now, base);
        assert_eq!((who.signing().is_some(), who.waiving().is_ok()), (signs, waives), "{base:?}");
    }
    let who = InForce::of(&other, PlanBefore::There(&with));
    assert!(
        matches!(&who, InForce::Named(who, ReviewersFrom::BaseTag) if who.keys[0].name() == "ann@example.test")
    );
    let unsigned = InForce::of(&none, PlanBefore::There(&named(&[ANN], "signed = false")));
    assert!(unsigned.signing().is_none() && unsigned.waiving().is_ok(), "a waiver is always signed");
}

#[test]
fn whatever_is_changed_in_a_word_changes_the_text_that_is_signed() {
    let one = review(Accepted, "now");
    let text =
        |review: &ReviewRecorded, project: &str, target: &str| review_text(project, target, review).unwrap();
    let signed = text(&one, "p", "v1");
    let others = [
        text(&one, "q", "v1"),
        text(&one, "p", "v2"),
        text(&ReviewRecorded { gate: 5, ..one.clone() }, "p", "v1"),
        text(&ReviewRecorded { check: "d".into(), ..one.clone() }, "p", "v1"),
        text(&ReviewRecorded { decision: Rejected, ..one.clone() }, "p", "v1"),
        text(&ReviewRecorded { note: "other".into(), ..one.clone() }, "p", "v1"),
        text(&ReviewRecorded { agent: agent("a@b"), ..one.clone() }, "p", "v1"),
        text(&ReviewRecorded { subject: Digest::of(b"x"), ..one.clone() }, "p", "v1"),
        text(&ReviewRecorded { evidence: vec![Digest::of(b"x")], ..one.clone() }, "p", "v1"),
        text(&review(Accepted, "then"), "p", "v1"),
    ];
    for other in &others {
        assert_ne!(&signed, other);
    }
    let one = waiver("a", "2027-01-01");
    let text = |waiver: &WaiverRecorded, target: &str| waiver_text("p", target, waiver).unwrap();
    assert_ne!(text(&one, "v1").namespace, signed.namespace);
    let others = [
        text(&one, "v2"),
        text(&waiver("b", "2027-01-01"), "v1"),
        text(&waiver("a", "2028-01-01"), "v1"),
        text(&WaiverRecorded { note: "other".into(), ..one.clone() }, "v1"),
        text(&WaiverRecorded { message: "other".into(), ..one.clone() }, "v1"),
    ];
    assert!(others.iter().all(|other| *other != text(&one, "v1")));
}

#[test]
fn reviewers_that_cannot_be_told_apart_or_read_are_refused_with_the_place() {
    let refused = |table: &str| plan(&format!("[policy.reviewers]\n{table}")).unwrap_err().join("; ");
    let key = ANN.split_once(' ').unwrap().1;
    for (table, said) in [
        ("allowed-signers = []".to_owned(), "no key is here"),
        (format!("allowed-signers = ['{ANN}', '{ANN}']"), "there twice"),
        ("allowed-signers = ['ann@example.test']".to_owned(), "no key after the name"),
        ("allowed-signers = ['ann ssh-ed25519 AAAA']".to_owned(), "is no ssh-ed25519 key"),
        ("allowed-signers = ['ann ssh-ed25519 !']".to_owned(), "no base64"),
        (format!("allowed-signers = ['ann cert-authority {key}']"), "the option `cert-authority`"),
        (format!("allowed-signers = ['!ann {key}']"), "none of them negated"),
        (format!("allowed-signers = ['{ANN}']\ncount = 2"), "the count is 1 to 1"),
        (format!("allowed-signers = ['{ANN}']\ncount = 0"), "the count is 1 to 1"),
        (
            format!(
                "allowed-signers = ['{ANN}', 'ann@laptop {}']\ncount = 2",
                BOB.split_once(' ').unwrap().1
            ),
            "1 to 1",
        ),
        (format!("allowed-signers = ['{ANN}', '{BOB}']\ncount = 2\nsigned = false"), "`count` means nothing"),
        (
            format!("allowed-signers = ['{ANN}']\nnot-by-runner = true\nsigned = false"),
            "`not-by-runner` means nothing",
        ),
        (format!("allowed-signers = ['* {key}']\nnot-by-runner = true"), "`*` is everybody's name"),
    ] {
        assert!(refused(&table).contains(said), "{table}: {}", refused(&table));
    }
    let with_options =
        format!("\"ann@example.test\" namespaces=\"gonogo-*\",valid-before=\"20990101\" {key} a comment");
    let read = named(&[&with_options], "");
    let one = &read.policy.reviewers.as_ref().unwrap().keys[0];
    assert_eq!(one.name(), "ann@example.test");
    assert!(
        one.without_names().starts_with("namespaces=\"gonogo-*\",valid-before=\"20990101\" ssh-ed25519 AAAA")
    );
    assert_eq!(one.fingerprint, named(&[ANN], "").policy.reviewers.unwrap().keys[0].fingerprint);
}
