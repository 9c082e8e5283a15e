//! `InfluxDB`'s line protocol.

use std::fmt::Write as _;

use star_core::Time;

use crate::report::Published;
use crate::script::model::Sink;

/// A line for each period: the figures are fields of one measurement, at the instant at which the period begins.
pub(super) fn lines(sink: &Sink, measurement: &str, left: &[Published], zero: Time) -> String {
    let mut text = String::new();
    for figures in left {
        let fields = fields(sink, figures);
        if fields.is_empty() {
            continue;
        }
        text.push_str(&escaped(measurement, ", "));
        for tag in &sink.tags {
            let (name, value) = (escaped(&tag.name, ", ="), escaped(&tag.value, ", ="));
            // No tag may be empty.
            if !value.is_empty() {
                let _infallible = write!(text, ",{name}={value}");
            }
        }
        let _infallible = writeln!(text, " {} {}", fields.join(","), figures.at(zero));
    }
    text
}

fn fields(sink: &Sink, figures: &Published) -> Vec<String> {
    let mut fields = Vec::new();
    let counts = figures.counters.iter().chain(&figures.rates);
    for (name, count) in counts.filter(|(name, _)| sink.takes(name)) {
        fields.push(format!("{}={count}i", escaped(name, ", =")));
    }
    for (name, stats) in figures.times.iter().filter(|(name, _)| sink.takes(name)) {
        for (stat, value) in stats {
            let name = format!("{name}.{stat}");
            fields.push(format!("{}={value}", escaped(&name, ", =")));
        }
    }
    fields
}

/// A name, with what means something in lines escaped. A backslash can't be.
fn escaped(name: &str, means: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for letter in name.chars() {
        if letter.is_control() || letter == '\\' {
            escaped.push('_');
            continue;
        }
        if means.contains(letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}
