//! Secrets are replaced before a byte reaches disk, blocker or screen.
//!
//! Two nets: the values of secret-looking variables of our own environment, wherever they occur, and the shapes of
//! well-known tokens. Works on bytes, since tools print what they like.

use regex::bytes::{Captures, Regex, RegexBuilder};

/// What stands where a secret stood.
pub const REDACTED: &str = "[redacted]";

/// The shortest value of a variable that is taken for a secret, in bytes; a shorter one would redact plain words.
const SHORTEST: usize = 8;

/// The shapes of tokens: a first group, if any, is kept. Sources: the token formats that GitHub, npm, PyPI, crates.io,
/// AWS, Slack and GitLab document; RFC 7468 for PEM; RFC 3986 (3.2.1) for user information in an address.
const SHAPES: &str = concat!(
    r"(?-u:\b)(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255})",
    r"|(?-u:\b)npm_[A-Za-z0-9]{36}",
    r"|(?-u:\b)pypi-[A-Za-z0-9_-]{32,}",
    r"|(?-u:\b)cio[A-Za-z0-9]{32}(?-u:\b)",
    r"|(?-u:\b)(?:AKIA|ASIA)[A-Z0-9]{16}(?-u:\b)",
    r"|(?-u:\b)xox[abprs]-[A-Za-z0-9-]{10,}",
    r"|(?-u:\b)glpat-[A-Za-z0-9_-]{20,}",
    r"|(?s-u:-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z))",
    r"|(?P<scheme>(?-u:\b)[A-Za-z][A-Za-z0-9+.-]{1,20}://)[^\s/@:]{0,256}:[^\s/@]{1,256}@",
    r"|(?P<header>(?i-u:(?:authorization:[ \t]*)?(?:bearer|basic|token)[ \t]+))[A-Za-z0-9+/=_.~-]{16,}",
);

/// Replaces secrets.
pub struct Redactor {
    values: Option<Regex>,
    shapes: Regex,
}

impl Redactor {
    /// A redactor for some variables' `(name, value)`: the values of those with a secret-looking name, and all
    /// token shapes.
    pub fn new<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, regex::Error> {
        let mut values: Vec<&str> = variables
            .into_iter()
            .filter(|(name, value)| is_secret(name, value))
            .map(|(_, value)| value)
            .collect();
        // The longest first, so that a secret which holds another one is replaced whole.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        let values: Vec<String> = values.into_iter().map(regex::escape).collect();
        let values = if values.is_empty() { None } else { Some(Regex::new(&values.join("|"))?) };
        let shapes = RegexBuilder::new(SHAPES).size_limit(32 << 20).build()?;
        Ok(Self { values, shapes })
    }

    /// The bytes without their secrets.
    pub fn bytes(&self, bytes: Vec<u8>) -> Vec<u8> {
        let bytes = match &self.values {
            Some(values) if values.is_match(&bytes) => {
                values.replace_all(&bytes, REDACTED.as_bytes()).into_owned()
            }
            _ => bytes,
        };
        if !self.shapes.is_match(&bytes) {
            return bytes;
        }
        let replace = |found: &Captures<'_>| {
            let scheme = found.name("scheme");
            let kept = scheme.or_else(|| found.name("header")).map_or(&b""[..], |kept| kept.as_bytes());
            let at: &[u8] = if scheme.is_some() { b"@" } else { b"" };
            [kept, REDACTED.as_bytes(), at].concat()
        };
        self.shapes.replace_all(&bytes, replace).into_owned()
    }

    /// The text without its secrets.
    pub fn text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.bytes(text.as_bytes().to_vec())).into_owned()
    }
}

/// Whether the value of a variable of that name is taken for a secret.
pub fn is_secret(name: &str, value: &str) -> bool {
    value.len() >= SHORTEST && names_a_secret(name)
}

fn names_a_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    [
        "TOKEN",
        "SECRET",
        "PASSWORD",
        "PASSWD",
        "PASSPHRASE",
        "CREDENTIAL",
        "API_KEY",
        "APIKEY",
        "PRIVATE_KEY",
        "ACCESS_KEY",
    ]
    .iter()
    .any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(text: &str) -> String {
        Redactor::new([("MY_TOKEN", "correct horse"), ("SHORT_TOKEN", "yes"), ("HOME", "/home/somebody")])
            .unwrap()
            .text(text)
    }

    #[test]
    fn values_of_secret_variables_go_wherever_they_occur() {
        assert_eq!(redacted("a=correct horse; yes /home/somebody"), "a=[redacted]; yes /home/somebody");
    }

    #[test]
    fn tokens_go_by_their_shape() {
        let letters = "abcdefghijklmnopqrstuvwxyz0123456789";
        for token in [
            format!("ghp_{letters}"),
            format!("github_pat_{letters}"),
            format!("npm_{letters}"),
            format!("pypi-{letters}"),
            format!("cio{}", &letters[..32]),
            "AKIAABCDEFGHIJKLMNOP".to_owned(),
            format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{letters}\n-----END OPENSSH PRIVATE KEY-----"),
        ] {
            assert_eq!(redacted(&format!("x {token} y")), "x [redacted] y", "{token}");
        }
    }

    #[test]
    fn a_private_key_that_is_cut_off_goes_to_the_end() {
        assert_eq!(redacted("x -----BEGIN PRIVATE KEY-----\nabc"), "x [redacted]");
    }

    #[test]
    fn addresses_and_headers_keep_what_is_not_secret() {
        assert_eq!(redacted("https://ann:pw@host.test/x"), "https://[redacted]@host.test/x");
        assert_eq!(
            redacted("Authorization: Bearer abcdefghijklmnopqrst"),
            "Authorization: Bearer [redacted]"
        );
    }

    #[test]
    fn ordinary_output_is_left_as_it_is() {
        let text = "test result: ok. 3 passed; at http://127.0.0.1:8080/x and a@b.test";
        assert_eq!(redacted(text), text);
    }

    #[test]
    fn bytes_that_are_not_text_survive() {
        let bytes = b"\xff\x00correct horse\xfe".to_vec();
        let out = Redactor::new([("A_SECRET", "correct horse")]).unwrap().bytes(bytes);
        assert_eq!(out, b"\xff\x00[redacted]\xfe");
    }
}
