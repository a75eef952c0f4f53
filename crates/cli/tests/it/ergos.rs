//! Ergo for tests, of one generation: the real program, or the stand-in that speaks its command line.

use crate::support::{Project, test_tools};
use std::path::PathBuf;

/// Which ergo a project's blockers live in.
#[derive(Clone, Copy, Debug)]
pub enum Ergo {
    /// The stand-in of the tracker's own tests.
    StandIn(&'static str),
    /// The program itself, at `target/test-tools/ergo/<version>/ergo`.
    Real(&'static str),
}

impl Ergo {
    /// The line of a shell script that becomes this ergo.
    pub fn line(self) -> String {
        match self {
            Self::StandIn(version) => {
                let path =
                    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../world/tests/fixtures/fake-ergo"));
                format!("FAKE_ERGO_GENERATION={version} exec '{}' \"$@\"", path.display())
            }
            Self::Real(version) => {
                let path = test_tools().join("ergo").join(version).join("ergo");
                assert!(path.exists(), "{} is not there: put the real ergo in its place", path.display());
                format!("exec '{}' \"$@\"", path.display())
            }
        }
    }

    /// Puts it on a project's search path, and begins a backlog.
    pub fn install(self, project: &Project) {
        project.tool("ergo", &self.line());
        self.by_hand(project, &["init"]);
    }

    /// Runs it as a person would.
    #[track_caller]
    pub fn by_hand(self, project: &Project, arguments: &[&str]) -> String {
        let output = project.command("sh").arg("-c").arg(self.line()).arg("ergo").args(arguments).output();
        let output = output.unwrap();
        assert!(output.status.success(), "ergo {arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Closes a task as a person would, without a word to gonogo.
    #[track_caller]
    pub fn close_by_hand(self, project: &Project, id: &str) {
        let (Self::StandIn(version) | Self::Real(version)) = self;
        let json = r#"{"state":"done"}"#;
        match version.as_bytes()[0] {
            b'0' => {
                let line = format!("echo '{json}' | ({})", self.line());
                let output = project.command("sh").args(["-c", &line, "ergo", "set", id]).output().unwrap();
                assert!(output.status.success(), "{output:?}");
            }
            b'1' => drop(self.by_hand(project, &["set", id, json])),
            _ => drop(self.by_hand(project, &["done", id])),
        }
    }

    /// How many epics the backlog holds for v0.2.0, by ergo's own list (or the stand-in's store).
    pub fn epics(self, project: &Project) -> usize {
        let title = "Release blockers: v0.2.0";
        match self {
            Self::Real(_) => self.by_hand(project, &["list", "--all"]).matches(title).count(),
            Self::StandIn(_) => {
                let files = std::fs::read_dir(project.root().join(".ergo")).unwrap();
                let texts = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
                texts.map(|text| text.matches(&format!("\"title\": \"{title}\"")).count()).sum()
            }
        }
    }
}
