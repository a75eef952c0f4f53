//! A live release that is killed at every boundary and inside every effect, and run again until it ends: nothing is
//! ever made twice. `GONOGO_SOAK=1` asks for the long form, `GONOGO_SEED` for other moments.

use super::killed::{Children, Lists, Moment, Scene};
use super::world::{REPOSITORY, Shape, Stage, code};
use crate::support::{Ran, Running, until};
use gonogo_sandbox::{Fault, FaultKind, Matcher, Service};
use std::collections::BTreeMap;
use std::time::Duration;

/// A small generator (xorshift64*), so that moments can be had again by their seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16) % bound
    }

    fn children(&mut self) -> Children {
        match self.below(3) {
            0 => Children::DieToo,
            1 => Children::GoOn,
            _ => Children::GoOnLate,
        }
    }
}

/// What became of many releases.
#[derive(Debug, Default)]
struct Tally {
    releases: usize,
    kills: usize,
    missed: usize,
    torn: usize,
    endings: BTreeMap<String, usize>,
}

impl Tally {
    /// One release, killed at each of these moments in turn, every other time with a torn line in its ledger, and run
    /// to its end.
    fn play(&mut self, scene: &mut Scene, moments: &[(Moment, Children)]) {
        scene.reset();
        let killed = moments.iter().filter(|(moment, children)| scene.killed(moment, *children)).count();
        let torn = usize::from(self.releases % 2 == 1 && scene.tear());
        let stops = scene.completed(moments);
        assert!(scene.shown("repaired") >= torn, "{moments:?}: a torn line that nobody speaks of");
        scene.assert_done_once(moments);
        self.releases += 1;
        self.kills += killed;
        self.missed += moments.len() - killed;
        self.torn += torn;
        let ending = if stops.is_empty() { "completed".to_owned() } else { stops.join(" + ") };
        *self.endings.entry(ending).or_default() += 1;
        if self.releases.is_multiple_of(25) {
            println!("{self:?}");
        }
    }
}

fn is_long() -> bool {
    std::env::var_os("GONOGO_SOAK").is_some()
}

fn random(seed: u64) -> Random {
    let seed = std::env::var("GONOGO_SEED").map_or(seed, |seed| seed.parse().unwrap());
    println!("seed {seed}");
    Random(seed)
}

/// Kills at moments that the ledger or the world names: some of them in the short form.
fn killed_at(moments: impl Fn(&Scene) -> Vec<Moment>, chosen: &[usize], seed: u64) {
    let mut random = random(seed);
    let mut scene = Scene::set(false);
    let mut all = moments(&scene);
    if !is_long() {
        all = chosen.iter().map(|place| all[*place].clone()).collect();
    }
    let mut tally = Tally::default();
    for _ in 0..if is_long() { 9 } else { 1 } {
        for moment in &all {
            tally.play(&mut scene, &[(moment.clone(), random.children())]);
        }
    }
    println!("{} moments; {tally:#?}", all.len());
    assert_eq!(tally.missed, 0, "a moment did not come");
    assert_eq!(tally.torn, tally.releases / 2);
}

#[test]
fn a_release_killed_before_any_request_makes_nothing_twice() {
    killed_at(|scene| (0..scene.effects()).map(Moment::Intended).collect(), &[0, 3, 4, 6], 20_260_201);
}

#[test]
fn a_release_killed_when_a_request_was_accepted_and_not_answered_makes_nothing_twice() {
    killed_at(Scene::acceptances, &[0, 1, 2, 3, 5, 6, 7, 8, 10, 13, 16], 20_260_202);
}

#[test]
fn a_release_killed_after_any_answer_makes_nothing_twice() {
    let answered = |scene: &Scene| {
        let of = |effect| [Moment::Answered(effect, Lists::Fresh), Moment::Answered(effect, Lists::Stale)];
        (0..scene.effects()).flat_map(of).collect()
    };
    killed_at(answered, &[2, 7, 9], 20_260_203);
}

#[test]
fn a_release_killed_after_any_step_makes_nothing_twice() {
    killed_at(|scene| (0..scene.steps()).map(Moment::StepDone).collect(), &[2, 5], 20_260_204);
}

#[test]
fn a_release_killed_again_and_again_at_any_moment_makes_nothing_twice() {
    let mut random = random(20_260_205);
    let mut scene = Scene::set(true);
    let mut whole = u64::try_from(scene.whole().as_micros()).unwrap();
    let mut tally = Tally::default();
    // Where no run was cut short, nothing is proven yet.
    while tally.releases < if is_long() { 80 } else { 4 } || tally.kills == 0 {
        let kills = tally.kills;
        let times = 1 + random.below(3);
        let moments: Vec<(Moment, Children)> = (0..times)
            .map(|_| (Moment::After(Duration::from_micros(random.below(whole))), random.children()))
            .collect();
        tally.play(&mut scene, &moments);
        if tally.kills == kills {
            // The first release was slow: sooner, the next time.
            whole = (whole / 2).max(1);
        }
    }
    println!("{tally:#?}");
}

#[test]
fn a_draft_that_the_list_does_not_show_is_found_by_its_number_and_not_made_twice() {
    let stage = Stage::ready();
    let lists = Matcher::of("GET", "/repos/o/r/releases");
    stage.world.fault(Service::Github, Fault::once(lists, FaultKind::Stale(1)).after(1));
    let document = stage.run().exits(0).json();
    assert_eq!(document["state"], "completed");
    let log = stage.world.log();
    let asked = |method: &str, path: &str| {
        log.iter().filter(|entry| entry.method == method && entry.path == path).count()
    };
    assert_eq!((asked("POST", "/repos/o/r/releases"), asked("GET", "/repos/o/r/releases/1")), (1, 1));
}

#[test]
fn a_release_killed_while_its_stop_is_filed_and_recorded_goes_on_only_after_both() {
    let stage = Stage::shaped(Shape { publish: "failure", ..Shape::default() });
    let shown = |event: &str| {
        let records = stage.project.records();
        String::from_utf8_lossy(&records).matches(&format!("\"event\":{{\"{event}\":")).count()
    };
    let dispatches = || stage.world.github().state().repository(REPOSITORY).dispatches.len();
    let mut recorded = 0;
    for event in ["blocker-filed", "step-stopped"] {
        let (before, mut ended) = (shown(event), false);
        let mut program = Running::start(&mut stage.live());
        until("the stop is written down, or the run ends", || {
            ended = program.has_ended();
            ended || shown(event) > before
        });
        program.kill();
        assert_eq!(dispatches(), 1 + recorded, "a failure that was not recorded is not settled");
        recorded = shown("step-stopped");

        // The blocker stands, whether the stop was recorded or not.
        let refused = stage.run().exits(1).json();
        assert_eq!(refused["state"], "refused", "{refused:#}");
        let listed: Ran = stage.gonogo(&["blocker", "list", "v0.2.0", "--json"]).output().unwrap().into();
        let listed = listed.json();
        let [blocker] = &listed["blockers"].as_array().unwrap()[..] else { panic!("{listed:#}") };
        let id = blocker["id"].as_str().unwrap();
        let closed: Ran =
            stage.gonogo(&["blocker", "resolve", "v0.2.0", "--id", id, "--json"]).output().unwrap().into();
        closed.exits(0);
    }
    assert_eq!(code(&stage.run().exits(1).json()), "workflow-failed");
    assert_eq!(dispatches(), 1 + recorded);
}
