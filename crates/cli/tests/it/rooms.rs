//! Checks run in clean rooms: nothing that is only on this disk, in this clone or in this shell helps or hurts them, and their
//! evidence counts exactly as long as what they read is the same.

use crate::support::{PASSED, Project, Ran, check, libtest, plan, until};
use serde_json::Value;

/// The scaffold of most: a commit that holds `wrong: x`, and a check that reads it out.
const READS: &str = "[[gates.checks]]\nid = \"read\"\nrun = [\"cat\", \"src.txt\"]\nreader = \"text\"\nexpect = \"^(checked|right)\"\nfinding = \"^wrong\"\n\n";

fn reading(checks: &str, text: &str) -> Project {
    let project = Project::unborn();
    project.write("gonogo.toml", plan(checks));
    project.write("src.txt", text);
    project.commit("begin");
    project.git(&["tag", "-a", "-m", "Release v0.1.0", "v0.1.0"]);
    project
}

const WRONG: &str = "checked\nwrong: x\n";
const RIGHT: &str = "checked\nright\n";

#[track_caller]
fn verdict(project: &Project, id: &str) -> String {
    let one = check(&project.poll().json(), 3, id).clone();
    format!("{} {}", one["verdict"].as_str().unwrap(), one["reason"].as_str().unwrap_or_default())
        .trim()
        .to_owned()
}

#[test]
fn the_checkout_s_own_git_cannot_show_a_check_another_text() {
    let ways: [(&str, fn(&Project)); 5] = [
        ("a replacement of the commit", |project| {
            let bad = project.git(&["rev-parse", "HEAD"]).trim().to_owned();
            project.write("src.txt", RIGHT);
            project.commit("good");
            let good = project.git(&["rev-parse", "HEAD"]).trim().to_owned();
            project.git(&["reset", "--quiet", "--hard", &bad]);
            project.git(&["replace", &bad, &good]);
            project.git(&["reset", "--quiet", "--hard"]);
        }),
        ("a monitor that reports nothing", |project| {
            project.git(&["config", "core.fsmonitor", "true"]);
            project.git(&["update-index", "--fsmonitor-valid", "src.txt"]);
            project.write("src.txt", RIGHT);
        }),
        ("stamps that are not trusted", |project| {
            project.git(&["config", "core.trustctime", "false"]);
            project.git(&["config", "core.checkStat", "minimal"]);
            project.write("src.txt", WRONG.replace("wrong", "right"));
        }),
        ("a filter of this clone", |project| {
            std::fs::create_dir_all(project.root().join(".git/info")).unwrap();
            std::fs::write(project.root().join(".git/info/attributes"), "src.txt filter=nice\n").unwrap();
            project.git(&["config", "filter.nice.smudge", "sed s/wrong/right/"]);
            project.git(&["config", "filter.nice.clean", "sed s/right/wrong/"]);
            std::fs::remove_file(project.root().join("src.txt")).unwrap();
            project.git(&["checkout", "src.txt"]);
        }),
        ("a file that git is told not to look at", |project| {
            project.git(&["update-index", "--skip-worktree", "src.txt"]);
            project.write("src.txt", RIGHT);
        }),
    ];
    for (what, change) in ways {
        let project = reading(READS, WRONG);
        change(&project);
        assert_eq!(verdict(&project, "read"), "failed", "{what}");
    }
    assert_eq!(verdict(&reading(READS, RIGHT), "read"), "passed");
}

#[test]
fn what_is_ignored_or_untracked_in_the_checkout_helps_no_check() {
    for ignore in ["lib/\n", ""] {
        let project = reading(&READS.replace("src.txt", "lib/one.txt"), RIGHT);
        project.write(".gitignore", ignore);
        project.commit("ignore");
        project.write("lib/one.txt", RIGHT);
        assert_eq!(verdict(&project, "read"), "failed", "{ignore:?}");
        // Committed, it is there.
        project.git(&["add", "--force", "lib/one.txt"]);
        project.git(&["commit", "--quiet", "-m", "lib"]);
        assert_eq!(verdict(&project, "read"), "passed", "{ignore:?}");
    }
}

