//! On what a benchmark ran.

use std::fs;
use std::process::Command;
use std::thread;

use crate::process;

/// Processor, memory, system and compiler, as one line. What can't be told is left out.
pub(crate) fn describe() -> String {
    let parts = [processor(), Some(cores_in_words()), memory(), system(), compiler()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// How many threads run at a time.
pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// What else the machine was doing: the average number of runnable tasks over the last minute.
pub(crate) fn load() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().next()?.parse().ok()
}

fn cores_in_words() -> String {
    match cores() {
        1 => "1 core".to_owned(),
        cores => format!("{cores} cores"),
    }
}

fn processor() -> Option<String> {
    let info = fs::read_to_string("/proc/cpuinfo").ok()?;
    field(&info, "model name").map(str::to_owned)
}

fn memory() -> Option<String> {
    let info = fs::read_to_string("/proc/meminfo").ok()?;
    let kib: f64 = field(&info, "MemTotal")?.strip_suffix("kB")?.trim().parse().ok()?;
    Some(format!("{:.0} GiB", kib / 1024.0 / 1024.0))
}

fn system() -> Option<String> {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").ok()?;
    Some(format!("Linux {}", release.trim()))
}

fn compiler() -> Option<String> {
    let version = process::output(Command::new("rustc").arg("--version"))?;
    Some(version.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
}

/// The value of the first line `name: value`.
pub(crate) fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(':').map(str::trim))
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn a_field_is_found_by_its_whole_name() {
        let status = "VmPeak:\t  20 kB\nVmHWM:\t   12 kB\n";
        assert_eq!(field(status, "VmHWM"), Some("12 kB"));
        assert_eq!(field(status, "Vm"), None, "a part of a name is no name");
        assert_eq!(field("model name\t: Some CPU", "model name"), Some("Some CPU"), "blanks don't matter");
    }
}
