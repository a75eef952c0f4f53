//! `gonogo explain`, as it is typed.

use crate::support::{Project, libtest, plan};

fn project() -> Project {
    Project::new(&plan(&libtest("t", "t")))
}

#[test]
fn a_code_is_explained_with_what_comes_next_in_text_and_in_json() {
    let project = project();
    let text = project.run(&["explain", "no-tests-executed"]).exits(0).stdout;
    for part in ["why something is incomplete", "means", "blocks", "next", "gonogo poll TARGET"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let document = project.run(&["explain", "no-tests-executed", "--json"]).exits(0).json();
    assert_eq!(
        (&document["schema"], &document["entries"][0]["kind"]),
        (&"gonogo.explain/1".into(), &"reason".into())
    );
}

#[test]
fn a_word_that_belongs_to_several_sets_is_explained_for_each() {
    let document = project().run(&["explain", "tracker-unreadable", "--json"]).exits(0).json();
    assert_eq!(document["entries"].as_array().unwrap().len(), 3, "{document:#}");
}

#[test]
fn an_unknown_code_is_wrong_use_and_names_the_nearest() {
    let project = project();
    let said = project.run(&["explain", "tool-mising"]).exits(2).stderr;
    assert!(said.contains("tool-missing") && said.contains("explain --list"), "{said}");
    let document = project.run(&["explain", "no\u{1b}[2Ksuch", "--json"]).exits(2).json();
    assert_eq!(document["schema"], "gonogo.error/1");
    assert!(!document.to_string().contains("\\u001b"), "{document:#}");
    for arguments in [&["explain"][..], &["explain", "failed", "--list"]] {
        project.run(arguments).exits(2);
    }
}

#[test]
fn the_list_has_every_code_and_needs_no_checkout() {
    let project = project();
    let document = project.run(&["explain", "--list", "--json"]).exits(0).json();
    assert!(document["entries"].as_array().unwrap().len() > 120);
    let mut command = project.gonogo(&["explain", "--list"]);
    let output = command.current_dir(project.beside("home")).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}
