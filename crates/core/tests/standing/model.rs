//! A small model of all that a release's standing depends on: a ledger, a tracker, a checkout, a remote, and what is wrong.
//!
//! The program's own rules decide in it (gates, clearance, blockers, mechanics); only the world is made up.

use gonogo_core::blocker::{
    Backlog, BacklogChange, Blocker, Draft, Standing, Task, TaskState, reconcile, stand, task_title, unknown,
};
use gonogo_core::digest::Digest;
use gonogo_core::ids::CommitId;
use gonogo_core::ledger::{BlockerFiled, Chain, Event, Opened, Record};
use gonogo_core::mechanics::Code;
use gonogo_core::plan::Plan;
use gonogo_core::release::{Agent, Mode, Subject};
use gonogo_core::standing::{Blockers, Folded, Position, Readiness, Releasing, Seen};
use std::collections::{BTreeMap, HashSet};

pub const TAG: &str = "v1.0.0";

const HEAD: &str = "schema = 1\n[project]\nname = \"s\"\n[policy]\nrequired-gates = [3, 5]\n[tracker]\nkind = \"file\"\n\
    [[gates]]\nid = 3\nname = \"Concurrency\"\n[[gates.checks]]\nid = \"t\"\nrun = [\"tool\"]\nreader = \"libtest\"\n\
    [[gates]]\nid = 5\nname = \"Speed\"\n[[gates.checks]]\nid = \"r\"\nkind = \"review\"\nfocus = \"speed\"\n";
const STEPS: &str = "[[steps]]\nkind = \"tag\"\n[[steps]]\nkind = \"push-tag\"\n\
    [[steps]]\nid = \"notes\"\nkind = \"command\"\nrun = [\"y\"]\nundo = \"y --back\"\nobserve = { run = [\"z\"], done = 0, absent = 9 }\n\
    [[steps]]\nid = \"publish\"\nkind = \"command\"\nrun = [\"x\"]\nchannel = \"npm\"\n";
const CHANNELS: &str = "[channels.npm]\npackage = \"s\"\n";

/// A plan of one shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Steps and channels.
    Whole,
    /// Steps that nobody can rehearse.
    Unplayable,
    /// Blockers of a rehearsal are its own.
    PrivateTracker,
    /// Gates alone.
    GatesOnly,
}

impl Shape {
    pub const ALL: [Self; 4] = [Self::Whole, Self::Unplayable, Self::PrivateTracker, Self::GatesOnly];

    fn plan(self) -> Plan {
        let text = match self {
            Self::GatesOnly => HEAD.to_owned(),
            Self::Whole | Self::Unplayable | Self::PrivateTracker => format!("{HEAD}{STEPS}{CHANNELS}"),
        };
        Plan::parse(&text).unwrap()
    }
}

/// One thing that is wrong, or happens, until somebody sees to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A precondition does not hold.
    Gap,
    /// A check fails until another commit.
    Red,
    /// A check fails at the release's own commit, once it is out.
    RedLater,
    /// A check has no tool.
    NoTool,
    /// A check asks for a review.
    Unreviewed,
    /// The tracker cannot be read.
    TrackerDown,
    /// Somebody has a task of their own in the tracker.
    OwnTask,
    /// The tracker's store is begun anew while a blocker stands.
    StoreLost,
    /// Somebody reports a blocker by hand, right after a poll gave clearance.
    Reported,
    /// A poll is cut short.
    PollCut,
    /// A step stops a run.
    Stop(Mode, &'static str, Code),
    /// A run is cut short in a step, after its effect or before it.
    RunCut(Mode, &'static str, Cut),
    /// Nobody says yes at the door.
    Declined,
    /// The channels do not show the release.
    Undelivered(Mode),
    /// The tag is somebody else's, on the remote.
    ForeignTag,
    /// The ledger is lost once the tag is pushed.
    LedgerLost,
    /// The tag in the checkout is taken back by the command that is printed for it, before it is pushed.
    TagUndone,
    /// What the last step did is taken back by the plan's command, in the middle of the release.
    NotesUndone,
    /// Somebody commits in the middle of the release.
    Commit,
    /// Another command is under way.
    Busy,
}

/// Where a run is cut short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The intent is recorded, and nothing else happened.
    BeforeEffect,
    /// The effect happened, and nobody saw it.
    AfterEffect,
}

