//! What users and repositories get wrong: each has its exit code and a clear line, and nothing is lost or begun.

use crate::support::{FAILED, PASSED, Project, Ran, alive_in_group, check, libtest, plan, until};

fn passing() -> Project {
    let project = Project::new(&plan(&libtest("t", "run-tests")));
    project.printing("run-tests", PASSED, 0);
    project
}

/// A poll that ends before anything ran, with one line that says why.
#[track_caller]
fn refused(project: &Project, ran: Ran, code: i32, says: &str) {
    let ran = ran.exits(code);
    let first = ran.stderr.lines().next().unwrap_or_default();
    assert!(first.starts_with("gonogo: ") && first.contains(says), "{ran:#?}");
    assert_eq!(ran.stderr.lines().filter(|line| !line.starts_with("  remedy: ")).count(), 1, "{ran:#?}");
    assert!(!project.root().join(".git/gonogo").exists(), "something was begun");
}

#[track_caller]
fn refused_because(project: &Project, reason: &str, says: &str) {
    let document = project.poll().exits(3).json();
    assert_eq!((&document["schema"], &document["reason"]), (&"gonogo.error/1".into(), &reason.into()));
    refused(project, project.run(&["poll", "v0.2.0"]), 3, says);
}

#[test]
fn outside_a_repository_is_wrong_use() {
    let project = passing();
    let outside = project.beside("home");
    let ran = project.gonogo(&["poll", "v0.2.0"]).current_dir(&outside).output().unwrap().into();
    refused(&project, ran, 2, "is not in a git checkout");
    assert_eq!(std::fs::read_dir(outside).unwrap().count(), 0);
}

#[test]
fn a_branch_without_a_commit_is_wrong_use() {
    let project = Project::unborn();
    project.write("gonogo.toml", plan(&libtest("t", "run-tests")));
    refused(&project, project.run(&["poll", "v0.2.0"]), 2, "there is no commit yet");
}

#[test]
fn a_repository_without_a_plan_is_wrong_use() {
    let project = Project::unborn();
    project.commit("begin");
    let ran = project.run(&["poll", "v0.2.0"]);
    assert!(ran.stderr.contains("gonogo init"), "{ran:#?}");
    refused(&project, ran, 2, "cannot read the plan");
}

/// A clone of a project, made with more arguments of git's.
fn clone(of: &Project, arguments: &[&str]) -> Project {
    let project = Project::unborn();
    std::fs::remove_dir_all(project.root()).unwrap();
    let url = format!("file://{}", of.root().display());
    let root = project.root();
    let words =
        ["clone", "--quiet"].iter().chain(arguments).copied().chain([url.as_str(), root.to_str().unwrap()]);
    let output = of.command("git").args(words).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    project.printing("run-tests", PASSED, 0);
    project
}

#[test]
fn a_shallow_clone_without_the_base_tag_has_no_baseline() {
    let origin = passing();
    origin.commit("another");
    let project = clone(&origin, &["--depth", "1"]);
    refused_because(&project, "baseline-missing", "shallow");
    project.git(&["fetch", "--quiet", "--unshallow", "--tags"]);
    project.poll().exits(0);
}

#[test]
fn a_base_tag_that_only_the_remote_has_is_missed() {
    let origin = passing();
    let project = clone(&origin, &["--no-tags"]);
    refused_because(&project, "baseline-missing", "v0.1.0");
    project.git(&["fetch", "--quiet", "--tags"]);
    assert_eq!(project.poll().exits(0).json()["base"], "v0.1.0");
}

#[test]
fn a_remote_that_does_not_answer_leaves_the_baseline_open() {
    let origin = passing();
    let project = clone(&origin, &["--no-tags"]);
    std::fs::rename(origin.root(), origin.beside("moved")).unwrap();
    refused_because(&project, "baseline-missing", "the remote origin does not say");
}

#[test]
fn a_base_tag_that_is_not_there_is_missed() {
    let project = passing();
    for tag in ["v9.9.9", "HEAD", "main", "--all", "v0.1.0^", ""] {
        let ran = project.run(&["poll", "v0.2.0", &format!("--base-tag={tag}")]);
        refused(&project, ran, 3, "baseline-missing");
    }
}

