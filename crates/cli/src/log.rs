//! What is told of each child and each request: on standard error where it is asked for, and in a file of each poll, run and
//! verification beside the ledger, opened once that is open.
//!
//! Invariant: a line is redacted before a byte of it reaches disk or screen, and standard output is not touched. A log
//! decides nothing: one that cannot be written is said once, and stops nothing.

mod file;

use crate::exit_code::Exit;
use crate::screen::aside;
use file::LogFile;
use gonogo_core::redact::Redactor;
use gonogo_core::text::visible;
use gonogo_engine::failure::Failure;
use gonogo_world::{clock, ledger, process};
use std::fmt::{Debug, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::{EnvFilter, Targets};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// What everything that this program tells is told under.
const OURS: &str = "gonogo";
/// The variable that says what is shown, in the words of `tracing`.
const VARIABLE: &str = "GONOGO_LOG";

/// What was asked for on the command line.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct LogFlags {
    /// Tell of each child and request, with its time, on standard error; twice: when each starts, too
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
}

/// Begins to listen. `kept` names the command whose log is kept in a file, once its release's ledger is open.
pub fn start(asked: &LogFlags, kept: Option<&'static str>) -> Result<(), Failure> {
    let screen = shown(asked)?;
    if screen.is_none() && kept.is_none() {
        return Ok(());
    }
    let file = kept.map(|command| {
        // Set once: there is one command in a process.
        FILE.get_or_init(|| Mutex::new(LogFile::of(command)));
        let ours = Targets::new().with_target(OURS, LevelFilter::DEBUG);
        Lines(to_file).and_then(Opens).with_filter(ours)
    });
    let screen = screen.map(|filter| Lines(aside).with_filter(filter));
    let listening = tracing_subscriber::registry().with(file).with(screen).try_init();
    listening.map_err(|error| Failure::usage(format!("cannot listen to what is told: {error}")))?;
    // Not quoted: that could break a secret in two.
    let line: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    tracing::info!(target: OURS, version = env!("CARGO_PKG_VERSION"), "{}", line.join(" "));
    Ok(())
}

/// Tells how the command ends, and why where it could not do what it was asked.
pub fn ends(exit: Exit, why: &str) {
    tracing::info!(target: OURS, exit = exit.status(), why, "ends");
    if let Some(trouble) = opened().and_then(|mut file| file.trouble.take()) {
        aside(&format!("gonogo: nothing more was logged: {trouble}"));
    }
}

/// What is shown on standard error: by the variable, else by the flags; `None` where nothing is.
fn shown(asked: &LogFlags) -> Result<Option<EnvFilter>, Failure> {
    let given = std::env::var(VARIABLE).ok().filter(|text| !text.is_empty());
    let text = match (given, asked.verbose) {
        (Some(text), _) => text,
        (None, 0) => return Ok(None),
        (None, 1) => format!("{OURS}=debug"),
        (None, _) => format!("info,{OURS}=trace"),
    };
    EnvFilter::try_new(&text).map(Some).map_err(|error| {
        Failure::usage(format!("{VARIABLE} is no filter: {error}")).remedy("such as `gonogo=debug`")
    })
}

static FILE: OnceLock<Mutex<LogFile>> = OnceLock::new();

fn opened() -> Option<MutexGuard<'static, LogFile>> {
    FILE.get().map(|file| file.lock().unwrap_or_else(PoisonError::into_inner))
}

fn to_file(line: &str) {
    if let Some(mut file) = opened() {
        file.write(line);
    }
}

/// Makes one line of each event, and gives it on without its secrets.
struct Lines(fn(&str));

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let Some(redactor) = process::redactor() else { return };
        let about = event.metadata();
        let mut fields = Fields { redactor: redactor.clone(), message: String::new(), others: String::new() };
        event.record(&mut fields);
        let (time, level, target) = (clock::spelled(clock::now()), about.level(), about.target());
        let line = format!("{time} {level:5} {target} {}{}", fields.message, fields.others);
        (self.0)(&visible(&redactor.text(&line)).replace('\n', "␊"));
    }
}

/// Opens the file beside a ledger that was opened. What no ledger is open for has begun nothing, and leaves nothing; and
/// into the folder of one that cannot be used nobody writes.
struct Opens;

impl<S: Subscriber> Layer<S> for Opens {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() != ledger::OPENED {
            return;
        }
        let mut folder = Folder(None);
        event.record(&mut folder);
        if let (Folder(Some(folder)), Some(mut file)) = (folder, opened()) {
            file.open(&folder.join("logs"), &clock::spelled(clock::now()));
        }
    }
}

struct Folder(Option<PathBuf>);

impl Visit for Folder {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "folder" {
            self.0 = Some(PathBuf::from(value));
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

/// An event's message, and after it its other fields.
struct Fields {
    redactor: Arc<Redactor>,
    message: String,
    others: String,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        // Before it is spelled, which could break a secret in two.
        self.record_debug(field, &self.redactor.text(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let written = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.others, " {name}={value:?}"),
        };
        // Text takes whatever is written to it.
        written.ok();
    }
}
