//! `cargo xtask`: sets a machine up, runs the app, and runs every check of the project.

mod bench;
mod icons;
mod launch;
mod licences;
mod package;
mod process;
mod project;
mod setup;
mod stage;
mod suite;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(bin_name = "cargo xtask", about, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Installs what building and running the app needs, and the UI's packages
    Setup {
        /// Also install what the tests need
        #[arg(long)]
        tests: bool,
    },
    /// Sets up, builds and opens the app
    Start(launch::Start),
    /// The same with a local signalling server and three devices: alice, bob and charlie
    Demo(launch::Demo),
    /// Sets up and runs the checks and tests
    Test {
        /// The part to run
        #[arg(value_enum, default_value_t)]
        part: suite::Part,
    },
    /// Builds the optimised app as a Debian package
    Package,
    /// Draws the app's icons from `icons/permafrost.svg`
    Icons,
    /// Collects the licences of all that becomes part of the app
    Licences,
    /// Measures what the README says about speed
    Bench(bench::Bench),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Setup { tests } => setup::run(tests),
        Command::Start(options) => launch::start(&options),
        Command::Demo(options) => launch::demo(&options),
        Command::Test { part } => suite::run(part),
        Command::Package => package::run(),
        Command::Icons => icons::run(),
        Command::Licences => licences::write(),
        Command::Bench(options) => bench::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