/// The model.
#[derive(Clone)]
pub struct Model {
    pub shape: Shape,
    pub plan: Plan,
    pub faults: Vec<Fault>,
    pub commit: u32,
    pub tag_here: Option<String>,
    pub tag_there: Option<String>,
    /// What the steps after the tag have done, in the real world.
    pub done: HashSet<String>,
    /// What they have done in the rehearsal under way.
    pub played: HashSet<String>,
    pub tasks: Vec<Task>,
    pub said_yes: bool,
    /// How many ledgers there were before this one.
    pub ledgers: u32,
    chain: Chain,
    pub records: Vec<Record>,
}

/// The commit of a number.
pub fn commit(number: u32) -> CommitId {
    format!("{number:040}").parse().unwrap()
}

impl Model {
    pub fn new(shape: Shape, faults: &[Fault]) -> Self {
        let mut model = Self {
            shape,
            plan: shape.plan(),
            faults: faults.to_vec(),
            commit: 1,
            tag_here: None,
            tag_there: None,
            done: HashSet::new(),
            played: HashSet::new(),
            tasks: Vec::new(),
            said_yes: false,
            ledgers: 0,
            chain: Chain::default(),
            records: Vec::new(),
        };
        if model.has(Fault::OwnTask) {
            model.own_task("OWN");
        }
        if model.has(Fault::ForeignTag) {
            model.tag_there = Some("theirs".to_owned());
        }
        model
    }

    pub fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// Ends a fault. Whether there was one.
    pub fn end(&mut self, is_it: impl Fn(Fault) -> bool) -> bool {
        let before = self.faults.len();
        self.faults.retain(|fault| !is_it(*fault));
        self.faults.len() < before
    }

    /// The fault that strikes here, which happens once.
    pub fn strikes(&mut self, fault: Fault) -> bool {
        self.end(|one| one == fault)
    }

    pub fn head(&self) -> CommitId {
        commit(self.commit)
    }

    pub fn append(&mut self, event: Event) -> Record {
        if self.records.is_empty() && !matches!(event, Event::Opened(_)) {
            self.append(Event::Opened(Opened { project: "s".to_owned(), target: TAG.to_owned() }));
        }
        let (record, _) = self.chain.add(event, "2026-01-01T00:00:00Z".to_owned()).unwrap();
        self.records.push(record.clone());
        record
    }

    pub fn lose_ledger(&mut self) {
        self.records.clear();
        self.chain = Chain::default();
        self.ledgers += 1;
    }

    pub fn agent(&self) -> Agent {
        "model@host".parse().unwrap()
    }

    pub fn subject(&self) -> Subject {
        Subject {
            commit: self.head(),
            tree: "0".repeat(40).parse().unwrap(),
            plan: self.plan.digest,
            base_commit: None,
            toolchain: BTreeMap::new(),
            environment: Some(Digest::of(b"environment")),
            host: "host".to_owned(),
        }
    }

    pub fn releasing(&self) -> Releasing {
        let of_plan = Releasing::of(&self.plan);
        match self.shape {
            Shape::Whole | Shape::GatesOnly => of_plan,
            Shape::Unplayable => Releasing { can_rehearse: false, ..of_plan },
            Shape::PrivateTracker => Releasing { files_of_rehearsal: false, ..of_plan },
        }
    }

    // The tracker.

    /// Somebody has a task of their own.
    pub fn own_task(&mut self, id: &str) {
        let title = task_title(TAG, "look at the docs");
        let body = "Look at the docs.".to_owned();
        self.tasks.push(Task { id: id.to_owned(), title, body, state: TaskState::Open });
    }

