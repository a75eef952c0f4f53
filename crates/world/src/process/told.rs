//! What is told of each child: a line that can be run again, how it ended, and how long it took.
//!
//! Invariant: no value of a variable is told but those that stand among the arguments, and of these no secret: redaction
//! comes before quoting, which could break a secret in two.

use super::{Captured, Environment, Invocation, ProcessError};
use gonogo_core::redact::{REDACTED, Redactor, is_secret};
use std::ffi::OsStr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;
use tracing::Level;

/// What it is told under.
const TARGET: &str = "gonogo::process";
/// The longest line that is told whole, in bytes.
const LONGEST: usize = 8 << 10;

/// A child that is told of: at its start, and once at its end.
pub(super) struct Told {
    line: String,
    set: String,
    started: Instant,
    is_over: bool,
}

impl Told {
    /// Tells that a child starts. `None` where nobody listens.
    pub(super) fn starts(invocation: &Invocation) -> Option<Self> {
        if !tracing::enabled!(target: TARGET, Level::DEBUG) {
            return None;
        }
        let told = Self {
            line: line(invocation),
            set: invocation.environment.set_here().collect::<Vec<_>>().join(" "),
            started: Instant::now(),
            is_over: false,
        };
        tracing::trace!(target: TARGET, "starts {}", told.line);
        Some(told)
    }

    /// Tells how it ended.
    pub(super) fn ends(mut self, result: &Result<Captured, ProcessError>) {
        let end = match result {
            Ok(captured) => captured.end.to_string(),
            Err(error) => error.to_string(),
        };
        self.tell(&end);
    }

    fn tell(&mut self, end: &str) {
        self.is_over = true;
        let ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(target: TARGET, end, ms, set = self.set, "{}", self.line);
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        if !self.is_over {
            self.tell("abandoned");
        }
    }
}

/// The line that runs it again, in a POSIX shell with `$'…'`, but for the variables that are set.
fn line(invocation: &Invocation) -> String {
    let Some(redactor) = redactor() else { return "(not shown: nothing could be redacted)".to_owned() };
    let shown = |text: &OsStr| quoted(hidden(text, &redactor, &invocation.environment).as_bytes());
    let folder: &Path = &invocation.directory;
    let mut line = format!("cd {} && {}", shown(folder.as_os_str()), shown(invocation.program.as_os_str()));
    for argument in &invocation.arguments {
        line.push(' ');
        line.push_str(&shown(argument));
        if line.len() > LONGEST {
            let end = line.floor_char_boundary(LONGEST);
            line.truncate(end);
            line.push_str(" … (cut)");
            break;
        }
    }
    line
}

/// What is known to be secret besides our own environment, and the redactor for all of it.
#[derive(Default)]
struct Known {
    secrets: Vec<(String, String)>,
    redactor: Option<Option<Arc<Redactor>>>,
}

fn known() -> MutexGuard<'static, Known> {
    static KNOWN: OnceLock<Mutex<Known>> = OnceLock::new();
    KNOWN.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on these values, each with its name, are told by nothing in this process, where their names are those of secrets.
pub fn keep_secret(secrets: Vec<(String, String)>) {
    let mut known = known();
    let new = |one: &(String, String)| is_secret(&one.0, &one.1) && !known.secrets.contains(one);
    let new: Vec<(String, String)> = secrets.into_iter().filter(new).collect();
    if !new.is_empty() {
        known.secrets.extend(new);
        known.redactor = None;
    }
}

/// The redactor for our own environment, for what is to be kept secret besides, and for the shapes of tokens, for whatever is told. `None`
/// where it could not be made: then nothing is to be told.
pub fn redactor() -> Option<Arc<Redactor>> {
    let mut known = known();
    let made = known.redactor.clone().unwrap_or_else(|| {
        let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        let own = std::env::vars_os().map(|(name, value)| (text(name), text(value)));
        let all: Vec<(String, String)> = own.chain(known.secrets.iter().cloned()).collect();
        Redactor::new(all.iter().map(|(name, value)| (name.as_str(), value.as_str()))).ok().map(Arc::new)
    });
    known.redactor = Some(made.clone());
    made
}

/// A text without secrets: those of our own environment and those that the child alone is given.
fn hidden(text: &OsStr, redactor: &Redactor, environment: &Environment) -> String {
    let mut text = redactor.text(&text.to_string_lossy());
    for (name, value) in environment.iter() {
        let (name, value) = (name.to_string_lossy(), value.to_string_lossy());
        if is_secret(&name, &value) {
            text = text.replace(&*value, REDACTED);
        }
    }
    text
}

/// One word of a shell's line, on one line whatever is in it.
fn quoted(bytes: &[u8]) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_./:=,@%+^~{}".contains(byte);
    let text = String::from_utf8_lossy(bytes);
    // A `~` or a brace means something to a shell in some places, and nothing within quotes.
    let is_bare = bytes.iter().all(|byte| is_plain(byte) && !b"~{}".contains(byte));
    if !bytes.is_empty() && is_bare {
        return text.into_owned();
    }
    if !text.chars().any(char::is_control) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let escaped = text.chars().map(|c| match c {
        '\\' | '\'' => format!("\\{c}"),
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        '\r' => "\\r".to_owned(),
        c if c.is_control() => c.to_string().bytes().map(|byte| format!("\\x{byte:02x}")).collect::<String>(),
        c => c.to_string(),
    });
    format!("$'{}'", escaped.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_only_where_a_shell_would_read_it_otherwise() {
        for (word, shown) in [
            ("--format=%(refname)", "'--format=%(refname)'"),
            ("refs/tags/v1.0.0", "refs/tags/v1.0.0"),
            ("", "''"),
            ("it's", r"'it'\''s'"),
            ("two\nlines\t\\ 'x' \u{1b}[0m", r"$'two\nlines\t\\ \'x\' \x1b[0m'"),
            ("~/x", "'~/x'"),
            ("HEAD^{commit}", "'HEAD^{commit}'"),
            ("ä", "'ä'"),
        ] {
            assert_eq!(quoted(word.as_bytes()), shown);
        }
    }

    #[test]
    fn a_secret_of_the_childs_own_is_no_part_of_its_line() {
        let secret = "it's a 'long' secret";
        let environment = Environment::allowing([]).with("PUBLISH_TOKEN", secret);
        let invocation = Invocation::tool(Path::new("/bin/echo"), Path::new("/"), environment)
            .args([format!("--token={secret}"), "ghp_abcdefghijklmnopqrstuvwxyz0123456789".to_owned()]);
        assert_eq!(line(&invocation), "cd / && /bin/echo '--token=[redacted]' '[redacted]'");
        assert_eq!(invocation.environment.set_here().collect::<Vec<_>>(), ["PUBLISH_TOKEN"]);
    }

    #[test]
    fn a_long_line_is_cut() {
        let invocation = Invocation::tool(Path::new("/bin/echo"), Path::new("/"), Environment::allowing([]))
            .args(["ä".repeat(LONGEST), "end".to_owned()]);
        let line = line(&invocation);
        assert!(line.len() < LONGEST + 20 && line.ends_with(" … (cut)"), "{}", line.len());
    }
}
