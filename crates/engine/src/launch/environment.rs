//! The environment that every program of the plan starts from.

use super::Ground;
use gonogo_core::plan::Plan;
use gonogo_world::process::Environment;
use std::path::Path;

/// The allow-listed variables. Its search path holds nothing that leads into the checkout or a clean room.
pub fn child_environment(plan: &Plan, checkout: &Path) -> Environment {
    let environment = Environment::allowing(plan.policy.env.iter().map(String::as_str));
    let ground = Ground::at(checkout);
    let search = environment.get("PATH").unwrap_or_default().to_owned();
    let outside =
        std::env::split_paths(&search).filter(|folder| folder.is_absolute() && !ground.holds(folder));
    // With a path that cannot be written, no program is found.
    environment.with("PATH", std::env::join_paths(outside).unwrap_or_default())
}
