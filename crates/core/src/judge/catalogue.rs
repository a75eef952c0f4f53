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

/// What Python takes for a module of a name, wherever it is run.
macro_rules! modules {
    ($($name:literal),+ $(,)?) => {
        &[$(
            concat!($name, ".py*"),
            concat!($name, ".*so"),
            concat!($name, "/__init__.py"),
            concat!($name, "/__init__.*"),
        )+]
    };
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
    whole(&["supply-chain/audits.toml", "supply-chain/imports.lock"], "it vouches for crates to cargo-vet"),
    whole(
        &["rust-toolchain.toml", "rust-toolchain"],
        "it chooses the compiler and the tools that come with it",
    ),
    whole(&["clippy.toml", ".clippy.toml"], "it sets what clippy finds"),
    whole(&["rustfmt.toml", ".rustfmt.toml"], "it sets what rustfmt looks at and finds"),
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
    whole(&["tox.ini", "tox.toml"], "it sets what tox, pytest and flake8 run and find"),
    whole(&["noxfile.py", "hatch.toml", "poe_tasks.*"], "it sets what a runner of Python runs"),
    whole(&["nose2.cfg", "unittest.cfg"], "it sets which tests nose2 runs, and how"),
    some(&["setup.py"], Part::Holding("pytest11"), "it makes the project a plugin of pytest"),
    some(&["setup.cfg"], Part::SetupCfg, "it sets what tools run and find"),
    some(&["pyproject.toml"], Part::PyProject, "it sets what tools run and find"),
    whole(
        &["sitecustomize.py", "usercustomize.py", "*.pth"],
        "it runs in every process of Python that finds it",
    ),
    whole(
        modules![
            "pytest",
            "_pytest",
            "pluggy",
            "pytest_cov",
            "xdist",
            "unittest",
            "doctest",
            "pip_audit",
            "mypy",
            "pyright",
            "pylint",
            "flake8",
            "coverage",
            "tox",
            "nox",
            "bandit",
            "ruff",
            "safety",
            "pip",
        ],
        "it stands in for the module that a tool is run as",
    ),
    some(
        &["test*.py", "*_test.py", "__init__.py"],
        Part::Holding("load_tests"),
        "its load_tests decides which tests unittest runs",
    ),
    whole(
        &["mypy.ini", ".mypy.ini", "pyrightconfig.json", "ty.toml", "pyrefly.toml"],
        "it sets what a type checker finds",
    ),
    whole(
        &[
            ".flake8",
            ".pylintrc*",
            "pylintrc*",
            "ruff.toml",
            ".ruff.toml",
            ".coveragerc*",
            ".isort.cfg",
            ".pydocstyle*",
            ".pycodestyle",
            ".style.yapf",
            ".bandit",
            "bandit.yaml",
            "bandit.yml",
        ],
        "it sets what a linter of Python finds",
    ),
    ignores(&[".safety-policy.y*ml", ".safety-project.ini"], "it hides findings from safety"),
    // Node
    whole(&[".npmrc", ".yarnrc", ".yarnrc.yml"], "it sets what npm, yarn or pnpm run, leave out and ask"),
    whole(
        &[".yarn/releases/*", ".yarn/plugins/*", ".yarn/plugins/@yarnpkg/*"],
        "it is what is run as yarn, or in it",
    ),
    whole(&["bunfig.toml"], "it sets which tests bun runs, and what is loaded before them"),
    some(&["deno.json*"], Part::PackageJson, "it sets what deno runs, tests and finds"),
    whole(&["node.config.json"], "it sets how node runs, and which tests"),
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
        &["jest.config.*", "vitest.config.*", "vitest.workspace.*", "vitest.projects.*"],
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
            "nyc.config.*",
            "mocha.opts",
            "jasmine.json",
            "jasmine.*js",
            "wdio.conf.*",
            "nightwatch.conf.*",
            "web-test-runner.config.*",
            ".c8rc*",
            ".taprc",
        ],
        "it sets which tests a runner runs, and how",
    ),
    whole(
        &[
            ".eslintrc*",
            "eslint.config.*",
            ".eslintignore",
            "biome.json*",
            ".oxlintrc.json",
            ".jshintrc",
            ".jshintignore",
            "tslint.json",
            ".stylelintrc*",
            "stylelint.config.*",
            ".stylelintignore",
            ".prettierrc*",
            "prettier.config.*",
            ".prettierignore",
        ],
        "it sets what a linter of JavaScript finds",
    ),
    whole(&["tsconfig*.json", "jsconfig.json"], "it sets what a type checker looks at and finds"),
    // Go
    some(&["*_test.go"], Part::TestMain, "its TestMain decides what the tests of its package come to"),
    some(&["go.mod"], Part::GoMod, "it sets which Go is used, and what it leaves out"),
    whole(&["go.work"], "it leads Go to other modules"),
    whole(&[".golangci.*", "staticcheck.conf", "revive.toml"], "it sets what a linter of Go finds"),
    // Other languages
    whole(&[".proverc"], "it sets which tests prove runs, and how"),
    whole(&[".rspec", "phpunit.xml*", "ctestcustom.cmake"], "it sets which tests a runner runs, and how"),
    whole(&[".rubocop*.yml", ".clang-tidy", ".perlcriticrc"], "it sets what a linter finds"),
    whole(
        &[".mvn/maven.config", ".mvn/jvm.config", ".mvn/extensions.xml"],
        "it sets what Maven runs, and with what",
    ),
    some(
        &["pom.xml"],
        Part::Lines(&["skiptests", "skipits", "test.skip", "failureignore", "failure.ignore", "<exclude"]),
        "it sets which tests Maven runs, and what their failure means",
    ),
    // Scanners
    ignores(&[".trivyignore*", "trivy.y*ml", "trivy-secret.y*ml"], "it hides findings from trivy"),
    ignores(&[".gitleaksignore", ".gitleaks.toml", "gitleaks.toml"], "it hides findings from gitleaks"),
    ignores(&["osv-scanner.toml"], "it hides findings from osv-scanner"),
    ignores(&[".grype.y*ml", "grype.y*ml"], "it hides findings from grype"),
    ignores(&[".snyk"], "it hides findings from snyk"),
    ignores(&[".semgrepignore", ".semgrep.y*ml", ".semgrep/*"], "it hides findings from semgrep"),
    ignores(
        &[
            ".secrets.baseline",
            ".checkov.y*ml",
            ".hadolint.y*ml",
            "zizmor.y*ml",
            "actionlint.y*ml",
            ".shellcheckrc",
            "shellcheckrc",
            ".yamllint*",
            ".tflint.hcl",
            ".gitguardian.y*ml",
            ".talismanrc",
            "bearer.ignore",
            "auditjs.json",
            ".bundler-audit.yml",
            ".nancy-ignore",
            ".licenserc*",
        ],
        "it hides findings from a scanner",
    ),
    ignores(
        &[
            ".lycheeignore",
            "lychee.toml",
            ".lychee.toml",
            ".codespellrc",
            ".markdownlint*",
            ".vale.ini",
            "cspell.*",
            ".cspell.*",
            "typos.toml",
            "_typos.toml",
            ".typos.toml",
        ],
        "it hides findings from a checker of documents",
    ),
    // The rest
    whole(&[".pre-commit-config.y*ml"], "it sets what pre-commit runs, and on what"),
    whole(&[".env", ".env.test"], "it sets variables of the programs that read it"),
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

/// The paths of the list that stand in a folder of this path's name. `*` in one stands for names that are not known.
pub(super) fn behind_folder(path: &str) -> Vec<String> {
    let place = format!("/{}", path.to_ascii_lowercase());
    let ends = STEERS.iter().flat_map(|steer| steer.ends).filter(|end| !end.ends_with("/__init__.*"));
    let parted = ends.flat_map(|end| end.match_indices('/').map(|(at, _)| end.split_at(at)));
    parted
        .filter(|(above, _)| place.strip_suffix(above).is_some_and(|rest| rest.ends_with('/')))
        .map(|(_, below)| format!("{path}{below}"))
        .collect()
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
        assert!(behind_folder("a/.yarn").contains(&"a/.yarn/releases/*".to_owned()));
        assert_eq!(behind_folder("a/.yarn/releases"), ["a/.yarn/releases/*"]);
        assert!(behind_folder("cargo").is_empty() && behind_folder("x.cargo").is_empty());
        assert!(behind_folder("releases").is_empty());
    }
}
