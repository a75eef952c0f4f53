//! Releases that are cut short: one project and one private world, set back after each; how the program is killed at a
//! moment that the ledger or the world shows; and what must be so when the release has ended.
//!
//! Invariant: only the program and its own children are ever killed. The world's side of a push goes on, as a server
//! does when its client is gone.

use super::world::{REPOSITORY, Shape, Stage, TAP, is_effect, spelled};
use crate::support::{Ran, Running, until};
use gonogo_sandbox::github::Repository;
use gonogo_sandbox::{Fault, FaultKind, JournalEntry, Matcher, Service, write_program};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const BUILT: [&str; 2] = ["sample.crate", "sample_0.2.0_linux.tar.gz"];

/// When the program is killed.
#[derive(Clone, Debug)]
pub enum Moment {
    /// The ledger shows the intent of this effect, and nothing after it.
    Intended(usize),
    /// The world has accepted this effect, and has not answered.
    Accepted(usize, Unanswered),
    /// The ledger shows the answer to this effect; the lists show what it made at once, or not the first time.
    Answered(usize, Lists),
    /// The ledger shows that this step is done.
    StepDone(usize),
    /// So long after the start.
    After(Duration),
}

/// Why there is no answer yet.
#[derive(Clone, Copy, Debug)]
pub enum Unanswered {
    /// It takes its time; the lists show what it made at once, or not the first time.
    Held(Lists),
    /// It was lost.
    Lost,
}

/// What the lists show of what was written last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lists {
    Fresh,
    Stale,
}

/// What becomes of the program's children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Children {
    /// They are killed with it.
    DieToo,
    /// They go on, and what holds them up ends at once.
    GoOn,
    /// They go on, and what holds them up ends while the next run is under way.
    GoOnLate,
}

/// A project and a world, as they are before a release, and what a release does that nobody cuts short.
pub struct Scene {
    stage: Stage,
    repositories: BTreeMap<String, Repository>,
    tap: String,
    /// The first entry of the log that is of this release.
    since: usize,
    effects: Vec<String>,
    intents: usize,
    steps: usize,
    whole: Duration,
}

impl Scene {
    /// Sets everything up, with a plan that asks for CI before each effect or not, and carries out a release that nobody cuts short.
    pub fn set(asks_ci: bool) -> Self {
        let ci = ("[ci]\nworkflow = \".github/workflows/ci.yml\"\n\n", "");
        let plan = if asks_ci { Vec::new() } else { vec![ci] };
        let stage = Stage::shaped(Shape { plan, ..Shape::default() });
        let repositories = stage.world.github().state().repositories.clone();
        let tap = stage.remote(TAP, &["rev-parse", "main"]).trim().to_owned();
        let mut scene = Self {
            since: stage.world.log().len(),
            stage,
            repositories,
            tap,
            effects: Vec::new(),
            intents: 0,
            steps: 0,
            whole: Duration::ZERO,
        };
        scene.hooks();
        let started = Instant::now();
        let document = scene.stage.run().exits(0).json();
        scene.whole = started.elapsed();
        scene.steps = document["steps"].as_array().unwrap().len();
        scene.intents = scene.shown("effect-intended");
        scene.effects = scene.log().iter().map(spelled).collect();
        // The tag in the checkout is no effect on the outside.
        assert_eq!(scene.intents, scene.effects.len() + 1, "{:?}", scene.effects);
        scene
    }

    /// How many effects a release has.
    pub const fn effects(&self) -> usize {
        self.intents
    }

    /// How many steps it has.
    pub const fn steps(&self) -> usize {
        self.steps
    }

    /// How long it takes.
    pub const fn whole(&self) -> Duration {
        self.whole
    }

    /// Every way in which an effect can be accepted and not answered.
    pub fn acceptances(&self) -> Vec<Moment> {
        let held = Unanswered::Held;
        let ways = [held(Lists::Fresh), Unanswered::Lost, held(Lists::Stale)];
        let of = |effect: usize| {
            // A git remote has no faults but that it is slow.
            let ways = if self.is_push(effect) { &ways[..1] } else { &ways[..] };
            ways.iter().map(move |way| Moment::Accepted(effect, *way)).collect::<Vec<_>>()
        };
        (0..self.intents).flat_map(of).collect()
    }

