//! The world that a file describes: `task-simulate`'s, and prices. What is wrong with it is told at its place.

use std::path::Path;
use std::time::Duration;

use star_core::document::{
    Diagnostic, Diagnostics, Document, Entry, Map, Node, Sources, Span, Value, closest, duration,
};
use task_simulate::World;

use super::Prices;
use crate::error::CommandError;

/// Where a run is simulated, and what it costs there.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) world: World,
    pub(crate) prices: Prices,
}

/// The keys of numbers from 0 to 1.
const SHARES: [&str; 9] = [
    "throttled",
    "neverRun",
    "duplicates",
    "deaths",
    "deadCarriers",
    "slow",
    "failingChunks",
    "ledger.unavailable",
    "ledger.lostAnswers",
];

/// The keys of other numbers, and from where to where they may be.
const NUMBERS: [(&str, u32, u32); 13] = [
    ("functions", 1, 10_000),
    ("scaleOut", 1, 1_000_000),
    ("concurrency", 1, 1_000_000),
    ("hopGuard", 1, 1_000_000),
    ("memory", 1, 1_000_000),
    ("slowness", 1, 1_000),
    ("ledger.writes", 1, 1_000_000_000),
    ("ledger.reads", 1, 1_000_000_000),
    ("ledger.prefixes", 1, 1_000_000),
    ("split.chunkRate", 1, 1_000_000),
    ("split.openUnits", 1, 1_000_000_000),
    ("split.workers", 1, 1_000_000),
    ("split.fanOut", 1, 1_000_000),
];

/// The longest that anything takes.
pub(super) const MONTH: Duration = Duration::from_hours(30 * 24);

/// The most that clocks are off: beyond that no two workers agree on what is over.
pub(super) const SKEW: Duration = Duration::from_mins(1);

/// The keys of lengths of time that do not differ: whether there must be some, and how long they may be.
const SPANS: [(&str, bool, Duration); 10] = [
    ("scaleOutWindow", true, MONTH),
    ("keepWarm", false, MONTH),
    ("eventAge", false, MONTH),
    ("timeout", true, MONTH),
    ("clockSkew", false, SKEW),
    ("unitLife", false, MONTH),
    ("split.chunk", true, MONTH),
    ("split.lead", false, MONTH),
    ("split.tail", false, MONTH),
    ("split.closing", false, MONTH),
];

/// The keys of lengths of time that differ.
const DELAYS: [&str; 6] = [
    "coldStart",
    "dispatch",
    "queue",
    "duplicateDelay",
    "item",
    "ledger.latency",
];

/// What a mapping for such a length must have, in this order.
const QUANTILES: [&str; 4] = ["least", "median", "p99", "most"];

impl Setting {
    /// What a file says; without one, what the world is like on a quiet day.
    pub(crate) fn read(path: Option<&Path>) -> Result<Self, CommandError> {
        let Some(path) = path else {
            let empty = Node {
                value: Value::Map(Map::default()),
                span: Span::default(),
            };
            return Self::of(Document::new(Sources::default(), empty, ""));
        };
        let document = star_yaml::document(path).map_err(|error| CommandError::Job {
            diagnostics: error.diagnostic.into(),
            sources: error.sources,
        })?;
        Self::of(document)
    }

    fn of(mut document: Document) -> Result<Self, CommandError> {
        setting(&mut document).map_err(|diagnostics| CommandError::Job {
            diagnostics,
            sources: document.sources,
        })
    }
}

fn setting(document: &mut Document) -> Result<Setting, Diagnostics> {
    let mut root = document.root.clone();
    if matches!(root.value, Value::Null) {
        root.value = Value::Map(Map::default());
    }
    let Value::Map(map) = &mut root.value else {
        let message = format!("a world is a mapping, not {}", root.describe());
        return Err(Diagnostic::error(message).at(root.span, "").into());
    };
    let prices = map.remove("prices").map(|entry| entry.node);
    let mut faults = Diagnostics::default();
    let prices = Prices::with(prices.as_ref(), document);
    let delays: Vec<_> = DELAYS.iter().filter_map(|key| at(&root, key)).collect();
    faults.extend(delays.into_iter().filter_map(|node| delay(node).err()));
    // A length of time that is wrong would be told once more, and less well.
    let world = faults.is_empty().then(|| document.decode::<World>(&root));
    let (world, fault) = match world {
        Some(Ok(world)) => (Some(world), None),
        Some(Err(fault)) => (None, Some(with_prices(fault, &root))),
        None => (None, None),
    };
    faults.extend(fault);
    faults.extend(SHARES.iter().filter_map(|key| share(at(&root, key)?).err()));
    let numbers = NUMBERS.iter();
    faults.extend(numbers.filter_map(|bounds| number(*bounds, at(&root, bounds.0)?).err()));
    let spans = SPANS.iter();
    faults.extend(spans.filter_map(|bounds| length(*bounds, at(&root, bounds.0)?).err()));
    faults.extend(disasters(&root));
    match (world, prices) {
        (Some(world), Ok(prices)) if faults.is_empty() => Ok(Setting { world, prices }),
        (_, Err(fault)) => {
            faults.push(fault);
            Err(faults)
        }
        _ => Err(faults),
    }
}

