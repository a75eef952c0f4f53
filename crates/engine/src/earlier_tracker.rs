//! Blockers of the release that stand where an earlier release's plan had them: a plan that changes its tracker, or what the
//! epic is named by, leaves none of them behind.

use crate::blockers::said;
use crate::context::{Candidate, Session};
use crate::tracker;
use gonogo_core::blocker::{Blocker, epic_title, stand_elsewhere};
use gonogo_core::plan::{Plan, TrackerKind, is_tracker_elsewhere};
use gonogo_world::tracker::Tracker;

/// The blockers, or why they are not known. Nothing is asked where the place is the same.
pub async fn blockers(candidate: &Candidate, session: &Session) -> Result<Vec<Blocker>, String> {
    let mut found: Vec<Blocker> = Vec::new();
    for base in candidate.baseline.plans_read().filter(|base| is_tracker_elsewhere(&candidate.plan, base)) {
        let epic = epic_title(&base.project.tag.tag(candidate.target.version()));
        let place = format!("{}, epic {epic}", place(base));
        let unread = |why: String| {
            format!(
                "the tracker of the base's plan ({place}) has to be readable until this release is out: {why}"
            )
        };
        let tracker = tracker::open_with(&session.git, base, &session.variables);
        let tracker = tracker.map_err(|error| unread(said(&error)))?;
        let backlog = tracker.read(&epic, &session.cancel).await.map_err(|error| unread(said(&error)))?;
        for blocker in stand_elsewhere(&backlog, &place) {
            if !found.contains(&blocker) {
                found.push(blocker);
            }
        }
    }
    Ok(found)
}

fn place(plan: &Plan) -> String {
    let tracker = &plan.tracker;
    match (tracker.kind, &tracker.path, &plan.project.repository) {
        (TrackerKind::Ergo, _, _) => "ergo".to_owned(),
        (TrackerKind::Github, _, repository) => {
            format!("issues of {}", repository.as_deref().unwrap_or_default())
        }
        (TrackerKind::File, Some(path), _) => path.clone(),
        (TrackerKind::File, None, _) => "the file tracker".to_owned(),
    }
}
