//! Calls of tools: what is started, and what came of it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};

use crate::launcher::Usage;
use crate::machine::Spent;
use crate::target::{Record, Target};

/// The core that tools have; the target has the other.
pub(crate) const CORE: &str = "0";

/// Both of them.
pub(crate) const BOTH: &str = "0,1";

/// A tool and its arguments.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// What it is called in the table.
    pub(crate) name: &'static str,
    /// The program.
    pub(crate) program: PathBuf,
    /// Its arguments.
    pub(crate) arguments: Vec<OsString>,
    /// All of its environment, where it is not the harness's own.
    pub(crate) environment: Option<Vec<(&'static str, OsString)>>,
    /// The cores it may use.
    pub(crate) cores: &'static str,
}

/// What came of a call.
#[derive(Clone, Debug)]
pub(crate) struct Ran {
    /// What it took.
    pub(crate) usage: Usage,
    /// What the target saw.
    pub(crate) record: Record,
    /// The share of the machine that others had meanwhile.
    pub(crate) others: f64,
}

impl Call {
    /// A call without arguments.
    pub(crate) fn new(name: &'static str, program: impl Into<PathBuf>) -> Self {
        Self {
            name,
            program: program.into(),
            arguments: Vec::new(),
            environment: None,
            cores: CORE,
        }
    }

    /// With further arguments.
    pub(crate) fn with<A: Into<OsString>>(
        mut self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Runs it for at most so long. Nothing of the harness runs meanwhile but the target: whatever wakes a core makes what the tool does next dearer.
    pub(crate) fn run(&self, target: &Target, log: &Path, limit: Duration) -> io::Result<Ran> {
        self.watched(target, log, limit, limit, |_| {})
    }

    /// Runs it for at most so long. Meanwhile `watch` is called again and again with the tool's process.
    pub(crate) fn watched(
        &self,
        target: &Target,
        log: &Path,
        limit: Duration,
        every: Duration,
        mut watch: impl FnMut(u32),
    ) -> io::Result<Ran> {
        let _from_before = target.take();
        let spent = Spent::now();
        let mut launcher = self.launcher(log)?;
        let process = launcher.id();
        let said = launcher
            .stdout
            .take()
            .ok_or_else(|| self.failed("says nothing", log))?;
        let mut said = BufReader::new(said);
        let mut line = String::new();
        said.read_line(&mut line)?;
        let tool: u32 = line
            .trim()
            .parse()
            .map_err(|_| self.failed("cannot be started", log))?;
        let deadline = Instant::now() + limit;
        let running = pidfd_open(Pid::from_child(&launcher), PidfdFlags::empty())?;
        let left = || deadline.saturating_duration_since(Instant::now());
        while !ends_within(&running, every.min(left()))? {
            if Instant::now() >= deadline {
                let group = i32::try_from(process).ok().and_then(Pid::from_raw);
                group
                    .map(|group| kill_process_group(group, Signal::KILL))
                    .transpose()?;
                launcher.wait()?;
                return Err(self.failed(&format!("did not end in {limit:?}"), log));
            }
            watch(tool);
        }
        launcher.wait()?;
        line.clear();
        said.read_line(&mut line)?;
        let usage = Usage::read(&line).ok_or_else(|| self.failed("was not measured", log))?;
        let ran = Ran {
            usage,
            record: target.take(),
            others: spent.by_others(usage.cpu),
        };
        if ran.record.requests.is_empty() {
            return Err(self.failed("sent no request", log));
        }
        Ok(ran)
    }

    fn launcher(&self, log: &Path) -> io::Result<std::process::Child> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(["launch", self.cores])
            .arg(&self.program)
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(log)?)
            // So that it can be ended with all that it has started.
            .process_group(0);
        if let Some(environment) = &self.environment {
            command.env_clear().envs(environment.iter().cloned());
        }
        command.spawn()
    }

    /// An error, with the end of what the tool printed.
    fn failed(&self, what: &str, log: &Path) -> io::Error {
        let printed = fs::read_to_string(log).unwrap_or_default();
        let lines: Vec<&str> = printed.lines().collect();
        let last = lines[lines.len().saturating_sub(8)..].join("\n");
        io::Error::other(format!("`{}` {what}\n{last}", self.name))
    }
}

/// Whether a process ends within a time.
fn ends_within(running: &OwnedFd, time: Duration) -> io::Result<bool> {
    let time = Timespec::try_from(time).map_err(io::Error::other)?;
    let mut ended = [PollFd::new(running, PollFlags::IN)];
    match poll(&mut ended, Some(&time)) {
        Err(rustix::io::Errno::INTR) => Ok(false),
        ended => Ok(ended? > 0),
    }
}

impl Ran {
    /// Processor time for each request that the target saw, in microseconds, without what the tool takes for the smallest script.
    pub(crate) fn per_request(&self, smallest: Duration) -> f64 {
        let cpu = self.usage.cpu.saturating_sub(smallest);
        cpu.as_secs_f64() * 1e6 / self.record.requests.len() as f64
    }
}
