//! `gonogo init`: looks at the repository and writes a commented plan for what it finds. Asks nothing.

use crate::exit_code::Exit;
use crate::screen::Screen;
use gonogo_engine::context::{PLAN_FILE, open_checkout, parse_plan};
use gonogo_engine::failure::{Failure, FailureKind};
use gonogo_world::git::Git;
use gonogo_world::process::Cancel;
use gonogo_world::there;
use serde_json::{Value, json};
use std::fmt::Display;
use std::io::{ErrorKind, Write};
use std::path::Path;

/// What `gonogo init` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Print the plan instead of writing it
    #[arg(long)]
    print: bool,
}

/// Runs it.
pub async fn run(arguments: &Arguments, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    let git = open_checkout(cancel).await?;
    let root = git.root().to_owned();
    let found = Found::look(&git, &root).await?;
    let text = found.plan();
    // What init writes, gonogo reads: a plan that is refused would be a defect here.
    parse_plan(PLAN_FILE, &text).map_err(|failure| Failure { kind: FailureKind::Internal, ..failure })?;
    if arguments.print {
        screen.line(text.trim_end());
    } else {
        let path = root.join(PLAN_FILE);
        let created = std::fs::OpenOptions::new().write(true).create_new(true).open(&path);
        created.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| {
            Failure::usage(format!("cannot write {}: {error}", path.display()))
                .remedy("move the plan that is there away, or look at a new one with `gonogo init --print`")
        })?;
        screen.line(format!("wrote {PLAN_FILE}; read its comments, commit it, then: gonogo doctor"));
    }
    screen.document(&json!({ "schema": "gonogo.init/1", "written": !arguments.print, "plan": text }))?;
    Ok(Exit::Go)
}

fn unreadable(path: &str, error: &dyn Display) -> Failure {
    Failure::usage(format!("cannot read {path}: {error}")).remedy("mend it, and look again")
}

/// What was found in a repository.
#[derive(Default)]
struct Found {
    name: String,
    repository: Option<String>,
    changelog: bool,
    ci: bool,
    ergo: bool,
    cargo: Option<&'static str>,
    cargo_lock: bool,
    has_crates: bool,
    npm: bool,
    npm_lock: bool,
    node_tests: bool,
    python: bool,
    pytest: bool,
    go: bool,
}

impl Found {
    /// What is here but cannot be read is not taken for something that is not here: the plan would ask for less.
    async fn look(git: &Git, root: &Path) -> Result<Self, Failure> {
        let has = |path: &str| match there::look(&root.join(path)) {
            Ok(found) => Ok(found.is_some()),
            Err(error) => Err(unreadable(path, &error)),
        };
        let text = |path: &str| match std::fs::read_to_string(root.join(path)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            read => read.map(Some).map_err(|error| unreadable(path, &error)),
        };
        let table = |path: &str, text: &Option<String>| {
            let text = text.as_deref().unwrap_or_default();
            toml::from_str::<toml::Table>(text).map_err(|error| unreadable(path, &error))
        };
        let cargo = table("Cargo.toml", &text("Cargo.toml")?)?;
        let version = |tables: &[&str]| {
            let table = tables.iter().try_fold(&cargo, |table, name| table.get(*name)?.as_table());
            table.and_then(|table| table.get("version")).is_some_and(toml::Value::is_str)
        };
        let package = text("package.json")?;
        let npm: Value = package
            .as_deref()
            .map_or(Ok(Value::Null), serde_json::from_str)
            .map_err(|error| unreadable("package.json", &error))?;
        let pyproject = text("pyproject.toml")?;
        let python = table("pyproject.toml", &pyproject)?;
        let python_version = python.get("project").and_then(|project| project.get("version")).is_some();
        Ok(Self {
            name: root
                .file_name()
                .map_or_else(|| "project".to_owned(), |name| name.to_string_lossy().into_owned()),
            repository: git.remote_address("origin").await?.and_then(|address| github_name(&address)),
            changelog: has("CHANGELOG.md")?,
            ci: has(".github/workflows/ci.yml")?,
            ergo: has(".ergo")?,
            cargo: match (version(&["package"]), version(&["workspace", "package"])) {
                (true, _) => Some("package.version"),
                (_, true) => Some("workspace.package.version"),
                _ => None,
            },
            cargo_lock: has("Cargo.lock")?,
            has_crates: text("Cargo.lock")?.is_some_and(|text| text.contains(PUBLIC_INDEX)),
            npm: npm["version"].is_string(),
            npm_lock: has("package-lock.json")?,
            node_tests: package.is_some_and(|text| text.contains("node --test")),
            python: python_version,
            pytest: pyproject.is_some_and(|text| text.contains("pytest")),
            go: has("go.mod")?,
        })
    }

