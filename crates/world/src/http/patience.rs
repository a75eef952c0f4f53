//! How often and how long to try again: exponential waits with jitter, so that many askers do not come back as one.

use super::HttpError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How often and how long to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How many more times after the first.
    pub retries: u32,
    /// The wait before the first retry, on average; each next one is twice as long.
    pub delay: Duration,
    /// The longest wait between two tries, also where a server asks for more.
    pub longest_wait: Duration,
    /// How long one try at a document may take, body included; and how long a server may say nothing in a file.
    pub attempt: Duration,
    /// How long all tries at a document may take together.
    pub deadline: Duration,
    /// How long all tries at a file may take together.
    pub transfer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            retries: 4,
            delay: Duration::from_millis(400),
            longest_wait: Duration::from_secs(30),
            attempt: Duration::from_secs(60),
            deadline: Duration::from_secs(120),
            transfer: Duration::from_secs(30 * 60),
        }
    }
}

impl Patience {
    /// How long to wait before the same is asked again, after `tries` retries; `None` where it is not to be.
    pub(super) fn wait_after(&self, error: &HttpError, tries: u32, jitter: &Jitter) -> Option<Duration> {
        if tries >= self.retries {
            return None;
        }
        match error {
            HttpError::RateLimited { retry_after: Some(wait), .. } => {
                (*wait <= self.longest_wait).then_some(*wait)
            }
            HttpError::RateLimited { .. }
            | HttpError::Server { .. }
            | HttpError::Unreachable { .. }
            | HttpError::TimedOut { .. }
            | HttpError::Truncated { .. } => Some(self.backoff(tries, jitter)),
            HttpError::NotFound { .. }
            | HttpError::Forbidden { .. }
            | HttpError::Refused { .. }
            | HttpError::Tls { .. }
            | HttpError::TooLarge { .. }
            | HttpError::RedirectedElsewhere { .. }
            | HttpError::Nonsense { .. }
            | HttpError::Disk { .. }
            | HttpError::Cancelled => None,
        }
    }

    fn backoff(&self, tries: u32, jitter: &Jitter) -> Duration {
        let doubled = self.delay.saturating_mul(1_u32.checked_shl(tries).unwrap_or(u32::MAX));
        jitter.around(doubled.min(self.longest_wait)).min(self.longest_wait)
    }
}

/// A sequence of pseudo-random factors (SplitMix64, Steele, Lea and Flood 2014), decided by its seed.
#[derive(Debug)]
pub struct Jitter(AtomicU64);

impl Jitter {
    /// The sequence of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// A duration between half of this one and one and a half of it.
    pub fn around(&self, duration: Duration) -> Duration {
        let mut z =
            self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let part = (z ^ (z >> 31)) >> 32;
        let thousandths = 500 + ((part * 1000) >> 32);
        duration.saturating_mul(u32::try_from(thousandths).unwrap_or(1000)) / 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server() -> HttpError {
        HttpError::Server { url: String::new(), status: 502 }
    }

    #[test]
    fn waits_grow_within_their_jitter_and_end() {
        let patience = Patience::default();
        for seed in 0..200 {
            let jitter = Jitter::new(seed);
            for tries in 0..patience.retries {
                let wait = patience.wait_after(&server(), tries, &jitter).unwrap();
                let middle = patience.delay * (1 << tries);
                assert!(wait >= middle / 2 && wait <= middle * 3 / 2, "{tries}: {wait:?}");
            }
            assert_eq!(patience.wait_after(&server(), patience.retries, &jitter), None);
        }
    }

    #[test]
    fn a_seed_decides_the_waits_and_another_one_has_others() {
        let waits = |seed| {
            let jitter = Jitter::new(seed);
            (0..8).map(|_| jitter.around(Duration::from_secs(1))).collect::<Vec<_>>()
        };
        assert_eq!(waits(7), waits(7));
        assert_ne!(waits(7), waits(8));
        assert!(waits(7).windows(2).any(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn a_server_that_says_when_is_believed_up_to_the_longest_wait() {
        let patience = Patience::default();
        let limited = |seconds| HttpError::RateLimited {
            url: String::new(),
            retry_after: Some(Duration::from_secs(seconds)),
        };
        let wait = |error| patience.wait_after(&error, 0, &Jitter::new(1));
        assert_eq!(wait(limited(7)), Some(Duration::from_secs(7)));
        assert_eq!(wait(limited(31)), None);
    }

    #[test]
    fn what_will_not_pass_is_not_asked_again() {
        let url = String::new;
        for error in [
            HttpError::NotFound { url: url(), status: 404, content_type: url(), said: Vec::new() },
            HttpError::Forbidden { url: url(), status: 401, message: url() },
            HttpError::Tls { url: url(), message: url() },
            HttpError::TooLarge { url: url(), limit: 1 },
            HttpError::RedirectedElsewhere { from: url(), to: url() },
            HttpError::Nonsense { url: url(), message: url() },
        ] {
            assert_eq!(Patience::default().wait_after(&error, 0, &Jitter::new(1)), None, "{error:?}");
        }
    }
}
