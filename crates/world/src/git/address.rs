//! Addresses of repositories that stand beside a known one.

/// The address of another repository at the same place: `repository` (`owner/name`), which an address must end with,
/// replaced by `sibling` (`owner/name`), the ending `.git` kept as it was. `None` where the address does not end so, or
/// a name is not `owner/name`: then nothing can be derived.
///
/// Every form that git-clone(1) documents has such an end: `https://host/o/r.git`, `ssh://git@host/o/r`,
/// `git@host:o/r.git`, `/srv/o/r.git`.
pub fn sibling_address(address: &str, repository: &str, sibling: &str) -> Option<String> {
    if !is_pair(repository) || !is_pair(sibling) || address.contains(['?', '#']) {
        return None;
    }
    let path = address.trim_end_matches('/');
    let (path, ending) = path.strip_suffix(".git").map_or((path, ""), |path| (path, ".git"));
    let at = path.len().checked_sub(repository.len())?;
    let (before, end) = (path.get(..at)?, path.get(at..)?);
    // `https://owner/name` has a host in the owner's place.
    let is_whole = before.ends_with(['/', ':']) && !before.ends_with("//");
    (is_whole && end.eq_ignore_ascii_case(repository)).then(|| format!("{before}{sibling}{ending}"))
}

/// An address without a password that stands in it.
pub(super) fn without_password(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    match authority.rsplit_once('@') {
        // A name that stands alone may be a token.
        Some((_, host)) if scheme != "ssh" || authority.contains(':') => format!("{scheme}://{host}/{path}"),
        _ => address.to_owned(),
    }
}

/// Whether two addresses lead to one repository: the same host and path, by whatever transport and as whatever user.
pub(super) fn is_same_repository(one: &str, other: &str) -> bool {
    one == other || place(one).is_some_and(|place_of_one| Some(place_of_one) == place(other))
}

/// Host and path of an address; no host for one of this machine. `None` for what has no such parts.
fn place(address: &str) -> Option<(String, String)> {
    let trimmed = |path: &str| {
        let path = path.trim_end_matches('/');
        path.strip_suffix(".git").unwrap_or(path).trim_matches('/').to_owned()
    };
    let host_of = |authority: &str| {
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        host.to_ascii_lowercase()
    };
    if let Some((scheme, rest)) = address.split_once("://") {
        let (authority, path) = rest.split_once('/')?;
        let usual_port = match scheme {
            "https" => ":443",
            "http" => ":80",
            "ssh" | "git+ssh" | "ssh+git" => ":22",
            _ => "",
        };
        let host = host_of(authority);
        let host = host.strip_suffix(usual_port).filter(|_| !usual_port.is_empty()).unwrap_or(&host);
        return Some((host.to_owned(), trimmed(path)));
    }
    // As in git-clone(1): a colon before any slash is an address of ssh's.
    match address.split_once(':') {
        Some((authority, path)) if !authority.contains('/') => Some((host_of(authority), trimmed(path))),
        _ => Some((String::new(), trimmed(address))).filter(|_| address.starts_with('/')),
    }
}

