//! The packages for single platforms that a version names as optional, each in one exact version: npm passes over one that is
//! not there, and its users get a package without its program.

use super::{Listing, ListingError, Registries, Wanted, document, list, read};
use crate::process::Cancel;
use gonogo_core::delivery::{Channel, Told};
use semver::Version;
use serde_json::Value;

/// What the registry says of a package, the wanted version together with the packages that it names for platforms.
pub(super) async fn with(
    registries: &Registries,
    wanted: &Wanted,
    cancel: &Cancel,
) -> Result<Listing, ListingError> {
    let Registries { http, configuration, .. } = registries;
    let told = document(http, configuration, &wanted.package, cancel).await?;
    let named = exact(&told.json()?, &wanted.version);
    let mut listing = read(&told, &wanted.package)?;
    let own = |served: &str| Channel::Npm.is_version(served, &wanted.version);
    let Some(entry) = listing.versions.iter_mut().find(|one| own(&one.version)) else { return Ok(listing) };
    let Ok(entry) = &mut entry.entry else { return Ok(listing) };
    let mut lacking = Vec::new();
    for (package, version) in named {
        match list(http, configuration, &package, cancel).await {
            Ok(theirs) if theirs.versions.iter().any(|one| one.version == version) => {}
            Ok(_) | Err(ListingError::NotFound(_)) => lacking.push(format!("{package}@{version}")),
            Err(error) => return Err(error),
        }
    }
    if !lacking.is_empty() {
        let said = format!("it names packages for platforms that are not there: {}", lacking.join(", "));
        entry.facts.resolves = Told::No { said };
    }
    Ok(listing)
}

/// The optional dependencies of a version that are named in one exact version.
fn exact(document: &Value, version: &Version) -> Vec<(String, String)> {
    let optional = &document["versions"][version.to_string()]["optionalDependencies"];
    let each = optional.as_object().into_iter().flatten();
    let exact = each.filter_map(|(package, range)| {
        let range = range.as_str()?.trim();
        Version::parse(range).ok().map(|_| (package.clone(), range.to_owned()))
    });
    exact.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_optional_dependencies_of_one_exact_version_are_platforms() {
        let document = json!({"versions": {"1.0.0": {
            "optionalDependencies": {"@kit/linux": "1.0.0", "fsevents": "^2.3.0", "@kit/mac": "1.0.0-rc.1", "x": "npm:y@1"},
            "dependencies": {"ms": "2.0.0"},
        }}});
        let found = exact(&document, &Version::new(1, 0, 0));
        let wanted = [("@kit/linux", "1.0.0"), ("@kit/mac", "1.0.0-rc.1")];
        assert_eq!(found, wanted.map(|(package, version)| (package.to_owned(), version.to_owned())));
        assert!(exact(&document, &Version::new(2, 0, 0)).is_empty());
    }
}
