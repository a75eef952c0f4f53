//! Lets a person look where a check looked: the same room, folder and environment. It shows nothing and grants nothing.

use super::part::check_named;
use super::ready_rooms;
use super::rooms::PollRooms;
use crate::context::Context;
use crate::failure::{Failure, FailureKind};
use crate::launch::{Launcher, Toolbox, child_environment};
use gonogo_core::plan::Program;
use gonogo_core::verdict::Reason;
use gonogo_world::process::{Environment, Invocation};
use gonogo_world::tools;
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is to be looked at.
#[derive(Clone, Debug, Default)]
pub struct RoomRequest {
    /// The base's room, and not the commit's.
    pub base: bool,
    /// The check whose room, folder and environment it is to be: `GATE/CHECK`, or the check's id where only one has it.
    pub check: Option<String>,
    /// Program and arguments; the user's shell where there is none.
    pub run: Vec<String>,
}

/// A room that is ready to be entered. It is held as long as this is.
pub struct OpenRoom {
    /// What is run there.
    pub invocation: Invocation,
    rooms: PollRooms,
}

impl OpenRoom {
    /// The file whose lock holds the room: whoever has it open keeps other polls out.
    pub const fn lock(&self) -> &File {
        self.rooms.set().lock()
    }
}

/// Makes the room, and says how it is entered.
pub async fn open_room(context: &Context, asked: &RoomRequest) -> Result<OpenRoom, Failure> {
    let (plan, git) = (&context.candidate.plan, &context.session.git);
    let environment = child_environment(plan, git.root());
    let program = asked.check.as_deref().map(|name| program_of(context, name)).transpose()?;
    let rooms = ready_rooms(context).await?;
    let root = match (&context.candidate.base, program) {
        (Some(base), _) if asked.base => {
            let [base, _] = rooms.side_by_side(&base.commit).await?;
            base.root().to_owned()
        }
        (None, _) if asked.base => return Err(Failure::usage("this release has no base")),
        (_, Some(program)) => root_of(rooms.room(&rooms.key(program)))?,
        (_, None) => root_of(rooms.main())?,
    };
    let (directory, environment) = match program {
        Some(program) => surroundings(context, program, &root, environment)?,
        None => (root.clone(), environment),
    };
    let shell = std::env::var("SHELL").ok().filter(|shell| !shell.is_empty());
    let shell = vec![shell.unwrap_or_else(|| "/bin/sh".to_owned())];
    let argv = if asked.run.is_empty() { &shell } else { &asked.run };
    let Some((name, arguments)) = argv.split_first() else {
        return Err(Failure::new(FailureKind::Internal, "nothing to run"));
    };
    let search = environment.get("PATH").unwrap_or_default();
    let path = if name.contains('/') { Ok(directory.join(name)) } else { tools::find(name, search, None) };
    let path = path.map_err(|error| Failure::incomplete(Reason::ToolMissing, error.to_string()))?;
    let terminal = std::env::var_os("TERM").unwrap_or_else(|| OsString::from("dumb"));
    let invocation = Invocation::tool(&path, &directory, environment.with("TERM", terminal)).args(arguments);
    Ok(OpenRoom { invocation, rooms })
}

fn root_of(room: Option<&gonogo_world::room::Room>) -> Result<PathBuf, Failure> {
    room.map(|room| room.root().to_owned())
        .ok_or_else(|| Failure::new(FailureKind::Internal, "its clean room was not made"))
}

/// The folder and the environment of a check's program.
fn surroundings(
    context: &Context,
    program: &Program,
    root: &Path,
    environment: Environment,
) -> Result<(PathBuf, Environment), Failure> {
    let launcher = Launcher {
        toolbox: Arc::new(Toolbox::default()),
        environment,
        held: context.session.variables.clone(),
        limit: context.candidate.plan.policy.output_limit,
    };
    let launch =
        launcher.launch(program, root).map_err(|lack| Failure::incomplete(lack.reason, lack.message))?;
    Ok(launch.surroundings())
}

fn program_of<'a>(context: &'a Context, name: &str) -> Result<&'a Program, Failure> {
    let (_, check) = check_named(&context.candidate.plan, name)?;
    check.program().ok_or_else(|| Failure::usage(format!("the check `{name}` runs nothing in a room")))
}
