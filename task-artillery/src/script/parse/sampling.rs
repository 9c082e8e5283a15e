//! `mode` and `sampling`: whether a script is a load test, or tries every scenario out.

use std::time::Duration;

use star_core::document::{Node, Span};

use super::fields::Fields;
use super::keys;
use super::reader::Reader;
use crate::script::duration::show;
use crate::script::model::{Sampling, Trial};
use crate::script::split::MAX_SCRIPT_DURATION;

/// The words for a mode.
const MODES: [(&str, Option<Trial>); 6] = [
    ("performance", None),
    ("perf", None),
    ("acceptance", Some(Trial::Acceptance)),
    ("acc", Some(Trial::Acceptance)),
    ("monitoring", Some(Trial::Monitoring)),
    ("mon", Some(Trial::Monitoring)),
];

/// The longest pause, and variance, in seconds.
const LONGEST_PAUSE: f64 = 3600.0;

/// The most errors that may be budgeted for.
const MOST_ERRORS: u64 = 1_000_000_000;

/// From which part of the longest duration on the pauses are worth a warning.
const USUAL_THRESHOLD: f64 = 0.9;

/// What `sampling` says, with the places that what is said of it as a whole is about.
#[derive(Debug)]
pub(super) struct Sampled {
    sampling: Sampling,
    /// None where nothing is said.
    node: Option<Span>,
    size: Option<Span>,
    budget: Option<Span>,
    threshold: f64,
}

impl Reader<'_> {
    /// `mode` and `sampling`. What was typed counts, then what the script says; none for a load test.
    pub(super) fn sampling(&mut self, script: &Fields<'_>) -> Option<Sampled> {
        let written = script.get("mode").and_then(|node| self.run_mode(node));
        let trial = self.typed_trial.or(written);
        let node = script.get("sampling");
        let (Some(trial), Some(node)) = (trial, node) else {
            if let Some(at) = script.key_span("sampling") {
                // It is checked all the same: another run of the script may be one of those.
                if let Some(node) = node {
                    self.samples(node, Trial::Acceptance);
                }
                let message = "`sampling` has no effect here: it is for the modes `acceptance` and `monitoring`";
                self.warn(at, message, "");
            }
            return Some(Sampled {
                sampling: Sampling::usual(trial?),
                node: None,
                size: None,
                budget: None,
                threshold: USUAL_THRESHOLD,
            });
        };
        self.samples(node, trial)
    }

    /// `mode` of a script as `serverless-artillery` knows it.
    fn run_mode(&mut self, node: &Node) -> Option<Trial> {
        let word = self.choice("mode", node, &MODES.map(|(word, _)| word))?;
        let mode = MODES.into_iter().find(|(known, _)| *known == word);
        mode?.1
    }

    fn samples(&mut self, node: &Node, trial: Trial) -> Option<Sampled> {
        let fields = self.fields("sampling", node, &keys::SAMPLING)?;
        let usual = Sampling::usual(trial);
        let size = match fields.get("size") {
            Some(node) => self.whole("size", node, 1..=Sampling::MOST),
            None => Some(usual.size),
        };
        let average = self.pause_of(&fields, "averagePause", usual.average_pause);
        let variance = self.pause_of(&fields, "pauseVariance", usual.pause_variance);
        let budget = match fields.get("errorBudget") {
            Some(node) => self.whole("errorBudget", node, 0..=MOST_ERRORS),
            None => Some(usual.error_budget),
        };
        let threshold = match fields.get("warningThreshold") {
            Some(node) => self.threshold_of_warning(node),
            None => Some(USUAL_THRESHOLD),
        };
        let (average_pause, pause_variance) = (average?, variance?);
        if pause_variance > average_pause {
            let of = |key| fields.get(key).map(|node| node.span);
            let at = of("pauseVariance").or_else(|| of("averagePause"));
            let message = format!(
                "`pauseVariance` is {}, and `averagePause` is {}: a pause would be shorter than nothing",
                show(pause_variance),
                show(average_pause)
            );
            let help = "the variance may be as long as the pause at most";
            self.error(at.unwrap_or(node.span), message, help);
            return None;
        }
        Some(Sampled {
            sampling: Sampling {
                trial,
                size: size?,
                average_pause,
                pause_variance,
                error_budget: budget?,
            },
            node: Some(node.span),
            size: fields.get("size").map(|node| node.span),
            budget: fields.get("errorBudget").map(|node| node.span),
            threshold: threshold?,
        })
    }

    /// A number of seconds.
    fn pause_of(
        &mut self,
        fields: &Fields<'_>,
        key: &'static str,
        usual: Duration,
    ) -> Option<Duration> {
        let Some(node) = fields.get(key) else {
            return Some(usual);
        };
        let seconds = self.number(key, node, "a number of seconds")?;
        if seconds > LONGEST_PAUSE {
            self.error(node.span, format!("`{key}` is longer than an hour"), "");
            return None;
        }
        Some(Duration::from_secs_f64(seconds))
    }

    fn threshold_of_warning(&mut self, node: &Node) -> Option<f64> {
        const WANTED: &str = "a number from 0 to 1";
        let threshold = self.number("warningThreshold", node, WANTED)?;
        if threshold > 1.0 {
            let message = format!("`warningThreshold` must be {WANTED}");
            self.error(node.span, message, "it is a part of the longest duration");
            return None;
        }
        Some(threshold)
    }

    /// What can be said of sampling only when the scenarios are known, and `_split`.
    pub(super) fn check_sampling(&mut self, sampled: Sampled, scenarios: usize) -> Sampling {
        let Sampled {
            sampling,
            node,
            size,
            budget,
            threshold,
        } = sampled;
        let samples = sampling.size.saturating_mul(scenarios as u64);
        if let Some(at) = budget.or(size).or(node)
            && samples <= sampling.error_budget
        {
            let message = format!(
                "`errorBudget` is {}, and there are {samples} samples: the run would pass even if all of them failed",
                sampling.error_budget
            );
            let help = "an `errorBudget` below the number of samples can be overdrawn";
            self.error(at, message, help);
        }
        let (pauses, most) = (sampling.longest_pauses(), self.split.max_script_duration());
        let Some(at) = size.or(node) else {
            return sampling;
        };
        let seconds = pauses.as_secs_f64();
        let message = format!("the pauses between samples take up to {}", show(pauses));
        if pauses > most {
            let fault = MAX_SCRIPT_DURATION.beyond(&message, &show(most), seconds);
            self.tell(fault.at(at, ""));
        } else if seconds > most.as_secs_f64() * threshold {
            let allowed = format!(
                "{message}, and `_split.{}` allows {}",
                MAX_SCRIPT_DURATION.key,
                show(most)
            );
            self.warn(at, allowed, "");
        }
        sampling
    }
}
