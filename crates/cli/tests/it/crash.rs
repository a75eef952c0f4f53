//! A poll that is killed at any moment: what was recorded stays, the next poll ends as if nothing had happened, and
//! no problem is filed twice. `GONOGO_SOAK=1` asks for the long form, `GONOGO_SEED` for other moments.

use crate::ergos::Ergo;
use crate::support::{NOTHING, PASSED, Project, TWO_FAILED, libtest, plan, until};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

/// Two findings, one incomplete check and one that passes; so three blockers.
fn project(ergo: Option<Ergo>) -> Project {
    let checks =
        libtest("fails", "fails") + &libtest("shows-nothing", "nothing") + &libtest("passes", "passes");
    let text = plan(&checks);
    let text = if ergo.is_some() { text.replace("\"file\"", "\"ergo\"") } else { text };
    let project = Project::new(&text);
    project.printing("fails", TWO_FAILED, 101);
    project.printing("nothing", NOTHING, 0);
    project.printing("passes", PASSED, 0);
    if let Some(ergo) = ergo {
        ergo.install(&project);
    }
    project
}

/// What a poll says of every check, and which problems are filed.
fn answer(document: &Value) -> (Vec<String>, Vec<String>) {
    let checks = document["gates"].as_array().unwrap().iter().flat_map(|gate| {
        let checks = gate["checks"].as_array().unwrap();
        checks.iter().map(|check| format!("{} {} {}", check["id"], check["verdict"], check["reason"]))
    });
    let blockers = document["blockers"].as_array().unwrap_or_else(|| panic!("{document:#}"));
    let mut fingerprints: Vec<String> =
        blockers.iter().map(|blocker| blocker["fingerprint"].as_str().unwrap().to_owned()).collect();
    fingerprints.sort();
    (checks.collect(), fingerprints)
}

/// A small generator (xorshift64*), so that moments can be had again by their seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) % bound
    }
}

fn copy_folder(from: &Path, to: &Path) {
    if to.exists() {
        std::fs::remove_dir_all(to).unwrap();
    }
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

fn killed_at_random_moments(ergo: Option<Ergo>, seed: u64) {
    let seed = std::env::var("GONOGO_SEED").map_or(seed, |seed| seed.parse().unwrap());
    let moments = if std::env::var_os("GONOGO_SOAK").is_some() { 200 } else { 7 };
    println!("seed {seed}, {moments} moments, {ergo:?}");
    let project = project(ergo);
    let (backlog, fresh) = (project.root().join(".ergo"), project.beside("backlog"));
    if ergo.is_some() {
        copy_folder(&backlog, &fresh);
    }
    let started = Instant::now();
    let expected = answer(&project.poll().exits(1).json());
    let mut whole = u64::try_from(started.elapsed().as_micros()).unwrap();
    assert_eq!(expected.1.len(), 3);

    let mut random = Random(seed);
    let (mut cut_short, mut repaired) = (0, 0);
    for moment in 0.. {
        if random.below(2) == 0 {
            // The first poll of a release, where everything is yet to be made.
            std::fs::remove_dir_all(project.root().join(".git/gonogo")).unwrap();
            if ergo.is_some() {
                copy_folder(&fresh, &backlog);
            }
        }
        let mut poll = project.start(&["poll", "v0.2.0", "--json"]);
        std::thread::sleep(Duration::from_micros(random.below(whole)));
        if poll.has_ended() {
            // The first poll was slow: sooner, the next time.
            whole = (whole / 2).max(1);
        } else {
            cut_short += 1;
        }
        poll.kill();

        let left = project.records();
        let status = project.run(&["status", "v0.2.0", "--json"]);
        assert!(matches!(status.code, Some(1 | 3)), "moment {moment}: {status:#?}");
        let next = project.poll().exits(1);
        assert_eq!(answer(&next.json()), expected, "moment {moment}");
        let whole_lines = left.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        repaired += u32::from(whole_lines < left.len());
        assert!(project.records().starts_with(&left[..whole_lines]), "moment {moment}: a whole line is gone");
        if let Some(ergo) = ergo {
            assert_eq!(ergo.epics(&project), 1, "moment {moment}");
        }
        // Where no poll was cut short, nothing is proven yet.
        if moment + 1 >= moments && cut_short > 0 {
            println!("{cut_short} of {} polls cut short; {repaired} torn lines repaired", moment + 1);
            break;
        }
    }
    let last = project.run(&["poll", "v0.2.0", "--fresh", "--json"]).exits(1);
    assert_eq!(answer(&last.json()), expected);
    let litter = litter(&project);
    assert!(litter.is_empty(), "{litter:?}");
}

/// Files of writes that were cut short.
fn litter(project: &Project) -> Vec<String> {
    let ledger = project.ledger("v0.2.0");
    let folders = [project.root().join(".git/gonogo"), ledger.join("blobs"), ledger];
    let entries = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with('.')).collect()
}

