//! What a measurement was made on: processor, cores, load, and this process's memory.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    thread,
    time::{Duration, Instant},
};

#[cfg(unix)]
use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;

use super::samples::{Samples, milliseconds};

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
    /// How long the disk takes until a page that was written is safe, in milliseconds.
    pub(crate) sync_ms: f64,
}

impl Machine {
    /// Looks at this machine, and at the disk a folder is on.
    pub(crate) fn look(folder: &Path) -> anyhow::Result<Self> {
        Ok(Self {
            processor: processor().unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
            cores: thread::available_parallelism().map_or(1, usize::from),
            load: load(),
            system: fs::read_to_string("/proc/sys/kernel/osrelease").map_or_else(
                |_| std::env::consts::OS.to_owned(),
                |release| format!("{} {}", std::env::consts::OS, release.trim()),
            ),
            sync_ms: milliseconds(sync(folder)?),
        })
    }
}

/// How many pages are written to see how long the disk takes.
const PAGES: usize = 100;

/// How long a page takes to the disk: the median of some.
fn sync(folder: &Path) -> anyhow::Result<Duration> {
    let path = folder.join("sync");
    let mut file = File::create(&path)?;
    let mut samples = Samples::default();
    for _ in 0..PAGES {
        let begun = Instant::now();
        file.write_all(&[0x5E; 4096])?;
        file.sync_data()?;
        samples.add(begun.elapsed());
    }
    fs::remove_file(path)?;
    Ok(samples.median())
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

/// How long processors have worked for this process, in all its threads.
#[cfg(unix)]
pub(crate) fn worked() -> Option<Duration> {
    clock_gettime(ClockId::ProcessCPUTime).try_into().ok()
}

/// How long processors have worked for this process: not told here.
#[cfg(not(unix))]
pub(crate) fn worked() -> Option<Duration> {
    None
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
        let folder = tempfile::tempdir().expect("a folder");
        let machine = Machine::look(folder.path()).expect("a disk");
        assert!(machine.load.is_some() && machine.sync_ms > 0.0);
        assert!(worked().is_some());
        let (now, peak) = (resident_mib().expect("told"), peak_mib().expect("told"));
        assert!(now > 0.0 && peak >= now * 0.5, "{now} {peak}");
    }
}
