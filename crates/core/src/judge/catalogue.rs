//! Which files steer which tool.

use super::part::Part;

/// Files that steer a tool.
pub(super) struct Steer {
    /// How their paths end, in lower case. `*` stands for anything within one name, once.
    ends: &'static [&'static str],
    /// What of them does.
    pub(super) part: Part,
    /// What it does, as the end of a sentence about the file.
    pub(super) does: &'static str,
}

const fn whole(ends: &'static [&'static str], does: &'static str) -> Steer {
    Steer { ends, part: Part::Whole, does }
}

const fn ignores(ends: &'static [&'static str], does: &'static str) -> Steer {
    Steer { ends, part: Part::Ignores, does }
}

const fn some(ends: &'static [&'static str], part: Part, does: &'static str) -> Steer {
    Steer { ends, part, does }
}

/// All of them. The first that fits counts.
static STEERS: &[Steer] = &[
    // Rust
    whole(
        &[".cargo/config.toml", ".cargo/config"],
        "it can lead cargo to other programs: aliases, runners, wrappers, variables",
    ),
    ignores(&[".cargo/audit.toml", "audit.toml"], "it hides findings from cargo-audit"),
    ignores(&["deny.toml", ".deny.toml"], "it hides findings from cargo-deny, or asks it for less"),
    whole(&["supply-chain/config.toml"], "it exempts crates from cargo-vet"),
    whole(
        &["rust-toolchain.toml", "rust-toolchain"],
        "it chooses the compiler and the tools that come with it",
    ),
    whole(&["clippy.toml", ".clippy.toml"], "it sets what clippy finds"),
    whole(&[".config/nextest.toml"], "it sets which tests nextest runs, how often, and with what"),
    whole(
        &[".cargo/mutants.toml", "tarpaulin.toml", ".tarpaulin.toml", "about.toml", "cackle.toml"],
        "it sets what a tool of cargo's looks at",
    ),
    some(&["cargo.toml"], Part::CargoToml, "it sets what cargo tests and what its lints find"),
    // Python
    whole(&["conftest.py"], "it changes which tests pytest runs and what they come to"),
    whole(
        &["pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml"],
        "it sets which tests pytest runs, and how",
    ),
    whole(&["tox.ini"], "it sets what tox, pytest and flake8 run and find"),
    whole(&["noxfile.py"], "it sets what nox runs"),
    some(&["setup.cfg"], Part::SetupCfg, "it sets what tools run and find"),
    some(&["pyproject.toml"], Part::PyProject, "it sets what tools run and find"),
    whole(
        &["sitecustomize.py", "usercustomize.py", "*.pth"],
        "it runs in every process of Python that finds it",
    ),
    whole(
        &[
            "pytest.py",
            "_pytest.py",
            "unittest.py",
            "pip_audit.py",
            "mypy.py",
            "coverage.py",
            "tox.py",
            "nox.py",
            "bandit.py",
            "ruff.py",
            "pytest/__init__.py",
            "_pytest/__init__.py",
            "unittest/__init__.py",
            "pip_audit/__init__.py",
            "mypy/__init__.py",
            "coverage/__init__.py",
            "tox/__init__.py",
            "nox/__init__.py",
            "bandit/__init__.py",
            "ruff/__init__.py",
        ],
        "it stands in for the module that a tool is run as",
    ),
    whole(&["mypy.ini", ".mypy.ini", "pyrightconfig.json"], "it sets what a type checker finds"),
    whole(
        &[
            ".flake8",
            ".pylintrc",
            "pylintrc",
            "ruff.toml",
            ".ruff.toml",
            ".coveragerc",
            ".bandit",
            "bandit.yaml",
            "bandit.yml",
        ],
        "it sets what a linter of Python finds",
    ),
    ignores(&[".safety-policy.yml"], "it hides findings from safety"),
    // Node
    whole(&[".npmrc", ".yarnrc", ".yarnrc.yml"], "it sets what npm, yarn or pnpm run, leave out and ask"),
    whole(
        &[".pnpmfile.cjs", ".pnpmfile.mjs", "pnpm-workspace.yaml"],
        "it changes what pnpm sees of dependencies",
    ),
    ignores(
        &[".nsprc", "audit-ci.json*", ".audit-ci.json*", "audit-resolve.json"],
        "it hides findings from audits of npm packages",
    ),
    some(&["package.json"], Part::PackageJson, "it sets what scripts and tools run"),
    whole(
        &["jest.config.*", "vitest.config.*", "vitest.workspace.*"],
        "it sets which tests jest or vitest run, and how",
    ),
    some(&["vite.config.*"], Part::Holding("test"), "it sets which tests vitest runs, and how"),
    whole(
        &[
            ".mocharc.*",
            "ava.config.*",
            "playwright.config.*",
            "karma.conf.*",
            "cypress.config.*",
            ".nycrc*",
            ".c8rc*",
            ".taprc",
        ],
        "it sets which tests a runner runs, and how",
    ),
    whole(
        &[".eslintrc*", "eslint.config.*", ".eslintignore", "biome.json*"],
        "it sets what a linter of JavaScript finds",
    ),
    // Go
    some(&["*_test.go"], Part::TestMain, "its TestMain decides what the tests of its package come to"),
    some(&["go.mod"], Part::GoMod, "it sets which Go is used, and what it leaves out"),
    whole(&["go.work"], "it leads Go to other modules"),
    whole(&[".golangci.*", "staticcheck.conf"], "it sets what a linter of Go finds"),
    // Scanners
    ignores(&[".trivyignore*", "trivy.yaml"], "it hides findings from trivy"),
    ignores(&[".gitleaksignore", ".gitleaks.toml", "gitleaks.toml"], "it hides findings from gitleaks"),
    ignores(&["osv-scanner.toml"], "it hides findings from osv-scanner"),
    ignores(&[".grype.y*ml", "grype.y*ml"], "it hides findings from grype"),
    ignores(&[".snyk"], "it hides findings from snyk"),
    ignores(&[".semgrepignore", ".semgrep.y*ml"], "it hides findings from semgrep"),
    ignores(
        &[".secrets.baseline", ".checkov.y*ml", ".hadolint.y*ml", "zizmor.yml", ".shellcheckrc"],
        "it hides findings from a scanner",
    ),
    ignores(
        &[
            ".lycheeignore",
            "lychee.toml",
            ".lychee.toml",
            ".codespellrc",
            "typos.toml",
            "_typos.toml",
            ".typos.toml",
        ],
        "it hides findings from a checker of documents",
    ),
    // The rest
    whole(
        &[".python-version", ".node-version", ".nvmrc", ".tool-versions", "mise.toml", ".mise.toml"],
        "it chooses a language's version",
    ),
    whole(&[".lfsconfig"], "it says where git takes large files from"),
    some(&[".gitattributes"], Part::GitAttributes, "it lets git show another content, or leave files out"),
];

