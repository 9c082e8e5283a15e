//! The first order of a run that somebody waits for.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::config::StalledStreamProtectionConfig;
use aws_sdk_lambda::config::retry::RetryConfig;
use aws_sdk_lambda::operation::invoke::InvokeOutput;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use serde_json::{Value, json};
use star_core::transport::{Transport, TransportError};
use star_core::wire::{Envelope, Order, Reply};
use tokio::time::Instant;

use crate::call::Call;
use crate::config::{Config, until_answered};
use crate::error::AwsError;
use crate::lambda::Lambda;

/// For so long it is looked whether an invocation is turned away; one that is not by then is under way.
const REFUSAL: Duration = Duration::from_secs(2);

/// Besides its function's life an answer takes no longer.
const ON_THE_WAY: Duration = Duration::from_secs(10);

/// Sends the order to start a run by an invocation that is answered when its function is done (`RequestResponse`), and every other order
/// as [`Lambda`] does.
///
/// The answer is one more source and no more: a function that failed, or refused, is told of at once. What becomes of the run is in the
/// ledger, also where the connection breaks or the run lives longer than the function. It is sent once and never again by the client;
/// whoever looks whether the start was claimed may send it again, and the claim decides who starts.
#[derive(Clone)]
pub struct Waited {
    lambda: Lambda,
    client: Client,
    told: Arc<dyn Fn(&str) + Send + Sync>,
    /// What was told last, so that it is told once.
    last: Arc<Mutex<Option<String>>>,
}

impl fmt::Debug for Waited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Waited").field(&self.lambda).finish()
    }
}

impl Waited {
    /// Orders to that function, whose invocations take so long at most. What an answer says that is not as it should be is told.
    pub fn new(
        config: &Config,
        lambda: Lambda,
        life: Duration,
        told: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        let own = aws_sdk_lambda::config::Builder::from(config.sdk())
            .retry_config(RetryConfig::disabled())
            .timeout_config(until_answered(life + ON_THE_WAY))
            // An answer that takes minutes has not stalled.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build();
        Self {
            lambda,
            client: Client::from_conf(own),
            told: Arc::new(told),
            last: Arc::default(),
        }
    }

    /// Invokes the function, and waits for its answer.
    async fn ask(self, envelope: Vec<u8>) -> Result<(), AwsError> {
        let asked = self
            .client
            .invoke()
            .function_name(self.lambda.function())
            .invocation_type(InvocationType::RequestResponse)
            .payload(Blob::new(envelope));
        let began = Instant::now();
        let answered = asked.send().await;
        let answered = answered.map_err(|error| AwsError::of(Call::Invoke, &error));
        let said = match &answered {
            Ok(answer) => wrong(answer),
            // It will be the same the next time. Whoever still looks is told by the answer.
            Err(error) if error.is_lasting() && began.elapsed() >= REFUSAL => {
                Some(error.to_string())
            }
            Err(_) => None,
        };
        if let Some(said) = said {
            self.tell(said);
        }
        answered.map(drop)
    }

    fn tell(&self, said: String) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref() != Some(&said) {
            (self.told)(&said);
            *last = Some(said);
        }
    }
}

/// What an answer says that is not as it should be. A run that was started elsewhere, stopped or too late is in the ledger as such.
fn wrong(answer: &InvokeOutput) -> Option<String> {
    let payload = answer.payload().map(Blob::as_ref).unwrap_or_default();
    let payload: Value = serde_json::from_slice(payload).unwrap_or_default();
    if let Some(kind) = answer.function_error() {
        let why = payload["errorMessage"].as_str().unwrap_or(kind);
        return Some(format!(
            "the function that was to start the run failed: {why}"
        ));
    }
    let reply = json!({ "reply": payload["reply"], "detail": payload["detail"] });
    match serde_json::from_value(reply) {
        Ok(Reply::Refused(why)) => Some(format!("the function refused to start the run: {why}")),
        Ok(Reply::Failed(why)) => Some(format!("the function could not start the run: {why}")),
        _ => None,
    }
}

