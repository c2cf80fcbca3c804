use std::time::Duration;

use rand::Rng;

/// The pauses between attempts to connect: none before the first retry, then doubling from `base` to
/// `cap`, each cut by a random part of up to a half, so that clients of a server that went down do not
/// all return at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The first pause.
    pub base: Duration,
    /// The longest.
    pub cap: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { base: Duration::from_millis(250), cap: Duration::from_secs(15) }
    }
}

impl Backoff {
    /// The pause after so many failures in a row, 1 for the first.
    pub(super) fn pause(&self, failures: u32, rng: &mut impl Rng) -> Duration {
        let doublings = failures.saturating_sub(1).min(16);
        let full = self.base.saturating_mul(1 << doublings).min(self.cap);
        full.mul_f64(rng.gen_range(0.5..=1.0))
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn pauses_double_up_to_the_cap_and_differ() {
        let backoff = Backoff { base: Duration::from_millis(100), cap: Duration::from_secs(1) };
        let mut rng = rand::rngs::StdRng::seed_from_u64(1);
        for (failures, full) in [(1, 100), (2, 200), (3, 400), (4, 800), (5, 1000), (u32::MAX, 1000)] {
            let full = Duration::from_millis(full);
            for _ in 0..50 {
                let pause = backoff.pause(failures, &mut rng);
                assert!(full / 2 <= pause && pause <= full, "{pause:?} after {failures} failures");
            }
        }
        let pauses: Vec<_> = (0..10).map(|_| backoff.pause(9, &mut rng)).collect();
        assert!(pauses.windows(2).any(|pair| pair.first() != pair.last()), "pauses must be jittered");
    }
}
