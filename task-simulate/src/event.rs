//! An accepted call: its queue, its environment, and the worker in it.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use star_core::Time;
use star_core::registry::Kinds;
use star_core::wire::{Order, Reply};
use star_core::worker::work;

use crate::cloud::{Named, host, skew};
use crate::doom::Doom;
use crate::kernel::{HostClock, LAUNCH};
use crate::simulation::{Fate, WorkerLife};
use crate::site::{Chance, Site, Who, Worker};

/// An accepted call.
pub(crate) struct Event {
    pub(crate) bytes: Vec<u8>,
    pub(crate) order: Order,
    pub(crate) hop: u32,
    pub(crate) parent: Who,
    pub(crate) function: u32,
    pub(crate) sent: Time,
    pub(crate) kinds: Kinds,
}

impl Event {
    /// Waits for an environment, and does the work in it.
    pub(crate) async fn run(self, site: &Arc<Site>) {
        let Some(cold) = self.environment(site).await else {
            site.state().dropped += 1;
            site.log(Who::World, format_args!("drops {}", Named(self.order)));
            return;
        };
        let worker = self.born(site, cold);
        let (skew, slowness, doom) = {
            let state = site.state();
            let worker = &state.workers[worker];
            let slowness = if worker.life.slow {
                site.world.slowness
            } else {
                1.0
            };
            (worker.life.skew, slowness, Arc::clone(&worker.doom))
        };
        let who = Who::Worker(worker);
        let cold_start = site.state().workers[worker].life.cold_start;
        if let Some(cold_start) = cold_start {
            site.kernel.sleep(cold_start).await;
        }
        let mut host = host(site, &self.kinds, who, skew, slowness);
        let deadline = site.kernel.now() + site.world.timeout;
        let shown = HostClock {
            kernel: Arc::clone(&site.kernel),
            skew,
        };
        host.deadline = Some(shown.shown(deadline));
        let fate = {
            let work = OnStage {
                worker,
                work: Box::pin(work(&self.bytes, &host)),
            };
            tokio::select! {
                biased;
                () = doom.strikes(&site.kernel) => Fate::Died,
                () = site.kernel.sleep_until(deadline) => Fate::TimedOut,
                reply = work => fate(reply),
            }
        };
        site.log(who, format_args!("ends: {fate:?}"));
        let kept = site.kernel.now() + site.world.keep_warm;
        let mut state = site.state();
        let life = &mut state.workers[worker].life;
        life.ended = Some(site.kernel.elapsed());
        let reusable = !matches!(fate, Fate::Died | Fate::TimedOut);
        life.fate = fate;
        state.running -= 1;
        if reusable {
            state.pools[self.function as usize].free.push(kept);
        }
    }

    /// Waits for an environment: whether it must start first. None where there was no room for too long.
    async fn environment(&self, site: &Site) -> Option<bool> {
        let mut pause = Duration::from_secs(1);
        let until = site.kernel.now() + site.world.event_age;
        let world = &site.world;
        loop {
            let now = site.kernel.now();
            let second = site.elapsed().as_secs() as usize;
            {
                let mut state = site.state();
                let free = state.running < world.concurrency;
                let pool = &mut state.pools[self.function as usize];
                let got = free
                    .then(|| pool.acquire(now, world.scale_out, world.scale_out_window))
                    .flatten();
                if got.is_some() {
                    state.running += 1;
                    let running = state.running;
                    state.peak = state.peak.max(running);
                    if state.concurrency.len() <= second {
                        state.concurrency.resize(second + 1, 0);
                    }
                    state.concurrency[second] = state.concurrency[second].max(running);
                    return got;
                }
                state.requeued += 1;
            }
            if now + pause > until {
                return None;
            }
            site.log(
                Who::World,
                format_args!("has no room for {}", Named(self.order)),
            );
            site.kernel.sleep(pause).await;
            pause = (pause * 2).min(Duration::from_mins(5));
        }
    }

    /// Enters the worker; which it is.
    fn born(&self, site: &Site, cold: bool) -> usize {
        let world = &site.world;
        let slow = site.happens(Chance::Slow, world.slow);
        let slowness = if slow { world.slowness } else { 1.0 };
        let cold_start = cold.then(|| {
            let drawn = world.cold_start.drawn(&mut site.draws(Chance::ColdStart));
            drawn.mul_f64(slowness)
        });
        let life = WorkerLife {
            parent: self.parent.worker(),
            hop: self.hop,
            order: self.order,
            function: self.function,
            sent: self.sent.since(LAUNCH),
            born: site.elapsed(),
            cold_start,
            chunks: Vec::new(),
            ended: None,
            fate: Fate::Alive,
            skew: skew(site),
            slow,
        };
        let doom = Doom::default();
        let mut draws = site.draws(Chance::Death);
        if draws.unit_interval() < world.deaths {
            let needed = cold_start.unwrap_or_default() + site.needs.with(self.order);
            let moment = needed.min(world.timeout).mul_f64(draws.unit_interval());
            doom.strike(site.kernel.now() + moment);
        }
        let worker = {
            let mut state = site.state();
            state.workers.push(Worker {
                life,
                doom: Arc::new(doom),
                told_to_stop: None,
                last_read: None,
            });
            state.workers.len() - 1
        };
        let (order, parent) = (Named(self.order), self.parent);
        site.log(
            Who::Worker(worker),
            format_args!("is born for {order} of {parent}"),
        );
        worker
    }
}

fn fate(reply: Reply) -> Fate {
    match reply {
        Reply::Executed => Fate::Executed,
        Reply::Duplicate => Fate::Duplicate,
        Reply::Stopped => Fate::Stopped,
        Reply::Expired => Fate::Expired,
        Reply::Refused(why) => Fate::Refused(why),
        Reply::Failed(failure) => Fate::Failed(failure.to_string()),
    }
}

thread_local! {
    static ON_STAGE: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Which worker's work is done at this moment.
pub(crate) fn on_stage() -> Option<usize> {
    ON_STAGE.get()
}

/// A worker's work: while it goes on, it is known whose it is.
struct OnStage<W> {
    worker: usize,
    work: Pin<Box<W>>,
}

impl<W: Future> Future for OnStage<W> {
    type Output = W::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<W::Output> {
        let before = ON_STAGE.replace(Some(self.worker));
        let polled = self.work.as_mut().poll(cx);
        ON_STAGE.set(before);
        polled
    }
}
