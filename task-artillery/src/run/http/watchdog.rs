//! Limits of time that hardly ever run out.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

/// One user's limit of time, set anew for each thing that it waits for.
///
/// Setting a timer of the runtime costs more than all the rest of waiting, and a request takes a thousandth of its limit. So the timer
/// is left to run when the limit moves into the future; if it rings too early, it is set to what is left. And the clock is read only
/// where something is not there at once.
///
/// A worker that stood still longer than a limit, such as one that was stopped, finds its timers rung before it has heard what came
/// meanwhile. So a timer that rings has the work looked at once more before it counts.
#[derive(Debug)]
pub(super) struct Watchdog {
    timer: Option<Pin<Box<Sleep>>>,
    limit: Limit,
    /// Of what comes in parts, how long all of them may take.
    whole: Option<Limit>,
    /// What the last deadline that was reached still waits for.
    reprieve: Option<Reprieve>,
}

/// A timer that rings so late was kept from it: its worker stood still, and so did all that it was about to do.
const LATE: Duration = Duration::from_millis(20);

/// For so long at most what was kept from being done may be done after the limit.
const LONGEST_REPRIEVE: Duration = Duration::from_secs(1);

/// What is still granted when a deadline is reached.
#[derive(Debug)]
struct Reprieve {
    deadline: Instant,
    /// Until when: as long again as the timer was late.
    until: Instant,
    look: Arc<Look>,
}

/// A look of the runtime at what has come for its tasks.
#[derive(Debug)]
struct Look {
    done: AtomicBool,
    waiting: Waker,
}

impl Look {
    /// Has the runtime look, and a task woken after that.
    fn begin(waiting: Waker) -> Arc<Self> {
        let look = Arc::new(Self {
            done: AtomicBool::new(false),
            waiting,
        });
        // Who yields is woken when the runtime has asked the system what is ready; being woken by anything else says nothing of that.
        let waker = Waker::from(Arc::clone(&look));
        let _not_yet = pin!(tokio::task::yield_now()).poll(&mut Context::from_waker(&waker));
        look
    }

    fn is_done(&self) -> bool {
        self.done.load(Ordering::Relaxed)
    }
}

impl Wake for Look {
    fn wake(self: Arc<Self>) {
        self.done.store(true, Ordering::Relaxed);
        self.waiting.wake_by_ref();
    }
}

/// How long is waited.
#[derive(Clone, Copy, Debug)]
enum Limit {
    /// So long from when waiting begins.
    For(Duration),
    /// Until then.
    Until(Instant),
}

impl Limit {
    /// When it runs out; where it is not running yet, it is from now on.
    fn deadline(&mut self) -> Instant {
        // Some decades are as good as any longer time.
        const LONGEST: Duration = Duration::from_hours(24 * 365 * 30);
        match *self {
            Self::Until(deadline) => deadline,
            Self::For(limit) => {
                let deadline = Instant::now() + limit.min(LONGEST);
                *self = Self::Until(deadline);
                deadline
            }
        }
    }
}

/// The limit has run out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Elapsed;

impl Watchdog {
    pub(super) fn new() -> Self {
        Self {
            timer: None,
            limit: Limit::For(Duration::ZERO),
            whole: None,
            reprieve: None,
        }
    }

    /// Sets the limit to so long from when something is waited for next.
    pub(super) fn set(&mut self, limit: Duration) {
        self.set_next(limit);
        self.whole = None;
    }

    /// Sets the limit for the first part of something, and that for all of it.
    pub(super) fn set_in_all(&mut self, limit: Duration, in_all: Duration) {
        self.set_next(limit);
        self.whole = Some(Limit::For(in_all));
    }

    /// Sets the limit for the next part; that for all of it goes on.
    pub(super) fn set_next(&mut self, limit: Duration) {
        self.limit = Limit::For(limit);
    }

    /// Whether the limit for all of it has run out, and not only that for its last part.
    pub(super) fn is_over_in_all(&mut self) -> bool {
        let end = self.whole.as_mut().map(Limit::deadline);
        end.is_some_and(|end| end <= Instant::now())
    }

    fn deadline(&mut self) -> Instant {
        let deadline = self.limit.deadline();
        let end = self.whole.as_mut().map(Limit::deadline);
        end.map_or(deadline, |end| end.min(deadline))
    }

    /// Whether the limit has run out; if not, the task is woken when it does, or when it is to look again.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Elapsed> {
        let deadline = self.deadline();
        let reprieve = self.reprieve.as_ref();
        let reprieve = reprieve.filter(|reprieve| reprieve.deadline == deadline);
        let end = reprieve.map_or(deadline, |reprieve| reprieve.until);
        // A peer that never stops sending uses up what a task may do in one go, and then no timer says that it has rung.
        if !tokio::task::coop::has_budget_remaining() && Instant::now() >= end {
            return self.rung(deadline, cx);
        }
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(end)));
        if timer.deadline() > end {
            timer.as_mut().reset(end);
        }
        while timer.as_mut().poll(cx).is_ready() {
            if Instant::now() >= end {
                return self.rung(deadline, cx);
            }
            timer.as_mut().reset(end);
        }
        Poll::Pending
    }

    /// A deadline, or what was granted beyond it, is reached.
    fn rung(&mut self, deadline: Instant, cx: &Context<'_>) -> Poll<Elapsed> {
        let known = self.reprieve.take();
        let until = match known.filter(|known| known.deadline == deadline) {
            Some(known) if known.look.is_done() => return Poll::Ready(Elapsed),
            Some(known) => known.until,
            None => {
                let now = Instant::now();
                let late = Some(now.saturating_duration_since(deadline));
                let late = late.filter(|late| *late > LATE).unwrap_or_default();
                now + late.min(LONGEST_REPRIEVE)
            }
        };
        self.reprieve = Some(Reprieve {
            deadline,
            until,
            look: Look::begin(cx.waker().clone()),
        });
        Poll::Pending
    }

    /// Waits for something, for at most so long. It stays where it is: what is handed over as it is has room twice.
    pub(super) async fn limit<T>(
        &mut self,
        limit: Duration,
        mut work: Pin<&mut impl Future<Output = T>>,
    ) -> Result<T, Elapsed> {
        self.set(limit);
        poll_fn(|cx| match work.as_mut().poll(cx) {
            Poll::Ready(done) => Poll::Ready(Ok(done)),
            Poll::Pending => self.poll(cx).map(Err),
        })
        .await
    }
}

#[cfg(test)]
mod tests;
