//! What each reader reads, counts and refuses, in words: the source of docs/readers.md and of the runbook's sentences.

use super::Reader;

/// A reader in words.
#[derive(Clone, Copy, Debug)]
pub struct Card {
    /// Its name in a plan.
    pub name: &'static str,
    /// What it reads, as a phrase.
    pub reads: &'static str,
    /// What counts as a test or an input, and how by name.
    pub counts: &'static str,
    /// What it refuses or treats as wrong, and why, a sentence each.
    pub refuses: &'static [&'static str],
    /// The keys of a check that it has of its own.
    pub options: &'static [&'static str],
    /// The versions whose real outputs it was tried on.
    pub tried: &'static str,
}

/// The card of each reader, by name, in the order of docs/readers.md.
pub const CARDS: [Card; 25] = [
    Card {
        name: "libtest",
        reads: "the counts that cargo test prints, over all binaries",
        counts: "Tests by binary and name where they are listed; with `-q` the failed ones by name and the others as numbers. Ignored tests are \
                 skipped, measured benchmarks passed. Doctests are those of `doc-tests NAME`, several reports together where they were merged.",
        refuses: &[
            "A binary that cargo says it starts and that prints no report (`harness = false`, or one that leaves early): what did not report may \
             have run nothing. With `-q` cargo does not say what it starts; the reading notes that.",
            "A result line that does not add up to `running N tests` and to what is listed.",
            "A run inside a test that has no result line of its own, where the next one may be its own or that of the next binary. A command \
             that names one binary (`--lib`, `--test NAME`), or cargo's start lines, settle it.",
            "Coloured lines: `--color=never`.",
        ],
        options: &[],
        tried: "cargo 1.65 with rustc 1.63, 1.95 and 1.97 (editions 2021 and 2024)",
    },
    Card {
        name: "nextest",
        reads: "the counts that cargo nextest prints",
        counts: "Tests by binary and name from the status lines; a flaky test that passed at last counts as passed and is noted.",
        refuses: &[
            "More than one starting or summary line: a test with uncaptured output can print one.",
            "A status that is not known to be harmless is a failure.",
            "Exit status 5, a rerun with tests outstanding.",
        ],
        options: &[],
        tried: "cargo-nextest 0.9.143, 0.9.145, 0.9.146 and 0.9.148",
    },
    Card {
        name: "pytest",
        reads: "the counts that pytest prints",
        counts: "Tests by file, class and name with `-v`, else the failed ones by name. xfailed counts as skipped, xpassed as passed, both noted; \
                 subtests belong to the test that they are in.",
        refuses: &[
            "A summary with a word that is not known, one that does not fit `collected N items`, and more than one.",
            "Text after the summary that looks like a failure; other text is shown.",
            "Coverage below its threshold (pytest-cov) is a finding.",
            "Exit statuses 3 and 4: pytest itself failed. 5, no test ran, shows nothing.",
        ],
        options: &[],
        tried: "pytest 6.2, 7.4, 8.3 and 9.2; pytest-subtests, pytest-cov, pytest-xdist, pytest-sugar, pytest-pretty",
    },
    Card {
        name: "unittest",
        reads: "the counts that unittest prints",
        counts: "Tests by module, class and name with `-v`. `Ran N` counts skipped tests in some versions; the progress or the list tells which, \
                 and where neither does they are taken to be in it. Expected failures count as skipped, unexpected successes are findings.",
        refuses: &[
            "A summary that does not stand as unittest prints it, contradicts its words or stands there twice.",
            "Text after the summary that looks like a failure; other text (Django's, `atexit`, `-X dev`) is shown.",
        ],
        options: &[],
        tried: "Python 3.8 to 3.13; Django 5",
    },
    Card {
        name: "node-test",
        reads: "the counts that node's test runner prints",
        counts: "Tests by suites and name, from TAP or the spec reporter. Tests with subtests count, as node counts them; suites do not.",
        refuses: &[
            "A file that registers no test, which node counts as a test that passed: it counts as not run. It is known by its extension or by \
             the arguments of the command.",
            "Counts that do not add up, or disagree with what is listed.",
            "Coverage below its threshold is a finding.",
        ],
        options: &[],
        tried: "node 18.20, 20.20, 22.23 and 24.21",
    },
    Card {
        name: "go-test",
        reads: "the events that go test prints",
        counts: "Tests by package and name, with `-json` or `-v`. A test with subtests does not count, its subtests do.",
        refuses: &[
            "A result out of Go's cache (`(cached)`): it is an earlier run's, so its tests count as not run. `-count=1` runs them.",
            "ToolOutput without `-json` or `-v`: it names no test that passed.",
            "A package or test that started and did not end. Benchmarks need no end.",
        ],
        options: &[],
        tried: "go 1.20, 1.21, 1.23 and 1.26",
    },
    Card {
        name: "jest",
        reads: "jest's JSON report",
        counts: "Tests by file, suites and title, each by its own status: the totals of some versions count skipped tests as passed.",
        refuses: &[
            "A file that could not be loaded is a finding.",
            "A status that is not known, totals that are not those of the list, an interrupted run.",
        ],
        options: &[],
        tried: "jest 27, 29 and 30",
    },
    Card {
        name: "vitest",
        reads: "vitest's JSON report",
        counts: "As jest.",
        refuses: &["As jest."],
        options: &[],
        tried: "vitest 1, 2, 3 and 4",
    },
    Card {
        name: "tap",
        reads: "a TAP stream",
        counts: "Points by subtests and name; a point that closes a subtest does not count, what is inside it does. `# TODO` is a failure that is \
                 expected, `# SKIP` a skipped test.",
        refuses: &[
            "No plan (`1..N`), more than one at a level, and any other number of points.",
            "`Bail out!`, a subtest that nothing closes, a point that is ok with one inside that is not.",
            "TAP of node's test runner, which counts files as tests: `node-test` reads it.",
        ],
        options: &[],
        tried: "mocha 8, 10 and 11, vitest 1 to 4, by hand after TAP 13 and 14",
    },
    Card {
        name: "junit",
        reads: "a JUnit report",
        counts: "Test cases by suites, class and name. The words of `status` and `result` are a closed set: what was switched off, suppressed or \
                 not run has not passed. The trailer of node's test runner is believed before its list.",
        refuses: &[
            "A `status` or `result` that is not known.",
            "A suite that declares other counts than are in it. Known ways of counting are taken as they are meant: pytest's subtests, node's \
             nested suites, jest's tests to be written, mocha's pending tests.",
            "A document type, entities of its own, text outside the report.",
        ],
        options: &["`report` may be a pattern: all files that it matches are one report"],
        tried: "pytest 6.2 to 9.2, nextest 0.9.148, node 18 to 24, jest-junit 16, vitest 1 to 4, mocha 8 to 11, mocha-junit-reporter, \
                GoogleTest 1.12 to 1.17, ctest 3.25, 3.27 and 4.4, surefire 3.3, 3.5 and 3.6",
    },
    Card {
        name: "cargo-audit",
        reads: "cargo-audit's JSON report",
        counts: "Packages of the lock file.",
        refuses: &[
            "A database of fewer than 100 advisories is stale data.",
            "Yanked and unsound packages, and warnings of a kind that is not known, are findings as vulnerabilities are; unmaintained ones are noted.",
            "`.cargo/audit.toml` in the repository is a finding: it can hide others.",
            "What its settings ignore or narrow is a finding, unless it stands in `run` or `ignores`.",
        ],
        options: &[],
        tried: "cargo-audit 0.22.2",
    },
    Card {
        name: "cargo-deny",
        reads: "cargo-deny's JSON diagnostics",
        counts: "Each kind of check that ran (advisories, bans, licenses, sources).",
        refuses: &[
            "No summary line, or other numbers of errors than are listed.",
            "A log line of level ERROR: it could not look.",
            "What it says that its configuration ignores is a finding, unless it stands in `ignores`.",
        ],
        options: &[],
        tried: "cargo-deny 0.13, 0.14 and 0.20; advisories by hand after 0.18",
    },
    Card {
        name: "cargo-semver-checks",
        reads: "the checks that cargo semver-checks made",
        counts: "Checks that ran, over all crates. Where the version was raised far enough all of them are left out, and nothing is shown.",
        refuses: &["Checks that do not add up, a crate without its `Finished` line, exit status 101."],
        options: &[],
        tried: "by hand after cargo-semver-checks 0.41",
    },
    Card {
        name: "clippy",
        reads: "the compiler's JSON messages",
        counts: "Crates that were compiled or answered for by cargo's cache.",
        refuses: &[
            "No `build-finished` line, or a build that failed and says of nothing why.",
            "Errors and warnings alike are findings, each once.",
        ],
        options: &[],
        tried: "clippy 1.95",
    },
    Card {
        name: "npm-audit",
        reads: "npm's JSON audit report",
        counts: "Dependencies; without those of development where the command leaves them out. No `omit` of any `.npmrc` is let through.",
        refuses: &[
            "A JSON error in place of a report, and counts that disagree with their list.",
            "High, critical and unknown severities are findings, lower ones are noted: with these alone exit status 1 is explained.",
        ],
        options: &[],
        tried: "npm 11.19",
    },
    Card {
        name: "pip-audit",
        reads: "pip-audit's JSON report",
        counts: "Dependencies that were audited.",
        refuses: &[
            "A dependency that was skipped, but one that is installed as editable: the service did not know or answer.",
        ],
        options: &[],
        tried: "pip-audit 2.10",
    },
    Card {
        name: "govulncheck",
        reads: "govulncheck's JSON messages",
        counts: "Modules of the SBOM message; the time of its data is the database's.",
        refuses: &[
            "No `config` or `SBOM` message, or none that says that the code was compared.",
            "A vulnerability that is called is a finding; one that is not called is noted, where calls were looked for.",
            "Not refused: output that ends between two of its messages after the comparison began, for it marks its end by nothing but its \
             exit.",
        ],
        options: &[],
        tried: "govulncheck 1.2.0 and 1.9.0, by hand after 1.1.4",
    },
    Card {
        name: "osv-scanner",
        reads: "osv-scanner's JSON report",
        counts: "Packages, listed with `--all-packages` or said on standard error.",
        refuses: &["Exit status 128: nothing was found that could be scanned."],
        options: &[],
        tried: "by hand after osv-scanner 2",
    },
    Card {
        name: "trivy",
        reads: "trivy's JSON report",
        counts: "Targets in which it looked.",
        refuses: &[
            "High, critical and unknown severities, and all secrets, are findings; lower severities are noted.",
        ],
        options: &[],
        tried: "by hand after report version 2",
    },
    Card {
        name: "mypy",
        reads: "what mypy prints",
        counts: "Source files that were checked.",
        refuses: &[
            "No summary at the end (`-O json` prints none), and errors that prevented further checking.",
        ],
        options: &[],
        tried: "mypy 1.19",
    },
    Card {
        name: "pyright",
        reads: "pyright's JSON report",
        counts: "Files that were analysed.",
        refuses: &[
            "Counts that disagree with the diagnostics. Errors are findings, warnings too where they make it fail.",
        ],
        options: &[],
        tried: "pyright 1.1.414",
    },
    Card {
        name: "sarif",
        reads: "a SARIF log",
        counts: "Artifacts, where the log lists them. Without them a log that states its rules, or a canary that fired in the same poll, shows that \
                 the tool looked; how many inputs there were is not known then.",
        refuses: &[
            "A run that did not end well: `executionSuccessful`, a signal, an error among the notifications or an exception in one.",
            "Results in other files (`externalPropertyFileReferences`, `inlineExternalProperties`).",
            "A result counts by its own level, else by what its invocation overrides, else by its rule's default in the driver or extension that \
             it means, else as a warning. Suppressions count only where all are accepted.",
        ],
        options: &[],
        tried: "ruff 0.17, by hand after the standard",
    },
    Card {
        name: "json-pointer",
        reads: "a JSON document, read by pointers",
        counts: "What the pointers say. `*` means every item or member, a segment that ends in `?` may be absent.",
        refuses: &[
            "A pointer that does not resolve, and what is no count.",
            "A number beyond its threshold is a finding.",
        ],
        options: &[
            "`pointers`: `passed`, `failed`, `skipped`, `examined`, `findings`, `severity` with `harmless`, `thresholds`",
        ],
        tried: "formats of the plan's own",
    },
    Card {
        name: "json-lines",
        reads: "lines of JSON, read by selectors",
        counts: "The lines that `lines.examined` selects.",
        refuses: &[
            "A line that begins with `{` and is no JSON document; no line at all; the line of `lines.end` missing.",
        ],
        options: &[
            "`lines`: `examined`, `findings`, `end`, `key`, `message`, `place`",
            "`stream`: `stdout`, `stderr` or `both`",
        ],
        tried: "formats of the plan's own",
    },
    Card {
        name: "text",
        reads: "lines of text, read by regular expressions",
        counts: "Whole lines of plain text that `expect` matches.",
        refuses: &[
            "A line that `finding` matches, as it is or as a terminal would show it: behind a carriage return, an escape sequence, a NUL or a \
             byte-order mark.",
            "An exit status other than 0, unless `exits` says what it means.",
        ],
        options: &["`expect`, `finding`, `require`, `exits`", "`stream`: `stdout`, `stderr` or `both`"],
        tried: "formats of the plan's own",
    },
];

impl Reader {
    /// What it reads, counts and refuses, in words.
    pub fn card(&self) -> &'static Card {
        // Each reader has a card, which a test holds; the last one is there in any case.
        CARDS.iter().find(|card| card.name == self.name()).unwrap_or(&CARDS[CARDS.len() - 1])
    }
}
