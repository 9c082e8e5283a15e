//! A scenario that is tried out: its samples, one after another.

use std::rc::Rc;
use std::sync::Arc;

use star_core::Unit;
use tokio::sync::Semaphore;

use super::engine::Engine;
use super::user::User;
use super::{Cx, draws};
use crate::report::LoadReport;
use crate::script::model::Sampling;

/// Takes all samples of the scenario that a unit is. After a stop none is begun any more: those that are missing are told by their
/// number.
pub(super) async fn take(
    engine: &Rc<Engine>,
    unit: Unit<LoadReport>,
    cx: &Cx,
    sampling: &Sampling,
) {
    let mut user = User::new(engine, unit, cx);
    for sample in 0..sampling.size {
        let pause = sampling.pause(&mut user.unit.draws(draws::SAMPLING, sample));
        let paused = tokio::select! {
            biased;
            () = cx.stopping() => false,
            () = cx.sleep(pause) => true,
        };
        if !paused {
            return;
        }
        user.set_out_for(sample);
        user.live().await;
    }
}

/// How many scenarios may be tried out at once, where that is bounded: one that has to wait is not late, for none is due at an instant.
pub(super) fn room(cx: &Cx) -> Arc<Semaphore> {
    let most = cx
        .most_open()
        .map(|most| usize::try_from(most).unwrap_or(usize::MAX));
    let most = most.unwrap_or(usize::MAX);
    Arc::new(Semaphore::new(most.clamp(1, Semaphore::MAX_PERMITS)))
}