#[async_trait(?Send)]
impl Transport for Waited {
    async fn send(&self, envelope: Vec<u8>) -> Result<(), TransportError> {
        let order = Envelope::decode(&envelope).map(|envelope| envelope.order);
        if order != Ok(Order::Start) {
            return self.lambda.send(envelope).await;
        }
        let answered = tokio::spawn(self.clone().ask(envelope));
        match tokio::time::timeout(REFUSAL, answered).await {
            Ok(Ok(Err(refused))) => Err(crate::lambda::refused(&refused)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_http_client::test_util::NeverClient;
    use star_core::Time;
    use star_core::wire::VERSION;

    use super::*;
    use crate::replay::{answers, json_error};

    fn envelope(order: Order) -> Vec<u8> {
        let envelope = Envelope {
            version: VERSION,
            deployment: "d".to_owned(),
            run: "r".parse().unwrap(),
            order,
            hop: 0,
            expires: Time::from_nanos(u64::MAX),
        };
        envelope.encode()
    }

    type Said = Arc<Mutex<Vec<String>>>;

    fn waited(config: &Config) -> (Waited, Said) {
        let said = Said::default();
        let heard = Arc::clone(&said);
        let told = move |line: &str| heard.lock().unwrap().push(line.to_owned());
        let lambda = Lambda::new(config, "f");
        (
            Waited::new(config, lambda, Duration::from_mins(1), told),
            said,
        )
    }

    /// What is said of an answer to the order to start a run, and whether it was taken.
    async fn said(status: u16, body: &str) -> (Vec<String>, bool) {
        let (config, client) = answers(&[(status, body)]);
        let (waited, said) = waited(&config);
        let taken = waited.send(envelope(Order::Start)).await.is_ok();
        assert_eq!(client.actual_requests().count(), 1, "{body}");
        let said = said.lock().unwrap().clone();
        (said, taken)
    }

    #[tokio::test]
    async fn the_start_is_asked_for_and_every_other_order_is_sent_as_an_event() {
        let (config, client) = answers(&[(200, "{\"reply\": \"executed\"}"), (202, "")]);
        let (waited, said) = waited(&config);
        let workers = Order::Serve {
            workers: star_core::Lanes::WHOLE,
            life: 0,
        };
        waited.send(envelope(Order::Start)).await.unwrap();
        waited.send(envelope(workers)).await.unwrap();
        let how = client.actual_requests().map(|request| {
            let how = request.headers().get("x-amz-invocation-type");
            how.unwrap().to_owned()
        });
        assert_eq!(how.collect::<Vec<_>>(), ["RequestResponse", "Event"]);
        assert!(said.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn an_answer_that_is_not_as_it_should_be_is_told() {
        for (body, expected) in [
            ("{\"reply\": \"executed\", \"run\": \"r\"}", None),
            ("{\"reply\": \"duplicate\"}", None),
            ("", None),
            (
                "{\"reply\": \"refused\", \"detail\": \"of another deployment\"}",
                Some("the function refused to start the run: of another deployment"),
            ),
        ] {
            let (said, taken) = said(200, body).await;
            assert!(taken);
            assert_eq!(said.first().map(String::as_str), expected);
        }
    }

    #[tokio::test]
    async fn what_is_turned_away_was_not_taken() {
        let throttled = json_error("TooManyRequestsException", "Rate Exceeded.");
        assert_eq!(said(429, &throttled).await, (vec![], false));
        let denied = json_error("AccessDeniedException", "no");
        // Whoever sends it is told, by the answer.
        assert_eq!(said(403, &denied).await, (vec![], false));
    }

    #[test]
    fn a_function_that_failed_is_told_with_its_reason() {
        let failed = |payload: &str| {
            let answer = InvokeOutput::builder().function_error("Unhandled");
            wrong(&answer.payload(Blob::new(payload)).build()).unwrap()
        };
        let begins = "the function that was to start the run failed: ";
        assert_eq!(
            failed("{\"errorMessage\": \"Task timed out\"}"),
            format!("{begins}Task timed out")
        );
        assert_eq!(failed(""), format!("{begins}Unhandled"));
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_an_answer_to_know_that_the_order_is_under_way() {
        let (config, _) = answers(&[]);
        let sdk = config.sdk().to_builder().http_client(NeverClient::new());
        let config = Config::of(sdk.build()).unwrap();
        let (waited, _) = waited(&config);
        let began = tokio::time::Instant::now();
        waited.send(envelope(Order::Start)).await.unwrap();
        assert_eq!(began.elapsed().as_secs(), REFUSAL.as_secs());
    }
}
