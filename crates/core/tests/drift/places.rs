//! Where blockers of the same target stood by the base plan.

use crate::plans::rich;
use gonogo_core::plan::{TrackerKind, is_tracker_elsewhere};

#[test]
fn a_tracker_of_another_kind_path_repository_or_epic_is_another_place() {
    let base = rich();
    assert!(!is_tracker_elsewhere(&rich(), &base));
    let mut now = rich();
    now.tracker.kind = TrackerKind::Ergo;
    assert!(is_tracker_elsewhere(&now, &base));
    let mut now = rich();
    now.tracker.path = None;
    assert!(is_tracker_elsewhere(&now, &base));
    let mut now = rich();
    now.project.tag = "r{version}".parse().unwrap();
    assert!(is_tracker_elsewhere(&now, &base), "the epic is named by the tag");
    let (mut now, mut base) = (rich(), rich());
    now.project.repository = Some("o/other".to_owned());
    assert!(!is_tracker_elsewhere(&now, &base), "a file is where it is");
    now.tracker.kind = TrackerKind::Github;
    base.tracker.kind = TrackerKind::Github;
    assert!(is_tracker_elsewhere(&now, &base));
}
