//! Expected against observed, for one package on one channel: the level that is proven, the verdict, and why.
//!
//! Invariant: `passed` is said only of a live version without a problem or a doubt up to the level that was asked for.
//! What was not told is never a pass and never an absence.

use super::Channel;
use super::checksum::Checksum;
use super::expected::{Expected, ExpectedFiles};
use super::level::Level;
use super::problem::{Problem, ProblemCode};
use super::sighting::{Doubt, Install, Served, ServedFile, Sighting, Told, Withdrawn};
use crate::manifest::BuiltFile;
use crate::release::ResolvedTool;
use crate::verdict::{Outcome, Reason, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is concluded of one package on one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Judgement {
    /// The channel.
    pub channel: Channel,
    /// The package.
    pub package: String,
    /// The version that was asked for.
    pub version: String,
    /// The verdict on the level that was asked for.
    pub verdict: Verdict,
    /// Why it is incomplete, where it is.
    pub reason: Option<Reason>,
    /// The highest level that is proven, with all below it.
    pub reached: Option<Level>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// What could not be told.
    pub doubts: Vec<Doubt>,
    /// The program that a clean install was tried with, where one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<ResolvedTool>,
}

impl Judgement {
    /// The verdict with its reason.
    pub fn outcome(&self) -> Outcome {
        Outcome::from_parts(self.verdict, self.reason)
            .unwrap_or(Outcome::Incomplete(Reason::UnreadableOutput))
    }

    /// Whether waiting may still change it for the better: nothing is wrong for good.
    pub fn may_come(&self) -> bool {
        self.verdict != Verdict::Passed && self.problems.iter().all(|problem| problem.code.may_pass())
    }

    /// Whether to look again while there is time: what is wrong may pass, and so may what could not be told. A missing
    /// tool does not come by itself.
    pub fn is_worth_waiting_for(&self) -> bool {
        self.may_come() && self.doubts.iter().all(|doubt| may_settle(doubt.reason))
    }

    /// The same with what is wrong by what others say of its bytes, where it was looked at so deep.
    #[must_use]
    pub fn with(mut self, problems: Vec<Problem>, asked: Level) -> Self {
        if problems.is_empty() || asked < Level::Bytes {
            return self;
        }
        self.problems.extend(problems);
        let reached = self.reached.map(|reached| reached.min(Level::Resolvable));
        Self { verdict: Verdict::Failed, reason: None, reached, ..self }
    }

    /// The same when nobody waits any longer: what only has not come yet is incomplete, with what is lacking kept.
    #[must_use]
    pub fn given_up(self) -> Self {
        if !self.may_come() || self.verdict == Verdict::Incomplete {
            return self;
        }
        let late = self.problems.iter().map(|problem| Doubt::new(Reason::TimedOut, &problem.said));
        let doubts: Vec<Doubt> = late.chain(self.doubts).collect();
        Self {
            verdict: Verdict::Incomplete,
            reason: doubts.first().map(|doubt| doubt.reason),
            problems: Vec::new(),
            doubts,
            ..self
        }
    }
}

/// Whether time alone may settle what could not be told. Each reason is named, so that a new one is thought about.
const fn may_settle(reason: Reason) -> bool {
    match reason {
        Reason::Unreachable | Reason::TimedOut | Reason::UnreadableOutput | Reason::NotRun => true,
        Reason::ToolMissing
        | Reason::ToolTooOld
        | Reason::Interrupted
        | Reason::NoTestsExecuted
        | Reason::TooFewTests
        | Reason::NothingExamined
        | Reason::OutputTooLarge
        | Reason::StaleEvidence
        | Reason::StaleData
        | Reason::TreeChanged
        | Reason::TooNoisy
        | Reason::HostUnfit
        | Reason::ReviewMissing
        | Reason::BaselineMissing
        | Reason::CanaryMissed
        | Reason::TrackerUnreadable
        | Reason::Flaky
        | Reason::UnsupportedHere => false,
    }
}

/// Judges what was seen, up to a level.
pub fn judge(expected: &Expected, seen: &Sighting, asked: Level) -> Judgement {
    let mut findings = Findings::default();
    match seen {
        Sighting::Absent { said } => findings.problem(Level::Accepted, ProblemCode::Absent, said.clone()),
        Sighting::Conflict { said } => {
            findings.problem(Level::Accepted, ProblemCode::Contradiction, said.clone())
        }
        Sighting::Unknown { reason, said } => findings.doubt(Level::Accepted, *reason, said.clone()),
        Sighting::Live(facts) => {
            for level in Level::ALL.into_iter().filter(|level| *level <= asked) {
                match level {
                    Level::Accepted => accepted(expected, facts, &mut findings),
                    Level::Resolvable => resolvable(expected, facts, &mut findings),
                    Level::Bytes => bytes(expected, facts, &mut findings),
                    Level::Installs => installs(expected, facts, &mut findings),
                }
            }
        }
    }
    findings.conclude(expected, asked)
}

#[derive(Default)]
struct Findings {
    lowest: Option<Level>,
    problems: Vec<Problem>,
    doubts: Vec<Doubt>,
    program: Option<ResolvedTool>,
}

impl Findings {
    fn at(&mut self, level: Level) {
        self.lowest = Some(self.lowest.map_or(level, |lowest| lowest.min(level)));
    }

    fn problem(&mut self, level: Level, code: ProblemCode, said: impl Into<String>) {
        self.at(level);
        self.problems.push(Problem { code, said: said.into() });
    }

    fn doubt(&mut self, level: Level, reason: Reason, said: impl Into<String>) {
        self.at(level);
        self.doubts.push(Doubt::new(reason, said));
    }

    fn conclude(self, expected: &Expected, asked: Level) -> Judgement {
        let (verdict, reason) = match (self.problems.first(), self.doubts.first()) {
            (Some(_), _) => (Verdict::Failed, None),
            (None, Some(doubt)) => (Verdict::Incomplete, Some(doubt.reason)),
            (None, None) => (Verdict::Passed, None),
        };
        let reached = match self.lowest {
            None => Some(asked),
            Some(level) => Level::ALL.into_iter().rfind(|one| *one < level),
        };
        Judgement {
            channel: expected.channel,
            package: expected.package.clone(),
            version: expected.version.to_string(),
            verdict,
            reason,
            reached,
            problems: self.problems,
            doubts: self.doubts,
            program: self.program,
        }
    }
}

fn accepted(expected: &Expected, facts: &Served, findings: &mut Findings) {
    if !expected.channel.is_version(&facts.version, &expected.version) {
        let said = format!("asked for {}, and told of {}", expected.version, facts.version);
        findings.problem(Level::Accepted, ProblemCode::WrongVersion, said);
    }
    if !expected.channel.is_package(&facts.package, &expected.package) {
        let said = format!("asked for {}, and told of {}", expected.package, facts.package);
        findings.problem(Level::Accepted, ProblemCode::WrongPackage, said);
    }
}

fn resolvable(expected: &Expected, facts: &Served, findings: &mut Findings) {
    let level = Level::Resolvable;
    match &facts.resolves {
        Told::Yes => {}
        Told::No { said } => findings.problem(level, ProblemCode::NotResolvable, said.clone()),
        Told::NotAsked => findings.doubt(level, Reason::NotRun, "whether the client's index leads to it"),
    }
    for withdrawn in &facts.withdrawn {
        match withdrawn {
            Withdrawn::Yanked { said } => {
                findings.problem(
                    level,
                    ProblemCode::Yanked,
                    said.clone().unwrap_or_else(|| "no reason given".into()),
                );
            }
            Withdrawn::Deprecated { said } => findings.problem(level, ProblemCode::Deprecated, said.clone()),
            Withdrawn::Draft => findings.problem(level, ProblemCode::Draft, "only its makers see it"),
        }
    }
    if let Some(tag) = &expected.dist_tag {
        match facts.dist_tags.get(tag) {
            Some(version) if expected.channel.is_version(version, &expected.version) => {}
            // A back-port leaves the usual tag where it is.
            Some(version) if expected.may_be_behind && is_higher(expected, version) => {}
            Some(version) => {
                findings.problem(level, ProblemCode::OtherDistTag, format!("{tag} leads to {version}"))
            }
            None => findings.problem(level, ProblemCode::OtherDistTag, format!("there is no {tag}")),
        }
    }
}

fn is_higher(expected: &Expected, served: &str) -> bool {
    expected.channel.read(served).is_some_and(|served| served > expected.version)
}

fn bytes(expected: &Expected, facts: &Served, findings: &mut Findings) {
    let level = Level::Bytes;
    // First, since they say why a download is missing.
    for doubt in facts.doubts.iter().chain(&expected.doubts) {
        findings.doubt(level, doubt.reason, doubt.said.clone());
    }
    let mut served: BTreeMap<&str, &ServedFile> = BTreeMap::new();
    for file in &facts.files {
        if served.insert(&file.name, file).is_some() {
            findings.problem(level, ProblemCode::Contradiction, format!("{} is served twice", file.name));
        }
        consistent(file, expected.sum.as_ref(), findings);
        for wanted in expected.holds.iter().filter(|wanted| !file.holds.contains(wanted)) {
            if file.looked_into {
                findings.problem(
                    level,
                    ProblemCode::ContentMissing,
                    format!("{} holds no {wanted}", file.name),
                );
            }
        }
    }
    if !expected.holds.is_empty() && !facts.files.iter().any(|file| file.looked_into) {
        findings.doubt(level, Reason::NothingExamined, "no archive was there to look into");
    }
    match &expected.files {
        ExpectedFiles::Built(files) => built(expected.channel, files, &served, findings),
        ExpectedFiles::Among(files) if !facts.files.is_empty() => {
            for (name, found) in &served {
                if let Some(file) = files.iter().find(|file| file.name == *name) {
                    same(file, found, findings);
                }
            }
        }
        ExpectedFiles::Among(_) | ExpectedFiles::NotRecorded if facts.files.is_empty() => {
            findings.problem(level, ProblemCode::FileMissing, "it serves no file at all");
        }
        ExpectedFiles::Among(_) | ExpectedFiles::NotRecorded => {}
    }
    set(expected, &served, findings);
    origin(expected, facts, findings);
    provenance(expected, facts, findings);
    if expected.immutable {
        match facts.immutable {
            Some(true) => {}
            Some(false) => {
                findings.problem(level, ProblemCode::Mutable, "its assets and its tag can still be changed")
            }
            None => {
                let said = "it does not say whether it can still be changed";
                findings.doubt(level, Reason::BaselineMissing, said);
            }
        }
    }
}

/// What a channel states of a file, and what its tree says of it, is what it serves.
fn consistent(file: &ServedFile, sum: Option<&Checksum>, findings: &mut Findings) {
    let level = Level::Bytes;
    let Some(content) = &file.content else {
        findings.doubt(level, Reason::NotRun, format!("{} was not downloaded", file.name));
        return;
    };
    if let Some(stated) = file.bytes.filter(|stated| *stated != content.bytes) {
        let said = format!("{} is stated to have {stated} bytes, and has {}", file.name, content.bytes);
        findings.problem(level, ProblemCode::BytesDiffer, said);
    }
    let mut is_bound = false;
    for stated in file.stated.iter().chain(sum) {
        let equal = stated.is_digest(&content.digest).or_else(|| {
            let same = |one: &&Checksum| one.algorithm() == stated.algorithm();
            content.computed.iter().find(same).map(|computed| computed == stated)
        });
        match equal {
            Some(true) => is_bound |= stated.algorithm().is_strong(),
            Some(false) => {
                let said =
                    format!("{} is stated as {stated}, and is served as {}", file.name, content.digest);
                findings.problem(level, ProblemCode::BytesDiffer, said);
            }
            None => {
                findings.doubt(level, Reason::NotRun, format!("{} was not compared with {stated}", file.name))
            }
        }
    }
    if !is_bound && !file.stated.iter().chain(sum).any(|stated| stated.algorithm().is_strong()) {
        let said = format!("the channel states no strong checksum of {}", file.name);
        findings.doubt(level, Reason::BaselineMissing, said);
    }
}

/// What was built is what is served, no file more and none less.
fn built(
    channel: Channel,
    files: &[BuiltFile],
    served: &BTreeMap<&str, &ServedFile>,
    findings: &mut Findings,
) {
    let level = Level::Bytes;
    if files.is_empty() {
        let said = format!("the release manifest has no file for {channel}");
        findings.doubt(level, Reason::BaselineMissing, said);
        return;
    }
    let renames = channel.rules().names_files_itself();
    for file in files {
        let found = if renames && served.len() == 1 {
            served.values().next()
        } else {
            served.get(file.name.as_str())
        };
        match found {
            None => findings.problem(level, ProblemCode::FileMissing, format!("{} is not served", file.name)),
            Some(found) => same(file, found, findings),
        }
    }
}

/// What is served is the set of files that the release consists of: what was built, what the plan names, and what a
/// workflow adds by itself.
fn set(expected: &Expected, served: &BTreeMap<&str, &ServedFile>, findings: &mut Findings) {
    let level = Level::Bytes;
    let (rules, names) = (expected.channel.rules(), &expected.names);
    let built: Option<&[BuiltFile]> = match &expected.files {
        // Said already: the manifest has nothing to compare with.
        ExpectedFiles::Built(files) if files.is_empty() => None,
        ExpectedFiles::Built(_) if rules.names_files_itself() => None,
        ExpectedFiles::Built(files) | ExpectedFiles::Among(files) => Some(files),
        ExpectedFiles::NotRecorded => None,
    };
    let is_built = |name: &str| built.is_none_or(|files| files.iter().any(|file| file.name == name));
    let shared = |name: &str| rules.shared_name(expected, name);
    for name in served.keys().filter(|name| !names.is_added(name)) {
        let said = match (is_built(name), shared(name).is_none_or(|shared| names.allows(&shared))) {
            (true, true) => continue,
            (false, _) => format!("{name} is served, and was not built"),
            (true, false) => format!("{name} is served, and the plan does not name it"),
        };
        findings.problem(level, ProblemCode::FileUnexpected, said);
    }
    // What was built and is not served is said by its own name.
    let exact: &[BuiltFile] = if let ExpectedFiles::Built(files) = &expected.files { files } else { &[] };
    let there = served.keys().filter_map(|name| shared(name));
    let there: Vec<String> = there.chain(exact.iter().map(|file| file.name.clone())).collect();
    let there: Vec<&str> = there.iter().map(String::as_str).collect();
    for name in names.missing(&there) {
        let said = format!("{name} belongs to the release, and is not served");
        findings.problem(level, ProblemCode::FileMissing, said);
    }
}

fn same(built: &BuiltFile, served: &ServedFile, findings: &mut Findings) {
    let stated = served.stated.iter().filter_map(|stated| stated.is_digest(&built.digest));
    let downloaded = served.content.as_ref().map(|content| content.digest == built.digest);
    if stated.chain(downloaded).any(|equal| !equal) {
        let said = format!("{} was built as {}, and something else is served", built.name, built.digest);
        findings.problem(Level::Bytes, ProblemCode::BytesDiffer, said);
    }
}

fn origin(expected: &Expected, facts: &Served, findings: &mut Findings) {
    let level = Level::Bytes;
    let Some(origin) = &facts.origin else {
        if expected.commit.is_some() && expected.channel.rules().states_its_commit() {
            findings.doubt(level, Reason::BaselineMissing, "it does not say which commit it was built from");
        }
        return;
    };
    if origin.dirty {
        findings.problem(level, ProblemCode::BuiltDirty, "it was built from a checkout with changes");
    }
    if let Some(commit) = expected.commit.as_ref().filter(|commit| **commit != origin.commit) {
        let said = format!("it was built from {}, and the release is {commit}", origin.commit);
        findings.problem(level, ProblemCode::WrongCommit, said);
    }
}

/// Each file was built by whom it has to be: one statement about it that fits is enough.
fn provenance(expected: &Expected, facts: &Served, findings: &mut Findings) {
    let Some(wanted) = &expected.provenance else { return };
    let level = Level::Bytes;
    if wanted.commit.is_none() {
        findings.doubt(level, Reason::BaselineMissing, "which commit it has to be built from is not known");
    }
    for file in facts.files.iter().filter(|file| file.content.is_some()) {
        let misfits: Vec<Option<String>> = file.attestations.iter().map(|one| wanted.misfit(one)).collect();
        match misfits.first() {
            _ if misfits.iter().any(Option::is_none) => {}
            Some(misfit) => {
                let said = format!("{}: {}", file.name, misfit.as_deref().unwrap_or_default());
                findings.problem(level, ProblemCode::OtherProvenance, said);
            }
            None => {
                let said = match &facts.gaps[..] {
                    [] => format!("{} has no signed statement of who built it", file.name),
                    gaps => {
                        let gaps = gaps.join(" and ");
                        format!("nothing here says who built {}: this source leaves out {gaps}", file.name)
                    }
                };
                findings.doubt(level, Reason::BaselineMissing, said);
            }
        }
    }
}

fn installs(expected: &Expected, facts: &Served, findings: &mut Findings) {
    let level = Level::Installs;
    findings.program = facts.install.as_ref().and_then(|install| install.program.clone());
    match facts.install.as_ref().map(|install| &install.came) {
        Some(Install::Ran { version }) if expected.channel.is_version(version, &expected.version) => {}
        Some(Install::Ran { version }) => {
            let said = format!("it says that it is {version}, and not {}", expected.version);
            findings.problem(level, ProblemCode::RunsAsOther, said);
        }
        Some(Install::NotInstalled { said }) => {
            findings.problem(level, ProblemCode::NotInstalled, said.clone())
        }
        Some(Install::DoesNotRun { said }) => findings.problem(level, ProblemCode::DoesNotRun, said.clone()),
        Some(Install::NotTried { reason, said }) => findings.doubt(level, *reason, said.clone()),
        None => findings.doubt(level, Reason::NotRun, "no clean install was tried"),
    }
}
