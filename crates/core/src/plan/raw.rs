//! The plan as it is typed: what the TOML text may hold, and its JSON Schema.
//!
//! Invariant: every table refuses unknown keys. What a value means is decided in `validate`.

use crate::delivery::Channels;
use crate::mechanics;
use crate::readers::{LineRule, Pointers, ReadStream};
use crate::verdict::Reason;
use schemars::JsonSchema;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use toml::Spanned;

/// The JSON Schema of a plan (draft 2020-12).
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Plan).to_value()
}

/// A release plan: the gates that must pass before a release, its mechanics and its channels.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "gonogo.toml")]
pub(super) struct Plan {
    /// The format of this file: 1.
    #[schemars(with = "u32")]
    pub(super) schema: Spanned<u32>,
    /// The project under release.
    pub(super) project: Project,
    /// Places that hold the version; every one equals the target.
    #[serde(default)]
    #[schemars(with = "Vec<VersionPlace>")]
    pub(super) versions: Vec<Spanned<VersionPlace>>,
    /// Tools that have to be there.
    #[serde(default)]
    pub(super) tools: Vec<Tool>,
    /// The workflow whose success on the commit is a precondition.
    #[serde(default)]
    pub(super) ci: Option<Ci>,
    /// What is required, and within which limits.
    pub(super) policy: Policy,
    /// The gates.
    #[serde(default)]
    pub(super) gates: Vec<Gate>,
    /// Where blockers live.
    pub(super) tracker: Tracker,
    /// Release mechanics, in order.
    #[serde(default)]
    #[schemars(with = "Vec<mechanics::Table>")]
    #[expect(dead_code, reason = "each is read by its kind, from its own table")]
    pub(super) steps: Vec<IgnoredAny>,
    /// Where users install from.
    #[serde(default)]
    pub(super) channels: Channels,
}

/// The project under release.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Project {
    /// Its name.
    #[schemars(with = "String")]
    pub(super) name: Spanned<String>,
    /// `owner/name` on GitHub.
    #[schemars(with = "Option<String>")]
    pub(super) repository: Option<Spanned<String>>,
    /// How a version becomes a tag: `{version}` once. By default `v{version}`.
    #[schemars(with = "Option<String>")]
    pub(super) tag: Option<Spanned<String>>,
    /// The changelog's path.
    #[schemars(with = "Option<String>")]
    pub(super) changelog: Option<Spanned<String>>,
}

/// A place that holds the version: a file, and exactly one of `key`, `pointer` and `pattern`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct VersionPlace {
    /// The file, relative to the repository's root.
    #[schemars(with = "String")]
    pub(super) file: Spanned<String>,
    /// A dotted key of a TOML file, such as `package.version`.
    #[schemars(with = "Option<String>")]
    pub(super) key: Option<Spanned<String>>,
    /// A JSON pointer, such as `/version`.
    #[schemars(with = "Option<String>")]
    pub(super) pointer: Option<Spanned<String>>,
    /// A regular expression with one group, which is the version.
    #[schemars(with = "Option<String>")]
    pub(super) pattern: Option<Spanned<String>>,
}

/// A tool that has to be there.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Tool {
    /// Its name on `PATH`.
    #[schemars(with = "String")]
    pub(super) name: Spanned<String>,
    /// The lowest version that will do: `1`, `1.2` or `1.2.3`.
    #[schemars(with = "Option<String>")]
    pub(super) minimum: Option<Spanned<String>>,
    /// The arguments that make it print its version. By default `--version`.
    pub(super) version_arguments: Option<Vec<String>>,
}

/// The workflow whose success on the commit is a precondition.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Ci {
    /// The workflow's path in the repository, such as `.github/workflows/ci.yml`.
    #[schemars(with = "String")]
    pub(super) workflow: Spanned<String>,
    /// The events whose runs count. By default `push`.
    #[schemars(with = "Option<Vec<String>>")]
    pub(super) events: Option<Spanned<Vec<String>>>,
}

/// What is required, and within which limits.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Policy {
    /// The gates that must pass, by number.
    #[schemars(with = "Vec<u32>")]
    pub(super) required_gates: Spanned<Vec<Spanned<u32>>>,
    /// Environment variables that every check may see, besides the fixed allow-list.
    #[serde(default)]
    pub(super) env: Vec<String>,
    /// Build folders that are kept between polls, relative to the repository's root, such as `target`. Everything else that no
    /// commit has is removed from a clean room before its checks run.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) caches: Vec<Spanned<String>>,
    /// Files of Git LFS are in clean rooms with their content, from the checkout's own store (`git lfs fetch`). Without it they are pointers
    /// there, and a check is told so.
    #[serde(default)]
    pub(super) lfs: bool,
    /// Files and folders of the checkout that are in no commit and are brought along for every check, relative to the root.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) bring: Vec<Spanned<String>>,
    /// The cap of each output stream of a check, in MiB (1 to 1024). By default 8.
    #[schemars(with = "Option<u32>")]
    pub(super) output_limit_mib: Option<Spanned<u32>>,
    /// How many runs of a check may fail on one subject before a pass of it counts all the same (0 to 10). By default 0: a check
    /// that failed, and passes with nothing changed, is incomplete (`flaky`) until it is reviewed.
    #[schemars(with = "Option<u32>")]
    pub(super) retries: Option<Spanned<u32>>,
    /// Who may review and waive. By default whoever reviews is recorded, and nothing can be waived.
    #[schemars(with = "Option<super::reviewers::Raw>")]
    pub(super) reviewers: Option<Spanned<super::reviewers::Raw>>,
}

