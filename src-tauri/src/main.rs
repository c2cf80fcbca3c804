//! The desktop app: a window on one [`node::Node`], and nothing else.
//!
//! - `args`: the command line.
//! - `single`: one window a device.
//! - `device`: the node behind the window, opened once.
//! - `commands`: what the interface can ask for; each parses, calls and converts.
//! - `events`: snapshots on their way to the interface.
//! - `shell`: what the window has from its desktop.
//! - `lifecycle`: what runs beside the window, and the way out; `closing`: whether it is asked first.
//! - `idle`: locking by itself.
//! - `log`: what is logged, and what of it may be passed on.
//! - `window`, `tile`: where the window opens; `drawing`: what draws it.

#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod args;
mod closing;
mod commands;
mod device;
#[cfg(target_os = "linux")]
mod drawing;
mod error;
mod events;
mod idle;
mod lifecycle;
mod log;
mod shell;
mod single;
mod tile;
mod window;

use std::process::ExitCode;

use clap::Parser;
use node::NodeConfig;
use tauri::Manager;

use crate::{
    args::Args,
    closing::Closing,
    device::Device,
    events::Subscriptions,
    idle::Activity,
    shell::{
        bell::{Bell, ShellEvent},
        clipboard::Clipboard,
        link,
        menus::{self, Menus},
    },
    single::Identity,
    window::Memory,
};

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    drawing::prepare();
    let args = Args::parse();
    let tile = args.tile;
    let link = args.link.as_deref().and_then(link::parse);
    let config = NodeConfig::from(args);
    let log = log::start();
    let folder = config.folder().ok();
    let mut context = tauri::generate_context!();
    let mut builder = tauri::Builder::default();
    if let Some(folder) = &folder {
        let identity = Identity::of(folder);
        identity.identify(context.config_mut());
        builder = builder.plugin(single::plugin(&identity));
    }
    let app = builder
        .plugin(lifecycle::stay_inside())
        .manage(log)
        .manage(Device::new(config))
        .manage(Memory::new(folder.as_deref(), tile))
        .manage(Subscriptions::default())
        .manage(Bell::default())
        .manage(Clipboard::default())
        .manage(Menus::default())
        .manage(Closing::default())
        .manage(Activity::default())
        .on_menu_event(|app, event| menus::chosen(app, event.id().as_ref()))
        .invoke_handler(commands::handler())
        .setup(move |app| {
            if let Some(text) = link {
                app.state::<Bell>().ring(ShellEvent::OpenLink { text });
            }
            lifecycle::start(app.handle());
            window::open(app, tile)?;
            Ok(())
        })
        .build(context);
    match app {
        Ok(app) => ExitCode::from(lifecycle::run(app)),
        Err(error) => {
            tracing::error!(%error, "the window can't be opened");
            ExitCode::FAILURE
        }
    }
}
