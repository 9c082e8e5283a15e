//! The script as a task.

use std::num::NonZeroU32;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use star_core::document::{Diagnostics, Document, Node, Options, Span};
use star_core::{
    Context, Executable, Extent, Failure, Limits, Rate, RunContext, Slice, Splittable, Task, Window,
};

use crate::arrivals::{Arrivals, ArrivalsError, Load};
use crate::report::LoadReport;
use crate::run::once;
use crate::script::model::{Phase, Trial};
use crate::script::{self, Script};
use crate::{connections, life, publish, run};

/// A script to run: its units are the users that arrive; or its scenarios, where each is tried out.
///
/// On the wire it is the script.
#[derive(Clone, Debug, PartialEq)]
pub struct Artillery {
    script: Script,
    arrivals: Arrivals,
}

impl Artillery {
    /// The task of a script.
    ///
    /// # Errors
    /// Where its phases are impossible, which those of a script that was [read](script::parse) never are.
    pub fn new(script: Script) -> Result<Self, ArrivalsError> {
        Ok(Self {
            arrivals: script.arrivals()?,
            script,
        })
    }

    /// The script.
    pub fn script(&self) -> &Script {
        &self.script
    }

    /// When its users arrive.
    pub fn arrivals(&self) -> &Arrivals {
        &self.arrivals
    }

    /// How long closing may take at the end of a worker's life: with `after`, also as long as that may take, and at most a quarter of the
    /// life; where figures are sent elsewhere, as long as that may take, and at most an eighth. Where a life is not bounded nothing has to be kept of it.
    fn closing(&self, place: &Limits) -> Duration {
        let Some(life) = place.life else {
            return place.closing;
        };
        let mut closing = place.closing;
        if !self.script.after.is_empty() {
            closing = closing.saturating_add(once::LONGEST.min(life / 4));
        }
        if !self.script.reporting.sinks.is_empty() {
            closing = closing.saturating_add(publish::LONGEST.min(life / 8));
        }
        closing
    }

    /// The limits of a batch whose units are scenarios: so many to a worker that there is one chunk for each, whose scenarios are tried
    /// out at the same time; one that is slow keeps nobody waiting. Where nobody says how many workers there are each scenario has its own.
    fn tried_out(&self, workers: Option<u32>, limits: Limits) -> Limits {
        const MOST: u32 = 1000;
        let scenarios = self.script.scenarios.len() as u64;
        let connections = self.script.http.pool.map_or(u32::MAX, NonZeroU32::get);
        let workers = workers.unwrap_or(MOST).min(connections).max(1);
        let mut limits = limits;
        limits.workers = Some(workers);
        limits.chunk_units = Some(scenarios.div_ceil(workers.into()).max(1));
        limits.give_up_silent = true;
        limits.batch_end = self.script.split.max_script_duration();
        limits
    }

    /// How long users may live on after their window: their pauses, and one answer that takes all the time that it may. Where a
    /// worker's life is bounded it is at most a third of that; where it is not, nobody is kept waiting by a longer time, since a worker
    /// is done when its users are: there each further request adds a second.
    fn tail(&self, place: &Limits) -> Duration {
        const AN_ANSWER: Duration = Duration::from_secs(1);
        let longest = life::longest(&self.script);
        if let Some(life) = place.life {
            return longest.min(life / 3);
        }
        let further = life::most_requests(&self.script).saturating_sub(1);
        let further = u32::try_from(further).unwrap_or(u32::MAX);
        longest.saturating_add(AN_ANSWER.saturating_mul(further))
    }
}

impl Serialize for Artillery {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.script.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Artillery {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Script::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl Splittable for Artillery {
    fn extent(&self) -> Extent {
        match &self.script.sampling {
            Some(_) => Extent::Batch,
            None => Extent::Timed(self.arrivals.duration()),
        }
    }

    fn units(&self) -> u64 {
        match &self.script.sampling {
            Some(_) => self.script.scenarios.len() as u64,
            None => self.arrivals.units(),
        }
    }

    fn due(&self, unit: u64) -> Duration {
        match &self.script.sampling {
            Some(_) => Duration::ZERO,
            None => self.arrivals.due(unit),
        }
    }

    /// No more than users may be under way, or share connections, so that each lane may have one.
    fn most_lanes(&self, window: Window) -> Option<u32> {
        let users = self.script.max_users(window);
        let connections = self.script.http.pool.map(NonZeroU32::get);
        users.into_iter().chain(connections).min()
    }
}

impl Executable for Artillery {
    type Report = LoadReport;

    async fn execute(&self, slice: Slice, cx: &Context<LoadReport>) -> Result<(), Failure> {
        run::execute(&self.script, &self.arrivals, slice, cx).await
    }
}

impl Task for Artillery {
    const KIND: &'static str = "artillery";

    fn claims(root: &Node) -> bool {
        script::claims(root)
    }

