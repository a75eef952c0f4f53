//! The project under release does not choose its judge: what steers a tool and came or changed since the base is for a reviewer.

use super::scaffold::{GOOD, STRICT, accept, asks, names, poll, released};
use crate::support::{Project, check};
use serde_json::Value;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// What is said of each file of the check `judge`.
#[track_caller]
fn said(document: &Value) -> Vec<String> {
    asks(document, "judge");
    let findings = check(document, 3, "judge")["findings"].as_array().unwrap();
    let mut said: Vec<String> =
        findings.iter().map(|one| one["message"].as_str().unwrap().to_owned()).collect();
    said.sort();
    said
}

/// Files that steer a tool, each with a word of what it steers.
const STEERING: [(&str, &str, &str); 42] = [
    (".cargo/config.toml", "[alias]\naudit = \"version\"\n", "cargo"),
    ("crates/a/.cargo/config", "[target.'cfg(all())']\nrunner = \"true\"\n", "cargo"),
    ("rust-toolchain.toml", "[toolchain]\nchannel = \"nightly\"\n", "compiler"),
    ("clippy.toml", "msrv = \"1.0\"\n", "clippy"),
    ("deny.toml", "[advisories]\nignore = []\n", "hides findings"),
    ("sub/.cargo/audit.toml", "[advisories]\nignore = [\"RUSTSEC-2020-0001\"]\n", "hides findings"),
    (".config/nextest.toml", "[profile.default]\nretries = 9\n", "nextest"),
    ("Cargo.toml", "[package]\nname = \"a\"\n[[test]]\nname = \"it\"\nharness = false\n", "harness"),
    ("b/Cargo.toml", "[package]\nname = \"a\"\n[lib]\ntest = false\n", "test = false"),
    ("py/conftest.py", "def pytest_runtest_makereport(item, call): pass\n", "pytest"),
    ("tox.ini", "[pytest]\naddopts = --co\n", "pytest"),
    ("setup.cfg", "[metadata]\nversion = 1\n[tool:pytest]\naddopts = --co\n", "tool:pytest"),
    (
        "pyproject.toml",
        "[project]\nversion = \"1\"\n[tool.pytest.ini_options]\naddopts = \"--co\"\n",
        "tool.pytest",
    ),
    ("sitecustomize.py", "print('1 passed')\n", "Python"),
    ("pip_audit.py", "print('nothing')\n", "stands in"),
    (".npmrc", "omit=dev\n", "npm"),
    (".pnpmfile.cjs", "module.exports = {}\n", "pnpm"),
    ("package.json", "{\"version\": \"1.0.0\", \"scripts\": {\"test\": \"true\"}}", "scripts"),
    ("jest.config.js", "module.exports = {}\n", "jest"),
    ("a_test.go", "package a\n\nfunc TestMain(m *testing.M) {\n\tos.Exit(0)\n}\n", "TestMain"),
    ("go.work", "go 1.22\n", "Go"),
    (".gitattributes", "*.bin filter=lfs\n", "git"),
    (".trivyignore", "CVE-2020-1\n", "hides findings"),
    ("osv-scanner.toml", "[[IgnoredVulns]]\nid = \"GO-1\"\n", "hides findings"),
    ("rustfmt.toml", "ignore = [\"src\"]\n", "rustfmt"),
    ("supply-chain/audits.toml", "[[audits.a]]\nversion = \"1\"\n", "vouches"),
    ("p/Cargo.toml", "[profile.test]\ndebug-assertions = false\n", "profile.test.debug-assertions"),
    ("m/Cargo.toml", "[package.metadata.cargo-machete]\nignored = [\"a\"]\n", "cargo-machete"),
    ("tox.toml", "env_list = []\n", "tox"),
    ("hatch.toml", "[envs.test.scripts]\nrun = \"true\"\n", "Python runs"),
    ("tests/__init__.py", "def load_tests(loader, tests, pattern):\n    return tests\n", "load_tests"),
    ("plug/setup.py", "setup(entry_points={'pytest11': ['a = a.b']})\n", "plugin"),
    ("plug/pyproject.toml", "[project.entry-points.pytest11]\na = \"a.b\"\n", "pytest11"),
    ("pytest.pyc", "x", "stands in"),
    ("pluggy.cpython-312-x86_64-linux-gnu.so", "x", "stands in"),
    (".yarn/releases/yarn-4.0.0.cjs", "process.exit(0)\n", "run as yarn"),
    ("bunfig.toml", "[test]\nroot = \"none\"\n", "bun"),
    ("nyc.config.cjs", "module.exports = {}\n", "runner"),
    ("go/go.mod", "module a\n\nreplace b => ./b\n", "Go"),
    (".proverc", "--exec true\n", "prove"),
    ("pom.xml", "<testFailureIgnore>true</testFailureIgnore>\n", "Maven"),
    ("trivy-secret.yaml", "disable-rules: [a]\n", "hides findings"),
];

