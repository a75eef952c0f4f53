//! Release mechanics in their order. A step that lacks what it needs, or comes before what it needs, is a problem of the
//! plan and never a default.

use crate::delivery::Channels;
use crate::mechanics::{Reading, Step};
use crate::problems::Problems;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The tables of a plan's steps.
pub(super) fn tables<'a>(plan: &Spanned<DeTable<'a>>) -> Vec<Spanned<DeValue<'a>>> {
    match plan.get_ref().get("steps").map(Spanned::get_ref) {
        Some(DeValue::Array(steps)) => steps.iter().cloned().collect(),
        _ => Vec::new(),
    }
}

/// From the steps as they are typed. Every problem is gathered.
pub(super) fn read(
    tables: Vec<Spanned<DeValue<'_>>>,
    has_repository: bool,
    channels: &Channels,
    problems: &mut Problems,
) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for table in tables {
        let span = table.span();
        let mut reading = Reading { span: span.clone(), before: &steps, channels, problems };
        let Some(made) = Step::read(table, &mut reading) else { continue };
        if steps.iter().any(|other| other.id == made.id) {
            let help = Some("give each an `id` of its own");
            problems.push(span.clone(), format!("two steps are named `{}`", made.id), help);
        }
        if made.kind.is_at_github() && !has_repository {
            problems.push(
                span,
                "this step works at `project.repository`, which this plan does not name",
                None,
            );
        }
        steps.push(made);
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanics::{FetchArtifacts, GithubRelease, StepKind};
    use crate::plan::Plan;

    const HEAD: &str = "schema = 1\n[project]\nname = \"s\"\nrepository = \"o/r\"\n[policy]\nrequired-gates = [1]\n[tracker]\nkind = \"file\"\n[[gates]]\nid = 1\nname = \"g\"\n[[gates.checks]]\nid = \"c\"\nkind = \"git-clean\"\n[channels.npm]\npackage = \"s\"\n";
    const BEGUN: &str = "[[steps]]\nkind = \"tag\"\n[[steps]]\nkind = \"push-tag\"\n";
    const BUILT: &str = "[[steps]]\nid = \"build\"\nkind = \"watch-workflow\"\nworkflow = \".github/workflows/r.yml\"\n[[steps]]\nkind = \"fetch-artifacts\"\n";

    fn parsed(steps: &str) -> Result<Vec<Step>, String> {
        let plan = Plan::parse(&format!("{HEAD}{steps}"));
        let said = |problems: Vec<crate::plan::PlanProblem>| {
            problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join("\n")
        };
        plan.map(|plan| plan.steps).map_err(said)
    }

    fn step(body: &str) -> String {
        format!("{BEGUN}{BUILT}[[steps]]\n{body}\n")
    }

    #[test]
    fn steps_are_read_with_their_defaults() {
        let steps = parsed(&format!("{BEGUN}{BUILT}[[steps]]\nkind = \"github-release\"\n")).unwrap();
        let ids: Vec<&str> = steps.iter().map(|step| step.id.as_str()).collect();
        assert_eq!(ids, ["tag", "push-tag", "build", "fetch-artifacts", "github-release"]);
        assert!(
            matches!(&steps[3].kind, StepKind::FetchArtifacts(FetchArtifacts { from, metadata, artifacts })
            if from == "build" && metadata == "release-metadata" && *artifacts == ["*"])
        );
        assert!(matches!(steps[4].kind, StepKind::GithubRelease(GithubRelease { create: false, .. })));
    }

    #[test]
    fn a_step_that_comes_too_early_or_lacks_what_it_needs_is_refused() {
        for (steps, said) in [
            ("[[steps]]\nkind = \"push-tag\"\n".to_owned(), "after a `tag` step of the same tag"),
            (format!("{BEGUN}[[steps]]\nkind = \"fetch-artifacts\"\n"), "after a `watch-workflow`"),
            (format!("{BEGUN}[[steps]]\nkind = \"github-release\"\n"), "after a `fetch-artifacts`"),
            (step("kind = \"homebrew-formula\""), "channels.homebrew"),
            (step("kind = \"watch-workflow\""), "`workflow`"),
            (step("kind = \"watch-workflow\"\nworkflow = \"release.yml\""), ".github/workflows/NAME.yml"),
            (
                step("kind = \"watch-workflow\"\nid = \"tag\"\nworkflow = \".github/workflows/x.yml\""),
                "two steps are named `tag`",
            ),
            (step("kind = \"fetch-artifacts\"\nid = \"again\""), "has one manifest"),
            (format!("{BEGUN}{BUILT}from = \"nothing\"\n"), "no `watch-workflow` step"),
            (step("kind = \"tag\"\nid = \"t\"\ntag = \"fixed\""), "holds `{tag}` or `{version}`"),
            (step("kind = \"tag\"\nid = \"t\"\ntag = \"go {version}\""), "`go 1.2.3` is no name of a tag"),
            (step("kind = \"tag\"\nid = \"t\"\ntag = \"-{tag}\""), "`-v1.2.3` is no name of a tag"),
            (
                format!("{BEGUN}[[steps]]\nkind = \"push-tag\"\nid = \"p\"\nremote = \"--all\"\n"),
                "a remote is named",
            ),
            (step("kind = \"github-release\"\nartifacts = []"), "chooses nothing"),
            (step("kind = \"github-release\"\nid = \"A b\""), "of a-z, 0-9 and -"),
        ] {
            let problems = parsed(&steps).unwrap_err();
            assert!(problems.contains(said), "{said}\n{problems}");
        }
    }

    #[test]
    fn a_command_says_how_it_is_told_whether_it_was_carried_out() {
        let command = |rest: &str| parsed(&step(&format!("kind = \"command\"\nrun = [\"x\"]\n{rest}")));
        for rest in
            ["repeatable = true", "channel = \"npm\"", "observe = { run = [\"y\"], done = 0, absent = 9 }"]
        {
            assert!(command(rest).is_ok(), "{rest}");
        }
        for (rest, said) in [
            ("", "exactly one of"),
            ("repeatable = false", "exactly one of"),
            ("repeatable = true\nchannel = \"npm\"", "exactly one of"),
            ("channel = \"pypi\"", "do not have this one"),
            ("observe = { run = [], done = 0, absent = 1 }", "what is run"),
            ("observe = { run = [\"y\"], done = 1, absent = 1 }", "same status"),
            ("repeatable = true\nset-env = { A = \"b\" }\nworkflow = \"w\"", "`workflow` means nothing"),
        ] {
            let problems = command(rest).unwrap_err();
            assert!(problems.contains(said), "{said}\n{problems}");
        }
    }

    #[test]
    fn a_key_of_another_kind_is_refused_whatever_it_holds_and_one_of_no_kind_is_unknown() {
        for (step, said) in [
            ("kind = \"tag\"\nid = \"t\"\nenv = []", "`env` means nothing"),
            ("kind = \"tag\"\nid = \"t\"\nrepeatable = false", "`repeatable` means nothing"),
            ("kind = \"tag\"\nid = \"t\"\nrehearse = { run = [] }", "`rehearse` means nothing"),
            ("kind = \"tag\"\nid = \"t\"\ntagg = \"{tag}\"", "unknown field `tagg`"),
            ("kind = \"tagg\"", "unknown variant `tagg`"),
            ("id = \"t\"", "missing field `kind`"),
            ("kind = \"tag\"\nid = \"t\"\ntag = 1", "invalid type: integer `1`, expected a string"),
        ] {
            let problems = parsed(&self::step(step)).unwrap_err();
            assert!(problems.contains(said), "{said}\n{problems}");
        }
        // Each is told, at its own place.
        let text =
            format!("{HEAD}[[steps]]\nkind = \"tag\"\nrun = 1\ncwd = 2\n[[steps]]\nkind = \"nothing\"\n");
        let problems = Plan::parse(&text).unwrap_err();
        let places: Vec<&str> = problems.iter().map(|problem| &text[problem.span.clone()]).collect();
        assert_eq!(places, ["run", "cwd", "\"nothing\""]);
    }

    #[test]
    fn a_placeholder_that_stands_for_nothing_is_refused_with_its_name() {
        let dispatch = |text: &str| {
            parsed(&step(&format!(
                "kind = \"dispatch-workflow\"\nworkflow = \".github/workflows/p.yml\"\ninputs = {{ a = \"{text}\" }}"
            )))
        };
        assert!(dispatch("{tag} {version} {commit} {build-run-id}").is_ok());
        for text in ["{other}", "{", "{tag} {"] {
            assert!(dispatch(text).unwrap_err().contains("stands for nothing"), "{text}");
        }
    }

    #[test]
    fn the_github_channel_needs_the_projects_repository() {
        let plan = format!("{HEAD}[channels.github-release]\n");
        assert!(Plan::parse(&plan).is_ok());
        let problems = Plan::parse(&plan.replace("repository = \"o/r\"\n", "")).unwrap_err();
        assert!(problems[0].message.contains("channels.github-release"), "{problems:?}");
    }

    #[test]
    fn provenance_is_of_a_workflow_of_the_projects_repository() {
        let plan = |channels: &str| Plan::parse(&HEAD.replace("[channels.npm]\npackage = \"s\"\n", channels));
        let asked = "[channels.npm]\npackage = \"s\"\nprovenance = \".github/workflows/publish.yml\"\n";
        let made = plan(asked).unwrap();
        let workflow = made.channels.npm.unwrap().provenance.unwrap();
        assert_eq!(workflow.as_str(), ".github/workflows/publish.yml");
        for wrong in
            ["publish.yml", ".github/workflows/", ".github/workflows/a/b.yml", ".github/workflows/x.sh"]
        {
            assert!(plan(&asked.replace(".github/workflows/publish.yml", wrong)).is_err(), "{wrong}");
        }
        let problems = plan(&asked.replace("npm", "crates-io")).unwrap_err();
        assert!(problems[0].message.contains("serves no signed statements"), "{problems:?}");
        let nameless = HEAD.replace("repository = \"o/r\"\n", "");
        let problems =
            Plan::parse(&nameless.replace("[channels.npm]\npackage = \"s\"\n", asked)).unwrap_err();
        assert!(problems[0].message.contains("project.repository"), "{problems:?}");
    }

    #[test]
    fn a_step_at_github_needs_the_projects_repository() {
        let plan = format!("{HEAD}{BEGUN}{BUILT}").replace("repository = \"o/r\"\n", "");
        let problems = Plan::parse(&plan).unwrap_err();
        assert!(
            problems.iter().any(|problem| problem.message.contains("project.repository")),
            "{problems:?}"
        );
    }
}
