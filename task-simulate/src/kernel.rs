//! Virtual time: one queue of instants, to the nanosecond, and whoever waits for them.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use async_trait::async_trait;
use star_core::Time;
use star_core::clock::{Clock, Timer};
use tokio::task::LocalSet;

/// When simulated worlds begin.
pub(crate) const LAUNCH: Time = Time::from_nanos(1_800_000_000_000_000_000);

/// The time of a simulated world. It passes when nobody can go on.
#[derive(Debug)]
pub(crate) struct Kernel {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    now: Time,
    next: u64,
    /// By the instant, then in the order in which they began to wait.
    waiting: BTreeMap<(Time, u64), Waker>,
}

impl Kernel {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State {
                now: LAUNCH,
                next: 0,
                waiting: BTreeMap::new(),
            }),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // One thread drives a world; nothing is left half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> Time {
        self.state().now
    }

    /// How long it is since the launch.
    pub(crate) fn elapsed(&self) -> Duration {
        self.now().since(LAUNCH)
    }

    pub(crate) fn sleep_until(self: &Arc<Self>, at: Time) -> Sleep {
        Sleep {
            kernel: Arc::clone(self),
            at,
            place: None,
        }
    }

    pub(crate) fn sleep(self: &Arc<Self>, span: Duration) -> Sleep {
        self.sleep_until(self.now() + span)
    }

    /// Moves on to the next instant that somebody waits for; whether there is one.
    fn advance(&self) -> bool {
        let mut woken = Vec::new();
        {
            let mut state = self.state();
            let Some((&(at, _), _)) = state.waiting.first_key_value() else {
                return false;
            };
            state.now = at;
            while let Some(first) = state.waiting.first_entry()
                && first.key().0 == at
            {
                woken.push(first.remove());
            }
        }
        woken.into_iter().for_each(Waker::wake);
        true
    }

    /// Does the work in this world, with all that it spawns; none where nobody can go on and nobody waits for an instant.
    pub(crate) fn drive<A>(&self, work: impl Future<Output = A>) -> Option<A> {
        let local = LocalSet::new();
        let mut work = pin!(local.run_until(work));
        let alarm = Arc::new(Alarm(AtomicBool::new(true)));
        let waker = Waker::from(Arc::clone(&alarm));
        let mut cx = Context::from_waker(&waker);
        loop {
            while alarm.0.swap(false, Ordering::Relaxed) {
                if let Poll::Ready(done) = work.as_mut().poll(&mut cx) {
                    return Some(done);
                }
            }
            if !self.advance() {
                return None;
            }
        }
    }
}

/// Notes that somebody can go on.
struct Alarm(AtomicBool);

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Waits for an instant.
#[derive(Debug)]
pub(crate) struct Sleep {
    kernel: Arc<Kernel>,
    at: Time,
    place: Option<u64>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let kernel = Arc::clone(&self.kernel);
        let mut state = kernel.state();
        if state.now >= self.at {
            return Poll::Ready(());
        }
        let place = self.place.unwrap_or_else(|| {
            state.next += 1;
            state.next
        });
        self.place = Some(place);
        let waker = state.waiting.entry((self.at, place));
        waker
            .and_modify(|waker| waker.clone_from(cx.waker()))
            .or_insert_with(|| cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.kernel.state().waiting.remove(&(self.at, place));
        }
    }
}

/// A host's clock: the world's time, off by its skew.
#[derive(Clone, Debug)]
pub(crate) struct HostClock {
    pub(crate) kernel: Arc<Kernel>,
    /// By how many nanoseconds it is ahead.
    pub(crate) skew: i64,
}

impl HostClock {
    /// What this clock shows at an instant of the world.
    pub(crate) fn shown(&self, at: Time) -> Time {
        Time::from_nanos(at.as_nanos().saturating_add_signed(self.skew))
    }

    fn true_time(&self, shown: Time) -> Time {
        Time::from_nanos(shown.as_nanos().saturating_add_signed(-self.skew))
    }
}

#[async_trait(?Send)]
impl Clock for HostClock {
    fn now(&self) -> Time {
        self.shown(self.kernel.now())
    }

    fn timer(&self) -> Box<dyn Timer> {
        Box::new(self.clone())
    }
}

#[async_trait(?Send)]
impl Timer for HostClock {
    async fn until(&mut self, at: Time) {
        self.kernel.sleep_until(self.true_time(at)).await;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;

    #[test]
    fn time_passes_from_instant_to_instant_in_order() {
        let kernel = Kernel::new();
        let seen = Rc::new(RefCell::new(Vec::new()));
        let done = kernel.drive(async {
            for nanos in [3, 1, 2, 1] {
                let (kernel, seen) = (Arc::clone(&kernel), Rc::clone(&seen));
                tokio::task::spawn_local(async move {
                    kernel.sleep(Duration::from_nanos(nanos)).await;
                    seen.borrow_mut().push((nanos, kernel.elapsed().as_nanos()));
                });
            }
            kernel.sleep(Duration::from_hours(1)).await;
            kernel.elapsed()
        });
        assert_eq!(done, Some(Duration::from_hours(1)));
        assert_eq!(*seen.borrow(), [(1, 1), (1, 1), (2, 2), (3, 3)]);
    }

    #[test]
    fn where_nobody_waits_for_an_instant_the_world_stands_still() {
        let kernel = Kernel::new();
        assert_eq!(kernel.drive(std::future::pending::<()>()), None);
    }

    #[test]
    fn clocks_that_are_off_wait_for_what_they_show() {
        let kernel = Kernel::new();
        let skew = -2_000_000;
        let clock = HostClock {
            kernel: Arc::clone(&kernel),
            skew,
        };
        let late = kernel.drive(async {
            clock.sleep_until(LAUNCH + Duration::from_secs(1)).await;
            kernel.elapsed()
        });
        assert_eq!(late, Some(Duration::from_millis(1_002)));
        assert_eq!(clock.now(), LAUNCH + Duration::from_secs(1));
    }
}
