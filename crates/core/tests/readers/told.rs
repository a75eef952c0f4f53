//! What a reader is told of the command that it reads.

use crate::fixtures::Fixture;
use gonogo_core::plan::{CheckKind, Plan};
use gonogo_core::readers::{Reader, ToolOutput};
use gonogo_core::verdict::Reason;

pub(crate) fn reader(check: &str) -> Result<Reader, String> {
    let plan = Plan::parse(&format!(
        "schema = 1\n[project]\nname = \"sample\"\n[policy]\nrequired-gates = [1]\n[tracker]\nkind = \"file\"\n\
         [[gates]]\nid = 1\nname = \"one\"\n[[gates.checks]]\nid = \"one\"\n{check}"
    ))
    .map_err(|problems| problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join("; "))?;
    let CheckKind::Command(command) = &plan.gates[0].checks[0].kind else {
        return Err("no command".to_owned());
    };
    Ok(command.reader.clone())
}

#[test]
fn npm_has_examined_nothing_where_it_left_out_all_that_there_is() {
    let report = Fixture::load("npm-audit", "quiet");
    let npm = |options: &str| {
        let check = format!("run = [\"npm\", \"audit\", \"--json\"{options}]\nreader = \"npm-audit\"");
        reader(&check).unwrap().read(&report.output()).unwrap().examined.unwrap()
    };
    let (all, shipped) = (npm(""), npm(", \"--omit=dev\""));
    let document: serde_json::Value = serde_json::from_slice(&report.stdout).unwrap();
    let counted = |name: &str| document["metadata"]["dependencies"][name].as_u64().unwrap();
    assert_eq!(all, counted("total"));
    assert_eq!(shipped, counted("prod") - 1);
    assert_eq!(npm(", \"--omit\", \"dev\""), shipped);
    assert_eq!(npm(", \"--production\""), shipped);
}

const SCRIPT: &str = "run = [\"script\"]\nreader = \"text\"\nexpect = \"^OK: \"\nfinding = \"^FAIL: \"\nexits = { 2 = \"nothing-examined\" }";

fn script(stdout: &str, exit: i32) -> Result<usize, Reason> {
    let output = ToolOutput { stdout: stdout.as_bytes(), stderr: b"", exit: Some(exit), report: None };
    let reading = reader(SCRIPT).unwrap().read(&output);
    reading.map(|reading| reading.findings.len()).map_err(|unread| unread.reason)
}

#[test]
fn an_exit_status_that_the_plan_explains_is_no_failure_and_no_pass() {
    assert_eq!(script("INCOMPLETE: nothing is here\n", 2), Err(Reason::NothingExamined));
    assert_eq!(script("OK: one\nINCOMPLETE: nothing is here\n", 2), Err(Reason::NothingExamined));
}

#[test]
fn findings_outweigh_an_exit_status_that_the_plan_explains_and_any_other_is_a_failure() {
    assert_eq!(script("FAIL: one\n", 2), Ok(1));
    assert_eq!(script("OK: one\n", 1), Ok(1));
    assert_eq!(script("OK: one\n", 0), Ok(0));
}

#[test]
fn a_plan_cannot_explain_success_or_the_shell_s_own_statuses() {
    for status in ["0", "-1", "126", "127", "two"] {
        let check = SCRIPT.replace("2 =", &format!("\"{status}\" ="));
        assert!(reader(&check).unwrap_err().contains("exit status"), "{status}");
    }
    let check = SCRIPT.replace("nothing-examined", "all-good");
    assert!(reader(&check).is_err());
}

#[test]
fn data_of_a_repository_needs_a_limit_of_its_age() {
    let check = "run = [\"cargo\", \"audit\", \"--json\"]\nreader = \"cargo-audit\"\ndata-repository = \".scratch/db\"\n";
    assert!(reader(check).unwrap_err().contains("data-max-days"));
    assert!(reader(&format!("{check}minimum = {{ examined = 1, data-max-days = 7 }}")).is_ok());
}

#[test]
fn a_line_that_has_to_be_there_and_is_not_is_a_finding() {
    let check =
        "run = [\"tar\"]\nreader = \"text\"\nexpect = \"^sample/\"\nrequire = [\"/LICENSE$\", \"/NOTICES$\"]";
    let list = |stdout: &str, exit: i32| {
        let output = ToolOutput { stdout: stdout.as_bytes(), stderr: b"", exit: Some(exit), report: None };
        let reading = reader(check).unwrap().read(&output).unwrap();
        reading.findings.into_iter().map(|finding| finding.message).collect::<Vec<_>>()
    };
    assert_eq!(list("sample/LICENSE\nsample/NOTICES\n", 0), Vec::<String>::new());
    assert_eq!(list("sample/LICENSE\n", 0), ["no line matches //NOTICES$/"]);
    // A line without its end may be longer than it looks.
    assert_eq!(list("sample/LICENSE\nsample/NOTICES", 0), ["no line matches //NOTICES$/"]);
    // Nothing was listed: that is no finding about what is in it, and the minimum sees it.
    assert_eq!(list("", 0), Vec::<String>::new());
    assert_eq!(list("sample/LICENSE\n", 2), ["exit status 2"]);
}
