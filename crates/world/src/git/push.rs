//! Pushes of exactly one reference, never by force.
//!
//! Invariant: what was done is what git's porcelain line of that very reference says; anything else is an error, and
//! says nothing of whether the remote took it.

use super::error::failed_with_remote;
use super::words::without_own;
use super::{Elsewhere, Git, GitError};
use crate::process::{Captured, End};
use gonogo_core::door::DoorPass;
use gonogo_core::ids::{RemoteName, TagName};

/// What became of a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// The remote had no such reference, and has it now.
    Created,
    /// The remote's branch was moved forward.
    Updated,
    /// The remote had the reference, at that very object.
    AlreadyThere,
    /// The remote has the reference at something else, and only force would change that. Nothing was changed.
    Rejected {
        /// How it stands there.
        why: Rejection,
        /// What git says, such as `[rejected] (already exists)`.
        said: String,
    },
    /// The remote itself refused. Nothing was changed.
    Refused {
        /// What refused.
        why: Refusal,
        /// What the remote says.
        said: String,
    },
}

/// How a reference stands at a remote that only force would change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// A tag of that name is there, and is another one.
    Exists,
    /// The branch has commits that are not in the history of what was pushed.
    Behind,
    /// Otherwise, as git says.
    Other,
}

/// What of a remote refused a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A hook of the repository.
    Hook,
    /// A rule of the host or of the repository's configuration: a ruleset, a protected tag or branch.
    Rule,
    /// None: it could not store what was pushed.
    Fault,
}

impl Git {
    /// Pushes one tag of this checkout to a remote, and nothing beside it.
    ///
    /// # Errors
    /// Every error but [`GitError::SeveralAddresses`] and [`GitError::PushedElsewhere`] leaves open whether the remote has the
    /// tag now: ask it.
    pub async fn push_tag(
        &self,
        pass: DoorPass<'_>,
        remote: &RemoteName,
        tag: &TagName,
    ) -> Result<Pushed, GitError> {
        let reference = format!("refs/tags/{tag}");
        self.push(pass, remote, &reference, &reference).await
    }

    pub(super) async fn push(
        &self,
        _pass: DoorPass<'_>,
        remote: &str,
        source: &str,
        target: &str,
    ) -> Result<Pushed, GitError> {
        let count = self.push_addresses(remote).await?.len();
        if count != 1 {
            return Err(GitError::SeveralAddresses { remote: remote.to_owned(), count });
        }
        if let Some(Elsewhere { read, pushed }) = self.pushes_elsewhere(remote).await? {
            return Err(GitError::PushedElsewhere { remote: remote.to_owned(), read, pushed });
        }
        let refspec = format!("{source}:{target}");
        let asked = [
            "push",
            "--porcelain",
            "--no-force",
            "--no-follow-tags",
            "--recurse-submodules=no",
            "--end-of-options",
            remote,
            &refspec,
        ];
        let answer = self.ask_remote(&asked).await?;
        let said = answer.ok_text().and_then(|text| one_reference(&text, &refspec));
        match said {
            Some((flag, summary)) => {
                outcome(flag, &summary, &answer).ok_or_else(|| unclear(&asked, &answer, &summary))
            }
            None if answer.end == End::Exited(0) => Err(GitError::nonsense(&asked)),
            None => Err(stopped_here(&asked, &answer)),
        }
    }
}

/// The flag and the summary of the one reference that the porcelain output (git-push(1), OUTPUT) is about; `None` where
/// it is about none, several, or another one.
fn one_reference(text: &str, refspec: &str) -> Option<(char, String)> {
    let mut lines = text.lines().filter(|line| line.contains('\t'));
    let (line, None) = (lines.next()?, lines.next()) else { return None };
    let mut parts = line.splitn(3, '\t');
    let (flag, names, summary) = (parts.next()?, parts.next()?, parts.next()?);
    let mut flags = flag.chars();
    let (Some(flag), None) = (flags.next(), flags.next()) else { return None };
    (names == refspec).then(|| (flag, summary.to_owned()))
}

fn outcome(flag: char, summary: &str, answer: &Captured) -> Option<Pushed> {
    let is_done = answer.succeeded() && answer.stdout.text().lines().any(|line| line == "Done");
    match flag {
        '*' if is_done => Some(Pushed::Created),
        ' ' if is_done => Some(Pushed::Updated),
        '=' if is_done => Some(Pushed::AlreadyThere),
        '!' if answer.end == End::Exited(1) => not_taken(summary, &answer.stderr.text()),
        _ => None,
    }
}

/// Why a reference was not taken: by git here, which looked at what the remote has, or by the remote, which reports of
/// each reference (gitprotocol-pack(5), "Report Status").
fn not_taken(summary: &str, stderr: &str) -> Option<Pushed> {
    if let Some(reason) = summary.strip_prefix("[rejected]") {
        let why = match reason.trim() {
            "(already exists)" => Rejection::Exists,
            "(fetch first)" | "(non-fast-forward)" => Rejection::Behind,
            _ => Rejection::Other,
        };
        return Some(Pushed::Rejected { why, said: summary.to_owned() });
    }
    let reason = summary.strip_prefix("[remote rejected]")?;
    let words = remote_words(stderr);
    let said = if words.is_empty() { summary.to_owned() } else { format!("{summary}: {words}") };
    let has = |some: &[&str]| some.iter().any(|word| reason.contains(word));
    // GitHub's numbers for protected branches (GH006) and for rulesets (GH013).
    let is_ruled = words.contains("GH006") || words.contains("GH013");
    let why = if has(&["rule violations", "protected"]) || is_ruled {
        Refusal::Rule
    } else if has(&["hook declined"]) {
        Refusal::Hook
    } else if has(&[
        "unpacker error",
        "failed to update ref",
        "failed to write",
        "cannot lock",
        "failed to lock",
    ]) {
        Refusal::Fault
    } else {
        Refusal::Rule
    };
    Some(Pushed::Refused { why, said })
}

