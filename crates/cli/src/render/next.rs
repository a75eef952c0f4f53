//! What comes next, as documents and lines say it. It is decided in `gonogo_core::standing`, and here only shown.

use crate::screen::Screen;
use gonogo_core::standing::{Given, NextKind, WhatNext};
use gonogo_engine::standing::NextTold;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NextPart {
    /// The one next command, whole, for a shell; empty where no command follows.
    pub next: String,
    /// Whether that command comes next, or first a thing that only a person can do, or nothing.
    pub next_kind: NextKind,
    /// What a person does before the command, in words; null where a command or nothing comes next.
    pub next_first: Option<String>,
}

impl NextPart {
    /// The part of a document.
    pub fn of(next: &WhatNext, given: &Given) -> Self {
        Self { next: next.line(given), next_kind: next.kind(), next_first: next.first(given) }
    }

    /// The part of a document about a release.
    pub fn told(told: &NextTold) -> Self {
        Self::of(&told.next, &told.given)
    }

    /// Beside what else a document says.
    pub fn beside(&self, mut document: Value) -> Value {
        if let (Value::Object(all), Value::Object(own)) = (&mut document, json!(self)) {
            all.extend(own);
        }
        document
    }

    /// In one line.
    pub fn words(&self) -> String {
        match (&self.next_first, self.next.as_str()) {
            (Some(first), "") => first.clone(),
            (Some(first), next) => format!("{first}, then {next}"),
            (None, "") => "nothing".to_owned(),
            (None, next) => next.to_owned(),
        }
    }

    /// Prints it, at the end of a command.
    pub fn print(&self, screen: &Screen) {
        screen.line(format!("next: {}", self.words()));
    }
}
