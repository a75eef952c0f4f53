//! Outputs made from real ones by chance: cut, doubled, crossed with others, their numbers and bytes changed. Every reader reads all of
//! them without breaking. How long large and hostile ones take, and how much is held meanwhile, is measured by the bench `readers`.
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
