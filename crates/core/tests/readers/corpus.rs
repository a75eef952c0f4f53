//! Real outputs of real tools on projects of a few lines, in several versions each, against what is known to have happened.
//!
//! Beside each output lies a file `outcomes`: a line for each test with its end (`passed`, `failed` or `skipped`, which stands for
//! everything that did not run to an answer) and its name, written by hand for the project; or `nothing`, where no test ran, or the
//! output was cut short by the project itself, and nothing may be clean.

use crate::clean::shown;
use crate::fixtures;
use gonogo_core::readers::{Reader, Reading, ReportFile, ToolOutput, Unread};
use gonogo_core::roster::TestState;
use std::fs;
use std::path::{Path, PathBuf};

struct Captured {
    label: String,
    reader: Reader,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    report: Option<Vec<u8>>,
    /// Where there are several.
    reports: Vec<ReportFile>,
    exit: i32,
    outcomes: String,
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(of).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    folders
}

fn all() -> Vec<Captured> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/readers/corpus");
    folders(&root).iter().flat_map(|reader| folders(reader)).map(|folder| captured(&folder)).collect()
}

fn captured(folder: &Path) -> Captured {
    let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let bytes = |name: &str| fs::read(folder.join(name)).ok();
    let name = folder.parent().unwrap().file_name().unwrap().to_str().unwrap();
    let arguments = || bytes("arguments").map(|list| String::from_utf8(list).unwrap()).unwrap_or_default();
    let files = || arguments().lines().map(str::to_owned).collect();
    let reader = match name {
        "node-test" => Reader::NodeTest { files: files() },
        "junit" => Reader::Junit { files: files() },
        name => fixtures::reader(name),
    };
    Captured {
        label: format!("{name}/{}", folder.file_name().unwrap().to_str().unwrap()),
        reader,
        stdout: bytes("stdout").unwrap_or_default(),
        stderr: bytes("stderr").unwrap_or_default(),
        report: bytes("report"),
        reports: reports(&folder.join("reports")),
        exit: text("exit").trim().parse().unwrap(),
        outcomes: text("outcomes"),
    }
}

fn reports(folder: &Path) -> Vec<ReportFile> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let file =
        |path: PathBuf| ReportFile { bytes: fs::read(&path).unwrap(), path: path.display().to_string() };
    paths.into_iter().map(file).collect()
}

impl Captured {
    fn read(&self) -> Result<Reading, Unread> {
        let output = self.output();
        if self.reports.is_empty() {
            self.reader.read(&output)
        } else {
            self.reader.read_all(&output, &self.reports)
        }
    }

    fn output(&self) -> ToolOutput<'_> {
        ToolOutput {
            stdout: &self.stdout,
            stderr: &self.stderr,
            exit: Some(self.exit),
            report: self.report.as_deref(),
        }
    }
}

fn class(state: TestState) -> &'static str {
    let counts = state.counts();
    if counts.passed > 0 {
        "passed"
    } else if counts.failed > 0 {
        "failed"
    } else {
        "skipped"
    }
}

#[test]
fn every_captured_run_is_counted_as_it_happened() {
    let all = all();
    let known: Vec<&Captured> = all.iter().filter(|one| one.outcomes != "nothing\n").collect();
    assert!(known.len() >= 150, "{} outputs", known.len());
    let mut wrong = Vec::new();
    for one in known {
        if let Err(what) = agrees(one) {
            wrong.push(format!("{}: {what}", one.label));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn agrees(one: &Captured) -> Result<(), String> {
    let reading = one.read().map_err(|unread| format!("{unread:?}"))?;
    let wanted: Vec<(&str, &str)> = one.outcomes.lines().filter_map(|line| line.split_once('\t')).collect();
    let count = |class: &str| wanted.iter().filter(|(end, _)| *end == class).count() as u64;
    let counts = reading.counts.unwrap_or_default();
    let seen = (counts.passed, counts.failed, counts.skipped);
    if seen != (count("passed"), count("failed"), count("skipped")) {
        return Err(format!("counted {seen:?}; notes {:?}; {:?}", reading.notes, reading.roster));
    }
    // pytest-pretty names failed tests in a drawing.
    let unnamed = reading.findings.iter().any(|finding| finding.key == "unnamed failures");
    if count("failed") > 0 && reading.findings.len() as u64 != count("failed") && !unnamed {
        return Err(format!("findings {:?}", reading.findings));
    }
    for (end, name) in &wanted {
        let named =
            |case: &gonogo_core::roster::TestCase| case.name.ends_with(name) && class(case.state) == *end;
        let by_finding =
            *end == "failed" && reading.findings.iter().any(|finding| finding.key.contains(name));
        let listed = !reading.roster.names_all() && (*end != "failed" || unnamed);
        if !listed && !by_finding && !reading.roster.cases().iter().any(named) {
            return Err(format!("{end} {name} is not named: {:?}", reading.roster));
        }
    }
    Ok(())
}

#[test]
fn no_run_of_nothing_and_no_run_that_was_cut_short_is_clean() {
    let all = all();
    let nothing: Vec<&Captured> = all.iter().filter(|one| one.outcomes == "nothing\n").collect();
    assert!(nothing.len() >= 40, "{} outputs", nothing.len());
    for one in nothing {
        let reading = one.read();
        assert_eq!(shown(&reading), 0, "{}: {reading:?}", one.label);
    }
}

#[test]
fn keys_and_names_hold_no_path_of_a_machine() {
    for one in all() {
        let Ok(reading) = one.read() else { continue };
        for finding in &reading.findings {
            let from_here = finding.key.replace("/project/", "");
            assert!(
                !from_here.contains("/tmp/") && !from_here.contains("/home/"),
                "{}: {}",
                one.label,
                finding.key
            );
        }
    }
}