#[test]
fn every_file_that_steers_a_tool_and_came_since_the_base_is_for_a_reviewer() {
    let project = released();
    for (path, text, _) in STEERING {
        project.write(path, text);
    }
    project.commit("bring a judge");
    let document = poll(&project, &["--close-passed"]).exits(3).json();
    let all = said(&document);
    assert_eq!(all.len(), STEERING.len(), "{all:#?}");
    for (path, _, word) in STEERING {
        let one = all.iter().find(|said| said.starts_with(&format!("{path} came since v0.1.0: ")));
        let one = one.unwrap_or_else(|| panic!("{path}: {all:#?}"));
        assert!(one.contains(word), "{one}");
    }
    let again = poll(&project, &[]).exits(3).json();
    assert_eq!(check(&again, 3, "judge")["findings"], check(&document, 3, "judge")["findings"]);
    // The way out is a review, and it holds over commits that touch none of it.
    let shown = project.run(&["review", "v0.2.0", "--gate", "3", "--check", "judge", "--show"]).exits(0);
    assert!(shown.stdout.contains("+omit=dev"), "{}", shown.stdout);
    accept(&project, "judge", &[]);
    poll(&project, &["--close-passed"]).exits(0);
    project.write("README.md", "A project.\n");
    project.commit("docs");
    poll(&project, &["--close-passed"]).exits(0);
    // One more is not covered by it.
    project.write("conftest.py", "x = 1\n");
    project.commit("another");
    poll(&project, &[]).exits(3);
}

/// A project whose base has every one of the files.
fn steered() -> Project {
    let project = Project::unborn();
    project.write("gonogo.toml", STRICT);
    project.write("src.txt", GOOD);
    for (path, text, _) in STEERING {
        project.write(path, text);
    }
    project.commit("begin");
    project.git(&["tag", "-a", "-m", "Release v0.1.0", "v0.1.0"]);
    project.publish();
    project
}

#[test]
fn what_the_base_had_and_what_steers_nothing_asks_for_nothing() {
    let project = steered();
    // A new version, a new dependency, a test more, words: what every release changes.
    project.write("README.md", "A project.\n");
    project.write("Cargo.toml", "[package]\nname = \"a\"\nversion = \"2.0.0\"\n[dependencies]\nb = \"1\"\n[[test]]\nname = \"it\"\nharness = false\n");
    project.write("pyproject.toml", "[project]\nversion = \"2\"\n[tool.poetry]\nversion = \"2\"\n[tool.pytest.ini_options]\naddopts = \"--co\"\n");
    project.write(
        "package.json",
        "{\"version\": \"2.0.0\", \"dependencies\": {\"a\": \"1\"}, \"scripts\": {\"test\": \"true\"}}",
    );
    project.write("setup.cfg", "[metadata]\nversion = 2\n[tool:pytest]\naddopts = --co\n");
    project.write(
        "a_test.go",
        "package a\n\nfunc TestMain(m *testing.M) {\n\tos.Exit(0)\n}\n\nfunc TestMore(t *testing.T) {}\n",
    );
    project.write("c_test.go", "package a\n\nfunc TestMore(t *testing.T) {}\n");
    project.write(".gitattributes", "*.bin filter=lfs\n*.png binary\n");
    project.write("go.mod", "module a\n\ngo 1.22\n");
    project.write("pom.xml", "<version>2</version>\n<testFailureIgnore>true</testFailureIgnore>\n");
    project.write("tests/test_more.py", "def test_more(): pass\n");
    project.write("a/setup.py", "setup(entry_points={'console_scripts': ['a = a:b']})\n");
    project
        .write("p/Cargo.toml", "[profile.release]\nlto = true\n[profile.test]\ndebug-assertions = false\n");
    project.write("vite.config.ts", "export default {}\n");
    project.commit("a release");
    let document = poll(&project, &[]).exits(0).json();
    assert!(!names(&document).contains(&"judge".to_owned()), "{document:#}");
}

#[test]
fn what_changed_and_what_is_gone_is_told_apart_and_an_ignore_that_is_gone_is_no_matter() {
    let project = steered();
    project.write("py/conftest.py", "def pytest_collection_modifyitems(items): items.clear()\n");
    project.write(
        "Cargo.toml",
        "[package]\nname = \"a\"\n[[test]]\nname = \"it\"\nharness = false\ntest = false\n",
    );
    project.git(&["rm", "--quiet", "clippy.toml", ".trivyignore"]);
    project.commit("a judge");
    let said = said(&poll(&project, &[]).exits(3).json());
    let starts = [
        "Cargo.toml changed since v0.1.0: ",
        "clippy.toml is gone since v0.1.0: ",
        "py/conftest.py changed since v0.1.0: ",
    ];
    assert_eq!(said.len(), starts.len(), "{said:#?}");
    for (said, start) in said.iter().zip(starts) {
        assert!(said.starts_with(start), "{said}");
    }
}

