//! Outputs made from real ones by chance: cut, doubled, crossed with others, their numbers and bytes changed. Every reader reads all of
//! them without breaking, and in a time that grows with the length of the input and no faster.
//!
//! A few hundred a reader by default; `GONOGO_FUZZ_SECONDS=60` makes it a minute for each.

use crate::fixtures::{Fixture, all, readers};
use crate::properties::is_sound;
use gonogo_core::readers::{Reader, ToolOutput};
use std::time::{Duration, Instant};

/// A source of chance that gives the same numbers in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        // splitmix64 (Steele, Lea and Flood, 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end.max(1) as u64) as usize
    }
}

fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

fn changed(bytes: &[u8], other: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut all = lines(bytes);
    for _ in 0..=chance.below(4) {
        if all.is_empty() {
            return other.to_vec();
        }
        let at = chance.below(all.len());
        match chance.below(8) {
            0 => {
                all.remove(at);
            }
            1 => all.insert(at, all[chance.below(all.len())].clone()),
            2 => all.truncate(at),
            3 => {
                let crossed = lines(other);
                let from = chance.below(crossed.len().max(1));
                all.splice(at..at, crossed.into_iter().skip(from).take(3));
            }
            4 => {
                let with = chance.below(all.len());
                all.swap(at, with);
            }
            5 => {
                for byte in all[at].iter_mut().filter(|byte| byte.is_ascii_digit()) {
                    *byte = b'0' + chance.below(10) as u8;
                }
            }
            6 => {
                let line = &mut all[at];
                let place = chance.below(line.len());
                line.insert(place, [0, 0x1b, b'\r', b' ', b'"', b'<', b'{', 0xff][chance.below(8)]);
            }
            _ => {
                let line = &mut all[at];
                line.truncate(chance.below(line.len()));
            }
        }
    }
    all.concat()
}

fn of(reader: &Reader, fixtures: &[Fixture], seed: u64) {
    let seconds = std::env::var("GONOGO_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    let (limit, fewest) = (seconds.map(Duration::from_secs), 200);
    let own: Vec<&Fixture> = fixtures.iter().filter(|one| one.reader == reader.name()).collect();
    let (start, mut chance, mut made) = (Instant::now(), Chance(seed), 0);
    while limit.map_or(made < fewest, |limit| start.elapsed() < limit) {
        made += 1;
        let mut one = own[chance.below(own.len())].clone();
        let other = &fixtures[chance.below(fixtures.len())];
        let crossed = if chance.below(2) == 0 { &other.stdout } else { &other.stderr };
        let bytes = changed(one.primary(), crossed, &mut chance);
        *one.primary() = bytes;
        let exit = [0, 0, one.exit, 1, 101][chance.below(5)];
        let output = ToolOutput { exit: Some(exit), ..one.output() };
        is_sound(reader, &output).unwrap();
    }
}

#[test]
fn no_output_breaks_a_reader() {
    let fixtures = all();
    for (seed, reader) in readers().iter().enumerate() {
        of(reader, &fixtures, seed as u64 + 1);
    }
}

/// Lines that a format is made of, again and again, and what would take long if each were held against all others.
fn large(fixture: &mut Fixture, bytes: usize) -> Vec<u8> {
    let primary = fixture.primary().clone();
    let middle = primary.len() / 2;
    let line = primary[..middle].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let (head, tail) = primary.split_at(line);
    let mut large = Vec::with_capacity(bytes + primary.len());
    large.extend_from_slice(head);
    let block: &[u8] = if tail.is_empty() { &primary } else { tail };
    while large.len() < bytes {
        large.extend_from_slice(block);
    }
    large.extend_from_slice(tail);
    large
}

#[test]
#[ignore = "it takes the time, which a busy machine has not: by hand, on a quiet one"]
fn the_time_to_read_grows_with_the_input_and_no_faster() {
    let seconds = |reader: &Reader, fixture: &mut Fixture, bytes: usize| {
        *fixture.primary() = large(fixture, bytes);
        // The least of three: other programs run beside this one.
        let runs = (0..3).map(|_| {
            let start = Instant::now();
            let reading = reader.read(&fixture.output());
            std::hint::black_box(reading.is_ok());
            start.elapsed().as_secs_f64()
        });
        runs.fold(f64::INFINITY, f64::min)
    };
    for reader in readers() {
        let own =
            all().into_iter().filter(|one| one.reader == reader.name() && !one.clone().primary().is_empty());
        for fixture in own.take(2) {
            let small = seconds(&reader, &mut fixture.clone(), 10_000);
            let large = seconds(&reader, &mut fixture.clone(), 160_000);
            // Sixteen times the input. A quadratic reader would take 256 times as long.
            assert!(large < 0.05 + small * 100.0, "{}: {small} s, then {large} s", fixture.label());
        }
    }
}

#[test]
#[ignore = "it takes the time, which a busy machine has not: by hand, on a quiet one"]
fn hostile_shapes_take_no_longer() {
    let repeated = |line: &str, count: usize| line.repeat(count);
    let many = 40_000;
    let shapes: Vec<(&str, String)> = vec![
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
    ];
    for (name, text) in shapes {
        let reader = crate::fixtures::reader(name);
        for (out, err) in [(text.as_str(), ""), ("", text.as_str())] {
            let output =
                ToolOutput { stdout: out.as_bytes(), stderr: err.as_bytes(), exit: Some(1), report: None };
            let start = Instant::now();
            is_sound(&reader, &output).unwrap();
            let took = start.elapsed();
            assert!(took < Duration::from_secs(20), "{name}: {took:?} for {} bytes", text.len());
        }
    }
}
