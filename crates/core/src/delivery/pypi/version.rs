//! Versions as Python has them (PEP 440).

use pep440_rs::PrereleaseKind;
use semver::Version;
use std::str::FromStr;

/// PEP 440 has no place for a pre-release that is only a number: `1.0.0-1` would be read as a release after `1.0.0`.
pub(super) fn spell(version: &Version) -> Option<String> {
    let read = pep440_rs::Version::from_str(&version.to_string()).ok()?;
    (version.pre.is_empty() != read.any_prerelease() && !read.is_post()).then(|| read.to_string())
}

/// `1.2.0rc1` is `1.2.0-rc.1`.
pub(super) fn read(served: &str) -> Option<Version> {
    let read = pep440_rs::Version::from_str(served).ok()?;
    let plain = read.epoch() == 0 && read.local().is_empty() && !read.is_post() && read.release().len() <= 3;
    let number = |at: usize| read.release().get(at).copied().unwrap_or(0);
    let pre = match (read.pre(), read.dev()) {
        (None, None) => String::new(),
        (Some(pre), None) => format!("-{}.{}", word(pre.kind), pre.number),
        (None, Some(dev)) => format!("-dev.{dev}"),
        (Some(_), Some(_)) => return None,
    };
    let text = format!("{}.{}.{}{pre}", number(0), number(1), number(2));
    plain.then(|| Version::parse(&text).ok()).flatten()
}

/// PEP 440 reads over blanks and a `v`; no index serves either.
pub(super) fn is_version(served: &str, version: &Version) -> bool {
    let wanted = spell(version).and_then(|wanted| pep440_rs::Version::from_str(&wanted).ok());
    let is_plain = served.starts_with(|c: char| c.is_ascii_digit()) && served.trim_end() == served;
    wanted.is_some() && is_plain && wanted == pep440_rs::Version::from_str(served).ok()
}

const fn word(kind: PrereleaseKind) -> &'static str {
    match kind {
        PrereleaseKind::Alpha => "alpha",
        PrereleaseKind::Beta => "beta",
        PrereleaseKind::Rc => "rc",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn a_python_version_is_compared_as_pep_440_has_it() {
        assert_eq!(spell(&version("1.2.0-rc.1")).as_deref(), Some("1.2.0rc1"));
        for served in ["1.2.0rc1", "1.2rc1", "1.2.0.rc.1", "1.2.0c1"] {
            assert!(is_version(served, &version("1.2.0-rc.1")), "{served}");
        }
        assert!(is_version("1.2", &version("1.2.0")));
        assert!(!is_version("1.2.0+local", &version("1.2.0")));
        assert!(!is_version("1!1.2.0", &version("1.2.0")));
    }

    #[test]
    fn a_version_that_python_would_read_as_another_kind_has_no_spelling() {
        for text in ["1.0.0-1", "1.0.0-post.1", "1.0.0-x.7.z.92", "1.0.0-rc.1.2"] {
            assert_eq!(spell(&version(text)), None, "{text}");
        }
    }
}
