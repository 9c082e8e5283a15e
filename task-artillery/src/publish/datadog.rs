//! Datadog's API: series of points.

use serde_json::{Value, json};
use star_core::Time;

use crate::report::Published;
use crate::script::model::{Sink, Tag};

/// What is posted: a series for each figure, with a point for each period.
pub(super) fn series(
    sink: &Sink,
    prefix: &str,
    host: Option<&str>,
    left: &[Published],
    zero: Time,
) -> Value {
    let tags: Vec<_> = sink.tags.iter().map(tag).collect();
    let mut series = Vec::new();
    for figures in left {
        let seconds = figures.at(zero) / 1_000_000_000;
        let interval = figures.to.saturating_sub(figures.from).as_secs();
        let mut add = |name: &str, kind: &str, value: Value| {
            let mut one = json!({
                "metric": format!("{prefix}{name}"),
                "type": kind,
                "points": [[seconds, value]],
                "tags": tags,
            });
            if kind == "count" {
                one["interval"] = interval.into();
            }
            if let Some(host) = host {
                one["host"] = host.into();
            }
            series.push(one);
        };
        for (name, count) in figures.counters.iter().filter(|(name, _)| sink.takes(name)) {
            add(name, "count", (*count).into());
        }
        for (name, rate) in figures.rates.iter().filter(|(name, _)| sink.takes(name)) {
            add(name, "gauge", (*rate).into());
        }
        for (name, stats) in figures.times.iter().filter(|(name, _)| sink.takes(name)) {
            for (stat, value) in stats {
                add(&format!("{name}.{stat}"), "gauge", (*value).into());
            }
        }
    }
    json!({ "series": series })
}

fn tag(tag: &Tag) -> String {
    match &*tag.value {
        "" => tag.name.clone(),
        value => format!("{}:{value}", tag.name),
    }
}
