//! Tags of this checkout: what they are, and the one way to make one.
//!
//! Invariant: a tag that is there is never moved or deleted, but one that this very call made and that lacks the signature
//! that was to be made.

use super::error::{Party, failed};
use super::words::telling_line;
use super::{Git, GitError, object_id, told};
use crate::process::End;
use gonogo_core::door::DoorPass;
use gonogo_core::ids::{CommitId, TagName, is_object_id};

/// How a signature begins, in the ways that git signs (gitformat-signature(5)): it is the end of a tag's content.
const SIGNATURES: [&str; 4] = [
    "-----BEGIN PGP SIGNATURE-----",
    "-----BEGIN PGP MESSAGE-----",
    "-----BEGIN SSH SIGNATURE-----",
    "-----BEGIN SIGNED MESSAGE-----",
];

/// A tag of this checkout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagFacts {
    /// The tag's own object: the tag object where it is annotated, else the commit.
    pub object: String,
    /// The commit that it stands for, peeled.
    pub commit: CommitId,
    /// It is an object of its own, with a message.
    pub annotated: bool,
    /// The name that the tag object itself says; it is not bound to be the reference's. Empty where not annotated.
    pub name: String,
    /// The message, as it was written, without a signature. Empty where not annotated.
    pub message: String,
    /// There is a signature at its end. Whose, and whether it holds, is not looked at.
    pub signed: bool,
}

/// What git says of a tag's signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// It holds, and is of a key that git trusts. With git's own line.
    Good(String),
    /// It does not hold. With git's own line.
    Bad(String),
    /// Git cannot tell on this machine: it knows no such key, or there is no signature. With git's own line.
    Untold(String),
}

impl Git {
    /// A tag of this checkout; `None` where there is none.
    pub async fn local_tag(&self, tag: &str) -> Result<Option<TagFacts>, GitError> {
        let reference = format!("refs/tags/{tag}");
        let asked = ["for-each-ref", "--format=%(objectname) %(objecttype) %(refname)", "--", &reference];
        let answer = self.ask(&asked).await?;
        // What git passes over with a warning, such as a broken reference, is not absent.
        if !answer.succeeded() || answer.stderr.total > 0 {
            return Err(failed(&asked, &answer));
        }
        let text = answer.stdout.text();
        let mut lines = text.lines().map(|line| line.splitn(3, ' ').collect::<Vec<_>>());
        let found = lines.find(|parts| parts.last() == Some(&reference.as_str()));
        let Some(found) = found else { return Ok(None) };
        let [object, kind, _] = found[..] else { return Err(GitError::nonsense(&asked)) };
        let commit =
            self.one_line(&["--no-replace-objects", "rev-parse", &format!("{object}^{{commit}}")]).await?;
        if !is_object_id(object) {
            return Err(GitError::nonsense(&asked));
        }
        let commit = told(&commit, &asked)?;
        let (object, annotated) = (object.to_owned(), kind == "tag");
        let mut facts = TagFacts {
            object,
            commit,
            annotated,
            name: String::new(),
            message: String::new(),
            signed: false,
        };
        if annotated {
            let asked = ["--no-replace-objects", "cat-file", "tag", &facts.object];
            let content = self.text(&asked).await?;
            let (name, message) = read(&content).ok_or_else(|| GitError::nonsense(&asked))?;
            let signature = SIGNATURES.iter().filter_map(|begin| line_that_begins(message, begin)).min();
            facts.name = name.to_owned();
            facts.message = message[..signature.unwrap_or(message.len())].to_owned();
            facts.signed = signature.is_some();
        }
        Ok(Some(facts))
    }

    /// Whether tags that are made here have to be signed: git's configuration says so (`tag.gpgSign`,
    /// `tag.forceSignAnnotated`), or whoever asks.
    pub async fn signs_tags(&self) -> Result<bool, GitError> {
        Ok(self.must_sign
            || self.is_configured("tag.gpgSign").await?
            || self.is_configured("tag.forceSignAnnotated").await?)
    }

