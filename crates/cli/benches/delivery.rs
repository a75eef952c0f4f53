//! What a look at the channels costs: all of them against the slowest alone, and many packages against one after the
//! other. `docs/benchmarks.md` says how to read it.
//!
//! Invariant: a look that did not pass is no sample, it ends the benchmark.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark ends by panicking, prints its figures, and starts the programs itself"
)]

mod figures;
#[expect(dead_code, reason = "shared with the tests, which need more of it")]
#[path = "../tests/it/shop.rs"]
mod shop;
#[expect(dead_code, reason = "shared with the tests, which need more of it")]
#[path = "../tests/it/support.rs"]
mod support;

use figures::{host, median, millis, spread};
use gonogo_core::delivery::{Channel, Expected, Level, judge};
use gonogo_core::verdict::Verdict;
use gonogo_sandbox::{Fault, FaultKind, Matcher, PrivateWorld, Service, Spec};
use gonogo_world::http::{Http, Patience};
use gonogo_world::process::{Cancel, Environment};
use gonogo_world::registry::{Configuration, Depth, Registries, Wanted};
use semver::Version;
use shop::Shop;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Read;
use std::process::Stdio;
use std::time::{Duration, Instant};
use support::{Project, Ran};
use tokio::runtime::{Builder, Runtime};

/// The bytes of each of many packages, which nothing makes smaller.
const CRATE_BYTES: usize = 64 << 10;
/// More than a pipe holds, so that a program that printed as much has not ended before somebody read it.
const MORE_THAN_A_PIPE: usize = 80 << 10;

fn main() {
    // Cargo gives `--bench` to a benchmark; anything else only wants to know that it works.
    let is_bench = std::env::args().any(|word| word == "--bench");
    let (delays, rounds): (&[u64], _) = if is_bench { (&[50, 500], 7) } else { (&[2], 1) };
    let (packages, delay, pairs) = if is_bench { (500, 50, 5) } else { (100, 2, 1) };
    println!("{}\n", host());
    let alone: String = names().iter().map(|name| format!(" {name} ms |")).collect();
    println!(
        "| delay of each request ms | pip and npm are told by |{alone} all six ms | all / slowest (low to high) |"
    );
    println!("|---:|---|{}---:|---|", "---:|".repeat(Channel::ALL.len()));
    let shop = Shop::opened();
    shop.release().exits(0);
    for delay in delays {
        for told_by in [ToldBy::Variables, ToldBy::Files] {
            println!("{}", six(&shop, told_by, Duration::from_millis(*delay), rounds));
        }
    }
    drop(shop);
    println!("\n{}\n", host());
    println!(
        "| packages | delay of each request ms | one after the other ms | gonogo ms | times as fast (low to high) | peak KiB |"
    );
    println!("|---:|---:|---:|---:|---|---:|");
    for channel in [Channel::CratesIo, Channel::Npm] {
        println!("{}", many(channel, packages, Duration::from_millis(delay), pairs));
    }
    println!("\n{}", host());
}

fn names() -> Vec<String> {
    Channel::ALL.iter().map(ToString::to_string).collect()
}

/// How pip and npm are told of their registry: what variables say is read, and what files say the client is started to say.
#[derive(Clone, Copy)]
enum ToldBy {
    Variables,
    Files,
}

/// An audit by a plan.
fn audit(shop: &Shop, told_by: ToldBy, plan: &str) -> Ran {
    let mut command = shop.led(shop.project.gonogo(&["audit", "v0.2.0", "--json", "--plan", plan]));
    if let ToldBy::Files = told_by {
        let variables: BTreeMap<_, _> = shop.world.variables().into_iter().collect();
        for (registry, beginning, file, name) in [
            ("PIP_INDEX_URL", "[global]\nindex-url = ", "PIP_CONFIG_FILE", "pip.conf"),
            ("npm_config_registry", "registry=", "npm_config_userconfig", "npmrc"),
        ] {
            let path = shop.project.beside(name);
            let address = variables[OsStr::new(registry)].to_str().unwrap();
            std::fs::write(&path, format!("{beginning}{address}\n")).unwrap();
            command.env_remove(registry).env(file, path);
        }
    }
    command.output().unwrap().into()
}