    fn plan(&self) -> String {
        let mut out = String::from(HEAD);
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        out.push_str(&format!("[project]\nname = {}\n", quoted(&self.name)));
        match &self.repository {
            Some(repository) => out.push_str(&format!("repository = {}\n", quoted(repository))),
            None => out
                .push_str("# repository = \"owner/name\"          # on GitHub; no GitHub remote was found\n"),
        }
        out.push_str("tag = \"v{version}\"\n");
        out.push_str(if self.changelog {
            "changelog = \"CHANGELOG.md\"\n"
        } else {
            "# changelog = \"CHANGELOG.md\"\n"
        });
        out.push_str("\n# Every place that holds the version. All of them equal the target of a release.\n");
        if let Some(key) = self.cargo {
            out.push_str(&format!("[[versions]]\nfile = \"Cargo.toml\"\nkey = \"{key}\"\n\n"));
        }
        if self.npm {
            out.push_str("[[versions]]\nfile = \"package.json\"\npointer = \"/version\"\n\n");
        }
        if self.python {
            out.push_str("[[versions]]\nfile = \"pyproject.toml\"\nkey = \"project.version\"\n\n");
        }
        if self.ci && self.repository.is_some() {
            out.push_str("# The commit's run of this workflow has to be green.\n[ci]\nworkflow = \".github/workflows/ci.yml\"\n\n");
        }
        let gates = self.gates();
        let ids: Vec<String> = gates.iter().map(|(id, ..)| id.to_string()).collect();
        out.push_str("# A required gate without positive evidence holds the release back.\n");
        out.push_str(&format!("[policy]\nrequired-gates = [{}]\n{}\n", ids.join(", "), self.rooms()));
        for (id, name, checks) in gates {
            out.push_str(&format!("[[gates]]\nid = {id}\nname = \"{name}\"\n\n{}", checks.concat()));
        }
        out.push_str(if self.ergo { ERGO } else { FILE });
        out
    }

    /// What is kept in the clean rooms, and brought into them.
    fn rooms(&self) -> String {
        let has_cargo = self.cargo.is_some() || self.cargo_lock;
        let key = if has_cargo { "caches = [\"target\"]  " } else { "# caches = [\"target\"]" };
        let caches = format!(
            "{key}                # build folders that are kept between polls; all else is made anew\n"
        );
        format!(
            "# Checks run in clean rooms: pristine checkouts of the commit, outside this one.\n{caches}# bring = [\".scratch/data\"]           # what is in no commit and is there all the same\n"
        )
    }

