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
