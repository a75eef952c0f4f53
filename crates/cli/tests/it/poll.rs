//! What a poll answers, and why.

use crate::support::{FAILED, NOTHING, PASSED, Project, check, libtest, plan};
use serde_json::json;

fn project(output: &str, status: i32) -> Project {
    let project = Project::new(&plan(&libtest("lock-smoke", "run-tests")));
    project.printing("run-tests", output, status);
    project
}

#[test]
fn a_gate_that_passed_and_no_blocker_is_a_go() {
    let document = project(PASSED, 0).poll().exits(0).json();
    assert_eq!(document["schema"], "gonogo.poll/1");
    assert_eq!(document["clearance"], "granted");
    assert_eq!(document["target"], "v0.2.0");
    assert_eq!(document["base"], "v0.1.0");
    assert_eq!(document["agent"], "tester@host");
    assert_eq!(document["mode"], "dry-run");
    let check = check(&document, 3, "lock-smoke");
    assert_eq!(check["verdict"], "passed");
    assert_eq!(check["tests"]["executed"], 1);
    assert_eq!(check["repeat"], "run-tests");
    assert!(check["evidence"][0].as_str().unwrap().starts_with("sha256:"));
}

#[test]
fn a_failed_test_is_a_no_go_with_one_blocker_for_it() {
    let document = project(FAILED, 101).poll().exits(1).json();
    assert_eq!(document["clearance"], "refused");
    let check = check(&document, 3, "lock-smoke");
    assert_eq!(check["verdict"], "failed");
    let blockers = document["blockers"].as_array().unwrap();
    assert_eq!(blockers.len(), 1);
    assert_eq!(blockers[0]["fingerprint"], check["findings"][0]["fingerprint"]);
    assert_eq!(blockers[0]["open"], true);
    assert_eq!(blockers[0]["gate"], 3);
    assert!(blockers[0]["title"].as_str().unwrap().starts_with("[release-blocker][v0.2.0] "));
}

#[test]
fn a_filter_that_matches_no_test_is_incomplete_and_never_a_pass() {
    let document = project(NOTHING, 0).poll().exits(3).json();
    let check = check(&document, 3, "lock-smoke");
    assert_eq!(check["verdict"], "incomplete");
    assert_eq!(check["reason"], "no-tests-executed");
    assert_eq!(document["clearance"], "refused");
    assert_eq!(document["blockers"].as_array().unwrap().len(), 1);
}

#[test]
fn every_way_of_showing_nothing_has_its_reason() {
    for (script, timeout, reason) in [
        ("exit 0", "10m", "unreadable-output"),
        ("echo all good; exit 0", "10m", "unreadable-output"),
        ("kill -9 $$", "10m", "unreadable-output"),
        ("sleep 600", "2s", "timed-out"),
        ("yes | head -c 3000000; exit 0", "10m", "output-too-large"),
    ] {
        let check_with_limits =
            format!("{}timeout = \"{timeout}\"\n", libtest("t", "tool").trim_end().to_owned() + "\n");
        let text = plan(&check_with_limits).replace("[policy]\n", "[policy]\noutput-limit-mib = 1\n");
        let project = Project::new(&text);
        project.tool("tool", script);
        let document = project.poll().exits(3).json();
        assert_eq!(check(&document, 3, "t")["reason"], reason, "{script}");
    }
}

#[test]
fn a_tool_that_is_missing_is_named() {
    let project = Project::new(&plan(&libtest("t", "no-such-tool")));
    let document = project.poll().exits(3).json();
    let check = check(&document, 3, "t");
    assert_eq!(check["reason"], "tool-missing");
    assert!(check["detail"].as_str().unwrap().contains("no-such-tool"));
}

