//! Where the program prints: the one place that writes to standard output and standard error.

use crate::error::Failure;
use gonogo_core::text::visible;
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
            // A reader that went away is no reason to stop a release half-way.
            writeln!(io::stdout().lock(), "{text}").ok();
        }
    }

    /// The one document of JSON mode; nothing otherwise.
    pub fn document(&self, value: &Value) {
        if self.json {
            // In one piece: the lock would pass a long document on line by line.
            let text = format!("{value:#}\n");
            io::stdout().lock().write_all(text.as_bytes()).ok();
        }
    }

    /// A text as it is, whatever the mode.
    pub fn raw(&self, text: impl Display) {
        writeln!(io::stdout().lock(), "{text}").ok();
    }

    /// The end of a command that could not do what it was asked.
    pub fn failure(&self, failure: &Failure) {
        if self.json {
            self.document(&json!({
                "schema": "gonogo.error/1",
                "exit": failure.exit.status(),
                "error": failure.message,
                "reason": failure.reason,
                "remedy": failure.remedy,
            }));
        }
        let mut out = io::stderr().lock();
        if let Some(report) = &failure.report {
            writeln!(out, "{report:?}").ok();
        } else {
            let reason = failure.reason.map(|reason| format!("incomplete ({reason}): ")).unwrap_or_default();
            writeln!(out, "gonogo: {reason}{}", visible(&failure.message).replace('\n', " ")).ok();
        }
        if let Some(remedy) = &failure.remedy {
            writeln!(out, "  remedy: {remedy}").ok();
        }
    }

    /// Text in a colour (an ANSI SGR code), where colour is wanted.
    pub fn paint(&self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
