//! The preconditions of a release by name: a closed set.

use std::fmt;

macro_rules! preconditions {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// One precondition.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Precondition {
            $($(#[$doc])* $variant,)+
        }
        impl Precondition {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// Its name, as it is printed.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

preconditions! {
    /// git itself.
    Git = "git",
    /// The checkout.
    Checkout = "checkout",
    /// The plan.
    Plan = "plan",
    /// The earlier release that this one is compared with.
    Base = "base",
    /// No change, no untracked file.
    TreeClean = "tree-clean",
    /// The remote branch.
    Upstream = "upstream",
    /// The version places.
    Versions = "versions",
    /// The changelog's section.
    Changelog = "changelog",
    /// The tag in the checkout.
    TagLocal = "tag-local",
    /// The tag on a remote.
    TagRemote = "tag-remote",
    /// A tool that the plan calls; printed as `tool:NAME`.
    Tool = "tool",
    /// gh's login.
    GhAuth = "gh-auth",
    /// The blocker tracker.
    Tracker = "tracker",
    /// CI of the commit.
    Ci = "ci",
}

impl fmt::Display for Precondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
