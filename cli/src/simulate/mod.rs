//! What `slsart simulate` makes of a simulated fleet: the world that a file describes, what a run in it would cost, and whether it can be
//! done. The fleet itself is in `task-simulate`.

mod advice;
mod faults;
mod forecast;
mod hindrance;
mod prices;
mod remedy;
mod unlike;
mod world;

pub(crate) use advice::{Advice, crowd};
pub(crate) use faults::Faults;
pub(crate) use forecast::{Forecast, Quota};
pub(crate) use prices::{Architecture, Prices};
pub(crate) use world::Setting;
