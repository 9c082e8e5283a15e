//! For how long a ledger that is looked at may be silent.

use std::time::Duration;

use crate::erased::Observer;
use crate::ledger::LedgerError;
use crate::time::Time;

/// For how long nothing was read of a ledger that is looked at again and again.
pub(super) struct Silence {
    /// How often it had answered, when that was last seen to have grown.
    answers: u64,
    heard_at: Time,
    /// The record that could not be read at the last look, and since when it can't.
    unread: Option<(String, Time)>,
}

impl Silence {
    /// How long it is borne.
    const PATIENCE: Duration = Duration::from_mins(2);

    pub(super) fn new(now: Time, observer: &Observer) -> Self {
        Self {
            answers: observer.answers(),
            heard_at: now,
            unread: None,
        }
    }

    /// What a look came to; none where another is to be tried.
    pub(super) fn after<A>(
        &mut self,
        looked: Result<A, LedgerError>,
        observer: &Observer,
        now: Time,
    ) -> Result<Option<A>, LedgerError> {
        if observer.answers() > self.answers {
            self.answers = observer.answers();
            self.heard_at = now;
        }
        let error = match looked {
            Ok(seen) => {
                self.unread = None;
                return Ok(Some(seen));
            }
            Err(error) => error,
        };
        let before = self.unread.take().filter(|(key, _)| *key == error.key);
        let since = before.map_or(now, |(_, since)| since);
        if now.since(self.heard_at.min(since)) > Self::PATIENCE {
            return Err(error);
        }
        self.unread = Some((error.key, since));
        Ok(None)
    }
}