    /// What git says of the signature of a tag, by the tag object's whole ID: whose keys it knows is the user's own
    /// configuration (`gpg.ssh.allowedSignersFile`, a keyring).
    pub async fn verify_tag(&self, object: &str) -> Result<Signature, GitError> {
        let asked = ["--no-replace-objects", "verify-tag", "--raw", "--", object_id(object)?];
        let answer = self.ask(&asked).await?;
        let said = format!("{}{}", answer.stdout.text(), answer.stderr.text());
        let has = |words: &[&str]| said.lines().find(|line| words.iter().any(|word| line.contains(word)));
        let line = has(&["GOODSIG", "Good \"git\" signature", "BADSIG", "incorrect signature"]);
        let line = line.unwrap_or_else(|| telling_line(&said)).trim_start_matches("[GNUPG:] ").to_owned();
        Ok(match answer.end {
            End::Exited(0) => Signature::Good(line),
            End::Exited(_) if has(&["BADSIG", "incorrect signature"]).is_some() => Signature::Bad(line),
            End::Exited(_) => Signature::Untold(line),
            _ => return Err(failed(&asked, &answer)),
        })
    }

    /// Makes an annotated tag of a commit (its whole ID), with this very message, signed where that is
    /// asked (see [`Git::signs_tags`]).
    ///
    /// # Errors
    /// [`GitError::TagExists`] where there is one of that name, whatever it stands for; it stays as it is.
    /// [`GitError::NotSigned`] where a signature was to be made and is not there: git may say so, and make the tag without
    /// one all the same. That one is taken away again.
    pub async fn create_annotated_tag(
        &self,
        _pass: DoorPass<'_>,
        tag: &TagName,
        commit: &CommitId,
        message: &str,
    ) -> Result<(), GitError> {
        // A message makes the tag an annotated one. `--annotate` would take back `tag.forceSignAnnotated`.
        let signs = self.signs_tags().await?;
        let mut asked = vec!["tag", "--file=-", "--cleanup=verbatim"];
        asked.extend(signs.then_some("--sign"));
        asked.extend(["--", tag, commit]);
        let unsigned = |said: &str| GitError::NotSigned { command: asked.join(" "), said: said.to_owned() };
        let answer = match self.ask_signing(&asked, message.as_bytes().to_vec()).await {
            Err(GitError::TimedOut { with: Party::Nobody, .. }) if signs => {
                return Err(unsigned("no signature came in time; a key may wait to be unlocked"));
            }
            answer => answer?,
        };
        if !answer.succeeded() {
            let is_there = answer.stderr.text().contains(&format!("tag '{tag}' already exists"));
            return Err(match is_there {
                true => GitError::TagExists { tag: tag.to_owned() },
                false => failed(&asked, &answer),
            });
        }
        if !signs {
            return Ok(());
        }
        let made = self.local_tag(tag).await?.ok_or_else(|| GitError::nonsense(&asked))?;
        let content = self.text(&["--no-replace-objects", "cat-file", "tag", &made.object]).await?;
        let after = read(&content).and_then(|(_, whole)| whole.strip_prefix(message));
        let Some(after) = after else {
            // Somebody else's by now.
            return Err(GitError::nonsense(&asked));
        };
        if SIGNATURES.iter().any(|begin| after.trim_start_matches('\n').starts_with(begin)) {
            return Ok(());
        }
        let said = answer.stderr.text();
        let reference = format!("refs/tags/{tag}");
        // Only while it is the one that was looked at.
        Err(match self.text(&["update-ref", "--no-deref", "-d", &reference, &made.object]).await {
            Ok(_) => {
                unsigned(&format!("{} (the tag was made unsigned, and is taken away)", telling_line(&said)))
            }
            Err(error) => unsigned(&format!(
                "{} (the tag was made unsigned, and is still there: {error})",
                telling_line(&said)
            )),
        })
    }
}

/// The name and the message (with what follows it) of a tag object: header lines, an empty line, the rest.
fn read(content: &str) -> Option<(&str, &str)> {
    let (header, message) = content.split_once("\n\n")?;
    let name = header.lines().find_map(|line| line.strip_prefix("tag "))?;
    Some((name, message))
}

fn line_that_begins(text: &str, begin: &str) -> Option<usize> {
    if text.starts_with(begin) {
        return Some(0);
    }
    text.find(&format!("\n{begin}")).map(|at| at + 1)
}