#[test]
fn a_tool_inside_the_checkout_is_no_judge() {
    let project = Project::new(&plan(&libtest("t", "judge")));
    project.printing("judge", PASSED, 0);
    let outside = project.beside("tools/judge");
    std::fs::create_dir(project.root().join("bin")).unwrap();
    std::fs::copy(&outside, project.root().join("bin/judge")).unwrap();
    std::fs::remove_file(outside).unwrap();
    project.commit("bring a judge");
    let path = format!("{}:/usr/bin:/bin", project.root().join("bin").display());
    let ran = project.gonogo(&["poll", "v0.2.0", "--json"]).env("PATH", path).output().unwrap();
    let ran = crate::support::Ran::from(ran).exits(3);
    assert_eq!(check(&ran.json(), 3, "t")["reason"], "tool-missing");
}

#[test]
fn a_check_that_changes_tracked_files_makes_its_own_evidence_incomplete() {
    let project = project(PASSED, 0);
    project.write("tracked.txt", "as committed");
    project.commit("a file");
    let file = project.beside("passed");
    std::fs::write(&file, PASSED).unwrap();
    project.tool("run-tests", &format!("echo changed > tracked.txt; cat '{}'", file.display()));
    let document = project.poll().exits(3).json();
    let check = check(&document, 3, "lock-smoke");
    assert_eq!(check["reason"], "tree-changed");
    assert!(check["detail"].as_str().unwrap().contains("tracked.txt"));
}

#[test]
fn a_check_that_commits_its_change_is_found_out_too() {
    let project = project(PASSED, 0);
    let file = project.beside("passed");
    std::fs::write(&file, PASSED).unwrap();
    project.tool(
        "run-tests",
        &format!(
            "echo '# x' >> gonogo.toml; git -c user.name=a -c user.email=a@example.test commit -qam x; cat '{}'",
            file.display()
        ),
    );
    let document = project.poll().exits(3).json();
    assert_eq!(check(&document, 3, "lock-smoke")["reason"], "tree-changed");
}

#[test]
fn evidence_of_the_same_subject_is_taken_over_and_fresh_takes_over_nothing() {
    let project = project(PASSED, 0);
    let counter = project.beside("counter");
    let out = project.beside("run-tests.out");
    project.tool("run-tests", &format!("echo x >> '{}'; cat '{}'", counter.display(), out.display()));
    let runs = || std::fs::read_to_string(&counter).unwrap().lines().count();
    project.poll().exits(0);
    let document = project.poll().exits(0).json();
    assert_eq!((runs(), &check(&document, 3, "lock-smoke")["reused"]), (1, &json!(true)));
    project.run(&["poll", "v0.2.0", "--fresh"]).exits(0);
    assert_eq!(runs(), 2);
    // Another commit of the same files shows nothing else; other files do.
    project.commit("another");
    project.poll().exits(0);
    assert_eq!(runs(), 2);
    project.write("file", "new");
    project.commit("a file");
    project.poll().exits(0);
    assert_eq!(runs(), 3);
}

#[test]
fn evidence_is_not_taken_over_when_the_tool_changed_or_the_blob_did() {
    let project = project(PASSED, 0);
    project.poll().exits(0);
    project.tool("run-tests", &format!("# another\ncat '{}'", project.beside("run-tests.out").display()));
    let document = project.poll().exits(0).json();
    assert_eq!(check(&document, 3, "lock-smoke")["reused"], false);

    let blobs = project.ledger("v0.2.0").join("blobs");
    for blob in std::fs::read_dir(blobs).unwrap() {
        std::fs::write(blob.unwrap().path(), "forged").unwrap();
    }
    let document = project.poll().exits(0).json();
    assert_eq!(check(&document, 3, "lock-smoke")["reused"], false);
}

#[test]
fn evidence_is_not_taken_over_when_a_variable_that_checks_see_changed() {
    let project = project(PASSED, 0);
    let reused = |toolchain: &str| {
        let output = project
            .gonogo(&["poll", "v0.2.0", "--json"])
            .env("RUSTUP_TOOLCHAIN", toolchain)
            .output()
            .unwrap();
        check(&crate::support::Ran::from(output).exits(0).json(), 3, "lock-smoke")["reused"] == true
    };
    assert_eq!([reused("one"), reused("one"), reused("other")], [false, true, false]);
}

