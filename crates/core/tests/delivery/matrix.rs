//! Versions and channels: what is a hole, and what was not told.

use gonogo_core::delivery::{Cell, Channel, Column, Matrix, Withdrawn, matrix};
use gonogo_core::verdict::{Outcome, Reason};
use semver::Version;

fn column(channel: Channel, versions: &[&str]) -> Column {
    let versions = versions.iter().map(|version| ((*version).to_owned(), Ok(Vec::new()))).collect();
    Column { channel, package: "kit".to_owned(), versions: Ok(versions) }
}

fn rows(matrix: &Matrix) -> Vec<String> {
    let sign = |cell: &Cell| match cell {
        Cell::Live => 'x',
        Cell::Withdrawn => 'w',
        Cell::Absent => '.',
        Cell::Conflict => '!',
        Cell::Unknown => '?',
    };
    let row = |row: &gonogo_core::delivery::Row| {
        format!("{} {}", row.version, row.cells.iter().map(sign).collect::<String>())
    };
    matrix.rows.iter().map(row).collect()
}

#[test]
fn each_version_is_one_row_however_channels_spell_it() {
    let columns = [
        column(Channel::Pypi, &["1.0", "1.1.0rc1", "1.2.0"]),
        column(Channel::CratesIo, &["1.0.0", "1.1.0-rc1", "1.2.0"]),
        column(Channel::Go, &["v1.0.0", "v1.1.0-rc1", "v1.2.0"]),
    ];
    let matrix = matrix(&columns, &[]);
    assert_eq!(rows(&matrix), ["1.2.0 xxx", "1.1.0-rc1 xxx", "1.0.0 xxx"]);
    assert_eq!(matrix.outcome(), Outcome::Passed);
}

#[test]
fn a_hole_is_seen_also_where_only_a_tag_knows_the_version() {
    let columns =
        [column(Channel::CratesIo, &["0.3.0", "0.5.0"]), column(Channel::Pypi, &["0.5.0", "0.5.0.post1"])];
    let matrix = matrix(&columns, &[Version::new(0, 4, 0)]);
    assert_eq!(rows(&matrix), ["0.5.0 xx", "0.4.0 ..", "0.3.0 x."]);
    assert_eq!(matrix.foreign, [(Channel::Pypi, "0.5.0.post1".to_owned())]);
    assert_eq!(matrix.outcome(), Outcome::Failed);
}

#[test]
fn a_channel_that_was_not_told_is_no_hole_and_no_pass() {
    let mut silent = column(Channel::Npm, &[]);
    silent.versions = Err((Reason::Unreachable, "no answer".to_owned()));
    let matrix = matrix(&[column(Channel::CratesIo, &["1.0.0"]), silent], &[]);
    assert_eq!(rows(&matrix), ["1.0.0 x?"]);
    assert_eq!(matrix.outcome(), Outcome::Incomplete(Reason::Unreachable));
}

#[test]
fn withdrawn_and_contradicting_versions_are_not_live() {
    let mut odd = column(Channel::CratesIo, &["1.0.0", "1.1.0", "1.2.0", "1.2.0"]);
    if let Ok(versions) = &mut odd.versions {
        versions[0].1 = Ok(vec![Withdrawn::Yanked { said: None }]);
        versions[1].1 = Err("no checksum".to_owned());
    }
    assert_eq!(rows(&matrix(&[odd], &[])), ["1.2.0 !", "1.1.0 !", "1.0.0 w"]);
}

#[test]
fn no_version_at_all_shows_nothing() {
    let matrix = matrix(&[column(Channel::CratesIo, &[])], &[]);
    assert_eq!(matrix.outcome(), Outcome::Incomplete(Reason::NothingExamined));
}
