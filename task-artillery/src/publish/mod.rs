//! Figures that are sent elsewhere, once per run: from the report of all workers, never by a worker of its own part.
//!
//! Whoever launched a run here and follows it sends each period's figures when they are known ([`going_on`]); when the run is closed, what
//! is left is sent ([`at_the_end`]), which of a run that nobody follows is all. What was sent is kept beside the run, so that nothing is
//! sent twice. A sink that takes nothing is asked again with the next period, and at the end; the report is what is kept for it meanwhile.

mod cloudwatch;
mod datadog;
mod influx;
mod statsd;
mod wire;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::{RunContext, Time, as_nanos};

use crate::arrivals::Arrivals;
use crate::report::{Delivery, LoadReport, Published};
use crate::run::Poster;
use crate::script::Script;
use crate::script::model::{Sink, SinkKind};

/// How long the end of a run may take for this.
pub(crate) const LONGEST: Duration = Duration::from_secs(15);

/// What is kept beside the run.
const KEPT: &str = "sinks.json";

/// How far a sink is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Sent {
    /// What happened until then was sent.
    #[serde(with = "as_nanos")]
    until: Duration,
    /// What happened until then was tried to be sent.
    #[serde(with = "as_nanos")]
    tried: Duration,
    delivery: Delivery,
}

/// What it takes to send.
#[derive(Clone, Copy)]
struct Sender<'s> {
    script: &'s Script,
    arrivals: &'s Arrivals,
    cx: &'s RunContext,
    zero: Time,
}

/// Sends the figures of periods that are over, where there are any that were not sent.
pub(crate) async fn going_on(
    script: &Script,
    arrivals: &Arrivals,
    report: &LoadReport,
    known: Duration,
    cx: &RunContext,
) {
    let Some(sender) = Sender::new(script, arrivals, cx) else {
        return;
    };
    if !Published::any(report, Duration::ZERO, known) {
        return;
    }
    let mut all = sender.sent().await;
    let mut changed = false;
    for (sink, sent) in script.reporting.sinks.iter().zip(&mut all) {
        if !Published::any(report, sent.tried, known) {
            continue;
        }
        let left = Published::of(report, sent.until, Some(known));
        let Some(end) = left.last().map(|last| last.to) else {
            continue;
        };
        sent.tried = end;
        changed = true;
        let together = Published::together(report, sent.until, Some(known));
        sender.send(sink, sent, left, together, end).await;
    }
    if changed {
        sender.keep(&all).await;
    }
}

/// Sends what was not sent, and keeps in the report what became of it.
pub(crate) async fn at_the_end(
    script: &Script,
    arrivals: &Arrivals,
    report: &mut LoadReport,
    cx: &RunContext,
) {
    let Some(sender) = Sender::new(script, arrivals, cx) else {
        return;
    };
    let mut all = sender.sent().await;
    let named: Vec<_> = names(script);
    let each = script
        .reporting
        .sinks
        .iter()
        .zip(&mut all)
        .map(async |(sink, sent)| {
            let left = Published::of(report, sent.until, None);
            let together = Published::together(report, sent.until, None);
            if together.is_some() {
                sender.send(sink, sent, left, together, Duration::MAX).await;
            }
        });
    futures_util::future::join_all(each).await;
    for (name, sent) in named.into_iter().zip(all) {
        let mut delivery = sent.delivery;
        let left = Published::together(report, sent.until, None);
        delivery.undelivered = left.map_or(0, |left| left.periods);
        report.sinks.insert(name, delivery);
    }
}

/// What people call the sinks: each by a name of its own, in which nothing of the environment is to be read.
fn names(script: &Script) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for sink in &script.reporting.sinks {
        let name = script.secrets.redact(&*sink.name);
        let name = format!("{name} {}", sink.shown_place(&script.secrets));
        let same = names
            .iter()
            .filter(|other| other.starts_with(&*name))
            .count();
        let name = star_core::printable(&name);
        names.push(match same {
            0 => name,
            same => format!("{name} ({})", same + 1),
        });
    }
    names
}

