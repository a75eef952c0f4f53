//! What of a manifest steers the tools that judge: a line each, `name: value`.

use serde_json::Value as Json;
use toml::{Table, Value};

/// Sections of `setup.cfg`, and tools of `pyproject.toml`, that only say how a package is made.
const MAKING: [&str; 29] = [
    "metadata",
    "options",
    "egg_info",
    "bdist",
    "bdist_wheel",
    "sdist",
    "build",
    "build_ext",
    "install",
    "develop",
    "upload",
    "wheel",
    "versioneer",
    "bumpversion",
    "bumpver",
    "poetry",
    "setuptools",
    "setuptools_scm",
    "setuptools-scm",
    "flit",
    "pdm",
    "maturin",
    "cibuildwheel",
    "commitizen",
    "semantic_release",
    "towncrier",
    "scikit-build",
    "hatch",
    "uv",
];

/// A manifest that cannot be read counts whole.
fn table(text: &str) -> Result<Table, Vec<String>> {
    text.parse().map_err(|_| vec![format!("all of it: {text:?}")])
}

/// What a manifest of cargo's says of lints.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lints {
    /// Those of its workspace.
    Inherited,
    /// Its own, or nobody can tell.
    Own,
    /// None.
    None,
}

pub(super) fn lints(text: &str) -> Lints {
    let Ok(table) = table(text) else { return Lints::Own };
    match table.get("lints") {
        None => Lints::None,
        Some(lints) if lints.get("workspace") == Some(&Value::Boolean(true)) => Lints::Inherited,
        Some(_) => Lints::Own,
    }
}

/// What profiles say of the checks that a build has in it.
fn unchecked(above: &str, table: &Table) -> Vec<String> {
    let line = |(key, value): (&String, &Value)| match value {
        Value::Table(below) => unchecked(&format!("{above}.{key}"), below),
        value if ["debug-assertions", "overflow-checks"].contains(&key.as_str()) => {
            vec![format!("{above}.{key}: {value:?}")]
        }
        _ => Vec::new(),
    };
    table.iter().flat_map(line).collect()
}

/// Tools that find something and have their settings in `metadata`.
const FINDING: [&str; 8] = [
    "cargo-semver-checks",
    "cargo-machete",
    "cargo-udeps",
    "cargo-shear",
    "cargo-all-features",
    "cargo_check_external_types",
    "typos",
    "vet",
];

pub(super) fn cargo(text: &str) -> Vec<String> {
    let table = match table(text) {
        Ok(table) => table,
        Err(whole) => return whole,
    };
    let mut lines = Vec::new();
    for kind in ["lib", "bin", "test", "bench", "example"] {
        let targets: Vec<&Table> = match table.get(kind) {
            Some(Value::Table(one)) => vec![one],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_table).collect(),
            _ => Vec::new(),
        };
        for target in targets {
            let name = target.get("name").and_then(Value::as_str).unwrap_or_default();
            let off = ["harness", "test", "doctest"].into_iter();
            let off = off.filter(|key| target.get(*key) == Some(&Value::Boolean(false)));
            lines.extend(off.map(|key| format!("{key} = false: {kind} {name}")));
            let needs = target.get("required-features").filter(|_| kind == "test");
            lines.extend(needs.map(|needs| format!("required-features: {name} {needs:?}")));
        }
    }
    lines.extend(
        table.get("profile").and_then(Value::as_table).into_iter().flat_map(|all| unchecked("profile", all)),
    );
    let metadata = FINDING
        .iter()
        .flat_map(|tool| [["package", "metadata", tool], ["workspace", "metadata", tool]].map(Vec::from));
    let paths = [
        &["package", "autotests"][..],
        &["package", "autobins"],
        &["package", "autobenches"],
        &["package", "autoexamples"],
        &["lints"],
        &["patch"],
        &["replace"],
        &["workspace", "lints"],
        &["workspace", "exclude"],
        &["workspace", "default-members"],
    ];
    for path in paths.map(<[&str]>::to_vec).into_iter().chain(metadata) {
        let at = path[1..].iter().fold(table.get(path[0]), |at, key| at?.get(*key));
        let inherited = |value: &&Value| value.get("workspace") != Some(&Value::Boolean(true));
        lines.extend(at.filter(inherited).map(|value| format!("{}: {value:?}", path.join("."))));
    }
    lines
}

pub(super) fn pyproject(text: &str) -> Vec<String> {
    let table = match table(text) {
        Ok(table) => table,
        Err(whole) => return whole,
    };
    let mut lines = Vec::new();
    // By these the project is a plugin of what judges it; and what makes packages runs what its environments and scripts say.
    for path in [
        &["project", "entry-points", "pytest11"][..],
        &["tool", "poetry", "plugins", "pytest11"],
        &["tool", "hatch", "envs"],
        &["tool", "pdm", "scripts"],
    ] {
        let at = path[1..].iter().fold(table.get(path[0]), |at, key| at?.get(*key));
        lines.extend(at.map(|value| format!("{}: {value:?}", path.join("."))));
    }
    let Some(tools) = table.get("tool").and_then(Value::as_table) else { return lines };
    let judging = tools.iter().filter(|(name, _)| !MAKING.contains(&name.as_str()));
    lines.extend(judging.map(|(name, value)| format!("tool.{name}: {value:?}")));
    lines
}

