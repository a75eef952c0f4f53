//! The two commits that are measured side by side.

/// Which of the two commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The base tag's.
    Base,
    /// The one under release.
    Current,
}

impl Side {
    /// The name that it goes by.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Current => "current",
        }
    }
}
