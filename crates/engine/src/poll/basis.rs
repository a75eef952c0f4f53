//! What the evidence of one check is about, as it is now.

use super::command::DATA_TIME;
use super::execute::PollContext;
use gonogo_core::basis::Basis;
use gonogo_core::digest::Digest;
use gonogo_core::gate::too_old;
use gonogo_core::ledger::{CheckFinished, CheckKey};
use gonogo_core::plan::Check;
use gonogo_world::clock;
use gonogo_world::ledger::{self, Ledger};
use gonogo_world::process::Environment;
use gonogo_world::room::Room;
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::ffi::OsStrExt;

/// Variables that say who is at work, and where, and nothing of what a program does.
const SESSION: [&str; 10] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "TMPDIR",
    "XDG_RUNTIME_DIR",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
];

/// The basis of a check that runs a program in a room.
pub fn of(run: &PollContext<'_>, check: &Check, room: &Room) -> Basis {
    let candidate = &run.context.candidate;
    let mut called: BTreeSet<&str> =
        check.programs().into_iter().filter(|name| !name.contains('/')).collect();
    let program = check.program();
    if program.is_none_or(|program| program.inputs.is_empty()) {
        // What it reads is not said, and neither is what a script of the project calls.
        called.extend(candidate.plan.tools.iter().map(|tool| tool.name.as_str()));
    }
    let found = &run.launcher.toolbox.found;
    let tool = |name: &&str| {
        let tool = found.get(*name)?;
        let version = tool.version.as_ref().map(|version| format!("{version}, ")).unwrap_or_default();
        Some(((*name).to_owned(), format!("{version}{}", tool.digest)))
    };
    let seen = program.into_iter().flat_map(|program| &program.env).map(String::as_str);
    let environment = run.launcher.environment.clone().letting_through(seen);
    Basis {
        content: room.content,
        check: Digest::of(format!("{check:?}").as_bytes()),
        base: candidate.base.as_ref().map(|base| base.commit.clone()),
        platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        tools: called.iter().filter_map(tool).collect(),
        variables: variables(&environment),
        brought: room
            .brought
            .iter()
            .filter_map(|(path, digest)| Some((path.clone(), *digest.as_ref().ok()?)))
            .collect(),
    }
}

fn variables(environment: &Environment) -> BTreeMap<String, Digest> {
    let names = environment.names().map(|name| name.to_string_lossy().into_owned());
    let names = names.filter(|name| !SESSION.contains(&name.as_str()));
    let digest = |name: &str| environment.get(name).map(|value| Digest::of(value.as_bytes()));
    names.filter_map(|name| digest(&name).map(|digest| (name, digest))).collect()
}

/// Why the data behind an earlier pass does not count any more; `None` where it does, or where its age is not asked for.
pub fn aged(ledger: &Ledger, check: &Check, earlier: &CheckFinished) -> Option<String> {
    let kept = earlier.evidence.iter().find(|one| one.name == DATA_TIME);
    let time = kept.and_then(|one| ledger::read_blob(ledger.folder(), one.digest).ok());
    let time = time.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    too_old(&check.minimum, time.as_deref(), clock::now())
}

/// What made the evidence of a check's latest pass stale, where there is such a pass.
pub fn stale_for(ledger: &Ledger, key: &CheckKey, now: &Basis) -> Option<String> {
    let blob = ledger::read_blob(ledger.folder(), ledger.state().last_basis(key)?).ok()?;
    let earlier: Basis = serde_json::from_slice(&blob).ok()?;
    let changes = now.changes_since(&earlier);
    (!changes.is_empty()).then(|| format!("its earlier evidence is stale: {}", changes.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use gonogo_core::ledger::{Event, Opened};
    use gonogo_core::plan::Plan;
    use gonogo_core::verdict::Outcome;
    use gonogo_world::ledger::Blob;

    #[test]
    fn a_pass_whose_data_is_too_old_by_now_or_of_no_known_age_does_not_count_again() {
        let plan = "schema = 1\n[project]\nname = \"s\"\n[policy]\nrequired-gates = [1]\n[tracker]\nkind = \"file\"\n[[gates]]\nid = 1\nname = \"All\"\n\
            [[gates.checks]]\nid = \"a\"\nrun = [\"x\"]\nreader = \"cargo-audit\"\nminimum = { data-max-days = 7 }\n\
            [[gates.checks]]\nid = \"b\"\nrun = [\"x\"]\nreader = \"cargo-audit\"\n";
        let plan = Plan::parse(plan).unwrap();
        let checks: Vec<&Check> = plan.checks().map(|(_, check)| check).collect();
        let folder = tempfile::tempdir().unwrap();
        let opened = Opened { project: "s".to_owned(), target: "v1.0.0".to_owned() };
        let mut ledger = Ledger::open(folder.path(), opened).unwrap();
        let mut passed = |time: Option<String>| {
            let blobs: Vec<Blob> =
                time.into_iter().map(|time| Blob::new(DATA_TIME, time.into_bytes())).collect();
            let finished = CheckFinished {
                evidence: blobs.iter().map(|blob| blob.reference().clone()).collect(),
                ..CheckFinished::new(0, 1, "a", Digest::of(b"subject"), Outcome::Passed)
            };
            ledger.append(Event::CheckFinished(Box::new(finished.clone())), blobs).unwrap();
            finished
        };
        let all = [Some("2020-01-01T00:00:00Z".to_owned()), Some(clock::spelled(clock::now())), None]
            .map(&mut passed);
        ledger.flush().unwrap();
        let does_count = |check: &Check| all.each_ref().map(|one| aged(&ledger, check, one).is_none());
        assert_eq!(does_count(checks[0]), [false, true, false]);
        assert_eq!(does_count(checks[1]), [true, true, true], "its age is not asked for");
    }
}
