//! Pushes of exactly one reference, never by force.
//!
//! Invariant: what was done is what git's porcelain line of that very reference says; anything else is an error, and
//! says nothing of whether the remote took it.

use super::error::failed;
use super::{Git, GitError};
use crate::process::{Captured, End};
use gonogo_core::clearance::Clearance;

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
        /// What git says, such as `[rejected] (already exists)` or `[rejected] (fetch first)`.
        why: String,
    },
}

impl Git {
    /// Pushes one tag of this checkout to a remote, and nothing beside it.
    ///
    /// # Errors
    /// Every error but [`GitError::SeveralAddresses`] leaves open whether the remote has the tag now: ask it.
    pub async fn push_tag(&self, cleared: &Clearance, remote: &str, tag: &str) -> Result<Pushed, GitError> {
        let reference = format!("refs/tags/{tag}");
        self.push(cleared, remote, &reference, &reference).await
    }

    pub(super) async fn push(
        &self,
        _cleared: &Clearance,
        remote: &str,
        source: &str,
        target: &str,
    ) -> Result<Pushed, GitError> {
        let count = self.push_addresses(remote).await?.len();
        if count != 1 {
            return Err(GitError::SeveralAddresses { remote: remote.to_owned(), count });
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
                outcome(flag, &summary, &answer).ok_or_else(|| refused(&asked, &answer, &summary))
            }
            None if answer.end == End::Exited(0) => Err(GitError::nonsense(&asked)),
            None => Err(failed(&asked, &answer)),
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
        // `[remote rejected]` is a hook or a rule of the remote, and no word on what is there.
        '!' if summary.starts_with("[rejected]") && answer.end == End::Exited(1) => {
            Some(Pushed::Rejected { why: summary.to_owned() })
        }
        _ => None,
    }
}

/// What git says of a push that is neither done nor rejected, with what the remote itself says.
fn refused(asked: &[&str], answer: &Captured, summary: &str) -> GitError {
    let said = answer.stderr.text();
    let remote = said.lines().filter_map(|line| line.strip_prefix("remote: ")).map(str::trim);
    let said: Vec<&str> = remote.filter(|line| !line.is_empty()).take(10).collect();
    let said = if said.is_empty() { summary.to_owned() } else { format!("{summary}: {}", said.join(" ")) };
    GitError::Failed { command: asked.join(" "), said }
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
    fn a_remotes_own_refusal_is_no_rejection() {
        let line = |summary: &str| format!("!\t{REFSPEC}\t{summary}");
        let rejected = |summary: &str| read(&line(summary), "Done\n", End::Exited(1));
        let why = "[rejected] (already exists)";
        assert_eq!(rejected(why), Some(Pushed::Rejected { why: why.to_owned() }));
        assert_eq!(rejected("[remote rejected] (hook declined)"), None);
        assert_eq!(rejected("[remote failure] (remote failed to report status)"), None);
        assert_eq!(read(&line(why), "Done\n", End::Exited(0)), None);
    }
}
