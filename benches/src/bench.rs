//! What all rows need.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::call::{Call, Ran};
use crate::lateness::median;
use crate::options::Options;
use crate::peers::Peers;
use crate::target::Target;

/// An item that both `wrk` and the scripts' first users ask for.
pub(crate) const ITEM: &str = "/items/1000000000";

/// A target, the tools, and how they are run.
#[derive(Debug)]
pub(crate) struct Bench {
    /// The witness.
    pub(crate) target: Target,
    /// The other tools.
    pub(crate) peers: Peers,
    /// How it is measured.
    pub(crate) options: Options,
    /// For runs and logs.
    pub(crate) scratch: tempfile::TempDir,
}

impl Bench {
    pub(crate) fn new(options: Options) -> io::Result<Self> {
        Ok(Self {
            target: Target::start(&[1])?,
            peers: Peers::new(options.install),
            options,
            scratch: tempfile::tempdir()?,
        })
    }

    /// How many seconds a run takes that would take so many.
    pub(crate) fn seconds(&self, usual: u32) -> u32 {
        if self.options.quick { 2 } else { usual }
    }

    /// `slsart run` of one of the scripts, with one worker.
    pub(crate) fn slsart<A: Into<OsString>>(
        &self,
        script: &str,
        more: impl IntoIterator<Item = A>,
    ) -> io::Result<Call> {
        self.cut((1, &self.target), script, more)
    }

    /// `slsart run` of one of the scripts, with so many workers.
    pub(crate) fn cut<A: Into<OsString>>(
        &self,
        (workers, target): (u32, &Target),
        script: &str,
        more: impl IntoIterator<Item = A>,
    ) -> io::Result<Call> {
        let call = Call::new("slsart", slsart()?).with(["run", "--quiet", "--workers"]);
        let call = call.with([&workers.to_string(), "--target", target.url()]);
        let call = call.with([
            OsString::from("--runs"),
            self.scratch.path().join("runs").into(),
        ]);
        Ok(call.with(more).with([scripts().join(script)]))
    }

    /// Runs each of these once a round, one after the other; what came of each, round by round.
    pub(crate) fn rounds(&self, calls: &[Call], limit: Duration) -> io::Result<Vec<Vec<Ran>>> {
        let mut all = vec![Vec::new(); calls.len()];
        for round in 1..=self.options.rounds {
            for (call, ran) in calls.iter().zip(&mut all) {
                eprintln!("  round {round}: {}", call.name);
                ran.push(self.once(call, limit)?);
            }
        }
        Ok(all)
    }

    /// Runs this once.
    pub(crate) fn once(&self, call: &Call, limit: Duration) -> io::Result<Ran> {
        call.run(&self.target, &self.log(), limit)
    }

    /// Where a tool's errors go.
    pub(crate) fn log(&self) -> PathBuf {
        self.scratch.path().join("log")
    }

    /// The processor time that a tool takes for the smallest script.
    pub(crate) fn smallest(&self, call: &Call) -> io::Result<Duration> {
        Ok(self.once(call, Duration::from_mins(1))?.usage.cpu)
    }
}

/// The program beside this one.
pub(crate) fn slsart() -> io::Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name("slsart");
    if program.is_file() {
        Ok(program)
    } else {
        let text = format!(
            "there is no {}; `bash benches/compare` builds it",
            program.display()
        );
        Err(io::Error::other(text))
    }
}

/// Where the scripts are.
pub(crate) fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts")
}

/// Other phases for a script.
pub(crate) fn phases(rate: u32, seconds: u32) -> [String; 2] {
    let phases =
        format!(r#"{{"config":{{"phases":[{{"duration":{seconds},"arrivalRate":{rate}}}]}}}}"#);
    ["--overrides".to_owned(), phases]
}

/// The median of something of all rounds.
pub(crate) fn of_rounds(rounds: &[Ran], value: impl Fn(&Ran) -> f64) -> f64 {
    median(rounds.iter().map(value))
}

/// The median of the ratios of each round.
pub(crate) fn ratio(ours: &[Ran], theirs: &[Ran], value: impl Fn(&Ran, bool) -> f64) -> f64 {
    let pairs = ours.iter().zip(theirs);
    median(pairs.map(|(ours, theirs)| value(ours, true) / value(theirs, false)))
}

/// The median share of the machine that others had.
pub(crate) fn others(rounds: &[Vec<Ran>]) -> f64 {
    median(rounds.iter().flatten().map(|ran| ran.others))
}
