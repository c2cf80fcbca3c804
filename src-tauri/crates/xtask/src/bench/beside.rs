//! Processes that are measured beside their arithmetic alone, which examples of the crates print.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};

use super::machine;
use crate::{launch, process, project};

/// Builds what is measured, has the arithmetic measured while nothing else runs, and prints the table that `table` makes with
/// the command line, the address of a signalling server, and the arithmetic.
pub(super) fn measure<A>(
    arithmetic: impl FnOnce() -> Result<A>,
    table: impl FnOnce(&Path, &str, &A) -> Result<String>,
) -> Result<()> {
    let mut build = project::cargo();
    build.args(["build", "--release", "--package", "cli", "--package", "signalling"]);
    process::run(&mut build)?;
    let arithmetic = arithmetic()?;
    let load = machine::load();

    let programs = project::target()?.join("release");
    let (mut server, url) = launch::signalling_server(&programs)?;
    let table = table(&programs.join("permafrost"), &url, &arithmetic);
    process::end(&mut server);

    println!("\n{}", table?);
    println!("{}.", machine::describe());
    if let Some(load) = load.filter(|load| *load > 0.5) {
        println!("Other programs were running: the load before was {load:.1}.");
    }
    Ok(())
}

/// What an example of a crate prints.
pub(super) fn example(package: &str, name: &str, arguments: impl Iterator<Item = String>) -> Result<String> {
    let mut run = project::cargo();
    run.args(["run", "--release", "--quiet", "--package", package, "--example", name, "--"]);
    let output = run.args(arguments).stderr(Stdio::inherit()).output();
    let output = output.with_context(|| format!("cannot run the example `{name}`"))?;
    ensure!(output.status.success(), "the example `{name}` failed");
    String::from_utf8(output.stdout).with_context(|| format!("the example `{name}` prints no text"))
}