fn at<'n>(root: &'n Node, path: &str) -> Option<&'n Node> {
    path.split('.').try_fold(root, |node, key| node.get(key))
}

/// `prices` stands beside the world's own keys.
fn with_prices(fault: Diagnostic, root: &Node) -> Diagnostic {
    let place = fault.primary.as_ref().map(|label| label.span);
    let entries = root.as_map().map_or(&[][..], Map::entries);
    let slip = entries.iter().find(|entry| Some(entry.key_span) == place);
    match slip.and_then(|entry: &Entry| closest(&entry.key, ["prices"])) {
        Some(meant) if fault.message.starts_with("unknown key") => {
            fault.help(format!("did you mean `{meant}`?"))
        }
        _ => fault,
    }
}

fn share(node: &Node) -> Result<(), Diagnostic> {
    match &node.value {
        Value::Number(number) if !number.as_f64().is_some_and(is_share) => {
            let message = format!("a share is a number from 0 to 1, not {number}");
            Err(Diagnostic::error(message).at(node.span, ""))
        }
        _ => Ok(()),
    }
}

pub(super) fn is_share(number: f64) -> bool {
    (0.0..=1.0).contains(&number)
}

fn number((path, least, most): (&str, u32, u32), node: &Node) -> Result<(), Diagnostic> {
    let Value::Number(number) = &node.value else {
        return Ok(());
    };
    let range = f64::from(least)..=f64::from(most);
    if number
        .as_f64()
        .is_some_and(|number| range.contains(&number))
    {
        return Ok(());
    }
    let key = last(path);
    let message = format!("`{key}` must be from {least} to {most}, not {number}");
    Err(Diagnostic::error(message).at(node.span, ""))
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn length((path, some, most): (&str, bool, Duration), node: &Node) -> Result<(), Diagnostic> {
    let key = last(path);
    let message = match span(node) {
        Ok(this) if this > most => {
            format!("`{key}` must be at most {}", duration::show(most))
        }
        Ok(this) if some && this.is_zero() => {
            format!("`{key}` is zero, and nothing would ever run")
        }
        // What is no length of time was told.
        Ok(_) | Err(_) => return Ok(()),
    };
    Err(Diagnostic::error(message).at(node.span, ""))
}

/// What is wrong with deaths of many, and with the ledger's absences.
fn disasters(root: &Node) -> Vec<Diagnostic> {
    let of = |path: &str| at(root, path).and_then(Node::as_list).unwrap_or_default();
    let (disasters, outages) = (of("disasters").iter(), of("ledger.outages").iter());
    let shares = disasters.clone().filter_map(|one| one.get("share"));
    let ends = outages.flat_map(|one| [one.get("from"), one.get("length")]);
    let times = disasters.map(|one| one.get("at")).chain(ends).flatten();
    let long = |node: &Node| no_month(span(node).ok()?, node).err();
    let faults = shares.filter_map(|node| share(node).err());
    faults.chain(times.filter_map(long)).collect()
}

/// A length of time that differs: one length, or a mapping of its quantiles.
fn delay(node: &Node) -> Result<(), Diagnostic> {
    let Some(map) = node.as_map() else {
        return span(node).and_then(|this| no_month(this, node));
    };
    for entry in map.entries() {
        if !QUANTILES.contains(&&*entry.key) {
            let fault = Diagnostic::error(format!("unknown key `{}`", entry.key));
            let help = match closest(&entry.key, QUANTILES) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "known here: `least`, `median`, `p99` and `most`".to_owned(),
            };
            return Err(fault.at(entry.key_span, "").help(help));
        }
    }
    let mut before = None;
    for key in QUANTILES {
        let Some(node) = map.get(key) else {
            let message = format!("`{key}` is missing");
            let help = "a length of time that differs has `least`, `median`, `p99` and `most`";
            let fault = Diagnostic::error(message).at(node.span, "in this mapping");
            return Err(fault.help(help));
        };
        let this = span(node)?;
        no_month(this, node)?;
        if before.is_some_and(|before| before > this) {
            let message = format!("`{key}` is less than what is before it");
            let help = "they rise: `least`, `median`, `p99`, `most`";
            return Err(Diagnostic::error(message).at(node.span, "").help(help));
        }
        before = Some(this);
    }
    Ok(())
}

fn no_month(this: Duration, node: &Node) -> Result<(), Diagnostic> {
    if this <= MONTH {
        return Ok(());
    }
    let message = format!("a length of time here is at most {}", duration::show(MONTH));
    Err(Diagnostic::error(message).at(node.span, ""))
}

fn span(node: &Node) -> Result<Duration, Diagnostic> {
    let read = match &node.value {
        Value::String(text) => duration::parse(text),
        Value::Number(seconds) => duration::from_seconds(seconds.as_f64().unwrap_or(f64::NAN)),
        _ => Err(duration::DurationError::Shape),
    };
    read.map_err(|error| {
        let message = format!("a length of time is expected: {error}");
        let help = "such as `20ms`, `15s` or `1.5`, which are seconds";
        Diagnostic::error(message).at(node.span, "").help(help)
    })
}

#[cfg(test)]
mod tests;