/// What a file of this path steers.
pub(super) fn steer(path: &str) -> Option<&'static Steer> {
    let path = path.to_ascii_lowercase();
    let (above, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let ends = |end: &&str| match end.rsplit_once('/') {
        None => fits(end, name),
        Some((folder, last)) => {
            let is_in = |rest: &str| rest.is_empty() || rest.ends_with('/');
            fits(last, name) && above.strip_suffix(folder).is_some_and(is_in)
        }
    };
    STEERS.iter().find(|steer| steer.ends.iter().any(&ends))
}

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, end)) => {
            name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
        }
    }
}

/// The paths of the list that stand in a folder of this path's name.
pub(super) fn behind_folder(path: &str) -> Vec<String> {
    let folder = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let below = STEERS.iter().flat_map(|steer| steer.ends).filter_map(|end| end.split_once('/'));
    below.filter(|(above, _)| *above == folder).map(|(_, name)| format!("{path}/{name}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_fits_whole_and_at_any_depth() {
        for path in [
            "conftest.py",
            "a/b/conftest.py",
            "x/.cargo/config.toml",
            "CONFTEST.py",
            "a_test.go",
            "jest.config.mjs",
        ] {
            assert!(steer(path).is_some(), "{path}");
        }
        for path in [
            "my-conftest.py",
            "conftest.py/README.md",
            "cargo/config.toml",
            "config.toml",
            "test.go",
            "README.md",
        ] {
            assert!(steer(path).is_none(), "{path}");
        }
    }

    #[test]
    fn no_name_of_the_list_is_hidden_by_an_earlier_one_and_each_is_lower_case() {
        for one in STEERS {
            for end in one.ends {
                let path = end.replace('*', "x");
                let found = steer(&path).unwrap();
                assert!(std::ptr::eq(found, one), "{end}");
                assert_eq!(*end, end.to_ascii_lowercase());
            }
        }
    }

    #[test]
    fn a_link_to_a_folder_stands_for_what_may_be_in_it() {
        assert!(behind_folder("a/.cargo").contains(&"a/.cargo/config.toml".to_owned()));
        assert!(behind_folder("cargo").is_empty());
    }
}
