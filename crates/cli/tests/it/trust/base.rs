//! What is judged does not choose its own baseline.

use super::scaffold::{BAD, GOOD, STRICT, accept, asks, names, poll, released, unpublished, weak};
use crate::support::Project;

#[test]
fn a_base_that_was_given_and_is_not_the_remotes_own_asks_for_a_review() {
    let project = released();
    project.write("gonogo.toml", weak());
    project.write("src.txt", BAD);
    project.commit("lower the bar");
    project.git(&["tag", "tmp"]);
    let document = poll(&project, &["--base-tag", "tmp"]).exits(3).json();
    let said = asks(&document, "base-tag");
    assert!(said.contains("the newest earlier release on origin is v0.1.0"), "{said}");
    assert!(said.contains("tmp is only here"), "{said}");
    // And the plan is held to what the remote's own release asked, whatever base was given.
    assert!(asks(&document, "plan-unweakened").contains("`finding`"));
}

#[test]
fn a_base_that_is_out_and_older_than_the_newest_asks_for_a_review_and_goes_on_with_one() {
    let project = unpublished();
    project.git(&["rm", "--quiet", "gonogo.toml"]);
    project.commit("without a plan");
    project.git(&["tag", "-a", "-m", "x", "v0.0.9"]);
    project.write("gonogo.toml", STRICT);
    project.commit("with the plan");
    project.publish();
    let given = ["--base-tag", "v0.0.9", "--close-passed"];
    let document = poll(&project, &given).exits(3).json();
    assert!(asks(&document, "base-tag").contains("v0.0.9 was given"));
    accept(&project, "base-tag", &given[..2]);
    assert_eq!(poll(&project, &given).exits(0).json()["base"], "v0.0.9");
    // The one that is derived needs none, given or not.
    for more in [&["--base-tag", "v0.1.0"][..], &[]] {
        let document = poll(&project, more).exits(0).json();
        assert!(!names(&document).contains(&"base-tag".to_owned()), "{document:#}");
    }
}

#[test]
fn a_tag_that_is_only_here_is_no_base_lightweight_or_annotated() {
    for tag in [&["tag", "v0.1.99"][..], &["tag", "-a", "-m", "x", "v0.1.99"]] {
        let project = released();
        project.write("gonogo.toml", weak());
        project.write("src.txt", BAD);
        project.commit("lower the bar");
        project.git(tag);
        let document = poll(&project, &[]).exits(3).json();
        assert_eq!(document["base"], "v0.1.0", "{document:#}");
        asks(&document, "plan-unweakened");
        let said = project.run(&["poll", "v0.2.0"]).exits(3);
        let all = said.stdout + &said.stderr;
        assert!(all.contains("v0.1.99 is only here, and not on origin"), "{all}");
    }
}

#[test]
fn a_tag_that_stands_for_no_commit_is_passed_over_for_a_reviewer() {
    for (annotate, of) in [(&["tag"][..], "HEAD^{tree}"), (&["tag", "-a", "-m", "x"], "HEAD:src.txt")] {
        let project = released();
        project.write("gonogo.toml", weak());
        project.commit("lower the bar");
        project.git(&[annotate, &["v0.1.5", of]].concat());
        project.git(&["push", "--quiet", "origin", "v0.1.5"]);
        let document = poll(&project, &[]).exits(3).json();
        assert_eq!(document["base"], "v0.1.0", "{document:#}");
        assert!(asks(&document, "base-tag").contains("v0.1.5 stands for no commit"));
        asks(&document, "plan-unweakened");
        accept(&project, "base-tag", &[]);
        accept(&project, "plan-unweakened", &[]);
        poll(&project, &["--close-passed"]).exits(0);
    }
    // A tag of a tag stands for the commit behind both.
    let project = released();
    project.git(&["tag", "-a", "-m", "x", "v0.1.5", "v0.1.0"]);
    project.git(&["push", "--quiet", "origin", "v0.1.5"]);
    assert_eq!(poll(&project, &[]).exits(0).json()["base"], "v0.1.5");
}

/// Another clone tags a commit of the project's and pushes that.
fn tagged_elsewhere(project: &Project, tag: &str) {
    let (origin, other) = (project.beside("origin.git"), project.beside("other"));
    project.git(&["clone", "--quiet", origin.to_str().unwrap(), other.to_str().unwrap()]);
    let other = other.to_str().unwrap();
    project.git(&["-C", other, "tag", "-a", "-m", "x", tag]);
    project.git(&["-C", other, "push", "--quiet", "origin", tag]);
}

#[test]
fn a_newer_release_that_only_the_remote_has_is_never_judged_by_an_older_one() {
    let project = released();
    tagged_elsewhere(&project, "v0.1.5");
    let refused = poll(&project, &[]).exits(3).json();
    assert_eq!(refused["reason"], "baseline-missing", "{refused:#}");
    assert!(refused["remedy"].as_str().unwrap().contains("git fetch --tags"), "{refused:#}");
    // Not either where another base is named.
    poll(&project, &["--base-tag", "v0.1.0"]).exits(3);
    project.git(&["fetch", "--quiet", "--tags"]);
    assert_eq!(poll(&project, &[]).exits(0).json()["base"], "v0.1.5");
}