#[test]
fn a_change_that_is_taken_back_counts_for_whatever_ran_meanwhile() {
    let checks =
        READS.replace("run = [\"cat\", \"src.txt\"]", "run = [\"reader\"]") + &libtest("change", "changer");
    let project = reading(&checks, WRONG);
    std::fs::write(project.beside("passed"), PASSED).unwrap();
    project.tool(
        "changer",
        "cp src.txt $BESIDE/kept; sed -i s/wrong/right/ src.txt; touch $BESIDE/changed\n\
         while [ ! -e $BESIDE/read ]; do sleep 0.01; done; cp $BESIDE/kept src.txt; cat $BESIDE/passed",
    );
    project.tool(
        "reader",
        "while [ ! -e $BESIDE/changed ]; do sleep 0.01; done; cat src.txt; touch $BESIDE/read",
    );
    let document = project.run(&["poll", "v0.2.0", "--json", "--jobs", "2"]).exits(3).json();
    for id in ["read", "change"] {
        assert_eq!(check(&document, 3, id)["reason"], "tree-changed", "{id}");
    }
    assert!(check(&document, 3, "read")["detail"].as_str().unwrap().contains("src.txt"));
}

#[test]
fn a_check_finds_nothing_that_an_earlier_one_changed_or_left_behind() {
    for left in ["echo right > src.txt", "rm src.txt; ln -s $BESIDE/right src.txt", "printf right > made"] {
        let lock = "locks = [\"one\"]\n";
        let read =
            READS.replace("\"cat\", \"src.txt\"", "\"sh\", \"-c\", \"cat src.txt made 2>/dev/null; true\"");
        let checks = libtest("first", "changer").trim_end().to_owned()
            + "\n"
            + lock
            + "\n"
            + read.trim_end()
            + "\n"
            + lock;
        let project = reading(&checks, WRONG);
        std::fs::write(project.beside("right"), RIGHT).unwrap();
        std::fs::write(project.beside("passed"), PASSED).unwrap();
        project.tool("changer", &format!("{left}; cat $BESIDE/passed"));
        let document = project.poll().json();
        let second = check(&document, 3, "read");
        assert_eq!(second["verdict"], "failed", "{left}: {second:#}");
        assert!(!second["detail"].to_string().contains("made"), "{second:#}");
    }
}

#[test]
fn the_checkout_may_be_edited_while_a_poll_runs_and_is_not_written_to() {
    let checks = READS.replace("\"cat\", \"src.txt\"", "\"slow\"");
    let project = reading(&checks, RIGHT);
    project.tool(
        "slow",
        "touch $BESIDE/begun; while [ ! -e $BESIDE/edited ]; do sleep 0.01; done; cat src.txt; touch litter",
    );
    let running = project.start(&["poll", "v0.2.0", "--json"]);
    until("the check has begun", || project.beside("begun").exists());
    project.write("src.txt", WRONG);
    project.write("gonogo.toml", "not a plan");
    project.write("untracked", "");
    std::fs::write(project.beside("edited"), "").unwrap();
    assert_eq!(check(&running.end().exits(0).json(), 3, "read")["verdict"], "passed");
    assert!(!project.root().join("litter").exists());
}

#[test]
fn a_checkout_that_was_edited_before_the_poll_changes_no_answer_but_its_plan_has_to_be_the_commit_s() {
    let project = reading(READS, RIGHT);
    project.write("src.txt", WRONG);
    project.write("untracked", "");
    assert_eq!(verdict(&project, "read"), "passed");
    project.write("gonogo.toml", plan(&READS.replace("^wrong", "^nothing")));
    let ran = project.poll().exits(3);
    assert_eq!(ran.json()["reason"], "tree-changed");
    assert!(ran.stderr.contains("commit gonogo.toml"), "{}", ran.stderr);
}

#[test]
fn a_report_is_a_file_that_this_check_wrote_in_this_run() {
    let checks = READS.replace("\"cat\", \"src.txt\"", "\"writer\"") + "report = \"out.txt\"\n";
    for (script, answer) in [
        ("cp src.txt out.txt", "passed"),
        ("mkdir -p sub; cp src.txt sub/new; mv sub/new out.txt", "passed"),
        ("true", "incomplete unreadable-output"),
        ("mkfifo out.txt", "incomplete unreadable-output"),
        ("ln -s src.txt out.txt", "incomplete unreadable-output"),
        ("ln src.txt out.txt", "incomplete tree-changed"),
        ("ln -s /dev/zero out.txt", "incomplete unreadable-output"),
        ("ln -s $BESIDE/elsewhere out.txt", "incomplete unreadable-output"),
        ("cp -p $BESIDE/elsewhere out.txt", "incomplete unreadable-output"),
        ("mkdir out.txt", "incomplete unreadable-output"),
    ] {
        let project = reading(&checks, RIGHT);
        std::fs::write(project.beside("elsewhere"), RIGHT).unwrap();
        let old = std::fs::File::options().write(true).open(project.beside("elsewhere")).unwrap();
        old.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(600)).unwrap();
        project.tool("writer", script);
        assert_eq!(verdict(&project, "read"), answer, "{script}");
    }
}

