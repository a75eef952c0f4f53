//! Records pairs of runs of one program against itself: the noise of this machine, for the simulation of the
//! performance guard. `record-pairs PAIRS FILE`; each pair is six runs, three of each side, in random order.
#![expect(
    clippy::disallowed_methods,
    reason = "a recorder that stands alone: it measures process starts, too"
)]
#![expect(clippy::print_stderr, reason = "its progress")]

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Samples of each side in a pair.
const SAMPLES: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, "work", folder] => work(Path::new(folder)),
        [program, pairs, file] => record(program, pairs.parse()?, Path::new(file)),
        _ => Err("record-pairs PAIRS FILE".into()),
    }
}

/// A run that is the same each time: hash, sort, and append messages to a file.
fn work(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut numbers: Vec<u64> = (0..120_000).map(|_| next(&mut state)).collect();
    numbers.sort_unstable();
    let path = folder.join(format!("{}.log", std::process::id()));
    let mut file = std::fs::File::create(&path)?;
    for chunk in numbers.chunks(60) {
        let message: Vec<u8> = chunk.iter().flat_map(|number| number.to_le_bytes()).collect();
        let sum = message.iter().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
            (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
        file.write_all(&sum.to_le_bytes())?;
        file.write_all(&message)?;
    }
    std::fs::remove_file(path)?;
    Ok(())
}

fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// Writes each run: the code of its time as two bytes, little-endian, first the three of the side that
/// is called base, then the three of the other.
fn record(program: &str, pairs: usize, file: &Path) -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("record-pairs-{}", std::process::id()));
    std::fs::create_dir(&folder)?;
    let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
    let mut state = 0x1234_5678_9abc_def1_u64;
    for _ in 0..20 {
        timed(program, &folder)?;
    }
    for pair in 0..pairs {
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..SAMPLES {
            let first = usize::from(next(&mut state) >> 40 & 1 == 1);
            times[first].push(timed(program, &folder)?);
            times[1 - first].push(timed(program, &folder)?);
        }
        for nanoseconds in times.iter().flatten() {
            out.write_all(&coded(*nanoseconds).to_le_bytes())?;
        }
        if pair % 100 == 0 {
            out.flush()?;
            eprintln!("{pair}");
        }
    }
    out.flush()?;
    std::fs::remove_dir(folder)?;
    Ok(())
}

fn timed(program: &str, folder: &Path) -> Result<f64, Box<dyn Error>> {
    let start = Instant::now();
    let status = Command::new(program).arg("work").arg(folder).stdin(Stdio::null()).status()?;
    let elapsed = start.elapsed();
    if status.success() { Ok(elapsed.as_secs_f64() * 1e9) } else { Err("a run failed".into()) }
}

/// 5000 times the natural logarithm of microseconds: steps of 0.02 %, up to half a second. The cast saturates.
fn coded(nanoseconds: f64) -> u16 {
    ((nanoseconds / 1000.0).ln() * 5000.0).round() as u16
}
