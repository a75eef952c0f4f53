//! What a clean install says of itself: the version in the output of its smoke command.
//!
//! Invariant: a version is a whole word of the output and is compared as a version: `0.1.1` is not in `0.1.14`.

use super::channel::Channel;
use super::sighting::Install;
use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Deserializer, Serialize, de};

/// A command that is run in a clean install: program and arguments, never a shell line. Empty for none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(transparent)]
pub struct Smoke(Vec<String>);

impl Smoke {
    /// Program and arguments; empty where no command is named.
    pub fn words(&self) -> &[String] {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Smoke {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = Vec::<String>::deserialize(deserializer)?;
        // A path would leave the clean install.
        if words.first().is_none_or(|program| program.is_empty() || program.contains('/')) {
            return Err(de::Error::custom(
                "a smoke command begins with the name of a program that is installed",
            ));
        }
        Ok(Self(words))
    }
}

/// What the output of a smoke command that ended well says. A program may spell its version as its channel does, or as
/// the release does.
pub fn ran(channel: Channel, version: &Version, output: &str) -> Install {
    let words: Vec<&str> =
        output.split(is_between).map(|word| word.trim_end_matches(['.', '-', '+'])).collect();
    let is_wanted = |word: &&&str| {
        let plain = word.strip_prefix('v').unwrap_or(word);
        Version::parse(plain).is_ok_and(|said| said == *version)
            || channel.is_version(word, version)
            || channel.is_version(plain, version)
    };
    if let Some(said) = words.iter().find(is_wanted) {
        // As the channel spells it, so that it is compared with that.
        return Install::Ran { version: channel.spell(version).unwrap_or_else(|| (*said).to_owned()) };
    }
    let is_any = |word: &&&str| {
        let plain = word.strip_prefix('v').unwrap_or(word);
        Version::parse(plain).is_ok() || (word.contains('.') && channel.read(word).is_some())
    };
    match words.iter().find(is_any) {
        Some(other) => Install::Ran { version: (*other).to_owned() },
        None => Install::DoesNotRun { said: "it runs, and says no version of itself".to_owned() },
    }
}

/// Whether a character ends a word: versions have letters, digits and `.-+!_`.
fn is_between(c: char) -> bool {
    !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '!' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(channel: Channel, version: &str, output: &str) -> bool {
        let version = Version::parse(version).unwrap();
        match ran(channel, &version, output) {
            Install::Ran { version: said } => channel.is_version(&said, &version),
            _ => false,
        }
    }

    #[test]
    fn a_version_is_a_word_of_its_own_and_never_a_part_of_another() {
        for output in
            ["tally 0.1.1", "tally v0.1.1 (2026-01-01)\n", "{\"version\":\"0.1.1\"}", "tally/0.1.1.", "0.1.1"]
        {
            assert!(says(Channel::Npm, "0.1.1", output), "{output}");
        }
        for output in
            ["tally 0.1.14", "10.1.1", "0.1.1-rc.1", "0.1.1.dev0", "tally0.1.1", "", "0.1", "x-0.1.1"]
        {
            for channel in Channel::ALL {
                assert!(!says(channel, "0.1.1", output), "{channel} {output}");
            }
        }
    }

    #[test]
    fn a_python_program_may_say_it_either_way() {
        assert!(says(Channel::Pypi, "1.2.0-rc.1", "kit 1.2.0rc1"));
        assert!(says(Channel::Pypi, "1.2.0-rc.1", "kit 1.2.0-rc.1"));
        assert!(!says(Channel::Pypi, "1.2.0-rc.1", "kit 1.2.0"));
        assert!(says(Channel::Go, "1.2.0", "dep\texample.test/kit\tv1.2.0\th1:abc="));
        assert!(says(Channel::Go, "1.2.0", "kit 1.2.0"));
    }

    #[test]
    fn another_version_and_no_version_are_told_apart() {
        let version = Version::parse("1.2.0").unwrap();
        let other = ran(Channel::CratesIo, &version, "kit 1.1.0");
        assert_eq!(other, Install::Ran { version: "1.1.0".into() });
        assert!(matches!(ran(Channel::CratesIo, &version, "hello"), Install::DoesNotRun { .. }));
    }
}
