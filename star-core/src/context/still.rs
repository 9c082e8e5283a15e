//! A worker that stood still, as those see it who were to be woken meanwhile.

use std::time::Duration;

use crate::time::Time;

/// The last time that a worker stood still: from the first instant at which somebody was to be woken until somebody was.
#[derive(Clone, Copy, Debug)]
pub(super) struct Still {
    from: Time,
    to: Time,
}

impl Still {
    /// It has not yet.
    pub(super) const NEVER: Self = Self {
        from: Time::from_nanos(0),
        to: Time::from_nanos(0),
    };

    /// Of somebody who was to be woken at an instant, and was at another: when they may go on, where that is not now. While a worker stands still no
    /// pause passes, so that those who waited go on as far apart as they would have; one burst of all of them is nothing that anybody asked for. Who
    /// is later by no more than this goes on at once, as units do that are due.
    ///
    /// Whoever waits is woken in the order of their instants, so the first who is too late says when it began.
    pub(super) fn until(&mut self, due: Time, now: Time, late: Duration) -> Option<Time> {
        if now.since(due) <= late {
            return None;
        }
        if due > self.to {
            (self.from, self.to) = (due, now);
        }
        Some(self.to + due.since(self.from)).filter(|next| *next > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATE: Duration = Duration::from_millis(100);

    fn at(millis: u64) -> Time {
        Time::from_nanos(millis * 1_000_000)
    }

    #[test]
    fn those_who_were_to_be_woken_meanwhile_go_on_as_far_apart_as_they_would_have() {
        let mut still = Still::NEVER;
        // It stands still from 1,000 to 3,000, and is not done with all of them at once.
        assert_eq!(still.until(at(1000), at(3000), LATE), None);
        assert_eq!(still.until(at(1005), at(3000), LATE), Some(at(3005)));
        assert_eq!(still.until(at(1300), at(3001), LATE), Some(at(3300)));
        assert_eq!(still.until(at(2899), at(3002), LATE), Some(at(4899)));
        // Those of the late limit, and those who have waited again.
        assert_eq!(still.until(at(2950), at(3003), LATE), None);
        assert_eq!(still.until(at(3300), at(3301), LATE), None);
        // The next time has a beginning of its own.
        assert_eq!(still.until(at(4000), at(5000), LATE), None);
        assert_eq!(still.until(at(4010), at(5000), LATE), Some(at(5010)));
    }

    #[test]
    fn whoever_has_no_limit_is_never_late() {
        let mut still = Still::NEVER;
        assert_eq!(still.until(at(1), at(9_000_000), Duration::MAX), None);
    }
}