    /// The effect as the log spells it; `None` for the tag in the checkout.
    fn spelled(&self, effect: usize) -> Option<&str> {
        effect.checked_sub(1).map(|outside| self.effects[outside].as_str())
    }

    fn is_push(&self, effect: usize) -> bool {
        self.spelled(effect).is_none_or(|spelled| spelled.starts_with("PUSH "))
    }

    fn log(&self) -> Vec<JournalEntry> {
        let mut log = self.stage.world.log().split_off(self.since);
        log.retain(is_effect);
        log
    }

    /// How many lines of the ledger are of an event.
    pub fn shown(&self, event: &str) -> usize {
        let records = self.stage.project.records();
        String::from_utf8_lossy(&records).matches(&format!("\"event\":{{\"{event}\":")).count()
    }

    /// Writes half a line to the ledger, as a kill does that comes while it is written. `false` where there is none yet.
    pub fn tear(&self) -> bool {
        let path = self.stage.project.ledger("v0.2.0").join("ledger.jsonl");
        let Ok(mut ledger) = OpenOptions::new().append(true).open(path) else { return false };
        ledger.write_all(b"{\"at\":\"2026-01-01T00:00:00Z\",\"event\":{\"step-do").unwrap();
        true
    }

    fn hold(&self) -> PathBuf {
        self.stage.project.beside("hold")
    }

    fn hit(&self) -> PathBuf {
        self.stage.project.beside("hit")
    }

    /// Hooks that hold a push up once it was accepted, and the tag in the checkout once it is made.
    fn hooks(&self) {
        let wait = |which: &str| {
            format!(
                "if [ \"$(cat '{hold}' 2>/dev/null)\" = {which} ]; then : >'{hit}'\n\
                 while [ -e '{hold}' ]; do sleep 0.05; done; fi\n",
                hold = self.hold().display(),
                hit = self.hit().display(),
            )
        };
        for name in [REPOSITORY, TAP] {
            let hook = self.stage.world.remote(name).unwrap().join("hooks/post-receive");
            write_hook(&hook, &format!("cat >>pushes\n{}", wait(name)));
        }
        let hook = self.stage.project.root().join(".git/hooks/reference-transaction");
        let made = "[ \"$1\" = committed ] && grep -q refs/tags/v0.2.0 || exit 0\n";
        write_hook(&hook, &format!("{made}{}", wait("checkout")));
    }

    /// Sets everything back to before the release.
    pub fn reset(&mut self) {
        std::fs::remove_file(self.hold()).ok();
        std::fs::remove_file(self.hit()).ok();
        let stage = &self.stage;
        stage.world.github().state().faults.clear();
        until("nobody builds", || {
            let mut state = stage.world.github().state();
            state
                .repository(REPOSITORY)
                .runs
                .iter()
                .all(|run| run.event != "push" || run.status == "completed")
        });
        let tag = "refs/tags/v0.2.0";
        stage.git(&["update-ref", "-d", tag]);
        stage.remote(REPOSITORY, &["update-ref", "-d", tag]);
        stage.remote(TAP, &["update-ref", "refs/heads/main", &self.tap]);
        std::fs::remove_dir_all(stage.project.root().join(".git/gonogo")).unwrap();
        // Runs get the same IDs again, and with them their folders.
        std::fs::remove_dir_all(stage.world.folder().join("runs")).ok();
        stage.world.github().state().repositories = self.repositories.clone();
        self.since = stage.world.log().len();
    }

