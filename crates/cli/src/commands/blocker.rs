//! `gonogo blocker file|list|resolve`: a release's blockers by hand.

use crate::commands::flags::ReleaseFlags;
use crate::exit_code::Exit;
use crate::render::next::NextPart;
use crate::render::poll_json::state_name;
use crate::screen::Screen;
use gonogo_core::blocker::{Backlog, BlockerOrigin, BlockerReport, Task, TaskState, epic_title, stand};
use gonogo_core::plan::Plan;
use gonogo_core::standing::{Blockers, Verb};
use gonogo_core::verdict::Reason;
use gonogo_engine::blockers;
use gonogo_engine::context::{Context, current_folder};
use gonogo_engine::failure::Failure;
use gonogo_engine::standing::{self, Looked};
use gonogo_engine::tracker;
use gonogo_world::process::Cancel;
use gonogo_world::tracker::{AnyTracker, Tracker, TrackerError};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::path::PathBuf;

/// The most of a log that goes into a blocker, in bytes, from its end.
const LOG_TAIL: usize = 8 << 10;

/// What `gonogo blocker` can do.
#[derive(clap::Subcommand)]
pub enum Command {
    /// File a blocker; the same check and title find the same task
    File(Box<FileArguments>),
    /// List the release's blockers
    List(ListArguments),
    /// Close blockers whose checks have passed since they were filed, and blockers of steps by their ID
    Resolve(ResolveArguments),
}

/// What `gonogo blocker file` takes: the runbook's flags.
#[derive(clap::Args)]
pub struct FileArguments {
    #[command(flatten)]
    asked: ReleaseFlags,
    /// The gate's name or number, or the check, that it is about
    #[arg(long)]
    check: String,
    /// The title, in one line
    #[arg(long)]
    title: String,
    /// What happened
    #[arg(long)]
    summary: String,
    /// The workflow run's ID
    #[arg(long)]
    run_id: Option<String>,
    /// The workflow run's address
    #[arg(long)]
    run_url: Option<String>,
    /// The command that failed
    #[arg(long)]
    failing_command: Option<String>,
    /// A file whose end goes into the blocker
    #[arg(long, value_name = "FILE")]
    log_snippet_file: Option<PathBuf>,
    /// Print what would be filed, and file nothing
    #[arg(long)]
    dry_run: bool,
}

/// What `gonogo blocker list` takes.
#[derive(clap::Args)]
pub struct ListArguments {
    #[command(flatten)]
    asked: ReleaseFlags,
}

/// What `gonogo blocker resolve` takes.
#[derive(clap::Args)]
pub struct ResolveArguments {
    #[command(flatten)]
    asked: ReleaseFlags,
    /// The tasks to close
    #[arg(long = "id", value_name = "ID", required_unless_present = "passed")]
    ids: Vec<String>,
    /// All whose checks have passed since they were filed
    #[arg(long, conflicts_with = "ids")]
    passed: bool,
}

/// Runs it.
pub async fn run(command: &Command, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    match command {
        Command::File(arguments) => file(arguments, screen, cancel).await,
        Command::List(arguments) => list(arguments, screen, cancel).await,
        Command::Resolve(arguments) => resolve(arguments, screen, cancel).await,
    }
}

fn open(context: &Context) -> Result<AnyTracker, Failure> {
    tracker::open(&context.session.git, &context.candidate.plan).map_err(|error| missing_or(error, "tracker"))
}

fn missing_or(error: TrackerError, what: &str) -> Failure {
    match &error.missing_tool {
        Some(tool) => {
            let failure = Failure::incomplete(
                Reason::ToolMissing,
                format!("the {what} needs {tool}: {}", error.message),
            );
            Failure { remedy: error.remedy, ..failure }
        }
        None => error.into(),
    }
}

