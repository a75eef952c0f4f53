//! The wall clock, read in one place.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

/// Now, in UTC.
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// Today, in UTC.
pub fn today() -> Date {
    Offset::UTC.to_datetime(now()).date()
}

/// A moment as it stands in records: RFC 3339, whole milliseconds.
pub fn spelled(moment: Timestamp) -> String {
    format!("{moment:.3}")
}