    /// Starts the program and kills it at a moment. `false` where it ended before that.
    pub fn killed(&self, moment: &Moment, children: Children) -> bool {
        let is_held = self.prepare(moment);
        let started = Instant::now();
        let mut program = Running::start(&mut self.stage.live());
        let mut ended = false;
        until("the moment comes, or the run ends", || {
            ended = program.has_ended();
            ended || self.has_come(moment, started)
        });
        let hit = self.hit().exists();
        if !ended {
            program.signal(Signal::STOP);
            let own =
                if children == Children::DieToo { own_processes(program.id(), hit) } else { Vec::new() };
            program.kill();
            for id in own {
                // One that has ended by itself is gone too.
                kill_process(Pid::from_raw(id).unwrap(), Signal::KILL).ok();
            }
        }
        let hold = self.hold();
        if is_held && children == Children::GoOnLate {
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(700));
                std::fs::remove_file(hold).ok();
            });
        } else {
            std::fs::remove_file(hold).ok();
        }
        !ended
    }

    /// Lets an effect be accepted and not be answered. Says whether a file holds it up.
    fn prepare(&self, moment: &Moment) -> bool {
        let Moment::Accepted(effect, way) = moment else { return false };
        let holder = match self.spelled(*effect) {
            None => "checkout",
            Some(spelled) if spelled.starts_with("PUSH o/r ") => REPOSITORY,
            Some(spelled) if spelled.starts_with("PUSH ") => TAP,
            Some(spelled) => {
                let (method, path) = spelled.split_once(' ').unwrap();
                let earlier = self.effects[..effect - 1].iter().filter(|other| {
                    other
                        .split_once(' ')
                        .is_some_and(|(word, place)| word == method && place.starts_with(path))
                });
                let trouble = match way {
                    Unanswered::Lost => FaultKind::Lost,
                    Unanswered::Held(_) => FaultKind::Delayed(Duration::from_millis(1500)),
                };
                let fault = Fault::once(Matcher::of(method, path), trouble).after(earlier.count());
                self.stage.world.fault(Service::Github, fault);
                return false;
            }
        };
        std::fs::write(self.hold(), holder).unwrap();
        true
    }

    fn has_come(&self, moment: &Moment, started: Instant) -> bool {
        match moment {
            Moment::Intended(effect) => self.shown("effect-intended") > *effect,
            Moment::Answered(effect, lists) => self.shown("effect-applied") > *effect && self.lists(*lists),
            Moment::StepDone(step) => self.shown("step-done") > *step,
            Moment::After(time) => started.elapsed() >= *time,
            Moment::Accepted(effect, _) if self.is_push(*effect) => self.hit().exists(),
            Moment::Accepted(effect, Unanswered::Held(lists)) => {
                self.log().len() >= *effect && self.lists(*lists)
            }
            Moment::Accepted(effect, Unanswered::Lost) => self.log().len() >= *effect,
        }
    }

    /// Where lists are to be stale, the next one of releases and of runs does not show what was written last.
    fn lists(&self, lists: Lists) -> bool {
        if lists == Lists::Fresh {
            return true;
        }
        let lists = ["/repos/o/r/releases", "/repos/o/r/actions/workflows/publish.yml/runs"];
        for path in lists {
            self.stage
                .world
                .fault(Service::Github, Fault::once(Matcher::of("GET", path), FaultKind::Stale(1)));
        }
        true
    }

    /// Runs the release until it is completed, closing what was filed. Gives the code of each stop on the way.
    #[track_caller]
    pub fn completed(&self, moments: &[(Moment, Children)]) -> Vec<String> {
        let mut stops = Vec::new();
        for _ in 0..4 {
            let status = self.json(&["status", "v0.2.0", "--json"]);
            assert_eq!(status.1["target"], "v0.2.0", "{moments:?}: {status:#?}");
            let ran = self.stage.run();
            let document = ran.json();
            match ran.code {
                Some(0) => {
                    assert_eq!(document["state"], "completed", "{moments:?}: {document:#}");
                    return stops;
                }
                Some(1 | 3 | 4) => {}
                _ => panic!("{moments:?}: {ran:#?}"),
            }
            let code = document["stopped"]["code"].as_str().unwrap_or("blocker-stands");
            println!("{moments:?}: exit {}: {}", document["exit"], document["stopped"]["message"]);
            stops.push(format!("{} (exit {})", code, document["exit"]));
            let filed = self.json(&["blocker", "list", "v0.2.0", "--json"]).1;
            let ids: Vec<&str> = filed["blockers"].as_array().unwrap().iter().filter_map(open_id).collect();
            assert!(!ids.is_empty(), "{moments:?}: a stop that nobody was told of: {ran:#?}");
            for id in ids {
                self.ran(&["blocker", "resolve", "v0.2.0", "--id", id]).exits(0);
            }
        }
        panic!("{moments:?}: it never completes: {stops:?}");
    }

    fn ran(&self, arguments: &[&str]) -> Ran {
        self.stage.gonogo(arguments).output().unwrap().into()
    }

    fn json(&self, arguments: &[&str]) -> (Option<i32>, Value) {
        let ran = self.ran(arguments);
        (ran.code, ran.json())
    }

    /// Whatever was done was done once, as the world itself says.
    #[track_caller]
    pub fn assert_done_once(&self, moments: &[(Moment, Children)]) {
        until("what was left running has ended", || self.left_running().is_empty());
        let mut done: Vec<String> = self.log().iter().map(spelled).collect();
        // To publish what is published changes nothing: it may be asked for again.
        done.dedup_by(|one, other| one == other && one.starts_with("PATCH "));
        assert_eq!(done, self.effects, "{moments:?}");

        let mut state = self.stage.world.github().state();
        let repository = state.repository(REPOSITORY);
        let releases: Vec<_> = repository.releases.all.values().collect();
        let [release] = releases[..] else { panic!("{moments:?}: {releases:?}") };
        assert!(!release.is_draft, "{moments:?}");
        let mut names: Vec<&str> = release.assets.values().map(|asset| asset.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, BUILT, "{moments:?}");
        assert!(release.assets.values().all(|asset| asset.state == "uploaded"), "{moments:?}");
        assert_eq!(repository.dispatches.len(), 1, "{moments:?}");
        // CI, the build and the dispatched run.
        assert_eq!(repository.runs.len(), 3, "{moments:?}");
        drop(state);

        let commits = self.stage.remote(TAP, &["rev-list", &format!("{}..main", self.tap)]);
        assert_eq!(commits.lines().count(), 1, "{moments:?}");
        let tags = self.stage.remote(REPOSITORY, &["for-each-ref", "--format=%(objectname)", "refs/tags"]);
        let tag = self.stage.git(&["rev-parse", "refs/tags/v0.2.0"]);
        assert_eq!(tags, tag, "{moments:?}");
        assert_eq!(self.json(&["status", "v0.2.0", "--json"]).0, Some(0), "{moments:?}");
    }

    /// The processes of killed runs: those whose folder is the checkout.
    fn left_running(&self) -> Vec<i32> {
        let root = self.stage.project.root();
        processes().filter(|id| folder_of(*id).is_some_and(|folder| folder.starts_with(&root))).collect()
    }
}

