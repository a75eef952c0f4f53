//! Which of two sides runs first, drawn from a seed that is recorded: SplitMix64 (Steele, Lea & Flood, *Fast splittable
//! pseudorandom number generators*, 2014).

/// A row of draws.
#[derive(Clone, Debug)]
pub struct OrderDraws(u64);

impl OrderDraws {
    /// The draws that follow from a seed.
    pub const fn from_seed(seed: u64) -> Self {
        Self(seed)
    }

    /// Whether the first of the two runs first.
    pub const fn first_goes_first(&mut self) -> bool {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) >> 63 == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_draws_again_and_both_sides_their_turn() {
        let draws = |seed| {
            let mut order = OrderDraws::from_seed(seed);
            (0..1000).map(|_| order.first_goes_first()).collect::<Vec<_>>()
        };
        assert_eq!(draws(7), draws(7));
        assert_ne!(draws(7), draws(8));
        let first = draws(7).into_iter().filter(|first| *first).count();
        assert!((430..570).contains(&first), "{first}");
    }
}
