//! A terminal with somebody at it.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// A terminal: what is typed there, and what is to be read on it.
#[derive(Debug)]
pub struct Terminal {
    keyboard: File,
    line: File,
    shown: Receiver<Vec<u8>>,
}

impl Default for Terminal {
    fn default() -> Self {
        let side = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&side).unwrap();
        unlockpt(&side).unwrap();
        let name = ptsname(&side, Vec::new()).unwrap();
        let name = name.to_str().unwrap();
        let line = File::options().read(true).write(true).open(name).unwrap();
        let keyboard = File::from(side);
        let mut screen = keyboard.try_clone().unwrap();
        let (tell, shown) = channel();
        std::thread::spawn(move || {
            let mut some = [0; 1024];
            // Ends when the last program that has the terminal does.
            while let Ok(length) = screen.read(&mut some) {
                if length == 0 || tell.send(some[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            keyboard,
            line,
            shown,
        }
    }
}

impl Terminal {
    /// The program's side of it.
    ///
    /// # Panics
    /// Where there is none any more.
    pub fn line(&self) -> File {
        self.line.try_clone().unwrap()
    }

    /// Types something.
    ///
    /// # Panics
    /// Where nobody is there any more.
    pub fn types(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).unwrap();
    }

    /// Watches that nothing is shown for so long.
    ///
    /// # Panics
    /// Where something is.
    pub fn stays_as_it_is(&self, span: Duration) {
        if let Ok(more) = self.shown.recv_timeout(span) {
            panic!("`{}` was shown", String::from_utf8_lossy(&more));
        }
    }

    /// Reads until that is shown.
    ///
    /// # Panics
    /// Where it is not in a minute.
    pub fn wait_for(&self, text: &str) {
        let deadline = Instant::now() + Duration::from_mins(1);
        let mut all = Vec::new();
        while !String::from_utf8_lossy(&all).contains(text) {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(more) = self.shown.recv_timeout(left) else {
                panic!(
                    "`{text}` was never shown: {}",
                    String::from_utf8_lossy(&all)
                );
            };
            all.extend(more);
        }
    }
}