#[test]
fn a_first_release_needs_no_base() {
    let project = passing();
    project.git(&["tag", "--delete", "v0.1.0"]);
    assert!(project.poll().exits(0).json()["base"].is_null());
}

#[test]
fn a_detached_head_is_a_commit_like_any_other() {
    let project = passing();
    project.git(&["checkout", "--quiet", "--detach"]);
    project.poll().exits(0);
}

#[test]
fn what_is_no_version_is_no_target() {
    let project = passing();
    for target in [
        "",
        "v",
        "latest",
        "1.2",
        "v1.2.3.4",
        "V0.2.0",
        "../v0.2.0",
        "v0.2.0/../../x",
        "v0.2.0 ",
        "v0.2.0\nx",
        "refs/tags/v0.2.0",
        "01.2.3",
        "v-1.0.0",
    ] {
        let ran = project.run(&["poll", &format!("--release-target={target}")]);
        refused(&project, ran, 2, "");
    }
    for arguments in [
        &["poll"][..],
        &["poll", "v0.2.0", "--release-target", "v0.2.0"],
        &["poll", "v0.2.0", "--mode", "wet"],
        &["poll", "v0.2.0", "--agent", "nobody"],
        &["poll", "v0.2.0", "--jobs", "0"],
        &["poll", "v0.2.0", "--nonsense"],
    ] {
        let ran = project.run(arguments).exits(2);
        assert!(ran.stdout.is_empty() && ran.stderr.starts_with("error: "), "{ran:#?}");
    }
    assert!(!project.root().join(".git/gonogo").exists());
}

#[test]
fn a_tree_that_is_not_its_commits_is_not_prepared_and_changes_no_answer_of_a_poll() {
    type Change = fn(&Project);
    let changes: [(&str, Change); 5] = [
        ("file", |project| project.write("file", "changed")),
        ("new", |project| project.write("new", "not tracked")),
        ("deep/", |project| project.write("deep/new", "not tracked, in a folder")),
        ("file", |project| std::fs::remove_file(project.root().join("file")).unwrap()),
        ("file", |project| {
            project.write("file", "staged");
            project.git(&["add", "file"]);
            project.write("file", "as committed");
        }),
    ];
    for (path, change) in changes {
        let project = passing();
        project.write("file", "as committed");
        project.commit("a file");
        change(&project);
        let prepared = project.run(&["prepare", "v0.2.0", "--json"]).json();
        let items = prepared["preflight"].as_array().unwrap();
        let tree = items.iter().find(|item| item["id"] == "tree-clean").unwrap();
        assert!(tree["state"] == "gap" && tree["message"].as_str().unwrap().contains(path), "{tree:#}");
        project.poll().exits(0);
    }
}

#[test]
fn a_file_that_git_is_told_not_to_look_at_is_not_prepared_and_changes_no_answer_of_a_poll() {
    for flag in ["--assume-unchanged", "--skip-worktree"] {
        let project = passing();
        project.write("file", "as committed");
        project.commit("a file");
        project.git(&["update-index", flag, "file"]);
        project.write("file", "changed");
        let prepared = project.run(&["prepare", "v0.2.0", "--json"]).json();
        let items = prepared["preflight"].as_array().unwrap();
        let tree = items.iter().find(|item| item["id"] == "tree-clean").unwrap();
        assert!(tree["state"] == "gap" && tree["message"].as_str().unwrap().contains("file"), "{tree:#}");
        project.poll().exits(0);
    }
}

#[test]
fn a_plan_with_a_byte_order_mark_or_windows_line_ends_works() {
    let text = plan(&libtest("t", "run-tests"));
    for text in [
        format!("\u{feff}{text}"),
        text.replace('\n', "\r\n"),
        format!("\u{feff}{}", text.replace('\n', "\r\n")),
    ] {
        let project = Project::new(&text);
        project.printing("run-tests", PASSED, 0);
        project.poll().exits(0);
        // The place of a problem is the line that an editor shows.
        project.write("gonogo.toml", text.replace("schema = 1", "schema = 1\ncolour = 2"));
        let ran = project.run(&["poll", "v0.2.0"]).exits(2);
        assert!(ran.stderr.contains("gonogo.toml:2:"), "{ran:#?}");
    }
}

