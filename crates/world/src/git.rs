//! The checkout, through git's own CLI: where users' configuration, credentials and hooks live.
//!
//! Invariant: a question that git did not answer is an error, never an empty answer.

use crate::process::{Cancel, Captured, End, Environment, Invocation, ProcessError, run};
use crate::tools::{self, ToolError};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

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
];

/// Why git gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no git.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// git could not be run.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// The folder is in no git repository, or in a bare one.
    #[error("{} is not in a git checkout", .0.display())]
    NoCheckout(PathBuf),
    /// The branch has no commit yet.
    #[error("there is no commit yet")]
    Unborn,
    /// git answered with an error.
    #[error("`git {command}` failed: {said}")]
    Failed {
        /// The arguments.
        command: String,
        /// The line of what it said that tells what was wrong.
        said: String,
    },
    /// git answered something else than it was asked for.
    #[error("`git {command}` gave an unexpected answer")]
    Nonsense {
        /// The arguments.
        command: String,
    },
}

/// How the current branch relates to the branch it is pushed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upstream {
    /// No branch is checked out.
    Detached,
    /// The branch has no upstream.
    None,
    /// The upstream's name, and the commit that it is known to stand at.
    At {
        /// Such as `origin/main`.
        name: String,
        /// The commit.
        commit: String,
    },
}

/// A tag on a remote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteTag {
    /// The commit that it stands for, peeled.
    pub commit: String,
}

