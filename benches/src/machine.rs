//! The machine: what it is, how busy it was, and its clock.

use std::fs;
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use rustix::time::{ClockId, clock_gettime};

/// Now, in nanoseconds of the monotonic clock.
pub(crate) fn monotonic() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec.unsigned_abs() * 1_000_000_000 + now.tv_nsec.unsigned_abs()
}

/// What kind of machine this is.
pub(crate) fn description() -> String {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    let (cpus, memory) = (read("/proc/cpuinfo"), read("/proc/meminfo"));
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let model = field(&cpus, "model name").unwrap_or_else(|| "unknown processor".to_owned());
    let cores = cpus
        .lines()
        .filter(|line| line.starts_with("processor"))
        .count();
    let kilobytes = field(&memory, "MemTotal").unwrap_or_default();
    let kilobytes: u64 = kilobytes.trim_end_matches(" kB").parse().unwrap_or(0);
    format!(
        "{cores} cores of {model}, {:.0} GB, Linux {}",
        kilobytes as f64 / 1e6,
        read("/proc/sys/kernel/osrelease").trim()
    )
}

/// How much processor time all of the machine, and this process, have spent so far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spent {
    /// All cores', busy or not.
    all: Duration,
    /// What was not idle.
    busy: Duration,
    /// This process's: the target's, nearly.
    ours: Duration,
}

impl Spent {
    /// Until now.
    pub(crate) fn now() -> Self {
        let text = fs::read_to_string("/proc/stat").unwrap_or_default();
        let (all, busy) = spent(text.lines().next().unwrap_or_default());
        let ours = getrusage(UsageWho::RUSAGE_SELF).map_or(0, |usage| {
            let micros = |time: nix::sys::time::TimeVal| time.tv_sec() * 1_000_000 + time.tv_usec();
            micros(usage.user_time()) + micros(usage.system_time())
        });
        Self {
            all,
            busy,
            ours: Duration::from_micros(ours.unsigned_abs()),
        }
    }

    /// The share of the machine that others have had since, where a tool has had so much itself.
    pub(crate) fn by_others(self, tool: Duration) -> f64 {
        let now = Self::now();
        let mine = now.ours.saturating_sub(self.ours) + tool;
        let others = now.busy.saturating_sub(self.busy).saturating_sub(mine);
        others.as_secs_f64() / now.all.saturating_sub(self.all).as_secs_f64().max(0.01)
    }
}

/// All and busy time in the first line of `/proc/stat`, which counts in hundredths of a second.
fn spent(line: &str) -> (Duration, Duration) {
    let words = line.split_whitespace().skip(1);
    // Guests' time, behind the eighth, is in users' already.
    let ticks: Vec<u64> = words
        .take(8)
        .map(|word| word.parse().unwrap_or(0))
        .collect();
    let all: u64 = ticks.iter().sum();
    let idle: u64 = ticks.iter().skip(3).take(2).sum();
    let time = |ticks| Duration::from_millis(ticks * 10);
    (time(all), time(all - idle))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_for_disks_is_idle_and_guests_count_once() {
        let line = "cpu  100 10 50 800 30 5 5 0 70 7";
        let time = Duration::from_millis;
        assert_eq!(spent(line), (time(10_000), time(1_700)));
    }

    #[test]
    fn the_machine_is_described_from_what_the_system_says() {
        assert!(description().contains(" cores of "), "{}", description());
        let spent = Spent::now();
        assert!(spent.busy <= spent.all && !spent.all.is_zero());
    }
}
