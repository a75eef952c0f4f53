//! Values of a plan, as a person reads them.

use crate::ids::RemoteName;
use crate::text::shell_line;
use regex::Regex;
use semver::Version;
use std::time::Duration;

/// How a value is shown.
pub(super) trait Shown {
    /// In a few words.
    fn shown(&self) -> String;
}

/// Program and arguments.
#[derive(PartialEq)]
pub(super) struct Line<'a>(pub(super) &'a [String]);

/// A share: 0.05 is 5 %.
#[derive(PartialEq, PartialOrd)]
pub(super) struct Share(pub(super) f64);

/// Words that stand for themselves.
#[derive(PartialEq)]
pub(super) struct Plain(pub(super) &'static str);

impl Shown for Line<'_> {
    fn shown(&self) -> String {
        format!("`{}`", shell_line(self.0.iter().map(String::as_str)))
    }
}

impl Shown for Share {
    fn shown(&self) -> String {
        crate::stats::share(self.0)
    }
}

impl Shown for Plain {
    fn shown(&self) -> String {
        self.0.to_owned()
    }
}

impl Shown for RemoteName {
    fn shown(&self) -> String {
        format!("`{self}`")
    }
}

impl Shown for String {
    fn shown(&self) -> String {
        format!("`{self}`")
    }
}

impl Shown for Regex {
    fn shown(&self) -> String {
        format!("/{self}/")
    }
}

impl Shown for Version {
    fn shown(&self) -> String {
        format!("`{self}`")
    }
}

impl Shown for Duration {
    fn shown(&self) -> String {
        format!("{} s", self.as_secs())
    }
}

macro_rules! shown_as_they_are {
    ($($number:ty),+) => {
        $(impl Shown for $number {
            fn shown(&self) -> String {
                format!("`{self}`")
            }
        })+
    };
}

shown_as_they_are!(u8, u32, u64, usize);

impl<T: Shown> Shown for Option<T> {
    fn shown(&self) -> String {
        self.as_ref().map_or_else(|| "nothing".to_owned(), Shown::shown)
    }
}

impl<T: Shown> Shown for &T {
    fn shown(&self) -> String {
        (*self).shown()
    }
}

impl<T: Shown> Shown for Vec<T> {
    fn shown(&self) -> String {
        if self.is_empty() {
            return "nothing".to_owned();
        }
        self.iter().map(Shown::shown).collect::<Vec<_>>().join(", ")
    }
}
