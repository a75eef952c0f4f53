//! `gonogo explain CODE`: what a code that was printed means, why it blocks, and what comes next.

use crate::commands::to_json;
use crate::exit_code::Exit;
use crate::explain::{self, Explanation};
use crate::screen::Screen;
use gonogo_core::text::one_line;
use gonogo_engine::failure::Failure;
use schemars::JsonSchema;
use serde::Serialize;

/// What `gonogo explain` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// A code, as it was printed: a reason, a cause, an item, a state, an exit code
    #[arg(required_unless_present = "list", conflicts_with = "list")]
    code: Option<String>,
    /// Every code there is
    #[arg(long)]
    list: bool,
}

/// The JSON document of `gonogo explain`, `gonogo.explain/1`.
#[derive(Serialize, JsonSchema)]
pub struct Document {
    /// `gonogo.explain/1`.
    pub schema: &'static str,
    /// The code that was asked for; null for all.
    pub code: Option<String>,
    /// Everything that it can mean: a word may belong to more than one set.
    pub entries: Vec<Explanation>,
}

/// Runs it.
pub fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Failure> {
    let entries = match &arguments.code {
        None => explain::all(),
        Some(code) => explain::find(code),
    };
    if let (Some(code), true) = (&arguments.code, entries.is_empty()) {
        let nearest = explain::nearest(code).join(", ");
        return Err(Failure::usage(format!(
            "no code is called `{}`; the nearest are {nearest}",
            one_line(code)
        ))
        .remedy("`gonogo explain --list` shows all"));
    }
    for entry in &entries {
        if arguments.list {
            screen.line(format!("{:<22} {:<40} {}", entry.code, entry.kind.words(), entry.means));
        } else {
            screen.line(format!(
                "{}  ({})\n  means   {}\n  blocks  {}\n  next    {}",
                screen.paint("1", entry.code),
                entry.kind.words(),
                entry.means,
                entry.blocks,
                entry.next
            ));
        }
    }
    let document = Document { schema: "gonogo.explain/1", code: arguments.code.clone(), entries };
    screen.document(&to_json(&document)?)?;
    Ok(Exit::Go)
}