#[test]
fn two_checks_that_write_one_report_do_not_read_each_other_s() {
    let writer = |id: &str, tool: &str| {
        READS
            .replace("\"read\"", &format!("\"{id}\""))
            .replace("\"cat\", \"src.txt\"", &format!("\"{tool}\""))
            .trim_end()
            .to_owned()
            + "\nreport = \"out.txt\"\n\n"
    };
    let project = reading(&(writer("one", "writes") + &writer("two", "writes-not")), RIGHT);
    project.tool("writes", "sleep 0.2; cp src.txt out.txt; sleep 0.2");
    project.tool("writes-not", "sleep 0.3");
    let document = project.run(&["poll", "v0.2.0", "--json", "--jobs", "2"]).json();
    assert_eq!(check(&document, 3, "one")["verdict"], "passed");
    assert_eq!(check(&document, 3, "two")["reason"], "unreadable-output");
}

#[test]
fn a_folder_that_is_a_link_out_of_the_room_is_no_place_to_run_in() {
    let project = reading(&(READS.to_owned() + "cwd = \"sub\"\n"), RIGHT);
    std::fs::create_dir(project.beside("outside")).unwrap();
    std::fs::write(project.beside("outside/src.txt"), RIGHT).unwrap();
    std::os::unix::fs::symlink(project.beside("outside"), project.root().join("sub")).unwrap();
    project.commit("a link");
    assert_eq!(verdict(&project, "read"), "incomplete not-run");
    // A link within the tree is one.
    std::fs::remove_file(project.root().join("sub")).unwrap();
    project.write("real/src.txt", RIGHT);
    std::os::unix::fs::symlink("real", project.root().join("sub")).unwrap();
    project.commit("another link");
    assert_eq!(verdict(&project, "read"), "passed");
}

#[test]
fn a_tool_that_is_reached_through_the_checkout_is_no_judge_whatever_path_leads_there() {
    let project = reading(&libtest("t", "judge"), RIGHT);
    project.printing("judge", PASSED, 0);
    std::fs::create_dir(project.root().join("bin")).unwrap();
    std::fs::rename(project.beside("tools/judge"), project.root().join("bin/judge")).unwrap();
    project.commit("bring a judge");
    std::os::unix::fs::symlink(project.root().join("bin"), project.beside("link")).unwrap();
    let beside = project.beside("").display().to_string();
    for folder in ["repo/bin", "link", "tools/../repo/bin"] {
        let path = format!("{beside}{folder}:/usr/bin:/bin");
        let ran: Ran =
            project.gonogo(&["poll", "v0.2.0", "--json"]).env("PATH", path).output().unwrap().into();
        assert_eq!(check(&ran.exits(3).json(), 3, "t")["reason"], "tool-missing", "{folder}");
    }
}

#[test]
fn a_variable_that_leads_a_tool_into_the_checkout_is_refused() {
    let project = reading(READS, RIGHT);
    for (name, place) in
        [("CARGO_HOME", "repo/.cargo"), ("RUSTUP_HOME", "tools/../repo/x"), ("GOPATH", "repo")]
    {
        let mut command = project.gonogo(&["poll", "v0.2.0", "--json"]);
        let ran: Ran = command.env(name, project.beside(place)).output().unwrap().into();
        let document = ran.exits(3).json();
        assert_eq!(document["reason"], "host-unfit", "{name}: {document:#}");
        assert!(document.to_string().contains(name));
    }
    let ran: Ran = project
        .gonogo(&["poll", "v0.2.0"])
        .env("CARGO_HOME", project.beside("cargo"))
        .output()
        .unwrap()
        .into();
    ran.exits(0);
}

