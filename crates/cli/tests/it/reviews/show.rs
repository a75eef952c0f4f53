//! What a reviewer sees.

use super::poll;
use crate::support::{PASSED, Project, libtest, plan};
use std::process::Command;

const SHOW: [&str; 7] = ["review", "v0.2.0", "--gate", "3", "--check", "locks", "--show"];
const REVIEW: &str =
    "[[gates.checks]]\nid = \"locks\"\nkind = \"review\"\nfocus = \"the writer lock\"\npaths = [\"src\"]\n";

/// A project whose one review is of `src/a.rs`, in which the fifth line of nine is another.
fn project(checks: &str) -> Project {
    let project = Project::new(&plan(checks));
    project.printing("run-tests", PASSED, 0);
    let lines = |fifth: &str| format!("one\ntwo\nthree\nfour\n{fifth}\nsix\nseven\neight\nnine\n");
    project.write("src/a.rs", lines("five"));
    project.write("docs/page.md", "A page.\n");
    project.commit("code");
    project.git(&["tag", "-f", "-a", "-m", "v0.1.0", "v0.1.0"]);
    project.write("src/a.rs", lines("5"));
    project.write("docs/page.md", "Another page.\n");
    project.commit("another line");
    poll(&project).exits(3);
    project
}

#[test]
fn a_review_without_any_evidence_beside_it_shows_what_changed_below_its_paths() {
    let project = project(REVIEW);
    let marked = project.beside("paged");
    let shown =
        project.gonogo(&SHOW).env("GIT_PAGER", format!("tee '{}'", marked.display())).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("the writer lock") && shown.contains("v0.1.0 ("), "{shown}");
    assert!(shown.contains("-five\n+5\n"), "{shown}");
    assert!(shown.contains(" one\n") && shown.contains(" nine"), "context on both sides: {shown}");
    assert!(!shown.contains("page"), "{shown}");
    assert!(!marked.exists(), "a pager is for terminals");
}

#[test]
fn neither_an_attribute_nor_a_setting_hides_a_change_from_a_reviewer() {
    let project = project(REVIEW);
    for line in [
        ["config", "diff.external", "true"],
        ["config", "diff.hide.textconv", "true"],
        ["config", "color.diff", "always"],
    ] {
        project.git(&line);
    }
    std::fs::create_dir_all(project.root().join(".git/info")).unwrap();
    std::fs::write(project.root().join(".git/info/attributes"), "src/* diff=hide\n").unwrap();
    let shown = project.run(&SHOW).exits(0).stdout;
    assert!(shown.contains("-five\n+5\n"), "{shown}");
}

#[test]
fn a_document_holds_so_much_of_it_and_says_how_much_more_there_is() {
    let project = project(&(libtest("t", "run-tests") + REVIEW));
    project.write("src/big.rs", "a line of a large file\n".repeat(40_000));
    project.commit("a large file");
    poll(&project);
    let document = project.run(&[&SHOW[..], &["--json"]].concat()).exits(0).json();
    let diff = document["diff"].as_str().unwrap();
    assert!(diff.len() <= 256 << 10 && diff.ends_with('\n'), "{}", diff.len());
    assert!(document["diff_cut_bytes"].as_u64().unwrap() > 500_000, "{}", document["diff_cut_bytes"]);
    assert_eq!(document["scope"]["paths"], serde_json::json!(["src"]));
    assert_eq!(document["scope"]["changed"], 2);
    assert!(
        document["texts"][0].as_str().unwrap().contains("it_works"),
        "the evidence of the gate is there too"
    );
}

#[test]
fn an_inventory_shows_its_matches_and_the_changes_around_them() {
    let project =
        Project::new(&plan("[[gates.checks]]\nid = \"locks\"\nkind = \"inventory\"\npattern = 'unsafe'\n"));
    project.write("src/a.rs", "fn a(p: *const u8) {\n    assert!(!p.is_null());\n    unsafe { *p };\n}\n");
    project.write("src/b.rs", "fn b() {}\n");
    project.commit("code");
    poll(&project).exits(3);
    let shown = project.run(&SHOW).exits(0).stdout;
    assert!(shown.contains("+ src/a.rs: unsafe { *p };"), "{shown}");
    assert!(shown.contains("+    assert!(!p.is_null());"), "{shown}");
    assert!(!shown.contains("fn b"), "{shown}");
}

#[test]
fn on_a_terminal_it_is_shown_by_gits_pager() {
    const TERMINAL: &str = "import pty, sys\nsys.exit(pty.spawn(sys.argv[1:]) >> 8)";
    let project = project(REVIEW);
    let paged = |variables: &[(&str, &str)]| {
        let marked = project.beside("paged");
        std::fs::remove_file(&marked).ok();
        let gonogo = project.gonogo(&SHOW);
        let mut command = Command::new("python3");
        command.args(["-c", TERMINAL]).arg(gonogo.get_program()).args(gonogo.get_args());
        command.current_dir(project.root()).env_clear().stdin(std::process::Stdio::null());
        command.envs(gonogo.get_envs().map(|(name, value)| (name, value.unwrap())));
        let pager = format!("cat > '{}'", marked.display());
        command.envs(variables.iter().map(|(name, value)| (*name, value.replace("PAGED", &pager))));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        (
            std::fs::read_to_string(marked).unwrap_or_default(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
        )
    };
    for variables in [&[("PAGER", "PAGED")][..], &[("GIT_PAGER", "PAGED"), ("PAGER", "false")]] {
        let (paged, screen) = paged(variables);
        assert!(paged.contains("five") && !screen.contains("five"), "{variables:?} {paged} {screen}");
    }
    for none in [&[("GIT_PAGER", "cat"), ("PAGER", "PAGED")][..], &[("PAGER", "no-such-pager")]] {
        let (paged, screen) = paged(none);
        assert!(paged.is_empty() && screen.contains("five"), "{none:?} {paged} {screen}");
    }
}