#[test]
fn a_release_on_a_side_branch_is_the_base_and_that_is_for_a_reviewer() {
    let project = released();
    project.git(&["checkout", "--quiet", "-b", "side", "v0.1.0"]);
    project.commit("aside");
    project.git(&["tag", "-a", "-m", "x", "v0.1.5"]);
    project.git(&["push", "--quiet", "origin", "v0.1.5"]);
    project.git(&["checkout", "--quiet", "main"]);
    let document = poll(&project, &["--close-passed"]).exits(3).json();
    assert_eq!(document["base"], "v0.1.5");
    assert_eq!(asks(&document, "base-tag"), "the base v0.1.5 is not in the history of this commit");
    accept(&project, "base-tag", &[]);
    poll(&project, &["--close-passed"]).exits(0);
}

#[test]
fn a_back_port_is_compared_with_the_release_before_it() {
    let project = released();
    project.git(&["tag", "-a", "-m", "x", "v0.2.0"]);
    project.git(&["push", "--quiet", "origin", "v0.2.0"]);
    project.git(&["checkout", "--quiet", "-b", "0.1", "v0.1.0"]);
    project.commit("mend");
    let document = project.run(&["poll", "v0.1.1", "--json"]).exits(0).json();
    assert_eq!(document["base"], "v0.1.0");
}

#[test]
fn a_pattern_of_tags_that_changes_with_the_release_makes_no_first_release() {
    let project = released();
    project.write(
        "gonogo.toml",
        STRICT.replace("name = \"sample\"\n", "name = \"sample\"\ntag = \"r{version}\"\n"),
    );
    project.commit("other tags");
    let document = poll(&project, &[]).exits(3).json();
    // By the pattern of its own plan the old tag is a release's.
    assert_eq!((&document["base"], &document["target"]), (&"v0.1.0".into(), &"r0.2.0".into()));
    assert!(
        asks(&document, "plan-unweakened").contains("`project.tag`")
            || asks(&document, "plan-unweakened").contains("project.tag")
    );
}

#[test]
fn a_first_release_beside_tags_like_versions_is_not_taken_for_granted() {
    for tag in ["release-0.1", "v1"] {
        let project = unpublished();
        project.git(&["tag", "--delete", "v0.1.0"]);
        project.publish();
        let document = poll(&project, &[]).exits(0).json();
        assert!(document["base"].is_null());
        project.git(&["push", "--quiet", "origin", &format!("HEAD:refs/tags/{tag}")]);
        let document = poll(&project, &["--close-passed"]).exits(3).json();
        let said = asks(&document, "base-tag");
        assert!(said.contains(tag), "{said}");
        accept(&project, "base-tag", &[]);
        poll(&project, &["--close-passed"]).exits(0);
    }
}

#[test]
fn a_package_among_many_is_compared_with_its_own_releases() {
    let of = |name: &str| {
        STRICT.replace("name = \"sample\"\n", &format!("name = \"{name}\"\ntag = \"{name}-v{{version}}\"\n"))
    };
    let project = Project::unborn();
    project.write("a/gonogo.toml", of("a"));
    project.write("b/gonogo.toml", of("b"));
    project.write("src.txt", GOOD);
    project.commit("begin");
    for tag in ["a-v0.1.0", "b-v0.1.5"] {
        project.git(&["tag", "-a", "-m", "x", tag]);
    }
    project.publish();
    let polled = |plan: &str| project.run(&["poll", "0.2.0", "--plan", plan, "--json"]).exits(0).json();
    assert_eq!(polled("a/gonogo.toml")["base"], "a-v0.1.0");
    assert_eq!(polled("b/gonogo.toml")["base"], "b-v0.1.5");
}

#[test]
fn a_base_that_was_moved_since_a_ledger_saw_it_is_for_a_reviewer() {
    let project = released();
    poll(&project, &[]).exits(0);
    project.git(&["tag", "-f", "-a", "-m", "moved", "v0.1.0", "HEAD"]);
    project.git(&["push", "--quiet", "-f", "origin", "v0.1.0"]);
    for _ in 0..2 {
        // Having seen it there once does not make it right.
        let document = poll(&project, &["--close-passed"]).exits(3).json();
        assert!(asks(&document, "base-tag").contains("v0.1.0 was moved"));
    }
    accept(&project, "base-tag", &[]);
    poll(&project, &["--close-passed"]).exits(0);
}

#[test]
fn a_base_that_is_taken_away_after_a_poll_is_not_replaced_by_an_older_one_without_a_word() {
    let project = released();
    project.git(&["tag", "-a", "-m", "x", "v0.1.5"]);
    project.git(&["push", "--quiet", "origin", "v0.1.5"]);
    assert_eq!(poll(&project, &[]).exits(0).json()["base"], "v0.1.5");
    project.git(&["push", "--quiet", "origin", ":refs/tags/v0.1.5"]);
    let document = poll(&project, &[]).exits(3).json();
    assert!(asks(&document, "base-tag").contains("v0.1.5 is gone from origin"));
}

#[test]
fn a_clone_without_a_remote_is_judged_by_its_own_tags_and_says_so() {
    let project = unpublished();
    let said = project.run(&["poll", "v0.2.0"]).exits(0);
    let all = said.stdout + &said.stderr;
    assert!(all.contains("this clone has no remote: its own tags tell the base"), "{all}");
    let step = "[[versions]]\nfile = \"VERSION.toml\"\nkey = \"version\"\n\n[[steps]]\nkind = \"tag\"\n";
    project.write("gonogo.toml", format!("{STRICT}\n{step}"));
    project.write("VERSION.toml", "version = \"0.2.0\"\n");
    project.commit("a step");
    let live = project.run(&["run", "v0.2.0", "--mode", "live", "--yes", "--json"]).exits(1).json();
    assert!(live["error"].as_str().unwrap().contains("no remote"), "{live:#}");
}
