//! Where the program prints: the one place that writes to standard output and standard error.
//!
//! Invariant: no secret that is known as one is printed, whatever a renderer was given; no control character reaches a terminal or a document but line feeds, tabs and our own colours; whatever a
//! renderer forgets to make visible is made visible here.

use crate::exit_code::Exit;
use crate::render::plan_text;
use gonogo_core::text::visible;
use gonogo_engine::failure::{Failure, FailureKind};
use gonogo_world::process::{page, redactor};
use serde_json::{Value, json};
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

/// When output has colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How a command shows what it has to say.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// One JSON document on standard output, and nothing else.
    pub json: bool,
    /// Standard output is a terminal.
    pub terminal: bool,
    /// Colour is wanted.
    pub color: bool,
}

impl Screen {
    /// A screen for the common flags.
    pub fn new(json: bool, color: Color) -> Self {
        let terminal = io::stdout().is_terminal();
        let wanted = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        };
        Self { json, terminal, color: wanted }
    }

    /// A line for people; nothing in JSON mode.
    pub fn line(&self, text: impl Display) {
        if !self.json {
            let text = shown(&text.to_string(), self.color);
            // A reader that went away is no reason to stop a release half-way.
            writeln!(io::stdout().lock(), "{text}").ok();
        }
    }

    /// A long text for people, in a pager where there is one; nothing in JSON mode.
    pub fn paged(&self, text: impl Display, pager: Option<&str>) {
        let text = text.to_string();
        let is_paged =
            !self.json && pager.is_some_and(|pager| page(pager, &format!("{}\n", shown(&text, self.color))));
        if !is_paged {
            self.line(text);
        }
    }

    /// The one document of JSON mode; nothing otherwise. Whoever asked for it reads nothing else: that it cannot be printed
    /// is an error.
    pub fn document(&self, value: &Value) -> Result<(), Failure> {
        if !self.json {
            return Ok(());
        }
        // In one piece: the lock would pass a long document on line by line.
        self.raw(format!("{:#}", visible_value(value)))
    }

    /// A text as it is, whatever the mode.
    pub fn raw(&self, text: impl Display) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(format!("{text}\n").as_bytes()).and_then(|()| out.flush()).map_err(|error| {
            Failure::new(FailureKind::Incomplete, format!("the document cannot be printed: {error}"))
                .remedy("what was done stands: `gonogo status` says where the release is")
        })
    }

    /// The end of a command that could not do what it was asked.
    pub fn failure(&self, failure: &Failure) {
        if self.json {
            self.refusal(failure);
        }
        let mut out = io::stderr().lock();
        if let Some(problems) = &failure.plan {
            writeln!(out, "{}", open(&format!("{:?}", plan_text::report(failure, problems)))).ok();
        } else {
            let reason = failure.reason.map(|reason| format!("incomplete ({reason}): ")).unwrap_or_default();
            writeln!(out, "gonogo: {reason}{}", visible(&open(&failure.message)).replace('\n', " ")).ok();
        }
        if let Some(remedy) = &failure.remedy {
            writeln!(out, "  remedy: {}", visible(&open(remedy))).ok();
        }
    }

    /// The document of such an end. Where it cannot be printed, the words on standard error and the exit code are left.
    fn refusal(&self, failure: &Failure) {
        let document = json!({
            "schema": "gonogo.error/1",
            "exit": Exit::of_failure(failure).status(),
            "error": failure.message,
            "reason": failure.reason,
            "remedy": failure.remedy,
        });
        self.document(&document).ok();
    }

    /// Text in a colour (an ANSI SGR code), where colour is wanted.
    pub fn paint(&self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// A line for whoever watches, on standard error; nobody need be there.
pub fn aside(line: &str) {
    writeln!(io::stderr().lock(), "{}", visible(&open(line)).replace('\n', " ")).ok();
}

/// What clap has to say, without secrets that were typed; as a document, too, where one is asked for.
pub fn wrong_use(error: &clap::Error, json: bool) {
    let text = error.render().to_string();
    if json {
        let (said, _) = text.split_once("\n\n").unwrap_or((&text, ""));
        let words: Vec<&str> = said.trim_start_matches("error: ").split_whitespace().collect();
        let usage = text.lines().find_map(|line| line.strip_prefix("Usage: "));
        let failure = Failure::usage(words.join(" ")).remedy(usage.unwrap_or("gonogo --help"));
        Screen::new(true, Color::Never).refusal(&failure);
    }
    let shown = open(&text);
    if shown == text {
        // With its colours; nothing is left to tell where even this cannot be printed.
        error.print().ok();
    } else {
        writeln!(io::stderr().lock(), "{}", shown.trim_end()).ok();
    }
}

/// A text without its secrets.
pub fn open(text: &str) -> String {
    redactor()
        .map_or_else(|| "(not shown: nothing could be redacted)".to_owned(), |redactor| redactor.text(text))
}

/// A document whose texts have no control characters but line feeds and tabs.
fn visible_value(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(visible(&open(text))),
        Value::Array(list) => list.iter().map(visible_value).collect(),
        Value::Object(map) => {
            map.iter().map(|(key, value)| (visible(&open(key)), visible_value(value))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// A text whose control characters are visible, but for the colours that `paint` makes.
fn shown(text: &str, color: bool) -> String {
    const OURS: [&str; 9] = ["0", "1", "31", "32", "33", "36", "1;31", "1;32", "1;33"];
    let text = open(text);
    let mut shown = String::new();
    for (at, part) in text.split("\u{1b}[").enumerate() {
        let painted = part.split_once('m').filter(|(code, _)| color && OURS.contains(code));
        match painted {
            _ if at == 0 => shown.push_str(&visible(part)),
            Some((code, rest)) => shown.push_str(&format!("\u{1b}[{code}m{}", visible(rest))),
            None => shown.push_str(&visible(&format!("\u{1b}[{part}"))),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_colours_reach_a_terminal() {
        let screen = Screen { json: false, terminal: true, color: true };
        let text = format!(
            "{} \u{1b}[2K\u{1b}[1A\u{1b}[8mhidden\u{1b}[31;1m\u{1b}]0;title\u{7}\r",
            screen.paint("1;31", "NO-GO")
        );
        assert_eq!(shown(&text, true), "\u{1b}[1;31mNO-GO\u{1b}[0m ␛[2K␛[1A␛[8mhidden␛[31;1m␛]0;title␇␍");
        assert_eq!(shown("\u{1b}[32mpassed", false), "␛[32mpassed");
    }

    #[test]
    fn every_text_of_a_document_is_visible_however_deep() {
        let value = json!({ "a\u{9b}": [{ "b": "x\u{1b}[2Ky\r\n\t\u{202e}" }, 1, null] });
        assert_eq!(visible_value(&value), json!({ "a\u{fffd}": [{ "b": "x␛[2Ky␍\n\t\u{fffd}" }, 1, null] }));
    }
}
