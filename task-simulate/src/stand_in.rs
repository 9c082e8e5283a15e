//! What stands in for a task: its timetable, and nothing that is done.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use star_core::context::{Sweep, Unit};
use star_core::draw::Draws;
use star_core::ledger::ClaimKey;
use star_core::{
    AnyTask, Context, Executable, Extent, Failure, Rate, Slice, Splittable, Task, Time, Window,
};

use crate::cloud::holds;
use crate::diary::{self, Diary};
use crate::event::on_stage;
use crate::kernel::LAUNCH;
use crate::simulation::ChunkLife;
use crate::site::{Site, Who};

/// Numbers of units that no task has: their draws are those of chunks, windows and items.
const CHUNKS: u64 = u64::MAX - 3;
const WINDOWS: u64 = u64::MAX - 4;
const ITEMS: u64 = u64::MAX - 5;

/// The task of a simulated run, and what came of its units.
pub(crate) struct Stage {
    pub(crate) site: Arc<Site>,
    pub(crate) task: AnyTask,
    pub(crate) life: Duration,
    /// Whether workers keep diaries.
    pub(crate) wordy: bool,
    pub(crate) shows: RefCell<Vec<Show>>,
}

/// One chunk, executed by one worker.
#[derive(Debug)]
pub(crate) struct Show {
    pub(crate) worker: usize,
    pub(crate) slice: Slice,
    pub(crate) ready: Time,
    pub(crate) over: Option<Time>,
    /// What became of which numbers, and when that was told.
    pub(crate) acts: Vec<(Range<u64>, Sweep, Time)>,
    /// How many pages of its diary were written.
    pub(crate) pages: u64,
}

impl Show {
    /// Of how many of its units this became.
    fn count(&self, which: impl Fn(Sweep) -> bool) -> u64 {
        let acts = self.acts.iter().filter(|(_, what, _)| which(*what));
        let lanes = self.slice.lanes;
        acts.map(|(units, ..)| lanes.units_among(units.start, units.end))
            .sum()
    }
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stage").finish_non_exhaustive()
    }
}

thread_local! {
    static STAGE: RefCell<Option<Rc<Stage>>> = const { RefCell::new(None) };
}

/// A stage that is this thread's until it is dropped.
#[derive(Debug)]
pub(crate) struct Set(Option<Rc<Stage>>);

impl Set {
    pub(crate) fn up(stage: &Rc<Stage>) -> Self {
        Self(STAGE.replace(Some(Rc::clone(stage))))
    }
}

impl Drop for Set {
    fn drop(&mut self) {
        STAGE.set(self.0.take());
    }
}

/// Stands in for the task on stage. All hosts of a simulated world are in one thread, so what travels between them is nothing.
#[derive(Clone, Debug)]
pub(crate) struct StandIn<const IDEMPOTENT: bool>(pub(crate) Rc<Stage>);

impl<const I: bool> Serialize for StandIn<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de, const I: bool> Deserialize<'de> for StandIn<I> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <()>::deserialize(deserializer)?;
        let stage = STAGE.with_borrow(Clone::clone);
        stage
            .map(Self)
            .ok_or_else(|| D::Error::custom("nothing is simulated here"))
    }
}

impl<const I: bool> Splittable for StandIn<I> {
    fn extent(&self) -> Extent {
        self.0.task.timetable().extent()
    }

    fn units(&self) -> u64 {
        self.0.task.timetable().units()
    }

    fn due(&self, unit: u64) -> Duration {
        self.0.task.timetable().due(unit)
    }

    fn units_in(&self, window: Window) -> Range<u64> {
        self.0.task.timetable().units_in(window)
    }

    fn most_lanes(&self, window: Window) -> Option<u32> {
        self.0.task.timetable().most_lanes(window)
    }

    fn at_once(&self) -> u32 {
        self.0.task.timetable().at_once()
    }

    fn peak_rate_of(&self, slice: &Slice) -> Rate {
        self.0.task.timetable().peak_rate_of(slice)
    }
}

impl<const I: bool> Task for StandIn<I> {
    const KIND: &'static str = "stand-in";
    const IDEMPOTENT: bool = I;

    fn expected_life(&self) -> Duration {
        self.0.task.expected_life()
    }
}

impl<const I: bool> Executable for StandIn<I> {
    type Report = Diary;

    async fn execute(&self, slice: Slice, cx: &Context<Diary>) -> Result<(), Failure> {
        let stage = &self.0;
        let show = stage.begin(slice);
        let mut draws = chunk_draws(stage.site.seed, slice);
        let fails = draws.unit_interval() < stage.site.world.failing_chunks;
        let whole = async {
            if self.extent().is_batch() {
                stage.items(show, slice, cx).await;
            } else {
                let told = {
                    let stage = Rc::clone(stage);
                    move |units, what| stage.act(show, units, what)
                };
                cx.sweep(&slice, stage.life, told).await;
            }
            Ok(())
        };
        let whole = async {
            if !stage.wordy {
                return whole.await;
            }
            let written = || stage.shows.borrow_mut()[show].pages += 1;
            tokio::select! {
                biased;
                done = whole => done,
                never = diary::keep(cx, written) => match never {},
            }
        };
        let done = if fails {
            let within = self.longest(&slice).mul_f64(draws.unit_interval());
            let at = cx.zero().max(cx.time()) + within;
            tokio::select! {
                biased;
                done = whole => done,
                () = cx.sleep(at.since(cx.time())) => Err(Failure::new("the task failed, as it was told to")),
            }
        } else {
            whole.await
        };
        stage.shows.borrow_mut()[show].over = Some(stage.site.kernel.now());
        done
    }
}

