//! The checkout, through git's own CLI: where users' configuration, credentials and hooks live.
//!
//! Invariant: a question that git did not answer is an error, never an empty answer.

mod address;
mod clone;
mod diff;
mod error;
mod files;
mod own;
mod push;
mod remote;
mod tag;
mod tags;
mod tap;
mod tree_path;
mod words;

pub use address::sibling_address;
pub use diff::Difference;
pub use error::{GitError, Party};
pub use files::{Entry, EntryKind};
pub use push::{Pushed, Refusal, Rejection};
pub use remote::{Contains, DefaultBranch, Elsewhere, RemoteTag};
pub use tag::{Signature, TagFacts};
pub use tap::{Tap, Written};
pub use tree_path::AtPath;

use crate::process::{Cancel, Captured, End, Environment, Invocation, run};
use crate::tools;
use error::{failed, failed_with_remote};
use gonogo_core::ids::{CommitId, TreeId, is_object_id};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, Instant};

/// Variables that git may see besides the fixed allow-list: how its user configured it and its transports. Not those
/// that would point it at another repository.
const ENVIRONMENT: &[&str] = &[
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_ASKPASS",
    "SSH_AUTH_SOCK",
    "SSH_ASKPASS",
    // Who a tag or a commit is by, and what signs it.
    "GIT_AUTHOR_NAME",
    "GIT_AUTHOR_EMAIL",
    "GIT_COMMITTER_NAME",
    "GIT_COMMITTER_EMAIL",
    "EMAIL",
    "GNUPGHOME",
    "GPG_TTY",
];
/// What the credential helpers of remotes need beside that: gh is one of them, and keyrings are.
const REMOTE_ENVIRONMENT: &[&str] =
    &["GH_CONFIG_DIR", "GH_TOKEN", "GITHUB_TOKEN", "XDG_CONFIG_HOME", "DBUS_SESSION_BUS_ADDRESS"];
/// How long to wait before another look at a file that is to go away.
const PAUSE: Duration = Duration::from_millis(50);
/// How long a question to a remote, or a signature, may take.
const REMOTE_LIMIT: Duration = Duration::from_secs(300);

/// How the current branch relates to the branch it is pushed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upstream {
    /// No branch is checked out.
    Detached,
    /// The branch has no upstream, or one that is not known here.
    None,
    /// The upstream's name, and the commit that it is known to stand at.
    At {
        /// Such as `origin/main`.
        name: String,
        /// The commit.
        commit: CommitId,
    },
}

/// A checkout with at least one commit.
#[derive(Clone, Debug)]
pub struct Git {
    program: PathBuf,
    environment: Environment,
    root: PathBuf,
    common: PathBuf,
    remote_limit: Duration,
    must_sign: bool,
    cancel: Cancel,
}

impl Git {
    /// Opens the checkout that a folder is in.
    pub async fn open(folder: &Path, cancel: Cancel) -> Result<Self, GitError> {
        let mut environment = Environment::allowing(ENVIRONMENT.iter().copied());
        let count = environment.get("GIT_CONFIG_COUNT").and_then(|count| count.to_str()?.parse::<u32>().ok());
        for number in 0..count.unwrap_or(0).min(64) {
            for name in [format!("GIT_CONFIG_KEY_{number}"), format!("GIT_CONFIG_VALUE_{number}")] {
                if let Some(value) = std::env::var_os(&name) {
                    environment = environment.with(name, value);
                }
            }
        }
        // What is released is what the objects say, not what this clone replaces them with.
        environment =
            environment.with("GIT_NO_REPLACE_OBJECTS", "1").with("GIT_GRAFT_FILE", "/dev/null/none");
        // The project under release does not bring its own git either.
        let checkout = folder.ancestors().find(|folder| folder.join(".git").exists());
        let program = tools::find_on_path("git", checkout)?;
        let (root, common) = (folder.to_owned(), folder.to_owned());
        let remote_limit = REMOTE_LIMIT;
        Self { program, environment, root, common, remote_limit, must_sign: false, cancel }
            .located(folder)
            .await
    }