async fn file(arguments: &FileArguments, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    let context = Context::without_base(&current_folder()?, &arguments.asked.to_engine(), cancel).await?;
    let target = context.candidate.target.tag();
    if arguments.title.trim().is_empty()
        || arguments.summary.trim().is_empty()
        || arguments.check.trim().is_empty()
    {
        return Err(Failure::usage("--check, --title and --summary say something"));
    }
    let redacted = |text: &String| context.session.redactor.text(text);
    let log_snippet = match &arguments.log_snippet_file {
        None => None,
        Some(path) => {
            let bytes = std::fs::read(path)
                .map_err(|error| Failure::usage(format!("cannot read {}: {error}", path.display())))?;
            // Redacted whole before it is cut, so that a cut cannot lay half a secret bare.
            let bytes = context.session.redactor.bytes(bytes);
            let tail = bytes.get(bytes.len().saturating_sub(LOG_TAIL)..).unwrap_or_default();
            Some(String::from_utf8_lossy(tail).into_owned())
        }
    };
    let origin = origin(&context.candidate.plan, &arguments.check);
    let report = BlockerReport {
        check: redacted(&arguments.check),
        title: redacted(&arguments.title),
        summary: redacted(&arguments.summary),
        agent: Some(context.session.agent.to_string()),
        run_id: arguments.run_id.as_ref().map(redacted),
        run_url: arguments.run_url.as_ref().map(redacted),
        failing_command: arguments.failing_command.as_ref().map(redacted),
        log_snippet,
    };
    let again = context.given.for_others().line(&[Verb::Poll]);
    let draft = report.draft(target, origin.as_ref(), &again);
    let epic = epic_title(target);
    if arguments.dry_run {
        screen.line(format!("epic: {epic}\ntask: {}\n\n{}", draft.title, draft.body()));
        screen.document(&json!({
            "schema": "gonogo.blocker-file/1", "dry_run": true, "epic_title": epic,
            "title": draft.title, "body": draft.body(), "fingerprint": draft.fingerprint,
        }))?;
        return Ok(Exit::Go);
    }
    let tracker = open(&context)?;
    let mut ledger = context.open_ledger()?;
    let fingerprint = draft.fingerprint.clone();
    let backlog = blockers::file(&context.session.cancel, &mut ledger, &tracker, &epic, &[draft]).await??;
    blockers::record_unknown(&mut ledger, &backlog)?;
    ledger.flush()?;
    let task = backlog
        .tasks
        .iter()
        .find(|task| task.state == TaskState::Open && task.fingerprint().as_ref() == Some(&fingerprint))
        .ok_or_else(|| {
            Failure::incomplete(Reason::TrackerUnreadable, "the filed task cannot be found again")
        })?;
    let epic_id = backlog.epic.clone().ok_or_else(|| {
        Failure::incomplete(
            Reason::TrackerUnreadable,
            "the task is filed, and its epic cannot be found again",
        )
    })?;
    screen.line(format!("epic: {epic_id}\ntask: {}", task.id));
    let looked = Looked::of_backlog(&backlog, ledger.state(), &context.candidate.plan);
    let document = json!({
        "schema": "gonogo.blocker-file/1", "dry_run": false, "epic": epic_id, "task": task.id,
        "title": task.title, "fingerprint": fingerprint,
    });
    drop(ledger);
    end(&context, looked, document, screen).await?;
    Ok(Exit::Go)
}

/// What the plan has under a name, a number or a check's id.
fn origin(plan: &Plan, name: &str) -> Option<BlockerOrigin> {
    let name = name.trim();
    let gate =
        plan.gates.iter().find(|gate| gate.name.eq_ignore_ascii_case(name) || gate.id.to_string() == name);
    if let Some(gate) = gate {
        return Some(BlockerOrigin { gate: gate.id, check: None });
    }
    let (gate, check) = plan
        .checks()
        .find(|(gate, check)| check.id == name || format!("{}/{}", gate.id, check.id) == name)?;
    Some(BlockerOrigin { gate: gate.id, check: Some(check.id.clone()) })
}

