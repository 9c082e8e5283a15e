//! What a job file asks of the framework.

use std::time::Duration;

use super::split::{
    self, Limit, MAX_CHUNK_DURATION, MAX_CHUNK_RATE, MAX_SCRIPT_DURATION, MAX_SCRIPT_RATE, Split,
    TIME_BUFFER,
};
use crate::document::{Diagnostic, Diagnostics, Entry, Node, Span, closest};
use crate::limits::Limits;
use crate::split::{Extent, Splittable};

/// `_split.maxWorkers`: of a batch, how many workers at most.
const MAX_WORKERS: Limit = Limit {
    key: "maxWorkers",
    default: 1000,
    range: 1..=1000,
};

/// `_split.maxChunkUnits`: of a batch, how many units at most are done by one worker before it takes the next ones.
const MAX_CHUNK_UNITS: Limit = Limit {
    key: "maxChunkUnits",
    default: 1_000_000,
    range: 1..=1_000_000,
};

/// Which tasks a limit is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum For {
    All,
    Timed,
    Batches,
}

/// All that may stand under `_split`.
static LIMITS: [(Limit, For); 7] = [
    (MAX_SCRIPT_DURATION, For::All),
    (MAX_SCRIPT_RATE, For::Timed),
    (MAX_CHUNK_DURATION, For::Timed),
    (MAX_CHUNK_RATE, For::Timed),
    (MAX_CHUNK_UNITS, For::Batches),
    (MAX_WORKERS, For::Batches),
    (TIME_BUFFER, For::All),
];

/// What a job file of any kind asks of the framework, and where.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    split: Split,
    max_workers: Option<u32>,
    max_chunk_units: Option<u32>,
    /// Where the keys under `_split` stand, and their values.
    places: Vec<(&'static str, Span, Span)>,
}

impl Asked {
    /// What a document says; what is wrong with it is added to the faults.
    pub(super) fn read(root: &Node, faults: &mut Diagnostics) -> Self {
        let mut asked = Self::default();
        let Some(node) = root.get("_split") else {
            return asked;
        };
        match split::mapping(node) {
            Ok(map) => {
                let wrong = map.entries().iter().map(|entry| asked.set(entry));
                faults.extend(wrong.filter_map(Result::err));
            }
            Err(fault) => faults.push(fault),
        }
        asked
    }

    fn set(&mut self, entry: &Entry) -> Result<(), Diagnostic> {
        let limit = LIMITS.iter().find(|(limit, _)| limit.key == entry.key);
        let Some((limit, _)) = limit else {
            return Err(unknown(entry));
        };
        let given = Some(limit.read(&entry.node)?);
        let split = &mut self.split;
        match limit.key {
            key if key == MAX_SCRIPT_DURATION.key => split.max_script_duration_in_seconds = given,
            key if key == MAX_SCRIPT_RATE.key => split.max_script_requests_per_second = given,
            key if key == MAX_CHUNK_DURATION.key => split.max_chunk_duration_in_seconds = given,
            key if key == MAX_CHUNK_RATE.key => split.max_chunk_requests_per_second = given,
            key if key == TIME_BUFFER.key => split.time_buffer_in_milliseconds = given,
            key if key == MAX_WORKERS.key => self.max_workers = given,
            _ => self.max_chunk_units = given,
        }
        self.places
            .push((limit.key, entry.key_span, entry.node.span));
        Ok(())
    }

    /// A place's limits for a task of this extent: [`Split::over`], and of a batch no more workers than either allows.
    #[must_use]
    pub fn over(&self, place: Limits, extent: Extent) -> Limits {
        let mut limits = self.split.over(place);
        if extent.is_batch() {
            if let Some(most) = self.max_workers {
                limits.workers = Some(limits.workers.map_or(most, |place| place.min(most)));
            }
            if let Some(most) = self.max_chunk_units.map(u64::from) {
                limits.chunk_units = Some(limits.chunk_units.map_or(most, |place| place.min(most)));
            }
            if self.split.max_script_duration_in_seconds.is_some() {
                limits.batch_end = self.split.max_script_duration();
            }
        }
        limits
    }