    fn read(document: &mut Document) -> Result<Self, Diagnostics> {
        let script = script::parse(document)?;
        Self::new(script).map_err(|error| {
            let message = format!("the phases are impossible: {error}");
            star_core::document::Diagnostic::error(message).into()
        })
    }

    fn template(options: &mut Options) -> Option<Result<String, Diagnostics>> {
        Some(script::begin(options))
    }

    fn schema() -> Option<serde_json::Value> {
        Some(script::schema())
    }

    fn validate(&self) -> Result<(), String> {
        run::check(&self.script)
    }

    fn due_at(root: &Node) -> Option<Span> {
        let config = root.get("config")?.as_map()?.entries().iter();
        let mut phases = config.filter(|entry| entry.key == "phases");
        phases.next().map(|entry| entry.key_span)
    }

    /// The defaults of `_split` hold in functions.
    fn fits_functions(&self) -> Result<(), String> {
        if self.script.sampling.is_some() {
            return Ok(());
        }
        let phases = self.script.phases.iter();
        let peak = phases
            .map(|phase| phase.load.peak(phase.duration))
            .fold(0.0, f64::max);
        let (split, length) = (&self.script.split, self.arrivals.duration());
        split.fits_functions("the script", "arrivals", length, peak)
    }

    /// Where scenarios are tried out.
    fn must_be_whole(&self) -> bool {
        self.script.sampling.is_some()
    }

    /// Where scenarios are to be tried out it has them all, and that none was.
    fn blank(&self) -> LoadReport {
        let mut report = LoadReport::default();
        if self.script.sampling.is_some()
            && let Ok(names) = run::names(&self.script, &self.arrivals)
        {
            report.prepare(&names);
        }
        report
    }

    /// Where it is a monitor that tries them out.
    fn alerts(&self) -> bool {
        let sampling = self.script.sampling.as_ref();
        sampling.is_some_and(|sampling| sampling.trial == Trial::Monitoring)
    }

    /// What `_split` says holds instead of what the place has by default.
    fn limits(&self, place: Limits) -> Limits {
        let workers = place.workers;
        let limits = self.script.split.over(Limits {
            tail: self.tail(&place),
            closing: self.closing(&place),
            ..place
        });
        match &self.script.sampling {
            Some(_) => self.tried_out(workers, limits),
            None => limits,
        }
    }

    fn seed(&mut self, seed: u64) {
        self.script.seed(seed);
        if self.script.seed.is_some()
            && let Ok(arrivals) = self.script.arrivals()
        {
            self.arrivals = arrivals;
        }
    }

    fn expected_life(&self) -> Duration {
        life::expected(&self.script)
    }

    /// Its phases are replaced by one. What `_split` says of chunks is left out, since that is to be found; what it says of the script
    /// holds.
    fn at_rate(&self, rate: Rate, duration: Duration) -> Option<Self> {
        if self.script.sampling.is_some() {
            return None;
        }
        let most = self.script.split.max_script_requests_per_second;
        if most.is_some_and(|most| rate.get() > most.into()) {
            return None;
        }
        let rate = rate.get() as f64;
        let mut script = self.script.clone();
        script.phases = vec![Phase {
            name: None,
            duration,
            load: Load::Rate {
                from: rate,
                to: rate,
            },
            max_users: self.script.max_users_anywhere(),
        }];
        script.split.max_chunk_requests_per_second = None;
        script.split.max_chunk_duration_in_seconds = None;
        Self::new(script).ok()
    }

    /// To each server one, or as many as it has branches under way at once that ask it; where connections are shared, users do not need any of their own.
    fn connections(&self) -> u64 {
        match self.script.http.pool {
            Some(_) => 0,
            None => connections::connections(&self.script),
        }
    }

    /// `before`. What it captures travels with the script to all users.
    async fn open(&mut self, cx: &RunContext) -> Result<(), Failure> {
        let captured = once::before(&self.script, &self.arrivals, cx).await?;
        self.script.captured = captured.variables;
        self.script.not_found = captured.not_found;
        Ok(())
    }

    /// Where figures are sent while a run goes on.
    fn observes(&self) -> bool {
        !self.script.reporting.sinks.is_empty()
    }

    async fn observed(&self, report: &LoadReport, known: Duration, cx: &RunContext) {
        publish::going_on(&self.script, &self.arrivals, report, known, cx).await;
    }

    /// `after`, and figures are sent where they are to be sent. Where no worker named the script's parts the report has them all the same.
    async fn close(&self, report: &mut LoadReport, cx: &RunContext) -> Result<(), Failure> {
        if report.scenarios.is_empty() {
            report.prepare(&run::names(&self.script, &self.arrivals)?);
        }
        let after = once::after(&self.script, &self.arrivals, cx).await;
        publish::at_the_end(&self.script, &self.arrivals, report, cx).await;
        after
    }
}

star_core::register_task!(Artillery);

#[cfg(test)]
mod tests;
