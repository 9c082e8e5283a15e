//! Workers on AWS Lambda.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{
    AccountLimit, Architecture as OnProcessor, Concurrency, FunctionConfiguration, InvocationType,
};
use star_core::transport::{Transport, TransportError};

use crate::call::Call;
use crate::config::Config;
use crate::elf::Architecture;
use crate::error::AwsError;
use crate::function::LAST_WORDS;

/// Sends workers' envelopes by asynchronous invocations of one function.
#[derive(Clone, Debug)]
pub struct Lambda {
    client: Client,
    function: String,
}

/// What an asynchronous invocation takes ([Invoke](https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html)). An envelope is some
/// hundred bytes, since the job lies in the ledger.
const LARGEST_EVENT: usize = 1024 * 1024;

/// What a function has that does not say.
const LEAST_MEMORY: u32 = 128;
const LONGEST: Duration = Duration::from_mins(15);

/// How often an invocation is tried that was throttled beyond what the client tries by itself, and the pause before each.
const THROTTLED: [Duration; 3] = [
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
];

/// How a function is configured, as far as runs depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Configured {
    /// Its memory in MiB.
    pub memory: u32,
    /// How long its workers live.
    pub life: Duration,
    /// Its processor.
    pub architecture: Architecture,
    /// How many of it may run at once, where that is set.
    pub reserved: Option<u32>,
}

impl Lambda {
    /// That function.
    pub fn new(config: &Config, function: impl Into<String>) -> Self {
        Self {
            client: config.lambda(),
            function: function.into(),
        }
    }

    /// How it is configured.
    ///
    /// # Errors
    /// Where Lambda does not tell.
    pub async fn configured(&self) -> Result<Configured, AwsError> {
        let asked = self.client.get_function().function_name(&self.function);
        let found = asked.send().await;
        let found = found.map_err(|error| AwsError::of(Call::GetFunction, &error))?;
        let reserved = found
            .concurrency()
            .and_then(Concurrency::reserved_concurrent_executions);
        let configured = found.configuration();
        let positive = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
        let timeout = positive(configured.and_then(FunctionConfiguration::timeout));
        let timeout = timeout.map_or(LONGEST, |seconds| Duration::from_secs(seconds.into()));
        let on_arm = configured
            .is_some_and(|configured| configured.architectures().contains(&OnProcessor::Arm64));
        Ok(Configured {
            memory: positive(configured.and_then(FunctionConfiguration::memory_size))
                .unwrap_or(LEAST_MEMORY),
            life: timeout.saturating_sub(LAST_WORDS),
            architecture: if on_arm {
                Architecture::Arm
            } else {
                Architecture::X86
            },
            reserved: positive(reserved),
        })
    }

    /// How many functions may run at once in the account, besides those that are kept for some.
    ///
    /// # Errors
    /// Where Lambda does not tell.
    pub async fn account(&self) -> Result<Option<u32>, AwsError> {
        let settings = self.client.get_account_settings().send().await;
        let settings = settings.map_err(|error| AwsError::of(Call::GetAccountSettings, &error))?;
        let limit = settings.account_limit();
        let most = limit.and_then(AccountLimit::unreserved_concurrent_executions);
        Ok(most.and_then(|most| u32::try_from(most).ok()))
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
