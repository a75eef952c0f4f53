//! The bundle for Plasmite is committed, and is what its plan says; every command in it is one that the program takes.

use super::{Bundle, BundleSource, bundle, skill_name};
use gonogo_core::plan::Plan;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn of(text: &str, plan_argument: Option<&str>) -> Bundle {
    let plan = Plan::parse(text).unwrap();
    bundle(&BundleSource { plan: &plan, plan_argument }).unwrap()
}

fn plasmite() -> Bundle {
    of(include_str!("../../../../plans/plasmite.toml"), Some("plasmite"))
}

const SMALL: &str = "schema = 1\n[project]\nname = \"My `App` {{plan}}\"\n[policy]\nrequired-gates = [3]\n[tracker]\nkind = \"file\"\n[[gates]]\nid = 3\nname = \"Races | ```\\n# and more\"\n[[gates.checks]]\nid = \"r\"\nkind = \"review\"\nfocus = \"none\"\n";

#[test]
fn the_committed_bundle_is_what_the_plan_says() {
    let bundle = plasmite();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../skills").join(&bundle.name);
    if std::env::var_os("GONOGO_BLESS").is_some() {
        super::install::write(&bundle, &folder).unwrap();
    }
    let mut there = BTreeSet::new();
    walk(&folder, &folder, &mut there);
    let rendered: BTreeSet<PathBuf> = bundle.files.iter().map(|file| PathBuf::from(file.path)).collect();
    assert_eq!(there, rendered, "skills/{} does not hold what is rendered", bundle.name);
    for file in &bundle.files {
        let written = std::fs::read_to_string(folder.join(file.path)).unwrap();
        assert!(
            written == file.text,
            "skills/{}/{} is not what plans/plasmite.toml says; look at the difference after GONOGO_BLESS=1",
            bundle.name,
            file.path
        );
    }
}

fn walk(root: &Path, folder: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(root, &path, found);
        } else {
            found.insert(path.strip_prefix(root).unwrap().to_owned());
        }
    }
}

#[test]
fn every_command_of_a_small_plans_bundle_is_one_that_the_program_takes() {
    let bundle = of(SMALL, None);
    assert!(bundle.files.iter().any(|file| file.text.contains("gonogo poll ")));
    for file in bundle.files {
        assert_eq!(crate::documented::refused(&file.text), [""; 0], "{}", file.path);
    }
}

#[test]
fn a_skill_is_called_by_a_name_that_runtimes_take() {
    assert_eq!(skill_name("plasmite"), "plasmite-release-manager");
    assert_eq!(skill_name("My App/2 (ü)"), "my-app-2-release-manager");
    assert_eq!(skill_name("…"), "project-release-manager");
    assert!(skill_name(&"x".repeat(200)).len() <= 64);
}

#[test]
fn the_front_matter_is_one_block_with_the_name_of_the_folder() {
    for bundle in [plasmite(), of(SMALL, None)] {
        let text = &bundle.files[0].text;
        let matter = text.strip_prefix("---\n").and_then(|text| text.split_once("\n---\n")).unwrap().0;
        let lines: Vec<&str> = matter.lines().collect();
        assert_eq!(lines.len(), 2, "{matter}");
        assert_eq!(lines[0], format!("name: {}", bundle.name));
        let description = lines[1].strip_prefix("description: \"").and_then(|rest| rest.strip_suffix('"'));
        let description = description.unwrap();
        assert!(!description.contains(['"', '\\']) && description.len() <= 1024, "{description}");
    }
}

#[test]
fn text_of_a_plan_opens_no_heading_and_no_template() {
    let bundle = of(SMALL, None);
    for file in &bundle.files {
        assert!(!file.text.contains("\n# and more"), "{}", file.text);
    }
    let gates = &bundle.files[1].text;
    assert!(gates.contains("## Gate 3: Races | ``` # and more\n"), "{gates}");
    assert!(bundle.files[0].text.contains("{{plan}}"), "what is filled in is not looked at again");
}

#[test]
fn every_required_gate_of_plasmite_has_its_number_and_its_four_parts() {
    let bundle = plasmite();
    let gates = &bundle.files[1].text;
    for id in [1, 2, 3, 5, 6, 7, 8, 9, 11] {
        let (_, rest) = gates.split_once(&format!("## Gate {id}: ")).unwrap();
        let part = rest.split("\n## Gate ").next().unwrap();
        for heading in ["### Commands", "### Evidence", "### Stop conditions", "### Review focus"] {
            assert!(part.contains(heading), "gate {id} lacks {heading}");
        }
        assert!(bundle.files[0].text.contains(&format!("- gate {id}: ")));
    }
    assert_eq!(gates.matches("## Gate ").count(), 9);
}
