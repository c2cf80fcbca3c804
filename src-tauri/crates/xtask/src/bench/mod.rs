//! `cargo xtask bench`: what the README says about speed, measured on this machine.
//!
//! - [`dkg`]: the table of whole ceremonies.
//! - [`ceremony`]: one of them.
//! - [`sign`]: the table of signatures.
//! - [`signature`]: one of them.
//! - [`beside`]: what both have in common, and their arithmetic alone.
//! - [`devices`]: the processes of either.
//! - [`start`]: how long the app takes to open.
//! - [`machine`]: on what it all ran.

mod beside;
mod ceremony;
mod devices;
mod dkg;
mod machine;
mod sign;
mod signature;
mod start;

use anyhow::Result;

#[derive(clap::Args)]
pub(crate) struct Bench {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(clap::Subcommand)]
enum What {
    /// Distributed key generation by separate processes, from the last join to everyone's certificate
    Dkg(dkg::Dkg),
    /// Signing by separate processes, from the last approval that is needed to the signature
    Sign(sign::Sign),
    /// Opening the app, up to its first screen, and its size on the disk
    Start(start::Start),
}

/// Measures, and prints tables in Markdown.
pub(crate) fn run(bench: &Bench) -> Result<()> {
    match &bench.what {
        Some(What::Dkg(options)) => dkg::run(options),
        Some(What::Sign(options)) => sign::run(options),
        Some(What::Start(options)) => start::run(options),
        None => {
            dkg::run(&dkg::Dkg::default())?;
            sign::run(&sign::Sign::default())
        }
    }
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// Of sorted values; of an even number of them the mean of the two in the middle.
fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    let at = |index: usize| sorted.get(index).copied().unwrap_or_default();
    if sorted.len() % 2 == 1 { at(middle) } else { f64::midpoint(at(middle.saturating_sub(1)), at(middle)) }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[1.0, 2.0, 9.0]), 2.0, "of an odd number it is one of them");
        assert_eq!(median(&[1.0, 2.0, 4.0, 9.0]), 3.0, "of an even number it lies between two");
    }
}
