//! How long something may take to show.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::time::Duration;

/// How long something may take to show: a time above zero, such as `20m` or `1h 30m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(transparent)]
pub struct Window(#[schemars(with = "String")] Duration);

impl Window {
    /// The time.
    pub const fn get(self) -> Duration {
        self.0
    }

    /// A window from its text.
    pub fn parse(text: &str) -> Option<Self> {
        let time = text.parse::<jiff::SignedDuration>().ok()?;
        (time > jiff::SignedDuration::ZERO).then(|| Self(time.unsigned_abs()))
    }
}

impl<'de> Deserialize<'de> for Window {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("a window is a time above zero, such as `20m`"))
    }
}

impl Serialize for Window {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}s", self.0.as_secs()))
    }
}
