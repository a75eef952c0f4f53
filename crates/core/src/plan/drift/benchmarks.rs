//! Benchmarks of two plans.

use super::words::{Plain, Share};
use super::{Changes, checks};
use crate::bench::{Format, Mapping};
use crate::plan::Benchmark;
use crate::stats::Better;

/// Compares two benchmarks.
pub(super) fn compare(changes: &mut Changes, now: &Benchmark, base: &Benchmark) {
    let Benchmark { program, time, format, better, design, samples, warm_up, scenarios, only, built } = now;
    checks::program(changes, program, &base.program);
    changes.no_less("`time`", Some(time), Some(&base.time));
    format_changes(changes, format, &base.format);
    let which = |better: &Better| match better {
        Better::Lower => Plain("lower"),
        Better::Higher => Plain("higher"),
    };
    changes.same("what is better", &which(better), &which(&base.better));
    let ((margin, error, looks), (before, erred, looked)) = (design.said(), base.design.said());
    match margin.partial_cmp(&before) {
        Some(std::cmp::Ordering::Equal) => {}
        Some(std::cmp::Ordering::Less) => {
            changes.stronger(format!("the margin is {} now", crate::stats::share(margin)));
        }
        _ => {
            let (now, then) = (crate::stats::share(margin), crate::stats::share(before));
            changes.weaker(format!("{now} slower may pass now, and not {then}"));
        }
    }
    changes.no_more("`alpha`", Some(&Share(error)), Some(&Share(erred)));
    // The looks follow from the budget, which is the last of them.
    changes.no_less("`pairs`", looks.last(), looked.last());
    changes.no_less("`samples`", Some(samples), Some(&base.samples));
    changes.no_less("`warm-up`", Some(warm_up), Some(&base.warm_up));
    changes.no_less("`scenarios`", Some(scenarios), Some(&base.scenarios));
    let spelled = |only: &regex::Regex| format!("/{only}/");
    let (only, before) = (only.as_ref().map(spelled), base.only.as_ref().map(spelled));
    changes.unwanted("`only`", only.as_ref(), before.as_ref());
    // Where what was built is the same on both sides, nothing is measured.
    match (built.is_empty(), base.built.is_empty()) {
        (true, false) => changes.stronger("it measures always now"),
        _ => changes.same("`built`", built, &base.built),
    }
}

fn format_changes(changes: &mut Changes, now: &Format, base: &Format) {
    changes.same("`format`", &Plain(name(now)), &Plain(name(base)));
    let (Format::Json(now), Format::Json(base)) = (now, base) else { return };
    let Mapping { results, key, metric } = now;
    changes.same("`results`", results, &base.results);
    changes.same("`key`", key, &base.key);
    changes.same("`metric`", metric, &base.metric);
}

const fn name(format: &Format) -> &'static str {
    match format {
        Format::Json(_) => "json",
        Format::Criterion => "criterion",
        Format::Hyperfine => "hyperfine",
        Format::PytestBenchmark => "pytest-benchmark",
        Format::GoTest => "go-test",
        Format::Callgrind => "callgrind",
        Format::WallTime => "wall-time",
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::{Plan, weakened};

    fn plan(margin: &str, pairs: u32) -> Plan {
        let text = format!(
            "schema = 1\n[project]\nname = \"a\"\n[policy]\nrequired-gates = [5]\n[tracker]\nkind = \"file\"\n\
             [[gates]]\nid = 5\nname = \"p\"\n[[gates.checks]]\nid = \"b\"\nkind = \"benchmark\"\nrun = [\"./b\"]\n\
             [gates.checks.benchmark]\nformat = \"wall-time\"\nmargin = \"{margin}\"\npairs = {pairs}\n"
        );
        Plan::parse(&text).unwrap()
    }

    #[test]
    fn a_wider_margin_of_a_benchmark_and_fewer_pairs_are_seen() {
        let base = plan("5%", 100);
        assert!(weakened(&plan("5%", 100), &base).is_empty());
        assert!(weakened(&plan("4%", 200), &base).is_empty());
        let wider = weakened(&plan("10%", 100), &base);
        assert!(wider[&5][0].contains("10 % slower may pass now, and not 5.0 %"), "{wider:?}");
        assert_eq!(weakened(&plan("5%", 50), &base)[&5].len(), 1);
    }
}
