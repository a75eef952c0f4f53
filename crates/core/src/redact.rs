//! Secrets are replaced before a byte reaches disk, blocker or screen.
//!
//! Two nets: the values of secret-looking variables of our own environment and of the plan, wherever they occur, and the shapes of
//! well-known tokens. Works on bytes, since tools print what they like.

use regex::bytes::{Captures, Regex, RegexBuilder};

/// What stands where a secret stood.
pub const REDACTED: &str = "[redacted]";

/// The shortest value of a variable that is taken for a secret, in bytes; a shorter one would redact plain words.
const SHORTEST: usize = 8;

/// The longest form of a value that is known when it is broken into lines, in bytes.
const LONGEST_BROKEN: usize = 256;

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
    r"|(?-u:\b)hf_[A-Za-z0-9]{30,}",
    r"|(?-u:\b)eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
    // A key that is cut off goes as far as its lines do, and takes nothing else with it.
    r"|(?s-u:-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?:[A-Za-z0-9+/=:,.\s\\-]*?-----END [A-Z0-9 ]*PRIVATE KEY-----",
    r"|(?:(?:\s|\\[nr])+[A-Za-z0-9+/=]{16,})*))",
    r"|(?P<key>(?i-u:(?:_authtoken|_auth|_password|access_token|api_?key|client_secret|aws_secret_access_key)[ \t]*[=:][ \t]*))[^\s&'\x22\x00-\x1f]{8,}",
    r"|(?P<alone>(?-u:\b)[A-Za-z][A-Za-z0-9+.-]{1,20}://)[A-Za-z0-9_.~%+-]{20,256}@",
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
        let mut values: Vec<String> = variables
            .into_iter()
            .filter(|(name, value)| is_secret(name, value))
            .flat_map(|(_, value)| forms(value))
            .collect();
        // The longest first, so that a secret which holds another one is replaced whole.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        values.dedup();
        let values: Vec<String> = values.iter().map(|value| broken(value)).collect();
        let values = match values.is_empty() {
            true => None,
            false => Some(RegexBuilder::new(&values.join("|")).size_limit(256 << 20).build()?),
        };
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
            let scheme = found.name("scheme").or_else(|| found.name("alone"));
            let kept = scheme
                .or_else(|| found.name("header"))
                .or_else(|| found.name("key"))
                .map_or(&b""[..], |kept| kept.as_bytes());
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
    let name = name.to_ascii_uppercase().replace('-', "_");
    let parts = ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "API_KEY", "APIKEY"];
    let ends = ["_PASS", "_PWD", "_KEY", "_AUTH"];
    parts.iter().any(|part| name.contains(part)) || ends.iter().any(|end| name.ends_with(end))
}

/// A value as a pattern, also where it is broken into lines. One that is very long stands on one line.
fn broken(value: &str) -> String {
    if value.len() > LONGEST_BROKEN {
        return regex::escape(value);
    }
    let letters: Vec<String> =
        value.chars().map(|letter| regex::escape(letter.encode_utf8(&mut [0; 4]))).collect();
    letters.join(r"(?:\r?\n)?")
}

