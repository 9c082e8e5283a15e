//! A plan as a table and as JSON.

use std::fmt::Write as _;

use serde::Serialize;
use star_core::{AnyTask, Limits, Plan, Rate, Slice, Window};

/// How many chunks the table shows.
const SHOWN: usize = 200;

/// A plan with what is to be seen of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlanView {
    kind: String,
    units: u64,
    /// The task's length in seconds; none for a batch.
    duration: Option<f64>,
    /// The most units due in a second.
    peak: u64,
    /// The most workers at once.
    workers: u64,
    chunks: Vec<ChunkView>,
    limits: Limits,
}

/// A chunk: times in seconds from the run's zero.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ChunkView {
    chunk: usize,
    window: Option<WindowView>,
    lane: u32,
    lanes: u32,
    units: u64,
    peak: u64,
    start: f64,
}

#[derive(Debug, Serialize)]
struct WindowView {
    from: f64,
    to: f64,
}

impl PlanView {
    pub(crate) fn new(task: &AnyTask, plan: &Plan, limits: Limits) -> Self {
        let timetable = task.timetable();
        let batch = timetable.extent().is_batch();
        let window = timetable.extent().window();
        let chunks = plan
            .windows
            .iter()
            .flat_map(star_core::ledger::WindowPlan::chunks);
        let view = |(chunk, slice): (usize, Slice)| ChunkView {
            chunk,
            window: (!batch).then(|| WindowView {
                from: slice.window.from().as_secs_f64(),
                to: slice.window.to().as_secs_f64(),
            }),
            lane: slice.lanes.first(),
            lanes: slice.lanes.of(),
            units: timetable.units_of(&slice),
            peak: timetable.peak_rate_of(&slice).get(),
            start: slice.window.from().as_secs_f64(),
        };
        let widest = plan
            .windows
            .iter()
            .map(|window| u64::from(window.lanes))
            .max();
        Self {
            kind: task.kind().to_owned(),
            units: timetable.units(),
            duration: (!batch).then(|| window.to().as_secs_f64()),
            peak: peak(task, window).get(),
            workers: if batch {
                plan.workers.into()
            } else {
                widest.unwrap_or(0)
            },
            chunks: chunks.enumerate().map(view).collect(),
            limits,
        }
    }
}

fn peak(task: &AnyTask, window: Window) -> Rate {
    task.timetable().peak_rate(window)
}

/// The plan as a table.
pub(crate) fn plan_text(view: &PlanView) -> String {
    let mut text = String::new();
    let seconds = |at: f64| format!("{at} s");
    let length = view.duration.map_or_else(|| "a batch".to_owned(), seconds);
    let _infallible = writeln!(
        text,
        "{}: {} units, {length}, peak {}/s: {} chunks, at most {} workers at once\n",
        view.kind,
        view.units,
        view.peak,
        view.chunks.len(),
        view.workers
    );
    let _infallible = writeln!(
        text,
        "{:>6}  {:>24}  {:>12}  {:>10}  {:>8}  {:>10}",
        "chunk", "window", "lane", "units", "peak", "start"
    );
    for chunk in view.chunks.iter().take(SHOWN) {
        let window = chunk.window.as_ref().map_or_else(
            || "all".to_owned(),
            |window| format!("{}–{} s", window.from, window.to),
        );
        let lane = format!("{} of {}", chunk.lane, chunk.lanes);
        let peak = format!("{}/s", chunk.peak);
        let _infallible = writeln!(
            text,
            "{:>6}  {window:>24}  {lane:>12}  {:>10}  {peak:>8}  {:>10}",
            chunk.chunk,
            chunk.units,
            seconds(chunk.start)
        );
    }
    if view.chunks.len() > SHOWN {
        let _infallible = writeln!(
            text,
            "   … and {} more (`--json` has all)",
            view.chunks.len() - SHOWN
        );
    }
    text
}