    pub fn backlog(&self) -> Option<Backlog> {
        let epic = Some("E".to_owned()).filter(|_| !self.tasks.is_empty());
        (!self.has(Fault::TrackerDown)).then(|| Backlog { epic, tasks: self.tasks.clone() })
    }

    /// Files drafts. The IDs of those that are open now, in their order.
    pub fn file(&mut self, drafts: &[Draft]) -> Option<Vec<String>> {
        let before = self.backlog()?;
        let was_open: HashSet<String> = before
            .tasks
            .iter()
            .filter(|task| task.state == TaskState::Open)
            .map(|task| task.id.clone())
            .collect();
        for action in reconcile(&before, drafts) {
            match action {
                BacklogChange::Create(draft) => {
                    let id = format!("B{}", self.tasks.len());
                    let (title, body) = (draft.title.clone(), draft.body());
                    self.tasks.push(Task { id, title, body, state: TaskState::Open });
                }
                BacklogChange::Update { id, title, body, .. } => {
                    let task = self.tasks.iter_mut().find(|task| task.id == id).unwrap();
                    *task = Task { id, title, body, state: TaskState::Open };
                }
            }
        }
        let mut ids = Vec::new();
        for draft in drafts {
            let is_it = |task: &&Task| {
                task.state == TaskState::Open && task.fingerprint().as_ref() == Some(&draft.fingerprint)
            };
            let task = self.tasks.iter().find(is_it).unwrap().clone();
            if !was_open.contains(&task.id) {
                let (id, fingerprint) = (task.id.clone(), draft.fingerprint.clone());
                self.append(Event::BlockerFiled(BlockerFiled { id, fingerprint, title: task.title }));
            }
            ids.push(task.id);
        }
        Some(ids)
    }

    pub fn record_unknown(&mut self) {
        let Some(backlog) = self.backlog() else { return };
        for seen in unknown(&backlog, &self.folded().state) {
            self.append(Event::BlockerSeen(seen));
        }
    }

    pub fn standing(&self) -> Option<Standing> {
        Some(stand(&self.backlog()?, &self.folded().state, &self.plan, &HashSet::new()))
    }

    // What is decided.

    pub fn folded(&self) -> Folded {
        Folded::of(&self.records)
    }

    pub fn blockers(&self) -> Blockers {
        self.standing().map_or(Blockers::Unreadable, |standing| Blockers::from(&standing))
    }

    /// As a command decides at its end, with what it has looked at.
    pub fn position(&self, blockers: Blockers, readiness: Readiness) -> Position {
        let (folded, head) = (self.folded(), self.head());
        let is_tag_on_remote = match readiness {
            Readiness::NotAsked => self.tag_on_remote(&folded),
            Readiness::Ready | Readiness::Tagged | Readiness::Gaps => Some(self.tag_there.is_some()),
        };
        Position::of(&Seen {
            blockers,
            readiness,
            is_tag_on_remote,
            is_written: Some(self.has(Fault::Busy)),
            ..folded.seen(&head, self.releasing())
        })
    }

    /// As `status` decides: from the ledger, from the tracker where that can make a difference, and from the remote until
    /// something that cannot be undone is recorded.
    pub fn status(&self) -> Position {
        let (folded, head) = (self.folded(), self.head());
        let is_tag_on_remote = self.tag_on_remote(&folded);
        let seen = Seen { is_tag_on_remote, ..folded.seen(&head, self.releasing()) };
        let hangs = Position::hangs_on_tracker(&seen);
        let blockers = if hangs { self.blockers() } else { Blockers::NotAsked };
        let is_written = Some(self.has(Fault::Busy));
        Position::of(&Seen { blockers, is_written, ..seen })
    }

    fn tag_on_remote(&self, folded: &Folded) -> Option<bool> {
        Position::hangs_on_remote(&folded.live).then_some(self.tag_there.is_some())
    }

    pub fn open_blockers(&self) -> Vec<Blocker> {
        let standing = self.standing();
        standing.iter().flat_map(|standing| standing.blockers()).filter(|one| one.open).cloned().collect()
    }
}
