//! What benchmark programs print: one value for each scenario.
//!
//! Invariant: every value is positive and finite, every scenario has one, and a text without any is unread, not empty.

mod callgrind;
mod criterion;
mod go_test;
mod hyperfine;

use super::mapping::Mapping;
use crate::readers::{Unread, strict_document};
use serde_json::Value;
use std::collections::BTreeMap;

/// One value for each scenario, in whatever unit the program has.
pub type Sample = BTreeMap<String, f64>;

/// What one run left behind.
#[derive(Clone, Copy, Debug)]
pub struct BenchOutput<'a> {
    /// Standard output, or the report that the plan names.
    pub text: &'a [u8],
    /// Wall time of the run, in seconds.
    pub seconds: f64,
}

/// How a benchmark's output is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// A JSON document with a mapping.
    Json(Mapping),
    /// Criterion.rs: the middle of `time: [low middle high]`, or lines of `--output-format bencher` (libtest's too).
    Criterion,
    /// The document of `hyperfine --export-json`, of version 1 or 2: the median of each command.
    Hyperfine,
    /// The document of `pytest --benchmark-json`: the median of each benchmark.
    PytestBenchmark,
    /// `go test -bench`, also with `-json`: nanoseconds for each operation; of several lines of one name (`-count`) the least.
    /// Where several packages have benchmarks, a name begins with its package.
    GoTest,
    /// The log of `valgrind --tool=callgrind --log-file=…`: instructions that the program executed. They hardly vary, so few
    /// runs tell; they say nothing of waiting, caches or the disk.
    Callgrind,
    /// Any program: its own wall time.
    WallTime,
}

impl Format {
    /// Reads a run.
    pub fn read(&self, source: BenchOutput<'_>) -> Result<Sample, Unread> {
        let sample = match self {
            Self::Json(mapping) => mapping.read(&strict_document(source.text)?)?,
            Self::Criterion => criterion::read(text(source.text)?)?,
            Self::Hyperfine => hyperfine::read(&strict_document(source.text)?)?,
            Self::Callgrind => callgrind::read(text(source.text)?)?,
            Self::PytestBenchmark => {
                listed(&strict_document(source.text)?, "/benchmarks", "/fullname", "/stats/median")?
            }
            Self::GoTest => go_test::read(text(source.text)?)?,
            Self::WallTime => {
                Sample::from([("wall time".to_owned(), positive("wall time", source.seconds)?)])
            }
        };
        if sample.is_empty() {
            return Err(Unread::unreadable("the output names no scenario"));
        }
        Ok(sample)
    }
}

/// A value that a ratio can be made of.
pub(super) fn positive(name: &str, value: f64) -> Result<f64, Unread> {
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err(Unread::unreadable(format!("{name} is {value}: there is no ratio to it")))
    }
}

fn text(bytes: &[u8]) -> Result<&str, Unread> {
    std::str::from_utf8(bytes).map_err(|_| Unread::unreadable("the output is not UTF-8"))
}