/// A numbered requirement with its checks.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Gate {
    /// Its number, 1 or more.
    #[schemars(with = "u32")]
    pub(super) id: Spanned<u32>,
    /// Its name.
    #[schemars(with = "String")]
    pub(super) name: Spanned<String>,
    /// What closes it, in words for whoever reviews it, besides a check that did not pass.
    #[serde(default)]
    pub(super) blocks_when: Vec<String>,
    /// What is run or compared for it.
    #[serde(default)]
    #[schemars(with = "Vec<Check>")]
    pub(super) checks: Vec<Spanned<Check>>,
}

/// One thing run or compared for a gate.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Check {
    /// Its name within the gate: lower-case letters, digits and dashes.
    #[schemars(with = "String")]
    pub(super) id: Spanned<String>,
    /// What it does. By default `command`.
    #[schemars(with = "Option<Kind>")]
    pub(super) kind: Option<Spanned<Kind>>,
    /// For `command` and `benchmark`: program and arguments. Never a shell line.
    #[schemars(with = "Option<Vec<String>>")]
    pub(super) run: Option<Spanned<Vec<String>>>,
    /// For `command` and `benchmark`: programs that are run first, one after the other, such as the build of what is tested. Where one
    /// does not end well, the check is incomplete.
    #[serde(default)]
    #[schemars(with = "Vec<Vec<String>>")]
    pub(super) before: Vec<Spanned<Vec<String>>>,
    /// For `command` and `benchmark`: tools that it calls by itself. Where one is lacking, the check is incomplete.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) needs: Vec<Spanned<String>>,
    /// For `command` and `benchmark`: the folder to run in, relative to the repository's root.
    #[schemars(with = "Option<String>")]
    pub(super) cwd: Option<Spanned<String>>,
    /// For `command` and `benchmark`: environment variables that it may see, besides the policy's.
    #[serde(default)]
    pub(super) env: Vec<String>,
    /// For `command` and `benchmark`: environment variables that are set for it. `{root}` in a value is the root of its clean room.
    #[serde(default)]
    pub(super) set_env: BTreeMap<String, String>,
    /// For `command` and `benchmark`: when it is killed, such as `90s`, `10m` or `1h 30m`. By default `10m`.
    #[schemars(with = "Option<String>")]
    pub(super) timeout: Option<Spanned<String>>,
    /// For `command`: how many processor slots it takes. By default 1.
    #[schemars(with = "Option<u32>")]
    pub(super) cpu: Option<Spanned<u32>>,
    /// For `command`: named locks that it holds alone, such as a build folder.
    #[serde(default)]
    pub(super) locks: Vec<String>,
    /// For `command`: the files of the commit that it reads, as patterns below the root such as `README.md` or `docs/**`. Its
    /// clean room holds nothing else, and its evidence counts for every commit in which they are the same. By default
    /// everything.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) inputs: Vec<Spanned<String>>,
    /// For `command`: files and folders of the checkout that are in no commit and are brought along, relative to the root.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) bring: Vec<Spanned<String>>,
    /// For `command`: runs with nothing beside it.
    #[serde(default)]
    pub(super) exclusive: bool,
    /// For `command`: how its output is read.
    #[schemars(with = "Option<ReaderName>")]
    pub(super) reader: Option<Spanned<ReaderName>>,
    /// For `command` and `benchmark`: a report file that it writes, relative to the repository's root. For `command` it may be a pattern
    /// (`*`, `?`, `**` for folders), and all files that it matches are read as one report.
    #[schemars(with = "Option<String>")]
    pub(super) report: Option<Spanned<String>>,
    /// For the `json-pointer` reader: where the document says what.
    pub(super) pointers: Option<Pointers>,
    /// For the `json-lines` reader: which lines mean what.
    #[schemars(with = "Option<LineRule>")]
    pub(super) lines: Option<Spanned<LineRule>>,
    /// For the `text` and `json-lines` readers: which output is read where there is no report. By default standard output.
    #[schemars(with = "Option<ReadStream>")]
    pub(super) stream: Option<Spanned<ReadStream>>,
    /// For the `text` reader: a regular expression; each line that matches is an input examined.
    #[schemars(with = "Option<String>")]
    pub(super) expect: Option<Spanned<String>>,
    /// For the `text` reader: a regular expression; each line that matches is a finding.
    #[schemars(with = "Option<String>")]
    pub(super) finding: Option<Spanned<String>>,
    /// For the `text` reader: regular expressions; one that no line matches is a finding, where the output has an input
    /// examined and the exit status is 0.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) require: Vec<Spanned<String>>,
    /// For the `text` reader: exit statuses (1 to 125) that say why nothing could be shown, each with its reason.
    #[serde(default)]
    pub(super) exits: BTreeMap<String, Reason>,
    /// For `command`: a git checkout with the data behind the answer, relative to the repository's root, for a tool
    /// that does not say how old its data is. The time of its commit is the data's.
    #[schemars(with = "Option<String>")]
    pub(super) data_repository: Option<Spanned<String>>,
    /// For `command`: what the tool may ignore by a setting of its own (an advisory's ID, a package, a value). Whatever else it says that
    /// it ignores is a finding; what stands in `run` is named there. Readers of cargo-audit and cargo-deny tell.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) ignores: Vec<Spanned<String>>,
    /// For `command`: files of the commit that its programs write again, such as a generated one, relative to the repository's root. They
    /// have to be what the commit has when the check ends; any other file of the commit that is written makes it `tree-changed`. The check
    /// is `exclusive`, so that no other one reads them meanwhile.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) rewrites: Vec<Spanned<String>>,
    /// For `command`: a known-bad run of the same tool, program and arguments, in which the same reader must find something. It is run right
    /// after the check, in the same clean room, folder and environment; where it comes out clean the check is `incomplete: canary-missed`.
    #[schemars(with = "Option<Vec<String>>")]
    pub(super) canary: Option<Spanned<Vec<String>>>,
    /// The least evidence that can pass. By default one test, or one input.
    #[schemars(with = "Option<Minimum>")]
    pub(super) minimum: Option<Spanned<Minimum>>,
    /// For `inventory`: the regular expression that is searched for, line by line.
    #[schemars(with = "Option<String>")]
    pub(super) pattern: Option<Spanned<String>>,
    /// For `inventory` and `review`: path prefixes that are searched, or reviewed. By default everything.
    #[serde(default)]
    pub(super) paths: Vec<String>,
    /// For `benchmark`: what is measured, and how it is judged.
    #[schemars(with = "Option<super::benchmark::Raw>")]
    pub(super) benchmark: Option<Spanned<super::benchmark::Raw>>,
    /// For `review` and `inventory`: what the reviewer looks for.
    #[schemars(with = "Option<String>")]
    pub(super) focus: Option<Spanned<String>>,
}

