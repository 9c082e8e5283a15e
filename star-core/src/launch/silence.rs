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
    /// Since when each look is refused for a reason that lasts, and how often it was.
    refused: Option<(Time, u32)>,
}

impl Silence {
    /// How long it is borne.
    const PATIENCE: Duration = Duration::from_mins(2);

    /// The same, and how often it is looked, where asking again is no use: a permission may take a moment to be known everywhere.
    const LASTING: Duration = Duration::from_secs(3);
    const LOOKS: u32 = 4;

    pub(super) fn new(now: Time, observer: &Observer) -> Self {
        Self {
            answers: observer.answers(),
            heard_at: now,
            unread: None,
            refused: None,
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
                self.refused = None;
                return Ok(Some(seen));
            }
            Err(error) => error,
        };
        if self.is_refused(&error, now) {
            return Err(error);
        }
        let before = self.unread.take().filter(|(key, _)| *key == error.key);
        let since = before.map_or(now, |(_, since)| since);
        if now.since(self.heard_at.min(since)) > Self::PATIENCE {
            return Err(error);
        }
        self.unread = Some((error.key, since));
        Ok(None)
    }

    /// Whether that was said often enough by a place that will say it again.
    fn is_refused(&mut self, error: &LedgerError, now: Time) -> bool {
        let before = self.refused.take().filter(|_| error.lasting);
        let (since, looks) = before.unwrap_or((now, 0));
        self.refused = error.lasting.then_some((since, looks + 1));
        error.lasting && looks + 1 >= Self::LOOKS && now.since(since) >= Self::LASTING
    }
}