impl<const I: bool> StandIn<I> {
    /// How long a chunk may be at work.
    fn longest(&self, slice: &Slice) -> Duration {
        let stage = &self.0;
        if self.extent().is_batch() {
            let units = u32::try_from(self.units_of(slice)).unwrap_or(u32::MAX);
            stage.site.world.item.median.saturating_mul(units)
        } else {
            slice.window.to().min(self.extent().window().to())
        }
    }
}

fn chunk_draws(seed: u64, slice: Slice) -> Draws {
    let from = star_core::nanos(slice.window.from());
    Draws::new(seed, CHUNKS, from, slice.lanes.first().into())
}

impl Stage {
    /// A worker is ready to execute a chunk.
    fn begin(&self, slice: Slice) -> usize {
        let site = &self.site;
        let now = site.kernel.now();
        let worker = on_stage();
        if let Some(worker) = worker {
            site.log(Who::Worker(worker), format_args!("executes {slice}"));
            let claims = [1, 2].map(|attempt| ClaimKey::Slice(slice, attempt));
            if !claims.iter().any(|key| holds(site, worker, *key)) {
                site.broken(format!("w{worker} executed {slice} without a claim"));
            }
            self.may_kill_carrier(worker, slice);
        }
        let mut shows = self.shows.borrow_mut();
        shows.push(Show {
            worker: worker.unwrap_or_default(),
            slice,
            ready: now,
            over: None,
            acts: Vec::new(),
            pages: 0,
        });
        shows.len() - 1
    }

    /// Of some windows one of the carriers dies, at any moment from now on.
    fn may_kill_carrier(&self, worker: usize, slice: Slice) {
        let share = self.site.world.dead_carriers;
        if share <= 0.0 || self.task.timetable().extent().is_batch() {
            return;
        }
        let from = star_core::nanos(slice.window.from());
        let mut draws = Draws::new(self.site.seed, WINDOWS, from, 0);
        let doomed = draws.unit_interval() < share;
        let lane = draws.below(2);
        let moment = draws.unit_interval();
        if doomed && u64::from(slice.lanes.first()) == lane {
            let within = slice.window.length().mul_f64(moment);
            let state = self.site.state();
            state.workers[worker]
                .doom
                .strike(self.site.kernel.now() + within);
        }
    }

    /// Notes what became of units.
    fn act(&self, show: usize, units: Range<u64>, what: Sweep) {
        let now = self.site.kernel.now();
        let acts = &mut self.shows.borrow_mut()[show].acts;
        match acts.last_mut() {
            Some((before, was, at)) if *was == what && before.end == units.start => {
                before.end = units.end;
                *at = now;
            }
            _ => acts.push((units, what, now)),
        }
    }

    /// Does a batch's items, as many at once as the task has open.
    async fn items(&self, show: usize, slice: Slice, cx: &Context<Diary>) {
        let most = self.task.at_once() as usize;
        let mut units = cx.units(&slice);
        let mut open = FuturesUnordered::new();
        let mut more = true;
        while more || !open.is_empty() {
            tokio::select! {
                biased;
                Some(()) = open.next(), if !open.is_empty() => {}
                unit = units.next(), if more && open.len() < most => match unit {
                    Some(unit) => open.push(self.item(show, unit, cx)),
                    None => more = false,
                },
            }
        }
    }

    async fn item(&self, show: usize, unit: Unit<Diary>, cx: &Context<Diary>) {
        let index = unit.index();
        self.act(show, index..index + 1, Sweep::Started(cx.time()));
        let mut draws = Draws::new(self.site.seed, ITEMS, index, 0);
        let takes = self.site.world.item.drawn(&mut draws);
        tokio::select! {
            biased;
            () = cx.cut_off() => self.act(show, index..index + 1, Sweep::CutOff),
            () = cx.sleep(takes) => {}
        }
        drop(unit);
    }

    /// The chunks of every worker.
    pub(crate) fn chunks(&self, mut each: impl FnMut(usize, ChunkLife)) {
        for show in &*self.shows.borrow() {
            let life = ChunkLife {
                slice: show.slice,
                ready: show.ready.since(LAUNCH),
                ended: show.over.map(|over| over.since(LAUNCH)),
                started: show.count(|what| matches!(what, Sweep::Started(_))),
                cut_off: show.count(|what| what == Sweep::CutOff),
            };
            each(show.worker, life);
        }
    }
}