/// What a check does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    Command,
    Benchmark,
    Versions,
    Changelog,
    GitClean,
    Inventory,
    Review,
}

/// How a tool's output is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ReaderName {
    Libtest,
    Nextest,
    Pytest,
    Unittest,
    #[serde(alias = "node:test")]
    NodeTest,
    GoTest,
    CargoAudit,
    NpmAudit,
    PipAudit,
    Sarif,
    Junit,
    Tap,
    Jest,
    Vitest,
    CargoDeny,
    CargoSemverChecks,
    Clippy,
    Govulncheck,
    OsvScanner,
    Trivy,
    Mypy,
    Pyright,
    JsonPointer,
    JsonLines,
    Text,
}

/// The least evidence that can pass.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Minimum {
    /// Tests executed, 1 or more.
    pub(super) tests: Option<u64>,
    /// Inputs examined, 1 or more.
    pub(super) examined: Option<u64>,
    /// The greatest age of the data behind the answer, in days.
    pub(super) data_max_days: Option<u32>,
}

/// Where blockers live.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Tracker {
    /// Which tracker.
    #[schemars(with = "TrackerKind")]
    pub(super) kind: Spanned<TrackerKind>,
    /// For `file`: the file, relative to the repository's root. By default one in git's common directory.
    #[schemars(with = "Option<String>")]
    pub(super) path: Option<Spanned<String>>,
    /// For `ergo`: how long one run of it may take, such as `90s`. By default `1m`.
    #[schemars(with = "Option<String>")]
    pub(super) timeout: Option<Spanned<String>>,
}

/// Which tracker holds the blockers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TrackerKind {
    /// The `ergo` backlog of the repository.
    Ergo,
    /// GitHub issues, through `gh`.
    Github,
    /// A file of gonogo's own.
    File,
}

impl TrackerKind {
    /// Its name, as the plan has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ergo => "ergo",
            Self::Github => "github",
            Self::File => "file",
        }
    }
}
