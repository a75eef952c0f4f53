//! A package on a channel: what is asked of its delivery.

use super::Channel;
use super::files::ReleaseFiles;
use super::provenance::Provenance;
use std::time::Duration;

/// A package on a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// The channel.
    pub channel: Channel,
    /// Its name there: for a tap `owner/tap/formula`, for a GitHub release `owner/name`.
    pub name: String,
    /// Which files it consists of, where the plan says so.
    pub files: ReleaseFiles,
    /// Names of files that each of its archives has to hold.
    pub holds: Vec<String>,
    /// How long the plan lets it take to show.
    pub window: Option<Duration>,
    /// The command of a clean install; empty where the plan names none.
    pub smoke: Vec<String>,
    /// The dist-tag that the plan names.
    pub dist_tag: Option<String>,
    /// Who has to have built it, but for the commit.
    pub provenance: Option<Provenance>,
    /// Whether nobody may be able to change it any more.
    pub immutable: bool,
}

impl Package {
    /// A package of which nothing more is asked.
    pub fn named(channel: Channel, name: &str) -> Self {
        Self {
            channel,
            name: name.to_owned(),
            files: ReleaseFiles::default(),
            holds: Vec::new(),
            window: None,
            smoke: Vec::new(),
            dist_tag: None,
            provenance: None,
            immutable: false,
        }
    }
}

/// How a command line names a package on a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskedBy {
    /// The option.
    pub option: &'static str,
    /// What it takes.
    pub value: &'static str,
    /// What that is, in words.
    pub help: &'static str,
}
