//! The desktop app: a window on one [`node::Node`], and nothing else.
//!
//! - `args`: the command line.
//! - `device`: the node behind the window, opened once.
//! - `commands`: what the interface can ask for; each parses, calls and converts.
//! - `events`: snapshots on their way to the interface.
//! - `shell`: what the window has from its desktop.
//! - `lifecycle`: the window's title, and the way out.
//! - `tile`: windows side by side.

#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod args;
mod commands;
mod device;
mod error;
mod events;
mod lifecycle;
mod shell;
mod tile;

use std::{io::IsTerminal, process::ExitCode};

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::{
    args::Args,
    device::Device,
    events::Subscriptions,
    shell::{bell::Bell, clipboard::Clipboard, labels::Menus},
};

fn main() -> ExitCode {
    let args = Args::parse();
    let tile = args.tile;
    log_to_stderr();
    let app = tauri::Builder::default()
        .plugin(lifecycle::stay_inside())
        .manage(Device::new(args.into()))
        .manage(Subscriptions::default())
        .manage(Bell::default())
        .manage(Clipboard::default())
        .manage(Menus::default())
        .invoke_handler(commands::handler())
        .setup(move |app| {
            if let Some(tile) = tile {
                tile::place(app.handle(), tile)?;
            }
            lifecycle::start(app.handle());
            Ok(())
        })
        .build(tauri::generate_context!());
    match app {
        Ok(app) => ExitCode::from(lifecycle::run(app)),
        Err(error) => {
            tracing::error!(%error, "the window can't be opened");
            ExitCode::FAILURE
        }
    }
}

/// Warnings and errors, or what `RUST_LOG` asks for. What WebRTC warns of is part of every connection that comes up well.
fn log_to_stderr() {
    const USUAL: &str = "warn,rtc=error,rtc_ice=error,rtc_dtls=error,rtc_sctp=error";
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(USUAL));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}
