//! Pauses.

use super::super::error::UserError;
use super::super::user::Turn;
use crate::script::model::{Think, ThinkError, ThinkTime};

/// A pause.
#[derive(Debug)]
pub(in crate::run) struct ThinkStep {
    time: ThinkTime,
}

impl ThinkStep {
    pub(super) fn compile(think: &Think) -> Self {
        Self {
            time: think.time.clone(),
        }
    }

    /// Pauses.
    ///
    /// # Errors
    /// Where a placeholder gives no duration.
    pub(in crate::run) async fn run(&self, turn: Turn<'_>) -> Result<(), UserError> {
        let mut draws = turn.draws();
        let time = self.time.duration(turn.vars, &mut draws);
        let time = time.map_err(|error| match &self.time {
            ThinkTime::Template(template) => ThinkError {
                text: turn.engine.legible(template, error.text),
                ..error
            },
            ThinkTime::Fixed(_) => error,
        })?;
        turn.meter.cx().sleep(time).await;
        Ok(())
    }
}
