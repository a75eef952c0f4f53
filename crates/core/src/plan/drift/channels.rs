//! Channels of two plans.

use super::Changes;
use super::words::Line;
use crate::delivery::{
    Added, Channels, FilePattern, GoModule, RegistryPackage, ReleaseAssets, Smoke, TapFormula, Window,
};
use crate::workflow::WorkflowPath;
use std::time::Duration;

/// Compares the channels of two plans.
pub(super) fn compare(changes: &mut Changes, now: &Channels, base: &Channels) {
    let Channels { crates_io, npm, pypi, homebrew, go, github_release } = now;
    each(changes, "crates-io", crates_io.as_ref(), base.crates_io.as_ref(), package);
    each(changes, "npm", npm.as_ref(), base.npm.as_ref(), package);
    each(changes, "pypi", pypi.as_ref(), base.pypi.as_ref(), package);
    each(changes, "homebrew", homebrew.as_ref(), base.homebrew.as_ref(), formula);
    each(changes, "go", go.as_ref(), base.go.as_ref(), module);
    each(changes, "github-release", github_release.as_ref(), base.github_release.as_ref(), assets);
}

fn each<T>(
    changes: &mut Changes,
    name: &str,
    now: Option<&T>,
    base: Option<&T>,
    compare: impl FnOnce(&mut Changes, &T, &T),
) {
    changes.about(None, &format!("channel {name}"), |changes| match (now, base) {
        (None, None) => {}
        (None, Some(_)) => changes.weaker("it is gone"),
        (Some(_), None) => changes.stronger("it is new"),
        (Some(now), Some(base)) => compare(changes, now, base),
    });
}

fn package(changes: &mut Changes, now: &RegistryPackage, base: &RegistryPackage) {
    let RegistryPackage { package, also, files, adds, holds, window, smoke, dist_tag, provenance } = now;
    changes.same("`package`", package, &base.package);
    changes.no_fewer("`also`", also, &base.also);
    file_changes(changes, (files, adds), (&base.files, &base.adds));
    changes.no_fewer("`holds`", holds, &base.holds);
    window_changes(changes, *window, base.window);
    smoke_changes(changes, smoke, &base.smoke);
    changes.same("`dist-tag`", dist_tag, &base.dist_tag);
    provenance_changes(changes, provenance.as_ref(), base.provenance.as_ref());
}

fn formula(changes: &mut Changes, now: &TapFormula, base: &TapFormula) {
    let TapFormula { tap, formula, window, smoke } = now;
    changes.same("`tap`", tap, &base.tap);
    changes.same("`formula`", formula, &base.formula);
    window_changes(changes, *window, base.window);
    smoke_changes(changes, smoke, &base.smoke);
}

fn module(changes: &mut Changes, now: &GoModule, base: &GoModule) {
    let GoModule { module, window, smoke, holds } = now;
    changes.same("`module`", module, &base.module);
    window_changes(changes, *window, base.window);
    smoke_changes(changes, smoke, &base.smoke);
    changes.no_fewer("`holds`", holds, &base.holds);
}

fn assets(changes: &mut Changes, now: &ReleaseAssets, base: &ReleaseAssets) {
    let ReleaseAssets { window, files, adds, holds, provenance, immutable } = now;
    file_changes(changes, (files, adds), (&base.files, &base.adds));
    window_changes(changes, *window, base.window);
    changes.no_fewer("`holds`", holds, &base.holds);
    provenance_changes(changes, provenance.as_ref(), base.provenance.as_ref());
    changes.switch("`immutable`", *immutable, base.immutable);
}

/// A file fewer asks less, and so does one that stands for any number of them: more may be there that nobody named.
fn file_changes(
    changes: &mut Changes,
    (files, adds): (&[FilePattern], &[Added]),
    (base_files, base_adds): (&[FilePattern], &[Added]),
) {
    let names = |files: &[FilePattern]| -> Vec<String> { files.iter().flat_map(FilePattern::each).collect() };
    let (now, base) = (names(files), names(base_files));
    let (open, plain): (Vec<String>, Vec<String>) =
        now.into_iter().partition(|name| !base.is_empty() && name.contains('*') && !base.contains(name));
    for name in open {
        changes.weaker(format!("`files` may be any like `{name}` now"));
    }
    changes.no_fewer("`files`", &plain, &base);
    let kinds = |adds: &[Added]| -> Vec<String> { adds.iter().map(|kind| kind.name().to_owned()).collect() };
    // Where nothing was said, everything was allowed.
    if !base.is_empty() {
        changes.no_more_of("`adds`", &kinds(adds), &kinds(base_adds));
    }
}

/// How long is waited changes nothing of what is to be seen in the end.
fn window_changes(changes: &mut Changes, now: Option<Window>, base: Option<Window>) {
    let time = |window: Option<Window>| window.map(Window::get);
    changes.told::<Option<Duration>>("`window`", &time(now), &time(base));
}

fn smoke_changes(changes: &mut Changes, now: &Smoke, base: &Smoke) {
    let line = |smoke: &'_ Smoke| -> bool { !smoke.words().is_empty() };
    let now = Some(Line(now.words())).filter(|_| line(now));
    let base = Some(Line(base.words())).filter(|_| line(base));
    changes.wanted("`smoke`", now.as_ref(), base.as_ref());
}

fn provenance_changes(changes: &mut Changes, now: Option<&WorkflowPath>, base: Option<&WorkflowPath>) {
    let path = |workflow: Option<&WorkflowPath>| workflow.map(|workflow| workflow.as_str().to_owned());
    changes.wanted("`provenance`", path(now).as_ref(), path(base).as_ref());
}
