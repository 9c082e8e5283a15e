//! Virtual users, and what they do.
//!
//! A chunk is executed by one [`Engine`]: the script, compiled once, and what all users share. Each unit is a
//! [`User`] that walks one scenario's flow, step by step, on one task of the worker's only thread: nothing is locked, and
//! nobody waits for anybody else. The load is open: a user sets out when it is due, however many are still under way.
//!
//! What a user does is drawn from its own numbers ([`draws`]), so it is the same in whichever worker; what may differ are only the
//! target's answers, and what depends on them.
//!
//! A kind of step is a variant of [`StepKind`](step::StepKind) and a file in `step/`. Users speak to the target through an
//! [`http::Client`]; another protocol is another client in [`Walk`](walk::Walk), made when its first step needs it.

mod draws;
mod endpoint;
mod engine;
mod error;
mod files;
mod http;
mod limit;
mod mask;
mod meter;
pub(crate) mod once;
mod post;
mod samples;
mod sign;
mod step;
mod user;
mod walk;

use std::rc::Rc;
use std::sync::Arc;

use star_core::{Context, Failure, Slice};

use crate::arrivals::Arrivals;
use crate::report::{LoadReport, Note};
use crate::script::Script;
use engine::Engine;
pub(crate) use engine::{check, names};
pub(crate) use http::{base64, basic, password_in};
use limit::Limit;
pub(crate) use post::Poster;
use user::User;

/// A worker's world, for users.
type Cx = Context<LoadReport>;

/// Lets a slice's users do their script.
///
/// # Errors
/// Where the script can't be compiled, such as for a payload that is not there. What goes wrong with users is in the report.
pub(crate) async fn execute(
    script: &Script,
    arrivals: &Arrivals,
    slice: Slice,
    cx: &Cx,
) -> Result<(), Failure> {
    let engine = Rc::new(Engine::new(script, arrivals, slice.lanes, cx).await?);
    cx.record(|report| report.prepare(engine.names()));
    if !cx.rehearsal() {
        engine.http().let_linger();
        let (engine, cx) = (Rc::clone(&engine), cx.clone());
        cx.clone().spawn(async move { engine.warm_up(&cx).await });
    }
    let mut units = cx.units(&slice);
    if let Some(sampling) = &script.sampling {
        let room = samples::room(cx);
        loop {
            // The room is never closed.
            let place = Arc::clone(&room).acquire_owned().await.ok();
            let Some(unit) = units.next().await else {
                return Ok(());
            };
            let (engine, sampling, own) = (Rc::clone(&engine), sampling.clone(), cx.clone());
            cx.spawn(async move {
                Box::pin(samples::take(&engine, unit, &own, &sampling)).await;
                drop(place);
            });
        }
    }
    let limit = Limit::new(script, arrivals, slice.lanes);
    while let Some(unit) = units.next().await {
        if limit.turns_away(&unit, cx) {
            let now = cx.now();
            cx.record(|report| report.note(now, Note::UserSkipped));
            unit.skip();
            continue;
        }
        let under_way = limit.enter();
        // In a box: what a user may have to remember is some kilobytes, which a task is moved about with until it runs.
        let user = User::new(&engine, unit, cx);
        let life = Box::pin(async move { user.live().await });
        cx.spawn(async move {
            life.await;
            drop(under_way);
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