#[test]
fn a_failure_is_run_again_and_never_taken_over() {
    let project = project(FAILED, 101);
    project.poll().exits(1);
    let document = project.poll().exits(1).json();
    let check = check(&document, 3, "lock-smoke");
    assert_eq!((&check["reused"], &check["attempts"]), (&json!(false), &json!(2)));
}

#[test]
fn a_blocker_stands_until_it_is_closed_and_closing_needs_a_pass() {
    let project = project(FAILED, 101);
    let id = project.poll().exits(1).json()["blockers"][0]["id"].as_str().unwrap().to_owned();
    project.run(&["blocker", "resolve", "v0.2.0", "--id", &id]).exits(1);
    project.printing("run-tests", PASSED, 0);
    // The check passes now, and the blocker still stands.
    let document = project.poll().exits(1).json();
    assert_eq!(document["verdict"], "passed");
    assert_eq!(document["clearance"], "refused");
    project.run(&["blocker", "resolve", "v0.2.0", "--passed"]).exits(0);
    assert_eq!(project.poll().exits(0).json()["clearance"], "granted");
}

#[test]
fn a_blocker_filed_by_hand_and_closed_without_a_later_pass_makes_its_check_run_again() {
    let project = project(PASSED, 0);
    project.poll().exits(0);
    project
        .run(&[
            "blocker",
            "file",
            "--release-target",
            "v0.2.0",
            "--check",
            "Concurrency",
            "--title",
            "A race",
            "--summary",
            "Seen once.",
        ])
        .exits(0);
    let document = project.poll().exits(1).json();
    assert_eq!(
        check(&document, 3, "lock-smoke")["reused"],
        false,
        "an old pass says nothing of a new blocker"
    );
    project.run(&["poll", "v0.2.0", "--close-passed"]).exits(0);
}

#[test]
fn filing_the_same_by_hand_twice_finds_the_same_task() {
    let project = project(PASSED, 0);
    let file = |summary: &str| {
        let arguments = [
            "blocker",
            "file",
            "v0.2.0",
            "--check",
            "3",
            "--title",
            "A race",
            "--summary",
            summary,
            "--json",
        ];
        project.run(&arguments).exits(0).json()
    };
    let (first, second) = (file("Seen once."), file("Seen twice."));
    assert_eq!((&first["epic"], &first["task"]), (&second["epic"], &second["task"]));
}

#[test]
fn a_review_is_bound_to_what_changed_since_the_base() {
    let review = "[[gates.checks]]\nid = \"locks\"\nkind = \"review\"\nfocus = \"the writer lock\"\n";
    let project = Project::new(&plan(&(libtest("lock-smoke", "run-tests") + review)));
    project.printing("run-tests", PASSED, 0);
    let document = project.poll().exits(3).json();
    assert_eq!(check(&document, 3, "locks")["reason"], "review-missing");
    let accept =
        ["review", "v0.2.0", "--gate", "3", "--check", "locks", "--accept", "--note", "Read every lock."];
    project.run(&accept).exits(0);
    assert_eq!(
        check(&project.run(&["poll", "v0.2.0", "--close-passed", "--json"]).exits(0).json(), 3, "locks")["verdict"],
        "passed"
    );
    project.write("src/a.rs", "lock();\n");
    project.commit("another subject");
    assert_eq!(check(&project.poll().json(), 3, "locks")["reason"], "review-missing");
    project
        .run(&["review", "v0.2.0", "--gate", "3", "--check", "locks", "--reject", "--note", "A race."])
        .exits(0);
    assert_eq!(check(&project.poll().exits(1).json(), 3, "locks")["verdict"], "failed");
}

