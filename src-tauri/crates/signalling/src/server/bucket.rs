use std::time::Duration;

use tokio::time::Instant;

/// A token bucket that lets a client overdraw once and then tells how long to wait.
#[derive(Debug)]
pub(super) struct Bucket {
    tokens: f64,
    burst: f64,
    per_second: f64,
    at: Instant,
}

impl Bucket {
    pub(super) fn new(per_second: u32, burst: u32, now: Instant) -> Self {
        let burst = f64::from(burst);
        Self { tokens: burst, burst, per_second: f64::from(per_second), at: now }
    }

    /// Takes `cost` tokens; says how long the next must wait, if it must.
    pub(super) fn take(&mut self, cost: u32, now: Instant) -> Option<Duration> {
        let gained = now.saturating_duration_since(self.at).as_secs_f64() * self.per_second;
        self.at = now;
        self.tokens = (self.tokens + gained).min(self.burst) - f64::from(cost);
        (self.tokens < 0.0).then(|| Duration::from_secs_f64(-self.tokens / self.per_second))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_rate_holds() {
        let start = Instant::now();
        let mut bucket = Bucket::new(10, 5, start);
        for _ in 0..5 {
            assert_eq!(bucket.take(1, start), None, "the burst is free");
        }
        assert_eq!(bucket.take(1, start), Some(Duration::from_millis(100)), "one token takes 1/10 s");
        assert_eq!(bucket.take(1, start + Duration::from_secs(60)), None, "it fills up again");
        assert_eq!(
            bucket.take(9, start + Duration::from_secs(60)),
            Some(Duration::from_millis(500)),
            "but to no more than the burst"
        );
    }
}
