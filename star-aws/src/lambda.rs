//! Workers on AWS Lambda.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use star_core::transport::{Transport, TransportError};

use crate::call::Call;
use crate::config::Config;
use crate::error::AwsError;

/// Sends workers' envelopes by asynchronous invocations of one function.
#[derive(Clone, Debug)]
pub struct Lambda {
    client: Client,
    function: String,
}

/// What an asynchronous invocation takes ([Invoke](https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html)). An envelope is some
/// hundred bytes, since the job lies in the ledger.
const LARGEST_EVENT: usize = 1024 * 1024;

/// How often an invocation is tried that was throttled beyond what the client tries by itself, and the pause before each.
const THROTTLED: [Duration; 3] = [
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
];

impl Lambda {
    /// That function.
    pub fn new(config: &Config, function: impl Into<String>) -> Self {
        Self {
            client: config.lambda(),
            function: function.into(),
        }
    }

    /// Keeps so many of the account's functions for this one, and lets no more of it run at once: with none, no event that waits is run.
    ///
    /// # Errors
    /// Where Lambda refuses.
    pub async fn reserve(&self, functions: i32) -> Result<(), AwsError> {
        let asked = self.client.put_function_concurrency();
        let asked = asked
            .function_name(&self.function)
            .reserved_concurrent_executions(functions);
        let done = asked.send().await;
        done.map(|_told| ())
            .map_err(|error| AwsError::of(Call::PutFunctionConcurrency, &error))
    }

    async fn invoke(&self, envelope: &[u8]) -> Result<(), AwsError> {
        let asked = self.client.invoke().function_name(&self.function);
        let asked = asked.invocation_type(InvocationType::Event);
        let sent = asked.payload(Blob::new(envelope)).send().await;
        sent.map(|_accepted| ())
            .map_err(|error| AwsError::of(Call::Invoke, &error))
    }
}

#[async_trait(?Send)]
impl Transport for Lambda {
    async fn send(&self, envelope: Vec<u8>) -> Result<(), TransportError> {
        if envelope.len() > LARGEST_EVENT {
            let size = envelope.len();
            return Err(TransportError(format!(
                "the envelope has {size} bytes, and an event may have {LARGEST_EVENT}"
            )));
        }
        let mut pauses = THROTTLED.iter();
        loop {
            match self.invoke(&envelope).await {
                Ok(()) => return Ok(()),
                Err(error) => match pauses.next() {
                    Some(pause) if matches!(error, AwsError::Throttled { .. }) => {
                        tokio::time::sleep(*pause).await;
                    }
                    _ => return Err(TransportError(error.to_string())),
                },
            }
        }
    }
}
