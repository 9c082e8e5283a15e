//! What in a world stood in a run's way, in numbers and in words, and what helps; tried before it is said.

use std::collections::BTreeSet;
use std::time::Duration;

use star_core::job::split::{MAX_CHUNK_DURATION, MAX_SCRIPT_DURATION};
use star_core::{Extent, Limits, Why};
use task_simulate::{Delay, Fate, World};

use super::Advice;
use super::remedy::{CUT_OFF, Harm, Trial, UNDONE, undone};
use crate::output::{counted, grouped, seconds};

/// The most functions of a batch that may be asked for, and the longest life that AWS gives one.
const MOST_WORKERS: u64 = 1_000;
const LONGEST_LIFE: Duration = Duration::from_mins(15);

/// What is said where no change helps.
const NOTHING: &str = "nothing helps in such a world";

impl Trial<'_> {
    /// All that stood in the way.
    pub(super) fn hindrances(&self) -> Vec<Advice> {
        let lasted = self.given_up().or_else(|| self.cut_off());
        // Where the time is too short, calls that were turned away are at most why.
        let calls = lasted.is_none();
        let all = [
            lasted,
            self.turned_away().filter(|_| calls),
            self.never_run(),
            self.died(),
            self.failed(),
        ];
        all.into_iter().flatten().collect()
    }

    fn is_batch(&self) -> bool {
        self.task.timetable().extent().is_batch()
    }

    /// Whether something of the run is missing.
    fn is_partial(&self) -> bool {
        self.simulation.outcome.facts.is_partial()
    }

    /// A batch that takes longer than it may.
    fn given_up(&self) -> Option<Advice> {
        let simulation = self.simulation;
        let facts = &simulation.outcome.facts;
        let workers = u64::from(simulation.start.as_ref()?.workers);
        if !simulation.given_up {
            return None;
        }
        let at_once = match self.task.at_once() {
            1 => String::new(),
            several => format!(", {several} at once in each"),
        };
        let cut = match simulation.cut_off {
            0 => String::new(),
            cut => format!(", and {} cut off", grouped(cut)),
        };
        let problem = format!(
            "the batch takes longer than the {} that it may take: with {}{at_once}, {} of {} were not begun by then{cut} (an item takes {})",
            seconds(simulation.limits.batch_end),
            counted(workers, "worker"),
            grouped(undone(simulation)),
            counted(facts.planned, "item"),
            length(&self.world.item),
        );
        let all = [self.longer(), self.more_workers(workers)];
        let change = either(all).unwrap_or_else(|| {
            format!("neither a longer time, up to {}, nor more workers is enough: have fewer items, or such that take less", seconds(most_time()))
        });
        Some(Advice { problem, change })
    }

    /// By how much more than it did a batch would have to do, with some to spare.
    fn short_by(&self) -> f64 {
        let planned = self.simulation.outcome.facts.planned;
        let done = planned.saturating_sub(undone(self.simulation)).max(1);
        planned as f64 / done as f64
    }

    /// A batch's time.
    fn longer(&self) -> Option<String> {
        let limits = &self.simulation.limits;
        let needed = limits.batch_end.as_secs_f64() * self.short_by();
        let ends = [1.1, 1.5, 2.5].map(|times| {
            let minutes = (needed * times / 60.0).ceil() as u64;
            Duration::from_mins(minutes)
        });
        let ends = ends.into_iter().filter(|end| *end <= most_time());
        let (end, left) = self.best(UNDONE, ends, |end| {
            let limits = Limits {
                batch_end: *end,
                ..limits.clone()
            };
            (self.world.clone(), Some(limits))
        })?;
        Some(format!(
            "set `_split.{}` to {}{left}",
            MAX_SCRIPT_DURATION.key,
            end.as_secs()
        ))
    }

    /// More of them, who share it.
    fn more_workers(&self, now: u64) -> Option<String> {
        if self.is_tried_out() {
            return None;
        }
        let simulation = self.simulation;
        let planned = simulation.outcome.facts.planned;
        let most = MOST_WORKERS.min(planned).min(self.world.concurrency.into());
        let counts = [1.2, 2.0, 4.0].map(|times| {
            let needed = (now as f64 * self.short_by() * times).ceil() as u64;
            needed.min(most)
        });
        let counts = counts.into_iter().filter(|count| *count > now);
        let (count, left) = self.best(UNDONE, counts, |count| {
            let limits = Limits {
                workers: u32::try_from(*count).ok(),
                ..simulation.limits.clone()
            };
            (self.world.clone(), Some(limits))
        })?;
        let place = if count > u64::from(self.world.split.workers) {
            format!(", with `split: {{ workers: {count} }}` in the world's file")
        } else {
            String::new()
        };
        Some(format!(
            "have {} (`_split.maxWorkers`{place}){left}",
            counted(count, "worker")
        ))
    }

    /// Units that were open when their worker's time was over.
    fn cut_off(&self) -> Option<Advice> {
        let (simulation, world) = (self.simulation, self.world);
        let cut = simulation.cut_off;
        if cut == 0 {
            return None;
        }
        let planned = simulation.outcome.facts.planned;
        let are = if cut == 1 { "is" } else { "are" };
        let limits = &simulation.limits;
        let (takes, room, helps) = if self.is_batch() {
            let life = limits.life.unwrap_or(Duration::MAX);
            let room = life.saturating_sub(limits.closing);
            let room = format!("its worker's life has room for {}", seconds(room));
            let takes = format!("an item takes {}", length(&world.item));
            (takes, room, self.shorter_chunks(CUT_OFF))
        } else {
            let room = format!(
                "the last of a chunk have {} until their worker's time is over",
                seconds(limits.tail)
            );
            let takes = format!("they live {} each", seconds(simulation.unit_life));
            (takes, room, self.longer_tail())
        };
        let lives = (world.timeout < LONGEST_LIFE).then(|| self.longer_lives());
        let change = either([helps, lives.flatten()]).unwrap_or_else(|| {
            let what = if self.is_batch() { "items" } else { "units" };
            format!("no other cut helps: have {what} that take less")
        });
        Some(Advice {
            problem: format!(
                "{} of {} {are} cut off before the end, as {takes}, and {room}",
                grouped(cut),
                counted(planned, "unit"),
            ),
            change,
        })
    }

    /// Fewer units of a batch in a chunk.
    fn shorter_chunks(&self, harm: Harm) -> Option<String> {
        let simulation = self.simulation;
        let start = simulation.start.as_ref()?;
        let chunks = start.windows.first().map_or(1, |window| window.lanes);
        let now = start.units.div_ceil(u64::from(chunks.max(1)));
        let counts = [2, 4, 16, u64::MAX].map(|times| (now / times).max(1));
        let counts = counts.into_iter().filter(|count| *count < now);
        let (count, left) = self.best(harm, counts, |count| {
            let limits = Limits {
                chunk_units: Some(*count),
                ..simulation.limits.clone()
            };
            (self.world.clone(), Some(limits))
        })?;
        Some(format!("set `_split.maxChunkUnits` to {count}{left}"))
    }

    /// More time after a window's end.
    fn longer_tail(&self) -> Option<String> {
        let limits = &self.simulation.limits;
        let life = self.simulation.unit_life.as_secs_f64();
        let tail = Duration::from_secs(life.ceil() as u64);
        let tails = [tail].into_iter().filter(|tail| *tail > limits.tail);
        let (tail, left) = self.best(CUT_OFF, tails, |tail| {
            let mut world = self.world.clone();
            world.split.tail = *tail;
            (world, None)
        })?;
        Some(format!(
            "leave them more time (`split: {{ tail: {}s }}` in the world's file){left}",
            tail.as_secs()
        ))
    }

    /// Functions that live as long as AWS lets them.
    fn longer_lives(&self) -> Option<String> {
        let ((), left) = self.best(CUT_OFF, [()], |()| {
            let world = World {
                timeout: LONGEST_LIFE,
                ..self.world.clone()
            };
            (world, None)
        })?;
        Some(format!(
            "let functions live longer (`timeout: 15 min` in the world's file){left}"
        ))
    }

    /// Calls that were not accepted.
    fn turned_away(&self) -> Option<Advice> {
        let refused = self.simulation.refusals;
        let calls = refused + self.simulation.invocations;
        // A chain that is cut is told of by itself.
        let cut = self.world.hop_guard.is_some() && self.world.throttled == 0.0;
        (refused > 0 && self.is_partial() && !cut).then(|| Advice {
            problem: format!(
                "{} of {} that send for workers were turned away (429)",
                grouped(refused),
                counted(calls, "call")
            ),
            change: self.sooner_or_not("whoever is turned away asks again until it is too late"),
        })
    }

    /// Events that came to nothing.
    fn never_run(&self) -> Option<Advice> {
        let lost = self.simulation.never_run;
        let were = if lost == 1 { "was" } else { "were" };
        (lost > 0 && self.is_partial()).then(|| Advice {
            problem: format!(
                "{} of {} {were} never run",
                grouped(lost),
                counted(self.simulation.invocations, "accepted event")
            ),
            change: self.sooner_or_not(
                "who sent one looks after it and sends another until it is too late",
            ),
        })
    }

    /// A longer lead where that helps, otherwise why nothing does.
    fn sooner_or_not(&self, why: &str) -> String {
        let sooner = (!self.is_batch()).then(|| self.sooner(Duration::ZERO));
        let sooner = sooner.flatten();
        sooner.unwrap_or_else(|| format!("{NOTHING}: {why}"))
    }

    /// Workers that were gone.
    fn died(&self) -> Option<Advice> {
        let workers = &self.simulation.workers;
        let died = workers.iter().filter(|life| life.fate == Fate::Died);
        let died = died.count() as u64;
        (died > 0 && self.is_partial()).then(|| Advice {
            problem: format!(
                "{} of {} died",
                grouped(died),
                counted(workers.len() as u64, "worker")
            ),
            change: either([self.shorter_windows(), self.not_alone()]).unwrap_or_else(|| {
                let last = if self.is_batch() {
                    ", and the last one all that is left"
                } else {
                    ""
                };
                format!("{NOTHING}: a worker that dies costs the rest of its chunk{last}")
            }),
        })
    }

    /// Shorter chunks, of which a death costs less.
    fn shorter_windows(&self) -> Option<String> {
        let Extent::Timed(whole) = self.task.timetable().extent() else {
            return None;
        };
        let limits = &self.simulation.limits;
        let range = MAX_CHUNK_DURATION.range;
        let longest = limits.longest_window().min(whole).as_secs();
        let lengths = [2, 4, 8].map(|times| longest / times);
        let fits =
            |length: &u64| u32::try_from(*length).is_ok_and(|length| range.contains(&length));
        let (length, left) = self.best(UNDONE, lengths.into_iter().filter(fits), |length| {
            let limits = Limits {
                chunk: Duration::from_secs(*length),
                ..limits.clone()
            };
            (self.world.clone(), Some(limits))
        })?;
        Some(format!(
            "a death costs less of a shorter chunk (`_split.{}: {length}`){left}",
            MAX_CHUNK_DURATION.key
        ))
    }

    /// Another worker of a batch, who looks after the only one; fewer units in what a death costs.
    fn not_alone(&self) -> Option<String> {
        let workers = self.simulation.start.as_ref()?.workers;
        if !self.is_batch() {
            return None;
        }
        let now = &self.simulation.limits;
        let two = [2, 4].into_iter().filter(|_| workers == 1);
        let two = self.best(UNDONE, two, |workers| {
            let limits = Limits {
                workers: Some(*workers),
                ..now.clone()
            };
            (self.world.clone(), Some(limits))
        });
        let two = two.map(|(workers, left)| {
            format!(
                "a worker that is alone has nobody who looks after it: have {workers} (`_split.maxWorkers`){left}"
            )
        });
        two.or_else(|| self.shorter_chunks(UNDONE))
    }

    /// Chunks in which the task itself failed.
    fn failed(&self) -> Option<Advice> {
        let facts = &self.simulation.outcome.facts;
        let lost = facts.losses.iter();
        let lost = lost.filter(|loss| matches!(loss.why, Why::Failed(_)));
        let lost = lost.map(|loss| loss.chunk);
        let failed = lost.chain(facts.faults.iter().filter_map(|fault| fault.chunk));
        let failed = failed.map(|chunk| (chunk.window.from(), chunk.lanes.first()));
        let failed = failed.collect::<BTreeSet<_>>().len() as u64;
        (failed > 0 && self.world.failing_chunks > 0.0).then(|| Advice {
            problem: format!(
                "the task itself failed in {} of {}",
                grouped(failed),
                counted(facts.chunks, "chunk")
            ),
            change: format!("{NOTHING}: no other cut keeps a task from failing"),
        })
    }
}

/// The longest that a batch may be allowed.
fn most_time() -> Duration {
    Duration::from_secs((*MAX_SCRIPT_DURATION.range.end()).into())
}

fn either(all: [Option<String>; 2]) -> Option<String> {
    let all: Vec<String> = all.into_iter().flatten().collect();
    (!all.is_empty()).then(|| all.join(", or "))
}

/// How long something takes, in words.
fn length(delay: &Delay) -> String {
    if delay.least == delay.most {
        return seconds(delay.median);
    }
    format!(
        "{} to {}, half of them up to {}",
        seconds(delay.least),
        seconds(delay.most),
        seconds(delay.median)
    )
}
