//! The four levels of delivery.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How far delivery is proven; each level holds those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The channel says that it has this version.
    Accepted,
    /// The client's own index leads to it, and nothing withdraws it.
    Resolvable,
    /// What it serves are the bytes that were built.
    Bytes,
    /// A clean install runs, and says this version.
    Installs,
}

impl Level {
    /// Every level, lowest first.
    pub const ALL: [Self; 4] = [Self::Accepted, Self::Resolvable, Self::Bytes, Self::Installs];

    /// Its name, as `--level` takes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Resolvable => "resolvable",
            Self::Bytes => "bytes",
            Self::Installs => "installs",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Level;

    #[test]
    fn levels_are_in_order_and_spelled_the_same_in_json_and_on_screen() {
        for level in Level::ALL {
            assert_eq!(serde_json::to_value(level).unwrap(), level.to_string());
        }
        assert!(Level::ALL.is_sorted());
    }
}
