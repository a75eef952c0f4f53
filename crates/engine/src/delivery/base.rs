//! What the base release consists of, as its channel serves it: the expected set of a plan that names none.

use crate::context::Candidate;
use gonogo_core::delivery::{Doubt, Expected, ExpectedNames, Package, Sighting};
use gonogo_core::verdict::Reason;
use gonogo_world::process::Cancel;
use gonogo_world::registry::{Depth, Registries, Wanted};

/// The names that a release has at the least by those of its base. `None` where there is no base, or the channel does not
/// have it; a doubt where that could not be told.
pub async fn names_of_base(
    registries: &Registries,
    candidate: &Candidate,
    package: &Package,
    cancel: &Cancel,
) -> Result<Option<ExpectedNames>, Doubt> {
    let Some(base) = &candidate.base else { return Ok(None) };
    // Its tag may be of the pattern that its own plan had.
    let mut plans = [&candidate.plan].into_iter().chain(candidate.baseline.plans_read());
    let Some(earlier) = plans.find_map(|plan| plan.project.tag.version(&base.tag)) else {
        let said = format!("no plan says which version the base {} is", base.tag);
        return Err(Doubt::new(Reason::BaselineMissing, said));
    };
    let wanted = Wanted::of(&Expected::unrecorded(package.channel, &package.name, &earlier), &base.tag);
    match registries.observe(&wanted, Depth::Index, cancel).await {
        Sighting::Live(facts) => {
            let names = facts.files.iter().map(|file| file.name.as_str());
            let versions = (&earlier, candidate.target.version());
            Ok(Some(ExpectedNames::at_least(package.channel, versions, names)))
        }
        Sighting::Absent { .. } => Ok(None),
        Sighting::Conflict { said } => Err(Doubt::new(Reason::UnreadableOutput, said)),
        Sighting::Unknown { reason, said } => Err(Doubt::new(reason, said)),
    }
}
