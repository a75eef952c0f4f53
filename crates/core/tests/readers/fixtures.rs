//! The captured outputs, and the reader that each of them is for.

use gonogo_core::readers::{
    LineRule, Pointers, ReadStream, Reader, Reading, Selector, TextRule, ToolOutput, Unread,
};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// One captured output, in memory.
#[derive(Clone)]
pub(crate) struct Fixture {
    pub(crate) reader: String,
    pub(crate) name: String,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    pub(crate) report: Option<Vec<u8>>,
    pub(crate) exit: i32,
}

impl Fixture {
    pub(crate) fn load(reader: &str, name: &str) -> Self {
        let folder = root().join(reader).join(name);
        let bytes = |file: &str| std::fs::read(folder.join(file)).ok();
        let exit = std::fs::read_to_string(folder.join("exit")).unwrap();
        Self {
            reader: reader.to_owned(),
            name: name.to_owned(),
            stdout: bytes("stdout").unwrap_or_default(),
            stderr: bytes("stderr").unwrap_or_default(),
            report: bytes("report"),
            exit: exit.trim().parse().unwrap(),
        }
    }

    pub(crate) fn output(&self) -> ToolOutput<'_> {
        ToolOutput {
            stdout: &self.stdout,
            stderr: &self.stderr,
            exit: Some(self.exit),
            report: self.report.as_deref(),
        }
    }

    pub(crate) fn read(&self) -> Result<Reading, Unread> {
        reader(&self.reader).read(&self.output())
    }

    /// The stream in which the tool's report stands.
    pub(crate) fn primary(&mut self) -> &mut Vec<u8> {
        match (&mut self.report, self.reader.as_str()) {
            (Some(report), _) => report,
            (None, "nextest" | "unittest" | "cargo-deny" | "cargo-semver-checks") => &mut self.stderr,
            (None, _) => &mut self.stdout,
        }
    }

    pub(crate) fn label(&self) -> String {
        format!("{}/{}", self.reader, self.name)
    }
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/readers/fixtures")
}

fn folders(of: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(of).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
    let mut names: Vec<String> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Every captured output of every reader.
pub(crate) fn all() -> Vec<Fixture> {
    static ALL: LazyLock<Vec<Fixture>> = LazyLock::new(load_all);
    ALL.clone()
}

fn load_all() -> Vec<Fixture> {
    let readers = folders(&root());
    let names = |reader: &String| folders(&root().join(reader));
    readers
        .iter()
        .flat_map(|reader| names(reader).into_iter().map(|name| Fixture::load(reader, &name)))
        .collect()
}

/// Every reader, those that a plan parametrises with the parameters that their fixtures are for.
pub(crate) fn readers() -> Vec<Reader> {
    static ALL: LazyLock<Vec<Reader>> = LazyLock::new(make_readers);
    ALL.clone()
}

fn make_readers() -> Vec<Reader> {
    let pointer = |text: &str| Some(text.to_owned());
    let kind = |kind: &str| Selector::from([("/kind".to_owned(), vec![kind.to_owned()])]);
    vec![
        Reader::Libtest { one_binary: false },
        Reader::Nextest,
        Reader::Pytest,
        Reader::Unittest,
        Reader::NodeTest { files: Vec::new() },
        Reader::GoTest,
        Reader::CargoAudit,
        Reader::NpmAudit { without_dev: false },
        Reader::PipAudit,
        Reader::Sarif,
        Reader::Junit { files: Vec::new() },
        Reader::Tap,
        Reader::Jest,
        Reader::Vitest,
        Reader::CargoDeny,
        Reader::CargoSemverChecks,
        Reader::Clippy,
        Reader::Govulncheck,
        Reader::OsvScanner,
        Reader::Trivy,
        Reader::Mypy,
        Reader::Pyright,
        Reader::JsonLines(LineRule {
            examined: kind("checked"),
            findings: kind("problem"),
            end: Some(kind("end")),
            key: ["/code", "/file"].map(str::to_owned).to_vec(),
            message: "/message".to_owned(),
            place: pointer("/file"),
            stream: ReadStream::Stdout,
        }),
        Reader::JsonPointer(Pointers {
            passed: pointer("/summary/pass"),
            failed: pointer("/summary/fail"),
            skipped: pointer("/summary/skip"),
            examined: pointer("/summary/files"),
            findings: pointer("/problems"),
            ..Pointers::default()
        }),
        Reader::Text(TextRule {
            exits: std::collections::BTreeMap::new(),
            require: Vec::new(),
            expect: regex::Regex::new(r"^checked \S+$").unwrap(),
            finding: Some(regex::Regex::new("^mismatch: ").unwrap()),
            stream: ReadStream::Stdout,
        }),
    ]
}

pub(crate) fn reader(name: &str) -> Reader {
    readers().into_iter().find(|reader| reader.name() == name).unwrap()
}
