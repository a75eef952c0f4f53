//! `gonogo room TARGET`: a shell where a check runs, or one program.

use crate::commands::flags::ReleaseFlags;
use crate::exit_code::Exit;
use gonogo_core::verdict::Reason;
use gonogo_engine::context::Context;
use gonogo_engine::failure::{Failure, chain};
use gonogo_engine::poll::{RoomRequest, open_room};
use gonogo_world::process::{Cancel, hand_over};

/// What `gonogo room` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    asked: ReleaseFlags,
    /// The base's clean room, instead of the commit's
    #[arg(long)]
    base: bool,
    /// The check whose room, folder and variables it is to be
    #[arg(long, value_name = "GATE/CHECK")]
    check: Option<String>,
    /// What is run there [default: your shell]
    #[arg(last = true, value_name = "PROGRAM")]
    run: Vec<String>,
}

/// Becomes the shell or the program; only comes back where that fails.
pub async fn run(arguments: &Arguments, cancel: Cancel) -> Result<Exit, Failure> {
    let context = Context::capture(&arguments.asked.to_engine(), cancel).await?;
    let (base, check, run) = (arguments.base, arguments.check.clone(), arguments.run.clone());
    let open = open_room(&context, &RoomRequest { base, check, run }).await?;
    let error = hand_over(&open.invocation, open.lock());
    let message = format!("cannot start {}: {}", open.invocation.program.display(), chain(&error));
    Err(Failure::incomplete(Reason::ToolMissing, message))
}
