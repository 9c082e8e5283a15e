//! Pauses.

use super::super::error::UserError;
use super::super::walk::Turn;
use crate::script::model::{Jitter, Think, ThinkError, ThinkTime};

/// A pause.
#[derive(Debug)]
pub(in crate::run) struct ThinkStep {
    time: ThinkTime,
    jitter: Option<Jitter>,
}

impl ThinkStep {
    pub(super) fn compile(think: &Think) -> Self {
        Self {
            time: think.time.clone(),
            jitter: think.jitter,
        }
    }

    /// Pauses.
    ///
    /// # Errors
    /// Where a placeholder gives no duration.
    pub(in crate::run) async fn run(&self, turn: Turn<'_>) -> Result<(), UserError> {
        let mut draws = turn.draws();
        let time = self.time.duration(turn.vars, &mut draws);
        let mut time = time.map_err(|error| match &self.time {
            ThinkTime::Template(template) => ThinkError {
                text: turn.engine.legible(template, error.text),
                ..error
            },
            ThinkTime::Fixed(_) => error,
        })?;
        if let Some(jitter) = self.jitter {
            time = jitter.spread(time, &mut draws);
        }
        turn.meter.cx().sleep(time).await;
        Ok(())
    }
}
