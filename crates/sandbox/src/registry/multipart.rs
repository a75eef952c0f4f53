//! `multipart/form-data` (RFC 7578), as clients of the legacy upload interface send it.

/// One field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
    pub(super) bytes: Vec<u8>,
}

/// The fields of a form; `None` where it is not whole.
pub(super) fn fields(content_type: &str, body: &[u8]) -> Option<Vec<Field>> {
    let boundary = parameter(content_type, "boundary")?;
    let (open, between) = (format!("--{boundary}"), format!("\r\n--{boundary}"));
    let mut rest = body.strip_prefix(open.as_bytes())?;
    let mut fields = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Some(fields);
        }
        rest = rest.strip_prefix(b"\r\n")?;
        let head_ends = find(rest, b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&rest[..head_ends]).into_owned();
        rest = &rest[head_ends + 4..];
        let ends = find(rest, between.as_bytes())?;
        let lines = head.split("\r\n");
        let is_it = |line: &&str| line.to_ascii_lowercase().starts_with("content-disposition:");
        let disposition = lines.clone().find(is_it)?;
        fields.push(Field {
            name: parameter(disposition, "name")?,
            file_name: parameter(disposition, "filename"),
            bytes: rest[..ends].to_vec(),
        });
        rest = &rest[ends + between.len()..];
    }
}

/// A parameter of a header's value, quoted or not.
fn parameter(header: &str, name: &str) -> Option<String> {
    let parts = header.split(';').map(str::trim);
    let value = parts.filter_map(|part| part.split_once('=')).find(|(key, _)| *key == name)?.1;
    Some(value.trim_matches('"').to_owned())
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=xyz";
    const FORM: &[u8] = b"--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--xyz\r\nContent-Disposition: form-data; name=\"content\"; filename=\"t.whl\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--x\r\n--xyz--\r\n";

    #[test]
    fn a_form_is_read_with_its_file() {
        let all = fields(TYPE, FORM).unwrap();
        assert_eq!((all[0].name.as_str(), all[0].bytes.as_slice()), ("a", b"1".as_slice()));
        assert_eq!(all[1].file_name.as_deref(), Some("t.whl"));
        assert_eq!(all[1].bytes, b"\r\n--x");
    }

    #[test]
    fn a_form_that_breaks_off_is_none() {
        assert_eq!(fields(TYPE, &FORM[..FORM.len() - 9]), None);
    }
}
