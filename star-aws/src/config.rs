//! How AWS is reached: credentials, region, retries, time limits.

use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::calls::Calls;
use crate::error::AwsError;
use crate::identity::{self, Told};

/// An attempt that has had no answer for so long is given up, and another made.
const ATTEMPT: Duration = Duration::from_secs(5);

/// So long all attempts may take.
const ALL_ATTEMPTS: Duration = Duration::from_secs(20);

/// How often an operation is attempted that was throttled, or failed on the other side; with jitter between.
const ATTEMPTS: u32 = 4;

/// Whose account is used, and where, when the environment's choice is not meant.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// The profile of the configuration files.
    pub profile: Option<String>,
    /// The region, which is taken as it is: whoever was told it has looked at it, as [`place`](crate::assets::place) does.
    pub region: Option<String>,
    /// Who is told of each call.
    pub calls: Option<Calls>,
}

/// Everything that AWS's clients have in common.
#[derive(Clone, Debug)]
pub struct Config {
    pub(crate) sdk: SdkConfig,
    region: String,
}

impl Config {
    /// Reads the environment and the configuration files, as AWS's own command line does.
    ///
    /// # Errors
    /// Where no region is set, or what is set can't be right.
    pub async fn load(access: &Access) -> Result<Self, AwsError> {
        identity::check(access.profile.as_deref())?;
        let calls = access.calls.clone();
        let client = calls.map_or_else(http_client, |calls| calls.told(http_client()));
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(client.clone())
            .retry_config(retries())
            .timeout_config(timeouts(Duration::ZERO));
        if let Some(profile) = &access.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(region) = &access.region {
            loader = loader.region(Region::new(region.clone()));
        }
        let sdk = loader.load().await;
        let this = Self::of(match &access.profile {
            Some(profile) => as_profile(profile, &sdk, client),
            None => sdk,
        })?;
        if access.region.is_none() {
            identity::check_region(&this.region)?;
        }
        Ok(this.telling(access.profile.as_deref()))
    }

    /// The same, that tells as what it is where credentials can't be had.
    fn telling(self, profile: Option<&str>) -> Self {
        let Some(provider) = self.sdk.credentials_provider() else {
            return self;
        };
        let told = SharedCredentialsProvider::new(Told::new(profile, provider));
        let sdk = self.sdk.to_builder().credentials_provider(told).build();
        Self { sdk, ..self }
    }

    /// That of these clients.
    ///
    /// # Errors
    /// Where no region is set.
    pub fn of(sdk: SdkConfig) -> Result<Self, AwsError> {
        let region = sdk.region().ok_or_else(identity::no_region)?.to_string();
        Ok(Self { sdk, region })
    }

    /// The same, that tries again what did not succeed.
    #[cfg(test)]
    pub(crate) fn retrying(self) -> Self {
        let sdk = self.sdk.to_builder().retry_config(retries()).build();
        Self { sdk, ..self }
    }

    /// The region.
    pub fn region(&self) -> &str {
        &self.region
    }

    pub(crate) fn sdk(&self) -> &SdkConfig {
        &self.sdk
    }

    pub(crate) fn s3(&self) -> aws_sdk_s3::Client {
        aws_sdk_s3::Client::new(&self.sdk)
    }

    pub(crate) fn lambda(&self) -> aws_sdk_lambda::Client {
        aws_sdk_lambda::Client::new(&self.sdk)
    }

    pub(crate) fn sns(&self) -> aws_sdk_sns::Client {
        aws_sdk_sns::Client::new(&self.sdk)
    }

    pub(crate) fn cloudformation(&self) -> aws_sdk_cloudformation::Client {
        aws_sdk_cloudformation::Client::new(&self.sdk)
    }
}

/// How long calls may take, of which what they send takes so long to travel.
pub(crate) fn timeouts(travel: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(ATTEMPT / 2)
        .operation_attempt_timeout(ATTEMPT + travel)
        .operation_timeout(ALL_ATTEMPTS + travel * ATTEMPTS)
        .build()
}

/// How long a call may take that is answered when a function is done.
pub(crate) fn until_answered(answer: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(ATTEMPT / 2)
        .operation_attempt_timeout(answer)
        .operation_timeout(answer)
        .build()
}

/// How often and when what did not succeed is tried again.
fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(ATTEMPTS)
}

/// As a profile that was named, also where the environment has credentials: as AWS's own command line does it.
fn as_profile(profile: &str, sdk: &SdkConfig, client: SharedHttpClient) -> SdkConfig {
    let around = ProviderConfig::without_region()
        .with_region(sdk.region().cloned())
        .with_http_client(client);
    let provider = ProfileFileCredentialsProvider::builder()
        .profile_name(profile)
        .configure(&around)
        .build();
    let builder = sdk.to_builder();
    builder
        .credentials_provider(SharedCredentialsProvider::new(provider))
        .build()
}

/// hyper with rustls on ring, which the program has anyway; through the environment's proxies, if it names some.
fn http_client() -> SharedHttpClient {
    let proxies = ProxyConfig::from_env();
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder()
            .proxy_config(proxies.clone())
            .tls_provider(tls::Provider::Rustls(CryptoMode::Ring));
        connector.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            connector.set_sleep_impl(components.sleep_impl());
        }
        connector.build()
    })
}
