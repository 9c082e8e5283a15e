//! Whether a request is made.

use super::super::draws;
use super::super::error::UserError;
use super::super::walk::Turn;
use crate::condition::Condition;
use crate::script::model::Request;

/// What decides whether a request is made.
#[derive(Debug)]
pub(super) struct Guard {
    probability: Option<f64>,
    condition: Option<Condition>,
}

impl Guard {
    pub(super) fn compile(request: &Request) -> Self {
        Self {
            probability: request.probability,
            condition: request.condition.clone(),
        }
    }

    /// Whether the user that comes to the request makes it. What is drawn for that is drawn apart: the request itself draws the same
    /// whatever stands before it.
    ///
    /// # Errors
    /// Where the condition neither holds nor does not.
    pub(super) fn lets_pass(&self, turn: &Turn<'_>) -> Result<bool, UserError> {
        if let Some(probability) = self.probability {
            let drawn = turn.draws_for(draws::CHANCE).unit_interval();
            if drawn * 100.0 >= probability {
                return Ok(false);
            }
        }
        let Some(condition) = &self.condition else {
            return Ok(true);
        };
        let mut draws = turn.draws_for(draws::CONDITION);
        condition
            .holds(turn.vars, &mut draws)
            .map_err(|error| UserError::Condition(condition.source().to_owned(), error))
    }
}
