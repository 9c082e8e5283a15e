//! One virtual user.

use std::rc::Rc;
use std::time::Duration;

use star_core::{Failure, Lanes, RunContext, Unit};

use super::Cx;
use super::engine::Engine;
use super::error::UserError;
use super::http::Client;
use super::meter::Meter;
use super::walk::Walk;
use crate::arrivals::Arrivals;
use crate::report::{LoadReport, Place};
use crate::script::Script;

/// One virtual user: a unit that walks its scenario's flow.
#[derive(Debug)]
pub(super) struct User {
    /// What all users share.
    pub(super) engine: Rc<Engine>,
    /// The unit that it is.
    pub(super) unit: Unit<LoadReport>,
    /// What it measures into.
    pub(super) cx: Cx,
    /// When it set out.
    begun: Duration,
    /// Which sample of its scenario it is, where the run tries scenarios out.
    sample: u64,
}

impl User {
    /// The user that a unit is.
    pub(super) fn new(engine: &Rc<Engine>, unit: Unit<LoadReport>, cx: &Cx) -> Self {
        Self {
            begun: cx.now(),
            sample: 0,
            engine: Rc::clone(engine),
            cx: cx.clone(),
            unit,
        }
    }

    /// One that is none of the task's: it draws as nobody else does, and measures into a report that nobody reads.
    ///
    /// # Errors
    /// Where the script cannot be made ready.
    pub(super) async fn aside(
        script: &Script,
        arrivals: &Arrivals,
        cx: &RunContext,
    ) -> Result<Self, Failure> {
        let (cx, unit) = cx.aside::<LoadReport>();
        let engine = Rc::new(Engine::new(script, arrivals, Lanes::WHOLE, &cx).await?);
        cx.record(|report| report.prepare(engine.names()));
        Ok(Self::new(&engine, unit, &cx))
    }

    /// The way of one that is none of the task's.
    pub(super) fn set_out_aside(&self) -> Walk<'_> {
        Walk {
            user: self,
            place: Place::default(),
            vars: self.engine.vars_of_nobody(&self.unit),
            client: Some(Client::new(Rc::clone(self.engine.http()))),
        }
    }

    /// Sets out anew, as the next sample of its scenario.
    pub(super) fn set_out_for(&mut self, sample: u64) {
        self.begun = self.cx.now();
        self.sample = sample;
    }

    /// Walks its flow to the end, or to the first error.
    pub(super) async fn live(&self) {
        let mut walk = self.set_out();
        let place = walk.place;
        self.meter(place).user_started();
        let flow = self.engine.flow(place.scenario);
        let ended = tokio::select! {
            biased;
            // First: a peer that never stops sending leaves no budget to what is polled behind it.
            () = self.cx.cut_off() => Err(UserError::CutOff),
            ended = walk.through(flow, self.sample) => ended,
        };
        match ended {
            Ok(()) => {
                let lived = self.cx.now().saturating_sub(self.begun);
                self.meter(place).user_completed(lived);
            }
            Err(error) => {
                let error = self.engine.shown_error(error.name());
                let meter = self.meter(walk.place);
                meter.user_failed(&error);
                if self.engine.sampling().is_some() {
                    meter.sample_failed(self.cx.now().saturating_sub(self.begun));
                }
            }
        }
    }

    /// Its number among all of the run's users.
    pub(super) fn number(&self) -> u64 {
        self.engine.number_of(&self.unit, self.sample)
    }

    fn set_out(&self) -> Walk<'_> {
        let engine = &self.engine;
        Walk {
            user: self,
            place: engine.place(&self.unit),
            vars: engine.vars(&self.unit, self.sample),
            client: (!engine.rehearsal()).then(|| Client::new(Rc::clone(engine.http()))),
        }
    }

    /// Measures what happens at a place.
    pub(super) fn meter(&self, place: Place) -> Meter<'_> {
        // A sample is due when it is its turn.
        let lateness = match self.engine.sampling() {
            Some(_) => Duration::ZERO,
            None => self.begun.saturating_sub(self.unit.due()),
        };
        Meter::new(&self.cx, place, lateness)
    }
}
