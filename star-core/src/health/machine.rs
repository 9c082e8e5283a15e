//! What the machine says of a worker: cheap enough to be asked at every snapshot.

use std::io;
use std::time::{Duration, SystemTime};

use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};
use rustix::time::{ClockId, clock_gettime};

use super::Fill;
use crate::time::nanos;

/// What the machine says at an instant of the thread that asks, of its process, and of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The processor's time that the thread has taken.
    pub cpu: Duration,
    /// By how many nanoseconds the wall clock is ahead of the run's clock.
    pub wall_ahead: i128,
    /// Descriptors of the process.
    pub descriptors: Fill,
    /// TCP sockets, of the ports for connections going out.
    pub ports: Fill,
    /// Connections that are closed and still hold their port.
    pub waiting: u64,
}

/// What a machine can run out of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scarce {
    /// File descriptors, of the process or of the machine.
    Descriptors,
    /// Ports for connections going out.
    Ports,
    /// Memory, of the machine or of what a worker may take.
    Memory,
}

impl Scarce {
    /// What an error of the operating system says has run out. A missing address is one of its names for missing ports, and has other
    /// causes too, such as an address of a family that the machine does not have: it is up to whoever knows the ports.
    pub fn of(error: &io::Error) -> Option<Self> {
        if error.kind() == io::ErrorKind::OutOfMemory {
            return Some(Self::Memory);
        }
        match Errno::from_io_error(error)? {
            Errno::MFILE | Errno::NFILE => Some(Self::Descriptors),
            Errno::ADDRNOTAVAIL => Some(Self::Ports),
            Errno::NOBUFS => Some(Self::Memory),
            _ => None,
        }
    }
}

impl Reading {
    /// Whether ports have run out, or all but: those in use and those that are held by closed connections.
    pub(crate) fn is_out_of_ports(&self) -> bool {
        Fill::new(self.ports.used + self.waiting, self.ports.of).exceeds(90)
    }
}

/// Reads what there is to read. What can't be read is nothing of nothing.
pub(crate) fn read(wall_ahead: i128) -> Reading {
    let sockets = sockets().unwrap_or_default();
    Reading {
        cpu: thread_time(),
        wall_ahead,
        descriptors: descriptors().unwrap_or_default(),
        ports: sockets.ports(),
        waiting: sockets.waiting,
    }
}

/// By how many nanoseconds the wall clock is ahead of a clock that shows nanoseconds: read between two readings of that. Of some tries
/// the quickest counts, so that a thread that is interrupted between them sees no step.
pub(crate) fn wall_ahead(clock: impl Fn() -> u64) -> i128 {
    const TRIES: usize = 5;
    const QUICK: u64 = 20_000;
    let (mut least, mut ahead) = (u64::MAX, 0);
    for _ in 0..TRIES {
        let before = clock();
        let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let took = clock().saturating_sub(before);
        if took < least {
            let between = before + took / 2;
            least = took;
            ahead = i128::from(wall.map_or(0, nanos)) - i128::from(between);
        }
        if least < QUICK {
            break;
        }
    }
    ahead
}

/// The processor's time that this thread has taken.
fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::from_secs(time.tv_sec.unsigned_abs())
        + Duration::from_nanos(time.tv_nsec.unsigned_abs())
}

/// The process's descriptors. A newer Linux says how many there are by the folder's size; of an older one they have to be counted.
fn descriptors() -> Option<Fill> {
    const FOLDER: &str = "/proc/self/fd";
    let of = getrlimit(Resource::Nofile).current?;
    let said = std::fs::metadata(FOLDER).ok()?.len();
    let used = if said > 0 {
        said
    } else {
        std::fs::read_dir(FOLDER).ok()?.count() as u64
    };
    Some(Fill::new(used, of))
}

/// What the machine's network says of TCP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sockets {
    used: u64,
    waiting: u64,
    range: u64,
    /// Whether a port that waits is given away again where it is needed.
    reused: bool,
}

impl Sockets {
    /// Sockets that hold a port. More than are needed: those that listen and those that came in do not need one of the range.
    fn ports(self) -> Fill {
        let waiting = if self.reused { 0 } else { self.waiting };
        Fill::new(self.used + waiting, self.range)
    }
}

fn sockets() -> Option<Sockets> {
    let file = |path: &str| std::fs::read_to_string(path).ok();
    let range = file("/proc/sys/net/ipv4/ip_local_port_range")?;
    let reuse = file("/proc/sys/net/ipv4/tcp_tw_reuse").unwrap_or_default();
    let four = file("/proc/net/sockstat")?;
    let six = file("/proc/net/sockstat6").unwrap_or_default();
    sockets_of(&range, &reuse, &four, &six)
}