#[test]
fn what_a_check_brings_along_is_there_for_it_alone_and_named_where_it_is_not() {
    let bringing = READS.replace("src.txt", ".scratch/db/text").trim_end().to_owned()
        + "\nbring = [\".scratch/db\"]\n\n";
    let other = READS.replace("\"read\"", "\"other\"").replace("src.txt", ".scratch/db/text");
    let project = reading(&(bringing + &other), RIGHT);
    project.write(".gitignore", ".scratch/\n");
    project.commit("ignore");
    let document = project.poll().exits(1).json();
    assert_eq!(check(&document, 3, "read")["reason"], "not-run");
    let detail = check(&document, 3, "read")["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains(".scratch/db, which is brought along, is not there"), "{detail}");
    project.write(".scratch/db/text", RIGHT);
    let document = project.poll().json();
    assert_eq!(check(&document, 3, "read")["verdict"], "passed");
    assert_ne!(check(&document, 3, "other")["verdict"], "passed");
}

#[test]
fn a_build_folder_is_kept_where_the_plan_says_so_and_never_else() {
    for (caches, second) in [("", "none"), ("caches = [\"target\"]\n", "kept")] {
        let text = plan(&READS.replace("\"cat\", \"src.txt\"", "\"builder\""))
            .replace("[policy]\n", &format!("[policy]\n{caches}"));
        let project = Project::unborn();
        project.write("gonogo.toml", text);
        project.write(".gitignore", "/target/\n");
        project.commit("begin");
        project.git(&["tag", "v0.1.0"]);
        project.tool("builder", "cat target/mark 2>/dev/null >$BESIDE/found || echo none >$BESIDE/found; mkdir -p target; echo kept >target/mark; echo checked");
        let found = || std::fs::read_to_string(project.beside("found")).unwrap().trim().to_owned();
        project.poll().exits(0);
        assert_eq!(found(), "none");
        project.run(&["poll", "v0.2.0", "--fresh"]).exits(0);
        assert_eq!(found(), second, "{caches:?}");
    }
}

#[test]
fn a_build_folder_begins_anew_with_another_toolchain_or_lock_file_and_not_with_another_source() {
    let text = plan(&READS.replace("\"cat\", \"src.txt\"", "\"builder\""))
        .replace("[policy]\n", "[policy]\ncaches = [\"target\"]\n");
    let project = Project::unborn();
    project.write("gonogo.toml", text);
    project.write(".gitignore", "/target/\n");
    project.write("Cargo.lock", "one\n");
    project.commit("begin");
    project.git(&["tag", "v0.1.0"]);
    let script = "cat target/mark 2>/dev/null >$BESIDE/found || echo none >$BESIDE/found; mkdir -p target/a; echo kept >target/mark; chmod a-w target/a; echo checked";
    project.tool("builder", script);
    let found = || {
        project.run(&["poll", "v0.2.0", "--fresh", "--close-passed"]);
        std::fs::read_to_string(project.beside("found")).unwrap().trim().to_owned()
    };
    assert_eq!([found(), found()], ["none", "kept"]);
    let committed = |path: &str, text: &str| {
        project.write(path, text);
        project.commit(path);
        found()
    };
    assert_eq!(committed("src/a.rs", "new"), "kept");
    assert_eq!(committed("Cargo.lock", "two\n"), "none");
    assert_eq!(committed("js/package-lock.json", "{}"), "none");
    assert_eq!(committed("rust-toolchain.toml", "[toolchain]\n"), "none");
    project.tool("builder", &format!("# another compiler\n{script}"));
    assert_eq!([found(), found()], ["none", "kept"]);
}

/// A project with a check of the documents, one of the sources and one of everything, and who ran in a poll.
fn three() -> Project {
    let of = |id: &str, inputs: &str| {
        format!(
            "[[gates.checks]]\nid = \"{id}\"\nrun = [\"lister\", \"{id}\"]\nreader = \"text\"\nexpect = \"^checked\"\n{inputs}\n\n"
        )
    };
    let checks = of("docs", "inputs = [\"README.md\", \"docs/**\"]")
        + &of("source", "inputs = [\"src/**\"]\nenv = [\"FLAGS\"]")
        + &of("all", "");
    let project = Project::unborn();
    project.write("gonogo.toml", plan(&checks));
    for path in ["README.md", "docs/a.md", "src/a.rs", "other"] {
        project.write(path, "text");
    }
    project.commit("begin");
    project.git(&["tag", "v0.1.0"]);
    project.tool("lister", "find . -type f -not -path './.git/*' | sort >$BESIDE/$1; echo checked");
    project
}

fn ran(document: &Value) -> Vec<String> {
    let ids = ["docs", "source", "all"];
    ids.into_iter().filter(|id| check(document, 3, id)["reused"] == false).map(str::to_owned).collect()
}

#[test]
fn a_check_with_inputs_sees_nothing_else_and_runs_again_only_where_they_changed() {
    let project = three();
    assert_eq!(ran(&project.poll().exits(0).json()), ["docs", "source", "all"]);
    let listed = |id: &str| std::fs::read_to_string(project.beside(id)).unwrap();
    assert_eq!(listed("docs"), "./README.md\n./docs/a.md\n");
    assert_eq!(listed("source"), "./src/a.rs\n");
    assert!(listed("all").contains("./other"));
    let after = |path: &str, text: &str| {
        project.write(path, text);
        project.commit(path);
        ran(&project.poll().exits(0).json())
    };
    assert_eq!(after("README.md", "new"), ["docs", "all"]);
    assert_eq!(after("src/a.rs", "new"), ["source", "all"]);
    assert_eq!(after("other", "new"), ["all"]);
    assert_eq!(after("docs/deep/b.md", "new"), ["docs", "all"]);
    // As it was once: what was shown then still holds.
    std::fs::remove_dir_all(project.root().join("docs/deep")).unwrap();
    project.commit("back");
    assert_eq!(ran(&project.poll().exits(0).json()), [] as [&str; 0]);
}

#[test]
fn a_tool_a_variable_and_the_part_of_the_plan_make_exactly_their_checks_stale_and_are_named() {
    let project = three();
    project.poll().exits(0);
    let with = |name: &str, value: &str| -> Value {
        let ran: Ran =
            project.gonogo(&["poll", "v0.2.0", "--json"]).env(name, value).output().unwrap().into();
        ran.exits(0).json()
    };
    // What says who and where changes nothing.
    let path = format!("/usr/games:{0}:{0}:/usr/bin:/bin", project.beside("tools").display());
    for (name, value) in
        [("PATH", path.as_str()), ("TMPDIR", "/var/tmp"), ("USER", "other"), ("XDG_RUNTIME_DIR", "/run")]
    {
        assert_eq!(ran(&with(name, value)), [] as [&str; 0], "{name}");
    }
    let document = with("FLAGS", "-O3");
    assert_eq!(ran(&document), ["source"]);
    assert!(check(&document, 3, "source")["notes"].to_string().contains("the variable FLAGS changed"));
    project
        .tool("lister", "# another\nfind . -type f -not -path './.git/*' | sort >$BESIDE/$1; echo checked");
    let document = with("FLAGS", "-O3");
    assert_eq!(ran(&document), ["docs", "source", "all"]);
    let notes = check(&document, 3, "docs")["notes"].to_string();
    assert!(notes.contains("lister changed from sha256:"), "{notes}");
    let text = std::fs::read_to_string(project.root().join("gonogo.toml")).unwrap();
    project.write("gonogo.toml", text.replace("id = \"docs\"\n", "id = \"docs\"\ntimeout = \"9m\"\n"));
    project.commit("a longer wait");
    assert_eq!(ran(&with("FLAGS", "-O3")), ["docs", "all"]);
}

#[test]
fn an_ignore_file_beside_the_folder_that_an_auditor_runs_in_is_a_finding() {
    const AUDIT: &str = "{\"database\":{\"advisory-count\":123,\"last-commit\":null,\"last-updated\":null},\"lockfile\":{\"dependency-count\":2},\
        \"settings\":{\"target_arch\":[],\"target_os\":[],\"severity\":null,\"ignore\":[],\"informational_warnings\":[]},\
        \"vulnerabilities\":{\"found\":false,\"count\":0,\"list\":[]},\"warnings\":{}}";
    for (file, answer) in [
        ("sub/.cargo/audit.toml", "failed"),
        (".cargo/audit.toml", "failed"),
        ("other/.cargo/audit.toml", "passed"),
    ] {
        let audit =
            "[[gates.checks]]\nid = \"read\"\nrun = [\"audit\"]\nreader = \"cargo-audit\"\ncwd = \"sub\"\n";
        let project = reading(audit, RIGHT);
        project.printing("audit", AUDIT, 0);
        project.write("sub/Cargo.lock", "");
        project.write(file, "[advisories]\nignore = []\n");
        project.commit("an auditor");
        assert_eq!(verdict(&project, "read"), answer, "{file}");
    }
}

#[test]
fn a_key_in_an_output_hides_no_finding_behind_it() {
    for begin in [
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU=",
    ] {
        let project = reading(READS, &format!("checked\n{begin}\nwrong: x\n"));
        let document = project.poll().exits(1).json();
        let one = check(&document, 3, "read");
        assert_eq!(one["findings"][0]["message"], "wrong: x", "{one:#}");
        assert!(!document.to_string().contains("b3BlbnNzaC1rZXktdjEAAAAABG5vbmU"));
    }
}

#[test]
fn a_token_in_the_arguments_of_a_check_is_not_shown_in_the_line_that_repeats_it() {
    let token = format!("ghp_{}", "a1".repeat(18));
    let project = reading(&READS.replace("\"cat\", \"src.txt\"", &format!("\"show\", \"{token}\"")), RIGHT);
    project.tool("show", "cat src.txt; echo \"wrong: $1\"");
    let ran = project.poll().exits(1);
    assert!(!ran.stdout.contains(&token) && !ran.stderr.contains(&token), "{ran:#?}");
    let folder = project.root().join(".git/gonogo");
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).unwrap();
                assert!(!String::from_utf8_lossy(&bytes).contains(&token), "{}", path.display());
            }
        }
    }
}