    /// The same for the checkout that a folder is in.
    async fn located(mut self, folder: &Path) -> Result<Self, GitError> {
        self.root = folder.to_owned();
        let asked = ["rev-parse", "--path-format=absolute", "--show-toplevel", "--git-common-dir"];
        let answer = self.ask(&asked).await?;
        if !answer.succeeded() {
            let said = answer.stderr.text();
            // Git's own two ways to say so. Another error, such as a configuration that it cannot read, is no absence.
            let is_outside =
                said.contains("not a git repository") || said.contains("must be run in a work tree");
            return Err(if answer.end == End::Exited(128) && is_outside {
                GitError::NoCheckout(folder.to_owned())
            } else {
                failed(&asked, &answer)
            });
        }
        let answer = answer.ok_text().ok_or_else(|| GitError::nonsense(&asked))?;
        let mut lines = answer.lines().map(PathBuf::from);
        let (Some(root), Some(common), None) = (lines.next(), lines.next(), lines.next()) else {
            return Err(GitError::nonsense(&asked));
        };
        (self.root, self.common) = (root, common);
        Ok(self)
    }

    /// The file by which another git says that it changes this checkout now, where it is still there after so long; `None`
    /// where it is not.
    pub async fn other_git(&self, patience: Duration) -> Result<Option<PathBuf>, GitError> {
        let asked = ["rev-parse", "--path-format=absolute", "--git-path", "index.lock"];
        let path = PathBuf::from(self.one_line(&asked).await?);
        let started = Instant::now();
        loop {
            let found = crate::there::look(&path).map_err(|_| GitError::nonsense(&asked))?;
            if found.is_none() {
                return Ok(None);
            }
            if started.elapsed() >= patience || self.cancel.is_cancelled() {
                return Ok(Some(path));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// The same with variables set, as a private world needs it.
    #[must_use]
    pub fn with_variables(
        mut self,
        variables: impl IntoIterator<Item = (impl Into<OsString>, impl Into<OsString>)>,
    ) -> Self {
        self.environment = self.environment.with_all(variables);
        self
    }

    /// The same with another time limit for one run of git that asks a remote or signs; five minutes by default.
    #[must_use]
    pub fn with_remote_limit(self, limit: Duration) -> Self {
        Self { remote_limit: limit, ..self }
    }

    /// The same where every tag has to be signed, whatever git's configuration says.
    #[must_use]
    pub fn with_signed_tags(self, must_sign: bool) -> Self {
        Self { must_sign, ..self }
    }

    /// The root of the working tree.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Git's common directory, shared by all worktrees.
    pub fn common_dir(&self) -> &Path {
        &self.common
    }

    async fn ask(&self, arguments: &[&str]) -> Result<Captured, GitError> {
        self.ask_with(arguments, None).await
    }

    async fn ask_with(&self, arguments: &[&str], input: Option<Vec<u8>>) -> Result<Captured, GitError> {
        self.answer_to(arguments, self.invocation(arguments, input), Party::Nobody).await
    }

    fn invocation(&self, arguments: &[&str], input: Option<Vec<u8>>) -> Invocation {
        let mut invocation = Invocation::tool(&self.program, &self.root, self.environment.clone());
        invocation.arguments = arguments.iter().map(OsString::from).collect();
        invocation.input = input;
        invocation.limit = 256 << 20;
        invocation
    }

    async fn answer_to(
        &self,
        arguments: &[&str],
        invocation: Invocation,
        with: Party,
    ) -> Result<Captured, GitError> {
        let answer = run(&invocation, &self.cancel).await?;
        // A git that was stopped has answered nothing, whatever its absence of an answer would mean below.
        match answer.end {
            End::Exited(_) | End::Signaled(_) => Ok(answer),
            End::Cancelled => Err(GitError::Cancelled),
            End::TimedOut => Err(GitError::TimedOut { command: arguments.join(" "), with }),
        }
    }

    /// A run that signs: a key may have to be unlocked, or touched.
    async fn ask_signing(&self, arguments: &[&str], input: Vec<u8>) -> Result<Captured, GitError> {
        let invocation = self.invocation(arguments, Some(input));
        self.answer_to(arguments, Invocation { timeout: self.remote_limit, ..invocation }, Party::Nobody)
            .await
    }

    /// A run that talks to a remote: with the user's own transports and credentials, and asking nobody.
    async fn ask_remote(&self, arguments: &[&str]) -> Result<Captured, GitError> {
        let mut invocation = self.invocation(arguments, None);
        invocation.timeout = self.remote_limit;
        let environment = invocation
            .environment
            .letting_through(REMOTE_ENVIRONMENT.iter().copied())
            .with("GCM_INTERACTIVE", "never");
        let is_given = |name: &str| environment.get(name).is_some_and(|value| !value.is_empty());
        let has_own_ssh = is_given("GIT_SSH_COMMAND")
            || is_given("GIT_SSH")
            || self.configured("core.sshCommand").await?.is_some();
        invocation.environment = if has_own_ssh {
            environment
        } else {
            environment.with("GIT_SSH_COMMAND", "ssh -o BatchMode=yes")
        };
        self.answer_to(arguments, invocation, Party::Remote).await
    }

    async fn remote_text(&self, arguments: &[&str]) -> Result<String, GitError> {
        let answer = self.ask_remote(arguments).await?;
        if !answer.succeeded() {
            return Err(failed_with_remote(arguments, &answer));
        }
        answer.ok_text().ok_or_else(|| GitError::nonsense(arguments))
    }

    /// Whether a setting of git's is set, and to yes, as git reads it.
    async fn is_configured(&self, key: &str) -> Result<bool, GitError> {
        let asked = ["config", "--type=bool", "--get", key];
        let answer = self.ask(&asked).await?;
        match (answer.end, answer.stdout.text().trim_end()) {
            (End::Exited(0), "true") => Ok(true),
            (End::Exited(0), "false") | (End::Exited(1), "") => Ok(false),
            _ => Err(failed(&asked, &answer)),
        }
    }

    /// One setting of git's; `None` where it is not set.
    async fn configured(&self, key: &str) -> Result<Option<String>, GitError> {
        let asked = ["config", "--get", key];
        let answer = self.ask(&asked).await?;
        match answer.end {
            End::Exited(0) => Ok(answer.stdout.text().lines().next().map(str::to_owned)),
            End::Exited(1) => Ok(None),
            _ => Err(failed(&asked, &answer)),
        }
    }

    pub(crate) async fn text(&self, arguments: &[&str]) -> Result<String, GitError> {
        let answer = self.ask(arguments).await?;
        if !answer.succeeded() {
            return Err(failed(arguments, &answer));
        }
        answer.ok_text().ok_or_else(|| GitError::nonsense(arguments))
    }

    async fn one_line(&self, arguments: &[&str]) -> Result<String, GitError> {
        let text = self.text(arguments).await?;
        match text.strip_suffix('\n').filter(|line| !line.is_empty() && !line.contains('\n')) {
            Some(line) => Ok(line.to_owned()),
            None => Err(GitError::nonsense(arguments)),
        }
    }

    /// The commit and the tree of `HEAD`.
    pub async fn head(&self) -> Result<(CommitId, TreeId), GitError> {
        let asked = ["rev-parse", "HEAD^{commit}", "HEAD^{tree}"];
        let answer = self.ask(&asked).await?;
        if !answer.succeeded() {
            return Err(if self.is_unborn().await? { GitError::Unborn } else { failed(&asked, &answer) });
        }
        let text = answer.stdout.text();
        match text.lines().collect::<Vec<_>>()[..] {
            [commit, tree] => Ok((told(commit, &asked)?, told(tree, &asked)?)),
            _ => Err(GitError::nonsense(&asked)),
        }
    }

    /// Whether `HEAD` names a branch that is not there. One that is there and broken is not unborn.
    async fn is_unborn(&self) -> Result<bool, GitError> {
        let Some(branch) = self.branch().await? else { return Ok(false) };
        let asked = ["for-each-ref", "--format=%(refname)", "--", &branch];
        let answer = self.ask(&asked).await?;
        Ok(answer.succeeded() && answer.stdout.total == 0 && answer.stderr.total == 0)
    }

    /// The branch that is checked out, such as `refs/heads/main`; `None` where `HEAD` is a commit by itself.
    async fn branch(&self) -> Result<Option<String>, GitError> {
        let asked = ["symbolic-ref", "--quiet", "HEAD"];
        let answer = self.ask(&asked).await?;
        match answer.end {
            End::Exited(0) => {
                match answer.ok_text().and_then(|text| Some(text.strip_suffix('\n')?.to_owned())) {
                    Some(branch) if branch.starts_with("refs/") => Ok(Some(branch)),
                    _ => Err(GitError::nonsense(&asked)),
                }
            }
            End::Exited(1) if answer.stderr.total == 0 => Ok(None),
            _ => Err(failed(&asked, &answer)),
        }
    }

    /// When the commit of `HEAD` was made, as git prints it: strict ISO 8601, which RFC 3339 can read.
    pub async fn head_time(&self) -> Result<String, GitError> {
        self.one_line(&["show", "--no-patch", "--format=%cI", "HEAD"]).await
    }

    /// The commit that a reference stands for, peeled; `None` where there is no such reference. One that is there and stands
    /// for no commit, or for one that is not here, is an error.
    pub async fn commit_of(&self, reference: &str) -> Result<Option<CommitId>, GitError> {
        let wanted = format!("{reference}^{{commit}}");
        let asked = ["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted];
        let answer = self.ask(&asked).await?;
        match answer.end {
            End::Exited(0) => told(answer.stdout.text().trim_end(), &asked).map(Some),
            // Git says the same of what is not there and of what it cannot follow.
            End::Exited(1) if answer.stderr.total == 0 && !self.resolves(reference).await? => Ok(None),
            _ => Err(failed(&asked, &answer)),
        }
    }

    /// Whether a reference stands for anything, whether that is here or not.
    async fn resolves(&self, reference: &str) -> Result<bool, GitError> {
        let asked = ["rev-parse", "--verify", "--quiet", "--end-of-options", reference];
        let answer = self.ask(&asked).await?;
        match answer.end {
            End::Exited(0) => Ok(true),
            End::Exited(1) if answer.stderr.total == 0 => Ok(false),
            _ => Err(failed(&asked, &answer)),
        }
    }

    /// All tags.
    pub async fn tags(&self) -> Result<Vec<String>, GitError> {
        let text = self.text(&["for-each-ref", "--format=%(refname:strip=2)", "refs/tags"]).await?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// Whether history is cut off.
    pub async fn is_shallow(&self) -> Result<bool, GitError> {
        Ok(self.one_line(&["rev-parse", "--is-shallow-repository"]).await? == "true")
    }

    /// Whether one commit is in another's history.
    pub async fn is_ancestor(&self, ancestor: &str, of: &str) -> Result<bool, GitError> {
        let asked = ["--no-replace-objects", "merge-base", "--is-ancestor", ancestor, of];
        let answer = self.ask(&asked).await?;
        match answer.end {
            End::Exited(0) => Ok(true),
            End::Exited(1) => Ok(false),
            _ => Err(failed(&asked, &answer)),
        }
    }

    /// Paths that are not as the commit has them, untracked ones too, and those that git is told not to look at. Those under `except` are left out.
    pub async fn dirty(&self, except: &[String]) -> Result<Vec<String>, GitError> {
        let mut asked = vec![
            "status",
            "--porcelain=v1",
            "-z",
            "--no-renames",
            "--untracked-files=normal",
            "--ignore-submodules=none",
            "--",
            ".",
        ];
        let excluded = excluding(except);
        asked.extend(excluded.iter().map(String::as_str));
        let answer = self.ask(&asked).await?;
        if !answer.succeeded() {
            return Err(failed(&asked, &answer));
        }
        let entries = answer.stdout.bytes.split(|byte| *byte == 0).filter(|entry| !entry.is_empty());
        entries
            .map(|entry| match entry.get(3..) {
                Some(path) => Ok(String::from_utf8_lossy(path).into_owned()),
                None => Err(GitError::nonsense(&asked)),
            })
            .chain(self.hidden(except).await?.into_iter().map(Ok))
            .collect()
    }

    /// Tracked paths that git is told not to look at (`assume-unchanged` or `skip-worktree`), where a change would go unseen.
    async fn hidden(&self, except: &[String]) -> Result<Vec<String>, GitError> {
        let asked = ["ls-files", "-v", "-z", "--full-name", "--", ":/"];
        let answer = self.ask(&asked).await?;
        if !answer.succeeded() {
            return Err(failed(&asked, &answer));
        }
        let entries = answer.stdout.bytes.split(|byte| *byte == 0).filter(|entry| !entry.is_empty());
        let hidden = entries.filter(|entry| entry[0].is_ascii_lowercase() || entry[0] == b'S');
        let paths =
            hidden.map(|entry| String::from_utf8_lossy(entry.get(2..).unwrap_or_default()).into_owned());
        Ok(paths.filter(|path| !except.iter().any(|except| Path::new(path).starts_with(except))).collect())
    }

    /// How the current branch relates to the branch it is pushed to, as last fetched.
    pub async fn upstream(&self) -> Result<Upstream, GitError> {
        let Some(branch) = self.branch().await? else { return Ok(Upstream::Detached) };
        // Empty where none is configured, or one that the remote's refspecs do not fetch.
        let asked = ["for-each-ref", "--format=%(refname)%00%(upstream)%00%(upstream:short)", "--", &branch];
        let answer = self.ask(&asked).await?;
        if !answer.succeeded() || answer.stderr.total > 0 {
            return Err(failed(&asked, &answer));
        }
        let text = answer.ok_text().ok_or_else(|| GitError::nonsense(&asked))?;
        let lines = text.lines().map(|line| line.split('\0').collect::<Vec<_>>());
        // Branches below one of that name are listed too; a branch without a commit is not.
        let found = lines.into_iter().find(|parts| parts.first() == Some(&branch.as_str()));
        let (upstream, name) = match found.as_deref() {
            None | Some([_, "", ""]) => return Ok(Upstream::None),
            Some([_, upstream, name]) => (*upstream, (*name).to_owned()),
            Some(_) => return Err(GitError::nonsense(&asked)),
        };
        match self.commit_of(upstream).await? {
            Some(commit) => Ok(Upstream::At { name, commit }),
            None => Ok(Upstream::None),
        }
    }
}

fn excluding(paths: &[String]) -> Vec<String> {
    paths.iter().map(|path| format!(":(exclude,literal){path}")).collect()
}

impl Captured {
    fn ok_text(&self) -> Option<String> {
        String::from_utf8(self.stdout.bytes.clone()).ok()
    }
}

/// The text, if it is a whole object ID.
fn object_id(text: &str) -> Result<&str, GitError> {
    if is_object_id(text) {
        return Ok(text);
    }
    Err(GitError::BadName { what: "whole object ID", text: text.to_owned() })
}

/// A name in an answer of git's.
pub(crate) fn told<T: FromStr>(text: &str, asked: &[&str]) -> Result<T, GitError> {
    text.parse().map_err(|_| GitError::nonsense(asked))
}
