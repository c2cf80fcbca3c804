//! `permafrost`: a device without a window.
//!
//! - [`args`]: the command line.
//! - [`commands`]: one function a command.
//! - [`follow`]: following a session from start to end.
//! - [`input`]: what people type, and what programs say on standard input.
//! - [`signing`]: proposing, approving and following requests to sign.
//! - [`ledger`]: Bitcoin wallets' money. [`solana_ledger`]: Solana wallets'.
//! - [`wallets`]: what is printed of wallets and contacts.
//! - [`output`]: what is printed, for people or as JSON lines.

mod args;
mod bitcoin;
mod commands;
mod follow;
mod input;
mod ledger;
mod output;
mod signing;
mod solana;
mod solana_ledger;
mod wallets;

use std::process::ExitCode;

use clap::Parser as _;

use crate::{args::Args, output::Output};

/// What WebRTC calls errors is part of connections that come up well: an address that a TURN server does not serve.
const USUAL: &str = "error,webrtc=off,rtc=off,rtc_dtls=off,rtc_ice=off,rtc_sctp=off,rtc_turn=off";

#[tokio::main]
async fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return usage(&error),
    };
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("PERMAFROST_LOG").unwrap_or_else(|_| USUAL.into()),
        )
        .init();
    let output = Output::new(args.json);
    match commands::run(args, &output).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.error(&failure);
            ExitCode::FAILURE
        }
    }
}

/// Prints a usage error, as an event when `--json` was given.
fn usage(error: &clap::Error) -> ExitCode {
    let wants_json = std::env::args().any(|argument| argument == "--json");
    if wants_json && error.use_stderr() {
        Output::new(true).error(&output::Failure::new("usage", error.to_string().trim()));
    } else {
        // Nothing can be said when even this fails.
        let _ = error.print();
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}
