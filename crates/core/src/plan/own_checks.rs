//! Checks that no plan has to ask for, and whose names no check of a plan may have.

/// Stands for a plan that asks for less than an earlier release's did, in each gate that it weakens.
pub const PLAN_CHECK: &str = "plan-unweakened";
/// Stands for a base that does not speak for itself, in the first gate that is required.
pub const BASE_CHECK: &str = "base-tag";
/// Stands for tools that the plan declares and no check calls, in the first gate that is required.
pub const TOOLS_CHECK: &str = "required-tools";

/// Stands for files that steer the project's tools, and came or changed since the base, in the first gate that is required.
pub const JUDGE_CHECK: &str = "judge";

/// All of them.
pub const OWN_CHECKS: [&str; 4] = [PLAN_CHECK, BASE_CHECK, TOOLS_CHECK, JUDGE_CHECK];
