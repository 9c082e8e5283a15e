//! How somebody is told: a command that is given the alert, or a webhook.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use star_core::clock::Clock;
use star_core::registry::Kinds;
use star_core::{Job, Limits};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::round::play;
use super::rules::Alert;
use crate::error::CommandError;
use crate::output;

/// How long a command may take.
const LONGEST: Duration = Duration::from_mins(1);

/// The kind of task that posts to a webhook: an alert is a request like any other.
const POSTING: &str = "artillery";

/// Tells somebody.
#[derive(Debug)]
pub(crate) struct Sender {
    clock: Arc<dyn Clock>,
    webhook: Option<String>,
    command: Option<String>,
    /// What is monitored.
    script: String,
}

impl Sender {
    /// To a webhook, by a command, or both.
    ///
    /// # Errors
    /// Where nothing can be posted to such a webhook.
    pub(crate) fn new(
        clock: &Arc<dyn Clock>,
        webhook: Option<&str>,
        command: Option<&str>,
        script: String,
    ) -> Result<Self, CommandError> {
        let sender = Self {
            clock: Arc::clone(clock),
            webhook: webhook.map(str::to_owned),
            command: command.map(str::to_owned),
            script,
        };
        if let Some(webhook) = &sender.webhook {
            posting(webhook, &Value::Null)?;
        }
        Ok(sender)
    }

    /// Sends an alert; whether all who are to be told were.
    pub(crate) async fn send(&self, alert: &Alert) -> bool {
        let told = self.told(alert);
        let mut sent = true;
        if let Some(command) = &self.command {
            sent &= self.by_command(command, alert, &told).await;
        }
        if let Some(webhook) = &self.webhook {
            sent &= self.by_webhook(webhook, &told).await;
        }
        sent
    }

    /// The alert, as JSON: what the reference's alert has, and since when.
    fn told(&self, alert: &Alert) -> Value {
        let round = &alert.round;
        let text = std::iter::once(&alert.subject).chain(&round.told);
        json!({
            "subject": alert.subject,
            "status": alert.status,
            "script": self.script,
            "text": text.map(String::as_str).collect::<Vec<_>>().join("\n"),
            "failingSince": alert.failing_since,
            "at": round.at,
            "run": round.run,
            "errorMessage": round.message,
            "errors": round.errors,
            "totals": round.totals,
            "told": round.told,
        })
    }

    /// Gives it to a command of the shell, on its standard input.
    async fn by_command(&self, command: &str, alert: &Alert, told: &Value) -> bool {
        let child = Command::new("sh")
            .args(["-c", command])
            .env("SLSART_ALERT_SUBJECT", &alert.subject)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let mut child = match child {
            Ok(child) => child,
            Err(error) => return failed(&format!("the command cannot be started: {error}")),
        };
        let input = child.stdin.take();
        let text = format!("{told}\n");
        let ended = async {
            if let Some(mut input) = input {
                // One that does not read it may still do what it is for.
                let _left = input.write_all(text.as_bytes()).await;
            }
            child.wait().await
        };
        let ended = tokio::select! {
            ended = ended => ended,
            () = self.clock.sleep_until(self.clock.now() + LONGEST) => {
                return failed("the command takes longer than a minute");
            }
        };
        match ended {
            Ok(status) if status.success() => true,
            Ok(status) => failed(&format!("the command ended with {status}")),
            Err(error) => failed(&format!("the command cannot be waited for: {error}")),
        }
    }

    /// Posts it.
    async fn by_webhook(&self, webhook: &str, told: &Value) -> bool {
        let job = match posting(webhook, told) {
            Ok(job) => job,
            Err(error) => return failed(&error.to_string()),
        };
        let limits = job.task.limits(Limits::here(1));
        match play(&job, &limits, &self.clock, std::future::pending()).await {
            Some(round) if round.passed => true,
            // The URL may be a secret.
            _ => failed("the webhook did not take it"),
        }
    }
}

fn failed(why: &str) -> bool {
    output::note(&format!("the alert could not be sent: {why}\n"));
    false
}

/// A job that posts a value to a URL, and fails unless that is taken.
fn posting(url: &str, value: &Value) -> Result<Job, CommandError> {
    let unfit = || {
        let message =
            "`--webhook` is not an `http:` or `https:` URL to which something can be posted";
        CommandError::Usage(message.to_owned())
    };
    let origin = url::Url::parse(url).map_err(|_| unfit())?;
    if !matches!(origin.scheme(), "http" | "https") || url.contains("{{") {
        return Err(unfit());
    }
    // What two braces enclose would be filled in.
    let body = value.to_string().replace("{{", "{ {");
    let script = json!({
        "task": POSTING,
        "config": { "target": origin.origin().ascii_serialization() },
        "mode": "acceptance",
        "sampling": { "averagePause": 0, "pauseVariance": 0 },
        "scenarios": [{ "flow": [{ "post": {
            "url": url,
            "headers": { "content-type": "application/json" },
            "body": body,
            "expect": { "statusCode": [200, 201, 202, 204] },
        } }] }],
    });
    let text = script.to_string();
    let mut document =
        star_yaml::document_from("alert", text.as_bytes(), ".").map_err(|_| unfit())?;
    Kinds::linked()?.read(&mut document).map_err(|_| unfit())
}
