//! The clean rooms of a poll: which check runs in which, and what happened in them while it ran.
//!
//! Invariant: no check starts in a room that another one left changed, or with files in it that are in no commit and that the
//! commit does not ignore.

use crate::context::Context;
use crate::failure::{Failure, chain};
use crate::launch::Toolbox;
use gonogo_core::digest::Digest;
use gonogo_core::gate::Judged;
use gonogo_core::ids::CommitId;
use gonogo_core::plan::{CheckKind, Plan, Program};
use gonogo_core::text::shell_line;
use gonogo_core::verdict::Reason;
use gonogo_world::room::{Moved, Room, RoomError, RoomWanted, RoomWatch, Rooms};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// What a room holds besides the commit, or of it: patterns of inputs, and what is brought along.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoomKey {
    inputs: Vec<String>,
    bring: Vec<String>,
}

/// The rooms of a poll.
pub struct PollRooms {
    set: Rooms,
    commit: CommitId,
    caches: Vec<String>,
    /// What Git LFS keeps is put into them.
    lfs: bool,
    /// What is brought along for every check.
    bring: Vec<String>,
    made: BTreeMap<RoomKey, (String, Room)>,
    /// What the caches are made with; `None` where nothing of the plan is run.
    tools: Option<Digest>,
}

impl PollRooms {
    /// Makes every room that a check of the plan needs.
    pub async fn make(context: &Context) -> Result<Self, Failure> {
        let candidate = &context.candidate;
        let policy = &candidate.plan.policy;
        let mut rooms = Self {
            set: Rooms::take(&context.session.git).await?,
            commit: candidate.commit.clone(),
            caches: policy.caches.clone(),
            lfs: policy.lfs,
            bring: policy.bring.clone(),
            made: BTreeMap::new(),
            tools: None,
        };
        let programs = candidate.plan.checks().filter_map(|(_, check)| match &check.kind {
            CheckKind::Command(command) => Some(&command.program),
            _ => None,
        });
        let keys: BTreeSet<RoomKey> =
            programs.map(|program| rooms.key(program)).chain([rooms.main_key()]).collect();
        for key in keys {
            let name = rooms.name(&key);
            let room = rooms.set.make(&rooms.wanted(&key, &name)).await?;
            rooms.made.insert(key, (name, room));
        }
        let names: Vec<&str> = rooms.made.values().map(|(name, _)| name.as_str()).chain([BASE]).collect();
        rooms.set.keep_only(&names)?;
        Ok(rooms)
    }

    /// Begins the caches anew that were made with other tools than these, or with other lock or toolchain files.
    pub async fn key_caches(&mut self, toolbox: &Toolbox) -> Result<(), Failure> {
        let mut text = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
        for (name, tool) in &toolbox.found {
            text += &format!("\n{name} {} {:?}", tool.digest, tool.version);
        }
        self.tools = Some(Digest::of(text.as_bytes()));
        for (name, room) in self.made.values() {
            self.keyed(name, room).await?;
        }
        Ok(())
    }

    async fn keyed(&self, name: &str, room: &Room) -> Result<(), RoomError> {
        match self.tools {
            Some(tools) => self.set.key_caches(name, room, &self.caches, tools).await,
            None => Ok(()),
        }
    }

    /// Which room a program runs in.
    pub fn key(&self, program: &Program) -> RoomKey {
        let bring: BTreeSet<String> = self.bring.iter().chain(&program.bring).cloned().collect();
        RoomKey { inputs: program.inputs.clone(), bring: bring.into_iter().collect() }
    }

    /// The room that holds the whole commit and what is brought for every check.
    pub fn main_key(&self) -> RoomKey {
        let bring: BTreeSet<String> = self.bring.iter().cloned().collect();
        RoomKey { inputs: Vec::new(), bring: bring.into_iter().collect() }
    }

    /// The room itself; `None` where it was not made.
    pub fn room(&self, key: &RoomKey) -> Option<&Room> {
        self.made.get(key).map(|(_, room)| room)
    }

    /// The room that holds the whole commit.
    pub fn main(&self) -> Option<&Room> {
        self.room(&self.main_key())
    }

    /// The set that they are of.
    pub const fn set(&self) -> &Rooms {
        &self.set
    }

    /// Makes the base's room, and the commit's anew: as they are before anything ran in them, but for the caches.
    pub async fn side_by_side(&self, base: &CommitId) -> Result<[Room; 2], RoomError> {
        let key = self.main_key();
        let wanted = RoomWanted {
            name: BASE,
            commit: base,
            inputs: &[],
            bring: &key.bring,
            caches: &self.caches,
            lfs: self.lfs,
        };
        let before = self.set.make(&wanted).await?;
        self.keyed(BASE, &before).await?;
        Ok([before, self.set.make(&self.wanted(&key, COMMIT)).await?])
    }