#[test]
fn an_inventory_that_changed_since_the_base_tag_asks_for_a_review() {
    let inventory =
        "[[gates.checks]]\nid = \"unsafe\"\nkind = \"inventory\"\npattern = 'unsafe'\npaths = [\"src\"]\n";
    let project = Project::unborn();
    project.write("gonogo.toml", plan(inventory));
    project.write("src/a.rs", "unsafe { one() }\n");
    project.commit("begin");
    project.git(&["tag", "v0.1.0"]);
    project.write("src/a.rs", "\n\nunsafe { one() }\n");
    project.commit("the same, lower");
    assert_eq!(check(&project.poll().exits(0).json(), 3, "unsafe")["verdict"], "passed");
    project.write("src/a.rs", "unsafe { one() }\nunsafe { two() }\n");
    project.commit("one more");
    assert_eq!(check(&project.poll().exits(3).json(), 3, "unsafe")["reason"], "review-missing");
}

#[test]
fn what_stands_behind_a_link_in_the_paths_of_an_inventory_is_searched() {
    let inventory =
        "[[gates.checks]]\nid = \"unsafe\"\nkind = \"inventory\"\npattern = 'unsafe'\npaths = [\"src\"]\n";
    for (link, to, file) in [
        ("src/b.rs", "../docs/b.txt", "docs/b.txt"),
        ("src/more", "../lib", "lib/deep/b.rs"),
        ("src/all", "..", "b.rs"),
    ] {
        let project = Project::unborn();
        project.write("gonogo.toml", plan(inventory));
        project.write("src/a.rs", "unsafe { one() }\n");
        project.write("apart/c.rs", "fn three() {}\n");
        project.commit("begin");
        project.git(&["tag", "v0.1.0"]);
        project.write(file, "unsafe { two() }\n");
        project.commit("beside it");
        project.poll().exits(0);
        std::os::unix::fs::symlink(to, project.root().join(link)).unwrap();
        project.commit("behind a link");
        assert_eq!(check(&project.poll().exits(3).json(), 3, "unsafe")["reason"], "review-missing", "{link}");
        let shown = project.run(&["review", "v0.2.0", "--gate", "3", "--check", "unsafe", "--show"]).exits(0);
        assert!(shown.stdout.contains("unsafe { two() }"), "{}", shown.stdout);
        let accept = ["review", "v0.2.0", "--gate", "3", "--check", "unsafe", "--accept", "--note", "Sound."];
        project.run(&accept).exits(0);
        project.run(&["poll", "v0.2.0", "--close-passed"]).exits(0);
    }
}

#[test]
fn a_review_of_an_inventory_counts_beside_other_checks_of_its_gate_until_the_search_changes() {
    let inventory =
        "[[gates.checks]]\nid = \"unsafe\"\nkind = \"inventory\"\npattern = 'unsafe'\npaths = [\"src\"]\n\n";
    let project = Project::new(&plan(&(inventory.to_owned() + &libtest("t", "run-tests"))));
    project.printing("run-tests", PASSED, 0);
    project.write("src/a.rs", "unsafe { one() }\n");
    project.commit("one");
    assert_eq!(check(&project.poll().exits(3).json(), 3, "unsafe")["reason"], "review-missing");
    let shown = project.run(&["review", "v0.2.0", "--gate", "3", "--check", "unsafe", "--show"]).exits(0);
    assert!(shown.stdout.contains("+ src/a.rs: unsafe { one() }"), "{}", shown.stdout);
    project
        .run(&["review", "v0.2.0", "--gate", "3", "--check", "unsafe", "--accept", "--note", "Sound."])
        .exits(0);
    project.run(&["poll", "v0.2.0", "--close-passed"]).exits(0);
    project.run(&["review", "v0.2.0", "--gate", "3", "--check", "t", "--accept", "--note", "Fine."]).exits(2);
}

