//! The wall clock, read in one place.

use jiff::Timestamp;

/// Now, in UTC.
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// A moment as it stands in records: RFC 3339, whole milliseconds.
pub fn spelled(moment: Timestamp) -> String {
    format!("{moment:.3}")
}
