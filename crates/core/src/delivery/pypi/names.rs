//! Names of projects and of their files.

use std::str::FromStr;

/// A project's name as Python's indexes compare it (PEP 503): lower case, runs of `-`, `_` and `.` as one dash.
pub fn normalized(project: &str) -> String {
    let mut name = String::with_capacity(project.len());
    for c in project.chars() {
        match c {
            '-' | '_' | '.' if name.ends_with('-') => {}
            '-' | '_' | '.' => name.push('-'),
            _ => name.push(c.to_ascii_lowercase()),
        }
    }
    name
}

/// The version in the file name of a wheel (PEP 427) or source distribution (PEP 625, and the older names with dashes
/// in the project's) of a project; `None` where the file is no distribution of it.
pub fn distribution<'a>(file: &'a str, project: &str) -> Option<&'a str> {
    let wanted = normalized(project);
    if let Some(stem) = file.strip_suffix(".whl") {
        let mut parts = stem.split('-');
        let (name, version) = (parts.next()?, parts.next()?);
        let rest = parts.count();
        return ((3..=4).contains(&rest) && normalized(name) == wanted).then_some(version);
    }
    let stem = file.strip_suffix(".tar.gz").or_else(|| file.strip_suffix(".zip"))?;
    let ends = stem.match_indices('-').map(|(at, _)| at);
    ends.filter(|at| normalized(&stem[..*at]) == wanted)
        .map(|at| &stem[at + 1..])
        .find(|version| pep440_rs::Version::from_str(version).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_a_distribution_is_read_from_its_name() {
        for (file, project, version) in [
            ("git_cliff-2.4.0-py3-none-manylinux_2_17_x86_64.whl", "git-cliff", Some("2.4.0")),
            ("kit-1.0-1-py3-none-any.whl", "kit", Some("1.0")),
            ("ast-grep-cli-0.1.0.tar.gz", "ast_grep_cli", Some("0.1.0")),
            ("kit-1.0.zip", "kit", Some("1.0")),
            ("kit-core-1.0.tar.gz", "kit", None),
            ("kit-1.0.exe", "kit", None),
            ("kit-1.0.whl", "kit", None),
            ("other-1.0.tar.gz", "kit", None),
            ("1.0.tar.gz", "kit", None),
        ] {
            assert_eq!(distribution(file, project), version, "{file}");
        }
    }

    #[test]
    fn a_projects_name_is_compared_without_case_and_separators() {
        assert_eq!(normalized("A_b..c-_D"), "a-b-c-d");
    }
}
