//! Lines of statsd: `name:value|c`, and `|g`.

use std::fmt::Write as _;

use crate::report::Published;
use crate::script::model::{Dialect, Sink, Tag};

/// A line for each figure: counts are counted, the others are gauges.
pub(super) fn lines(
    sink: &Sink,
    prefix: &str,
    dialect: Dialect,
    figures: &Published,
) -> Vec<String> {
    let tags = tags(&sink.tags, dialect);
    let line = |name: &str, value: &str, kind: &str| {
        let name = fit(&format!("{prefix}{name}"));
        match dialect {
            Dialect::Behind => format!("{name}:{value}|{kind}{tags}"),
            Dialect::InName => format!("{name}{tags}:{value}|{kind}"),
        }
    };
    let mut lines = Vec::new();
    for (name, count) in figures.counters.iter().filter(|(name, _)| sink.takes(name)) {
        lines.push(line(name, &count.to_string(), "c"));
    }
    for (name, rate) in figures.rates.iter().filter(|(name, _)| sink.takes(name)) {
        lines.push(line(name, &rate.to_string(), "g"));
    }
    for (name, stats) in figures.times.iter().filter(|(name, _)| sink.takes(name)) {
        for (stat, value) in stats {
            lines.push(line(&format!("{name}.{stat}"), &value.to_string(), "g"));
        }
    }
    lines
}

/// The tags as they stand behind each line, or behind each name.
fn tags(tags: &[Tag], dialect: Dialect) -> String {
    let mut text = String::new();
    for (number, Tag { name, value }) in tags.iter().enumerate() {
        let (name, value) = (fit(name), fit(value));
        let _infallible = match (dialect, number) {
            (Dialect::InName, _) => write!(text, ",{name}={value}"),
            (Dialect::Behind, 0) if value.is_empty() => write!(text, "|#{name}"),
            (Dialect::Behind, 0) => write!(text, "|#{name}:{value}"),
            (Dialect::Behind, _) if value.is_empty() => write!(text, ",{name}"),
            (Dialect::Behind, _) => write!(text, ",{name}:{value}"),
        };
    }
    text
}

/// A text without what means something in lines.
fn fit(text: &str) -> String {
    let means =
        |letter: char| letter.is_control() || letter.is_whitespace() || ":|@#,=".contains(letter);
    text.replace(means, "_")
}
