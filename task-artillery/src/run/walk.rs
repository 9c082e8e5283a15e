//! The way through a flow.

use star_core::Unit;
use star_core::draw::Draws;

use super::draws;
use super::engine::Engine;
use super::error::UserError;
use super::http::Client;
use super::meter::Meter;
use super::step::{RepeatStep, Round, Step, StepKind};
use super::user::User;
use crate::report::{LoadReport, Place};
use crate::script::Vars;

/// After so many steps others get their turn, also where none of the steps had to wait for anything.
const STEPS_A_TURN: u32 = 64;

/// One way through a flow: what changes of a user while it walks. A user that does one thing at a time has one.
#[derive(Debug)]
pub(super) struct Walk<'u> {
    /// Who walks.
    pub(super) user: &'u User,
    /// The variables.
    pub(super) vars: Vars,
    /// The client; none in a rehearsal.
    pub(super) client: Option<Client>,
    /// Where in reports the user is.
    pub(super) place: Place,
}

/// What a step has of the user that comes to it.
pub(super) struct Turn<'w> {
    /// What all users share.
    pub(super) engine: &'w Engine,
    /// The user's variables.
    pub(super) vars: &'w mut Vars,
    /// The user's client; none in a rehearsal.
    pub(super) client: Option<&'w mut Client>,
    /// Where measurements go.
    pub(super) meter: Meter<'w>,
    /// The user's number.
    pub(super) number: u64,
    unit: &'w Unit<LoadReport>,
    step: u64,
    iteration: u64,
}

impl Turn<'_> {
    /// What the user draws at this step, in this iteration of the loops around it.
    pub(super) fn draws(&self) -> Draws {
        self.unit.draws(self.step, self.iteration)
    }

    /// What the user draws here for something apart: one of the numbers of [`draws`].
    pub(super) fn draws_for(&self, purpose: u64) -> Draws {
        self.unit.draws(purpose + self.step, self.iteration)
    }
}

/// A flow that is being walked, and the loop that it is in, if it is.
struct Frame<'f> {
    flow: std::slice::Iter<'f, Step>,
    repeat: Option<(&'f RepeatStep, Round)>,
    /// The iteration of the loops around this flow, without and with its own.
    around: u64,
    iteration: u64,
}

impl<'u> Walk<'u> {
    /// Walks a flow to its end, or to the first error. `iteration` is that of the loops around it.
    pub(super) async fn through(
        &mut self,
        flow: &'u [Step],
        iteration: u64,
    ) -> Result<(), UserError> {
        let mut stack = vec![Frame::whole(flow, iteration)];
        let mut steps: u32 = 0;
        while let Some(frame) = stack.last_mut() {
            let Some(step) = frame.flow.next() else {
                if !frame.again(&mut self.vars) {
                    stack.pop();
                }
                continue;
            };
            steps = steps.wrapping_add(1);
            if steps.is_multiple_of(STEPS_A_TURN) {
                tokio::task::yield_now().await;
            }
            let iteration = frame.iteration;
            match &step.kind {
                StepKind::Request(request) => {
                    self.place.request = Some(request.number);
                    request.run(&mut self.turn(step.id, iteration)).await?;
                    self.place.request = None;
                }
                StepKind::Think(think) => think.run(self.turn(step.id, iteration)).await?,
                StepKind::Repeat(repeat) => {
                    if let Some(round) = repeat.begin(&mut self.turn(step.id, iteration))? {
                        stack.push(Frame::of(repeat, round, iteration));
                    }
                }
                StepKind::Log(log) => log.run(&self.turn(step.id, iteration)),
                // In a box of its own: a walk without such steps needs no room for it.
                StepKind::Parallel(parallel) => Box::pin(parallel.walk(self, iteration)).await?,
            }
        }
        Ok(())
    }

    fn turn(&mut self, step: u64, iteration: u64) -> Turn<'_> {
        Turn {
            meter: self.user.meter(self.place),
            engine: &self.user.engine,
            vars: &mut self.vars,
            client: self.client.as_mut(),
            number: self.user.number(),
            unit: &self.user.unit,
            step,
            iteration,
        }
    }
}

impl<'f> Frame<'f> {
    /// A flow that is walked once.
    fn whole(flow: &'f [Step], iteration: u64) -> Self {
        Self {
            flow: flow.iter(),
            repeat: None,
            around: iteration,
            iteration,
        }
    }

    /// A loop's flow, in its first round.
    fn of(repeat: &'f RepeatStep, round: Round, around: u64) -> Self {
        let iteration = draws::iteration(around, round.number());
        Self {
            flow: repeat.flow().iter(),
            repeat: Some((repeat, round)),
            around,
            iteration,
        }
    }

    /// Begins the loop's next round; false where there is none.
    fn again(&mut self, vars: &mut Vars) -> bool {
        let next = self.repeat.take().and_then(|(repeat, round)| {
            let round = repeat.next(round, vars)?;
            Some((repeat, round))
        });
        if let Some((repeat, round)) = &next {
            self.flow = repeat.flow().iter();
            self.iteration = draws::iteration(self.around, round.number());
        }
        self.repeat = next;
        self.repeat.is_some()
    }
}
