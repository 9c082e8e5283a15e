//! The environments of a function: how many are added, and which are free.

use std::time::Duration;

use star_core::{Time, nanos};

/// The environments of one function.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    /// When the next environment would be due if they were added evenly.
    even: u64,
    /// Until when those that are free are kept, the newest last.
    pub(crate) free: Vec<Time>,
}

impl Pool {
    /// An environment, if one can be had: whether it must start first.
    pub(crate) fn acquire(&mut self, now: Time, most: u32, window: Duration) -> Option<bool> {
        while let Some(until) = self.free.pop() {
            if until >= now {
                return Some(false);
            }
        }
        // So many at once, and then evenly: what is not used is not saved up.
        let (now, window) = (now.as_nanos(), nanos(window));
        let each = window / u64::from(most.max(1));
        let even = self.even.max(now);
        if even > now + window.saturating_sub(each) {
            return None;
        }
        self.even = even + each;
        Some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::LAUNCH;

    #[test]
    fn environments_are_added_at_once_and_then_evenly_and_none_is_saved_up() {
        let (mut pool, window) = (Pool::default(), Duration::from_secs(10));
        let mut added = |at: u64| {
            let now = LAUNCH + Duration::from_millis(at);
            std::iter::repeat_with(|| pool.acquire(now, 1_000, window))
                .take_while(Option::is_some)
                .count()
        };
        assert_eq!(added(0), 1_000);
        assert_eq!(added(5), 0);
        assert_eq!(added(500), 50);
        assert_eq!(added(10_500), 1_000);
        assert_eq!(added(1_000_000), 1_000);
    }

    #[test]
    fn an_environment_that_is_free_needs_no_start_until_it_is_given_up() {
        let mut pool = Pool::default();
        let later = LAUNCH + Duration::from_secs(5);
        pool.free.push(later);
        pool.free.push(LAUNCH);
        let window = Duration::from_secs(10);
        assert_eq!(pool.acquire(later, 1, window), Some(false));
        pool.free.push(LAUNCH);
        assert_eq!(pool.acquire(later, 1, window), Some(true));
        assert_eq!(pool.acquire(later, 1, window), None);
    }
}
