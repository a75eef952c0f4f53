//! What a rule leaves alone, each with its reason. Such a list only shrinks: what is not needed any more is a breach.

use crate::Breach;
use std::collections::BTreeSet;

/// One thing that a rule leaves alone.
#[derive(Clone, Copy, Debug)]
pub struct Exempt {
    /// What the rule calls it.
    pub what: &'static str,
    /// Why it is left alone.
    pub why: &'static str,
}

/// What was found, less what is exempt; each breach comes with what its rule calls the thing.
pub(crate) fn less(found: Vec<(String, Breach)>, exempt: &[Exempt]) -> Vec<Breach> {
    let seen: BTreeSet<String> = found.iter().map(|(what, _)| what.clone()).collect();
    let is_exempt = |what: &str| exempt.iter().any(|exempt| exempt.what == what);
    let mut left: Vec<Breach> =
        found.into_iter().filter(|(what, _)| !is_exempt(what)).map(|(_, breach)| breach).collect();
    left.extend(exempt.iter().filter(|exempt| !seen.contains(exempt.what)).map(|exempt| {
        let message =
            format!("nothing is wrong with `{}` any more: take it off the list of exemptions", exempt.what);
        Breach::new("crates/tidy/tests/tree.rs", 1, message)
    }));
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_exempt_is_left_alone_for_as_long_as_it_needs_it() {
        let found = || {
            vec![("a".to_owned(), Breach::new("a.rs", 1, "a")), ("b".to_owned(), Breach::new("b.rs", 1, "b"))]
        };
        let exempt = |what| [Exempt { what, why: "it has to be so" }];
        assert_eq!(less(found(), &exempt("a")), [Breach::new("b.rs", 1, "b")]);
        let left = less(found(), &exempt("c"));
        assert_eq!(left.len(), 3);
        assert_eq!(left[2].message, "nothing is wrong with `c` any more: take it off the list of exemptions");
    }
}