/// What the remote prints.
fn remote_words(stderr: &str) -> String {
    without_own(stderr.lines().filter_map(|line| line.strip_prefix("remote: ")))
}

/// A push whose line says something of the reference, and nothing that it can be known by.
fn unclear(asked: &[&str], answer: &Captured, summary: &str) -> GitError {
    let words = remote_words(&answer.stderr.text());
    let said = if words.is_empty() { summary.to_owned() } else { format!("{summary}: {words}") };
    let command = asked.join(" ");
    // `[remote failure]`: the remote took it in, and never reported.
    if summary.starts_with("[remote failure]") {
        return GitError::Unreachable { command, said };
    }
    GitError::Failed { command, said }
}

/// A push that ended before there was anything to say of the reference.
fn stopped_here(asked: &[&str], answer: &Captured) -> GitError {
    let stderr = answer.stderr.text();
    let (own, hook): (Vec<&str>, Vec<&str>) =
        stderr.lines().partition(|line| line.starts_with("error: failed to push some refs"));
    let has_reference = !stderr.contains("src refspec");
    // A connection that fails ends git with another status: this is the user's own hook, which is run once the remote has
    // said what it has, and before anything is sent.
    if answer.end == End::Exited(1) && !own.is_empty() && has_reference {
        let said = without_own(hook.into_iter());
        return GitError::HookRefused { command: asked.join(" "), hook: "pre-push", said };
    }
    failed_with_remote(asked, answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::Stream;

    const REFSPEC: &str = "refs/tags/v1:refs/tags/v1";

    fn read(line: &str, done: &str, end: End) -> Option<Pushed> {
        let text = format!("To /srv/r.git\n{line}\n{done}");
        let total = text.len() as u64;
        let stdout = Stream { bytes: text.clone().into_bytes(), total, ..Stream::default() };
        let elapsed = std::time::Duration::ZERO;
        let answer = Captured { stdout, stderr: Stream::default(), end, held_open: false, elapsed };
        let (flag, summary) = one_reference(&text, REFSPEC)?;
        outcome(flag, &summary, &answer)
    }

    #[test]
    fn only_the_porcelain_line_of_the_reference_itself_says_what_was_done() {
        let ok = End::Exited(0);
        let new = format!("*\t{REFSPEC}\t[new tag]");
        assert_eq!(read(&new, "Done\n", ok), Some(Pushed::Created));
        assert_eq!(read(&format!("=\t{REFSPEC}\t[up to date]"), "Done\n", ok), Some(Pushed::AlreadyThere));
        for (line, done, end) in [
            (new.as_str(), "", ok),
            (&new, "Done\n", End::Exited(1)),
            (&new, "Done\n", End::Signaled(9)),
            ("*\trefs/tags/v2:refs/tags/v2\t[new tag]", "Done\n", ok),
            (&format!("{new}\n{new}"), "Done\n", ok),
            (&format!("+\t{REFSPEC}\ta...b (forced update)"), "Done\n", ok),
            (&format!("-\t{REFSPEC}\t[deleted]"), "Done\n", ok),
            (&format!("**\t{REFSPEC}\t[new tag]"), "Done\n", ok),
            (&format!("*\t{REFSPEC}"), "Done\n", ok),
            ("", "Done\n", ok),
        ] {
            assert_eq!(read(line, done, end), None, "{line:?} {done:?} {end:?}");
        }
    }

    #[test]
    fn what_was_not_taken_says_by_whom_and_why() {
        let line = |summary: &str| format!("!\t{REFSPEC}\t{summary}");
        let rejected = |summary: &str| read(&line(summary), "Done\n", End::Exited(1));
        for (reason, why) in [
            ("(already exists)", Rejection::Exists),
            ("(fetch first)", Rejection::Behind),
            ("(non-fast-forward)", Rejection::Behind),
            ("(something new)", Rejection::Other),
        ] {
            let said = format!("[rejected] {reason}");
            assert_eq!(rejected(&said), Some(Pushed::Rejected { why, said }));
        }
        for (reason, why) in [
            ("(hook declined)", Refusal::Hook),
            ("(pre-receive hook declined)", Refusal::Hook),
            ("(protected branch hook declined)", Refusal::Rule),
            ("(push declined due to repository rule violations)", Refusal::Rule),
            ("(deny updating a hidden ref)", Refusal::Rule),
            ("(failed to update ref)", Refusal::Fault),
            ("(unpacker error)", Refusal::Fault),
        ] {
            let said = format!("[remote rejected] {reason}");
            assert_eq!(rejected(&said), Some(Pushed::Refused { why, said }));
        }
        assert_eq!(rejected("[remote failure] (remote failed to report status)"), None);
        assert_eq!(read(&line("[rejected] (already exists)"), "Done\n", End::Exited(0)), None);
    }

    #[test]
    fn a_rule_is_known_by_githubs_number_where_its_words_are_those_of_a_hook() {
        let stderr = "remote: error: GH013: Repository rule violations found for refs/tags/v1.\nremote: \n\
            remote: - Cannot create ref due to creations being restricted.\n";
        let Some(Pushed::Refused { why, said }) =
            not_taken("[remote rejected] (pre-receive hook declined)", stderr)
        else {
            panic!("it is refused")
        };
        assert_eq!(why, Refusal::Rule);
        assert!(said.contains("GH013") && said.contains("creations being restricted"), "{said}");
    }
}
