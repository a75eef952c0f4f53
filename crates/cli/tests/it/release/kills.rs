//! A live release that is killed at every boundary and inside every effect, and run again until it ends: nothing is
//! ever made twice. `GONOGO_SOAK=1` asks for the long form, `GONOGO_SEED` for other moments.

use super::killed::{Children, Moment, Scene};
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
    endings: BTreeMap<String, usize>,
}

impl Tally {
    /// One release, killed at each of these moments in turn, and run to its end.
    fn play(&mut self, scene: &mut Scene, moments: &[(Moment, Children)]) {
        scene.reset();
        let killed = moments.iter().filter(|(moment, children)| scene.killed(moment, *children)).count();
        let stops = scene.completed(moments);
        scene.assert_done_once(moments);
        self.releases += 1;
        self.kills += killed;
        self.missed += moments.len() - killed;
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

/// Kills at moments that the ledger or the world names: `first` of every `step` of them in the short form.
fn killed_at(moments: impl Fn(&Scene) -> Vec<Moment>, first: usize, step: usize, seed: u64) {
    let mut random = random(seed);
    let mut scene = Scene::set();
    let all = moments(&scene);
    let (rounds, first, step) = if is_long() { (7, 0, 1) } else { (1, first, step) };
    let mut tally = Tally::default();
    for _ in 0..rounds {
        for moment in all.iter().skip(first).step_by(step) {
            tally.play(&mut scene, &[(moment.clone(), random.children())]);
        }
    }
    println!("{} moments; {tally:#?}", all.len());
    assert_eq!(tally.missed, 0, "a moment did not come");
}

#[test]
fn a_release_killed_before_any_request_does_nothing_twice() {
    killed_at(|scene| (0..scene.effects()).map(Moment::Intended).collect(), 1, 2, 20_260_201);
}

#[test]
fn a_release_killed_when_a_request_was_accepted_and_not_answered_does_nothing_twice() {
    killed_at(Scene::acceptances, 0, 1, 20_260_202);
}

#[test]
fn a_release_killed_after_any_answer_does_nothing_twice() {
    killed_at(|scene| (0..scene.effects()).map(Moment::Answered).collect(), 0, 2, 20_260_203);
}

#[test]
fn a_release_killed_after_any_step_does_nothing_twice() {
    killed_at(|scene| (0..scene.steps()).map(Moment::StepDone).collect(), 2, 3, 20_260_204);
}

#[test]
fn a_release_killed_again_and_again_at_any_moment_does_nothing_twice() {
    let mut random = random(20_260_205);
    let mut scene = Scene::set();
    let whole = u64::try_from(scene.whole().as_micros()).unwrap();
    let mut tally = Tally::default();
    for _ in 0..if is_long() { 260 } else { 6 } {
        let times = 1 + random.below(3);
        let moments: Vec<(Moment, Children)> = (0..times)
            .map(|_| (Moment::After(Duration::from_micros(random.below(whole))), random.children()))
            .collect();
        tally.play(&mut scene, &moments);
    }
    println!("{tally:#?}");
    assert!(tally.kills > 0, "no run was cut short: nothing is proven");
}
