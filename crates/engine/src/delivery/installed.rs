//! A clean install of what was seen to be right down to its bytes.

use gonogo_core::delivery::{CleanInstall, Expected, Install, Judgement, Level, Sighting, judge};
use gonogo_core::verdict::Verdict;
use gonogo_world::process::Cancel;
use gonogo_world::registry::{Depth, Registries, Wanted};

/// Tries it, and judges what was seen together with what came of it.
pub async fn installed(
    registries: &Registries,
    expected: &Expected,
    wanted: &Wanted,
    smoke: &[String],
    seen: Sighting,
    cancel: &Cancel,
) -> (Sighting, Judgement) {
    let install = registries.install(wanted, smoke, cancel).await;
    if matches!(install.came, Install::NotInstalled { .. }) {
        // Whether the client was refused or did not get through, it says in words of its own: the index says it too.
        let again = registries.observe(wanted, Depth::Index, cancel).await;
        let judgement = judge(expected, &again, Level::Resolvable);
        if judgement.verdict != Verdict::Passed {
            return (again, judgement);
        }
    }
    let seen = with_install(seen, install);
    let judgement = judge(expected, &seen, Level::Installs);
    (seen, judgement)
}

fn with_install(seen: Sighting, install: CleanInstall) -> Sighting {
    match seen {
        Sighting::Live(mut facts) => {
            facts.install = Some(install);
            Sighting::Live(facts)
        }
        other => other,
    }
}
