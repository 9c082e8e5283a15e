//! The program under test, as a person would use it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::{Scratch, Terminal};

/// A call of the program.
#[derive(Debug)]
pub struct Program {
    command: Command,
}

/// How a call ended.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// The standard output.
    pub out: String,
    /// The standard error.
    pub err: String,
}

impl Program {
    /// A call of `program` that records its runs in the scratch folder, and works there.
    pub fn new(program: impl AsRef<Path>, scratch: &Scratch) -> Self {
        let mut command = Command::new(program.as_ref());
        command
            .current_dir(scratch.path("."))
            .env_clear()
            .env("SLSART_RUNS", scratch.runs())
            // Where others keep the machine busy, users start late; tests of what is sent are not about that.
            .env("SLSART_LATE_LIMIT", "10000")
            .stdin(Stdio::null());
        Self { command }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.command.args(args);
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Works in this folder.
    #[must_use]
    pub fn working_in(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Calls it, with this on its standard input, and waits.
    pub fn input(mut self, input: &[u8]) -> Finished {
        use std::io::Write as _;
        self.command.stdin(Stdio::piped());
        let mut child = self.piped().spawn().unwrap();
        // A program that refuses its arguments may leave before it has read anything.
        let _left = child.stdin.take().unwrap().write_all(input);
        finish(child)
    }

    /// Calls it and waits.
    pub fn run(mut self) -> Finished {
        let child = self.piped().spawn().unwrap();
        finish(child)
    }

    /// Takes its standard input from a file.
    #[must_use]
    pub fn stdin(mut self, input: std::fs::File) -> Self {
        self.command.stdin(input);
        self
    }

    /// Starts it at a terminal; its standard output is elsewhere.
    pub fn start_at(mut self, terminal: &Terminal) -> Child {
        self.command.stdin(terminal.line());
        self.piped().stderr(terminal.line()).spawn().unwrap()
    }

    /// Starts it.
    pub fn start(mut self) -> Child {
        self.piped().spawn().unwrap()
    }

    fn piped(&mut self) -> &mut Command {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped())
    }
}

/// Waits for a started call.
pub fn finish(child: Child) -> Finished {
    let output = child.wait_with_output().unwrap();
    Finished {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Presses Ctrl-C where a call was started.
pub fn interrupt(child: &Child) {
    kill_process(Pid::from_child(child), Signal::INT).unwrap();
}

/// Tells a started call to end.
pub fn terminate(child: &Child) {
    kill_process(Pid::from_child(child), Signal::TERM).unwrap();
}

impl Finished {
    /// Fails unless it ended with this code.
    #[expect(
        clippy::must_use_candidate,
        clippy::return_self_not_must_use,
        reason = "that it ended so is often all that is asked"
    )]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "standard output:\n{}\nstandard error:\n{}",
            self.out,
            self.err
        );
        self
    }
}

/// The report that a call wrote.
pub fn json(path: &PathBuf) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}