#[test]
fn a_person_may_look_where_a_check_looked() {
    let checks = READS.trim_end().to_owned() + "\nset-env = { WHERE = \"{root}/x\" }\ncwd = \"sub\"\n";
    let project = reading(&checks, RIGHT);
    project.write("sub/file", "");
    project.write("src.txt", WRONG);
    project.commit("next");
    project.write("src.txt", "edited");
    let room = |arguments: &[&str]| {
        let program = [
            "--",
            "sh",
            "-c",
            "cat \"$(git rev-parse --show-toplevel)/src.txt\"; echo $WHERE; basename $PWD",
        ];
        project.run(&[&["room", "v0.2.0"], arguments, &program].concat())
    };
    let looked = room(&["--check", "3/read"]).exits(0).stdout;
    assert_eq!(looked, format!("{WRONG}{}/x\nsub\n", project.room().display()));
    assert_eq!(room(&[]).exits(0).stdout, format!("{WRONG}\ncommit\n"));
    assert_eq!(room(&["--base"]).exits(0).stdout, format!("{RIGHT}\nbase\n"));
    room(&["--check", "other"]).exits(2);
    assert!(project.records().is_empty(), "it shows nothing");
}

#[test]
fn what_a_tool_says_that_it_ignores_and_the_plan_does_not_name_is_a_finding() {
    const AUDIT: &str = "{\"database\":{\"advisory-count\":123,\"last-commit\":null,\"last-updated\":null},\"lockfile\":{\"dependency-count\":2},\
        \"settings\":{\"target_arch\":[],\"target_os\":[\"windows\"],\"severity\":null,\"ignore\":[\"RUSTSEC-1\"],\"informational_warnings\":[]},\
        \"vulnerabilities\":{\"found\":false,\"count\":0,\"list\":[]},\"warnings\":{}}";
    let named = "\"--ignore=RUSTSEC-1\", \"--target-os\", \"windows\"";
    for (run, more, answer) in [
        ("\"tool\"", "", "failed"),
        ("\"tool\", \"--ignore\", \"RUSTSEC-1\"", "", "failed"),
        ("\"tool\", \"RUSTSEC-12\", \"windows\"", "", "failed"),
        (&format!("\"tool\", {named}"), "", "passed"),
        ("\"tool\"", "ignores = [\"RUSTSEC-1\", \"windows\"]", "passed"),
        // A known-bad run that only tells of its settings has not seen what is bad.
        (
            "\"tool\"",
            "ignores = [\"RUSTSEC-1\", \"windows\"]\ncanary = [\"tool\"]",
            "incomplete canary-missed",
        ),
    ] {
        let audit =
            format!("[[gates.checks]]\nid = \"read\"\nrun = [{run}]\nreader = \"cargo-audit\"\n{more}\n");
        let project = reading(&audit, RIGHT);
        project.printing("tool", AUDIT, 0);
        assert_eq!(verdict(&project, "read"), answer, "{run} {more}");
    }
    const DENY: &str = "{\"type\":\"diagnostic\",\"fields\":{\"severity\":\"note\",\"code\":\"advisory-ignored\",\"message\":\"advisory was ignored\",\
        \"advisory\":{\"id\":\"RUSTSEC-1\"},\"labels\":[],\"graphs\":[]}}\n\
        {\"type\":\"summary\",\"fields\":{\"advisories\":{\"errors\":0,\"warnings\":0,\"notes\":1,\"helps\":0}}}\n";
    for (more, answer) in [("", "failed"), ("ignores = [\"RUSTSEC-1\"]", "passed")] {
        let deny =
            format!("[[gates.checks]]\nid = \"read\"\nrun = [\"tool\"]\nreader = \"cargo-deny\"\n{more}\n");
        let project = reading(&deny, RIGHT);
        project.printing("tool", DENY, 0);
        assert_eq!(verdict(&project, "read"), answer, "{more}");
    }
}

