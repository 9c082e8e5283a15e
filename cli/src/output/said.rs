//! The lines that tasks say while they run.

use std::fs::File;
use std::io::{self, IsTerminal as _, Write};
use std::path::Path;

use star_core::Voice;

use super::inert;

/// Where the lines go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Said {
    /// To the standard output.
    Out,
    /// To the standard error, where the standard output is the report's.
    Err,
}

impl Said {
    /// As the command line has it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::Err => "err",
        }
    }

    /// A voice whose lines go there. Each comes out whole, whoever else of this process says something.
    pub(crate) fn voice(self) -> Voice {
        Voice::new(move |line| self.say(line, None))
    }

    /// The same, also where other processes that know this folder say something: who speaks has it locked.
    pub(crate) fn voice_among(self, folder: &Path) -> Voice {
        // Without the lock, lines of more than some kilobytes could mix.
        let lock = File::open(folder).ok();
        Voice::new(move |line| self.say(line, lock.as_ref()))
    }

    fn say(self, line: &str, lock: Option<&File>) {
        let mut text = String::with_capacity(line.len() + 8);
        if io::stderr().is_terminal() && (self == Self::Err || io::stdout().is_terminal()) {
            // There may be the line that shows how far the run is.
            text.push_str("\r\u{1b}[K");
        }
        text.push_str(&inert(line));
        text.push('\n');
        match self {
            Self::Out => write(&mut io::stdout().lock(), &text, lock),
            Self::Err => write(&mut io::stderr().lock(), &text, lock),
        }
    }
}

/// Writes a line at once. Whether anybody reads it is not the run's matter.
fn write(out: &mut impl Write, text: &str, lock: Option<&File>) {
    let locked = lock.filter(|lock| lock.lock().is_ok());
    let _nobody_reads_it = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    if let Some(locked) = locked {
        let _it_was = locked.unlock();
    }
}
