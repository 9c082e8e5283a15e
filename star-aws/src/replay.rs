//! Clients whose answers are written down: for what no emulator does.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::test_util::{ReplayEvent, StaticReplayClient};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;

use crate::config::{Access, Config};

/// Clients that get these answers, one after the other: a status, and a body. With what they were asked.
pub(crate) fn answers(answers: &[(u16, &str)]) -> (Config, StaticReplayClient) {
    let asked = || http::Request::builder().body(SdkBody::empty()).unwrap();
    let events = answers.iter().map(|(status, body)| {
        let answer = http::Response::builder().status(*status);
        ReplayEvent::new(asked(), answer.body(SdkBody::from(*body)).unwrap())
    });
    let client = StaticReplayClient::new(events.collect());
    let credentials = Credentials::new("AKID", "SECRET", None, None, "test");
    let sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::disabled())
        .http_client(client.clone())
        .build();
    (Config::of(sdk).unwrap(), client)
}

/// Clients whose network is down: nothing listens where they ask.
pub(crate) async fn nowhere() -> Config {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let access = Access {
        region: Some("eu-central-1".to_owned()),
        ..Access::default()
    };
    let sdk = Config::load(&access).await.unwrap().sdk.to_builder();
    let credentials = Credentials::new("AKID", "SECRET", None, None, "test");
    let sdk = sdk
        .endpoint_url(format!("http://{address}"))
        .retry_config(RetryConfig::disabled())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    Config::of(sdk).unwrap()
}

/// Lambda's form of an error, whose name is in a header elsewhere.
pub(crate) fn json_error(code: &str, message: &str) -> String {
    format!("{{\"__type\":\"{code}\",\"message\":\"{message}\"}}")
}

/// S3's form of an error.
pub(crate) fn s3_error(code: &str, message: &str) -> String {
    format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>")
}

/// `CloudFormation`'s form of an error.
pub(crate) fn query_error(code: &str, message: &str) -> String {
    format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    )
}
