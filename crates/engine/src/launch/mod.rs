//! The one way from a program that the plan names to a process: for checks, benchmarks and steps alike.
//!
//! Invariant: a program that is called by name comes from outside the checkout; whatever is run is known by its path, digest
//! and version before it starts. Programs that come before it run first, and may make it.

mod environment;
mod ground;
mod line;
mod through;
mod toolbox;

pub use environment::child_environment;
pub use ground::Ground;
pub use line::{quoted, repeat_line};
pub use through::missing_behind;
pub use toolbox::{Lack, Toolbox};

use gonogo_core::gate::End;
use gonogo_core::plan::Program;
use gonogo_core::release::ResolvedTool;
use gonogo_core::verdict::Reason;
use gonogo_world::process::{Cancel, Captured, Environment, Invocation, ProcessError, run};
use gonogo_world::tools;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Starts programs of one plan.
#[derive(Clone)]
pub struct Launcher {
    /// The tools that were resolved beforehand.
    pub toolbox: Arc<Toolbox>,
    /// What every program starts from.
    pub environment: Environment,
    /// What leads into the world that is acted in. Nothing that the plan sets or lets through stands above it.
    pub held: Vec<(OsString, OsString)>,
    /// How many bytes of each stream are kept.
    pub limit: usize,
}

/// A program of the plan, in the tree that it runs in.
#[derive(Clone)]
pub struct Launch {
    launcher: Launcher,
    root: PathBuf,
    directory: PathBuf,
    environment: Environment,
    program: Program,
}

/// A program that was found, and can be started.
#[derive(Clone, Debug)]
pub struct Ready {
    /// How it is called.
    pub invocation: Invocation,
    /// What it is.
    pub program: ResolvedTool,
}

/// Why a program is not run.
pub enum Prevented {
    /// Something that it needs is not there.
    Lack(Lack),
    /// One of those before it did not end well.
    Before {
        /// Which one: program and arguments.
        argv: Vec<String>,
        /// What it left behind.
        captured: Captured,
    },
    /// It, or one of those before it, could not be started.
    Process(ProcessError),
}

impl Launcher {
    /// Why a tool cannot be used, where that is known and what comes before the program does not make it.
    pub fn lack(&self, program: &Program, name: &str) -> Option<&Lack> {
        self.toolbox.lacking.get(name).filter(|_| !program.may_make(name))
    }

    /// A program in the tree below `root`.
    pub fn launch(&self, program: &Program, root: &Path) -> Result<Launch, Lack> {
        let directory = program.cwd.as_ref().map_or_else(|| root.to_owned(), |cwd| root.join(cwd));
        if !directory.is_dir() {
            let message = format!("the folder {} is not there", program.cwd.as_deref().unwrap_or("."));
            return Err(Lack { reason: Reason::NotRun, message });
        }
        let real = |folder: &Path| folder.canonicalize().ok();
        if real(&directory).zip(real(root)).is_none_or(|(folder, root)| !folder.starts_with(root)) {
            let message =
                format!("the folder {} is a link out of the tree", program.cwd.as_deref().unwrap_or("."));
            return Err(Lack { reason: Reason::NotRun, message });
        }
        // What is known to be lacking is said before anything is built.
        if let Some(lack) = program.programs().find_map(|name| self.lack(program, name)) {
            return Err(lack.clone());
        }
        let own = program.env.iter().map(String::as_str);
        let mut environment = self.environment.clone().letting_through(own);
        for (name, value) in &program.set_env {
            environment = environment.with(name, with_root(value, root));
        }
        let environment = environment.with_all(self.held.iter().cloned());
        Ok(Launch {
            launcher: self.clone(),
            root: root.to_owned(),
            directory,
            environment,
            program: program.clone(),
        })
    }
}

impl Launch {
    /// The same with one more variable set.
    #[must_use]
    pub fn with(self, name: &str, value: impl Into<OsString>) -> Self {
        Self { environment: self.environment.with(name, value), ..self }
    }