async fn list(arguments: &ListArguments, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    let context = Context::without_base(&current_folder()?, &arguments.asked.to_engine(), cancel).await?;
    let backlog = read(&context, &open(&context)?).await?;
    let records = context.records()?;
    let state = gonogo_core::ledger::LedgerState::fold(&records);
    let standing = stand(&backlog, &state, &context.candidate.plan, &HashSet::new());
    let mut rows = Vec::new();
    for blocker in standing.blockers() {
        let state = state_name(blocker.state);
        let stands = if blocker.open { "stands" } else { "settled" };
        let title = gonogo_core::text::one_line(&blocker.title);
        screen.line(format!("{}  {stands:<8} {state:<9} {title}", blocker.id));
        if blocker.open {
            screen.line(format!("{:>8} {}", "", blocker.closing.words()));
        }
        rows.push(json!({
            "id": blocker.id, "fingerprint": blocker.fingerprint, "gate": blocker.origin.as_ref().map(|origin| origin.gate),
            "open": blocker.open, "state": state, "title": blocker.title,
            "closing": blocker.open.then(|| blocker.closing.words()), "gone": blocker.is_gone,
        }));
    }
    screen.line(format!("{} of {} stand", standing.count(), rows.len()));
    let looked = Looked { blockers: Blockers::from(&standing), ..Looked::nowhere() };
    let document = json!({
        "schema": "gonogo.blockers/1", "target": context.candidate.target.tag(), "epic": backlog.epic, "blockers": rows,
    });
    end(&context, looked, document, screen).await?;
    Ok(if standing.count() == 0 { Exit::Go } else { Exit::NoGo })
}

async fn resolve(arguments: &ResolveArguments, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    let context = Context::without_base(&current_folder()?, &arguments.asked.to_engine(), cancel).await?;
    let tracker = open(&context)?;
    let backlog = read(&context, &tracker).await?;
    let mut ledger = context.open_ledger()?;
    blockers::record_unknown(&mut ledger, &backlog)?;
    let plan = &context.candidate.plan;
    let before = stand(&backlog, ledger.state(), plan, &HashSet::new());
    if let Some(unknown) = arguments.ids.iter().find(|id| !before.blockers().iter().any(|one| one.id == **id))
    {
        return Err(Failure::usage(format!("{unknown} is no blocker of {}", context.candidate.target)));
    }
    let wanted = |id: &str| arguments.passed || arguments.ids.iter().any(|asked| asked == id);
    let mut closed = blockers::close_passed(&context, &mut ledger, &tracker, &backlog, wanted).await??;
    closed.extend(
        blockers::close_steps(
            &context.session,
            &context.candidate.plan,
            &mut ledger,
            &tracker,
            &backlog,
            &arguments.ids,
        )
        .await??,
    );
    ledger.flush()?;
    for id in &closed {
        screen.line(format!("{id}: closed"));
    }
    let mut refused = Vec::new();
    for one in before.blockers() {
        if one.state == TaskState::Open && wanted(&one.id) && !closed.contains(&one.id) {
            screen.line(format!("{}: still open; {}", one.id, one.closing.words()));
            refused.push(one.id.clone());
        }
    }
    let tasks = backlog.tasks.into_iter().map(|task| {
        let state = if closed.contains(&task.id) { TaskState::Done } else { task.state };
        Task { state, ..task }
    });
    let backlog = Backlog { tasks: tasks.collect(), ..backlog };
    let looked = Looked::of_backlog(&backlog, ledger.state(), &context.candidate.plan);
    drop(ledger);
    let document = json!({ "schema": "gonogo.blocker-resolve/1", "closed": closed, "refused": refused });
    end(&context, looked, document, screen).await?;
    Ok(if refused.is_empty() { Exit::Go } else { Exit::NoGo })
}

async fn read(context: &Context, tracker: &AnyTracker) -> Result<Backlog, Failure> {
    Ok(tracker.read(&epic_title(context.candidate.target.tag()), &context.session.cancel).await?)
}

/// Ends a command with its document, and with what comes next.
async fn end(context: &Context, looked: Looked, document: Value, screen: &Screen) -> Result<(), Failure> {
    let next = NextPart::told(&standing::at_the_end(context, looked).await);
    next.print(screen);
    screen.document(&next.beside(document))?;
    Ok(())
}
