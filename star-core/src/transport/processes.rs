//! Workers that are processes of this machine.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use async_trait::async_trait;

use super::{Transport, TransportError};

/// A process for every envelope, which it reads from its standard input. What it shares with others is a ledger that its arguments
/// name. It outlives whoever sent for it.
#[derive(Clone, Debug)]
pub struct Processes {
    program: PathBuf,
    arguments: Vec<OsString>,
    heard: bool,
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
        }
    }

    /// The same, whose standard output is that of whoever sends for them.
    #[must_use]
    pub fn heard(mut self) -> Self {
        self.heard = true;
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
        // Whoever started a process must also bury it.
        std::thread::Builder::new()
            .name("reaper".to_owned())
            .spawn(move || child.wait())?;
        written
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