/// The forms in which a value may come back: as it is, line by line, and as JSON, an address or base64 has it.
fn forms(value: &str) -> Vec<String> {
    let mut forms: Vec<String> = vec![value.to_owned()];
    forms.extend(value.lines().map(str::trim).filter(|line| line.len() >= SHORTEST).map(str::to_owned));
    let plain: Vec<String> = forms.clone();
    for value in plain {
        if let Ok(json) = serde_json::to_string(&value) {
            forms.push(json[1..json.len() - 1].to_owned());
        }
        let percent = |lower: bool| -> String {
            value
                .bytes()
                .map(|byte| match byte {
                    byte if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) => {
                        char::from(byte).to_string()
                    }
                    byte if lower => format!("%{byte:02x}"),
                    byte => format!("%{byte:02X}"),
                })
                .collect()
        };
        forms.extend([percent(false), percent(true)]);
        forms.extend(base64_forms(value.as_bytes()));
    }
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// Base64 and base64url of some bytes, wherever they stand in what is encoded: what does not depend on its neighbours.
fn base64_forms(bytes: &[u8]) -> Vec<String> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut forms = Vec::new();
    for shift in 0..3_usize {
        let padded: Vec<u8> = std::iter::repeat_n(0, shift).chain(bytes.iter().copied()).collect();
        let mut text = String::new();
        for three in padded.chunks(3) {
            let number = three.iter().fold(0_u32, |number, byte| (number << 8) | u32::from(*byte))
                << (8 * (3 - three.len()));
            let letters = (0..4).map(|at| LETTERS[(number >> (18 - 6 * at)) as usize & 63]);
            text.extend(letters.take(three.len() + 1).map(char::from));
        }
        // The first letters hold bits of what stands before, the last one bits of what comes after.
        let first = [0, 2, 3][shift];
        let last = if padded.len().is_multiple_of(3) { text.len() } else { text.len() - 1 };
        let Some(inner) = text.get(first..last).filter(|inner| inner.len() >= SHORTEST) else { continue };
        forms.push(inner.replace('+', "-").replace('/', "_"));
        forms.push(inner.to_owned());
    }
    forms
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
    fn a_private_key_that_is_cut_off_takes_nothing_with_it_that_is_no_key() {
        let line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC";
        let text = format!("x -----BEGIN PRIVATE KEY-----\n{line}\n{line}\nwrong: this is a finding\nok");
        assert_eq!(redacted(&text), "x [redacted]\nwrong: this is a finding\nok");
        let escaped =
            format!("{{\"key\": \"-----BEGIN PRIVATE KEY-----\\n{line}\\n-----END PRIVATE KEY-----\\n\"}}");
        assert_eq!(redacted(&escaped), "{\"key\": \"[redacted]\\n\"}");
        assert_eq!(
            redacted("-----BEGIN PRIVATE KEY----- (none)\nerror: one"),
            "[redacted] (none)\nerror: one"
        );
    }

    #[test]
    fn a_known_value_goes_in_whatever_form_it_comes_back() {
        let redactor = Redactor::new([("DB_PASS", "s3cr\"et/va+lue")]).unwrap();
        for form in [
            "s3cr\"et/va+lue",
            "s3cr\\\"et/va+lue",
            "s3cr%22et%2Fva%2Blue",
            "s3cr%22et%2fva%2blue",
            "czNjciJldC92YStsdW",
        ] {
            let shown = redactor.text(&format!("<{form}>"));
            assert!(shown.starts_with("<[redacted]"), "{form}: {shown}");
        }
        // user:value, as an Authorization header has it.
        let header = redactor.text("dXNlcjpzM2NyImV0L3ZhK2x1ZQ==");
        assert!(header.contains("[redacted]") && !header.contains("zM2NyImV0L3ZhK2"), "{header}");
        let many = Redactor::new([("SIGNING_KEY", "first line 1\nsecond line 2")]).unwrap();
        assert_eq!(many.text("2: second line 2;"), "2: [redacted];");
        let folded = "s3cr\"e\nt/va+lu\r\ne, czNjciJld\nC92YStsdW";
        assert!(!redactor.text(folded).contains("s3cr") && !redactor.text(folded).contains("czNj"));
    }

    #[test]
    fn more_shapes_of_tokens_go_and_what_only_looks_alike_stays() {
        for (text, shown) in [
            ("//host.test/:_authToken=abcdefghij", "//host.test/:_authToken=[redacted]"),
            (
                "http://host.test/?access_token=abcdefghij&x=1",
                "http://host.test/?access_token=[redacted]&x=1",
            ),
            ("https://abcdefghijklmnopqrstuvwx@host.test/", "https://[redacted]@host.test/"),
            ("eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSMeKKF", "[redacted]"),
            ("ssh://git@host.test/x", "ssh://git@host.test/x"),
            ("the author: someone", "the author: someone"),
        ] {
            assert_eq!(redacted(text), shown);
        }
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