/// A checkout with at least one commit.
#[derive(Clone, Debug)]
pub struct Git {
    program: PathBuf,
    environment: Environment,
    root: PathBuf,
    common: PathBuf,
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
        // The project under release does not bring its own git either.
        let checkout = folder.ancestors().find(|folder| folder.join(".git").exists());
        let program = tools::find_on_path("git", checkout)?;
        let mut git =
            Self { program, environment, root: folder.to_owned(), common: folder.to_owned(), cancel };
        let asked = ["rev-parse", "--path-format=absolute", "--show-toplevel", "--git-common-dir"];
        let answer = git.ask(&asked).await?;
        let (Some(answer), true) = (answer.ok_text(), answer.succeeded()) else {
            return Err(GitError::NoCheckout(folder.to_owned()));
        };
        let mut lines = answer.lines().map(PathBuf::from);
        let (Some(root), Some(common), None) = (lines.next(), lines.next(), lines.next()) else {
            return Err(GitError::Nonsense { command: asked.join(" ") });
        };
        (git.root, git.common) = (root, common);
        Ok(git)
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
        let mut invocation = Invocation::tool(&self.program, &self.root, self.environment.clone());
        invocation.arguments = arguments.iter().map(OsString::from).collect();
        invocation.input = input;
        invocation.limit = 256 << 20;
        let answer = run(&invocation, &self.cancel).await?;
        // A git that was stopped has answered nothing, whatever its absence of an answer would mean below.
        if matches!(answer.end, End::Cancelled | End::TimedOut) {
            return Err(failed(arguments, &answer));
        }
        Ok(answer)
    }

    pub(crate) async fn text(&self, arguments: &[&str]) -> Result<String, GitError> {
        let answer = self.ask(arguments).await?;
        if !answer.succeeded() {
            return Err(failed(arguments, &answer));
        }
        answer.ok_text().ok_or_else(|| GitError::Nonsense { command: arguments.join(" ") })
    }

    async fn one_line(&self, arguments: &[&str]) -> Result<String, GitError> {
        let text = self.text(arguments).await?;
        match text.strip_suffix('\n').filter(|line| !line.is_empty() && !line.contains('\n')) {
            Some(line) => Ok(line.to_owned()),
            None => Err(GitError::Nonsense { command: arguments.join(" ") }),
        }
    }

    /// The commit and the tree of `HEAD`.
    pub async fn head(&self) -> Result<(String, String), GitError> {
        let asked = ["rev-parse", "HEAD^{commit}", "HEAD^{tree}"];
        let answer = self.ask(&asked).await?;
        if !answer.succeeded() {
            let unborn = self.ask(&["rev-parse", "--verify", "--quiet", "HEAD"]).await?;
            return Err(if unborn.end == End::Exited(1) {
                GitError::Unborn
            } else {
                failed(&asked, &answer)
            });
        }
        let text = answer.stdout.text();
        match text.lines().collect::<Vec<_>>()[..] {
            [commit, tree] if is_object_id(commit) && is_object_id(tree) => {
                Ok((commit.to_owned(), tree.to_owned()))
            }
            _ => Err(GitError::Nonsense { command: asked.join(" ") }),
        }
    }

    /// When the commit of `HEAD` was made, as git prints it: strict ISO 8601, which RFC 3339 can read.
    pub async fn head_time(&self) -> Result<String, GitError> {
        self.one_line(&["show", "--no-patch", "--format=%cI", "HEAD"]).await
    }

    /// The commit that a reference stands for, peeled; `None` where there is no such reference.
    pub async fn commit_of(&self, reference: &str) -> Result<Option<String>, GitError> {
        let wanted = format!("{reference}^{{commit}}");
        let asked = ["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted];
        let answer = self.ask(&asked).await?;
        match answer.end {
            End::Exited(0) => {
                let text = answer.stdout.text();
                match text.trim_end() {
                    commit if is_object_id(commit) => Ok(Some(commit.to_owned())),
                    _ => Err(GitError::Nonsense { command: asked.join(" ") }),
                }
            }
            End::Exited(1) => Ok(None),
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
        let asked = ["merge-base", "--is-ancestor", ancestor, of];
        let answer = self.ask(&asked).await?;
        match answer.end {
            End::Exited(0) => Ok(true),
            End::Exited(1) => Ok(false),
            _ => Err(failed(&asked, &answer)),
        }
    }

    /// Paths that are not as the commit has them, untracked ones too. Those under `except` are left out.
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
                None => Err(GitError::Nonsense { command: asked.join(" ") }),
            })
            .collect()
    }

    /// All tracked paths of the index, each with whether git is told not to look at it (`assume-unchanged` or
    /// `skip-worktree`), so that a change there would go unseen.
    pub async fn tracked(&self) -> Result<Vec<(PathBuf, bool)>, GitError> {
        use std::os::unix::ffi::OsStrExt;
        let asked = ["ls-files", "-v", "-z", "--full-name", "--", ":/"];
        let answer = self.ask(&asked).await?;
        if !answer.succeeded() {
            return Err(failed(&asked, &answer));
        }
        let entries = answer.stdout.bytes.split(|byte| *byte == 0).filter(|entry| !entry.is_empty());
        entries
            .map(|entry| match entry {
                [flag, b' ', name @ ..] if !name.is_empty() => {
                    let hidden = flag.is_ascii_lowercase() || *flag == b'S';
                    Ok((PathBuf::from(std::ffi::OsStr::from_bytes(name)), hidden))
                }
                _ => Err(GitError::Nonsense { command: asked.join(" ") }),
            })
            .collect()
    }

    /// Tracked paths whose content in the working tree is not a commit's, those under `except` left out.
    pub async fn differs_from(&self, commit: &str, except: &[String]) -> Result<Vec<String>, GitError> {
        let mut asked = vec![
            "diff",
            "--name-only",
            "-z",
            "--no-ext-diff",
            "--no-renames",
            "--ignore-submodules=none",
            commit,
            "--",
            ".",
        ];
        let excluded = excluding(except);
        asked.extend(excluded.iter().map(String::as_str));
        let answer = self.ask(&asked).await?;
        if !answer.succeeded() {
            return Err(failed(&asked, &answer));
        }
        let names = answer.stdout.bytes.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        Ok(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
    }

    /// How the current branch relates to the branch it is pushed to, as last fetched.
    pub async fn upstream(&self) -> Result<Upstream, GitError> {
        if self.ask(&["symbolic-ref", "--quiet", "HEAD"]).await?.end == End::Exited(1) {
            return Ok(Upstream::Detached);
        }
        let asked = ["rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{upstream}"];
        let answer = self.ask(&asked).await?;
        if answer.end != End::Exited(0) {
            return Ok(Upstream::None);
        }
        let name = answer.stdout.text().trim_end().to_owned();
        match self.commit_of(&name).await? {
            Some(commit) => Ok(Upstream::At { name, commit }),
            None => Ok(Upstream::None),
        }
    }

    /// The branch of a remote, asked live. `None` where the remote answered and has no such branch.
    pub async fn remote_branch(&self, remote: &str, branch: &str) -> Result<Option<String>, GitError> {
        let reference = format!("refs/heads/{branch}");
        let asked = ["ls-remote", "--end-of-options", remote, &reference];
        let found = self.remote_references(&asked).await?;
        Ok(found.get(&reference).cloned())
    }

    /// A tag of a remote, asked live and peeled. `None` where the remote answered and has no such tag.
    pub async fn remote_tag(&self, remote: &str, tag: &str) -> Result<Option<RemoteTag>, GitError> {
        let reference = format!("refs/tags/{tag}");
        let peeled = format!("{reference}^{{}}");
        let asked = ["ls-remote", "--end-of-options", remote, &reference, &peeled];
        let found = self.remote_references(&asked).await?;
        Ok(found
            .get(&peeled)
            .or_else(|| found.get(&reference))
            .map(|commit| RemoteTag { commit: commit.clone() }))
    }

    /// All tags of a remote, asked live.
    pub async fn remote_tags(&self, remote: &str) -> Result<Vec<String>, GitError> {
        let found =
            self.remote_references(&["ls-remote", "--tags", "--refs", "--end-of-options", remote]).await?;
        Ok(found.into_keys().filter_map(|name| name.strip_prefix("refs/tags/").map(str::to_owned)).collect())
    }

    async fn remote_references(&self, asked: &[&str]) -> Result<BTreeMap<String, String>, GitError> {
        let text = self.text(asked).await?;
        text.lines()
            .map(|line| match line.split_once('\t') {
                Some((commit, name)) if is_object_id(commit) => Ok((name.to_owned(), commit.to_owned())),
                _ => Err(GitError::Nonsense { command: asked.join(" ") }),
            })
            .collect()
    }

    /// The remotes' names.
    pub async fn remotes(&self) -> Result<Vec<String>, GitError> {
        Ok(self.text(&["remote"]).await?.lines().map(str::to_owned).collect())
    }

    /// A remote's address as it is configured; `None` where there is no such remote.
    pub async fn remote_address(&self, remote: &str) -> Result<Option<String>, GitError> {
        let key = format!("remote.{remote}.url");
        let asked = ["config", "--get", &key];
        let answer = self.ask(&asked).await?;
        match answer.end {
            End::Exited(0) => Ok(answer.stdout.text().lines().next().map(str::to_owned)),
            End::Exited(1) => Ok(None),
            _ => Err(failed(&asked, &answer)),
        }
    }

    /// One file of a commit; `None` where the commit has no such file.
    pub async fn file_at(&self, commit: &str, path: &str) -> Result<Option<Vec<u8>>, GitError> {
        let mut files = self.files_at(commit, &[path.to_owned()]).await?;
        Ok(files.remove(path))
    }

    /// The files of a commit under some path prefixes (all files where there is none). Symbolic links and submodules
    /// are left out.
    pub async fn files_at(
        &self,
        commit: &str,
        prefixes: &[String],
    ) -> Result<BTreeMap<String, Vec<u8>>, GitError> {
        let mut asked = vec!["ls-tree", "-r", "-z", "--full-tree", commit, "--"];
        asked.extend(prefixes.iter().map(|prefix| prefix.trim_end_matches('/')));
        let answer = self.ask(&asked).await?;
        if !answer.succeeded() {
            return Err(failed(&asked, &answer));
        }
        let nonsense = || GitError::Nonsense { command: "ls-tree".to_owned() };
        let mut names = Vec::new();
        for entry in answer.stdout.bytes.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()) {
            let entry = String::from_utf8_lossy(entry);
            let (facts, path) = entry.split_once('\t').ok_or_else(nonsense)?;
            match facts.split(' ').collect::<Vec<_>>()[..] {
                [mode, "blob", object] if mode.starts_with("100") => {
                    names.push((path.to_owned(), object.to_owned()))
                }
                [_, _, _] => {}
                _ => return Err(nonsense()),
            }
        }
        self.blobs(names).await
    }

    async fn blobs(&self, names: Vec<(String, String)>) -> Result<BTreeMap<String, Vec<u8>>, GitError> {
        if names.is_empty() {
            return Ok(BTreeMap::new());
        }
        let input: String = names.iter().flat_map(|(_, object)| [object.as_str(), "\n"]).collect();
        let asked = ["cat-file", "--batch"];
        let answer = self.ask_with(&asked, Some(input.into_bytes())).await?;
        if !answer.succeeded() {
            return Err(failed(&asked, &answer));
        }
        let nonsense = || GitError::Nonsense { command: asked.join(" ") };
        let mut rest = answer.stdout.bytes.as_slice();
        let mut files = BTreeMap::new();
        for (path, object) in names {
            let end = rest.iter().position(|byte| *byte == b'\n').ok_or_else(nonsense)?;
            let header = std::str::from_utf8(&rest[..end]).map_err(|_| nonsense())?;
            let size =
                header.strip_prefix(&format!("{object} blob ")).and_then(|size| size.parse::<usize>().ok());
            let size = size.ok_or_else(nonsense)?;
            let content = rest.get(end + 1..end + 1 + size).ok_or_else(nonsense)?;
            files.insert(path, content.to_vec());
            rest = rest.get(end + 2 + size..).ok_or_else(nonsense)?;
        }
        Ok(files)
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

fn failed(arguments: &[&str], answer: &Captured) -> GitError {
    let said = answer.stderr.text();
    // What it ends with is often advice; what was wrong stands behind a word of its own.
    let wrong = said.lines().find(|line| line.starts_with("fatal: ") || line.starts_with("error: "));
    let last = said.lines().rfind(|line| !line.trim().is_empty());
    let said = wrong.or(last).unwrap_or_default();
    let said = match answer.end {
        End::Exited(_) if !said.is_empty() => said.to_owned(),
        end => format!("{end:?} {said}"),
    };
    GitError::Failed { command: arguments.join(" "), said }
}

fn is_object_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
