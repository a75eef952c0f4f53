//! What the ledger of a release says, held against what is there now: its chain, its tag here and where it was pushed.
//!
//! Invariant: a ledger that fails verification ends the command; a tag that is not the recorded one is wrong.

use crate::failure::Failure;
use crate::tags::tag_seen;
use gonogo_core::digest::Digest;
use gonogo_core::ids::RemoteName;
use gonogo_core::ledger::{Mechanics, Owner};
use gonogo_core::mechanics::{
    KindOfStep, Observation, TagPushed, TagSeen, judge_local_tag, judge_remote_tag,
};
use gonogo_core::release::{Mode, Target};
use gonogo_core::verdict::{Outcome, Reason};
use gonogo_world::git::Git;
use gonogo_world::ledger;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeSet, HashSet};

/// What a ledger says, and whether it is still so.
#[derive(Serialize, JsonSchema)]
pub struct Recorded {
    /// How many records its chain has; each follows from the one before, and the anchor fits.
    pub records: usize,
    /// What is not as it was recorded, a line each.
    pub changed: Vec<String>,
    /// What could not be told, a line each.
    pub untold: Vec<String>,
    /// The live mechanics.
    #[serde(skip)]
    #[schemars(skip)]
    pub live: Mechanics,
}

impl Recorded {
    /// Passed where everything is as it was recorded.
    pub fn outcome(&self) -> Outcome {
        match (self.changed.is_empty(), self.untold.is_empty()) {
            (false, _) => Outcome::Failed,
            (true, false) => Outcome::Incomplete(Reason::Unreachable),
            (true, true) => Outcome::Passed,
        }
    }
}

/// Reads the ledger of a release, and looks at its tag. `None` where there is no ledger here, or no live run in it.
/// `project` is the plan's, where there is one.
pub async fn recorded(
    git: &Git,
    project: Option<&str>,
    target: &Target,
) -> Result<Option<Recorded>, Failure> {
    let owner = Owner { project, target: target.tag() };
    let Some(records) = ledger::read(&ledger::folder(git.common_dir(), target.tag()), owner)? else {
        return Ok(None);
    };
    let live = Mechanics::fold(&records, Mode::Live);
    let Some(run) = live.run.clone() else { return Ok(None) };
    let lines: HashSet<Digest> = records.iter().map(|record| record.prev).collect();
    let mut found = Recorded { records: records.len(), changed: Vec::new(), untold: Vec::new(), live };
    let tag = target.tag();
    let Some(local) = git.local_tag(tag).await? else {
        found.changed.push(format!("the tag {tag} is not here any more"));
        return Ok(Some(found));
    };
    let local = tag_seen(local, tag);
    let judged = judge_local_tag(Some(&local), tag, &run.started.commit, |digest| lines.contains(&digest));
    found.note(judged);
    // The remotes that the tag was seen on: another one need not have it.
    let pushed = run.started.steps.iter().filter_map(|step| {
        let history = found.live.step(step);
        let there = history.done_as::<TagPushed>().filter(|there| there.object == local.object)?;
        Some(there.remote.clone())
    });
    let pushed: BTreeSet<RemoteName> = pushed.collect();
    if pushed.is_empty() {
        found.untold.push(format!("that {tag} was pushed is not recorded"));
    }
    for remote in pushed {
        match git.remote_tag(&remote, tag).await {
            Ok(Some(there)) => {
                let there = TagSeen { object: there.object, commit: there.commit, message: None };
                found.note(judge_remote_tag(Some(&there), &local, tag, &remote));
            }
            Ok(None) => found.changed.push(format!("{remote} has no tag {tag}")),
            Err(error) => found.untold.push(format!("{remote} does not say whether it has {tag}: {error}")),
        }
    }
    Ok(Some(found))
}

impl Recorded {
    fn note<K: KindOfStep>(&mut self, judged: Observation<K>) {
        match judged {
            Observation::Done(_) => {}
            Observation::Conflict(cause) => self.changed.push(cause.message),
            Observation::Unknown(cause) => self.untold.push(cause.message),
            Observation::Absent(effect) => self.changed.push(format!("it would be to {effect}")),
        }
    }
}
