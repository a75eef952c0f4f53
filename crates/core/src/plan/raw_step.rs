//! A release mechanic as it is typed. Which keys go with which kind is decided in `steps`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use toml::Spanned;

/// One release mechanic. Texts may hold `{tag}`, `{version}`, `{commit}` and, after a build was watched,
/// `{build-run-id}`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Step {
    /// What it does.
    #[schemars(with = "Kind")]
    pub(super) kind: Spanned<Kind>,
    /// Its name, which the ledger knows it by. By default its kind.
    #[schemars(with = "Option<String>")]
    pub(super) id: Option<Spanned<String>>,
    /// How long it may take, such as `90m`. By default 1 h for workflows, 10 min for all else.
    #[schemars(with = "Option<String>")]
    pub(super) timeout: Option<Spanned<String>>,
    /// For `tag` and `push-tag`: the tag. By default the release's own, `{tag}`; a Go module in a folder has one of its own,
    /// such as `bindings/go/{tag}`.
    #[schemars(with = "Option<String>")]
    pub(super) tag: Option<Spanned<String>>,
    /// For `push-tag`: the remote. By default the one that the branch is pushed to.
    #[schemars(with = "Option<String>")]
    pub(super) remote: Option<Spanned<String>>,
    /// For `watch-workflow` and `dispatch-workflow`: the workflow's path, such as `.github/workflows/release.yml`.
    #[schemars(with = "Option<String>")]
    pub(super) workflow: Option<Spanned<String>>,
    /// For `dispatch-workflow`: the workflow's inputs.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    pub(super) inputs: BTreeMap<String, Spanned<String>>,
    /// For `dispatch-workflow`: the branch or tag that it runs on. By default the repository's default branch.
    #[schemars(with = "Option<String>")]
    pub(super) git_ref: Option<Spanned<String>>,
    /// For `dispatch-workflow`: with these inputs it publishes nothing.
    #[schemars(with = "Option<bool>")]
    pub(super) rehearsal: Option<Spanned<bool>>,
    /// For `dispatch-workflow` and `github-release`: how long a thing that was asked for may take to show, before it
    /// counts as never begun. By default `30s`.
    #[schemars(with = "Option<String>")]
    pub(super) settle: Option<Spanned<String>>,
    /// For `fetch-artifacts`: the `id` of the `watch-workflow` step whose run built them. By default the one before.
    #[schemars(with = "Option<String>")]
    pub(super) from: Option<Spanned<String>>,
    /// For `fetch-artifacts`: the artifact that holds `metadata.json`. By default `release-metadata`.
    #[schemars(with = "Option<String>")]
    pub(super) metadata: Option<Spanned<String>>,
    /// For `fetch-artifacts`: which of the run's artifacts (`*` stands for any text). By default all.
    /// For `github-release`: which of the built files are its assets. By default all.
    #[schemars(with = "Option<Vec<String>>")]
    pub(super) artifacts: Option<Spanned<Vec<Spanned<String>>>>,
    /// For `github-release`: gonogo creates it, as a draft that is published last. By default a workflow does, and it
    /// is only waited for and compared.
    #[schemars(with = "Option<bool>")]
    pub(super) create: Option<Spanned<bool>>,
    /// For `github-release`: the asset that lists the digests of the others, as `sha256sum` writes it.
    #[schemars(with = "Option<String>")]
    pub(super) checksums: Option<Spanned<String>>,
    /// For `homebrew-formula`: a formula in the repository with `{version}`, `{tag}` and `{sha256:FILE}` in it. By
    /// default the tap's own formula is brought up to date.
    #[schemars(with = "Option<String>")]
    pub(super) template: Option<Spanned<String>>,
    /// For `homebrew-formula`: the tap's git address. By default the project's own, with the tap's `owner/name`.
    #[schemars(with = "Option<String>")]
    pub(super) address: Option<Spanned<String>>,
    /// For `command`: program and arguments. Never a shell line.
    #[schemars(with = "Option<Vec<String>>")]
    pub(super) run: Option<Spanned<Vec<String>>>,
    /// For `command`: the folder to run in, relative to the repository's root.
    #[schemars(with = "Option<String>")]
    pub(super) cwd: Option<Spanned<String>>,
    /// For `command`: environment variables that it may see, besides the policy's.
    #[serde(default)]
    pub(super) env: Vec<String>,
    /// For `command`: environment variables that are set for it. `{artifacts}` is the folder of what was fetched.
    #[serde(default)]
    pub(super) set_env: BTreeMap<String, String>,
    /// For `command`: how to tell whether it has been done. One of `observe`, `channel` and `repeatable`.
    pub(super) observe: Option<Observe>,
    /// For `command`: it has been done when this channel serves the version.
    #[schemars(with = "Option<ChannelName>")]
    pub(super) channel: Option<Spanned<ChannelName>>,
    /// For `command`: doing it twice is as doing it once.
    #[schemars(with = "Option<bool>")]
    pub(super) repeatable: Option<Spanned<bool>>,
    /// For `command`: how it is undone. Without this it is a one-way door.
    #[schemars(with = "Option<String>")]
    pub(super) undo: Option<Spanned<String>>,
    /// What the workflow does, on this machine: a rehearsal runs this in its place.
    pub(super) rehearse: Option<Rehearse>,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "StepKind")]
pub(super) enum Kind {
    /// Makes the annotated tag.
    Tag,
    /// Pushes the tag.
    PushTag,
    /// Waits for the workflow that the tag started.
    WatchWorkflow,
    /// Fetches what the workflow built.
    FetchArtifacts,
    /// Writes and pushes the Homebrew formula.
    HomebrewFormula,
    /// Starts a workflow by hand, and waits for it.
    DispatchWorkflow,
    /// Makes sure of the GitHub release.
    GithubRelease,
    /// Runs a program.
    Command,
}

/// A channel, by the name that the plan has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelName {
    /// crates.io.
    CratesIo,
    /// npm.
    Npm,
    /// PyPI.
    Pypi,
}

/// A program that says whether a step has been done.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Observe {
    /// Program and arguments.
    #[schemars(with = "Vec<String>")]
    pub(super) run: Spanned<Vec<String>>,
    /// The exit status that says: it has been done.
    #[schemars(with = "u8")]
    pub(super) done: Spanned<u8>,
    /// The exit status that says: it has not been done. Every other one is unknown.
    #[schemars(with = "u8")]
    pub(super) absent: Spanned<u8>,
}

/// A workflow's stand-in on this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rehearse {
    /// Programs that are run one after the other in a fresh clone of the tag. `{artifacts}` is a folder with what the
    /// build made; `{inputs.NAME}` an input.
    pub run: Vec<Vec<String>>,
    /// Files to keep as artifacts: the artifact's name, and paths in the clone (`*` stands for any text).
    #[serde(default)]
    pub artifacts: BTreeMap<String, Vec<String>>,
}
