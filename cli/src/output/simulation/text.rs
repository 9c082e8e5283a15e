//! A simulated run as people read it.

use std::fmt::Write as _;

use super::chart::chart;
use super::lives::lives;
use super::tree::tree;
use super::view::View;
use crate::output::{accounting, counted, grouped, seconds};

/// How wide a chart is, where there is no telling how wide the terminal is.
const WIDTH: usize = 80;

/// How many broken promises are named.
const NAMED: usize = 20;

/// All of it.
pub(crate) fn text(view: &View<'_>, width: Option<usize>) -> String {
    let simulation = view.simulation;
    let mut text = String::new();
    let mut part = |title: &str, body: String| {
        if !body.is_empty() {
            let _infallible = writeln!(text, "{title}\n{body}");
        }
    };
    part("How it is cut", tree(view));
    part("Workers", lives(view, width));
    part("Workers at once", at_once(view));
    let rates = chart(&simulation.rates, width.unwrap_or(WIDTH));
    part("Units a second", rates);
    let outcome = &simulation.outcome;
    part(
        "What became of the units",
        accounting(
            &outcome.facts,
            &outcome.verdict(),
            generator(view).as_deref(),
        ),
    );
    part("What it takes", forecast(view));
    text.push_str(&verdict(view));
    text
}

/// What is expected of the generator of timed units, none of which is measured.
fn generator(view: &View<'_>) -> Option<String> {
    let simulation = view.simulation;
    let open = simulation.expected_open;
    let most = simulation.limits.open_units;
    let most = most.map_or(String::new(), |most| format!(" of {}", grouped(most)));
    let open = match open {
        0 => "less than one unit".to_owned(),
        open => format!("some {}", counted(open, "unit")),
    };
    (!view.is_batch()).then(|| {
        format!(
            "{open} open at once{most} in the fullest worker, if each is open for {}; not measured",
            seconds(simulation.unit_life)
        )
    })
}

fn at_once(view: &View<'_>) -> String {
    let simulation = view.simulation;
    let mut text = String::new();
    let peak = u64::from(simulation.peak);
    let most = view.at_once.iter().copied().max();
    let reached = view.at_once.iter().position(|now| Some(*now) == most);
    let reached = reached.map_or(String::new(), |second| {
        format!(", first in second {second} after the launch")
    });
    let _infallible = writeln!(text, "at most {}{reached}", counted(peak, "function"));
    let ready = simulation.ready.iter().flatten();
    let slowest = ready.max_by_key(|ready| ready.after);
    if let Some(slowest) = slowest {
        let which = if simulation.ready.len() == 1 {
            "ready"
        } else {
            "ready, those of the slowest window,"
        };
        let _infallible = writeln!(
            text,
            "{which} {} after the first was sent for: {}, through {} at most",
            seconds(slowest.after),
            counted(slowest.workers.into(), "worker"),
            counted(slowest.depth.into(), "hop")
        );
    }
    let never = simulation.ready.iter().filter(|ready| ready.is_none());
    let never = never.count() as u64;
    if never > 0 {
        let place = if view.is_batch() {
            String::new()
        } else {
            format!("in {} ", counted(never, "window"))
        };
        let _infallible = writeln!(text, "{place}some workers never were");
    }
    text
}

