//! A run's end where it took place: what the function's log has of it, and an alert where somebody is to be told.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use serde_json::{Value, json};
use star_core::worker::World;
use star_core::{AnyOutcome, RunId, Told};

use crate::alert::{Alert, Topic, claim};
use crate::function::Log;

/// What is to be told of a run that is over.
#[derive(Clone, Debug)]
pub struct Tidings {
    /// What it came to, for the log, and for whoever waits for the function's answer.
    pub ended: Value,
    /// What stands at the top of the answer to whoever invoked the function with a script: an object.
    pub result: Value,
    /// Where somebody is to be told.
    pub alert: Option<Alert>,
}

/// Says what is to be told of a run that is over.
#[derive(Clone)]
pub struct Teller(Arc<Say>);

type Say = dyn Fn(&AnyOutcome) -> Tidings + Send + Sync;

impl Teller {
    /// One that says this.
    pub fn new(say: impl Fn(&AnyOutcome) -> Tidings + Send + Sync + 'static) -> Self {
        Self(Arc::new(say))
    }
}

impl fmt::Debug for Teller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Teller")
    }
}

/// What one invocation hears of ends.
pub(crate) struct Ends {
    teller: Teller,
    topic: Topic,
    /// Of the workers; its ending is not asked.
    world: World,
    log: Log,
    request: String,
    heard: Mutex<Heard>,
}

/// What became of a run.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) ended: Value,
    pub(crate) result: Value,
}

#[derive(Debug, Default)]
struct Heard {
    ended: Option<Ended>,
    /// Why an alert was not sent that should have been.
    unsent: Option<String>,
}

impl Ends {
    pub(crate) fn new(
        teller: Teller,
        topic: Topic,
        world: &World,
        log: Log,
        request: &str,
    ) -> Self {
        Self {
            teller,
            topic,
            world: world.clone(),
            log,
            request: request.to_owned(),
            heard: Mutex::default(),
        }
    }

    /// What the run came to, where this invocation ended one.
    ///
    /// # Errors
    /// Where an alert was not sent that should have been.
    pub(crate) fn take(&self) -> Result<Option<Ended>, String> {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        match heard.unsent.take() {
            Some(why) => Err(why),
            None => Ok(heard.ended.take()),
        }
    }

    /// Sends an alert, unless somebody did; what came of it.
    async fn send(&self, run: &RunId, alert: &Alert) -> Result<&'static str, String> {
        let World {
            ledger, ids, clock, ..
        } = &self.world;
        let once = (ids.next(), clock.now());
        let claimed = claim(&**ledger, run, alert, once).await;
        match claimed {
            Ok(true) => {}
            Ok(false) => return Ok("sent by another"),
            Err(error) => return Err(error.to_string()),
        }
        let sent = self.topic.publish(alert).await;
        sent.map(|()| "sent").map_err(|error| error.to_string())
    }
}

#[async_trait(?Send)]
impl Told for Ends {
    async fn ended(&self, outcome: AnyOutcome) {
        let run = &outcome.facts.run;
        let tidings = (self.teller.0)(&outcome);
        let mut line = json!({ "request": self.request, "run": run, "ended": tidings.ended });
        let mut unsent = None;
        if let Some(alert) = &tidings.alert {
            line["alert"] = match self.send(run, alert).await {
                Ok(what) => json!(what),
                Err(why) => {
                    let why = format!("the alert of the run `{run}` was not sent: {why}");
                    unsent = Some(why.clone());
                    json!(why)
                }
            };
        }
        (self.log)(&line.to_string());
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.ended = Some(Ended {
            ended: tidings.ended,
            result: tidings.result,
        });
        heard.unsent = unsent;
    }
}