#[test]
fn a_plan_that_is_not_utf_8_is_refused() {
    let project = passing();
    project.write("gonogo.toml", b"schema = 1 # \xff\n");
    refused(&project, project.run(&["poll", "v0.2.0"]), 2, "not UTF-8");
}

#[test]
fn a_plan_with_a_problem_is_refused_with_its_line_and_nothing_runs() {
    let good = plan(
        &(libtest("t", "run-tests")
            + "[[gates.checks]]\nid = \"u\"\nkind = \"inventory\"\npattern = 'unsafe'\n"),
    );
    let number = |text: &str, needle: &str| {
        let at = text.rfind(needle).unwrap_or_else(|| panic!("no {needle} in\n{text}"));
        text[..at].matches('\n').count() + 1
    };
    let cases: [(&str, &str, &str, &str); 12] = [
        ("an unknown key", "[policy]\n", "[policy]\ncolour = 1\n", "colour = 1"),
        ("an unknown key of a check", "reader = \"libtest\"", "reader = \"libtest\"\ncolor = 1", "color = 1"),
        (
            "a gate twice",
            "[tracker]",
            "[[gates]]\nid = 3\nname = \"First\"\n\n[[gates.checks]]\nid = \"x\"\nkind = \"git-clean\"\n\n[tracker]",
            "id = 3",
        ),
        ("a check twice", "id = \"u\"", "id = \"t\"", "id = \"t\""),
        ("a required gate that is not there", "required-gates = [3]", "required-gates = [\n3,\n9]", "9]"),
        (
            "a required gate without a check",
            "required-gates = [3]",
            "required-gates = [3,\n5]\n[[gates]]\nid = 5\nname = \"Empty\"",
            "5]",
        ),
        ("a pattern that is none", "'unsafe'", "'(unsafe'", "'(unsafe'"),
        (
            "a minimum of nothing",
            "reader = \"libtest\"",
            "reader = \"libtest\"\nminimum = { tests = 0 }",
            "minimum",
        ),
        ("a text for a list", "required-gates = [3]", "required-gates = \"3\"", "required-gates"),
        ("no required gate", "required-gates = [3]", "required-gates = []", "required-gates"),
        ("a shell line", "run = [\"run-tests\"]", "run = \"run-tests --all\"", "run ="),
        ("a broken line", "name = \"sample\"", "name = \"sample", "name = \"sample"),
    ];
    for (what, from, to, needle) in cases {
        let project = passing();
        let ran = project.beside("ran");
        project.tool("run-tests", &format!("touch '{}'", ran.display()));
        assert!(good.contains(from), "{what}");
        let text = good.replacen(from, to, 1);
        project.write("gonogo.toml", &text);
        project.commit("a plan");
        let answer = project.run(&["poll", "v0.2.0"]).exits(2);
        let place = format!("gonogo.toml:{}: ", number(&text, needle));
        assert!(answer.stderr.contains(&place), "{what}, wanted {place}: {answer:#?}");
        assert!(answer.stdout.is_empty(), "{what}");
        let document = project.poll().exits(2).json();
        let error = document["error"].as_str().unwrap();
        assert!(error.contains(&place) && !error.contains('\n'), "{what}: {error}");
        assert!(!ran.exists() && !project.root().join(".git/gonogo").exists(), "{what}: something was begun");
    }
}

