//! A release on all of its channels in words: who has what, what can be undone there, and the way out, line by line.

use super::partial::{Act, PackageStanding, Partial, Presence};
use crate::text::shell_line;

impl Presence {
    /// Its name in a sentence: "npm is …".
    pub const fn words(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::Withdrawn => "withdrawn",
            Self::Unfinished => "unfinished",
            Self::Absent => "absent",
            Self::Unknown => "not told",
        }
    }
}

impl PackageStanding {
    /// Where it stands, in one line.
    pub fn line(&self) -> String {
        format!("{} {}: {}", self.channel, self.package, self.presence.words())
    }

    /// What can be undone of what is there, a line each.
    pub fn undo_lines(&self) -> impl Iterator<Item = String> {
        self.undo.iter().map(|undo| {
            let window = undo.window_hours.map_or(String::new(), |hours| format!(" within {hours} hours"));
            let how = if undo.command.is_empty() {
                "by hand".to_owned()
            } else {
                format!("`{}`", shell_line(undo.command.iter().map(String::as_str)))
            };
            format!("  can be undone{window}: {how}; {}", undo.leaves)
        })
    }
}

impl Partial {
    /// Where each channel stands, and what can be undone there, where not everything is right.
    pub fn lines(&self) -> Vec<String> {
        if self.places.iter().all(|place| place.presence == Presence::Right) {
            return Vec::new();
        }
        let each = self.places.iter().flat_map(|place| [place.line()].into_iter().chain(place.undo_lines()));
        let mut lines: Vec<String> = each.collect();
        if self.is_partial {
            lines.push("users of different channels get different things".to_owned());
        }
        lines
    }

    /// What to do, in order; empty where everything is right.
    pub fn way_out(&self) -> Vec<String> {
        let each = self.recovery.iter().map(|action| {
            let act = match action.act {
                Act::LookAgain => "look again at",
                Act::Examine => "find out why on",
                Act::Withdraw => "withdraw from",
                Act::PublishTheSame => "publish the artifacts that were built, and no others, to",
                Act::ReleaseAnother => "make a release of a higher version on",
            };
            format!("{act} {} ({}): {}", action.channel, action.package, action.why)
        });
        each.collect()
    }
}
