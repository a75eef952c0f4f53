//! What a build's metadata says of itself.

use crate::mechanics::{Cause, Code};
use crate::strict_json;
use serde_json::Value;

/// What `metadata.json` of the build must say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildMetadata {
    /// The tag.
    pub tag: String,
    /// The version.
    pub version: String,
    /// The commit.
    pub source_sha: String,
    /// The run that built it.
    pub source_run_id: u64,
}

/// Judges a build's `metadata.json`: tag, version, commit and run are this release's. Fields besides those may be
/// there; `source_ref` is compared where it is.
pub fn judge_metadata(text: &str, want: &BuildMetadata) -> Result<(), Cause> {
    let wrong = |why: String| Cause::new(Code::MetadataWrong, format!("the build's metadata.json {why}"));
    let value =
        strict_json::parse(text.as_bytes()).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    let field = |name: &str| match value.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let run = want.source_run_id.to_string();
    for (name, wanted) in [
        ("tag", &want.tag),
        ("version", &want.version),
        ("source_sha", &want.source_sha),
        ("source_run_id", &run),
    ] {
        match field(name) {
            None => return Err(wrong(format!("has no `{name}`"))),
            Some(found) if found != *wanted => {
                return Err(wrong(format!("says `{name}` is {found}, and this release's is {wanted}")));
            }
            Some(_) => {}
        }
    }
    let reference = format!("refs/tags/{}", want.tag);
    match field("source_ref") {
        Some(found) if found != reference && found != want.tag => {
            Err(wrong(format!("says `source_ref` is {found}, and not {reference}")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    fn metadata() -> BuildMetadata {
        BuildMetadata {
            tag: "v1.2.3".to_owned(),
            version: "1.2.3".to_owned(),
            source_sha: COMMIT.to_owned(),
            source_run_id: 7,
        }
    }

    #[test]
    fn metadata_of_this_release_is_accepted_and_any_other_is_not() {
        let text = format!(
            r#"{{"tag":"v1.2.3","version":"1.2.3","source_sha":"{COMMIT}","source_run_id":"7","source_ref":"refs/tags/v1.2.3","source_workflow":"release"}}"#
        );
        assert_eq!(judge_metadata(&text, &metadata()), Ok(()));
        assert_eq!(judge_metadata(&text.replace("\"7\"", "7"), &metadata()), Ok(()));
        for broken in [
            text.replace("v1.2.3\",\"version", "v1.2.4\",\"version"),
            text.replace("\"1.2.3\"", "\"1.2.30\""),
            text.replace(COMMIT, &"f".repeat(40)),
            text.replace("\"7\"", "\"8\""),
            text.replace("refs/tags/v1.2.3", "refs/heads/main"),
            text.replace("\"tag\"", "\"tagg\""),
            text.replace("{\"tag\"", "{\"tag\":\"v1.2.3\",\"tag\""),
            text.replace('}', ""),
            String::new(),
        ] {
            let judged = judge_metadata(&broken, &metadata());
            assert!(judged.is_err_and(|cause| cause.code == Code::MetadataWrong), "{broken}");
        }
    }
}