    /// The gates for which there is a check: number, name, checks.
    fn gates(&self) -> Vec<(u32, &'static str, Vec<&'static str>)> {
        let mut gates = Vec::new();
        let pick = |checks: &[(bool, &'static str)]| -> Vec<&'static str> {
            checks.iter().filter(|(wanted, _)| *wanted).map(|(_, text)| *text).collect()
        };
        let audits = pick(&[
            (self.cargo_lock, CARGO_AUDIT),
            (self.cargo_lock && self.has_crates, CARGO_AUDIT_CANARY),
            (self.cargo_lock, "\n"),
            (self.npm_lock, NPM_AUDIT),
        ]);
        let has_cargo = self.cargo.is_some() || self.cargo_lock;
        let tests = pick(&[
            (true, VERSIONS),
            (self.changelog, CHANGELOG),
            (has_cargo, CARGO_TEST),
            // A package in the root has the folder of tests that the known-bad one is put into.
            (self.cargo == Some("package.version"), CARGO_TEST_CANARY),
            (has_cargo, "\n"),
            (self.node_tests, NODE_TEST),
            (self.python && self.pytest, PYTEST),
            (self.python && !self.pytest, UNITTEST),
            (self.go, GO_TEST),
        ]);
        if !audits.is_empty() {
            gates.push((1, "Dependency & vulnerability monitoring", audits));
        }
        if has_cargo {
            gates.push((2, "Memory safety & unsafe boundaries", vec![UNSAFE]));
        }
        gates.push((6, "API/CLI stability & compatibility", tests));
        gates.push((7, "Documentation alignment", vec![DOCS]));
        gates.push((11, "Licensing & notices", vec![LICENCE]));
        gates
    }
}

/// `owner/name` of an address on GitHub.
fn github_name(address: &str) -> Option<String> {
    let rest = address.split_once("github.com").map(|(_, rest)| rest.trim_start_matches([':', '/']))?;
    let rest = rest.strip_suffix(".git").unwrap_or(rest).trim_end_matches('/');
    let (owner, name) = rest.split_once('/')?;
    let plain =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    (plain(owner) && plain(name)).then(|| format!("{owner}/{name}"))
}

const HEAD: &str = "\
# The release plan: which gates a release has to pass, and what each must show.
# Its JSON Schema: `gonogo plan schema`. Check it with `gonogo plan check`.
schema = 1

";
const VERSIONS: &str = "[[gates.checks]]\nid = \"versions\"\nkind = \"versions\"\n\n";
const CHANGELOG: &str = "[[gates.checks]]\nid = \"changelog\"\nkind = \"changelog\"\n\n";
const CARGO_TEST: &str = "\
[[gates.checks]]
id = \"cargo-test\"
run = [\"cargo\", \"test\", \"--locked\"]    # program and arguments; never a shell line
reader = \"libtest\"                     # reads the counts: an exit status alone is not evidence
minimum = { tests = 1 }
timeout = \"20m\"
locks = [\"cargo-target\"]               # checks with the same lock follow each other
";
// A `canary` is a known-bad run, in the same clean room and right after the check's own: what the tool does not find there, it would
// not have found before either.
const CARGO_TEST_CANARY: &str = "\
# A known-bad run of the same tool, which has to fail: a tool that was never seen to say no has said nothing.
canary = [\"sh\", \"-c\", '''mkdir -p tests; echo '#[test] fn canary() { panic!() }' >tests/gonogo_canary.rs
cargo test --locked --test gonogo_canary; status=$?; rm tests/gonogo_canary.rs; exit $status''']
";
const NODE_TEST: &str = "\
[[gates.checks]]
id = \"node-test\"
run = [\"node\", \"--test\", \"--test-reporter=tap\"]
reader = \"node-test\"
canary = [\"sh\", \"-c\", '''echo 'require(\"node:test\")(\"canary\", () => { throw 1 })' >gonogo-canary.test.cjs
node --test --test-reporter=tap gonogo-canary.test.cjs; status=$?; rm gonogo-canary.test.cjs; exit $status''']

";
const PYTEST: &str = "\
[[gates.checks]]
id = \"pytest\"
run = [\"python3\", \"-m\", \"pytest\"]
reader = \"pytest\"
canary = [\"sh\", \"-c\", '''echo 'def test_canary(): assert False' >test_gonogo_canary.py
python3 -m pytest test_gonogo_canary.py; status=$?; rm test_gonogo_canary.py; exit $status''']

";
const UNITTEST: &str = "\
[[gates.checks]]
id = \"unittest\"
run = [\"python3\", \"-m\", \"unittest\", \"discover\"]
reader = \"unittest\"
canary = [\"sh\", \"-c\", '''printf '%s\\n' 'import unittest' 'class Canary(unittest.TestCase):' '    def test_canary(self): self.fail()' >test_gonogo_canary.py
python3 -m unittest test_gonogo_canary; status=$?; rm test_gonogo_canary.py; exit $status''']

";
const GO_TEST: &str = "\
[[gates.checks]]
id = \"go-test\"
run = [\"go\", \"test\", \"-json\", \"./...\"]
reader = \"go-test\"
canary = [\"sh\", \"-c\", '''mkdir gonogo_canary; printf '%s\\n' 'package canary' 'import \"testing\"' 'func TestCanary(t *testing.T) { t.Fail() }' >gonogo_canary/canary_test.go
go test -json ./gonogo_canary; status=$?; rm -r gonogo_canary; exit $status''']

";
// By its own name: an alias of the project's could stand in for `cargo audit`.
const CARGO_AUDIT: &str = "\
[[gates.checks]]
id = \"cargo-audit\"
run = [\"cargo-audit\", \"audit\", \"--json\"]
reader = \"cargo-audit\"
minimum = { examined = 1, data-max-days = 7 }   # an old advisory database shows nothing
";
/// Where a lock file says that a crate is from the index that advisories are about.
const PUBLIC_INDEX: &str = "registry+https://github.com/rust-lang/";
const CARGO_AUDIT_CANARY: &str = "\
# A lock file with a crate that has an advisory: the auditor has to see it.
canary = [\"sh\", \"-c\", '''(echo version = 3; echo '[[package]]'; echo 'name = \"smallvec\"'; echo 'version = \"1.6.0\"'
grep -m 1 registry+https://github.com/rust-lang/ Cargo.lock) | cargo-audit audit --json --file /dev/stdin''']
";
const NPM_AUDIT: &str = "\
[[gates.checks]]
id = \"npm-audit\"
run = [\"npm\", \"audit\", \"--omit=dev\", \"--json\"]
reader = \"npm-audit\"

";
const UNSAFE: &str = "\
[[gates.checks]]
id = \"unsafe\"
kind = \"inventory\"                     # a search; a change since the base tag asks for a review
pattern = '\\bunsafe\\b|extern \"C\"'
focus = \"ownership across the boundary, pointer and length contracts\"

";
const DOCS: &str = "\
[[gates.checks]]
id = \"docs\"
kind = \"review\"                        # recorded with `gonogo review`
focus = \"install, quickstart and examples match what the program does\"

";
const LICENCE: &str = "\
[[gates.checks]]
id = \"licences\"
kind = \"inventory\"
pattern = '(?i)licen[cs]e'
paths = [\"Cargo.toml\", \"package.json\", \"pyproject.toml\", \"LICENSE\", \"THIRD_PARTY_NOTICES.md\"]
focus = \"every shipped dependency's licence is allowed and noticed\"

";
const ERGO: &str = "# Blockers are filed here; the poll is incomplete where it cannot be read.\n[tracker]\nkind = \"ergo\"\n";
const FILE: &str = "\
# Blockers are filed here: \"ergo\", \"github\" (issues, through gh) or \"file\" (kept under .git).
[tracker]
kind = \"file\"
";