/// Kills a poll while ergo is called for the `nth` time. That ergo does what it was told a while after its caller is
/// gone, and while the next poll is under way.
fn killed_inside_call(ergo: Ergo, project: &Project, nth: usize) {
    let (calls, hit) = (project.beside("calls"), project.beside("hit"));
    for path in [&calls, &hit] {
        std::fs::remove_file(path).ok();
    }
    let script = format!(
        "echo x >>'{calls}'\nif [ $(wc -l <'{calls}') -eq {nth} ]; then echo $$ >'{hit}.new'; \
         mv '{hit}.new' '{hit}'; sleep 0.5; fi\n{line}",
        calls = calls.display(),
        hit = hit.display(),
        line = ergo.line()
    );
    project.tool("ergo", &script);
    let mut poll = project.start(&["poll", "v0.2.0", "--json"]);
    until("ergo is called, or the poll ends", || hit.exists() || poll.has_ended());
    poll.kill();
}

fn killed_inside_calls(ergo: Ergo, first: usize) {
    let counted = project(Some(ergo));
    killed_inside_call(ergo, &counted, usize::MAX);
    let calls = std::fs::read_to_string(counted.beside("calls")).unwrap().lines().count();
    let expected = answer(&counted.poll().exits(1).json());
    assert!(calls > 5, "{calls}");

    // The short form takes each fourth call, from `first` on.
    let step = if std::env::var_os("GONOGO_SOAK").is_some() { 1 } else { 4 };
    for nth in (first..=calls).step_by(step) {
        let project = project(Some(ergo));
        killed_inside_call(ergo, &project, nth);
        let id = std::fs::read_to_string(project.beside("hit")).unwrap();
        let next = project.poll().exits(1);
        assert_eq!(answer(&next.json()), expected, "killed in call {nth}");
        until("the killed poll's ergo has ended", || crate::support::alive_in_group(id.trim()).is_empty());
        let last = answer(&project.poll().exits(1).json());
        assert_eq!(last, expected, "killed in call {nth}, and its ergo came in late");
        assert_eq!(last.1.iter().collect::<BTreeSet<_>>().len(), 3);
        assert_eq!(ergo.epics(&project), 1, "killed in call {nth}");
    }
    println!("{calls} calls of ergo, a poll killed inside each (in the short form: each fourth)");
}

#[test]
fn a_poll_killed_at_any_moment_is_made_good_by_the_next_with_the_file_tracker() {
    killed_at_random_moments(None, 20_260_101);
}

#[test]
fn a_poll_killed_at_any_moment_is_made_good_by_the_next_with_a_new_ergo() {
    killed_at_random_moments(Some(Ergo::StandIn("6.0.0")), 20_260_102);
}

#[test]
fn a_poll_killed_at_any_moment_is_made_good_by_the_next_with_an_old_ergo() {
    killed_at_random_moments(Some(Ergo::StandIn("1.2.0")), 20_260_103);
}

#[test]
fn a_poll_killed_inside_any_call_of_a_new_ergo_files_once() {
    killed_inside_calls(Ergo::StandIn("6.0.0"), 3);
}

#[test]
fn a_poll_killed_inside_any_call_of_an_old_ergo_files_once() {
    killed_inside_calls(Ergo::StandIn("0.9.3"), 2);
}

#[test]
#[ignore = "needs the real ergo programs"]
fn a_poll_killed_at_any_moment_is_made_good_by_the_next_with_the_real_ergo_6() {
    killed_at_random_moments(Some(Ergo::Real("6.0.0")), 20_260_104);
}

#[test]
#[ignore = "needs the real ergo programs"]
fn a_poll_killed_at_any_moment_is_made_good_by_the_next_with_the_real_ergo_1() {
    killed_at_random_moments(Some(Ergo::Real("1.2.0")), 20_260_105);
}

#[test]
#[ignore = "needs the real ergo programs"]
fn a_poll_killed_inside_any_call_of_the_real_ergos_files_once() {
    for version in ["6.0.0", "1.2.0"] {
        killed_inside_calls(Ergo::Real(version), 1);
    }
}

#[test]
fn what_ergo_is_told_is_whole_before_it_starts() {
    // From a pipe, an ergo whose caller was killed would read half a body, and file a task without its fingerprint.
    for version in ["0.9.3", "1.2.0", "6.0.0"] {
        let ergo = Ergo::StandIn(version);
        let project = project(Some(ergo));
        let (told, piped) = (project.beside("told"), project.beside("piped"));
        project.tool(
            "ergo",
            &format!(
                "[ -p /dev/stdin ] && touch '{}'; [ -f /dev/stdin ] && touch '{}'\n{}",
                piped.display(),
                told.display(),
                ergo.line()
            ),
        );
        project.poll().exits(1);
        assert!(told.exists() && !piped.exists(), "{version}");
    }
}