#[test]
fn a_plan_that_asks_for_less_than_the_base_tags_needs_a_review() {
    let strict = libtest("lock-smoke", "run-tests").trim_end().to_owned() + "\nminimum = { tests = 5 }\n";
    let project = Project::new(&plan(&strict));
    project.printing("run-tests", PASSED, 0);
    assert_eq!(check(&project.poll().exits(3).json(), 3, "lock-smoke")["reason"], "too-few-tests");
    project.write("gonogo.toml", plan(&libtest("lock-smoke", "run-tests")));
    project.commit("lower the bar");
    let document = project.run(&["poll", "v0.2.0", "--close-passed", "--json"]).exits(3).json();
    assert_eq!(check(&document, 3, "plan-unweakened")["reason"], "review-missing");
    assert!(check(&document, 3, "plan-unweakened")["detail"].as_str().unwrap().contains("lock-smoke"));
}

#[test]
fn a_plan_that_is_brought_from_elsewhere_is_held_to_the_base_tags_own() {
    let strict = libtest("lock-smoke", "run-tests").trim_end().to_owned() + "\nminimum = { tests = 5 }\n";
    let project = Project::new(&plan(&strict));
    project.printing("run-tests", PASSED, 0);
    let easy = project.beside("easy.toml");
    std::fs::write(&easy, plan(&libtest("lock-smoke", "run-tests"))).unwrap();
    let document =
        project.run(&["poll", "v0.2.0", "--plan", easy.to_str().unwrap(), "--json"]).exits(3).json();
    assert_eq!(check(&document, 3, "plan-unweakened")["reason"], "review-missing");
}

#[test]
fn a_gate_that_the_base_tag_required_and_the_plan_dropped_still_blocks() {
    let two = plan(&libtest("t", "run-tests")).replace("[3]", "[3, 5]")
        + "[[gates]]\nid = 5\nname = \"Speed\"\n\n"
        + &libtest("bench", "run-tests");
    let project = Project::new(&two);
    project.printing("run-tests", PASSED, 0);
    project.poll().exits(0);
    project.write("gonogo.toml", plan(&libtest("t", "run-tests")));
    project.commit("drop a gate");
    let document = project.poll().exits(3).json();
    let gate = document["gates"].as_array().unwrap().iter().find(|gate| gate["id"] == 5).unwrap();
    assert_eq!((&gate["required"], &gate["verdict"]), (&json!(true), &json!("incomplete")));
}

#[test]
fn secrets_reach_neither_disk_nor_screen_nor_blocker() {
    let project = project(FAILED, 101);
    let token = format!("ghp_{}", "a1".repeat(18));
    project.printing("run-tests", &FAILED.replace("boom", &format!("token {token} and hunter2hunter2")), 101);
    let ran =
        project.gonogo(&["poll", "v0.2.0", "--json"]).env("MY_PASSWORD", "hunter2hunter2").output().unwrap();
    let ran = crate::support::Ran::from(ran).exits(1);
    assert!(!ran.stdout.contains(&token) && !ran.stdout.contains("hunter2hunter2"));
    let found = std::process::Command::new("grep")
        .args(["-rlE", &format!("{token}|hunter2hunter2")])
        .arg(project.root().join(".git"))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&found.stdout), "", "nothing below .git holds them");
}

#[test]
fn a_check_sees_no_credential_of_ours() {
    let project = project(PASSED, 0);
    let seen = project.beside("seen");
    project.tool(
        "run-tests",
        &format!("env > '{}'; cat '{}'", seen.display(), project.beside("run-tests.out").display()),
    );
    project
        .gonogo(&["poll", "v0.2.0"])
        .env("GH_TOKEN", "secret")
        .env("CARGO_REGISTRY_TOKEN", "secret")
        .output()
        .unwrap();
    let seen = std::fs::read_to_string(seen).unwrap();
    assert!(!seen.contains("secret") && seen.contains("LC_ALL=C.UTF-8"), "{seen}");
}

