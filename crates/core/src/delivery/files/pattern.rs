//! A file of a release, as the plan names it: `{version}`, `{a,b}` for one file each, `*` for any text.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};

/// The name of a file that a release consists of, such as `tally-{version}-*-manylinux*.whl`. `{version}` is the version as
/// the channel spells it, `{linux,darwin}` stands for one file each, and `*` for any text. At least one file has to be
/// called so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(transparent)]
pub struct FilePattern(String);

const VERSION: &str = "version";

impl FilePattern {
    /// A pattern from its text, or why it is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() || text.contains(|c: char| matches!(c, '/' | '\\') || c.is_control()) {
            return Err("a file of a release is named without any folder".to_owned());
        }
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((inside, after)) = after.split_once('}').filter(|_| !before.contains('}')) else {
                return Err("a brace that opens closes again, as in `{linux,darwin}`".to_owned());
            };
            let is_choice = inside.contains(',') && !inside.contains('{');
            if inside != VERSION && !is_choice {
                let known = "`{version}` is the version, and `{a,b}` stands for one file each";
                return Err(format!("`{{{inside}}}` stands for nothing here: {known}"));
            }
            rest = after;
        }
        match rest.contains('}') {
            true => Err("a brace that closes was opened before".to_owned()),
            false => Ok(Self(text.to_owned())),
        }
    }

    /// As it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether names begin with a text, and the version follows. Case, `-`, `_` and `.` are told apart by nobody here.
    pub fn begins_with(&self, stem: &str) -> bool {
        let plain = |text: &str| text.to_ascii_lowercase().replace(['_', '.'], "-");
        plain(&self.0).starts_with(&plain(&format!("{stem}-{{version}}")))
    }

    /// The names without choices, one for each file; `{version}` is left in them.
    pub fn each(&self) -> Vec<String> {
        expand(&self.0)
    }
}

/// The first choice is replaced by each of its parts, and so on.
fn expand(text: &str) -> Vec<String> {
    let mut from = 0;
    while let Some(open) = text[from..].find('{').map(|at| at + from) {
        let Some(close) = text[open..].find('}').map(|at| at + open) else { break };
        let inside = &text[open + 1..close];
        if inside != VERSION {
            let one = |part: &str| expand(&format!("{}{part}{}", &text[..open], &text[close + 1..]));
            return inside.split(',').flat_map(one).collect();
        }
        from = close + 1;
    }
    vec![text.to_owned()]
}

impl<'de> Deserialize<'de> for FilePattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_make_one_name_each_and_the_version_stays() {
        let each = |text: &str| FilePattern::parse(text).unwrap().each();
        assert_eq!(each("a-{version}.crate"), ["a-{version}.crate"]);
        assert_eq!(
            each("{a,b}_{version}_{x,y}"),
            ["a_{version}_x", "a_{version}_y", "b_{version}_x", "b_{version}_y"]
        );
        assert_eq!(each("kit{,.exe}"), ["kit", "kit.exe"]);
    }

    #[test]
    fn what_stands_for_nothing_is_refused() {
        for wrong in ["", "a/b", "a\\b", "a\nb", "{tag}", "{", "a}", "a}{b,c}", "{a,{b,c}}", "{version", "{}"]
        {
            assert!(FilePattern::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