    /// The folder that it runs in, and its environment.
    pub fn surroundings(&self) -> (PathBuf, Environment) {
        (self.directory.clone(), self.environment.clone())
    }

    /// Where its report is written: the root of the tree, and the path below it.
    pub fn report(&self) -> Option<(PathBuf, String)> {
        self.program.report.as_ref().map(|report| (self.root.clone(), report.clone()))
    }

    /// Runs the programs before it, one after the other; then finds the program itself, which they may have made.
    pub async fn prepare(&self, cancel: &Cancel) -> Result<Ready, Prevented> {
        for argv in &self.program.before {
            let ready = self.find(argv, cancel).await.map_err(Prevented::Lack)?;
            let captured = run(&ready.invocation, cancel).await.map_err(Prevented::Process)?;
            if captured.end != End::Exited(0) {
                return Err(Prevented::Before { argv: argv.clone(), captured });
            }
        }
        for name in &self.program.needs {
            self.tool(name, cancel).await.map_err(Prevented::Lack)?;
        }
        self.find(&self.program.run, cancel).await.map_err(Prevented::Lack)
    }

    /// Finds a program with its arguments, to run as this one is run.
    pub async fn find(&self, argv: &[String], cancel: &Cancel) -> Result<Ready, Lack> {
        let Some((name, arguments)) = argv.split_first() else {
            return Err(Lack { reason: Reason::NotRun, message: "nothing to run".to_owned() });
        };
        let (path, program) =
            if name.contains('/') { self.script(name).await? } else { self.tool(name, cancel).await? };
        let invocation = Invocation {
            program: path,
            arguments: arguments.iter().map(OsString::from).collect(),
            directory: self.directory.clone(),
            environment: self.environment.clone(),
            input: None,
            output: None,
            timeout: self.program.timeout,
            limit: self.launcher.limit,
        };
        Ok(Ready { invocation, program })
    }

    /// A program of the tree, by its path there. Where it links to is what it is.
    async fn script(&self, name: &str) -> Result<(PathBuf, ResolvedTool), Lack> {
        let (name, root) = (name.to_owned(), self.root.clone());
        // On a thread of its own: a build can be a hundred MiB.
        let looked = tokio::task::spawn_blocking(move || {
            tools::resolve(&name, &root, OsStr::new(""), None).map_err(|error| error.to_string())
        });
        let found = looked.await.unwrap_or_else(|error| Err(error.to_string()));
        found.map(|found| (found.path, found.tool)).map_err(Lack::missing)
    }

    /// A tool from outside the checkout: as it was resolved beforehand, or as those before it made it.
    async fn tool(&self, name: &str, cancel: &Cancel) -> Result<(PathBuf, ResolvedTool), Lack> {
        let toolbox = &self.launcher.toolbox;
        if let Some(tool) = toolbox.found.get(name) {
            return Ok((PathBuf::from(&tool.path), tool.clone()));
        }
        let lack = toolbox.lacking.get(name).cloned();
        let lack = lack.unwrap_or_else(|| Lack::missing(format!("`{name}` was not looked for")));
        if lack.reason != Reason::ToolMissing || !self.program.may_make(name) {
            return Err(lack);
        }
        let (declared, environment) = (&toolbox.declared, &self.environment);
        let again = Toolbox::resolve(&[name], declared, &self.root, environment, cancel).await;
        let tool = again.found.get(name).cloned();
        let tool = tool.ok_or_else(|| again.lacking.get(name).cloned().unwrap_or(lack))?;
        Ok((PathBuf::from(&tool.path), tool))
    }
}

impl Ready {
    /// Runs it.
    pub async fn run(&self, cancel: &Cancel) -> Result<Captured, ProcessError> {
        run(&self.invocation, cancel).await
    }
}

/// What stands for the root of the tree in a value of `set-env`.
const ROOT: &str = "{root}";

fn with_root(value: &str, root: &Path) -> OsString {
    let mut expanded = OsString::new();
    for (number, part) in value.split(ROOT).enumerate() {
        if number > 0 {
            expanded.push(root);
        }
        expanded.push(part);
    }
    expanded
}
