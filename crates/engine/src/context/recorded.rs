//! What the ledgers of this clone saw of tags: those that a release was compared with, and those that it pushed.

use crate::failure::Failure;
use gonogo_core::baseline::{TagRecorded, TagsRecorded};
use gonogo_core::ledger::{Event, Owner, Record};
use gonogo_core::mechanics::Facts;
use gonogo_core::release::Mode;
use gonogo_world::git::Git;
use gonogo_world::ledger;
use std::collections::BTreeMap;

/// What all of them saw. A ledger that cannot be read is named; the target's own is not looked for here, since whoever goes on
/// opens it.
pub fn tags(git: &Git, target: &str) -> Result<TagsRecorded, Failure> {
    let mut recorded = TagsRecorded::default();
    for release in ledger::releases(git.common_dir())? {
        // A project may have had another name at an earlier release.
        match ledger::records(git.common_dir(), Owner { project: None, target: &release }) {
            Ok(records) => of_ledger(&mut recorded, &records, &release, release == target),
            Err(_) => recorded.unreadable.push(release),
        }
    }
    Ok(recorded)
}

fn of_ledger(recorded: &mut TagsRecorded, records: &[Record], release: &str, is_own: bool) {
    let mut modes: BTreeMap<u64, Mode> = BTreeMap::new();
    for record in records {
        match &record.event {
            Event::PollStarted(started) => {
                let (Some(tag), Some(commit)) = (&started.base_tag, &started.subject.base_commit) else {
                    continue;
                };
                recorded.tags.entry(tag.to_string()).or_default().commits.insert(commit.clone());
                if is_own {
                    recorded.compared.insert(tag.to_string());
                }
            }
            Event::RunStarted(started) => {
                modes.insert(record.seq, started.mode);
            }
            Event::StepDone(done) => {
                // What a rehearsal pushed is gone with its world. A release pushes other tags besides its own.
                let Facts::RemoteTag(pushed) = &done.facts else { continue };
                if modes.get(&done.run) == Some(&Mode::Live) && done.step == PUSH {
                    let tag = recorded.tags.entry(release.to_owned()).or_default();
                    *tag = TagRecorded { pushed: Some(pushed.object.clone()), ..std::mem::take(tag) };
                }
            }
            _ => {}
        }
    }
}

/// The step that pushes a release's own tag, as it is named where the plan names it no otherwise.
const PUSH: &str = "push-tag";
