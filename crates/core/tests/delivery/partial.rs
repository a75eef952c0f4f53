//! Some channels have it and others do not: the table and the way out.

use crate::support::{crate_expected, crate_facts, live};
use gonogo_core::delivery::{
    Act, Channel, Expected, Judgement, Level, Partial, Presence, Served, Sighting, Told, Withdrawn, judge,
    partial,
};
use gonogo_core::digest::Digest;
use gonogo_core::verdict::Reason;
use proptest::prelude::*;

fn on(channel: Channel, seen: &Sighting) -> Judgement {
    Judgement { channel, ..judge(&crate_expected(), seen, Level::Bytes) }
}

fn seen(presence: Presence) -> Sighting {
    match presence {
        Presence::Right => live(crate_facts()),
        Presence::Wrong => {
            let mut facts = crate_facts();
            facts.files[0].stated = vec![Digest::of(b"other").into()];
            live(facts)
        }
        Presence::Unfinished => live(Served { resolves: Told::No { said: String::new() }, ..crate_facts() }),
        Presence::Withdrawn => {
            live(Served { withdrawn: vec![Withdrawn::Yanked { said: None }], ..crate_facts() })
        }
        Presence::Absent => Sighting::Absent { said: String::new() },
        Presence::Unknown => Sighting::Unknown { reason: Reason::Unreachable, said: String::new() },
    }
}

fn table(presences: &[Presence]) -> Partial {
    let judgements: Vec<Judgement> =
        presences.iter().zip(Channel::ALL).map(|(presence, channel)| on(channel, &seen(*presence))).collect();
    let table = partial(&judgements, "v0.1.1");
    let told: Vec<Presence> = table.places.iter().map(|place| place.presence).collect();
    assert_eq!(told, presences);
    table
}

fn acts(table: &Partial) -> Vec<(Act, Channel)> {
    table.recovery.iter().map(|action| (action.act, action.channel)).collect()
}

#[test]
fn what_is_lacking_is_published_from_the_same_artifacts() {
    let table = table(&[Presence::Right, Presence::Absent, Presence::Right]);
    assert!(table.is_partial);
    assert_eq!(acts(&table), [(Act::PublishTheSame, Channel::Npm)]);
    assert!(table.places.iter().all(|place| place.undo.is_empty()), "what is right is not to be undone");
}

#[test]
fn nothing_is_withdrawn_without_proof_that_its_bytes_are_wrong() {
    let unproven = [
        Served { version: "9.9.9".into(), ..crate_facts() },
        Served { package: "other".into(), ..crate_facts() },
        Served { origin: None, files: Vec::new(), ..crate_facts() },
    ];
    for facts in unproven {
        let wrong = on(Channel::Npm, &live(Served { immutable: Some(false), ..facts }));
        let table = partial(&[on(Channel::CratesIo, &live(crate_facts())), wrong.clone()], "v0.1.1");
        if table.places[1].presence == Presence::Wrong {
            assert_eq!(acts(&table), [(Act::Examine, Channel::Npm)], "{wrong:?}");
        }
        assert!(!acts(&table).iter().any(|(act, _)| *act == Act::Withdraw), "{wrong:?}");
        assert!(table.places.iter().all(|place| place.undo.is_empty()), "{wrong:?}");
    }
}

#[test]
fn nothing_is_taken_back_after_a_rehearsal() {
    let real = table(&[Presence::Right, Presence::Wrong]);
    assert!(!real.places[1].undo.is_empty() && !real.recovery.is_empty());
    let played = real.rehearsed();
    assert!(played.places.iter().all(|place| place.undo.is_empty()) && played.recovery.is_empty());
    assert_eq!(played.places[1].presence, Presence::Wrong);
}

#[test]
fn wrong_bytes_are_withdrawn_and_another_version_is_made_everywhere() {
    let table = table(&[Presence::Right, Presence::Wrong, Presence::Absent]);
    assert_eq!(
        acts(&table),
        [
            (Act::Withdraw, Channel::Npm),
            (Act::ReleaseAnother, Channel::CratesIo),
            (Act::ReleaseAnother, Channel::Npm),
            (Act::ReleaseAnother, Channel::Pypi),
        ]
    );
}

#[test]
fn nothing_is_done_anywhere_before_every_channel_is_told() {
    let table = table(&[Presence::Right, Presence::Unknown, Presence::Wrong, Presence::Absent]);
    assert_eq!(acts(&table), [(Act::LookAgain, Channel::Npm)]);
}

#[test]
fn nowhere_and_everywhere_are_not_partial() {
    for presence in [Presence::Absent, Presence::Right] {
        let table = table(&[presence, presence]);
        assert!(!table.is_partial && table.recovery.is_empty());
    }
}

#[test]
fn an_undo_of_each_channel_says_what_it_leaves() {
    for channel in Channel::ALL {
        let undo = channel.undo("kit", "0.1.1", "v0.1.1");
        assert!(!undo.is_empty() && undo.iter().all(|one| !one.leaves.is_empty()), "{channel}");
    }
    // No command holds a name that somebody else has to put in.
    let words = Channel::ALL.into_iter().flat_map(|channel| channel.undo("kit", "0.1.1", "v0.1.1"));
    let commands: Vec<String> = words.flat_map(|one| one.command).collect();
    assert!(commands.contains(&"v0.1.1".to_owned()), "{commands:?}");
    let is_open = |word: &String| ["TAG", "PREVIOUS", "VERSION"].iter().any(|open| word.contains(open));
    assert!(!commands.iter().any(is_open), "{commands:?}");
    let unpublish = Channel::Npm.undo("kit", "0.1.1", "v0.1.1").pop().unwrap();
    assert_eq!((unpublish.window_hours, unpublish.is_reversible), (Some(72), false));
}

#[test]
fn a_version_that_no_client_finds_yet_is_looked_at_again_and_not_withdrawn() {
    let facts = Served { resolves: Told::No { said: "stale".into() }, ..crate_facts() };
    let expected = Expected { channel: Channel::Go, ..crate_expected() };
    let judgement = judge(&expected, &live(Served { version: "v0.1.1".into(), ..facts }), Level::Resolvable);
    assert_eq!(gonogo_core::delivery::presence(&judgement), Presence::Unfinished);
    assert_eq!(acts(&partial(&[judgement], "v0.1.1")), [(Act::LookAgain, Channel::Go)]);
}

fn any_standing() -> impl Strategy<Value = Presence> {
    proptest::sample::select(vec![
        Presence::Right,
        Presence::Wrong,
        Presence::Withdrawn,
        Presence::Unfinished,
        Presence::Absent,
        Presence::Unknown,
    ])
}

proptest! {
    #[test]
    fn the_same_is_never_published_beside_something_wrong_or_unknown(
        presences in proptest::collection::vec(any_standing(), 1..6)
    ) {
        let judgements: Vec<Judgement> =
            presences.iter().zip(Channel::ALL).map(|(presence, channel)| on(channel, &seen(*presence))).collect();
        let table = partial(&judgements, "v0.1.1");
        let publishes = table.recovery.iter().any(|action| action.act == Act::PublishTheSame);
        let is_clean = table.places.iter().all(|place| matches!(place.presence, Presence::Right | Presence::Absent));
        prop_assert!(!publishes || is_clean);
        let withdraws = table.recovery.iter().any(|action| action.act == Act::Withdraw);
        prop_assert!(!withdraws || table.places.iter().all(|place| !matches!(place.presence, Presence::Unknown | Presence::Unfinished)));
        let all_right = table.places.iter().all(|place| place.presence == Presence::Right);
        prop_assert!(!all_right || table.recovery.is_empty());
    }
}