/// Audits of a release on each channel alone and on all of them, round by round.
fn six(shop: &Shop, told_by: ToldBy, delay: Duration, rounds: usize) -> String {
    shop.calm();
    for service in [Service::Cargo, Service::Npm, Service::Pypi, Service::Go, Service::Github] {
        shop.fault(service, "", FaultKind::Delayed(delay));
    }
    let whole = std::fs::read_to_string(shop.project.root().join("gonogo.toml")).unwrap();
    let mut plans: Vec<String> = names().iter().map(|name| only(shop, &whole, name)).collect();
    plans.push(shop.project.root().join("gonogo.toml").display().to_string());
    let mut samples = vec![Vec::new(); plans.len()];
    for round in 0..=rounds {
        let mut order: Vec<usize> = (0..plans.len()).collect();
        // The order alternates, so that none always has what another left in the caches.
        if round % 2 == 1 {
            order.reverse();
        }
        for place in order {
            let begun = Instant::now();
            let ran = audit(shop, told_by, &plans[place]);
            let took = begun.elapsed();
            let looked = ran.exits(0).json()["channels"].as_array().unwrap().len();
            assert_eq!(looked, if place < Channel::ALL.len() { 1 } else { Channel::ALL.len() });
            // The first round warms up.
            if round > 0 {
                samples[place].push(took);
            }
        }
    }
    let all = samples.pop().unwrap();
    let slowest = |round: usize| samples.iter().map(|alone| alone[round]).max().unwrap();
    let ratios = all.iter().enumerate().map(|(round, all)| all.as_secs_f64() / slowest(round).as_secs_f64());
    let middle = |times: &Vec<Duration>| format!("{:.0}", median(times.iter().copied().map(millis)));
    let alone: Vec<String> = samples.iter().map(middle).collect();
    let told_by = match told_by {
        ToldBy::Variables => "variables",
        ToldBy::Files => "files",
    };
    format!(
        "| {} | {told_by} | {} | {} | {} |",
        delay.as_millis(),
        alone.join(" | "),
        middle(&all),
        spread(ratios)
    )
}

/// A plan with one channel of another one's.
fn only(shop: &Shop, whole: &str, channel: &str) -> String {
    let mut plan: toml::Table = whole.parse().unwrap();
    let channels = plan["channels"].as_table_mut().unwrap();
    channels.retain(|name, _| name == channel);
    assert_eq!(channels.len(), 1, "{channel}");
    // Its step writes the formula of a channel that is not here now.
    let steps = plan["steps"].as_array_mut().unwrap();
    steps.retain(|step| step["kind"].as_str() != Some("homebrew-formula"));
    let path = shop.project.beside(&format!("{channel}.toml"));
    std::fs::write(&path, plan.to_string()).unwrap();
    path.display().to_string()
}

/// Many packages of one registry, with a project whose clients ask there.
struct Crowd {
    project: Project,
    world: PrivateWorld,
    channel: Channel,
    names: Vec<String>,
}

impl Crowd {
    fn gathered(channel: Channel, packages: usize, delay: Duration) -> Self {
        let project = Project::unborn();
        let world =
            runtime().block_on(PrivateWorld::start(&project.beside("world"), Spec::default())).unwrap();
        let prefix = if channel == Channel::Npm { "@kit/part" } else { "kit" };
        let names: Vec<String> = (0..packages).map(|number| format!("{prefix}-{number:03}")).collect();
        let packed = packed(&project);
        for name in &names {
            let mut registries = world.registries();
            let is_there = match channel {
                Channel::Npm => registries.npm.registry.stock(name, "1.0.0", &packed),
                _ => registries.cargo.registry.stock(name, "1.0.0", &packed),
            };
            assert!(is_there, "{name}");
        }
        for service in [Service::Cargo, Service::Npm] {
            world.fault(service, Fault::always(Matcher::any(), FaultKind::Delayed(delay)));
        }
        Self { project, world, channel, names }
    }

