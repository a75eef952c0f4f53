//! What has to hold before a release is polled for.

use super::{Explanation, Kind, Text, entry, text};
use gonogo_engine::preflight::ItemState;
use gonogo_engine::preflight::Precondition;

pub(super) fn entries() -> Vec<Explanation> {
    let mut entries: Vec<Explanation> =
        Precondition::ALL.iter().map(|one| entry(one.name(), Kind::Precondition, item(*one))).collect();
    entries.extend([ItemState::Ok, ItemState::Gap, ItemState::Unknown, ItemState::Conflict].map(|one| {
        let (name, text) = state(one);
        entry(name, Kind::PreconditionState, text)
    }));
    entries
}

const fn item(item: Precondition) -> Text {
    match item {
        Precondition::Git => text(
            "git itself is there.",
            "A release is a tag on a commit.",
            "Install git, then `gonogo doctor`.",
        ),
        Precondition::Checkout => text(
            "The current folder is in a git checkout with a commit.",
            "There is nothing to release outside of one.",
            "Change to the checkout, then `gonogo doctor`.",
        ),
        Precondition::Plan => text(
            "The plan is there and can be used.",
            "Without a plan nobody has said what this release has to show.",
            "`gonogo plan check` names every problem; `gonogo init` writes a first plan.",
        ),
        Precondition::Base => text(
            "It is known which earlier release this one is compared with, or that there is none.",
            "Only the release's remote knows; an older answer of this clone may leave out a release.",
            "Do what its remedy says, then `gonogo prepare TARGET`.",
        ),
        Precondition::TreeClean => text(
            "The checkout is exactly what its commit says.",
            "Evidence is about a commit; a changed file would be about nothing that can be tagged.",
            "Commit, stash, ignore or remove what it names, then `gonogo prepare TARGET`.",
        ),
        Precondition::Upstream => text(
            "The checked-out branch is, on the remote, at this very commit.",
            "What is released has to be what others can see.",
            "Push or pull until both are the same, then `gonogo prepare TARGET`.",
        ),
        Precondition::Versions => text(
            "Every place that holds the version says the target's.",
            "A place that was forgotten ships another version under this name.",
            "Set each place that it names, commit, push, then `gonogo prepare TARGET`.",
        ),
        Precondition::Changelog => text(
            "The changelog has a section with text for this version.",
            "Users are told what changes; a breaking change needs its justification there.",
            "Write the section, commit, push, then `gonogo prepare TARGET`.",
        ),
        Precondition::TagLocal => text(
            "The tag is not in this checkout yet.",
            "A tag that is there was made by somebody: this release has begun, or is not ours.",
            "`gonogo status TARGET` says whether this release's own run made it; if so, it names the command that goes on.",
        ),
        Precondition::TagRemote => text(
            "The tag is on no remote yet.",
            "A tag that people may have is never moved.",
            "`gonogo status TARGET` says whether this release's own run pushed it; if not, release another version.",
        ),
        Precondition::Tool => text(
            "A tool that the plan's checks call is there, in a version that will do.",
            "A gate whose tool is missing can show nothing.",
            "Install what its remedy names, outside the checkout, then `gonogo doctor`.",
        ),
        Precondition::GhAuth => text(
            "gh is there and logged in.",
            "Without it nothing is known of CI, workflows and releases.",
            "A maintainer runs `gh auth login`; then `gonogo doctor`.",
        ),
        Precondition::Tracker => text(
            "The blocker tracker can be read.",
            "Blockers that nobody can look up may stand.",
            "Do what its remedy says, then `gonogo doctor`; never change the tracker in the plan to get past this.",
        ),
        Precondition::Ci => text(
            "The plan's CI workflow is green for this very commit.",
            "A commit that the project's own CI does not pass is not released.",
            "Wait for it, or mend what failed, then `gonogo prepare TARGET`.",
        ),
    }
}

const fn state(state: ItemState) -> (&'static str, Text) {
    match state {
        ItemState::Ok => {
            ("ok", text("It holds.", "It does not block.", "Nothing here; look at the other items."))
        }
        ItemState::Gap => (
            "gap",
            text(
                "It does not hold.",
                "The release is not ready.",
                "Do what its `remedy` says, then `gonogo prepare TARGET`.",
            ),
        ),
        ItemState::Unknown => (
            "unknown",
            text(
                "It could not be told whether it holds.",
                "Silence is no-go.",
                "Do what its `remedy` says, then `gonogo prepare TARGET`.",
            ),
        ),
        ItemState::Conflict => (
            "conflict",
            text(
                "Somebody else's work is in the way.",
                "It is not ours to change.",
                "Ask a maintainer; usually another version is released.",
            ),
        ),
    }
}
