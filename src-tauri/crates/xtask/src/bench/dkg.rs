//! `cargo xtask bench dkg`: whole ceremonies beside the bare arithmetic.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use xtask::PrivateSession;

use super::ceremony::{self, Group, Measured};
use super::devices::Place;
use super::{beside, machine, median, sorted};
use crate::project;

/// Groups that are measured: threshold and devices.
const GROUPS: [(u16, u16); 4] = [(2, 3), (3, 5), (7, 10), (13, 20)];
const CURVES: [&str; 2] = ["ed25519", "secp256k1-tr"];

#[derive(clap::Args)]
pub(crate) struct Dkg {
    /// Ceremonies of three devices for each curve
    #[arg(long, value_name = "N", default_value_t = 9, value_parser = clap::value_parser!(u32).range(1..=1000))]
    runs: u32,
    /// Ceremonies of each larger group for each curve
    #[arg(long, value_name = "N", default_value_t = 9, value_parser = clap::value_parser!(u32).range(1..=1000))]
    larger_runs: u32,
    /// Only groups of these sizes, out of 3, 5, 10 and 20
    #[arg(long, value_name = "N", value_delimiter = ',')]
    devices: Vec<u16>,
}

impl Default for Dkg {
    fn default() -> Self {
        Self { runs: 9, larger_runs: 9, devices: Vec::new() }
    }
}

/// Medians in milliseconds, by curve and `t/n`.
type Arithmetic = BTreeMap<String, BTreeMap<String, f64>>;

/// Measures, and prints the table.
pub(crate) fn run(options: &Dkg) -> Result<()> {
    beside::measure(arithmetic, |program, server, arithmetic| {
        Ok(table(&measure(options, program, server, arithmetic)?))
    })
}

/// One device's arithmetic.
fn arithmetic() -> Result<Arithmetic> {
    let groups = GROUPS.iter().map(|(t, n)| format!("{t}/{n}"));
    let printed = beside::example("coordinator", "arithmetic", groups)?;
    serde_json::from_str(&printed).context("the example `arithmetic` failed")
}

struct Row {
    group: Group,
    runs: Vec<Measured>,
    arithmetic: f64,
}

fn measure(
    options: &Dkg,
    program: &std::path::Path,
    server: &str,
    arithmetic: &Arithmetic,
) -> Result<Vec<Row>> {
    let wanted = |devices: u16| options.devices.is_empty() || options.devices.contains(&devices);
    let mut rows = Vec::new();
    for curve in CURVES {
        for (threshold, devices) in GROUPS.into_iter().filter(|(_, devices)| wanted(*devices)) {
            let group = Group { curve, threshold, devices, network: None };
            let count = if devices == 3 { options.runs } else { options.larger_runs };
            eprintln!("{threshold} of {devices}, {curve}: {count} ceremonies");
            let one = |_| {
                // Beside the programs, since a temporary folder may be in memory, where syncing costs nothing.
                let data = tempfile::Builder::new().prefix("bench-").tempdir_in(project::target()?)?;
                // Of this ceremony alone, since the keyring's file is written anew, as a whole, for every item.
                let session = PrivateSession::start()?;
                ceremony::run(&Place { program, data: data.path(), server, session: &session }, group)
                    .with_context(|| format!("{threshold} of {devices} on {curve}"))
            };
            let runs = (0..count).map(one).collect::<Result<Vec<_>>>()?;
            let alone =
                arithmetic.get(curve).and_then(|groups| groups.get(&format!("{threshold}/{devices}")));
            let arithmetic = *alone.context("the arithmetic of this group was not measured")?;
            rows.push(Row { group, runs, arithmetic });
        }
    }
    Ok(rows)
}

fn table(rows: &[Row]) -> String {
    let cores = machine::cores();
    let mut table = format!(
        "From the last join to everyone's certificate, in milliseconds, every device a process of its own:\n\n\
         | curve | group | runs | median | least | most | of which until linked | arithmetic of one device | \
         of all, {cores} at a time | peak memory of a process |\n\
         |---|---|--:|--:|--:|--:|--:|--:|--:|--:|\n"
    );
    for Row { group, runs, arithmetic } in rows {
        let totals = sorted(runs.iter().map(|run| run.total));
        let linked = sorted(runs.iter().map(|run| run.linked));
        let least = totals.first().copied().unwrap_or_default();
        let most = totals.last().copied().unwrap_or_default();
        let turns = usize::from(group.devices).div_ceil(cores);
        let peak = runs.iter().map(|run| run.peak).max().unwrap_or_default();
        table += &format!(
            "| {} | {} of {} | {} | **{:.0}** | {least:.0} | {most:.0} | {:.0} | {arithmetic:.1} | {:.0} | {:.0} MiB |\n",
            group.curve,
            group.threshold,
            group.devices,
            runs.len(),
            median(&totals),
            median(&linked),
            arithmetic * f64::from(u32::try_from(turns).unwrap_or(u32::MAX)),
            f64::from(u32::try_from(peak).unwrap_or(u32::MAX)) / 1024.0,
        );
    }
    table
}

#[cfg(test)]
mod tests {
    use super::{Row, table};
    use crate::bench::ceremony::{Group, Measured};

    #[test]
    fn a_row_tells_the_median_of_its_runs_and_the_largest_memory() {
        let run = |total, peak| Measured { linked: 100.0, total, peak, group_key: String::new() };
        let row = Row {
            group: Group { curve: "ed25519", threshold: 2, devices: 3, network: None },
            runs: vec![run(300.0, 2048), run(100.0, 4096), run(200.0, 1024)],
            arithmetic: 1.25,
        };
        let table = table(&[row]);
        let last = table.lines().last().unwrap_or_default();
        assert!(last.starts_with("| ed25519 | 2 of 3 | 3 | **200** | 100 | 300 | 100 | 1.2"), "{last}");
        assert!(last.ends_with("| 4 MiB |"), "{last}");
    }
}
