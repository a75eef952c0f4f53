//! What Criterion.rs and libtest print of a benchmark.

use super::{Sample, positive};
use crate::readers::Unread;

/// `name   time:   [1.2 µs 1.3 µs 1.4 µs]`, the name on the line before where it is long; or
/// `test name ... bench:   1,300 ns/iter (+/- 20)`. Values in nanoseconds. Below `change:` stands, in percent, how that is to an
/// earlier run.
pub(super) fn read(text: &str) -> Result<Sample, Unread> {
    let mut sample = Sample::new();
    let (mut before, mut of_change) = ("", false);
    for line in text.lines() {
        if line.trim() == "change:" {
            of_change = true;
            continue;
        }
        let found = if let Some((name, rest)) = line.split_once("time:") {
            if std::mem::take(&mut of_change) && name.trim().is_empty() && is_percent(rest) {
                continue;
            }
            let name = Some(name.trim()).filter(|name| !name.is_empty()).unwrap_or(before.trim());
            middle(rest).map(|value| (name, value))
        } else if let Some((name, rest)) = line.split_once(" ... bench:") {
            let value = rest.trim().split(" ns/iter").next().map(|number| number.replace(',', ""));
            let name = name.trim().trim_start_matches("test ").trim();
            value.and_then(|number| number.parse::<f64>().ok()).map(|value| (name, value))
        } else {
            before = line;
            continue;
        };
        let Some((name, value)) = found.filter(|(name, _)| !name.is_empty()) else {
            return Err(Unread::unreadable(format!("a line with a time cannot be read: {}", line.trim())));
        };
        if sample.insert(name.to_owned(), positive(name, value)?).is_some() {
            return Err(Unread::unreadable(format!("{name} is there twice")));
        }
    }
    Ok(sample)
}

/// `[-23.6% -22.9% -22.2%] (p = 0.00 < 0.05)`
fn is_percent(text: &str) -> bool {
    let inner = text.trim().strip_prefix('[').and_then(|rest| rest.split(']').next());
    inner.is_some_and(|inner| {
        inner.split_whitespace().count() == 3 && inner.split_whitespace().all(|word| word.ends_with('%'))
    })
}

/// The middle of `[1.2 µs 1.3 µs 1.4 µs]`, in nanoseconds.
fn middle(text: &str) -> Option<f64> {
    let inner = text.trim().strip_prefix('[')?.split(']').next()?;
    let words: Vec<&str> = inner.split_whitespace().collect();
    let [_, _, value, unit, _, _] = words[..] else { return None };
    let nanoseconds = match unit {
        "ps" => 1e-3,
        "ns" => 1.0,
        "µs" | "μs" | "us" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        _ => return None,
    };
    Some(value.parse::<f64>().ok()? * nanoseconds)
}
