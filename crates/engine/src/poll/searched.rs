//! Where an inventory or a review looks: below its paths, and below what links in them lead to.
//!
//! Invariant: what a compiler finds below the paths by a link within the repository is looked at too.

use crate::failure::Failure;
use gonogo_core::ids::CommitId;
use gonogo_world::git::{EntryKind, Git};

/// The path prefixes that are looked at in these commits, of those that a plan names; everything where there is none.
pub async fn prefixes(
    git: &Git,
    commits: impl IntoIterator<Item = &CommitId>,
    paths: &[String],
) -> Result<Vec<String>, Failure> {
    let mut prefixes = paths.to_vec();
    for commit in commits {
        while let Some(more) = led_to(git, commit, &prefixes).await?.filter(|_| !prefixes.is_empty()) {
            if more.is_empty() {
                return Ok(Vec::new());
            }
            prefixes.push(more);
        }
    }
    Ok(prefixes)
}

/// The first place in the repository that a link below the prefixes leads to, and that is below none of them.
async fn led_to(git: &Git, commit: &CommitId, prefixes: &[String]) -> Result<Option<String>, Failure> {
    let mut links = git.entries_at(commit, prefixes).await?;
    links.retain(|entry| entry.kind == EntryKind::Link);
    let targets = git.contents(&links).await?.into_iter();
    let mut places = targets.filter_map(|(link, target)| resolved(&link, std::str::from_utf8(&target).ok()?));
    let is_below = |place: &str, prefix: &str| {
        place
            .strip_prefix(prefix.trim_end_matches('/'))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    Ok(places.find(|place| !prefixes.iter().any(|prefix| is_below(place, prefix))))
}

/// The path in the repository that a link leads to; `None` where it leads out.
fn resolved(link: &str, target: &str) -> Option<String> {
    if target.starts_with('/') {
        return None;
    }
    let folder = link.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(target.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::resolved;

    #[test]
    fn a_link_leads_to_a_place_in_the_repository_or_out_of_it() {
        for (link, target, place) in [
            ("src/a", "../lib/b", Some("lib/b")),
            ("src/a", "./b//c/", Some("src/b/c")),
            ("a", "b", Some("b")),
            ("src/a", "..", Some("")),
            ("src/a", "../../b", None),
            ("src/a", "/etc", None),
        ] {
            assert_eq!(resolved(link, target).as_deref(), place, "{link} {target}");
        }
    }
}