#[test]
fn standard_input_is_closed_and_the_locale_is_fixed() {
    let project = project(PASSED, 0);
    let out = project.beside("run-tests.out");
    project.tool("run-tests", &format!("cat; [ \"$LC_ALL\" = C.UTF-8 ] && cat '{}'", out.display()));
    project.poll().exits(0);
}

#[test]
fn a_canary_that_is_missed_takes_the_clean_answer_away() {
    let check_with_canary = libtest("t", "run-tests").trim_end().to_owned() + "\ncanary = [\"known-bad\"]\n";
    let project = Project::new(&plan(&check_with_canary));
    project.printing("run-tests", PASSED, 0);
    project.printing("known-bad", PASSED, 0);
    assert_eq!(check(&project.poll().exits(3).json(), 3, "t")["reason"], "canary-missed");
    project.printing("known-bad", FAILED, 101);
    assert_eq!(
        check(&project.run(&["poll", "v0.2.0", "--close-passed", "--json"]).exits(0).json(), 3, "t")["verdict"],
        "passed"
    );
}

#[test]
fn a_report_of_an_earlier_run_says_nothing_of_this_one() {
    let with_report =
        "[[gates.checks]]\nid = \"t\"\nrun = [\"run-tests\"]\nreader = \"junit\"\nreport = \"report.xml\"\n";
    let project = Project::unborn();
    project.write("gonogo.toml", plan(with_report));
    project.write(".gitignore", "report.xml\n");
    project.commit("begin");
    project.git(&["tag", "v0.1.0"]);
    let junit = "<testsuites><testsuite name=\"s\" tests=\"1\" failures=\"0\"><testcase classname=\"c\" name=\"n\"/></testsuite></testsuites>";
    project.write("report.xml", junit);
    project.tool("run-tests", "exit 0");
    assert_eq!(check(&project.poll().exits(3).json(), 3, "t")["reason"], "unreadable-output");
    project.tool("run-tests", &format!("echo '{junit}' > report.xml"));
    assert_eq!(
        check(&project.run(&["poll", "v0.2.0", "--close-passed", "--json"]).exits(0).json(), 3, "t")["verdict"],
        "passed"
    );
}

#[test]
fn status_tells_where_a_release_stands_and_the_next_command() {
    let project = project(FAILED, 101);
    let status = |arguments: &[&str]| project.run(&[&["status", "--json"], arguments].concat());
    assert_eq!(status(&[]).exits(0).json()["releases"], json!([]));
    let document = status(&["v0.2.0"]).exits(3).json();
    assert_eq!(
        (&document["state"], &document["next"]),
        (&json!("not-begun"), &json!("gonogo prepare v0.2.0"))
    );
    project.poll().exits(1);
    assert_eq!(status(&["v0.2.0"]).exits(1).json()["state"], "no-go");
    project.printing("run-tests", PASSED, 0);
    project.run(&["poll", "v0.2.0", "--close-passed"]).exits(0);
    let document = status(&["v0.2.0"]).exits(0).json();
    assert_eq!((&document["state"], &document["polls"]), (&json!("go"), &json!(2)));
    assert_eq!(status(&[]).exits(0).json()["releases"][0]["target"], "v0.2.0");
    project.commit("move on");
    assert_eq!(status(&["v0.2.0"]).exits(3).json()["state"], "stale");
}

#[test]
fn a_poll_of_a_tag_with_a_slash_has_its_own_ledger() {
    let text = plan(&libtest("t", "run-tests"))
        .replace("name = \"sample\"\n", "name = \"sample\"\ntag = \"core/v{version}\"\n");
    let project = Project::new(&text);
    project.git(&["tag", "core/v0.1.0", "v0.1.0"]);
    project.printing("run-tests", PASSED, 0);
    project.run(&["poll", "core/v0.2.0"]).exits(0);
    project.run(&["poll", "0.2.0"]).exits(0);
    assert!(project.ledger("core/v0.2.0").join("ledger.jsonl").exists());
    assert_eq!(project.run(&["status", "--json"]).json()["releases"][0]["target"], "core/v0.2.0");
}
