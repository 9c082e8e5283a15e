//! Workers on AWS Lambda.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{
    AccountLimit, Architecture as OnProcessor, Concurrency, FunctionConfiguration, InvocationType,
};
use star_core::transport::{Transport, TransportError};

use crate::bucket::jitter;
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

    /// The function.
    pub(crate) fn function(&self) -> &str {
        &self.function
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
            return Err(TransportError {
                why: format!(
                    "the envelope has {size} bytes, and an event may have {LARGEST_EVENT}"
                ),
                lasting: true,
            });
        }
        let mut pauses = THROTTLED.iter();
        loop {
            match self.invoke(&envelope).await {
                Ok(()) => return Ok(()),
                Err(error) => match pauses.next() {
                    Some(pause) if matches!(error, AwsError::Throttled { .. }) => {
                        tokio::time::sleep(jitter(*pause)).await;
                    }
                    _ => return Err(refused(&error)),
                },
            }
        }
    }
}

/// Why an order was not taken.
pub(crate) fn refused(error: &AwsError) -> TransportError {
    TransportError {
        why: error.to_string(),
        lasting: error.is_lasting(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::answers;

    const THROTTLED: &str =
        "{\"__type\": \"TooManyRequestsException\", \"message\": \"Rate Exceeded.\"}";

    #[tokio::test(start_paused = true)]
    async fn what_is_throttled_is_sent_again_after_growing_pauses_and_not_for_ever() {
        let began = tokio::time::Instant::now();
        let refused = (429, THROTTLED);
        let (config, client) = answers(&[refused, refused, refused, (202, "")]);
        let lambda = Lambda::new(&config, "f");
        lambda.send(b"{}".to_vec()).await.unwrap();
        assert_eq!(client.actual_requests().count(), 4);
        let took = began.elapsed().as_millis();
        assert!((850..=1_700).contains(&took), "{took}");

        let (config, client) = answers(&[refused; 9]);
        let refused = Lambda::new(&config, "f").send(b"{}".to_vec()).await;
        assert_eq!(client.actual_requests().count(), 4);
        let why = refused.unwrap_err().to_string();
        assert!(
            why.contains("`lambda:InvokeFunction` is throttled"),
            "{why}"
        );
    }

    #[tokio::test]
    async fn an_order_that_is_refused_says_whether_it_will_be_again() {
        for (status, code, lasting) in [
            (403, "AccessDeniedException", true),
            (413, "RequestEntityTooLargeException", true),
            (413, "RequestEntityTooLarge", true),
            (400, "ExpiredToken", true),
            (404, "ResourceNotFoundException", true),
            (500, "ServiceException", false),
        ] {
            let body = crate::replay::json_error(code, "no");
            let (config, _) = answers(&[(status, &body)]);
            let refused = Lambda::new(&config, "f").send(b"{}".to_vec()).await;
            assert_eq!(refused.unwrap_err().lasting, lasting, "{code}");
        }
    }

    #[tokio::test]
    async fn an_event_that_is_too_large_is_not_sent() {
        let (config, client) = answers(&[(202, ""), (202, "")]);
        let lambda = Lambda::new(&config, "f");
        lambda.send(vec![b' '; LARGEST_EVENT]).await.unwrap();
        assert!(lambda.send(vec![b' '; LARGEST_EVENT + 1]).await.is_err());
        assert_eq!(client.actual_requests().count(), 1);
    }

    #[tokio::test]
    async fn how_a_function_is_configured_and_what_the_account_has_is_read() {
        let function = "{\"Configuration\": {\"MemorySize\": 512, \"Timeout\": 30, \"Architectures\": [\"arm64\"]}, \"Concurrency\": {\"ReservedConcurrentExecutions\": 4}}";
        let account = "{\"AccountLimit\": {\"ConcurrentExecutions\": 10, \"UnreservedConcurrentExecutions\": 6}}";
        let denied = "{\"__type\": \"AccessDeniedException\", \"message\": \"no\"}";
        let (config, _) = answers(&[(200, function), (200, account), (403, denied)]);
        let lambda = Lambda::new(&config, "f");
        let configured = Configured {
            memory: 512,
            life: Duration::from_secs(29),
            architecture: Architecture::Arm,
            reserved: Some(4),
        };
        assert_eq!(lambda.configured().await.unwrap(), configured);
        assert_eq!(lambda.account().await.unwrap(), Some(6));
        let why = lambda.account().await.unwrap_err().to_string();
        assert!(
            why.contains("the permission `lambda:GetAccountSettings` is needed"),
            "{why}"
        );
    }
}