fn sockets_of(range: &str, reuse: &str, four: &str, six: &str) -> Option<Sockets> {
    let mut bounds = range.split_whitespace().map(str::parse::<u64>);
    let (first, last) = (bounds.next()?.ok()?, bounds.next()?.ok()?);
    let used = number(four, "TCP:", "inuse")? + number(six, "TCP6:", "inuse").unwrap_or(0);
    Some(Sockets {
        used,
        waiting: number(four, "TCP:", "tw").unwrap_or(0),
        range: (last + 1).saturating_sub(first),
        // 1: for any address; 2: for this machine's own. 0: for none.
        reused: reuse.trim() != "0",
    })
}

/// The number behind a word in the line that begins so.
fn number(text: &str, line: &str, word: &str) -> Option<u64> {
    let line = text.lines().find_map(|all| all.strip_prefix(line))?;
    let mut words = line.split_whitespace();
    words.by_ref().find(|each| *each == word)?;
    words.next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_says_of_sockets_is_read() {
        let four = "sockets: used 155\nTCP: inuse 19 orphan 0 tw 4001 alloc 24 mem 3\nUDP: inuse 3 mem 1\n";
        let six = "TCP6: inuse 6\nUDP6: inuse 2\n";
        let sockets = |reuse: &str| sockets_of("32768\t60999\n", reuse, four, six).unwrap();
        assert_eq!(sockets("2\n").ports(), Fill::new(25, 28_232));
        assert_eq!(sockets("0\n").ports(), Fill::new(4026, 28_232));
        assert_eq!(sockets("2\n").waiting, 4001);
        assert_eq!(sockets_of("", "2", four, six), None);
        assert_eq!(sockets_of("1 2", "2", "TCP: orphan 0", six), None);
    }

    #[test]
    fn errors_of_the_system_tell_what_has_run_out() {
        let of = |errno: Errno| Scarce::of(&io::Error::from(errno));
        assert_eq!(of(Errno::MFILE), Some(Scarce::Descriptors));
        assert_eq!(of(Errno::NFILE), Some(Scarce::Descriptors));
        assert_eq!(of(Errno::ADDRNOTAVAIL), Some(Scarce::Ports));
        assert_eq!(of(Errno::NOMEM), Some(Scarce::Memory));
        assert_eq!(of(Errno::NOBUFS), Some(Scarce::Memory));
        let own = io::ErrorKind::OutOfMemory;
        assert_eq!(Scarce::of(&own.into()), Some(Scarce::Memory));
        assert_eq!(of(Errno::CONNREFUSED), None);
        let kind = io::ErrorKind::AddrNotAvailable;
        assert_eq!(Scarce::of(&kind.into()), None, "that is not the system's");
    }

    #[test]
    fn a_missing_port_is_one_only_where_they_are_used_up() {
        let reading = |used, waiting| Reading {
            ports: Fill::new(used, 100),
            waiting,
            ..Reading::default()
        };
        assert!(!reading(10, 80).is_out_of_ports());
        assert!(reading(10, 81).is_out_of_ports());
        assert!(!Reading::default().is_out_of_ports());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_machine_says_something_of_everything() {
        let reading = read(0);
        let open = std::fs::File::open("/proc/self/status").unwrap();
        let more = read(0);
        assert!(more.descriptors.used > 0 && more.descriptors.of >= more.descriptors.used);
        assert!(more.ports.of > 0 && more.cpu >= reading.cpu && more.cpu > Duration::ZERO);
        drop(open);
    }

    #[test]
    fn the_wall_clock_is_as_far_ahead_as_it_was_where_nobody_sets_it() {
        let begun = std::time::Instant::now();
        let clock = || nanos(begun.elapsed());
        let (first, second) = (wall_ahead(clock), wall_ahead(clock));
        assert!(first > 0 && (first - second).abs() < 1_000_000_000);
        // A clock that jumps between two readings is read again.
        let readings = std::cell::Cell::new(0);
        let interrupted = || {
            readings.set(readings.get() + 1);
            if readings.get() <= 2 {
                readings.get() * 1_000_000_000
            } else {
                2_000_000_000
            }
        };
        let _ahead = wall_ahead(interrupted);
        assert_eq!(readings.get(), 4);
    }
}
