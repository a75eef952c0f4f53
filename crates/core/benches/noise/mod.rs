//! Noise to try the performance guard on: measured pairs of one program against itself, and made ones that are worse.
//!
//! Everything comes from a seed. See README.md for how the measured pairs were recorded.

pub mod rates;

use std::f64::consts::TAU;

/// Samples of each side in a measured pair.
pub const SAMPLES: usize = 3;

/// SplitMix64 (Steele, Lea & Flood 2014): a generator that any seed will do for.
pub struct Random(u64);

impl Random {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Above 0 and below 1.
    pub fn share(&mut self) -> f64 {
        ((self.bits() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.share() * limit as f64) as usize
    }

    pub fn normal(&mut self) -> f64 {
        (-2.0 * self.share().ln()).sqrt() * (TAU * self.share()).cos()
    }
}

/// What the two sides of a pair took: logarithms, `[base, current]`, the least of the samples.
pub type Logs = [f64; 2];

/// Measured pairs, in the order in which they were measured.
pub struct Measured(Vec<[[f64; SAMPLES]; 2]>);

impl Measured {
    /// On a host with a compiler now and then.
    pub fn light() -> Self {
        Self::decode(include_bytes!("light.bin"))
    }

    /// On a host where up to three other processes took turns on its two processors.
    pub fn busy() -> Self {
        Self::decode(include_bytes!("busy.bin"))
    }

    fn decode(bytes: &[u8]) -> Self {
        let codes: Vec<f64> =
            bytes.chunks(2).map(|two| f64::from(u16::from_le_bytes([two[0], two[1]])) / 5000.0).collect();
        let side = |codes: &[f64]| [codes[0], codes[1], codes[2]];
        Self(codes.chunks_exact(2 * SAMPLES).map(|pair| [side(pair), side(&pair[SAMPLES..])]).collect())
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn pair(&self, index: usize, samples: usize) -> Logs {
        self.0[index % self.len()].map(|side| side[..samples].iter().copied().fold(f64::INFINITY, f64::min))
    }
}

/// Where the pairs of one trial come from.
#[derive(Clone, Copy)]
pub enum Source<'a> {
    /// Measured pairs, each picked by itself, the least of so many samples.
    Picked(&'a Measured, usize),
    /// Measured pairs as they followed each other, from somewhere on: their drift and dependence stay. Which of the two
    /// is called base is drawn anew, as the guard draws it; both were the same program.
    Replayed(&'a Measured, usize),
    /// Made noise.
    Made(Made),
}

/// Noise that is made. The order within each pair is drawn, as the guard does it, or base always runs first.
#[derive(Clone, Copy)]
pub struct Made {
    pub kind: Kind,
    pub drawn: bool,
}

/// What a host may do to the logarithm of a run's time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Normal, standard deviation of the pair's ratio 0.20.
    Normal,
    /// Student's t with 1.5 degrees of freedom: no variance at all.
    Heavy,
    /// Three in ten runs take 35 % longer.
    Bimodal,
    /// The host gets slower all the time, by 60 % over 100 pairs, and faster again.
    Drift,
    /// The host's speed wanders: autocorrelation 0.98 from run to run, standard deviation 0.25.
    Wandering,
    /// Long quiet times, and long loud ones.
    Regimes,
    /// The second run of a pair takes 8 % longer.
    Second,
}

pub const KINDS: [Kind; 7] =
    [Kind::Normal, Kind::Heavy, Kind::Bimodal, Kind::Drift, Kind::Wandering, Kind::Regimes, Kind::Second];

impl Source<'_> {
    /// The first `count` pairs of a trial of builds that are alike.
    pub fn trial(self, count: usize, random: &mut Random) -> Vec<Logs> {
        match self {
            Self::Picked(measured, samples) => (0..count)
                .map(|_| swapped(measured.pair(random.below(measured.len()), samples), random))
                .collect(),
            Self::Replayed(measured, samples) => {
                let from = random.below(measured.len());
                (from..from + count).map(|index| swapped(measured.pair(index, samples), random)).collect()
            }
            Self::Made(made) => made.trial(count, random),
        }
    }
}

fn swapped(logs: Logs, random: &mut Random) -> Logs {
    if random.share() < 0.5 { [logs[1], logs[0]] } else { logs }
}

impl Made {
    fn trial(self, count: usize, random: &mut Random) -> Vec<Logs> {
        let mut host =
            Host { phase: random.share(), speed: 0.25 * random.normal(), loud: random.share() < 0.5 };
        let pair = |_| {
            let runs = [host.run(self.kind, false, random), host.run(self.kind, true, random)];
            if self.drawn { swapped(runs, random) } else { runs }
        };
        (0..count).map(pair).collect()
    }
}

struct Host {
    phase: f64,
    speed: f64,
    loud: bool,
}

impl Host {
    fn run(&mut self, kind: Kind, second: bool, random: &mut Random) -> f64 {
        let own = 0.03 * random.normal();
        match kind {
            Kind::Normal => 0.2 / 2.0_f64.sqrt() * random.normal(),
            Kind::Heavy => {
                let chi = (0..3).map(|_| random.normal().powi(2)).sum::<f64>() / 2.0;
                0.05 * random.normal() / (chi / 1.5).sqrt()
            }
            Kind::Bimodal => own + if random.share() < 0.3 { 0.3 } else { 0.0 },
            Kind::Drift => {
                self.phase = (self.phase + 1.0 / 400.0).fract();
                own + 0.47 * (2.0 * (self.phase - 0.5).abs())
            }
            Kind::Wandering => {
                self.speed = 0.98 * self.speed + 0.25 * (1.0 - 0.98_f64.powi(2)).sqrt() * random.normal();
                own + self.speed
            }
            Kind::Regimes => {
                if random.share() < 1.0 / 60.0 {
                    self.loud = !self.loud;
                }
                if self.loud { 0.25 * random.normal() } else { 0.01 * random.normal() }
            }
            Kind::Second => own + if second { 0.077 } else { 0.0 },
        }
    }
}
