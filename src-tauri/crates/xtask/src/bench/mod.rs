//! `cargo xtask bench`: what the README says about speed, measured on this machine.
//!
//! - [`dkg`]: the table of whole ceremonies.
//! - [`ceremony`]: one of them, with its processes.
//! - [`machine`]: on what it all ran.

mod ceremony;
mod dkg;
mod machine;

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
}

/// Measures, and prints tables in Markdown.
pub(crate) fn run(bench: &Bench) -> Result<()> {
    match &bench.what {
        Some(What::Dkg(options)) => dkg::run(options),
        None => dkg::run(&dkg::Dkg::default()),
    }
}
