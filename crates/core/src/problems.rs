//! Problems of a plan's text: gathered, each with its place, before the text is refused.

use regex::Regex;
use std::ops::Range;
use std::time::Duration;
use toml::Spanned;

/// One problem of a plan's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanProblem {
    /// What is wrong.
    pub message: String,
    /// Where in the text, in bytes.
    pub span: Range<usize>,
    /// What to do about it.
    pub help: Option<String>,
}

impl From<toml::de::Error> for PlanProblem {
    fn from(error: toml::de::Error) -> Self {
        let message = error.message().trim_end().to_owned();
        Self { message, span: error.span().unwrap_or(0..0), help: None }
    }
}

/// The problems of one text.
#[derive(Default)]
pub(crate) struct Problems(pub(crate) Vec<PlanProblem>);

impl Problems {
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn push(&mut self, span: Range<usize>, message: impl Into<String>, help: Option<&str>) {
        self.0.push(PlanProblem { message: message.into(), span, help: help.map(str::to_owned) });
    }

    pub(crate) fn at<T>(&mut self, value: &Spanned<T>, message: impl Into<String>, help: Option<&str>) {
        self.push(value.span(), message, help);
    }

    pub(crate) fn regex(&mut self, pattern: &Spanned<String>) -> Option<Regex> {
        match Regex::new(pattern.get_ref()) {
            Ok(regex) if regex.is_match("") => {
                self.at(pattern, "this pattern matches the empty text, and so everything", None);
                None
            }
            Ok(regex) => Some(regex),
            Err(error) => {
                self.at(
                    pattern,
                    format!("not a regular expression: {}", last_line(&error.to_string())),
                    None,
                );
                None
            }
        }
    }

    /// A time, above zero.
    pub(crate) fn duration(&mut self, text: &Spanned<String>) -> Option<Duration> {
        let parsed = text.get_ref().parse::<jiff::SignedDuration>().ok();
        let parsed = parsed.and_then(|time| Duration::try_from(time).ok()).filter(|time| !time.is_zero());
        if parsed.is_none() {
            self.at(text, "a timeout is a time such as `90s`, `10m` or `1h 30m`", None);
        }
        parsed
    }

    /// A relative path that stays inside the repository.
    pub(crate) fn path(&mut self, path: &Spanned<String>) -> String {
        let text = path.get_ref();
        if text.is_empty()
            || text.starts_with('/')
            || text.split('/').any(|part| part == "..")
            || text.contains('\0')
        {
            self.at(path, "a path is relative to the repository's root and stays inside it", None);
        }
        text.clone()
    }

    /// A pattern of paths below the root: each part is a name, in which `*` and `?` stand for any text and any letter; a part
    /// `**` stands for any folders.
    pub(crate) fn pattern(&mut self, pattern: &Spanned<String>) -> String {
        let text = self.path(pattern);
        if text.contains(['\n', '\\', '[']) || text.starts_with([':', '!']) || text.trim() != text {
            self.at(pattern, "a pattern is a path such as `README.md`, `docs/**` or `src/*.rs`", None);
        }
        text
    }
}

fn last_line(text: &str) -> &str {
    text.lines().next_back().unwrap_or(text).trim_start_matches("error: ")
}
