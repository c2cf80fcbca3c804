//! `cargo xtask bench start`: from starting the app to its first screen, and what it takes on the disk.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::Result;

use super::machine;
use crate::stage::Stage;
use crate::{package, process};

#[derive(clap::Args)]
pub(crate) struct Start {
    /// Starts from a cold disk, and as many from a warm one
    #[arg(long, value_name = "N", default_value_t = 9, value_parser = clap::value_parser!(u32).range(1..=1000))]
    runs: u32,
}

/// Builds the app, measures, and prints the table.
pub(crate) fn run(options: &Start) -> Result<()> {
    let package = package::build()?;
    let app = package::app()?;
    let size = package::check::installed_size(&package)?;
    let load = machine::load();
    let stage = Stage::set()?;
    // The first start makes the device's identity.
    once(&stage, &app)?;
    let measure = |cold: bool| -> Result<Vec<f64>> {
        let mut runs = Vec::new();
        for _ in 0..options.runs {
            if cold {
                forget_the_disk()?;
            }
            runs.push(once(&stage, &app)?);
        }
        runs.sort_by(f64::total_cmp);
        Ok(runs)
    };
    let warm = measure(false)?;
    let cold = if can_forget() { Some(measure(true)?) } else { None };
    println!("\n{}", table(cold.as_deref(), &warm, package::check::mebibytes(size)));
    println!("{}.", machine::describe());
    if let Some(load) = load.filter(|load| *load > 0.5) {
        println!("Other programs were running: the load before was {load:.1}.");
    }
    Ok(())
}

/// In milliseconds.
fn once(stage: &Stage, app: &Path) -> Result<f64> {
    let begun = Instant::now();
    let actor = stage.open(app, "alice", &[])?;
    actor.until_ready()?;
    let took = begun.elapsed().as_secs_f64() * 1000.0;
    actor.end()?;
    Ok(took)
}

fn can_forget() -> bool {
    fs::OpenOptions::new().write(true).open("/proc/sys/vm/drop_caches").is_ok()
}

/// Lets the next start read everything from the disk.
fn forget_the_disk() -> Result<()> {
    process::run(&mut Command::new("sync"))?;
    Ok(fs::write("/proc/sys/vm/drop_caches", "3")?)
}

fn table(cold: Option<&[f64]>, warm: &[f64], size: f64) -> String {
    let mut table = "From starting the app to its first screen, in milliseconds:\n\n\
                     | | runs | median | least | most |\n|---|--:|--:|--:|--:|\n"
        .to_owned();
    for (name, runs) in [("nothing in memory", cold.unwrap_or_default()), ("started before", warm)] {
        let (Some(least), Some(most)) = (runs.first(), runs.last()) else { continue };
        let median = super::median(runs);
        table += &format!("| {name} | {} | **{median:.0}** | {least:.0} | {most:.0} |\n", runs.len());
    }
    table + &format!("\nInstalled, it takes {size:.1} MiB.\n")
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn starts_from_a_cold_disk_are_told_only_where_they_were_measured() {
        let both = table(Some(&[900.0, 1000.0, 1200.0]), &[500.0, 600.0, 700.0], 17.25);
        assert!(both.contains("| nothing in memory | 3 | **1000** | 900 | 1200 |\n"), "{both}");
        assert!(both.contains("| started before | 3 | **600** | 500 | 700 |\n"), "{both}");
        assert!(both.ends_with("takes 17.2 MiB.\n"), "{both}");
        assert!(!table(None, &[1.0], 1.0).contains("nothing"));
    }
}
