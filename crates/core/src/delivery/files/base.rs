//! The expected set of a release whose plan names none: what its base release consists of, at the least.

use super::{Added, ExpectedNames, WantedName};
use crate::delivery::Channel;
use semver::Version;

impl ExpectedNames {
    /// At the least the files of an earlier version, each with the version in its name replaced. What a workflow adds by
    /// itself is not asked for, and more files may come.
    pub fn at_least<'a>(
        channel: Channel,
        (earlier, version): (&Version, &Version),
        names: impl Iterator<Item = &'a str>,
    ) -> Self {
        let spelled = |version: &Version| channel.rules().spellings_in_names(version);
        let (before, now) = (spelled(earlier), spelled(version));
        let is_added = |name: &str| Added::ALL.iter().any(|kind| kind.is(name));
        let wanted = names.filter(|name| !is_added(name)).map(|name| {
            let plain = platform_of_any_age(name);
            let each = before.iter().filter(|spelled| plain.contains(spelled.as_str()));
            let replaced =
                each.flat_map(|earlier| now.iter().map(|now| plain.replace(earlier.as_str(), now)));
            let mut replaced: Vec<String> = replaced.collect();
            if replaced.is_empty() {
                replaced.push(plain.clone());
            }
            WantedName(replaced)
        });
        Self { wanted: wanted.collect(), is_open: true, ..Self::default() }
    }
}

/// A wheel's name, in which its platform may be of any version: `macosx_11_0_arm64` is `macosx` for `arm64` (PEP 425).
/// Other names stay as they are.
fn platform_of_any_age(name: &str) -> String {
    let Some((head, platforms)) = name.strip_suffix(".whl").and_then(|stem| stem.rsplit_once('-')) else {
        return name.to_owned();
    };
    let platform = platforms.split('.').next().unwrap_or(platforms);
    let system: String = platform.chars().take_while(char::is_ascii_alphabetic).collect();
    let rest = &platform[system.len()..];
    let processor = rest.trim_start_matches(|c: char| c == '_' || c.is_ascii_digit());
    match processor.is_empty() {
        true => name.to_owned(),
        false => format!("{head}-*{system}*{processor}*.whl"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(channel: Channel, earlier: &[&str], now: &[&str]) -> usize {
        let versions = (&Version::new(0, 1, 0), &Version::new(0, 2, 0));
        let expected = ExpectedNames::at_least(channel, versions, earlier.iter().copied());
        assert!(now.iter().all(|name| expected.allows(name)));
        expected.missing(now).len()
    }

    #[test]
    fn a_wheel_fewer_is_less_than_the_base_and_a_newer_platform_is_not() {
        let base = [
            "kit-0.1.0.tar.gz",
            "kit-0.1.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
            "kit-0.1.0-cp311-cp311-macosx_11_0_arm64.whl",
            "kit-0.1.0-cp311-cp311-win32.whl",
            "kit-0.1.0-cp311-cp311-win_amd64.whl",
        ];
        let now = [
            "kit-0.2.0.tar.gz",
            "kit-0.2.0-cp311-cp311-manylinux_2_28_x86_64.whl",
            "kit-0.2.0-cp311-cp311-macosx_14_0_arm64.whl",
            "kit-0.2.0-cp311-cp311-win32.whl",
            "kit-0.2.0-cp311-cp311-win_amd64.whl",
        ];
        assert_eq!(missing(Channel::Pypi, &base, &now), 0);
        for gone in 0..now.len() {
            let mut fewer = now.to_vec();
            fewer.remove(gone);
            assert_eq!(missing(Channel::Pypi, &base, &fewer), 1, "{}", now[gone]);
        }
        // A wheel for one processor is none for another, nor is one of the version before.
        let other = now.map(|name| {
            if name.contains("arm64") { "kit-0.2.0-cp311-cp311-macosx_14_0_x86_64.whl" } else { name }
        });
        assert_eq!(missing(Channel::Pypi, &base, &other), 1);
        assert_eq!(missing(Channel::Pypi, &base, &base), base.len());
    }

    #[test]
    fn what_a_workflow_adds_is_not_asked_for_and_an_asset_without_a_version_is() {
        let base = ["kit_0.1.0_linux.zip", "install.sh", "SHA256SUMS", "kit_0.1.0_linux.zip.asc"];
        assert_eq!(
            missing(Channel::GithubRelease, &base, &["kit_0.2.0_linux.zip", "install.sh", "more.zip"]),
            0
        );
        assert_eq!(missing(Channel::GithubRelease, &base, &["kit_0.2.0_linux.zip"]), 1);
    }
}
