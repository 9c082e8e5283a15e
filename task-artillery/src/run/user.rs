//! One virtual user.

use std::rc::Rc;
use std::time::Duration;

use star_core::Unit;
use star_core::draw::Draws;

use super::engine::Engine;
use super::error::UserError;
use super::http::Client;
use super::meter::Meter;
use super::step::{RepeatStep, Round, Step, StepKind};
use super::{Cx, draws};
use crate::report::{LoadReport, Place};
use crate::script::Vars;

/// After so many steps others get their turn, also where none of the steps had to wait for anything.
const STEPS_A_TURN: u32 = 64;

/// One virtual user: a unit that walks its scenario's flow.
#[derive(Debug)]
pub(super) struct User {
    engine: Rc<Engine>,
    unit: Unit<LoadReport>,
    cx: Cx,
    vars: Vars,
    /// None in a rehearsal.
    client: Option<Client>,
    place: Place,
    /// When it set out.
    begun: Duration,
}

/// What a step has of the user that comes to it.
pub(super) struct Turn<'u> {
    /// What all users share.
    pub(super) engine: &'u Engine,
    /// The user's variables.
    pub(super) vars: &'u mut Vars,
    /// The user's client; none in a rehearsal.
    pub(super) client: Option<&'u mut Client>,
    /// Where measurements go.
    pub(super) meter: Meter<'u>,
    unit: &'u Unit<LoadReport>,
    step: u64,
    iteration: u64,
}

impl Turn<'_> {
    /// What the user draws at this step, in this iteration of the loops around it.
    pub(super) fn draws(&self) -> Draws {
        self.unit.draws(self.step, self.iteration)
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

impl User {
    /// The user that a unit is.
    pub(super) fn new(engine: &Rc<Engine>, unit: Unit<LoadReport>, cx: &Cx) -> Self {
        Self {
            place: engine.place(&unit),
            vars: engine.vars(&unit),
            client: (!engine.rehearsal()).then(|| Client::new(Rc::clone(engine.http()))),
            begun: cx.now(),
            engine: Rc::clone(engine),
            cx: cx.clone(),
            unit,
        }
    }

    /// Walks the flow to its end, or to the first error.
    pub(super) async fn live(mut self) {
        self.meter().user_started();
        let cx = self.cx.clone();
        let ended = tokio::select! {
            biased;
            ended = self.walk() => ended,
            () = cx.cut_off() => Err(UserError::CutOff),
        };
        match ended {
            Ok(()) => {
                self.place.request = None;
                self.meter()
                    .user_completed(self.cx.now().saturating_sub(self.begun));
            }
            Err(error) => self.meter().user_failed(&self.engine.shown(error.name())),
        }
    }

    async fn walk(&mut self) -> Result<(), UserError> {
        let engine = Rc::clone(&self.engine);
        let mut stack = vec![Frame::whole(engine.flow(self.place.scenario))];
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
                    request.run(self.turn(step.id, iteration)).await?;
                    self.place.request = None;
                }
                StepKind::Think(think) => think.run(self.turn(step.id, iteration)).await?,
                StepKind::Repeat(repeat) => {
                    if let Some(round) = repeat.begin(&mut self.turn(step.id, iteration))? {
                        stack.push(Frame::of(repeat, round, iteration));
                    }
                }
            }
        }
        Ok(())
    }

    fn turn(&mut self, step: u64, iteration: u64) -> Turn<'_> {
        Turn {
            meter: Meter::new(
                &self.cx,
                self.place,
                self.begun.saturating_sub(self.unit.due()),
            ),
            engine: &self.engine,
            vars: &mut self.vars,
            client: self.client.as_mut(),
            unit: &self.unit,
            step,
            iteration,
        }
    }

    fn meter(&self) -> Meter<'_> {
        Meter::new(
            &self.cx,
            self.place,
            self.begun.saturating_sub(self.unit.due()),
        )
    }
}

impl<'f> Frame<'f> {
    /// A scenario's flow.
    fn whole(flow: &'f [Step]) -> Self {
        Self {
            flow: flow.iter(),
            repeat: None,
            around: 0,
            iteration: 0,
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
