//! Cores that do not sleep.
//!
//! A core with nothing to do is put to sleep, and whoever sends something to what waits on it pays for waking it. In a virtual machine that is a call of
//! the host, and the woken core finds its caches as other guests have left them. That is the machine's, not the tool's; between load generator and
//! target, which are seldom one machine, it is not even that. So cores are kept from sleeping for all tools alike, in the way of `cyclictest` and of
//! tuned's profile `latency-performance`: a request for no latency at `/dev/cpu_dma_latency`, which lasts as long as the file is open
//! (<https://docs.kernel.org/admin-guide/pm/cpuidle.html>, "Power Management Quality of Service for CPUs"). The time of cores that wait awake is idle time
//! as before, and nobody's.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

/// Where latencies are asked for.
const DEVICE: &str = "/dev/cpu_dma_latency";

/// Who lets cores sleep, and heeds such requests.
const DRIVER: &str = "/sys/devices/system/cpu/cpuidle/current_driver";

/// What cores do while nothing is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cores {
    /// They wait.
    Awake,
    /// They sleep as the system lets them.
    MaySleep,
}

/// While it lives no core sleeps.
#[derive(Debug)]
pub(crate) struct Awake {
    /// Whose closing takes the request back.
    _request: File,
}

impl Awake {
    /// Keeps all cores awake from now on.
    ///
    /// # Errors
    /// The device is not there, or not for this user: on most systems it is root's. Or nothing would heed it: where the kernel has no driver for idle cores,
    /// it halts them all the same.
    pub(crate) fn hold() -> io::Result<Self> {
        let driver = fs::read_to_string(DRIVER).unwrap_or_default();
        if ["", "none"].contains(&driver.trim()) {
            let text = format!("{DRIVER} names none that keeps cores awake");
            return Err(io::Error::other(text));
        }
        Self::ask(Path::new(DEVICE)).map_err(|error| io::Error::other(format!("{DEVICE}: {error}")))
    }

    fn ask(device: &Path) -> io::Result<Self> {
        let mut request = OpenOptions::new().write(true).open(device)?;
        // Microseconds, as a binary number of 32 bits.
        request.write_all(&0_i32.to_ne_bytes())?;
        Ok(Self { _request: request })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_latency_is_asked_for_and_only_where_there_is_somebody_to_ask() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let device = folder.path().join("cpu_dma_latency");
        assert!(Awake::ask(&device).is_err(), "nothing is made");
        assert!(!device.exists());
        File::create(&device)?;
        let _awake = Awake::ask(&device)?;
        assert_eq!(std::fs::read(&device)?, [0; 4]);
        Ok(())
    }
}
