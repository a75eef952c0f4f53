//! Which check may start next: processor slots, named locks, exclusivity.
//!
//! Invariant: never more slots than there are, never one lock twice, never anything beside an exclusive check; and
//! every check starts in the end.

use std::collections::{HashSet, VecDeque};

/// What a check needs while it runs.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// Processor slots; more than there are means all of them.
    pub cpu: usize,
    /// Locks that it holds alone.
    pub locks: Vec<String>,
    /// Nothing runs beside it.
    pub exclusive: bool,
}

/// The order of checks. Exclusive ones wait until the others are done.
#[derive(Debug)]
pub struct Schedule {
    needs: Vec<Needs>,
    waiting: VecDeque<usize>,
    running: HashSet<usize>,
    held: HashSet<String>,
    capacity: usize,
    free: usize,
}

impl Schedule {
    /// A schedule of checks over some processor slots (at least one).
    pub fn new(capacity: usize, needs: Vec<Needs>) -> Self {
        let capacity = capacity.max(1);
        let (alone, beside): (Vec<usize>, Vec<usize>) =
            (0..needs.len()).partition(|index| needs[*index].exclusive);
        let waiting = beside.into_iter().chain(alone).collect();
        Self { needs, waiting, running: HashSet::new(), held: HashSet::new(), capacity, free: capacity }
    }

    /// Takes the first check that may start now. `None`: wait for one to end, or all have started.
    pub fn start_next(&mut self) -> Option<usize> {
        let position = self.waiting.iter().position(|index| self.may_start(*index))?;
        let index = self.waiting.remove(position)?;
        self.free -= self.slots(index);
        self.held.extend(self.needs[index].locks.iter().cloned());
        self.running.insert(index);
        Some(index)
    }

    /// Gives back what a check held.
    pub fn end(&mut self, index: usize) {
        if self.running.remove(&index) {
            self.free += self.slots(index);
            for lock in &self.needs[index].locks {
                self.held.remove(lock);
            }
        }
    }

    /// Checks that have not started.
    pub fn waiting(&self) -> impl Iterator<Item = usize> {
        self.waiting.iter().copied()
    }

    fn may_start(&self, index: usize) -> bool {
        let needs = &self.needs[index];
        if needs.exclusive {
            return self.running.is_empty();
        }
        let beside_exclusive = self.running.iter().any(|running| self.needs[*running].exclusive);
        !beside_exclusive
            && self.slots(index) <= self.free
            && needs.locks.iter().all(|lock| !self.held.contains(lock))
    }

    fn slots(&self, index: usize) -> usize {
        self.needs[index].cpu.clamp(1, self.capacity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(cpu: usize, locks: &[&str], exclusive: bool) -> Needs {
        Needs { cpu, locks: locks.iter().map(|lock| (*lock).to_owned()).collect(), exclusive }
    }

    fn drain(schedule: &mut Schedule) -> Vec<usize> {
        std::iter::from_fn(|| schedule.start_next()).collect()
    }

    #[test]
    fn no_more_run_side_by_side_than_there_are_slots() {
        let mut schedule = Schedule::new(2, vec![needs(1, &[], false); 3]);
        assert_eq!(drain(&mut schedule), [0, 1]);
        schedule.end(1);
        assert_eq!(drain(&mut schedule), [2]);
    }

    #[test]
    fn a_check_that_wants_more_slots_than_there_are_gets_all_of_them() {
        let mut schedule = Schedule::new(2, vec![needs(1, &[], false), needs(8, &[], false)]);
        assert_eq!(drain(&mut schedule), [0]);
        schedule.end(0);
        assert_eq!(drain(&mut schedule), [1]);
    }

    #[test]
    fn two_checks_of_one_lock_follow_each_other_and_others_pass_them() {
        let mut schedule = Schedule::new(
            4,
            vec![needs(1, &["target"], false), needs(1, &["target"], false), needs(1, &[], false)],
        );
        assert_eq!(drain(&mut schedule), [0, 2]);
        schedule.end(0);
        assert_eq!(drain(&mut schedule), [1]);
    }

    #[test]
    fn an_exclusive_check_runs_alone() {
        let mut schedule =
            Schedule::new(4, vec![needs(1, &[], true), needs(1, &[], false), needs(1, &[], true)]);
        assert_eq!(drain(&mut schedule), [1]);
        schedule.end(1);
        assert_eq!(drain(&mut schedule), [0]);
        schedule.end(0);
        assert_eq!(drain(&mut schedule), [2]);
        assert_eq!(schedule.waiting().count(), 0);
    }
}
