//! What git means by its words. It has one exit status for most of what can go wrong; its locale is fixed, so that its
//! words are too.
//!
//! Invariant: what a remote or a hook prints is not taken for git's own words about this machine, and words that are not
//! known are no kind: nothing is taken for unreachable that git does not say is.

use super::error::Party;

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing that is known here.
    Other,
    /// No name or address of who acts.
    Identity,
    /// A signature could not be made.
    Signature,
    /// A hook of this checkout that guards references refused.
    Hook,
    /// A lock file is there.
    Lock,
    /// A file could not be read or written.
    Files,
    /// A remote was not reached, or broke off.
    Unreachable,
    /// A remote does not know who asks.
    Unauthorized,
    /// A remote does not allow it, or does not show it.
    Forbidden,
}

const IDENTITY: &[&str] = &[
    "auto-detect",
    "empty ident name",
    "consists only of disallowed characters",
    "was given and auto-detection",
];
const SIGNATURE: &[&str] = &[
    "failed to sign the data",
    "unable to sign the tag",
    "needs to be configured",
    "needs to be set for ssh signing",
    "Couldn't load public key",
    "Load key ",
    "failed to get the ssh fingerprint",
];
/// What the system says of files, as strerror(3) words it, and git of its own.
const FILES: &[&str] = &[
    "No space left on device",
    "Disk quota exceeded",
    "Read-only file system",
    "Permission denied",
    "Operation not permitted",
    "Not a directory",
    "File too large",
    "Input/output error",
    "Too many open files",
    "File name too long",
    "insufficient permission for adding an object",
    "unable to write file",
    "unable to create temporary file",
];
const UNAUTHORIZED: &[&str] = &[
    "Authentication failed",
    "could not read Username",
    "could not read Password",
    "Permission denied (",
    "Too many authentication failures",
    "Host key verification failed",
    "requested URL returned error: 401",
];
const FORBIDDEN: &[&str] = &[
    "requested URL returned error: 403",
    "requested URL returned error: 404",
    "ERROR: Permission to ",
    "Write access to repository not granted",
    "epository not found",
    "' not found",
    "access denied or repository not exported",
];
/// How git passes on what its transport over HTTP says, also of a connection that this machine does not permit.
const TRANSPORT: &str = "unable to access '";
const UNREACHABLE: &[&str] = &[
    TRANSPORT,
    "Could not read from remote repository",
    "does not appear to be a git repository",
    "the remote end hung up",
    "unexpected disconnect",
    "early EOF",
    "RPC failed",
    "unable to look up",
    "unable to connect to",
    "Connection refused",
    "Connection reset",
    "Connection timed out",
    "protocol error",
    "' does not exist",
];

/// What kind of failure git's standard error is.
pub(super) fn kind_of(said: &str, with: Party) -> Kind {
    let from_here: Vec<&str> = said.lines().filter(|line| !line.starts_with("remote: ")).collect();
    let own: Vec<&str> = from_here.iter().copied().filter(|line| is_own(line)).collect();
    if with == Party::Remote {
        // The transport has no prefix of git's, and the remote's own words tell more than what git makes of them.
        if has(&from_here, UNAUTHORIZED) {
            return Kind::Unauthorized;
        }
        if has(&said.lines().collect::<Vec<_>>(), FORBIDDEN) {
            return Kind::Forbidden;
        }
    }
    let of_files: Vec<&str> = own.iter().copied().filter(|line| !line.contains(TRANSPORT)).collect();
    if own.iter().any(|line| is_lock(line)) {
        Kind::Lock
    } else if has(&own, IDENTITY) {
        Kind::Identity
    } else if has(&own, SIGNATURE) {
        Kind::Signature
    } else if with == Party::Nobody && own.iter().any(|line| is_of_hook(line)) {
        Kind::Hook
    } else if has(&of_files, FILES) {
        Kind::Files
    } else if with == Party::Remote && has(&own, UNREACHABLE) {
        Kind::Unreachable
    } else if has(&own, &["failed to write commit object"]) {
        // Of a commit that is not signed this is said after the file that could not be written.
        Kind::Signature
    } else {
        Kind::Other
    }
}

fn has(lines: &[&str], words: &[&str]) -> bool {
    lines.iter().any(|line| words.iter().any(|word| line.contains(word)))
}

/// Of a remote on this machine the words of its hook are not told from those of one here.
fn is_of_hook(line: &str) -> bool {
    line.contains("aborted by") && line.contains("hook")
}

fn is_lock(line: &str) -> bool {
    let is_there = line.ends_with("File exists.") || line.ends_with("File exists");
    is_there && (line.contains(".lock'") || line.contains("could not lock"))
}

/// The line that tells what was wrong. What git ends with is often advice; what was wrong stands behind a word of its own.
pub(super) fn telling_line(said: &str) -> &str {
    let wrong = said.lines().find(|line| is_own(line));
    let last = said.lines().rfind(|line| !line.trim().is_empty());
    wrong.or(last).unwrap_or_default()
}