fn is_pair(text: &str) -> bool {
    let plain = |part: &str| {
        !matches!(part, "" | "." | "..")
            && !part.starts_with('-')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    text.split_once('/').is_some_and(|(owner, name)| plain(owner) && plain(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tap(address: &str) -> Option<String> {
        sibling_address(address, "octo/sample", "octo/homebrew-tap")
    }

    #[test]
    fn every_form_of_an_address_leads_to_its_sibling() {
        for (address, sibling) in [
            ("https://example.test/octo/sample.git", "https://example.test/octo/homebrew-tap.git"),
            ("https://example.test/octo/sample", "https://example.test/octo/homebrew-tap"),
            ("https://example.test/octo/sample/", "https://example.test/octo/homebrew-tap"),
            ("https://me@example.test/git/octo/sample", "https://me@example.test/git/octo/homebrew-tap"),
            ("git@example.test:octo/sample.git", "git@example.test:octo/homebrew-tap.git"),
            ("ssh://git@example.test:22/octo/sample.git", "ssh://git@example.test:22/octo/homebrew-tap.git"),
            ("/srv/git/octo/sample.git", "/srv/git/octo/homebrew-tap.git"),
            ("file:///srv/git/octo/sample", "file:///srv/git/octo/homebrew-tap"),
            ("../octo/sample", "../octo/homebrew-tap"),
            ("https://example.test/Octo/Sample.git", "https://example.test/octo/homebrew-tap.git"),
        ] {
            assert_eq!(tap(address).as_deref(), Some(sibling), "{address}");
        }
    }

    #[test]
    fn what_may_be_secret_in_an_address_is_not_shown() {
        for (address, shown) in [
            ("https://me:secret@example.test/o/r.git", "https://example.test/o/r.git"),
            ("https://secret@example.test/o/r", "https://example.test/o/r"),
            ("ssh://git@example.test/o/r", "ssh://git@example.test/o/r"),
            ("git@example.test:o/r.git", "git@example.test:o/r.git"),
            ("/srv/o/r.git", "/srv/o/r.git"),
        ] {
            assert_eq!(without_password(address), shown);
        }
    }

    #[test]
    fn one_repository_is_known_by_host_and_path_whatever_leads_there() {
        let same = [
            ("https://example.test/o/r.git", "git@example.test:o/r.git"),
            ("https://example.test/o/r", "ssh://git@Example.test:22/o/r.git"),
            ("https://me:secret@example.test/o/r/", "https://example.test/o/r"),
            ("/srv/o/r.git", "file:///srv/o/r"),
            ("/srv/o/r.git", "/srv/o/r.git"),
            ("../o/r", "../o/r"),
        ];
        for (one, other) in same {
            assert!(is_same_repository(one, other) && is_same_repository(other, one), "{one} {other}");
        }
        let others = [
            ("https://example.test/o/r.git", "git@example.test:me/r.git"),
            ("https://example.test/o/r.git", "https://other.test/o/r.git"),
            ("https://example.test/o/r.git", "https://example.test:8443/o/r.git"),
            ("https://example.test/o/r.git", "https://example.test/O/r.git"),
            ("git@example.test:o/r.git", "git@alias:o/r.git"),
            ("/srv/o/r.git", "/srv/o/fork.git"),
            ("/srv/o/r.git", "ssh://host/srv/o/r.git"),
            ("../o/r", "../o/x"),
            ("https://example.test/o/r.git", ""),
        ];
        for (one, other) in others {
            assert!(!is_same_repository(one, other) && !is_same_repository(other, one), "{one} {other}");
        }
    }

    #[test]
    fn an_address_that_does_not_end_with_the_repository_has_no_sibling() {
        for address in [
            "",
            "octo/sample",
            "https://octo/sample",
            "https://example.test/sample.git",
            "git@example.test:sample.git",
            "https://example.test/someocto/sample",
            "https://example.test/octo/sample-fork.git",
            "https://example.test/octo/sample.git.git",
            "https://example.test/octo/sample?x=/octo/sample",
            "https://example.test/x#/octo/sample",
            "https://example.test/é/sample",
        ] {
            assert_eq!(tap(address), None, "{address}");
        }
    }

    #[test]
    fn a_name_that_bends_the_path_has_no_address() {
        for sibling in
            ["", "tap", "octo/", "/tap", "octo/..", "../tap", "octo/a/b", "octo/t p", "-u/tap", "octo/-x"]
        {
            assert_eq!(sibling_address("/srv/octo/sample", "octo/sample", sibling), None, "{sibling}");
            assert_eq!(sibling_address(&format!("/srv/{sibling}"), sibling, "octo/tap"), None, "{sibling}");
        }
    }
}
