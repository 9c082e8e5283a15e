//! `config.phases`.

use std::time::Duration;

use star_core::document::{Node, Span};

use super::fields::Fields;
use super::keys;
use super::reader::Reader;
use crate::arrivals::{Load, MAX_RATE, MAX_UNITS};
use crate::script::duration::show;
use crate::script::model::Phase;
use crate::script::split::{Limit, MAX_SCRIPT_DURATION, MAX_SCRIPT_RATE};

/// The values that a phase's figures come from, for messages about them.
struct Origin<'n> {
    /// None for a pause, which has no load.
    load: Option<&'n Node>,
    length: &'n Node,
}

/// The most users that can be under way in a run.
const MAX_USERS: u64 = 1_000_000;

/// How arrivals are spaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mode {
    /// Evenly.
    #[default]
    Uniform,
    /// By chance.
    Poisson,
}

impl Reader<'_> {
    /// The phases; where there are none, one arrival in one second, as in Artillery.
    pub(super) fn phases(&mut self, node: Option<&Node>, mode: Mode) -> Option<Vec<Phase>> {
        let single = Phase {
            name: None,
            duration: Duration::from_secs(1),
            load: Load::Count(1),
            max_users: None,
        };
        let Some(node) = node else {
            return Some(vec![single]);
        };
        let items = self.list("phases", node)?;
        if items.is_empty() {
            self.warn(node.span, "without phases there is one arrival", "");
            return Some(vec![single]);
        }
        let mut length = Duration::ZERO;
        let mut phases = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let Some((phase, origin)) = self.phase(index, item, mode) else {
                continue;
            };
            let before = length;
            length += phase.duration;
            self.check_length(before, length, origin.length);
            if let Some(node) = origin.load {
                self.check_rate(&phase, node);
            }
            phases.push(phase);
        }
        Some(phases)
    }

    fn phase<'n>(
        &mut self,
        index: usize,
        node: &'n Node,
        mode: Mode,
    ) -> Option<(Phase, Origin<'n>)> {
        let fields = self.fields(&format!("phases[{index}]"), node, &keys::PHASE)?;
        let own = fields.get("mode");
        let own = own.map(|node| (node.span, self.arrival_mode(node)));
        let max_users = fields
            .get("maxVusers")
            .map(|node| self.whole("maxVusers", node, 1..=MAX_USERS));
        let name = match fields.get("name") {
            Some(node) if node.as_str().is_some() => Some(self.config_name("name", node)?),
            Some(node) => Some(self.words("name", node)?),
            None => None,
        };
        if let Some(pause) = fields.get("pause") {
            let duration = self.pause(&fields, pause)?;
            let phase = Phase {
                name,
                duration,
                load: Load::Pause,
                max_users: None,
            };
            return Some((
                phase,
                Origin {
                    load: None,
                    length: pause,
                },
            ));
        }
        let load = self.load(&fields);
        let load = load.map(|(load, origin)| (self.arranged(load, own, mode), origin));
        let Some(length) = fields.get("duration") else {
            if !fields.means(&["duration", "pause"]) {
                let message = "this phase has neither `duration` nor `pause`";
                self.error(
                    node.span,
                    message,
                    "say how long it lasts, for example `duration: 60`",
                );
            }
            return None;
        };
        let duration = self.duration("duration", length)?;
        if duration.is_zero() {
            self.error(length.span, "`duration` must be longer than zero", "");
            return None;
        }
        let (load, origin) = load?;
        let max_users = match max_users {
            Some(most) => Some(u32::try_from(most?).ok()?),
            None => None,
        };
        Some((
            Phase {
                name,
                duration,
                load,
                max_users,
            },
            Origin {
                load: Some(origin),
                length,
            },
        ))
    }

    fn pause(&mut self, fields: &Fields<'_>, pause: &Node) -> Option<Duration> {
        for key in ["arrivalRate", "rampTo", "arrivalCount", "duration"] {
            if let Some(at) = fields.key_span(key) {
                let message = format!("a phase with `pause` has no `{key}`");
                self.error(at, message, "a pause is a phase of its own");
                return None;
            }
        }
        for key in ["mode", "maxVusers"] {
            if let Some(at) = fields.key_span(key) {
                self.warn(at, format!("`{key}` has no effect in a pause"), "");
            }
        }
        self.duration("pause", pause)
    }

    /// The load as the phase's `mode` has it, or where it has none that of `config`.
    fn arranged(&mut self, load: Load, own: Option<(Span, Mode)>, config: Mode) -> Load {
        let mode = own.map_or(config, |(_, mode)| mode);
        match (load, mode) {
            (Load::Rate { from, to }, Mode::Poisson) if from.to_bits() == to.to_bits() => {
                Load::Poisson(from)
            }
            (load, Mode::Poisson) => {
                if let Some((at, _)) = own {
                    let message = "`poisson` has no effect here";
                    let help = "it is for phases with an `arrivalRate` and no `rampTo`";
                    self.warn(at, message, help);
                }
                load
            }
            (load, Mode::Uniform) => load,
        }
    }

    /// What arrives, and the value that says so.
    fn load<'n>(&mut self, fields: &Fields<'n>) -> Option<(Load, &'n Node)> {
        const RATE: &str = "a number of arrivals a second";
        if let Some(node) = fields.get("arrivalCount") {
            for key in ["arrivalRate", "rampTo"] {
                if let Some(at) = fields.key_span(key) {
                    self.warn(
                        at,
                        format!("`{key}` has no effect beside `arrivalCount`"),
                        "",
                    );
                }
            }
            let units = self.whole("arrivalCount", node, 0..=MAX_UNITS)?;
            return Some((Load::Count(units), node));
        }
        let (rate, ramp) = (fields.get("arrivalRate"), fields.get("rampTo"));
        let from = rate.map(|node| self.number("arrivalRate", node, RATE));
        let to = ramp.map(|node| self.number("rampTo", node, RATE));
        let (from, to) = match (from, to) {
            (None, None) => {
                if !fields.means(&["arrivalRate", "arrivalCount", "rampTo", "pause"]) {
                    let help = "add `arrivalRate` or `arrivalCount`; `pause: 60` is a wait";
                    self.error(fields.span, "this phase does not say what arrives", help);
                }
                return None;
            }
            (Some(rate), None) => (rate?, rate?),
            (None, Some(to)) => (0.0, to?),
            (Some(from), Some(to)) => (from?, to?),
        };
        let origin = if from > to { rate } else { ramp.or(rate) };
        Some((Load::Rate { from, to }, origin?))
    }

    /// `mode` of phases: how arrivals are spaced.
    pub(super) fn arrival_mode(&mut self, node: &Node) -> Mode {
        match self.choice("mode", node, &["uniform", "poisson"]) {
            Some("poisson") => Mode::Poisson,
            _ => Mode::Uniform,
        }
    }

    /// Says once, at the phase that crosses it, that the script is longer than it may be.
    fn check_length(&mut self, before: Duration, length: Duration, node: &Node) {
        let given = self.split.max_script_duration_in_seconds;
        let longest = Duration::from_secs(u64::from(*MAX_SCRIPT_DURATION.range.end()));
        let most = given.map_or(longest, |_| self.split.max_script_duration());
        if length > most && before <= most {
            let message = format!("with this phase the script lasts {}", show(length));
            let needed = length.as_secs_f64();
            self.beyond(&message, &MAX_SCRIPT_DURATION, &show(most), needed, node);
        }
    }

    fn check_rate(&mut self, phase: &Phase, node: &Node) {
        let peak = phase.load.peak(phase.duration);
        if peak > MAX_RATE {
            let message = format!("{peak} arrivals a second are planned");
            let help = format!("no run may have more than {MAX_RATE}");
            return self.error(node.span, message, help);
        }
        let most = self.split.max_script_requests_per_second;
        if let Some(most) = most.filter(|most| peak > f64::from(*most)) {
            let message = format!("{peak} arrivals a second are planned");
            self.beyond(&message, &MAX_SCRIPT_RATE, &most.to_string(), peak, node);
        }
    }

    /// Says that a limit is exceeded.
    fn beyond(&mut self, message: &str, limit: &Limit, allowed: &str, needed: f64, node: &Node) {
        self.tell(limit.beyond(message, allowed, needed).at(node.span, ""));
    }
}
