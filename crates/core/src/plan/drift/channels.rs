//! Channels of two plans.

use super::Changes;
use super::words::Line;
use crate::delivery::{Channels, GoModule, RegistryPackage, ReleaseAssets, Smoke, TapFormula, Window};
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
    let RegistryPackage { package, also, holds, window, smoke, dist_tag, provenance } = now;
    changes.same("`package`", package, &base.package);
    changes.no_fewer("`also`", also, &base.also);
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
    let ReleaseAssets { window, holds, provenance, immutable } = now;
    window_changes(changes, *window, base.window);
    changes.no_fewer("`holds`", holds, &base.holds);
    provenance_changes(changes, provenance.as_ref(), base.provenance.as_ref());
    changes.switch("`immutable`", *immutable, base.immutable);
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
