//! What can be wrong with a delivery: a closed set of codes, spelled in kebab-case wherever they are shown.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Something wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// What kind.
    pub code: ProblemCode,
    /// What is wrong, in one line.
    pub said: String,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal $(, $passes:ident)?;)+) => {
        /// What is wrong with a delivery.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[schemars(rename = "Code")]
        pub enum ProblemCode {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)+
        }
        impl ProblemCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// The name that is shown and stored.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
            /// Whether time alone may settle it, as a registry's answers spread: the others are wrong at once.
            pub const fn may_pass(self) -> bool {
                match self { $(Self::$variant => codes!(@ $($passes)?),)+ }
            }
        }
    };
    (@ may_pass) => { true };
    (@) => { false };
}

codes! {
    /// The channel does not have this version.
    Absent = "absent", may_pass;
    /// The channel has it, and the client's index does not lead to it.
    NotResolvable = "not-resolvable", may_pass;
    /// A dist-tag leads elsewhere.
    OtherDistTag = "other-dist-tag", may_pass;
    /// A file that was built is not served.
    FileMissing = "file-missing", may_pass;
    /// A release that only its makers see.
    Draft = "draft", may_pass;
    /// The channel's answers do not fit together, or are about something else.
    Contradiction = "contradiction";
    /// Told of another version.
    WrongVersion = "wrong-version";
    /// Told of another package.
    WrongPackage = "wrong-package";
    /// Withdrawn from resolvers.
    Yanked = "yanked";
    /// Users are warned of it.
    Deprecated = "deprecated";
    /// Bytes are not those that were built, or not those that are stated.
    BytesDiffer = "bytes-differ";
    /// A file is served that was not built.
    FileUnexpected = "file-unexpected";
    /// A published archive lacks a file that it has to hold.
    ContentMissing = "content-missing";
    /// Built from another commit.
    WrongCommit = "wrong-commit";
    /// Built from a checkout with changes.
    BuiltDirty = "built-dirty";
    /// Built by another workflow, or from another repository or commit, as a signed statement says.
    OtherProvenance = "other-provenance";
    /// What was published can still be changed.
    Mutable = "mutable";
    /// The client refuses to install it.
    NotInstalled = "not-installed";
    /// It installs and does not run.
    DoesNotRun = "does-not-run";
    /// It runs, and says another version of itself.
    RunsAsOther = "runs-as-other";
}

impl fmt::Display for ProblemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn codes_are_one_to_one_and_spelled_the_same_in_json_and_on_screen() {
        let names: HashSet<&str> = ProblemCode::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), ProblemCode::ALL.len());
        for code in ProblemCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.to_string());
        }
    }

    #[test]
    fn wrong_bytes_are_never_waited_out() {
        for code in [
            ProblemCode::BytesDiffer,
            ProblemCode::FileUnexpected,
            ProblemCode::WrongVersion,
            ProblemCode::WrongCommit,
            ProblemCode::Yanked,
        ] {
            assert!(!code.may_pass(), "{code}");
        }
    }
}