#[test]
fn files_that_are_only_pointers_are_told_at_each_check_that_has_them() {
    let of = |id: &str, inputs: &str| {
        READS.replace("\"read\"", &format!("\"{id}\"")).trim_end().to_owned()
            + &format!("\ninputs = [{inputs}]\n\n")
    };
    let checks = READS.replace("\"read\"", "\"all\"")
        + &of("part", "\"src.txt\", \"data/**\"")
        + &of("other", "\"src.txt\"");
    let project = reading(&checks, RIGHT);
    project.write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
    project.write("data/a.bin", "version 1\noid sha256:00\nsize 3\n");
    project.commit("a pointer");
    let document = project.run(&["poll", "v0.2.0", "--json"]).json();
    let told = |id: &str| check(&document, 3, id)["notes"].to_string().contains("data/a.bin");
    assert_eq!(["all", "part", "other"].map(told), [true, true, false], "{document:#}");
}

/// A check whose program writes files of the commit, and then says that all is well.
fn writing(script: &str, more: &str) -> Project {
    let checks = format!(
        "[[gates.checks]]\nid = \"gen\"\nrun = [\"generate\"]\nreader = \"text\"\nexpect = \"^checked\"\n{more}\n"
    );
    let project = reading(&format!("{checks}\n{READS}"), RIGHT);
    project.tool("generate", &format!("{script}; echo checked"));
    project
}

