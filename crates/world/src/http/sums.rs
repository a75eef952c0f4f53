//! Every checksum that a registry may state, made in one pass over the bytes.

use gonogo_core::delivery::{Algorithm, Checksum, Content};
use gonogo_core::digest::Digest;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};

/// Checksums in the making.
#[derive(Clone, Debug, Default)]
pub struct Sums {
    bytes: u64,
    sha1: Sha1,
    sha256: Sha256,
    sha512: Sha512,
}

impl Sums {
    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.sha1.update(bytes);
        self.sha256.update(bytes);
        self.sha512.update(bytes);
    }

    /// The checksums of all bytes taken.
    pub fn finish(self) -> Content {
        let digest = Digest::from_bytes(self.sha256.finalize().into());
        let others = [
            Checksum::new(Algorithm::Sha1, &hexadecimal(&self.sha1.finalize())),
            Checksum::new(Algorithm::Sha512, &hexadecimal(&self.sha512.finalize())),
        ];
        let computed = others.into_iter().flatten().chain([Checksum::from(digest)]).collect();
        Content { bytes: self.bytes, digest, computed }
    }
}

/// Bytes as lower-case hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-4, the examples for "abc".
    #[test]
    fn checksums_are_those_of_the_standard_however_the_bytes_come() {
        let mut sums = Sums::default();
        sums.update(b"a");
        sums.update(b"bc");
        let content = sums.finish();
        let values: Vec<&str> = content.computed.iter().map(Checksum::value).collect();
        assert_eq!(values[0], "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert!(values[1].starts_with("ddaf35a193617abacc417349ae204131") && values[1].len() == 128);
        assert_eq!(
            (content.bytes, content.digest, values[2]),
            (3, Digest::of(b"abc"), &*Digest::of(b"abc").hex())
        );
    }
}
