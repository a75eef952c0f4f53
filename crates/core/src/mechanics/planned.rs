//! What a plan's steps will do, and which of it cannot be undone.

use super::{Step, Values};
use schemars::JsonSchema;
use serde::Serialize;

/// Whether what a step does can be undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Undo")]
pub enum Undoable {
    /// It changes nothing.
    Nothing,
    /// It can be undone, like this, as long as nothing that cannot be undone has followed it. A run after that does it anew.
    Possible(String),
    /// A one-way door.
    Never,
}

/// One step as it is planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Planned {
    /// The step.
    pub step: String,
    /// Its kind.
    pub kind: String,
    /// What it does, in words.
    pub effect: String,
    /// Whether that can be undone.
    pub undo: Undoable,
}

/// What the steps will do, in order, with the values that are known beforehand.
pub fn planned(steps: &[Step], values: &Values) -> Vec<Planned> {
    // What only a run can tell is left as the plan has it.
    let filled = |text: String| {
        let text = text.replace("{tag}", &values.tag).replace("{version}", &values.version);
        text.replace("{commit}", &values.commit)
    };
    let one = |step: &Step| Planned {
        step: step.id.clone(),
        kind: step.kind.name().to_owned(),
        effect: filled(step.kind.words(&values.tag)),
        undo: match step.kind.undo(&values.tag) {
            Undoable::Possible(how) => Undoable::Possible(filled(how)),
            fixed @ (Undoable::Nothing | Undoable::Never) => fixed,
        },
    };
    steps.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::tests::commit;
    use crate::plan::Plan;
    use crate::release::Target;

    const PLAN: &str = "schema = 1\n[project]\nname = \"s\"\n[policy]\nrequired-gates = [1]\n[tracker]\nkind = \"file\"\n\
        [[gates]]\nid = 1\nname = \"g\"\n[[gates.checks]]\nid = \"c\"\nkind = \"git-clean\"\n\
        [[steps]]\nkind = \"tag\"\n[[steps]]\nkind = \"tag\"\nid = \"go\"\ntag = \"bindings/go/v{version}\"\n\
        [[steps]]\nid = \"stage\"\nkind = \"command\"\nrun = [\"x\"]\nrepeatable = true\nundo = \"x --remove {tag}\"\n";

    #[test]
    fn what_undoes_a_step_is_a_line_that_works_with_the_real_names() {
        let target = Target::parse("1.2.3", &"v{version}".parse().unwrap()).unwrap();
        let planned = planned(&Plan::parse(PLAN).unwrap().steps, &Values::of(&target, &commit("abc")));
        let undo: Vec<&Undoable> = planned.iter().map(|one| &one.undo).collect();
        let possible = |line: &str| Undoable::Possible(line.to_owned());
        let lines = [
            possible("git tag --delete v1.2.3"),
            possible("git tag --delete 'bindings/go/v1.2.3'"),
            possible("x --remove v1.2.3"),
        ];
        assert_eq!(undo, lines.iter().collect::<Vec<_>>());
        for line in &lines {
            let Undoable::Possible(line) = line else { panic!("{line:?}") };
            assert!(!shlex::split(line).unwrap().iter().any(|word| word.contains('{')), "{line}");
        }
    }
}
