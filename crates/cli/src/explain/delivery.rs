//! How far a delivery is proven, where each channel stands, and what is done about it.

use super::{Explanation, Kind, Text, entry, text};
use gonogo_core::delivery::{Act, Level, Presence};

const PRESENCES: [Presence; 6] = [
    Presence::Right,
    Presence::Wrong,
    Presence::Withdrawn,
    Presence::Unfinished,
    Presence::Absent,
    Presence::Unknown,
];
const ACTS: [Act; 5] =
    [Act::LookAgain, Act::Examine, Act::Withdraw, Act::PublishTheSame, Act::ReleaseAnother];
const CELLS: [&str; 5] = ["live", "withdrawn", "absent", "conflict", "unknown"];

pub(super) fn entries() -> Vec<Explanation> {
    let mut entries: Vec<Explanation> =
        Level::ALL.iter().map(|one| entry(one.name(), Kind::DeliveryLevel, level(*one))).collect();
    entries.extend(PRESENCES.map(|one| {
        let (name, text) = presence(one);
        entry(name, Kind::ChannelPresence, text)
    }));
    entries.extend(ACTS.map(|one| {
        let (name, text) = act(one);
        entry(name, Kind::ChannelAction, text)
    }));
    entries.extend(CELLS.map(|name| entry(name, Kind::ChannelCell, cell(name))));
    entries
}

const fn level(level: Level) -> Text {
    const NOT: &str = "It does not block by itself; a level that was asked for and not reached does.";
    match level {
        Level::Accepted => text(
            "The channel says that it has this version. Whether a client finds it is another question.",
            NOT,
            "`gonogo audit TARGET --level resolvable` asks for more.",
        ),
        Level::Resolvable => text(
            "The client's own index leads to it, and nothing withdraws it.",
            NOT,
            "`gonogo audit TARGET --level bytes` asks for more.",
        ),
        Level::Bytes => text(
            "What the channel serves is, byte for byte, what was built, or what it states where no build is recorded here.",
            NOT,
            "`gonogo audit TARGET --level installs` asks for more.",
        ),
        Level::Installs => text(
            "A clean install runs and says this very version.",
            NOT,
            "Nothing: there is no higher level.",
        ),
    }
}

const fn presence(presence: Presence) -> (&'static str, Text) {
    match presence {
        Presence::Right => (
            "right",
            text(
                "The channel has the release, as it should be.",
                "It does not block.",
                "Nothing here; look at the other channels.",
            ),
        ),
        Presence::Wrong => (
            "wrong",
            text(
                "The channel has something that is not the release.",
                "No channel takes other bytes for a version that it has had: this version cannot be made whole any more.",
                "Follow `recovery` in the document of `gonogo audit TARGET --json`, with a maintainer's word for each command.",
            ),
        ),
        Presence::Withdrawn => (
            "withdrawn",
            text(
                "The channel has the release, and keeps users from it.",
                "Its users do not get the release.",
                "Ask a maintainer whether it was meant; `gonogo audit TARGET --json` has the way out.",
            ),
        ),
        Presence::Unfinished => (
            "unfinished",
            text(
                "The channel has a part of the release, and the rest may still come.",
                "Its users get a part, or an old one.",
                "`gonogo audit TARGET` looks again.",
            ),
        ),
        Presence::Absent => (
            "absent",
            text(
                "The channel does not have the release.",
                "Its users cannot get it, while others may have it already.",
                "`gonogo audit TARGET --json`: where other channels are right, publish the same artifacts here.",
            ),
        ),
        Presence::Unknown => (
            "unknown",
            text(
                "It could not be told what the channel has.",
                "What is there decides what can be done elsewhere: nothing is published or withdrawn before it is known.",
                "Make it reachable, and `gonogo audit TARGET` again.",
            ),
        ),
    }
}

const fn act(act: Act) -> (&'static str, Text) {
    match act {
        Act::LookAgain => (
            "look-again",
            text(
                "Look once more before anything else.",
                "Nothing else may be done before the channel is known.",
                "`gonogo audit TARGET`.",
            ),
        ),
        Act::Examine => (
            "examine",
            text(
                "Find out why the channel does not have what was asked for.",
                "Something is not right, and nothing proves that its bytes are: whoever uses it is not hurt by leaving it there while you look.",
                "Read the problems of that package, and `gonogo audit TARGET` once they are settled.",
            ),
        ),
        Act::Withdraw => (
            "withdraw",
            text(
                "Keep users from what is there, by the mildest way that the channel has; `undo` names it.",
                "Its bytes are not those that were built, or not those that the channel itself states.",
                "A maintainer runs the command beside it; an agent does not.",
            ),
        ),
        Act::PublishTheSame => (
            "publish-the-same",
            text(
                "Publish the artifacts that were built, and no others.",
                "The other channels have the release already and cannot go back.",
                "`gonogo run TARGET --mode live` takes up the same build.",
            ),
        ),
        Act::ReleaseAnother => (
            "release-another",
            text(
                "Make a release of a higher version.",
                "This version cannot be made whole any more.",
                "A maintainer names the next version; then `gonogo prepare NEXT`.",
            ),
        ),
    }
}

/// The matrix says of each version what a presence says of one.
fn cell(name: &str) -> Text {
    match name {
        "live" => text(
            "The channel has the version, and nothing withdraws it.",
            "It does not block.",
            "Nothing here; look at the other channels.",
        ),
        "withdrawn" => text(
            "The channel had the version, and keeps users from it.",
            "Its users do not get this version.",
            "`gonogo audit VERSION` looks at this one version closely.",
        ),
        "absent" => text(
            "The channel itself says that it does not have the version.",
            "Users of different channels get different things.",
            "`gonogo audit VERSION` looks at this one version closely.",
        ),
        "conflict" => text(
            "The channel's answers about the version contradict each other, or what was asked for.",
            "It cannot be told what users get.",
            "`gonogo audit VERSION` looks at this one version closely; then ask a maintainer.",
        ),
        _ => text(
            "It could not be told whether the channel has the version.",
            "An error is not absence.",
            "Make the channel reachable, and ask again with `gonogo audit --all-versions`.",
        ),
    }
}
