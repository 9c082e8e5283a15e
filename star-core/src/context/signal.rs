//! A signal that is given once, for all who wait for it on one thread.
//!
//! Every unit waits for one beside all else that it waits for, and nearly none ever hears it. `tokio_util`'s `CancellationToken`, which may be waited
//! for by any thread, takes two locks for each time that a unit is woken.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use slab::Slab;

/// A signal, of which clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signal {
    shared: Rc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    given: Cell<bool>,
    waiting: RefCell<Slab<Waker>>,
}

impl Signal {
    /// Gives it. Once it is given, it stays so.
    pub(crate) fn give(&self) {
        self.shared.given.set(true);
        // Who is woken may do anything, also with this signal.
        let woken = std::mem::take(&mut *self.shared.waiting.borrow_mut());
        for (_, waker) in woken {
            waker.wake();
        }
    }

    /// Whether it is given.
    pub(crate) fn is_given(&self) -> bool {
        self.shared.given.get()
    }

    /// Returns when it is given.
    pub(crate) fn given(&self) -> Given<'_> {
        Given {
            shared: &self.shared,
            place: None,
        }
    }
}

/// The wait for a signal.
#[derive(Debug)]
pub(crate) struct Given<'s> {
    shared: &'s Shared,
    /// Where the waker is of who waits.
    place: Option<usize>,
}

impl Future for Given<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.shared.given.get() {
            return Poll::Ready(());
        }
        let mut waiting = self.shared.waiting.borrow_mut();
        match self.place.map(|place| &mut waiting[place]) {
            Some(waker) if waker.will_wake(cx.waker()) => {}
            Some(waker) => {
                let _before = std::mem::replace(waker, cx.waker().clone());
                // The last waker of a task has the task with it, which may wait for this signal too.
                drop(waiting);
            }
            None => {
                let place = waiting.insert(cx.waker().clone());
                drop(waiting);
                self.place = Some(place);
            }
        }
        Poll::Pending
    }
}

impl Drop for Given<'_> {
    fn drop(&mut self) {
        // Once it is given, nobody's waker is there any more.
        if let Some(place) = self.place.filter(|_| !self.shared.given.get()) {
            let waker = self.shared.waiting.borrow_mut().remove(place);
            drop(waker);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;

    use tokio::task::yield_now;

    use super::*;

    #[tokio::test]
    async fn all_who_wait_hear_it_and_who_comes_later_does_not_wait() {
        let signal = Signal::default();
        let same = signal.clone();
        let heard = Cell::new(0);
        let waits = async {
            signal.given().await;
            heard.set(heard.get() + 1);
        };
        let more = async {
            same.given().await;
            heard.set(heard.get() + 1);
        };
        let gives = async {
            yield_now().await;
            assert!(!signal.is_given());
            assert_eq!(heard.get(), 0);
            same.give();
        };
        tokio::join!(waits, more, gives);
        assert_eq!(heard.get(), 2);
        assert!(signal.is_given());
        signal.given().await;
        signal.give();
    }

    #[tokio::test]
    async fn who_waits_no_more_is_forgotten_and_who_is_polled_by_another_is_found() {
        let signal = Signal::default();
        {
            let mut left = pin!(signal.given());
            let polled = poll_fn(|cx| Poll::Ready(left.as_mut().poll(cx))).await;
            assert_eq!(polled, Poll::Pending);
            assert_eq!(signal.shared.waiting.borrow().len(), 1);
        }
        assert!(signal.shared.waiting.borrow().is_empty());
        // It was polled by nobody before, and is by this task now.
        let mut moved = pin!(signal.given());
        let nobody = &mut Context::from_waker(Waker::noop());
        assert_eq!(moved.as_mut().poll(nobody), Poll::Pending);
        let gives = async {
            yield_now().await;
            signal.give();
        };
        tokio::join!(moved, gives);
        assert!(signal.shared.waiting.borrow().is_empty());
    }
}
