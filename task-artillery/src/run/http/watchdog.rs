//! Limits of time that hardly ever run out.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

/// One user's limit of time, set anew for each thing that it waits for.
///
/// Setting a timer of the runtime costs more than all the rest of waiting, and a request takes a thousandth of its limit. So the timer
/// is left to run when the limit moves into the future; if it rings too early, it is set to what is left. And the clock is read only
/// where something is not there at once.
#[derive(Debug)]
pub(super) struct Watchdog {
    timer: Option<Pin<Box<Sleep>>>,
    limit: Limit,
    /// Of what comes in parts, how long all of them may take.
    whole: Option<Limit>,
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

    /// Whether the limit has run out; if not, the task is woken when it does.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Elapsed> {
        let deadline = self.deadline();
        // A peer that never stops sending uses up what a task may do in one go, and then no timer says that it has rung.
        if !tokio::task::coop::has_budget_remaining() && Instant::now() >= deadline {
            return Poll::Ready(Elapsed);
        }
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        if timer.deadline() > deadline {
            timer.as_mut().reset(deadline);
        }
        while timer.as_mut().poll(cx).is_ready() {
            if Instant::now() >= deadline {
                return Poll::Ready(Elapsed);
            }
            timer.as_mut().reset(deadline);
        }
        Poll::Pending
    }

    /// Waits for something, for at most so long.
    pub(super) async fn limit<T>(
        &mut self,
        limit: Duration,
        work: impl Future<Output = T>,
    ) -> Result<T, Elapsed> {
        self.set(limit);
        let mut work = pin!(work);
        poll_fn(|cx| match work.as_mut().poll(cx) {
            Poll::Ready(done) => Poll::Ready(Ok(done)),
            Poll::Pending => self.poll(cx).map(Err),
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_limit_in_force_is_the_last_one_set() {
        let begun = Instant::now();
        let mut watchdog = Watchdog::new();
        let second = Duration::from_secs(1);
        let never = || std::future::pending::<()>();
        assert_eq!(watchdog.limit(second, never()).await, Err(Elapsed));
        assert_eq!(begun.elapsed(), second);
        // The timer was set for a second; the limit moves on twice before it rings.
        assert_eq!(
            watchdog
                .limit(10 * second, tokio::time::sleep(second))
                .await,
            Ok(())
        );
        assert_eq!(watchdog.limit(10 * second, never()).await, Err(Elapsed));
        assert_eq!(begun.elapsed(), 12 * second);
        // A shorter limit than the timer was set for is kept too.
        assert_eq!(
            watchdog
                .limit(100 * second, tokio::time::sleep(second))
                .await,
            Ok(())
        );
        assert_eq!(watchdog.limit(2 * second, never()).await, Err(Elapsed));
        assert_eq!(begun.elapsed(), 15 * second);
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_may_be_longer_than_any_clock() {
        let mut watchdog = Watchdog::new();
        assert_eq!(
            watchdog
                .limit(Duration::MAX, tokio::time::sleep(Duration::from_secs(1)))
                .await,
            Ok(())
        );
    }
}