#[test]
fn output_that_is_not_what_its_reader_knows_shows_nothing() {
    let (passed, failed) = (PASSED.as_bytes(), FAILED.as_bytes());
    let erase = b"\x1b[2J\x1b[H\x1b[2K\r".as_slice();
    let cases: [(&str, Vec<u8>, i32, i32); 9] = [
        ("bytes of no encoding", b"\xff\xfe\x80".to_vec(), 0, 3),
        ("nothing but NUL", vec![0; 4096], 0, 3),
        ("a NUL inside the result", PASSED.replace("1 passed", "1\0passed").into_bytes(), 0, 3),
        (
            "a result of no encoding",
            [b"\nrunning 1 test\ntest it_works ... ok\n\ntest result: \xff. 1 passed; 0 failed".as_slice()]
                .concat(),
            0,
            3,
        ),
        ("a failure, erased and painted over as a pass", [failed, erase, passed].concat(), 0, 3),
        ("the same with the status of a failure", [failed, erase, passed].concat(), 101, 1),
        (
            "a result that another is painted over",
            PASSED
                .replace("test result: ok", "test result: FAILED. 0 passed; 1 failed\x1b[2K\rtest result: ok")
                .into_bytes(),
            0,
            3,
        ),
        ("a pass painted by cursor moves", b"\x1b[1;1Htest result: ok. 1 passed; 0 failed".to_vec(), 0, 3),
        ("a pass whose status is a failure", passed.to_vec(), 1, 3),
    ];
    for (what, bytes, status, code) in cases {
        let project = passing();
        std::fs::write(project.beside("bytes"), bytes).unwrap();
        project.tool("run-tests", &format!("cat '{}'; exit {status}", project.beside("bytes").display()));
        let ran = project.poll();
        assert!(
            ran.code == Some(code) || (ran.code == Some(1) && code == 3 && what.contains("fail")),
            "{what}: {ran:#?}"
        );
        let document = ran.json();
        assert_ne!(check(&document, 3, "t")["verdict"], "passed", "{what}");
        project.run(&["status", "v0.2.0"]).exits(ran.code.unwrap());
    }
}

#[test]
fn a_failure_with_any_bytes_in_it_is_filed_and_shown_without_control_characters() {
    let project = passing();
    let text = FAILED.replace("it_works", "it_\u{1b}[31mworks").into_bytes();
    let position = text.windows(4).position(|window| window == b"boom").unwrap();
    let bytes = [&text[..position], b"\xff\x00\x1b]0;title\x07", &text[position..]].concat();
    std::fs::write(project.beside("bytes"), bytes).unwrap();
    project.tool("run-tests", &format!("cat '{}'; exit 101", project.beside("bytes").display()));
    let shown = project.run(&["poll", "v0.2.0"]);
    assert!(matches!(shown.code, Some(1 | 3)), "{shown:#?}");
    assert!(
        !shown.stdout.contains('\u{1b}') && !shown.stdout.contains('\0') && !shown.stdout.contains('\u{7}')
    );
    assert!(!project.poll().json()["blockers"].as_array().unwrap().is_empty());
}

#[test]
fn a_check_whose_child_holds_its_output_open_is_incomplete() {
    let project = passing();
    let (out, group) = (project.beside("run-tests.out"), project.beside("group"));
    project
        .tool("run-tests", &format!("echo $$ >'{}'\nsleep 3600 &\ncat '{}'", group.display(), out.display()));
    let document = project.poll().exits(3).json();
    assert_eq!(check(&document, 3, "t")["verdict"], "incomplete");
    let group = std::fs::read_to_string(group).unwrap();
    until("its group is gone", || alive_in_group(group.trim()).is_empty());
}

#[test]
fn a_check_whose_child_left_its_group_and_holds_its_output_is_not_waited_for() {
    let project = passing();
    let (out, gone) = (project.beside("run-tests.out"), project.beside("gone"));
    // It ends by itself once the test says so.
    let child = format!(
        "while [ ! -e \"{0}\" ] && [ -d \"{1}\" ]; do sleep 0.1; done",
        gone.display(),
        project.root().display()
    );
    project.tool("run-tests", &format!("setsid sh -c '{child}' &\ncat '{}'", out.display()));
    let document = project.poll().exits(3).json();
    assert_eq!(check(&document, 3, "t")["verdict"], "incomplete");
    std::fs::write(gone, "").unwrap();
}
