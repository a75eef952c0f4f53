//! Checksums that registries state beside SHA-256: each with its algorithm, so that no two kinds are ever compared.

use crate::digest::Digest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How a checksum is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    /// SHA-1 (FIPS 180-4), npm's `shasum`. Proves nothing by itself.
    Sha1,
    /// SHA-256 (FIPS 180-4).
    Sha256,
    /// SHA-512 (FIPS 180-4), of npm's `integrity`.
    Sha512,
    /// Go's `h1:` over the files of a module (the dirhash of Go's checksum database), as its base64 text.
    GoH1,
}

impl Algorithm {
    /// Whether equality proves equal bytes: nobody makes two files with the same checksum.
    pub const fn is_strong(self) -> bool {
        !matches!(self, Self::Sha1)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
            Self::GoH1 => "h1",
        }
    }

    const fn hexadecimal_digits(self) -> Option<usize> {
        match self {
            Self::Sha1 => Some(40),
            Self::Sha256 => Some(64),
            Self::Sha512 => Some(128),
            Self::GoH1 => None,
        }
    }
}

/// A checksum of one algorithm.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Checksum {
    algorithm: Algorithm,
    value: String,
}

/// A text that is no checksum of its algorithm.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a {} checksum", .0.name())]
pub struct NotAChecksum(Algorithm);

impl Checksum {
    /// A checksum from its text: hexadecimal digits in either case, or Go's base64 of 44 characters.
    pub fn new(algorithm: Algorithm, text: &str) -> Result<Self, NotAChecksum> {
        let is_one = match algorithm.hexadecimal_digits() {
            Some(digits) => text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit()),
            None => {
                text.len() == 44
                    && text.ends_with('=')
                    && text[..43].bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte))
            }
        };
        if !is_one {
            return Err(NotAChecksum(algorithm));
        }
        let value = match algorithm.hexadecimal_digits() {
            Some(_) => text.to_ascii_lowercase(),
            None => text.to_owned(),
        };
        Ok(Self { algorithm, value })
    }

    /// How it is made.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Its text, without the algorithm.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether it is the SHA-256 of a digest; `None` where it is of another algorithm.
    pub fn is_digest(&self, digest: &Digest) -> Option<bool> {
        (self.algorithm == Algorithm::Sha256).then(|| self.value == digest.hex())
    }
}

impl From<Digest> for Checksum {
    fn from(digest: Digest) -> Self {
        Self { algorithm: Algorithm::Sha256, value: digest.hex() }
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.name(), self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_another_length_or_alphabet_is_no_checksum() {
        let sha256 = "a".repeat(64);
        assert!(Checksum::new(Algorithm::Sha256, &sha256).is_ok());
        for text in ["", "abc", &"g".repeat(64), &"a".repeat(63), &"ä".repeat(32)] {
            assert!(Checksum::new(Algorithm::Sha256, text).is_err(), "{text}");
        }
        assert!(Checksum::new(Algorithm::Sha512, &sha256).is_err());
        let base64 = format!("{}=", "A".repeat(43));
        assert!(Checksum::new(Algorithm::GoH1, &base64).is_ok());
        for text in ["A".repeat(44), format!("{}é=", "A".repeat(41)), base64.replace("A=", "-=")] {
            assert!(Checksum::new(Algorithm::GoH1, &text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_case_of_hexadecimal_digits_does_not_matter_and_that_of_base64_does() {
        let upper = Checksum::new(Algorithm::Sha1, &"AB".repeat(20)).unwrap();
        assert_eq!(upper, Checksum::new(Algorithm::Sha1, &"ab".repeat(20)).unwrap());
        let h1 = |text: &str| Checksum::new(Algorithm::GoH1, &format!("{}=", text.repeat(43))).unwrap();
        assert_ne!(h1("A"), h1("a"));
    }
}
