//! The names of git's things, each a type of its own: where a commit is wanted no tree is taken, and no remote for a tag.
//!
//! Each is read as its text (`Deref`), and made of a text that has its form and of no other.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Deref;
use std::{fmt, str::FromStr};

/// A text that has not the form of what it should name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not {what}: {text:?}")]
pub struct BadName {
    what: &'static str,
    text: String,
}

macro_rules! name {
    ($(#[$words:meta])* $name:ident, $what:literal, $is_one:expr) => {
        $(#[$words])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schemars(with = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadName;

            fn try_from(text: String) -> Result<Self, BadName> {
                let is_one: fn(&str) -> bool = $is_one;
                if is_one(&text) { Ok(Self(text)) } else { Err(BadName { what: $what, text }) }
            }
        }

        impl FromStr for $name {
            type Err = BadName;

            fn from_str(text: &str) -> Result<Self, BadName> {
                text.to_owned().try_into()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<String> for $name {
            fn eq(&self, other: &String) -> bool {
                self.0 == *other
            }
        }
    };
}

name! {
    /// A commit's whole ID: 40 or 64 lower-case hexadecimal digits (gitformat-pack(5), "object name").
    CommitId, "a commit's whole ID", is_object_id
}

name! {
    /// A tree's whole ID: 40 or 64 lower-case hexadecimal digits.
    TreeId, "a tree's whole ID", is_object_id
}

name! {
    /// A tag's name, without `refs/tags/`. Git's own rules are wider (git-check-ref-format(1)); nothing of this form is
    /// taken for an option, a pattern or more than one name.
    TagName, "a tag's name", is_name
}

name! {
    /// The name of a configured remote, such as `origin`. Whatever git's configuration has as one is taken, but what could be an
    /// option.
    RemoteName, "a remote's name", is_remote
}

impl TagName {
    /// The tag that a pattern makes, which looks at the form of what it makes when it is read.
    pub(crate) const fn of_pattern(tag: String) -> Self {
        Self(tag)
    }
}

/// Whether a text is a whole object ID.
pub fn is_object_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_remote(text: &str) -> bool {
    !text.is_empty() && !text.starts_with('-') && !text.contains(char::is_control)
}

fn is_name(text: &str) -> bool {
    let odd = |c: char| c.is_control() || c.is_whitespace() || "~^:?*[\\".contains(c);
    !text.is_empty() && !text.starts_with(['-', '/']) && !text.ends_with(['/', '.']) && !text.contains(odd)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::digest::Digest;

    /// An ID that is another one for another word.
    pub(crate) fn commit(word: &str) -> CommitId {
        CommitId(Digest::of(word.as_bytes()).hex()[..40].to_owned())
    }

    /// The same of a tree.
    pub(crate) fn tree(word: &str) -> TreeId {
        TreeId(commit(word).into())
    }

    #[test]
    fn a_commit_is_a_whole_id_and_nothing_else() {
        for text in ["a".repeat(40), "0".repeat(64)] {
            assert_eq!(*text.parse::<CommitId>().unwrap(), *text);
        }
        for text in [
            "",
            "main",
            "abc123",
            "--all",
            &"g".repeat(40),
            &"A".repeat(40),
            &"a".repeat(41),
            &format!("{} ", "a".repeat(39)),
        ] {
            assert!(text.parse::<CommitId>().is_err(), "{text:?}");
            assert!(serde_json::from_value::<CommitId>((*text).into()).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_tag_is_one_name_and_no_option_or_pattern() {
        for text in ["v1.2.3", "core/v1.2.3", "@scope/pkg@1.0.0", "größe-1"] {
            assert_eq!(*text.parse::<TagName>().unwrap(), *text);
        }
        for text in ["", "-d", "v1 v2", "v*", "v1\n", "a:b", "v1^{}", "a/", "a\\b"] {
            assert!(text.parse::<TagName>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_remote_is_called_whatever_git_takes_and_no_option() {
        for text in ["origin", "team/origin", "x.", "my remote", "größe"] {
            assert_eq!(text.parse::<RemoteName>().unwrap().to_string(), text);
        }
        for text in ["", "-d", "--all", "a\nb"] {
            assert!(text.parse::<RemoteName>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_name_is_stored_as_its_text() {
        let tag: TagName = "v1.2.3".parse().unwrap();
        assert_eq!(serde_json::to_string(&tag).unwrap(), "\"v1.2.3\"");
        assert_eq!(serde_json::from_str::<TagName>("\"v1.2.3\"").unwrap(), tag);
    }
}