fn open_id(blocker: &Value) -> Option<&str> {
    (blocker["open"] == true).then(|| blocker["id"].as_str().unwrap())
}

fn write_hook(path: &Path, script: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    write_program(path, &format!("#!/bin/sh\n{script}exit 0\n")).unwrap();
}

fn processes() -> impl Iterator<Item = i32> {
    let all = std::fs::read_dir("/proc").unwrap();
    all.filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok())
}

fn folder_of(id: i32) -> Option<PathBuf> {
    std::fs::read_link(format!("/proc/{id}/cwd")).ok()
}

fn parent_of(id: i32) -> Option<i32> {
    let text = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    text.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

fn is_remote_side(id: i32) -> bool {
    let line = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&line).contains("receive-pack")
}

/// The processes below the program, but for the remote's side of a push, and for a push whose other side could be cut
/// off before it has told the world of what it took: a real server has no such moment.
fn own_processes(program: i32, is_told: bool) -> Vec<i32> {
    let mut below: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
    for id in processes() {
        if let Some(parent) = parent_of(id) {
            below.entry(parent).or_default().push(id);
        }
    }
    let (mut own, mut look) = (Vec::new(), below.get(&program).cloned().unwrap_or_default());
    while let Some(id) = look.pop() {
        let children = below.get(&id).cloned().unwrap_or_default();
        let is_push = children.iter().any(|child| is_remote_side(*child));
        if is_remote_side(id) || (is_push && !is_told) {
            continue;
        }
        own.push(id);
        look.extend(children);
    }
    own
}