pub(super) fn setup_cfg(text: &str) -> Vec<String> {
    let mut sections: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        match line.strip_prefix('[').and_then(|line| line.split_once(']')) {
            Some((name, _)) => sections.push((name, Vec::new())),
            None if line.starts_with(['#', ';']) => {}
            None => match sections.last_mut() {
                Some((_, lines)) => lines.push(line),
                None => sections.push(("", vec![line])),
            },
        }
    }
    let plugs_in = |lines: &[&str]| lines.iter().any(|line| line.trim_start().starts_with("pytest11"));
    let making = |name: &str| MAKING.contains(&name.split(['.', ':']).next().unwrap_or(name));
    let judging =
        sections.into_iter().filter(|(name, lines)| (!making(name) || plugs_in(lines)) && !lines.is_empty());
    judging.map(|(name, lines)| format!("{name}: {lines:?}")).collect()
}

pub(super) fn package_json(text: &str) -> Vec<String> {
    const KEYS: [&str; 24] = [
        "scripts",
        "jest",
        "vitest",
        "mocha",
        "ava",
        "tap",
        "nyc",
        "c8",
        "eslintConfig",
        "eslintIgnore",
        "audit-ci",
        "pnpm",
        "nodemonConfig",
        "workspaces",
        "packageManager",
        "volta",
        "xo",
        "standard",
        "stylelint",
        "prettier",
        "wireit",
        // deno.json
        "tasks",
        "test",
        "lint",
    ];
    let Ok(Json::Object(package)) = serde_json::from_str(text) else {
        return vec![format!("all of it: {text:?}")];
    };
    KEYS.iter().filter_map(|key| Some(format!("{key}: {}", package.get(*key)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_manifest_counts_what_steers_and_nothing_else() {
        assert_eq!(
            cargo(
                "[package]\nversion = \"1\"\n[dependencies]\na = \"1\"\n[[test]]\nname = \"a\"\n[lints]\nworkspace = true\n"
            ),
            [""; 0]
        );
        assert_eq!(
            cargo("[lib]\ndoctest = false\n[[test]]\nname = \"a\"\nharness = false\n"),
            ["doctest = false: lib ", "harness = false: test a"]
        );
        assert_eq!(
            cargo("[profile.test]\noverflow-checks = false\nlto = true\n[patch.crates-io]\na = { path = \"a\" }\n").len(),
            2
        );
        assert_eq!(
            cargo("[workspace.metadata.vet]\nstore = \"x\"\n[package.metadata.docs.rs]\na = 1\n").len(),
            1
        );
        assert_eq!(cargo("[package]\nautotests = false\n"), ["package.autotests: Boolean(false)"]);
        assert_eq!(
            pyproject("[tool.poetry]\nversion = \"1\"\n[tool.hatch.version]\npath = \"a\"\n"),
            [""; 0]
        );
        assert_eq!(
            pyproject("[project.entry-points.pytest11]\na = \"a.b\"\n[project.scripts]\na = \"a:b\"\n").len(),
            1
        );
        assert_eq!(pyproject("[tool.pdm.scripts]\ntest = \"true\"\n[tool.pdm.build]\nx = 1\n").len(), 1);
        assert_eq!(setup_cfg("[options.entry_points]\npytest11 =\n    a = a.b\n").len(), 1);
        assert_eq!(setup_cfg("[options.entry_points]\nconsole_scripts =\n    a = a.b\n"), [""; 0]);
        assert_eq!(pyproject("[tool.mypy]\nstrict = false\n[tool.hatch.envs.test]\nx = 1\n").len(), 2);
        assert_eq!(
            setup_cfg("[metadata]\nname = a\n[options.extras_require]\na = b\n[bumpversion:file:x]\nb = c\n"),
            [""; 0]
        );
        assert_eq!(setup_cfg("[mypy-a.*]\nignore_errors = true\n").len(), 1);
        assert_eq!(package_json("{\"version\": \"1\", \"dependencies\": {}}"), [""; 0]);
        assert_eq!(package_json("{\"scripts\": {\"test\": \"true\"}}").len(), 1);
    }

    #[test]
    fn what_cannot_be_read_counts_whole() {
        for read in [cargo, pyproject, package_json] {
            assert!(read("[nonsense")[0].starts_with("all of it"));
        }
        assert_eq!(setup_cfg("addopts = x\n").len(), 1);
    }
}