    /// Whether the task is one that may be asked for this.
    ///
    /// # Errors
    /// All that is asked for in vain, and what goes beyond the limits that were set.
    pub(crate) fn fits(&self, task: &dyn Splittable) -> Result<(), Diagnostics> {
        let mut faults = Diagnostics::default();
        let extent = task.extent();
        faults.extend(
            self.places
                .iter()
                .filter_map(|place| in_vain(*place, extent)),
        );
        if let Extent::Timed(length) = extent {
            faults.extend(self.too_long(length));
            faults.extend(self.too_many(task));
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    }

    fn too_long(&self, length: Duration) -> Option<Diagnostic> {
        let most = self.split.max_script_duration();
        let at = self.place(MAX_SCRIPT_DURATION.key)?;
        let seconds = length.as_secs_f64();
        let message = format!("the task lasts {seconds} s");
        let allowed = format!("{} s", most.as_secs());
        let fault = MAX_SCRIPT_DURATION.beyond(&message, &allowed, seconds);
        (length > most).then(|| fault.at(at, ""))
    }

    fn too_many(&self, task: &dyn Splittable) -> Option<Diagnostic> {
        let most = self.split.max_script_rate();
        let at = self.place(MAX_SCRIPT_RATE.key)?;
        let peak = task.peak_rate(task.extent().window()).get();
        let message = format!("{peak} units a second are planned");
        let fault = MAX_SCRIPT_RATE.beyond(&message, &most.to_string(), peak as f64);
        (peak > u64::from(most)).then(|| fault.at(at, ""))
    }

    /// Where the value of a key stands, if it is there.
    fn place(&self, key: &str) -> Option<Span> {
        let found = self.places.iter().find(|(known, ..)| *known == key);
        found.map(|(_, _, value)| *value)
    }

    /// Whether functions would take the task.
    pub(crate) fn fits_functions(&self, task: &dyn Splittable) -> Result<(), String> {
        let Extent::Timed(length) = task.extent() else {
            return Ok(());
        };
        let peak = task.peak_rate(task.extent().window()).get();
        self.split
            .fits_functions("the task", "units", length, peak as f64)
    }
}

fn unknown(entry: &Entry) -> Diagnostic {
    let keys = LIMITS.iter().map(|(limit, _)| limit.key);
    let help = match closest(&entry.key, keys.clone()) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("`_split` may have {}", listed(keys)),
    };
    Diagnostic::error(format!("unknown key `{}` in `_split`", entry.key))
        .at(entry.key_span, "")
        .help(help)
}

/// Says of a limit that has nothing to limit.
fn in_vain((key, at, _): (&'static str, Span, Span), extent: Extent) -> Option<Diagnostic> {
    let (own, which) = match extent {
        Extent::Timed(_) => (For::Timed, "the units of this task are due at instants"),
        Extent::Batch => (For::Batches, "the units of a batch have no instants"),
    };
    let (_, whose) = LIMITS.iter().find(|(limit, _)| limit.key == key)?;
    if [For::All, own].contains(whose) {
        return None;
    }
    let fitting = LIMITS
        .iter()
        .filter(|(_, whose)| [For::All, own].contains(whose));
    let help = format!(
        "it may have {}",
        listed(fitting.map(|(limit, _)| limit.key))
    );
    let message = format!("`_split.{key}` limits nothing here: {which}");
    Some(Diagnostic::error(message).at(at, "").help(help))
}

/// `a`, `b` and `c`
fn listed<'k>(keys: impl Iterator<Item = &'k str>) -> String {
    let keys: Vec<_> = keys.map(|key| format!("`{key}`")).collect();
    match keys.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => keys.concat(),
    }
}