fn listed(document: &Value, list: &str, name: &str, metric: &str) -> Result<Sample, Unread> {
    let items = document
        .pointer(list)
        .and_then(Value::as_array)
        .ok_or_else(|| Unread::unreadable(format!("the document has no array at `{list}`")))?;
    let mut sample = Sample::new();
    for item in items {
        let name = item.pointer(name).and_then(Value::as_str).filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| Unread::unreadable("a benchmark has no name"))?;
        let value = item.pointer(metric).and_then(Value::as_f64);
        let value = value.ok_or_else(|| Unread::unreadable(format!("{name} has no number at `{metric}`")))?;
        if sample.insert(name.to_owned(), positive(name, value)?).is_some() {
            return Err(Unread::unreadable(format!("{name} is there twice")));
        }
    }
    Ok(sample)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: &Format, text: &str) -> Result<Sample, Unread> {
        format.read(BenchOutput { text: text.as_bytes(), seconds: 1.5 })
    }

    fn mapping() -> Format {
        let key = ["bench", "durability", "writers", "payload"].map(str::to_owned).to_vec();
        Format::Json(Mapping { results: "/results".to_owned(), key, metric: "ms_per_msg".to_owned() })
    }

    #[test]
    fn each_format_gives_one_value_for_each_scenario() {
        let cases: [(Format, &str, &[(&str, f64)]); 12] = [
            (
                mapping(),
                r#"{"results": [{"bench": "append", "durability": "fast", "writers": 1, "ms_per_msg": 0.02, "note": "x"},
                                {"bench": "append", "durability": null, "writers": 2, "ms_per_msg": 3}]}"#,
                &[("bench=append durability=fast writers=1", 0.02), ("bench=append writers=2", 3.0)],
            ),
            (
                Format::Criterion,
                "Benchmarking fib 20\nfib 20                  time:   [26.029 µs 26.251 µs 26.505 µs]\n                        change: [-1.2% +0.1% +1.3%] (p = 0.9 > 0.05)\n\
                 a_name_that_is_long_enough_to_stand_alone\n                        time:   [1.0 ms 2.5 ms 3.0 ms]\n",
                &[("a_name_that_is_long_enough_to_stand_alone", 2.5e6), ("fib 20", 26251.0)],
            ),
            (Format::Criterion, "test fib ... bench:      26,251 ns/iter (+/- 120)\n", &[("fib", 26251.0)]),
            (
                Format::Criterion,
                "fib/20                  time:   [26.029 µs 26.251 µs 26.505 µs]\n                        thrpt:  [1.1 Melem/s 1.2 Melem/s 1.3 Melem/s]\n\
                 \u{20}                change:\n                        time:   [-23.6% -22.9% -22.2%] (p = 0.00 < 0.05)\n                        thrpt:  [+28.5% +29.7% +30.9%]\n",
                &[("fib/20", 26251.0)],
            ),
            (
                Format::Hyperfine,
                r#"{"schema_version": 2, "results": [{"command": "sleep 1", "summary": {"time_wall_clock": {"median": 1.01}}, "runs": [{"exit_code": 0}]}]}"#,
                &[("sleep 1", 1.01)],
            ),
            (
                Format::GoTest,
                "{\"Action\":\"output\",\"Package\":\"x\",\"Test\":\"BenchmarkA\",\"Output\":\"BenchmarkA-2     \\t\"}\n{\"Action\":\"output\",\"Package\":\"x\",\"Test\":\"BenchmarkA\",\"Output\":\"765322184\\t         1.760 ns/op\\t 3.000 things/op\\n\"}\n{\"Action\":\"pass\",\"Package\":\"x\"}\n",
                &[("BenchmarkA-2", 1.76)],
            ),
            (
                Format::GoTest,
                "pkg: x\nBenchmarkA-8 10 5 ns/op\nPASS\nok  \tx\t1s\npkg: y\nBenchmarkA-8 10 7 ns/op\nPASS\nok  \ty\t1s\n",
                &[("x BenchmarkA-8", 5.0), ("y BenchmarkA-8", 7.0)],
            ),
            (
                Format::Hyperfine,
                r#"{"results": [{"command": "sleep 1", "median": 1.01, "times": [1]}]}"#,
                &[("sleep 1", 1.01)],
            ),
            (
                Format::PytestBenchmark,
                r#"{"benchmarks": [{"fullname": "t.py::test_a", "stats": {"median": 0.5, "min": 0.4}}]}"#,
                &[("t.py::test_a", 0.5)],
            ),
            (
                Format::GoTest,
                "goos: linux\nBenchmarkA-8   \t 1000\t      1234 ns/op\t 16 B/op\nBenchmarkA-8   1000   1200.5 ns/op\nPASS\nok  \tx\t1s\n",
                &[("BenchmarkA-8", 1200.5)],
            ),
            (
                Format::Callgrind,
                "==7== Command: /bin/true\n==7== Events    : Ir\n==7== Collected : 129530\n==7== \n==7== I   refs:      129,530\n",
                &[("instructions", 129_530.0)],
            ),
            (Format::WallTime, "whatever", &[("wall time", 1.5)]),
        ];
        for (format, text, wanted) in cases {
            let wanted: Sample = wanted.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
            let read = read(&format, text).unwrap();
            assert_eq!(read.keys().collect::<Vec<_>>(), wanted.keys().collect::<Vec<_>>());
            for (name, value) in wanted {
                assert!((read[&name] / value - 1.0).abs() < 1e-9, "{name}: {} and {value}", read[&name]);
            }
        }
    }

    #[test]
    fn what_says_nothing_or_says_it_twice_is_unread() {
        let every = [
            mapping(),
            Format::Callgrind,
            Format::Criterion,
            Format::Hyperfine,
            Format::PytestBenchmark,
            Format::GoTest,
        ];
        for format in every {
            for text in ["", "{}", "[]", "hello\n", "{\"results\": [], \"benchmarks\": []}"] {
                assert!(read(&format, text).is_err(), "{format:?}: {text}");
            }
        }
        for (format, text) in [
            (mapping(), r#"{"results": [{"bench": "a"}]}"#),
            (mapping(), r#"{"results": [{"ms_per_msg": 1}]}"#),
            (mapping(), r#"{"results": [{"bench": "a", "ms_per_msg": 0}]}"#),
            (mapping(), r#"{"results": [{"bench": "a", "ms_per_msg": -1}]}"#),
            (mapping(), r#"{"results": [{"bench": ["a"], "ms_per_msg": 1}]}"#),
            (mapping(), r#"{"results": [{"bench": "a", "ms_per_msg": 1}, {"bench": "a", "ms_per_msg": 1}]}"#),
            (Format::Criterion, "fib time: [1 ns 2 parsecs 3 ns]\n"),
            (Format::Criterion, "fib time: [1 ns 2 ns 3 ns]\nfib time: [1 ns 2 ns 3 ns]\n"),
            (Format::Criterion, "test fib ... bench: lots ns/iter\n"),
            (
                Format::Hyperfine,
                r#"{"results": [{"command": "false", "median": 1.01, "times": [1], "exit_codes": [0, 1]}]}"#,
            ),
            (Format::Callgrind, "==7== Collected : 5\n==8== Collected : 6\n"),
            (Format::Callgrind, "==7== Collected : 0\n"),
            (
                Format::Callgrind,
                "==7== Collected : 5\n==8== Process terminating with default action of signal 6\n",
            ),
            (
                Format::Hyperfine,
                r#"{"schema_version": 2, "results": [{"command": "f", "summary": {"time_wall_clock": {"median": 1}}, "runs": [{"exit_code": 1}]}]}"#,
            ),
            (Format::Hyperfine, r#"{"schema_version": 3, "results": [{"command": "f", "median": 1}]}"#),
            (Format::Criterion, "fib time: [-1% -2% -3%]\n"),
            (
                Format::GoTest,
                "{\"Action\":\"output\",\"Package\":\"x\",\"Output\":\"BenchmarkA 1 2 ns/op\\n\"}\n{\"Action\":\"fail\",\"Package\":\"x\"}\n",
            ),
            (Format::GoTest, "BenchmarkA-8 1000 fast ns/op\n"),
            (Format::GoTest, "BenchmarkA-8 1000 12 ns/op\n--- FAIL: BenchmarkB\nFAIL\n"),
        ] {
            assert!(read(&format, text).is_err(), "{format:?}: {text}");
        }
        assert!(Format::WallTime.read(BenchOutput { text: b"", seconds: 0.0 }).is_err());
    }
}
