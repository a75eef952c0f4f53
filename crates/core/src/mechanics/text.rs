//! The texts of a plan's steps, with what they leave open filled in.

use crate::ids::CommitId;
use crate::release::Target;

/// What the texts of a plan's steps may hold in braces; `artifacts` besides, where there are some.
pub(super) const PLACEHOLDERS: &[&str] = &["tag", "version", "commit", "build-run-id"];

/// The beginning of a commit's or an object's ID, for people.
pub(super) fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

/// What a plan's texts can stand for.
#[derive(Clone, Debug)]
pub struct Values {
    /// The tag.
    pub tag: String,
    /// The version.
    pub version: String,
    /// The commit.
    pub commit: String,
    /// The run that built the artifacts, once it is known.
    pub build_run: Option<u64>,
    /// The folder of what was fetched, where there is one.
    pub artifacts: Option<String>,
}

/// A placeholder that has no value (yet).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{{{0}}}` has no value here")]
pub struct UnknownPlaceholder(pub String);

impl Values {
    /// What is known from the beginning.
    pub fn of(target: &Target, commit: &CommitId) -> Self {
        Self {
            tag: target.tag().to_string(),
            version: target.version().to_string(),
            commit: commit.to_string(),
            build_run: None,
            artifacts: None,
        }
    }

    /// A text with its placeholders filled in. What is filled in is not looked at again.
    pub fn fill(&self, text: &str) -> Result<String, UnknownPlaceholder> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let unknown = |name: &str| UnknownPlaceholder(name.to_owned());
            let (name, after) = after.split_once('}').ok_or_else(|| unknown(after))?;
            let value = match name {
                "tag" => Some(self.tag.clone()),
                "version" => Some(self.version.clone()),
                "commit" => Some(self.commit.clone()),
                "build-run-id" => self.build_run.map(|run| run.to_string()),
                "artifacts" => self.artifacts.clone(),
                _ => None,
            };
            filled.push_str(before);
            filled.push_str(&value.ok_or_else(|| unknown(name))?);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::tests::commit;

    fn values() -> Values {
        let target = Target::parse("1.2.3", &"v{version}".parse().unwrap()).unwrap();
        Values::of(&target, &commit("abc"))
    }

    #[test]
    fn known_placeholders_are_filled_in_once() {
        assert_eq!(
            values().fill("{tag} is {version} at {commit}").unwrap(),
            format!("v1.2.3 is 1.2.3 at {}", commit("abc"))
        );
        let nested = Values { tag: "{version}".to_owned(), ..values() };
        assert_eq!(nested.fill("{tag}").unwrap(), "{version}");
    }

    #[test]
    fn a_placeholder_without_a_value_is_an_error_and_never_an_empty_text() {
        for text in ["{build-run-id}", "{artifacts}", "{other}", "{", "{tag"] {
            assert!(values().fill(text).is_err(), "{text}");
        }
        assert_eq!(Values { build_run: Some(7), ..values() }.fill("{build-run-id}").unwrap(), "7");
    }
}