fn forecast(view: &View<'_>) -> String {
    let forecast = &view.forecast;
    let (cost, prices) = (&forecast.cost, &forecast.prices);
    let (simulation, world) = (view.simulation, view.world);
    let mut text = String::new();
    let mut line = |what: String, cost: f64| {
        let _infallible = writeln!(text, "{what:<62} {cost:>10.4}");
    };
    line(
        format!(
            "{:.1} GB-seconds of functions with {} MB",
            forecast.gb_seconds, world.memory
        ),
        cost.memory,
    );
    line(
        counted(forecast.invocations, "invocation"),
        cost.invocations,
    );
    let (writes, reads) = (
        counted(forecast.writes, "write"),
        counted(forecast.reads, "read"),
    );
    line(
        format!("{writes} and {reads} of the object store"),
        cost.storage,
    );
    line(format!("in all, in {}", prices.currency), cost.total);
    let most = |of: &[u32]| grouped(of.iter().copied().max().unwrap_or(0).into());
    let _infallible = writeln!(
        text,
        "prices of {} in {}, without a free tier; at most {} writes and {} reads in a second",
        prices.as_of,
        prices.region,
        most(&simulation.ledger.writes_a_second),
        most(&simulation.ledger.reads_a_second),
    );
    let quota = forecast.quota;
    let has = if quota.account == quota.default {
        format!("AWS's default quota is {}", grouped(quota.default.into()))
    } else {
        format!(
            "this account has {}, AWS's default quota is {}",
            grouped(quota.account.into()),
            grouped(quota.default.into())
        )
    };
    let needed = counted(quota.needed.into(), "function");
    let are = if quota.needed == 1 { "is" } else { "are" };
    let _infallible = writeln!(text, "{needed} at once {are} needed; {has}");
    let troubles = [
        (simulation.refusals, "call", "turned away"),
        (simulation.requeued, "event", "that found no room at first"),
        (simulation.dropped, "event", "dropped"),
        (
            simulation.ledger.errors,
            "request",
            "that the object store did not answer",
        ),
    ];
    let troubles: Vec<_> = troubles
        .iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, what, how)| format!("{} {how}", counted(*count, what)))
        .collect();
    if !troubles.is_empty() {
        let _infallible = writeln!(text, "{}", troubles.join(", "));
    }
    text
}

/// What is to be done with units.
fn begun(view: &View<'_>) -> &'static str {
    if view.is_batch() {
        "be done"
    } else {
        "start in their time"
    }
}

fn verdict(view: &View<'_>) -> String {
    let mut text = String::new();
    let (quota, facts) = (view.forecast.quota, view.facts);
    let missing = facts.lost + facts.tally.missed + facts.tally.cancelled;
    if view.feasible {
        let _infallible = writeln!(
            text,
            "FEASIBLE: every unit {}, with {} at once of the {} that are allowed",
            if view.is_batch() {
                "is done"
            } else {
                "starts in its time"
            },
            counted(view.simulation.peak.into(), "function"),
            grouped(quota.account.into())
        );
        if quota.needed > quota.account {
            let _infallible = writeln!(
                text,
                "  {} would be there at once if so many were allowed",
                counted(quota.needed.into(), "function")
            );
        }
    } else if let Some(why) = facts.never_began() {
        let _infallible = writeln!(text, "NOT FEASIBLE: the run never begins: {why}");
    } else if let Some(why) = &view.simulation.unread {
        let _infallible = writeln!(
            text,
            "NOT FEASIBLE: the run is launched and ends, but whoever follows it cannot read how: {why}; its report would tell, once it can be read, what is told above"
        );
    } else if view.simulation.cut_off > 0 {
        let _infallible = writeln!(
            text,
            "NOT FEASIBLE: {} of {} would be begun and cut off before they end, which a run counts as failed; {} would not {}",
            grouped(view.simulation.cut_off),
            counted(facts.planned, "unit"),
            grouped(missing),
            begun(view)
        );
    } else if missing + facts.unfinished == 0 {
        let _infallible = writeln!(text, "NOT FEASIBLE, although every unit would be begun");
    } else {
        let _infallible = writeln!(
            text,
            "NOT FEASIBLE: {} of {} would not {}, {} would not be seen to end",
            grouped(missing),
            counted(facts.planned, "unit"),
            begun(view),
            grouped(facts.unfinished)
        );
    }
    for cause in &view.simulation.causes {
        let _infallible = writeln!(text, "  {cause}");
    }
    for advice in &view.advice {
        let _infallible = writeln!(text, "  {advice}");
    }
    if !view.faults.is_empty() {
        let _infallible = writeln!(text, "  in a world with {}", view.faults.join(", "));
    }
    for broken in view.simulation.broken.iter().take(NAMED) {
        let _infallible = writeln!(text, "BROKEN: {broken}");
    }
    text
}
