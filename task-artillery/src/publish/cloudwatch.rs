//! `CloudWatch`'s embedded metric format: lines of JSON, which are metrics where they stand in the log of a function, or are given to an agent.

use std::io::{self, Write};

use serde_json::{Map, Value, json};
use star_core::Time;

use super::wire;
use crate::report::Published;
use crate::script::model::{Agent, Sink};

/// The most metrics that a document may have.
const MOST: usize = 100;

/// The longest name of a metric.
const LONGEST_NAME: usize = 1024;

/// What is usual of what is known of times.
const USUAL: [&str; 5] = ["p99", "max", "min", "median", "count"];

/// What in a function's environment says that it is one.
const FUNCTION: &str = "AWS_LAMBDA_FUNCTION_NAME";

/// The documents of a period's figures: as many as it takes.
pub(super) fn documents(
    sink: &Sink,
    namespace: &str,
    extended: bool,
    figures: &Published,
    zero: Time,
) -> Vec<Value> {
    let metrics = metrics(sink, extended, figures);
    let dimensions: Vec<_> = sink.tags.iter().map(|tag| tag.name.clone()).collect();
    let millis = figures.at(zero) / 1_000_000;
    let each = metrics.chunks(MOST).map(|metrics| {
        let named = metrics
            .iter()
            .map(|(name, unit, _)| json!({ "Name": name, "Unit": unit }));
        let mut document = Map::new();
        document.insert(
            "_aws".to_owned(),
            json!({
                "Timestamp": millis,
                "CloudWatchMetrics": [{
                    "Namespace": namespace,
                    "Dimensions": [dimensions],
                    "Metrics": named.collect::<Vec<_>>(),
                }],
            }),
        );
        for (name, _, value) in metrics {
            document.insert(name.clone(), value.clone());
        }
        for tag in &sink.tags {
            document.insert(tag.name.clone(), tag.value.clone().into());
        }
        Value::Object(document)
    });
    each.collect()
}

/// Each figure's name, unit and value.
fn metrics(sink: &Sink, extended: bool, figures: &Published) -> Vec<(String, &'static str, Value)> {
    let mut metrics = Vec::new();
    for (name, count) in figures.counters.iter().filter(|(name, _)| sink.takes(name)) {
        metrics.push((fit(name), "Count", (*count).into()));
    }
    for (name, rate) in figures.rates.iter().filter(|(name, _)| sink.takes(name)) {
        metrics.push((fit(name), "Count/Second", (*rate).into()));
    }
    for (name, stats) in figures.times.iter().filter(|(name, _)| sink.takes(name)) {
        for (stat, value) in stats {
            if extended || USUAL.contains(&&**stat) {
                let unit = if stat == "count" {
                    "Count"
                } else {
                    "Milliseconds"
                };
                metrics.push((fit(&format!("{name}.{stat}")), unit, (*value).into()));
            }
        }
    }
    metrics
}

/// A name that a metric can have.
fn fit(name: &str) -> String {
    let letters = name.chars().take(LONGEST_NAME);
    letters
        .map(|letter| if letter.is_control() { '_' } else { letter })
        .collect()
}

/// Writes documents, a line each.
///
/// # Errors
/// What the operating system says.
pub(super) fn write(documents: &[Value], out: &mut dyn Write) -> io::Result<()> {
    for document in documents {
        writeln!(out, "{document}")?;
    }
    out.flush()
}

/// Gives documents to whoever takes them: a function's log, or an agent.
pub(super) async fn deliver(documents: &[Value], agent: &Agent) -> Result<(), String> {
    if std::env::var_os(FUNCTION).is_some() {
        // What a function writes there is its log.
        let written = write(documents, &mut io::stdout().lock());
        return written.map_err(|error| format!("the log takes nothing: {error}"));
    }
    let mut lines = Vec::new();
    write(documents, &mut lines).map_err(|error| error.to_string())?;
    wire::to_agent(agent, &lines).await
}
