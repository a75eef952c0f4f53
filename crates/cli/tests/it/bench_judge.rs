//! Pairs that were recorded elsewhere are judged, or refused with the line.

use crate::support::{Project, Ran, libtest, plan};
use std::fmt::Write;

fn judged(recording: &[u8], more: &[&str]) -> Ran {
    let project = Project::new(&plan(&libtest("t", "run-tests")));
    let file = project.beside("pairs");
    std::fs::write(&file, recording).unwrap();
    let mut arguments = vec!["bench", "judge", file.to_str().unwrap(), "--margin", "5%", "--json"];
    arguments.extend(more);
    project.run(&arguments)
}

/// Pairs as CSV, the current ones worse by a factor, with noise of about 5 % that repeats in no simple way.
fn csv(count: usize, factor: f64) -> String {
    let mut text = "base,current\n".to_owned();
    let mut state = 7_u64;
    let mut noise = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        1.0 + 0.1 * ((state >> 40) as f64 / (1_u64 << 24) as f64 - 0.5)
    };
    for _ in 0..count {
        writeln!(text, "{:.6},{:.6}", 20.0 * noise(), 20.0 * factor * noise()).unwrap();
    }
    text
}

#[test]
fn each_verdict_has_its_exit_code_and_its_interval() {
    for (factor, code, verdict) in [(1.0, 0, "passed"), (1.2, 1, "failed"), (1.05, 3, "incomplete")] {
        let document = judged(csv(80, factor).as_bytes(), &[]).exits(code).json();
        assert_eq!(document["schema"], "gonogo.bench-judge/1");
        assert_eq!(document["verdict"], verdict);
        assert_eq!(document["pairs_used"], 80);
        let (lower, upper) = (document["lower"].as_f64().unwrap(), document["upper"].as_f64().unwrap());
        let estimate = document["estimate"].as_f64().unwrap();
        assert!(lower < estimate && estimate < upper, "{document}");
        assert!((estimate - (factor - 1.0)).abs() < 0.02, "{document}");
        assert_eq!(document["reason"], if code == 3 { "too-noisy".into() } else { serde_json::Value::Null });
    }
}

#[test]
fn ten_thousand_pairs_are_judged_whole() {
    let document = judged(csv(10_000, 1.03).as_bytes(), &[]).exits(0).json();
    assert_eq!(document["pairs_used"], 10_000);
    assert_eq!(document["slower_within_margin"], true);
}

#[test]
fn json_and_rates_are_judged_too() {
    let rows: Vec<String> = csv(60, 1.2).lines().skip(1).map(|line| format!("[{line}]")).collect();
    let json = format!("[{}]", rows.join(",\n"));
    judged(json.as_bytes(), &[]).exits(1);
    judged(json.as_bytes(), &["--higher-is-better"]).exits(0);
}

#[test]
fn looks_stop_at_the_first_answer_and_a_missing_look_is_no_answer() {
    let document = judged(csv(200, 1.0).as_bytes(), &["--looks", "30,60,120,240"]).exits(0).json();
    assert_eq!(document["pairs_used"], 30);
    let document = judged(csv(20, 1.0).as_bytes(), &["--looks", "30,60"]).exits(3).json();
    assert_eq!(document["upper"], serde_json::Value::Null);
}

#[test]
fn what_cannot_be_judged_is_refused_with_its_line() {
    let huge = "1,1\n".repeat(1_000_001);
    let cases: [(&[u8], &str); 9] = [
        (b"", "line 1: it holds no pair"),
        (b"1,2\nNaN,2\n", "line 2: the base value is not a number"),
        (b"1,2\n3,0\n", "line 2: the current value is zero"),
        (b"1,2\n3,4\n-1,2\n", "line 3: the base value is negative"),
        (b"1,2\n1,1e999\n", "line 2: the current value is infinite"),
        (b"1\n2\n", "line 1: 1 columns"),
        (b"\xef\xbb\xbf1,2\n", "line 1: it begins with a byte-order mark"),
        (b"[[1,2],\n[1,0]]", "line 2: the current value is zero"),
        (huge.as_bytes(), "line 1000001: more than 1000000 pairs"),
    ];
    for (recording, said) in cases {
        let ran = judged(recording, &[]).exits(2);
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
        assert_eq!(ran.json()["exit"], 2);
    }
}

#[test]
fn a_margin_is_a_percentage_that_says_something() {
    let project = Project::new(&plan(&libtest("t", "run-tests")));
    let file = project.beside("pairs");
    std::fs::write(&file, csv(30, 1.0)).unwrap();
    for margin in ["0.05", "5", "0%", "-5%", "NaN%", "inf%", "200%", "%"] {
        project.run(&["bench", "judge", file.to_str().unwrap(), &format!("--margin={margin}")]).exits(2);
    }
    project.run(&["bench", "judge", file.to_str().unwrap()]).exits(2);
    project.run(&["bench", "judge", "not-there", "--margin=5%"]).exits(2);
    project.run(&["bench", "judge", ".", "--margin=5%"]).exits(2);
}