    fn name(&self, key: &RoomKey) -> String {
        if *key == self.main_key() {
            return COMMIT.to_owned();
        }
        let mut bytes = Vec::new();
        for part in key.inputs.iter().chain([&"\n".to_owned()]).chain(&key.bring) {
            bytes.extend_from_slice(part.as_bytes());
            bytes.push(0);
        }
        format!("{COMMIT}-{}", &Digest::of(&bytes).hex()[..8])
    }

    fn wanted<'a>(&'a self, key: &'a RoomKey, name: &'a str) -> RoomWanted<'a> {
        RoomWanted {
            name,
            commit: &self.commit,
            inputs: &key.inputs,
            bring: &key.bring,
            caches: &self.caches,
            lfs: self.lfs,
        }
    }
}

const COMMIT: &str = "commit";
const BASE: &str = "base";

/// Why a check cannot run in its room: what of the commit, or of what it brings along, is not there.
pub fn lacking(room: &Room) -> Option<Judged> {
    let first = room.lacking.first()?;
    Some(Judged::incomplete(Reason::NotRun, format!("{}; {}", first.what, first.remedy)))
}

/// What a person should know of a room's files that are only pointers.
pub fn pointers(room: &Room) -> Option<String> {
    const SHOWN: usize = 5;
    let (first, count) = (room.pointers.get(..SHOWN).unwrap_or(&room.pointers), room.pointers.len());
    let more = if count > SHOWN { format!(" and {} more", count - SHOWN) } else { String::new() };
    (count > 0).then(|| {
        format!(
            "in its clean room these are pointers of Git LFS, and not their content: {}{more}",
            first.join(", ")
        )
    })
}

/// What happened in a check's room while it ran.
#[derive(Clone, Debug, Default)]
pub struct Met {
    /// Files of the commit that were written, even if they are as they were again.
    pub changed: BTreeSet<String>,
    /// Those of them that some check may write again, and that are what the commit has.
    pub rewritten: BTreeSet<String>,
    /// Files of no commit that came while others ran beside it.
    pub strays: BTreeSet<String>,
}

impl Met {
    /// What that makes of a verdict. `rewrites` are the files that the check itself may write again.
    pub fn judged(self, mut judged: Judged, rewrites: &[String]) -> Judged {
        let others = self.rewritten.iter().filter(|path| !rewrites.contains(path));
        let changed: BTreeSet<&String> = self.changed.iter().chain(others).collect();
        if let Some(first) = changed.first() {
            let more = match changed.len() {
                1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            let detail = format!(
                "files of the commit were written in its clean room while it ran: {first}{more}; let what writes them work on a copy, \
                 or name in `rewrites` what is written again as the commit has it"
            );
            return judged.but(Reason::TreeChanged, detail);
        }
        if !self.strays.is_empty() {
            let names: Vec<&str> = self.strays.iter().map(String::as_str).collect();
            judged.notes.push(format!(
                "files of no commit came into its clean room while it ran: {}",
                names.join(", ")
            ));
        }
        judged
    }
}

/// One room, and the checks that run in it.
struct Watched {
    watch: RoomWatch,
    /// Those that run, or have ended since the last look.
    running: BTreeMap<usize, Met>,
    ended: Vec<usize>,
    /// When the last look ended, and how long it took.
    looked: Instant,
    cost: Duration,
    /// It is to be tidied before anything else starts.
    disturbed: bool,
}

impl Watched {
    fn begin(room: &Room, rewrites: &[String]) -> Self {
        let started = Instant::now();
        let watch = RoomWatch::keeping(room, rewrites.iter().map(String::as_str));
        Self {
            watch,
            running: BTreeMap::new(),
            ended: Vec::new(),
            looked: Instant::now(),
            cost: started.elapsed(),
            disturbed: false,
        }
    }

    /// Looks at every file: whatever ran since the last look may have read what was there meanwhile.
    fn look(&mut self) -> Vec<(usize, Met)> {
        let started = Instant::now();
        let changed = self.watch.changed();
        self.cost = started.elapsed();
        self.looked = Instant::now();
        if !changed.is_empty() {
            self.disturbed = true;
            let (rewritten, changed): (Vec<Moved>, Vec<Moved>) =
                changed.into_iter().partition(|moved| moved.is_as_it_was);
            for met in self.running.values_mut() {
                met.changed.extend(changed.iter().map(|moved| moved.path.clone()));
                met.rewritten.extend(rewritten.iter().map(|moved| moved.path.clone()));
            }
        }
        let ended = std::mem::take(&mut self.ended);
        ended.into_iter().map(|number| (number, self.running.remove(&number).unwrap_or_default())).collect()
    }
}

/// A look is taken again when so many times its own time has passed.
const REST: u32 = 10;

/// Watches over all rooms of a poll.
pub struct Watches<'a> {
    rooms: &'a PollRooms,
    /// Files that some check may write again.
    rewrites: Vec<String>,
    of: BTreeMap<RoomKey, Watched>,
}

