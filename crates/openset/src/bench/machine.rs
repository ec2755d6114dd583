//! What a measurement was made on: processor, cores, load, and this process's memory.

use std::{fs, thread};

use serde::Serialize;

/// The machine, as far as it says.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Machine {
    /// The processor's name.
    pub(crate) processor: String,
    /// How many threads run at once.
    pub(crate) cores: usize,
    /// How many wanted to run, over the last minute, when the measurement began.
    pub(crate) load: Option<f64>,
    /// The system.
    pub(crate) system: String,
}

impl Machine {
    /// Looks at this machine.
    pub(crate) fn look() -> Self {
        Self {
            processor: processor().unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
            cores: thread::available_parallelism().map_or(1, usize::from),
            load: load(),
            system: fs::read_to_string("/proc/sys/kernel/osrelease").map_or_else(
                |_| std::env::consts::OS.to_owned(),
                |release| format!("{} {}", std::env::consts::OS, release.trim()),
            ),
        }
    }
}

fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn load() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.parse().ok()
}

/// The resident memory of this process in MiB, where the system tells it.
pub(crate) fn resident_mib() -> Option<f64> {
    status_kib("VmRSS:").map(|kib| kib / 1024.0)
}

/// The most resident memory this process ever had, in MiB.
pub(crate) fn peak_mib() -> Option<f64> {
    status_kib("VmHWM:").map(|kib| kib / 1024.0)
}

fn status_kib(field: &str) -> Option<f64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(field))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn linux_tells_load_and_memory() {
        assert!(Machine::look().load.is_some());
        let (now, peak) = (resident_mib().expect("told"), peak_mib().expect("told"));
        assert!(now > 0.0 && peak >= now * 0.5, "{now} {peak}");
    }
}
