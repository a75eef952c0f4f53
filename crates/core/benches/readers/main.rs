//! 100 MiB of each text and XML format: seconds, and how much memory was held beyond the input.
//!
//! `cargo bench -p gonogo-core --bench readers`. As a test (`cargo test --benches`) a hundredth of it.
#![expect(clippy::print_stdout, reason = "a benchmark says what it measured")]

use gonogo_core::readers::{Reader, ToolOutput};
use std::time::Instant;

fn repeated(
    head: &str,
    line: impl Fn(usize) -> String,
    tail: impl Fn(usize) -> String,
    bytes: usize,
) -> String {
    let mut text = String::with_capacity(bytes + 4096);
    text.push_str(head);
    let mut count = 0;
    while text.len() < bytes {
        text.push_str(&line(count));
        count += 1;
    }
    text + &tail(count)
}

/// The most memory that this process has held, in MiB, where the system says it.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}

fn main() {
    let real = std::env::args().any(|argument| argument == "--bench");
    let bytes = if real { 100 << 20 } else { 1 << 20 };
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    type Make = fn(usize) -> String;
    let formats: [(&str, Reader, Make); 6] = [
        ("libtest", Reader::Libtest { one_binary: true }, |bytes| {
            // The header has to know how many there are.
            let line = |index: usize| format!("test tests::number_{index:09} ... ok\n");
            let count = bytes / line(0).len();
            let listed: String = (0..count).map(line).collect();
            format!(
                "\nrunning {count} tests\n{listed}\ntest result: ok. {count} passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s\n\n"
            )
        }),
        ("pytest", Reader::Pytest, |bytes| {
            repeated(
                "",
                |index| format!("test_a.py::test_{index:09} PASSED\n"),
                |count| format!("=== {count} passed in 1.00s ===\n"),
                bytes,
            )
        }),
        ("go-test", Reader::GoTest, |bytes| {
            let line = |index: usize| {
                format!(
                    "{{\"Action\":\"run\",\"Package\":\"p\",\"Test\":\"Test{index}\"}}\n{{\"Action\":\"pass\",\"Package\":\"p\",\"Test\":\"Test{index}\"}}\n"
                )
            };
            repeated(
                "{\"Action\":\"start\",\"Package\":\"p\"}\n",
                line,
                |_| "{\"Action\":\"pass\",\"Package\":\"p\"}\n".to_owned(),
                bytes,
            )
        }),
        ("junit", Reader::Junit { files: Vec::new() }, |bytes| {
            repeated(
                "<testsuite name=\"s\">",
                |index| format!("<testcase classname=\"c\" name=\"t{index}\" time=\"0.001\"/>\n"),
                |_| "</testsuite>".to_owned(),
                bytes,
            )
        }),
        ("tap", Reader::Tap, |bytes| {
            repeated(
                "TAP version 13\n",
                |index| format!("ok {} - number {index}\n", index + 1),
                |count| format!("1..{count}\n"),
                bytes,
            )
        }),
        ("sarif", Reader::Sarif, |bytes| {
            let line = |index: usize| {
                format!("{{\"ruleId\":\"r\",\"level\":\"note\",\"message\":{{\"text\":\"m{index}\"}}}},\n")
            };
            repeated(
                "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"t\"}},\"artifacts\":[{}],\"results\":[",
                line,
                |_| "{\"ruleId\":\"r\",\"level\":\"none\",\"message\":{\"text\":\"m\"}}]}]}".to_owned(),
                bytes,
            )
        }),
    ];
    for (name, reader, make) in
        formats.iter().filter(|(name, ..)| only.as_deref().is_none_or(|only| only == *name))
    {
        let text = make(bytes);
        let before = peak();
        let output = ToolOutput { stdout: text.as_bytes(), stderr: b"", exit: Some(0), report: None };
        let start = Instant::now();
        let reading = reader.read(&output);
        let took = start.elapsed().as_secs_f64();
        let held = peak() - before;
        let said = reading.map_or_else(|why| why.detail, |reading| format!("{:?}", reading.counts));
        println!(
            "{name:8} {:6.1} MiB {took:6.2} s, {held:7.1} MiB beyond the input; {said}",
            text.len() as f64 / f64::from(1 << 20)
        );
    }
}
