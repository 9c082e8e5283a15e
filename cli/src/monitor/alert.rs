//! How somebody is told: a command that is given the alert, or a webhook.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use star_core::clock::Clock;
use star_core::registry::Kinds;
use star_core::{Job, Limits};
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

use super::round::play;
use super::rules::Alert;
use super::state::{Sent, Told};
use super::subject::Subject;
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
    subject: Subject,
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
        subject: Subject,
    ) -> Result<Self, CommandError> {
        let sender = Self {
            clock: Arc::clone(clock),
            webhook: webhook.map(str::to_owned),
            command: command.map(str::to_owned),
            subject,
        };
        if let Some(webhook) = &sender.webhook {
            posting(webhook, &Value::Null)?;
        }
        Ok(sender)
    }

    /// Sends an alert to those who were not told yet, and notes who was.
    pub(crate) async fn send(&self, alert: &Alert, who: &mut Told) -> Sent {
        if self.command.is_none() && self.webhook.is_none() {
            return Sent::ToNobody;
        }
        let told = self.told(alert);
        let Told { command, webhook } = who;
        // One that hangs keeps the other from nothing.
        tokio::join!(
            async {
                if let Some(how) = self.command.as_ref().filter(|_| !*command) {
                    *command = self.by_command(how, alert, &told).await;
                }
            },
            async {
                if let Some(url) = self.webhook.as_ref().filter(|_| !*webhook) {
                    *webhook = self.by_webhook(url, &told).await;
                }
            }
        );
        let all = (self.command.is_none() || *command) && (self.webhook.is_none() || *webhook);
        if all { Sent::ToAll } else { Sent::NotToAll }
    }

    /// The alert, as JSON: what the reference's alert has, and since when.
    fn told(&self, alert: &Alert) -> Value {
        let round = &alert.round;
        let which = self.subject.which();
        let text = std::iter::once(&alert.subject).chain(&which);
        let text = text.chain(&round.told);
        let mut told = json!({
            "subject": alert.subject,
            "status": alert.status,
            "script": self.subject.script,
            "text": text.map(String::as_str).collect::<Vec<_>>().join("\n"),
            "failingSince": alert.failing_since,
            "at": round.at,
            "run": round.run,
            "errorMessage": round.message,
            "errors": round.errors,
            "totals": round.totals,
            "told": round.told,
        });
        let named = [
            ("environment", &self.subject.environment),
            ("target", &self.subject.target),
        ];
        for (key, name) in named {
            if let Some(name) = name {
                told[key] = json!(name);
            }
        }
        told
    }

    /// Gives it to a command of the shell, on its standard input.
    async fn by_command(&self, command: &str, alert: &Alert, told: &Value) -> bool {
        let child = Command::new("sh")
            .args(["-c", command])
            .env("SLSART_ALERT_SUBJECT", &alert.subject)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .process_group(0)
            .kill_on_drop(true)
            .spawn();
        let mut child = match child {
            Ok(child) => child,
            Err(error) => return failed(&format!("the command cannot be started: {error}")),
        };
        let group = Group::of(&child);
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
        group.spare();
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

/// A command and all that it has begun: killed where nobody waits for it any more.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self(id.and_then(Pid::from_raw))
    }

    /// It has ended by itself: what it left behind is meant to stay.
    fn spare(mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            let _it_may_be_gone = kill_process_group(group, Signal::KILL);
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
    // What two braces enclose would be filled in. They stand in texts only, where JSON has another way to write one.
    let body = value.to_string().replace("{{", "{\\u007b");
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