    /// The real program, from its start to its end, and the highest resident size that it had, in KiB.
    fn audited(&self) -> (Duration, u64) {
        let option = if self.channel == Channel::Npm { "--npm" } else { "--crate" };
        let mut command = self.project.gonogo(&["audit", "--json", "1.0.0"]);
        command.env("PATH", std::env::var_os("PATH").unwrap()).envs(self.world.variables());
        command.args(self.names.iter().flat_map(|name| [option, name]));
        let begun = Instant::now();
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut printed = child.stdout.take().unwrap();
        let mut document = vec![0];
        printed.read_exact(&mut document).unwrap();
        // It prints when all is done, and cannot end before the rest is read.
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        printed.read_to_end(&mut document).unwrap();
        let code = child.wait().unwrap().code();
        let took = begun.elapsed();
        assert!(document.len() > MORE_THAN_A_PIPE, "{} bytes", document.len());
        let stdout = String::from_utf8(document).unwrap();
        let document = Ran { code, stdout, stderr: String::new() }.exits(0).json();
        assert_eq!(document["channels"].as_array().unwrap().len(), self.names.len());
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        (took, peak.split_whitespace().next().unwrap().parse().unwrap())
    }

    /// The library's own looks, each begun when the one before has ended: one connection, and no program to start.
    fn one_by_one(&self) -> Duration {
        let environment = Environment::allowing([]).with_all(self.world.variables());
        let http = Http::new(&environment, Patience::default(), 1).unwrap();
        let registries = Registries::new(http, Configuration::new(environment, &self.project.root()));
        let (version, cancel) = (Version::new(1, 0, 0), Cancel::default());
        let begun = Instant::now();
        runtime().block_on(async {
            for name in &self.names {
                let expected = Expected::unrecorded(self.channel, name, &version);
                let wanted = Wanted::of(&expected, "v1.0.0");
                let seen = registries.observe(&wanted, Depth::Bytes, &cancel).await;
                let judgement = judge(&expected, &seen, Level::Bytes);
                assert_eq!(judgement.verdict, Verdict::Passed, "{judgement:?}");
            }
        });
        begun.elapsed()
    }
}

/// One audit of many packages, and the same looks one after the other, pair by pair.
fn many(channel: Channel, packages: usize, delay: Duration, pairs: usize) -> String {
    let crowd = Crowd::gathered(channel, packages, delay);
    let (mut apart, mut together, mut peak) = (Vec::new(), Vec::new(), 0);
    for pair in 0..pairs {
        // The order alternates here too.
        if pair % 2 == 0 {
            apart.push(crowd.one_by_one());
        }
        let (took, most) = crowd.audited();
        together.push(took);
        peak = peak.max(most);
        if pair % 2 == 1 {
            apart.push(crowd.one_by_one());
        }
    }
    let middle = |times: &[Duration]| median(times.iter().copied().map(millis));
    let ratios = apart.iter().zip(&together).map(|(slow, fast)| slow.as_secs_f64() / fast.as_secs_f64());
    let (delay, ratios) = (delay.as_millis(), spread(ratios));
    let (apart, together) = (middle(&apart), middle(&together));
    format!("| {packages} of {channel} | {delay} | {apart:.0} | {together:.0} | {ratios} | {peak} |")
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// A gzipped tar of bytes without a pattern.
fn packed(project: &Project) -> Vec<u8> {
    let mut state = 1_u64;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    });
    std::fs::write(project.beside("noise"), noise.take(CRATE_BYTES).collect::<Vec<u8>>()).unwrap();
    let folder = project.beside("");
    let output = project.command("tar").args(["-czf", "-", "-C"]).arg(folder).arg("noise").output().unwrap();
    assert!(output.status.success() && output.stdout.len() > CRATE_BYTES, "{output:?}");
    output.stdout
}