impl<'s> Sender<'s> {
    /// None where nothing is to be sent.
    fn new(script: &'s Script, arrivals: &'s Arrivals, cx: &'s RunContext) -> Option<Self> {
        let wanted = !script.reporting.sinks.is_empty() && !cx.rehearsal();
        wanted.then_some(Self {
            script,
            arrivals,
            cx,
            zero: cx.zero()?,
        })
    }

    /// How far each sink is.
    async fn sent(&self) -> Vec<Sent> {
        let kept = self.cx.artifact(KEPT).await.ok().flatten();
        let kept = kept.and_then(|bytes| serde_json::from_slice::<Vec<Sent>>(&bytes).ok());
        let mut all = kept.unwrap_or_default();
        all.resize_with(self.script.reporting.sinks.len(), Sent::default);
        all
    }

    async fn keep(&self, all: &[Sent]) {
        if let Ok(bytes) = serde_json::to_vec(all) {
            // Where it can't be kept, what was sent is sent again at the end.
            let _kept = self.cx.write_artifact(KEPT, bytes).await;
        }
    }

    /// Sends what is left, which ends then.
    async fn send(
        &self,
        sink: &Sink,
        sent: &mut Sent,
        left: Vec<Published>,
        together: Option<Published>,
        end: Duration,
    ) {
        let periods = left.len() as u64;
        let limit = self.cx.aside::<LoadReport>();
        let done = tokio::select! {
            biased;
            done = self.deliver(sink, &left, together.as_ref()) => done,
            () = limit.0.sleep(LONGEST) => Err("it takes too long".to_owned()),
        };
        match done {
            Ok(()) => {
                sent.until = end;
                sent.delivery.periods += periods;
            }
            Err(why) => {
                sent.delivery.failures += 1;
                let why = self.script.secrets.redact(why).into_owned();
                let why = crate::script::Literals::of(self.script).redact(why);
                sent.delivery.why = star_core::printable(&why);
            }
        }
    }

    async fn deliver(
        &self,
        sink: &Sink,
        left: &[Published],
        together: Option<&Published>,
    ) -> Result<(), String> {
        let zero = self.zero;
        match &sink.kind {
            SinkKind::Statsd {
                host,
                port,
                prefix,
                dialect,
            } => {
                // Datagrams say no time: what is late is told as one.
                let lines = together.map(|all| statsd::lines(sink, prefix, *dialect, all));
                let (cx, _unit) = self.cx.aside();
                wire::datagrams((host, *port), &lines.unwrap_or_default(), &cx).await
            }
            SinkKind::Datadog {
                url,
                api_key,
                prefix,
                host,
            } => {
                let body = datadog::series(sink, prefix, host.as_deref(), left, zero);
                let url = format!("{url}/api/v1/series");
                let headers = [
                    ("content-type", "application/json"),
                    ("dd-api-key", &api_key.0),
                ];
                self.post(&url, &headers, &body.to_string()).await
            }
            SinkKind::Influx {
                url,
                authorization,
                measurement,
            } => {
                let body = influx::lines(sink, measurement, left, zero);
                let kind = ("content-type", "text/plain; charset=utf-8");
                match authorization {
                    Some(who) => {
                        self.post(url, &[kind, ("authorization", &who.0)], &body)
                            .await
                    }
                    None => self.post(url, &[kind], &body).await,
                }
            }
            SinkKind::CloudWatch {
                namespace,
                extended,
                agent,
            } => {
                let mut lines = Vec::new();
                for figures in left {
                    lines.extend(cloudwatch::documents(
                        sink, namespace, *extended, figures, zero,
                    ));
                }
                cloudwatch::deliver(&lines, agent).await
            }
        }
    }

    async fn post(&self, url: &str, headers: &[(&str, &str)], body: &str) -> Result<(), String> {
        let poster = Poster::new(self.script, self.arrivals, self.cx);
        poster.post(url, headers, body).await
    }
}

#[cfg(test)]
mod tests;
