//! What was built is what the release consists of, or nothing is published.

use crate::delivery::{Channel, ExpectedBuild, ExpectedNames, Misfits};
use crate::manifest::Manifest;
use crate::mechanics::{Cause, Code};

/// Judges what was built by the expected set of every channel: no file is missing, and none is there that nobody named.
pub fn judge_built(manifest: &Manifest, expected: &ExpectedBuild<'_>) -> Result<(), Cause> {
    let Misfits { missing, extra } = expected.misfits(manifest);
    let list = |names: &std::collections::BTreeSet<String>| {
        names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
    };
    match (missing.is_empty(), extra.is_empty()) {
        (true, true) => Ok(()),
        (true, false) => Err(Cause::new(
            Code::FileNotExpected,
            format!("the plan's `files` do not name what was built: {}", list(&extra)),
        )
        .remedy("mend the build; or name the files in the plan's `files`, or their kind in `adds`")),
        (false, is_whole) => {
            let mut message = format!("the build lacks what the release consists of: {}", list(&missing));
            if !is_whole {
                message += &format!("; the plan does not name what was built instead: {}", list(&extra));
            }
            let remedy = "mend the build, and run its workflow run again; or change `files` in the plan";
            Err(Cause::new(Code::FileNotBuilt, message).remedy(remedy))
        }
    }
}

/// Judges what was built by what the base release consists of on a channel, where the plan says nothing.
pub fn judge_by_base(manifest: &Manifest, base: &ExpectedNames, channel: Channel) -> Result<(), Cause> {
    let built: Vec<&str> = manifest.files().map(|file| file.name.as_str()).collect();
    let missing = base.missing(&built);
    if missing.is_empty() {
        return Ok(());
    }
    let message =
        format!("the base release has files on {channel} that were not built now: {}", missing.join(", "));
    let remedy = format!("mend the build; or say in `channels.{channel}.files` what the release consists of");
    Err(Cause::new(Code::BaseFileNotBuilt, message).remedy(remedy))
}
