//! The launcher: starts a tool on some cores, waits for it, and says what it took. It is a process of its own, because what the system
//! calls the greatest memory of a process begins with that of the one that started it.

use std::io::{self, Write as _};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use rustix::thread::{CpuSet, sched_setaffinity};

/// What a tool and all processes that it waited for took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Processor time: its own and the kernel's for it.
    pub(crate) cpu: Duration,
    /// From its start to its end.
    pub(crate) wall: Duration,
    /// The most memory it had at once, in bytes.
    pub(crate) memory: u64,
    /// Its exit code; -1 where a signal ended it.
    pub(crate) code: i32,
}

/// `launch CORES PROGRAM ARGUMENT…`: prints the tool's process, and when that has ended what it took.
pub(crate) fn launch(arguments: &[String]) -> io::Result<ExitCode> {
    let [cores, program, arguments @ ..] = arguments else {
        return Err(io::Error::other("launch CORES PROGRAM ARGUMENT…"));
    };
    let mut set = CpuSet::new();
    for core in cores.split(',') {
        set.set(core.parse().map_err(io::Error::other)?);
    }
    sched_setaffinity(None, &set)?;
    let begun = Instant::now();
    let mut command = Command::new(program);
    // What it prints is no part of what the launcher says.
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(io::stderr());
    let mut child = command.spawn()?;
    let mut out = io::stdout();
    writeln!(out, "{}", child.id())?;
    out.flush()?;
    let code = child.wait()?.code().unwrap_or(-1);
    let wall = begun.elapsed();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = |time: nix::sys::time::TimeVal| time.tv_sec() * 1_000_000 + time.tv_usec();
    let cpu = micros(usage.user_time()) + micros(usage.system_time());
    writeln!(out, "{cpu} {} {} {code}", wall.as_micros(), usage.max_rss())?;
    Ok(ExitCode::SUCCESS)
}

impl Usage {
    /// Reads what the launcher said last.
    pub(crate) fn read(line: &str) -> Option<Self> {
        let mut numbers = line.split_whitespace().map(|word| word.parse::<i64>().ok());
        let mut next = || numbers.next().flatten();
        let cpu = Duration::from_micros(next()?.try_into().ok()?);
        let wall = Duration::from_micros(next()?.try_into().ok()?);
        let memory = u64::try_from(next()?).ok()? * 1024;
        let code = i32::try_from(next()?).ok()?;
        Some(Self {
            cpu,
            wall,
            memory,
            code,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_launcher_says_is_read() {
        let usage = Usage {
            cpu: Duration::from_micros(1500),
            wall: Duration::from_secs(2),
            memory: 4096,
            code: -1,
        };
        assert_eq!(Usage::read("1500 2000000 4 -1\n"), Some(usage));
        assert_eq!(Usage::read("1500 2000000"), None);
    }
}
