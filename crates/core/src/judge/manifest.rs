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
    for path in [
        &["package", "autotests"][..],
        &["lints"],
        &["workspace", "lints"],
        &["workspace", "exclude"],
        &["workspace", "default-members"],
        &["package", "metadata", "cargo-semver-checks"],
        &["workspace", "metadata", "cargo-semver-checks"],
    ] {
        let mut at = Some(&table).and_then(|table| table.get(path[0]));
        for key in &path[1..] {
            at = at.and_then(|value| value.get(*key));
        }
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
    let Some(tools) = table.get("tool").and_then(Value::as_table) else { return Vec::new() };
    let judging = tools.iter().filter(|(name, _)| !MAKING.contains(&name.as_str()));
    let mut lines: Vec<String> = judging.map(|(name, value)| format!("tool.{name}: {value:?}")).collect();
    // It makes packages, and it runs what its environments say.
    let environments = tools.get("hatch").and_then(|hatch| hatch.get("envs"));
    lines.extend(environments.map(|value| format!("tool.hatch.envs: {value:?}")));
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
    let making = |name: &str| MAKING.contains(&name.split(['.', ':']).next().unwrap_or(name));
    let judging = sections.into_iter().filter(|(name, lines)| !making(name) && !lines.is_empty());
    judging.map(|(name, lines)| format!("{name}: {lines:?}")).collect()
}

pub(super) fn package_json(text: &str) -> Vec<String> {
    const KEYS: [&str; 14] = [
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
        assert_eq!(cargo("[package]\nautotests = false\n"), ["package.autotests: Boolean(false)"]);
        assert_eq!(
            pyproject("[tool.poetry]\nversion = \"1\"\n[tool.hatch.version]\npath = \"a\"\n"),
            [""; 0]
        );
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
