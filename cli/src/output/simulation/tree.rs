//! How a run is cut, as a tree: windows, and in each whom the workers send for.

use std::fmt::Write as _;

use star_core::ledger::{StartRecord, WindowPlan};
use star_core::wire::Order;
use star_core::{Lanes, Slice, Splittable};

use super::View;
use crate::output::{counted, grouped};

/// How many windows are shown from the beginning and from the end, where there are more than both.
const WINDOWS: (usize, usize) = (8, 2);
/// In how many windows the workers are shown.
const OPENED: usize = 2;
/// How many parts of a bundle are shown, where there are more than one over.
const PARTS: usize = 6;
/// How deep bundles are shown.
const DEPTH: usize = 3;

struct Branch {
    text: String,
    twigs: Vec<Branch>,
}

impl Branch {
    fn leaf(text: String) -> Self {
        Self {
            text,
            twigs: Vec::new(),
        }
    }
}

/// The tree.
pub(super) fn tree(view: &View<'_>) -> String {
    let Some(start) = &view.simulation.start else {
        return "the run did not start\n".to_owned();
    };
    let timetable = view.task.timetable();
    let fan_out = view.simulation.limits.fan_out;
    let chunks = counted(start.chunks().count() as u64, "chunk");
    let (text, twigs) = if start.batch {
        let workers = Lanes::all(start.workers.max(1));
        let order = Order::Serve { workers, life: 0 };
        let text = format!(
            "{chunks}, taken by {} as they come to them",
            counted(start.workers.into(), "worker")
        );
        (text, parts(order, fan_out, timetable, DEPTH))
    } else {
        let text = format!(
            "{} in {}",
            chunks,
            counted(start.windows.len() as u64, "window")
        );
        (text, windows(start, fan_out, timetable))
    };
    let units = counted(start.units, "unit");
    let root = Branch {
        text: format!("{}: {units}, {text}", view.kind),
        twigs,
    };
    let mut text = String::new();
    let _infallible = writeln!(text, "{}", root.text);
    draw(&root, "", &mut text);
    text
}

fn draw(branch: &Branch, before: &str, text: &mut String) {
    for (at, twig) in branch.twigs.iter().enumerate() {
        let last = at + 1 == branch.twigs.len();
        let (knot, below) = if last {
            ("└─ ", "   ")
        } else {
            ("├─ ", "│  ")
        };
        let _infallible = writeln!(text, "{before}{knot}{}", twig.text);
        draw(twig, &format!("{before}{below}"), text);
    }
}

fn windows(start: &StartRecord, fan_out: u32, timetable: &dyn Splittable) -> Vec<Branch> {
    let (first, last) = WINDOWS;
    let all = &start.windows;
    let hidden = all.len().saturating_sub(first + last);
    // One that is left out would take as much room as it does.
    let hidden = if hidden > 1 { hidden } else { 0 };
    let mut branches = Vec::new();
    for (position, plan) in all.iter().enumerate() {
        if hidden > 0 && position == first {
            let left = &all[first..first + hidden];
            let workers: u64 = left.iter().map(|plan| u64::from(plan.lanes)).sum();
            let units: u64 = left.iter().map(|plan| plan.units).sum();
            let text = format!(
                "… {} more, with {} and {}",
                counted(hidden as u64, "window"),
                counted(workers, "worker"),
                counted(units, "unit")
            );
            branches.push(Branch::leaf(text));
        }
        if hidden == 0 || position < first || position >= first + hidden {
            let open = position < OPENED;
            branches.push(window(plan, fan_out, timetable, open));
        }
    }
    branches
}

fn window(plan: &WindowPlan, fan_out: u32, timetable: &dyn Splittable, open: bool) -> Branch {
    let (from, to) = (
        plan.window.from().as_secs_f64(),
        plan.window.to().as_secs_f64(),
    );
    let peak = timetable.peak_rate(plan.window).get();
    let mut text = format!(
        "{from}–{to} s: {}, {}, at most {}/s",
        counted(plan.lanes.into(), "worker"),
        counted(plan.units, "unit"),
        grouped(peak)
    );
    let Some(bundle) = plan.bundle().filter(|_| plan.lanes > 1) else {
        return Branch::leaf(text);
    };
    let order = Order::Carry(bundle);
    if !open {
        let _infallible = write!(text, " ({})", levels(order, fan_out));
        return Branch::leaf(text);
    }
    let _infallible = write!(text, ", {}", levels(order, fan_out));
    Branch {
        text,
        twigs: parts(order, fan_out, timetable, DEPTH),
    }
}

/// What the one who carries this keeps, and whom it sends for.
fn parts(order: Order, fan_out: u32, timetable: &dyn Splittable, depth: usize) -> Vec<Branch> {
    let mut sent = order.sent(fan_out);
    let mut branches = vec![Branch::leaf(kept(order, timetable))];
    let hidden = if sent.len() > PARTS + 1 {
        sent.split_off(PARTS)
    } else {
        Vec::new()
    };
    for part in sent {
        let workers = count(part);
        if workers == 1 {
            branches.push(Branch::leaf(kept(part, timetable)));
            continue;
        }
        let text = format!("sends for {}", counted(workers.into(), "worker"));
        let twigs = if depth > 1 && workers <= 24 {
            parts(part, fan_out, timetable, depth - 1)
        } else {
            Vec::new()
        };
        branches.push(Branch { text, twigs });
    }
    if !hidden.is_empty() {
        let workers: u32 = hidden.iter().map(|part| count(*part)).sum();
        let text = format!(
            "… sends for {} in {} more",
            counted(workers.into(), "worker"),
            counted(hidden.len() as u64, "part")
        );
        branches.push(Branch::leaf(text));
    }
    branches
}

fn count(order: Order) -> u32 {
    match order {
        Order::Carry(slice) => slice.lanes.count(),
        Order::Serve { workers, .. } => workers.count(),
        Order::Start => 1,
    }
}

fn kept(order: Order, timetable: &dyn Splittable) -> String {
    match order.kept() {
        Order::Carry(slice) => lane(slice, timetable),
        Order::Serve { workers, .. } => format!("worker {} of {}", workers.first(), workers.of()),
        Order::Start => "the start".to_owned(),
    }
}

fn lane(slice: Slice, timetable: &dyn Splittable) -> String {
    let units = counted(timetable.units_of(&slice), "unit");
    format!(
        "lane {} of {}: {units}",
        slice.lanes.first(),
        slice.lanes.of()
    )
}

/// How many workers there are at each depth: `1 → 16 → 182`.
fn levels(order: Order, fan_out: u32) -> String {
    let mut bundles = vec![order];
    let mut levels = Vec::new();
    while !bundles.is_empty() {
        levels.push(grouped(bundles.len() as u64));
        bundles = bundles
            .iter()
            .flat_map(|bundle| bundle.sent(fan_out))
            .collect();
    }
    levels.join(" → ")
}