impl<'a> Watches<'a> {
    /// Begins.
    pub fn begin(rooms: &'a PollRooms, plan: &Plan) -> Self {
        let commands = plan.checks().filter_map(|(_, check)| match &check.kind {
            CheckKind::Command(command) => Some(command),
            _ => None,
        });
        let rewrites: Vec<String> = commands.flat_map(|command| command.rewrites.iter().cloned()).collect();
        let begun = |(key, (_, room)): (&RoomKey, &(_, Room))| (key.clone(), Watched::begin(room, &rewrites));
        let of = rooms.made.iter().map(begun).collect();
        Self { rooms, rewrites, of }
    }

    /// A check starts, under a number of its own.
    pub fn starts(&mut self, key: &RoomKey, number: usize) {
        if let Some(watched) = self.of.get_mut(key) {
            watched.running.insert(number, Met::default());
        }
    }

    /// It has ended. Gives those that have ended and what each met, as far as that was looked at: a look at very many files is
    /// not taken after each of many short checks, while others run.
    pub async fn ends(&mut self, key: &RoomKey, number: usize, others_run: bool) -> Vec<(usize, Met)> {
        let (Some(watched), Some(room)) = (self.of.get_mut(key), self.rooms.room(key)) else {
            return vec![(number, Met::default())];
        };
        watched.ended.push(number);
        if watched.watch.came_or_went() {
            // What cannot be told is taken for disturbed.
            let strays = room.strays(&self.rooms.caches).await;
            watched.disturbed |= strays.as_ref().map_or(true, |strays| !strays.is_empty());
            // What comes while a check is alone is its own.
            if watched.running.len() > 1 {
                for met in watched.running.values_mut() {
                    met.strays.extend(strays.iter().flatten().cloned());
                }
            }
        }
        let is_due = !others_run || watched.looked.elapsed() >= watched.cost * REST;
        if is_due { watched.look() } else { Vec::new() }
    }

    /// What those that have ended and were not looked at yet have met.
    pub fn settle(&mut self) -> Vec<(usize, Met)> {
        let waiting = self.of.values_mut().filter(|watched| !watched.ended.is_empty());
        waiting.flat_map(Watched::look).collect()
    }

    /// Whether a room has to be tidied before another check starts.
    pub fn has_to_tidy(&self) -> bool {
        self.of.values().any(|watched| watched.disturbed)
    }

    /// Tidies the rooms that were disturbed. Nothing may run in any of them.
    pub async fn tidy(&mut self) -> Result<(), Failure> {
        for (key, watched) in self.of.iter_mut().filter(|(_, watched)| watched.disturbed) {
            let Some((name, _)) = self.rooms.made.get(key) else { continue };
            let room = self.rooms.set.tidy(&self.rooms.wanted(key, name)).await?;
            *watched = Watched::begin(&room, &self.rewrites);
        }
        Ok(())
    }
}

impl From<RoomError> for Failure {
    fn from(error: RoomError) -> Self {
        let message = chain(&error);
        match error {
            RoomError::Git(error) => {
                let Self { kind, reason, remedy, .. } = Self::from(error);
                let remedy = remedy.unwrap_or_else(|| {
                    "look whether the checkout has all objects of its commit: git fsck --connectivity-only".to_owned()
                });
                Self { reason, ..Self::new(kind, message) }.remedy(remedy)
            }
            RoomError::Partial(remote) => {
                let fetch = shell_line(["git", "fetch", "--refetch", "--no-filter", &remote]);
                Self::incomplete(Reason::NotRun, message).remedy(fetch)
            }
            RoomError::Io { .. } => Self::incomplete(Reason::HostUnfit, message)
                .remedy("make room there, or mend the rights, and run the command again"),
            RoomError::Inside(_) | RoomError::Homeless => Self::incomplete(Reason::HostUnfit, message)
                .remedy("set XDG_CACHE_HOME to a folder outside the checkout"),
            RoomError::Crowded => {
                Self::incomplete(Reason::HostUnfit, message).remedy("wait for one of them to end")
            }
        }
    }
}
