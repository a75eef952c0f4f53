//! What the host does while a benchmark runs: load, governor, stolen time, and who else works.
//!
//! From Linux's `/proc/stat`, `/proc/loadavg` and `/proc/<pid>/stat` (proc(5)); elsewhere nothing of it is known, and nothing
//! is made up.

use gonogo_core::bench::HostFacts;
use std::collections::BTreeMap;
use std::path::Path;

/// Remembers the last look, so that the next can say what happened since.
#[derive(Debug, Default)]
pub struct HostWatch {
    last: Option<Look>,
}

/// Clock ticks since the host started.
#[derive(Clone, Debug)]
struct Look {
    busy: u64,
    steal: u64,
    all: u64,
    /// Ticks of gonogo and of its children that have ended.
    own: u64,
    processes: BTreeMap<u32, (String, u64)>,
}

impl HostWatch {
    /// Looks at the host. Shares of time are since the look before.
    pub fn look(&mut self) -> HostFacts {
        self.facts(Look::now())
    }

    fn facts(&mut self, now: Option<Look>) -> HostFacts {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let mut facts = HostFacts {
            processors,
            governor: read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
                .map(|text| text.trim().to_owned()),
            load: read("/proc/loadavg").and_then(|text| text.split_whitespace().next()?.parse().ok()),
            ..HostFacts::default()
        };
        if let (Some(now), Some(last)) = (&now, &self.last) {
            let all = now.all.saturating_sub(last.all);
            if all > 0 {
                let share = |ticks: u64| ticks as f64 / all as f64;
                facts.steal = Some(share(now.steal.saturating_sub(last.steal)));
                let own = now.own.saturating_sub(last.own);
                facts.others = Some(share(now.busy.saturating_sub(last.busy).saturating_sub(own)));
                facts.heavy = now.heavy_since(last, all as f64 / processors as f64);
            }
        }
        self.last = now;
        facts
    }
}

impl Look {
    fn now() -> Option<Self> {
        let stat = read("/proc/stat")?;
        let ticks: Vec<u64> =
            stat.lines().next()?.split_whitespace().skip(1).map_while(|word| word.parse().ok()).collect();
        // user nice system idle iowait irq softirq steal; guest time is within user's.
        let [user, nice, system, idle, wait, irq, soft, steal] = *ticks.get(..8)? else { return None };
        let busy = user + nice + system + irq + soft;
        let own = std::process::id();
        let mut processes = BTreeMap::new();
        for entry in std::fs::read_dir("/proc").ok()?.flatten() {
            let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
                continue;
            };
            if let Some((name, ticks, _)) = read(entry.path().join("stat")).as_deref().and_then(process) {
                processes.insert(id, (name, ticks));
            }
        }
        let (_, mine, ended) = process(&read(format!("/proc/{own}/stat"))?)?;
        processes.remove(&own);
        Some(Self { busy, steal, all: busy + idle + wait + steal, own: mine + ended, processes })
    }

    /// The processes that took more than a twentieth of a processor, most first.
    fn heavy_since(&self, last: &Self, elapsed: f64) -> Vec<(String, f64)> {
        let mut heavy: Vec<(String, f64)> = self
            .processes
            .iter()
            .map(|(id, (name, ticks))| {
                let before = last.processes.get(id).map_or(0, |(_, ticks)| *ticks);
                (name.clone(), ticks.saturating_sub(before) as f64 / elapsed)
            })
            .filter(|(_, share)| *share > 0.05)
            .collect();
        heavy.sort_by(|a, b| b.1.total_cmp(&a.1));
        heavy.truncate(5);
        heavy
    }
}

/// Name, ticks of its own, and ticks of its children that have ended, from `/proc/<pid>/stat`. The name is in parentheses and
/// may hold any character.
fn process(stat: &str) -> Option<(String, u64, u64)> {
    let (before, after) = stat.rsplit_once(')')?;
    let name = before.split_once('(')?.1.to_owned();
    let fields: Vec<&str> = after.split_whitespace().collect();
    // utime, stime, cutime, cstime are fields 14 to 17; the first after the name is field 3.
    let ticks = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    Some((name, ticks(14)? + ticks(15)?, ticks(16)? + ticks(17)?))
}

/// A file of Linux's. Another system may have one of that name, and mean something else by it.
fn read(path: impl AsRef<Path>) -> Option<String> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    std::fs::read_to_string(path).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_may_have_any_name() {
        let stat = "7 (a) b (c)) S 1 7 7 0 -1 4194560 1 2 3 4 10 20 30 40 20 0 1 0";
        assert_eq!(process(stat), Some(("a) b (c)".to_owned(), 30, 70)));
        assert_eq!(process("7 (x) S 1"), None);
    }

    #[test]
    fn a_host_that_tells_nothing_is_known_by_its_processors_alone() {
        let mut watch = HostWatch::default();
        for _ in 0..2 {
            let facts = watch.facts(None);
            assert_eq!((facts.steal, facts.others, facts.heavy.len()), (None, None, 0));
            assert!(facts.processors >= 1);
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_first_look_knows_no_shares_and_the_second_does() {
        let mut watch = HostWatch::default();
        assert_eq!(watch.look().others, None);
        // Nothing is known of shares before the clock has ticked.
        let facts = (0..10_000).map(|_| watch.look()).find(|facts| facts.others.is_some()).unwrap();
        assert!(facts.others.is_some_and(|share| (0.0..=1.0).contains(&share)), "{facts:?}");
        assert!(facts.processors >= 1);
    }
}
