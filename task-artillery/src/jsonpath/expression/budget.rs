//! A bound on work.

use thiserror::Error;

/// The steps that may still be taken.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: u64,
    left: u64,
}

/// The work was given up because it takes too many steps.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("it takes more than {limit} steps")]
pub struct TooMuch {
    /// The most steps that were allowed.
    pub limit: u64,
}

impl Budget {
    /// Allows `limit` steps.
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, left: limit }
    }

    /// Takes some steps.
    pub(crate) fn spend(&mut self, steps: usize) -> Result<(), TooMuch> {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        match self.left.checked_sub(steps) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(self.exhausted()),
        }
    }

    /// The error of work that is given up.
    pub(crate) fn exhausted(&self) -> TooMuch {
        TooMuch { limit: self.limit }
    }

    /// Takes the steps of one pass over `bytes` of text.
    pub(crate) fn spend_on_text(&mut self, bytes: usize) -> Result<(), TooMuch> {
        self.spend(bytes / 16)
    }
}
