//! The system's clock.

use std::time::Duration;

use async_trait::async_trait;
use rustix::time::{ClockId, clock_gettime};

use super::{Clock, Timer};
use crate::health::{self, Reading};
use crate::time::Time;

/// The system's clock: the wall clock is read once, when it is made; from then on time is what the monotonic clock adds to that. A
/// step of the wall clock during a run moves nothing.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    wall: u64,
    monotonic: u64,
}

impl SystemClock {
    /// Reads the wall clock.
    pub fn new() -> Self {
        let monotonic = monotonic_nanos();
        let wall = i128::from(monotonic) + health::wall_ahead(monotonic_nanos);
        Self {
            wall: u64::try_from(wall).unwrap_or_default(),
            monotonic,
        }
    }

    fn to_monotonic(self, at: Time) -> u64 {
        at.as_nanos().saturating_sub(self.wall) + self.monotonic
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait(?Send)]
impl Clock for SystemClock {
    fn now(&self) -> Time {
        Time::from_nanos(self.wall) + Duration::from_nanos(monotonic_nanos() - self.monotonic)
    }

    fn timer(&self) -> Box<dyn Timer> {
        #[cfg(target_os = "linux")]
        if let Ok(timer) = timerfd::TimerFd::new(*self) {
            return Box::new(timer);
        }
        Box::new(Coarse(*self))
    }

    /// Waits by the runtime's own timer, which rounds up to a millisecond and costs no descriptor.
    async fn sleep_until(&self, at: Time) {
        Coarse(*self).until(at).await;
    }

    fn reading(&self) -> Option<Reading> {
        let ahead = health::wall_ahead(|| self.now().as_nanos());
        Some(health::read(ahead))
    }
}

fn monotonic_nanos() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec.unsigned_abs() * 1_000_000_000 + now.tv_nsec.unsigned_abs()
}

/// The runtime's timer: up to a millisecond late.
#[derive(Debug)]
struct Coarse(SystemClock);

#[async_trait(?Send)]
impl Timer for Coarse {
    async fn until(&mut self, at: Time) {
        loop {
            let left = at.since(self.0.now());
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left).await;
        }
    }
}

#[cfg(target_os = "linux")]
mod timerfd {
    //! An absolute timer of the kernel: exact to some ten microseconds, where the runtime's own timer rounds up to a millisecond.

    use std::io;
    use std::os::fd::OwnedFd;

    use async_trait::async_trait;
    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
        timerfd_settime,
    };
    use tokio::io::Interest;
    use tokio::io::unix::AsyncFd;

    use super::{Clock as _, Coarse, SystemClock, Timer};
    use crate::time::Time;

    #[derive(Debug)]
    pub(super) struct TimerFd {
        clock: SystemClock,
        fd: AsyncFd<OwnedFd>,
    }

    impl TimerFd {
        pub(super) fn new(clock: SystemClock) -> io::Result<Self> {
            let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
            let fd = timerfd_create(TimerfdClockId::Monotonic, flags)?;
            #[expect(
                deprecated,
                reason = "its unsafe successor guards against owners that close or swap their descriptor; an OwnedFd that nobody else can reach does neither"
            )]
            let fd = AsyncFd::with_interest(fd, Interest::READABLE)?;
            Ok(Self { clock, fd })
        }

        /// Setting it anew also clears an expiry not yet seen, so nothing is ever read from it.
        fn set(&self, at: Time) -> io::Result<()> {
            const ZERO: Timespec = Timespec {
                tv_sec: 0,
                tv_nsec: 0,
            };
            let nanos = self.clock.to_monotonic(at);
            let expiry = Timespec {
                tv_sec: i64::try_from(nanos / 1_000_000_000).unwrap_or(i64::MAX),
                tv_nsec: (nanos % 1_000_000_000).cast_signed(),
            };
            let spec = Itimerspec {
                it_interval: ZERO,
                it_value: expiry,
            };
            timerfd_settime(&self.fd, TimerfdTimerFlags::ABSTIME, &spec)?;
            Ok(())
        }
    }

    #[async_trait(?Send)]
    impl Timer for TimerFd {
        async fn until(&mut self, at: Time) {
            while self.clock.now() < at {
                if self.set(at).is_err() {
                    return Coarse(self.clock).until(at).await;
                }
                match self.fd.readable().await {
                    Ok(mut ready) => ready.clear_ready(),
                    Err(_) => return Coarse(self.clock).until(at).await,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_timer_never_fires_early_and_can_be_set_again() {
        let clock = SystemClock::new();
        let mut timer = clock.timer();
        for micros in [300, 50, 2_000, 0, 700] {
            let at = clock.now() + Duration::from_micros(micros);
            timer.until(at).await;
            assert!(clock.now() >= at);
        }
        timer.until(Time::default()).await;
    }
}
