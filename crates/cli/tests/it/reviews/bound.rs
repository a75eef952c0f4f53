//! A review is bound to what was looked at, and to nothing that varies from run to run.

use super::{poll, review, words};
use crate::next::follower::{Follower, Next};
use crate::support::{PASSED, Project, check, libtest, plan};

const REVIEW: &str =
    "[[gates.checks]]\nid = \"locks\"\nkind = \"review\"\nfocus = \"the writer lock\"\npaths = [\"src\"]\n\n";
const INVENTORY: &str =
    "[[gates.checks]]\nid = \"unsafe\"\nkind = \"inventory\"\npattern = 'unsafe'\npaths = [\"src\"]\n\n";

/// A tool whose output is another in each run.
fn varying(project: &Project) {
    let text = PASSED.replace("0.00s", "0.$(($$ % 90 + 10))s");
    project.tool("run-tests", &format!("cat <<END\n{text}END\necho \"at $(date +%s%N)\" >&2"));
}

/// Someone reviews whatever is asked for.
fn reviews_what_is_asked(project: &Project, next: &Next) -> Option<&'static str> {
    assert_eq!(next.kind, "review", "{next:?}");
    let (_, rest) = next.first.split_once("--check ").unwrap();
    review(project, rest.split_whitespace().next().unwrap(), &["--accept"]).exits(0);
    Some("")
}

#[test]
fn there_is_a_way_to_go_for_every_combination_of_reviews_varying_output_and_drift() {
    for number in 0..16 {
        let [reviewed, searched, varies, weaker] = [1, 2, 4, 8].map(|bit| number & bit != 0);
        let tests = libtest("t", "run-tests").trim_end().to_owned();
        let asked = |least: u32| {
            let review = if reviewed { REVIEW } else { "" };
            let inventory = if searched { INVENTORY } else { "" };
            plan(&format!("{tests}\nminimum = {{ tests = {least} }}\n\n{review}{inventory}"))
        };
        let project = Project::new(&asked(if weaker { 5 } else { 1 }));
        project.printing("run-tests", PASSED, 0);
        if varies {
            varying(&project);
        }
        project.write("gonogo.toml", asked(1));
        project.write("src/a.rs", "unsafe { one() }\n");
        project.commit("more, and a lower bar");
        let mut follower = Follower::of(&project);
        let polled = follower.run("gonogo poll v0.2.0");
        let went = follower.follow(polled, |next| reviews_what_is_asked(&project, next));
        assert_eq!(went["clearance"], "granted", "{reviewed} {searched} {varies} {weaker}: {went:#}");
        let asked_for = usize::from(reviewed) + usize::from(searched) + usize::from(weaker);
        let checks = went["gates"][0]["checks"].as_array().unwrap();
        assert_eq!(checks.iter().filter(|one| !one["review"].is_null()).count(), asked_for);
    }
}

#[test]
fn a_review_is_of_what_stands_behind_a_link_in_its_paths_too() {
    let project = Project::new(&plan(REVIEW));
    project.write("lib/b.rs", "one\n");
    std::fs::create_dir_all(project.root().join("src")).unwrap();
    std::os::unix::fs::symlink("../lib", project.root().join("src/lib")).unwrap();
    project.commit("behind a link");
    poll(&project).exits(3);
    review(&project, "locks", &["--accept"]).exits(0);
    poll(&project).exits(0);
    project.write("README.md", "A project.\n");
    project.commit("docs");
    poll(&project).exits(0);
    project.write("lib/b.rs", "two\n");
    project.commit("another");
    poll(&project).exits(3);
}

#[test]
fn a_review_holds_over_commits_that_touch_none_of_its_paths_and_no_longer() {
    let project = Project::new(&plan(&(libtest("t", "run-tests") + REVIEW + INVENTORY)));
    project.printing("run-tests", PASSED, 0);
    project.write("src/a.rs", "unsafe { one() }\n");
    project.commit("code");
    poll(&project).exits(3);
    for check in ["locks", "unsafe"] {
        review(&project, check, &["--accept"]).exits(0);
    }
    poll(&project).exits(0);
    project.write("docs/page.md", "A page.\n");
    project.commit("docs");
    let document = poll(&project).exits(0).json();
    assert_eq!(words(check(&document, 3, "locks")), [("tester@host".to_owned(), String::new())]);
    // Another file below its paths, in which the search finds nothing.
    project.write("src/b.rs", "safe();\n");
    project.commit("more code");
    let document = poll(&project).exits(3).json();
    assert_eq!(check(&document, 3, "unsafe")["verdict"], "passed", "{document:#}");
    let locks = check(&document, 3, "locks");
    assert_eq!(locks["reason"], "review-missing");
    assert!(words(locks)[0].1.contains("(src) has changed since its commit"), "{locks:#}");
    // As it was before: what was looked at is there again.
    std::fs::remove_file(project.root().join("src/b.rs")).unwrap();
    project.commit("less code");
    poll(&project).exits(0);
}

#[test]
fn a_weaker_plan_is_reviewed_again_once_it_is_another_plan() {
    let least = |least: u32| {
        plan(&format!("{}\nminimum = {{ tests = {least} }}\n", libtest("t", "run-tests").trim_end()))
    };
    let project = Project::new(&least(5));
    project.printing("run-tests", PASSED, 0);
    project.write("gonogo.toml", least(1));
    project.commit("a lower bar");
    poll(&project).exits(3);
    review(&project, "plan-unweakened", &["--accept"]).exits(0);
    poll(&project).exits(0);
    project.write("gonogo.toml", format!("{}\n# A word more.\n", least(1)));
    project.commit("another plan");
    let document = poll(&project).exits(3).json();
    assert_eq!(check(&document, 3, "plan-unweakened")["reason"], "review-missing");
}

#[test]
fn a_session_is_no_part_of_what_evidence_and_reviews_are_about() {
    let project = Project::new(&plan(&(libtest("t", "run-tests") + REVIEW)));
    project.printing("run-tests", PASSED, 0);
    poll(&project).exits(3);
    review(&project, "locks", &["--accept"]).exits(0);
    poll(&project).exits(0);
    let scratch = project.beside("scratch");
    std::fs::create_dir(&scratch).unwrap();
    let tools = project.beside("tools");
    let mut command = project.gonogo(&["poll", "v0.2.0", "--json"]);
    command.env("TMPDIR", &scratch).env("XDG_RUNTIME_DIR", &scratch);
    let (tools, none) = (tools.display(), project.beside("none"));
    command.env("PATH", format!("{tools}:{tools}/:{}:/usr/local/bin:/usr/bin:/bin:/usr/bin", none.display()));
    let document = crate::support::Ran::from(command.output().unwrap()).exits(0).json();
    assert_eq!(check(&document, 3, "t")["reused"], true, "{document:#}");
}

#[test]
fn what_makes_evidence_stale_is_named() {
    let project = Project::new(&plan(&libtest("t", "run-tests")));
    project.printing("run-tests", PASSED, 0);
    poll(&project).exits(0);
    let out = project.beside("run-tests.out");
    project.tool("run-tests", &format!("# another one\ncat '{}'", out.display()));
    let ran = project.gonogo(&["poll", "v0.2.0", "--json"]).env("GOPROXY", "off").output().unwrap();
    let document = crate::support::Ran::from(ran).exits(0).json();
    let notes = check(&document, 3, "t")["notes"].to_string();
    assert!(notes.contains("run-tests changed from "), "{notes}");
    assert!(notes.contains("the variable GOPROXY changed"), "{notes}");
}
