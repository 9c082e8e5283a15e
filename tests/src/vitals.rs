//! What a process takes of the machine.

use std::process::Child;
use std::time::{Duration, Instant};

/// A process's memory and open descriptors, at one instant after another.
#[derive(Debug, Default)]
pub struct Vitals {
    samples: Vec<Sample>,
}

#[derive(Clone, Copy, Debug)]
struct Sample {
    at: Duration,
    resident: u64,
    descriptors: u64,
}

/// The greatest of what was seen in a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Most {
    /// Memory, in bytes.
    pub resident: u64,
    /// Open descriptors.
    pub descriptors: u64,
}

impl Vitals {
    /// Watches a process until it ends.
    ///
    /// # Panics
    /// Where that takes longer than `limit`.
    pub fn of(child: &mut Child, limit: Duration) -> Self {
        let begun = Instant::now();
        let mut vitals = Self::default();
        while child.try_wait().unwrap().is_none() {
            let at = begun.elapsed();
            if at >= limit {
                let _already_gone = child.kill();
                panic!("it does not end");
            }
            vitals.samples.extend(sample(child.id(), at));
            std::thread::park_timeout(Duration::from_millis(200));
        }
        vitals
    }

    /// The most that was seen from one instant to another.
    pub fn most(&self, from: Duration, to: Duration) -> Most {
        let samples = self.samples.iter();
        let within = samples.filter(|sample| (from..to).contains(&sample.at));
        within.fold(Most::default(), |most, sample| Most {
            resident: most.resident.max(sample.resident),
            descriptors: most.descriptors.max(sample.descriptors),
        })
    }
}

/// None where the process is gone.
fn sample(pid: u32, at: Duration) -> Option<Sample> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let mut lines = status.lines();
    let line = lines.find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    let descriptors = std::fs::read_dir(format!("/proc/{pid}/fd")).ok()?.count();
    Some(Sample {
        at,
        resident: kilobytes * 1024,
        descriptors: descriptors as u64,
    })
}