/// What a hook or a remote said, on one line: `lines` without those that are git's own.
pub(super) fn without_own<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    const MOST: usize = 10;
    let lines = lines.map(str::trim).filter(|line| !line.is_empty());
    lines.take(MOST).collect::<Vec<_>>().join(" ")
}

fn is_own(line: &str) -> bool {
    let rest = line.strip_prefix("fatal: ").or_else(|| line.strip_prefix("error: "));
    rest.is_some_and(|rest| !rest.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn here(said: &str, kind: Kind) {
        assert_eq!(kind_of(said, Party::Nobody), kind, "{said}");
    }

    #[track_caller]
    fn remote(said: &str, kind: Kind) {
        assert_eq!(kind_of(said, Party::Remote), kind, "{said}");
    }

    #[test]
    fn troubles_of_this_machine_are_told_apart() {
        here("fatal: unable to auto-detect email address (got 'root@vm.(none)')", Kind::Identity);
        here("fatal: no email was given and auto-detection is disabled", Kind::Identity);
        here("fatal: empty ident name (for <x@y>) not allowed", Kind::Identity);
        here("error: gpg failed to sign the data\nerror: unable to sign the tag", Kind::Signature);
        here(
            "error: Load key \"/k\": Permission denied?\nfatal: failed to write commit object",
            Kind::Signature,
        );
        here("fatal: Unable to create '/r/.git/index.lock': File exists.\n\nAnother git…", Kind::Lock);
        here("error: could not lock config file .git/config: File exists", Kind::Lock);
        here("fatal: ref updates aborted by hook", Kind::Hook);
        here("fatal: in 'prepared' phase, update aborted by the reference-transaction hook", Kind::Hook);
        here("fatal: Unable to create '/r/.git/index.lock': Permission denied", Kind::Files);
        here(
            "error: unable to write file x: No space left on device\nfatal: failed to write commit object",
            Kind::Files,
        );
        here("fatal: cannot lock ref 'refs/tags/v1': 'refs/tags/v1/x' exists; cannot create it", Kind::Other);
        here("fatal: bad config line 1 in file .git/config", Kind::Other);
        // A hook may say anything.
        here("No space left on device\nfatal: ref updates aborted by hook", Kind::Hook);
    }

    #[test]
    fn only_what_git_says_of_a_remote_is_about_a_remote() {
        for (said, kind) in [
            ("fatal: unable to access 'https://h/r/': Could not resolve host: h", Kind::Unreachable),
            (
                "fatal: unable to access 'https://h/r/': Failed to connect: Operation not permitted",
                Kind::Unreachable,
            ),
            (
                "ssh: connect to host h port 22: x\nfatal: Could not read from remote repository.",
                Kind::Unreachable,
            ),
            ("fatal: '/srv/r.git' does not appear to be a git repository", Kind::Unreachable),
            (
                "git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.",
                Kind::Unauthorized,
            ),
            ("fatal: could not read Username for 'https://h': terminal prompts disabled", Kind::Unauthorized),
            (
                "Host key verification failed.\nfatal: Could not read from remote repository.",
                Kind::Unauthorized,
            ),
            ("remote: Repository not found.\nfatal: repository 'https://h/r/' not found", Kind::Forbidden),
            (
                "remote: Permission to o/r.git denied to me.\nfatal: unable to access 'https://h/o/r/': The requested URL returned error: 403",
                Kind::Forbidden,
            ),
            (
                "ERROR: Permission to o/r.git denied to deploy key\nfatal: Could not read from remote repository.",
                Kind::Forbidden,
            ),
            (
                "remote: error: unable to write file x: No space left on device\nfatal: the remote end hung up unexpectedly",
                Kind::Unreachable,
            ),
        ] {
            remote(said, kind);
            here(said, Kind::Other);
        }
        remote(
            "fatal: ref updates aborted by hook\nfatal: the remote end hung up unexpectedly",
            Kind::Unreachable,
        );
        for (said, kind) in [
            ("fatal: Unable to create '/r/.git/shallow.lock': File exists.", Kind::Lock),
            (
                "error: unable to create temporary file: No space left on device\nfatal: failed to write object",
                Kind::Files,
            ),
            ("error: src refspec refs/tags/v1 does not match any", Kind::Other),
            ("fatal: detected dubious ownership in repository at '/r'", Kind::Other),
        ] {
            remote(said, kind);
        }
    }

    #[test]
    fn the_telling_line_is_the_first_that_says_something() {
        let said = "hint: no\nerror: \nerror: unable to sign the tag\n";
        assert_eq!(telling_line(said), "error: unable to sign the tag");
        assert_eq!(telling_line("only\nthis\n\n"), "this");
        assert_eq!(telling_line(""), "");
    }
}