#[test]
fn a_crate_that_leaves_the_lints_of_its_workspace_is_for_a_reviewer() {
    let manifest = |lints: &str| format!("[package]\nname = \"a\"\n{lints}");
    let project = Project::unborn();
    project.write("gonogo.toml", STRICT);
    project.write("src.txt", GOOD);
    project.write("a/Cargo.toml", manifest("[lints]\nworkspace = true\n"));
    project.commit("begin");
    project.git(&["tag", "-a", "-m", "Release v0.1.0", "v0.1.0"]);
    project.publish();
    // A new one that has them, and one that never had any.
    project.write("b/Cargo.toml", manifest("[lints]\nworkspace = true\n"));
    project.write("c/Cargo.toml", manifest(""));
    project.commit("more");
    poll(&project, &[]).exits(0);
    project.write("a/Cargo.toml", manifest(""));
    project.commit("none");
    let said = said(&poll(&project, &[]).exits(3).json());
    assert!(said.len() == 1 && said[0].starts_with("a/Cargo.toml") && said[0].contains("lints"), "{said:?}");
}

#[test]
fn a_file_behind_a_link_steers_as_well() {
    // The link to the file, the link to its folder, and one that leads out.
    for (link, to, file) in [
        ("conftest.py", "hooks.txt", Some("hooks.txt")),
        (".cargo", "config", Some("config/config.toml")),
        ("tox.ini", "/etc/hostname", None),
        // What is in it has any name.
        (".semgrep", "rules", None),
        (".yarn/releases", "../tools", None),
    ] {
        let project = released();
        std::fs::create_dir_all(project.root().join(link).parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(to, project.root().join(link)).unwrap();
        if let Some(file) = file {
            project.write(file, "one\n");
        }
        project.commit("a link");
        assert!(said(&poll(&project, &[]).exits(3).json())[0].starts_with(link));
        let Some(file) = file else { continue };
        // The link is of the base, and what it leads to is not.
        project.git(&["tag", "-a", "-m", "x", "v0.1.1"]);
        project.git(&["push", "--quiet", "origin", "v0.1.1", "main"]);
        project.commit("nothing");
        poll(&project, &["--close-passed"]).exits(0);
        project.write(file, "two\n");
        project.commit("behind the link");
        let said = said(&poll(&project, &[]).exits(3).json());
        assert!(said[0].starts_with(link) && said[0].contains("changed since v0.1.1"), "{said:?}");
    }
}

#[test]
fn a_name_that_is_no_text_hides_no_file_that_steers() {
    // One is a link, where git cannot be asked about by its name.
    for folder in [&b"a\nb"[..], b"a\xffb"] {
        let project = released();
        let folder = project.root().join(OsStr::from_bytes(folder));
        std::fs::create_dir(&folder).unwrap();
        project.write("hooks.txt", "one\n");
        std::os::unix::fs::symlink("../hooks.txt", folder.join("conftest.py")).unwrap();
        project.commit("a link");
        assert!(said(&poll(&project, &[]).exits(3).json())[0].contains("conftest.py came since v0.1.0"));
    }
    // Two are spelled alike, and the base has the harmless one.
    let project = released();
    let write = |folder: &[u8], text: &str| {
        let folder = project.root().join(OsStr::from_bytes(folder));
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("conftest.py"), text).unwrap();
    };
    write(b"a\xfe", "harmless = 1\n");
    project.commit("harmless");
    project.git(&["tag", "-a", "-m", "x", "v0.1.1"]);
    project.git(&["push", "--quiet", "origin", "v0.1.1", "main"]);
    write(b"a\xfd", "def pytest_collection_modifyitems(items): items.clear()\n");
    project.commit("not harmless");
    assert!(said(&poll(&project, &[]).exits(3).json())[0].contains("conftest.py"));
}

#[test]
fn a_first_release_has_them_all_looked_at_once() {
    let project = Project::unborn();
    project.write("gonogo.toml", STRICT);
    project.write("src.txt", GOOD);
    project.write("conftest.py", "x = 1\n");
    project.commit("begin");
    let remote = project.beside("origin.git");
    project.git(&["init", "--quiet", "--bare", "--initial-branch=main", remote.to_str().unwrap()]);
    project.git(&["remote", "add", "origin", remote.to_str().unwrap()]);
    project.git(&["push", "--quiet", "-u", "origin", "main"]);
    let said = said(&poll(&project, &[]).exits(3).json());
    assert_eq!(said, ["conftest.py: it changes which tests pytest runs and what they come to"]);
    accept(&project, "judge", &[]);
    poll(&project, &["--close-passed"]).exits(0);
    project.git(&["rm", "--quiet", "conftest.py"]);
    project.commit("without");
    poll(&project, &["--close-passed"]).exits(0);
}

#[test]
fn a_review_that_rejects_holds_the_release_up() {
    let project = released();
    project.write(".npmrc", "script-shell=true\n");
    project.commit("a shell");
    poll(&project, &[]).exits(3);
    let line =
        ["review", "v0.2.0", "--gate", "3", "--check", "judge", "--reject", "--note", "It runs nothing."];
    project.run(&line).exits(0);
    let document = poll(&project, &[]).exits(1).json();
    assert_eq!(check(&document, 3, "judge")["verdict"], "failed");
    project.git(&["rm", "--quiet", ".npmrc"]);
    project.commit("none");
    poll(&project, &["--close-passed"]).exits(0);
}
