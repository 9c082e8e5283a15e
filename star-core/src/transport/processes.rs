//! Workers that are processes of this machine.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use async_trait::async_trait;

use super::{Transport, TransportError};
use crate::voice::Voice;
use crate::wire::{Envelope, Order};

/// A process for every envelope, which it reads from its standard input. What it shares with others is a ledger that its arguments
/// name. It outlives whoever sent for it.
#[derive(Clone, Debug)]
pub struct Processes {
    program: PathBuf,
    arguments: Vec<OsString>,
    heard: bool,
    deaths: Voice,
}

impl Processes {
    /// Workers that are started as `program arguments…`.
    pub fn new(
        program: impl Into<PathBuf>,
        arguments: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Self {
        Self {
            program: program.into(),
            arguments: arguments.into_iter().map(Into::into).collect(),
            heard: false,
            deaths: Voice::default(),
        }
    }

    /// The same, whose standard output is that of whoever sends for them.
    #[must_use]
    pub fn heard(mut self) -> Self {
        self.heard = true;
        self
    }

    /// The same; where a signal ends one of them that voice says so, for as long as this process lives.
    #[must_use]
    pub fn mourned(mut self, deaths: Voice) -> Self {
        self.deaths = deaths;
        self
    }

    fn start(&self, envelope: &[u8]) -> std::io::Result<()> {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(if self.heard {
                Stdio::inherit()
            } else {
                Stdio::null()
            });
        // An interrupt from the terminal is the launcher's to answer: it sets the stop mark.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn()?;
        // An envelope is far smaller than what a pipe holds, so this waits for nobody.
        let written = child
            .stdin
            .take()
            .map_or(Ok(()), |mut pipe| pipe.write_all(envelope));
        let (deaths, who) = (self.deaths.clone(), who(envelope));
        // Whoever started a process must also bury it.
        std::thread::Builder::new()
            .name("reaper".to_owned())
            .spawn(move || {
                let ended = child.wait();
                if let Some(signal) = ended.ok().and_then(killed_by) {
                    deaths.say(&format!(
                        "the process of {who} was ended by signal {signal}"
                    ));
                }
            })?;
        written
    }
}

/// The signal that ended a process, if one did.
fn killed_by(status: ExitStatus) -> Option<i32> {
    #[cfg(unix)]
    return std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    {
        let _none_there = status;
        None
    }
}

/// Whoever carries out an envelope, as people name them; what it was sent for with others may be somebody else's by now.
fn who(envelope: &[u8]) -> String {
    let order = Envelope::decode(envelope).map(|envelope| envelope.order.kept());
    match order {
        Ok(Order::Start) => "the worker that starts the run".to_owned(),
        Ok(Order::Carry(slice)) => {
            let (from, lanes) = (slice.window.from().as_secs_f64(), slice.lanes);
            format!(
                "the worker that carries lane {} of {} from {from} s on",
                lanes.first(),
                lanes.of()
            )
        }
        Ok(Order::Serve { workers, .. }) => {
            format!("worker {} of {}", workers.first(), workers.of())
        }
        Err(_) => "a worker".to_owned(),
    }
}

#[async_trait(?Send)]
impl Transport for Processes {
    async fn send(&self, envelope: Vec<u8>) -> Result<(), TransportError> {
        self.start(&envelope).map_err(|error| {
            TransportError::passing(format!("`{}`: {error}", self.program.display()))
        })
    }
}
