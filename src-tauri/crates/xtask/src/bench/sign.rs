//! `cargo xtask bench sign`: signatures beside the bare arithmetic.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xtask::PrivateSession;

use super::ceremony::{self, Group};
use super::devices::Place;
use super::{beside, machine, median, signature, sorted};
use crate::project;

/// How many devices approve.
const THRESHOLDS: [u16; 4] = [2, 3, 5, 10];
/// Inputs of the transactions.
const INPUTS: [u16; 3] = [1, 20, 100];
/// Where keys are made, and how many signatures are asked for there.
const CURVES: [(&str, &str, &[u16]); 2] = [("ed25519", "devnet", &[1]), ("secp256k1-tr", "regtest", &INPUTS)];

#[derive(clap::Args)]
pub(crate) struct Sign {
    /// Signatures of each kind
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=1000))]
    runs: u32,
    /// Only with so many approvals, out of 2, 3, 5 and 10
    #[arg(long, value_name = "N", value_delimiter = ',')]
    thresholds: Vec<u16>,
    /// Only transactions with so many inputs, out of 1, 20 and 100
    #[arg(long, value_name = "N", value_delimiter = ',')]
    inputs: Vec<u16>,
}

impl Default for Sign {
    fn default() -> Self {
        Self { runs: 7, thresholds: Vec::new(), inputs: Vec::new() }
    }
}

/// Medians in milliseconds, by curve and `t/k`: of a signer's commitments, of its shares, and of putting those together.
type Arithmetic = BTreeMap<String, BTreeMap<String, [f64; 3]>>;

/// Measures, and prints the table.
pub(crate) fn run(options: &Sign) -> Result<()> {
    beside::measure(arithmetic, |program, server, arithmetic| {
        Ok(table(&measure(options, program, server, arithmetic)?))
    })
}

fn arithmetic() -> Result<Arithmetic> {
    let kinds = THRESHOLDS.iter().flat_map(|t| INPUTS.iter().map(move |k| format!("{t}/{k}")));
    let printed = beside::example("coordinator", "signing", kinds)?;
    serde_json::from_str(&printed).context("the example `signing` failed")
}

struct Row {
    group: Group,
    signatures: u16,
    runs: Vec<f64>,
    /// Of a signer's commitments, of its shares, and of putting those together.
    arithmetic: [f64; 3],
}

fn measure(options: &Sign, program: &Path, server: &str, arithmetic: &Arithmetic) -> Result<Vec<Row>> {
    let wanted = |only: &[u16], value: u16| only.is_empty() || only.contains(&value);
    let mut rows = Vec::new();
    for (curve, network, kinds) in CURVES {
        for threshold in THRESHOLDS.into_iter().filter(|t| wanted(&options.thresholds, *t)) {
            let group = Group { curve, threshold, devices: threshold + 1, network: Some(network) };
            // Beside the programs, since a temporary folder may be in memory, where syncing costs nothing.
            let data = tempfile::Builder::new().prefix("bench-").tempdir_in(project::target()?)?;
            let session = PrivateSession::start()?;
            let place = Place { program, data: data.path(), server, session: &session };
            let key = ceremony::run(&place, group)?.group_key;
            for signatures in kinds.iter().copied().filter(|k| wanted(&options.inputs, *k)) {
                eprintln!("{threshold} approvals, {curve}: {signatures} to sign, {} times", options.runs);
                let runs = runs(options.runs, &place, &group, signatures, &key)
                    .with_context(|| format!("{threshold} approvals, {signatures} to sign on {curve}"))?;
                let alone = arithmetic
                    .get(curve)
                    .and_then(|kinds| kinds.get(&format!("{threshold}/{signatures}")))
                    .context("the arithmetic of this was not measured")?;
                rows.push(Row { group, signatures, runs, arithmetic: *alone });
            }
        }
    }
    Ok(rows)
}

/// Each time something new is signed.
fn runs(count: u32, place: &Place<'_>, group: &Group, signatures: u16, key: &str) -> Result<Vec<f64>> {
    if group.curve == "ed25519" {
        let one = |i| signature::run(place, group.threshold, &["--message", &format!("Message {i}")]);
        return (0..count).map(one).collect();
    }
    let files = transactions(place.data, key, signatures, count)?;
    let one = |file: &PathBuf| {
        let file = file.to_str().context("the build's folder has no readable name")?;
        signature::run(place, group.threshold, &["--psbt", file])
    };
    files.iter().map(one).collect()
}

/// Transactions of coins that there never were: what is signed is the same.
fn transactions(folder: &Path, key: &str, inputs: u16, count: u32) -> Result<Vec<PathBuf>> {
    let arguments = [key.to_owned(), inputs.to_string(), count.to_string()];
    let made = beside::example("chains", "transactions", arguments.into_iter())?;
    let mut files = Vec::new();
    for (index, transaction) in made.lines().enumerate() {
        let file = folder.join(format!("{inputs}-{index}.psbt"));
        fs::write(&file, transaction)?;
        files.push(file);
    }
    Ok(files)
}

fn table(rows: &[Row]) -> String {
    let cores = machine::cores();
    let mut table = format!(
        "From the last approval that is needed to the signature, in milliseconds, every device a process of its own, \
         with links up and nothing else to do. Beside it the bare arithmetic of what is left to do then: the last one's \
         commitments, the shares of all, and putting them together.\n\n\
         | curve | approvals | signatures | runs | median | least | most | one commits | one signs | aggregating | \
         arithmetic, {cores} at a time | above it |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
    );
    for Row { group, signatures, runs, arithmetic: [commit, sign, aggregate] } in rows {
        let runs = sorted(runs.iter().copied());
        let least = runs.first().copied().unwrap_or_default();
        let most = runs.last().copied().unwrap_or_default();
        let turns = usize::from(group.threshold).div_ceil(cores);
        // Only the last one commits after its approval: the others' commitments are there.
        let all = commit + sign * f64::from(u32::try_from(turns).unwrap_or(u32::MAX)) + aggregate;
        table += &format!(
            "| {} | {} of {} | {signatures} | {} | **{:.0}** | {least:.0} | {most:.0} | {commit:.1} | {sign:.1} | \
             {aggregate:.1} | {all:.0} | {:.0} |\n",
            group.curve,
            group.threshold,
            group.devices,
            runs.len(),
            median(&runs),
            median(&runs) - all,
        );
    }
    table
}

#[cfg(test)]
mod tests {
    use super::{Row, table};
    use crate::bench::{ceremony::Group, machine};

    #[test]
    fn a_row_tells_how_much_longer_than_the_arithmetic_of_all_it_takes() {
        let threshold = u16::try_from(2 * machine::cores()).unwrap_or(u16::MAX);
        let group = Group { curve: "ed25519", threshold, devices: threshold + 1, network: None };
        let row = Row { group, signatures: 20, runs: vec![90.0, 70.0, 80.0], arithmetic: [1.0, 10.0, 5.0] };
        let table = table(&[row]);
        let last = table.lines().last().unwrap_or_default();
        // One's commitments, two turns of shares, and the proposer's part.
        assert!(last.ends_with("| 20 | 3 | **80** | 70 | 90 | 1.0 | 10.0 | 5.0 | 26 | 54 |"), "{last}");
    }
}
