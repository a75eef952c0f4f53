//! Reviews and waivers: what was decided, and who may.

use super::{Explanation, Kind, Text, entry, text};
use gonogo_core::ledger::ReviewDecision;
use gonogo_core::reviewers::ReviewersFrom;

pub(super) fn entries() -> Vec<Explanation> {
    let decisions = [("accepted", ReviewDecision::Accepted), ("rejected", ReviewDecision::Rejected)];
    let mut entries: Vec<Explanation> =
        decisions.map(|(code, one)| entry(code, Kind::ReviewDecision, decision(one))).into();
    let sources = [
        ("base-tag", ReviewersFrom::BaseTag),
        ("first-release", ReviewersFrom::FirstRelease),
        ("unreadable-base", ReviewersFrom::UnreadableBase),
    ];
    entries.extend(sources.map(|(code, one)| entry(code, Kind::ReviewersFrom, from(one))));
    entries
}

const fn decision(decision: ReviewDecision) -> Text {
    match decision {
        ReviewDecision::Accepted => text(
            "A reviewer found nothing that speaks against the release, or accepted a finding until a day.",
            "It does not block, unless `void` says why it does not count.",
            "Where it does not count, have it said again by a reviewer who may: `gonogo review TARGET --gate N --check ID --accept --note TEXT`.",
        ),
        ReviewDecision::Rejected => text(
            "A reviewer found something that speaks against the release.",
            "The check fails until what was reviewed has changed, or as many reviewers as are asked for have accepted it since.",
            "Mend what the note says, commit and push, then `gonogo poll TARGET`.",
        ),
    }
}

const fn from(from: ReviewersFrom) -> Text {
    match from {
        ReviewersFrom::BaseTag => text(
            "The reviewers are those whom the plan at the base tag names: a commit does not choose who judges it.",
            "A signature by a key that only this commit's plan names does not count.",
            "Have it signed by a reviewer whom `gonogo poll TARGET` names at its beginning.",
        ),
        ReviewersFrom::FirstRelease => text(
            "There is no base tag, so the reviewers are those whom this plan names.",
            "It does not block.",
            "Nothing: from the next release on, this one's plan names them.",
        ),
        ReviewersFrom::UnreadableBase => text(
            "The plan at the base tag cannot be read, so that reviews are signed by those whom this plan names.",
            "Nothing can be waived: nobody can tell who might.",
            "Mend what was found; `gonogo plan check` says what is wrong with a plan.",
        ),
    }
}
