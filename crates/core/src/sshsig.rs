//! An SSH signature (PROTOCOL.sshsig of OpenSSH), as far as it says which key made it. Whether it holds, `ssh-keygen` says.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::{Digest as _, Sha256};

const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";
const MAGIC: &[u8] = b"SSHSIG";

/// The fingerprint of a public key's blob, as OpenSSH prints it: `SHA256:` and the digest in base64.
pub(crate) fn key_fingerprint(blob: &[u8]) -> String {
    format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(blob)))
}

/// The fingerprint of the key that an armored signature says it was made with. The error says in words what is wrong with it.
pub fn signing_key(armored: &str) -> Result<String, String> {
    let inner = armored.trim().strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(END));
    let inner: String =
        inner.ok_or("it is no SSH signature")?.chars().filter(|one| !one.is_ascii_whitespace()).collect();
    let bytes = STANDARD.decode(inner).map_err(|_| "the SSH signature is no base64")?;
    let rest = bytes.strip_prefix(MAGIC).ok_or("it is no SSH signature")?;
    let (version, rest) = number(rest).ok_or("the SSH signature is cut off")?;
    if version != 1 {
        return Err(format!("the SSH signature is of version {version}, and 1 is known"));
    }
    let (length, rest) = number(rest).ok_or("the SSH signature is cut off")?;
    let blob = usize::try_from(length).ok().and_then(|length| rest.get(..length));
    Ok(key_fingerprint(blob.ok_or("the SSH signature is cut off")?))
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (first, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*first), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn armored(bytes: &[u8]) -> String {
        format!("{BEGIN}\n{}\n{END}\n", STANDARD.encode(bytes))
    }

    #[test]
    fn the_key_is_read_from_the_signature_and_nothing_else_is_taken_for_one() {
        let whole = [MAGIC, &1_u32.to_be_bytes(), &3_u32.to_be_bytes(), b"key", b"rest"].concat();
        assert_eq!(signing_key(&armored(&whole)), Ok(key_fingerprint(b"key")));
        let other = [MAGIC, &2_u32.to_be_bytes(), &3_u32.to_be_bytes(), b"key"].concat();
        for text in [
            String::new(),
            armored(b"SSH"),
            armored(&other),
            armored(&whole[..13]),
            format!("{BEGIN}\n!\n{END}"),
        ] {
            assert!(signing_key(&text).is_err(), "{text}");
        }
    }
}