#[test]
fn a_file_that_a_build_writes_again_as_it_was_stops_nobody_where_the_plan_names_it() {
    let again = "cat src.txt > copy; cat copy > src.txt; rm copy";
    let named = "rewrites = [\"src.txt\"]\nexclusive = true\n";
    let project = writing(again, named);
    assert_eq!(verdict(&project, "gen"), "passed");
    assert_eq!(verdict(&project, "read"), "passed", "nothing ran beside it");
    let unnamed = writing(again, "exclusive = true\n");
    assert_eq!(verdict(&unnamed, "gen"), "incomplete tree-changed");
    let said = check(&unnamed.poll().json(), 3, "gen")["detail"].as_str().unwrap().to_owned();
    assert!(said.contains("`rewrites`"), "{said}");
    for (what, script) in [
        ("another content", "echo right > src.txt"),
        ("another file too", "cat src.txt > copy; cat copy > src.txt; touch gonogo.toml; rm copy"),
        ("another mode", "chmod +x src.txt"),
        ("a link", "mv src.txt moved; ln -s moved src.txt"),
        ("nothing there any more", "rm src.txt"),
    ] {
        let project = writing(script, named);
        assert_eq!(verdict(&project, "gen"), "incomplete tree-changed", "{what}");
        assert_eq!(verdict(&project, "read"), "passed", "{what}: the room is tidied for whoever comes next");
    }
    // Whoever reads such a file meanwhile would read anything, so the plan says that nobody does.
    let refused = writing(again, "rewrites = [\"src.txt\"]\n").poll();
    assert!(refused.exits(2).stderr.contains("exclusive = true"));
}
