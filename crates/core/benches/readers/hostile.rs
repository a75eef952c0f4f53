//! Shapes that would take long, or much, where each piece were held against all others.

/// For each a reader's name and what it reads, which has about so many pieces.
pub(crate) fn shapes(many: usize) -> Vec<(&'static str, String)> {
    let repeated = |line: &str, count: usize| line.repeat(count);
    vec![
        ("libtest", repeated("\nrunning 1 test\n", many)),
        (
            "libtest",
            format!(
                "running 1 test\ntest a ... FAILED\n\nfailures:\n{}",
                repeated(
                    "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0s\n",
                    many
                )
            ),
        ),
        (
            "libtest",
            repeated(
                "running 1 test\ntest result: test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n",
                many,
            ),
        ),
        (
            "pytest",
            format!(
                "=== short test summary info ===\n{}1 failed in 1s\n",
                repeated("FAILED a - b - c - d - e\n", many)
            ),
        ),
        (
            "pytest",
            format!("=== short test summary info ===\nFAILED {}\n1 failed in 1s\n", repeated("a - ", many)),
        ),
        ("unittest", repeated("Ran 1 test in 1s\n", many)),
        ("node-test", format!("TAP version 13\n{}", repeated("# tests 1\n", many))),
        ("node-test", format!("TAP version 13\n{}ok 1 - a\n", " ".repeat(4 * many))),
        ("go-test", format!("=== RUN   A{0}\n--- PASS: A{0} (0.00s)\nok  \ta\t0.1s\n", "/a".repeat(many))),
        ("tap", repeated("ok 1 - a\n", many)),
        ("tap", (0..many).map(|depth| format!("{}ok 1\n", " ".repeat(depth % 200))).collect()),
        (
            "junit",
            format!(
                "<testsuite name=\"{}\">{}</testsuite>",
                "n".repeat(many),
                repeated("<testcase name=\"a\"/>", many)
            ),
        ),
        ("junit", repeated("<testsuite>", many)),
        ("text", repeated("checked a\r\u{1b}[0m\u{8}", many)),
        ("nextest", repeated("        FAIL [ 0.1s] a b\n", many)),
        ("json-pointer", "[".repeat(many)),
    ]
}
