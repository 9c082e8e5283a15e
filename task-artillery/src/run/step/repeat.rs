//! Loops.
//!
//! A loop does not run its steps itself: it tells the walk which [`Round`] comes next, so that loops in loops are no calls in calls.

use std::ops::Range;

use serde_json::Value;
use star_core::Failure;

use super::super::engine::Compiler;
use super::super::error::UserError;
use super::super::walk::Turn;
use super::Step;
use crate::script::Vars;
use crate::script::model::{Loop, LoopError, Rounds};
use crate::script::path::Path;

/// Steps, several times.
#[derive(Debug)]
pub(in crate::run) struct RepeatStep {
    rounds: Rounds,
    counter: Path,
    element: Path,
    flow: Vec<Step>,
}

/// Where a loop is.
#[derive(Clone, Debug)]
pub(in crate::run) struct Round {
    numbers: Range<u64>,
    /// How many rounds are done.
    done: u64,
}

impl RepeatStep {
    pub(super) fn compile(repeat: &Loop, compiler: &mut Compiler<'_>) -> Result<Self, Failure> {
        Ok(Self {
            rounds: repeat.rounds.clone(),
            counter: Path::parse(&repeat.counter),
            element: Path::parse(&repeat.element),
            flow: Step::compile_all(&repeat.flow, compiler)?,
        })
    }

    /// What each round does.
    pub(in crate::run) fn flow(&self) -> &[Step] {
        &self.flow
    }

    /// Begins the loop: its first round, if it has one.
    ///
    /// # Errors
    /// Where a placeholder gives no count.
    pub(in crate::run) fn begin(&self, turn: &mut Turn<'_>) -> Result<Option<Round>, UserError> {
        let mut draws = turn.draws();
        let numbers = self.rounds.range(turn.vars, &mut draws);
        let numbers = numbers.map_err(|LoopError { text }| match &self.rounds {
            Rounds::Template(template) => LoopError {
                text: turn.engine.legible(template, text),
            },
            _ => LoopError { text },
        })?;
        turn.vars.set(&self.counter, Value::from(numbers.start));
        if !matches!(self.rounds, Rounds::Each(_) | Rounds::EachOf(_)) {
            turn.vars.set(&self.element, Value::from(numbers.start));
        }
        let round = Round { numbers, done: 0 };
        let none = round.numbers.is_empty() || self.flow.is_empty();
        Ok((!none).then(|| self.enter(round, turn.vars)))
    }

    /// Goes on from a round to the next, if there is one.
    pub(in crate::run) fn next(&self, mut round: Round, vars: &mut Vars) -> Option<Round> {
        round.numbers.start += 1;
        round.done += 1;
        vars.set(&self.counter, Value::from(round.numbers.start));
        (!round.numbers.is_empty()).then(|| self.enter(round, vars))
    }

    fn enter(&self, round: Round, vars: &mut Vars) -> Round {
        if let Some(element) = self.rounds.element(vars, round.numbers.start) {
            vars.set(&self.element, element);
        }
        round
    }
}

impl Round {
    /// Its number, counted from 0.
    pub(in crate::run) fn number(&self) -> u64 {
        self.done
    }
}
