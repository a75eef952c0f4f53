//! The `h1:` of a module from the tree that its tag names, as the go command makes the module's zip of it.
//!
//! Source: golang.org/x/mod/zip (which files) and the go command's `modfetch` (the root's LICENSE for a module in a
//! folder). Invariant: where a tree has what the go command treats in ways of its own, nothing is said.

use super::dirhash::of_files;
use crate::git::Git;
use gonogo_core::delivery::{Channel, Checksum, go_version};
use gonogo_core::digest::Digest;
use gonogo_core::ids::CommitId;
use semver::Version;
use std::collections::BTreeMap;

/// The `h1:` of a module's version, from the repository that is checked out; `release` is a commit of the release, in
/// which the module's folder is found. `None` where no module of the repository has this name.
pub(super) async fn go_sum(
    git: &Git,
    module: &str,
    version: &Version,
    release: &CommitId,
) -> Result<Option<Checksum>, String> {
    let spelled = Channel::Go.spell(version).ok_or("Go has no spelling for this version")?;
    let files = git.files_at(release, &[]).await.map_err(|error| error.to_string())?;
    let Some(folder) = folder_of(&files, module)? else { return Ok(None) };
    let tag = format!("{}{spelled}", prefix(&folder, module));
    let tagged = git.commit_of(&format!("refs/tags/{tag}")).await.map_err(|error| error.to_string())?;
    let tagged = tagged.ok_or_else(|| format!("the module's tag {tag} is not here"))?;
    let files = if tagged == *release {
        files
    } else {
        git.files_at(&tagged, &[]).await.map_err(|error| error.to_string())?
    };
    sum(&files, &folder, &format!("{module}@{}", go_version(module, version))).map(Some)
}

/// The folder, with a slash at its end, whose `go.mod` names the module; empty for the root, `None` where none does.
fn folder_of(files: &BTreeMap<String, Vec<u8>>, module: &str) -> Result<Option<String>, String> {
    let is_its = |text: &[u8]| {
        let named = String::from_utf8_lossy(text).lines().find_map(|line| {
            let line = line.split("//").next().unwrap_or_default().trim();
            let name = line.strip_prefix("module")?;
            name.starts_with([' ', '\t']).then(|| name.trim().trim_matches(['"', '`']).to_owned())
        });
        named.as_deref() == Some(module)
    };
    let mut folders = files.iter().filter_map(|(path, text)| {
        let folder = path.strip_suffix("go.mod")?;
        ((folder.is_empty() || folder.ends_with('/')) && is_its(text)).then(|| folder.to_owned())
    });
    match (folders.next(), folders.next()) {
        (Some(folder), None) => Ok(Some(folder)),
        (None, _) => Ok(None),
        (Some(_), Some(_)) => Err(format!("more than one go.mod of the repository names {module}")),
    }
}

/// What stands before the version in the module's tags: its folder, without one that is only for a major version.
fn prefix<'a>(folder: &'a str, module: &str) -> &'a str {
    let last = module.rsplit('/').next().unwrap_or_default();
    let is_major =
        last.strip_prefix('v').is_some_and(|major| major.parse::<u64>().is_ok_and(|major| major > 1));
    match folder.strip_suffix('/').and_then(|folder| folder.strip_suffix(last)) {
        Some(above) if is_major && (above.is_empty() || above.ends_with('/')) => above,
        _ => folder,
    }
}

fn sum(files: &BTreeMap<String, Vec<u8>>, folder: &str, named: &str) -> Result<Checksum, String> {
    let own = |path: &str| path.strip_prefix(folder).map(str::to_owned);
    let nested: Vec<String> = files
        .keys()
        .filter_map(|path| own(path)?.strip_suffix("/go.mod").map(|folder| format!("{folder}/")))
        .collect();
    let mut zipped = BTreeMap::new();
    for (path, text) in files {
        let Some(path) = own(path) else { continue };
        if nested.iter().any(|folder| path.starts_with(folder)) || path == ".hg_archival.txt" {
            continue;
        }
        if path.starts_with("vendor/") || path.contains("/vendor/") {
            return Err(
                "the module has a vendor folder, which go versions treat in different ways".to_owned()
            );
        }
        zipped.insert(format!("{named}/{path}"), Digest::of(text));
    }
    // The go command has git write the files, which converts them where attributes say so.
    let converts = files.iter().filter(|(path, _)| path.rsplit('/').next() == Some(".gitattributes"));
    for (path, text) in converts {
        let text = String::from_utf8_lossy(text);
        if ["eol=crlf", "working-tree-encoding", "ident", "filter="].iter().any(|word| text.contains(word)) {
            return Err(format!("{path} has git convert files"));
        }
    }
    if !folder.is_empty()
        && !zipped.contains_key(&format!("{named}/LICENSE"))
        && let Some(text) = files.get("LICENSE")
    {
        zipped.insert(format!("{named}/LICENSE"), Digest::of(text));
    }
    of_files(&zipped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
        files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn a_modules_folder_is_where_its_go_mod_is() {
        let files = tree(&[
            ("go.mod", "module example.test/kit // the root\n"),
            ("sub/go.mod", "\nmodule \"example.test/kit/sub\"\n"),
            ("v2/go.mod", "module example.test/kit/v2\n"),
            ("x/not.go.mod", "module example.test/other\n"),
        ]);
        assert_eq!(folder_of(&files, "example.test/kit"), Ok(Some(String::new())));
        assert_eq!(folder_of(&files, "example.test/kit/sub"), Ok(Some("sub/".to_owned())));
        assert_eq!(folder_of(&files, "example.test/other"), Ok(None));
        assert_eq!(prefix("sub/", "example.test/kit/sub"), "sub/");
        assert_eq!(prefix("v2/", "example.test/kit/v2"), "");
        assert_eq!(prefix("sub/v2/", "example.test/kit/sub/v2"), "sub/");
        assert_eq!(prefix("", "example.test/kit/v2"), "");
        assert_eq!(prefix("sub/", "example.test/kit/sub/v2"), "sub/");
    }

    #[test]
    fn nested_modules_are_left_out_and_the_roots_licence_is_taken_along() {
        let files = tree(&[
            ("LICENSE", "MIT"),
            ("sub/go.mod", "m"),
            ("sub/a.go", "a"),
            ("sub/in/go.mod", "n"),
            ("sub/in/b.go", "b"),
            ("c.go", "c"),
        ]);
        let wanted = BTreeMap::from(
            [("m@v1/LICENSE", "MIT"), ("m@v1/go.mod", "m"), ("m@v1/a.go", "a")]
                .map(|(path, text)| (path.to_owned(), Digest::of(text.as_bytes()))),
        );
        assert_eq!(sum(&files, "sub/", "m@v1").unwrap(), of_files(&wanted).unwrap());
    }

    #[test]
    fn what_go_or_git_treats_in_its_own_way_is_not_told() {
        assert!(sum(&tree(&[("go.mod", "m"), ("vendor/x/y.go", "y")]), "", "m@v1").is_err());
        assert!(sum(&tree(&[("go.mod", "m"), (".gitattributes", "*.go eol=crlf")]), "", "m@v1").is_err());
    }
}
