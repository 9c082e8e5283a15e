//! What AWS refuses, in one sentence that says what to do.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::call::Call;
use crate::identity::{about_credentials, between};

/// Why something could not be done on AWS.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AwsError {
    /// Nobody said where.
    #[error("no AWS region is set: name one with `--region`, or set `AWS_REGION`")]
    NoRegion,
    /// There can be no such region.
    #[error("there is no AWS region `{region}`, which {by} says: {right}")]
    OddRegion {
        /// What was said.
        region: String,
        /// Where.
        by: String,
        /// What would be right.
        right: String,
    },
    /// The endpoint is none.
    #[error(
        "`{name}` is `{url}`, where AWS cannot be asked: it is an address such as `http://127.0.0.1:4566`, or is not set"
    )]
    NoEndpoint {
        /// The variable.
        name: &'static str,
        /// What it says.
        url: String,
    },
    /// The proxy is none.
    #[error(
        "`{name}` is `{url}`, through which AWS cannot be asked: it is an address such as `http://proxy.example.com:3128`, or is not set"
    )]
    NoProxy {
        /// The variable.
        name: &'static str,
        /// What it says.
        url: String,
    },
    /// A file of profiles says nothing.
    #[error("`{path}`, which AWS's profiles are in, can't be read: {why}")]
    OddFile {
        /// Which.
        path: String,
        /// Why.
        why: String,
    },
    /// The profile is called so that it can't be taken.
    #[error(
        "the AWS profile `{profile}`, which `{by}` names, can't be taken: in names of profiles are letters, digits and `-_/.%@:+`, and no others count"
    )]
    OddProfile {
        /// Which.
        profile: String,
        /// Who named it.
        by: &'static str,
    },
    /// There is no such profile.
    #[error("there is no AWS profile `{profile}`, which `{by}` names: in {files} {there}")]
    NoProfile {
        /// Which.
        profile: String,
        /// Who named it.
        by: &'static str,
        /// Where it was looked for.
        files: String,
        /// What is there.
        there: String,
    },
    /// Nobody said who.
    #[error("{}", no_credentials(.profile.as_deref()))]
    NoCredentials {
        /// The profile that was named, and has none.
        profile: Option<String>,
    },
    /// Half of the credentials is missing.
    #[error("half of the AWS credentials is missing: {place} has `{there}`, and not `{missing}`")]
    HalfKeys {
        /// Where.
        place: String,
        /// What is there.
        there: &'static str,
        /// What is not.
        missing: &'static str,
    },
    /// Nobody signed in, or too long ago.
    #[error(
        "the AWS profile `{profile}` needs somebody to sign in, which nobody did, or too long ago: `aws sso login --profile {profile}`"
    )]
    SignedOut {
        /// Which.
        profile: String,
    },
    /// The process that has the credentials has none.
    #[error(
        "the `credential_process` of the AWS profile `{profile}` gave no credentials{}: what it prints when it is called by hand says why", status_of(.status.as_deref())
    )]
    NoProcess {
        /// Whose.
        profile: String,
        /// How it ended.
        status: Option<String>,
    },
    /// Whoever gives credentials refused.
    #[error("the AWS credentials{} could not be had: {why}", of_profile(.profile.as_deref()))]
    Refusal {
        /// The profile that was named.
        profile: Option<String>,
        /// Why, in its own words.
        why: String,
    },
    /// A proxy does not let anybody through.
    #[error(
        "a proxy does not let `{action}` through to AWS: it wants to know who asks (HTTP 407){between}"
    )]
    Proxy {
        /// The permission of what was asked for.
        action: &'static str,
        /// What is known of the proxy.
        between: String,
    },
    /// The credentials were good.
    #[error("the AWS credentials have expired: sign in again ({0})")]
    Expired(String),
    /// The credentials are those of nobody.
    #[error(
        "AWS does not know these credentials: look at the profile, or at `AWS_ACCESS_KEY_ID` ({0})"
    )]
    Unknown(String),
    /// A permission is missing.
    #[error("AWS does not allow it: the permission `{action}` is needed ({message})")]
    Denied {
        /// The permission.
        action: &'static str,
        /// AWS's words.
        message: String,
    },
    /// Too much at once.
    #[error("AWS took no more for now, also when asked again: `{action}` is throttled ({message})")]
    Throttled {
        /// The permission of what was asked for.
        action: &'static str,
        /// AWS's words.
        message: String,
    },
    /// Too much in one piece.
    #[error("what was sent is too large for AWS: `{action}` takes no more ({message})")]
    TooLarge {
        /// The permission of what was asked for.
        action: &'static str,
        /// AWS's words.
        message: String,
    },
    /// No answer.
    #[error("AWS could not be reached for `{action}`: {why}")]
    Unreachable {
        /// The permission of what was asked for.
        action: &'static str,
        /// What happened.
        why: String,
    },
    /// The bucket is gone, and its stack is not.
    #[error(
        "the ledger's bucket is gone, which somebody must have removed by hand: `slsart remove --purge` removes what is left, then `slsart deploy` makes it anew (`{action}`: {message})"
    )]
    NoBucket {
        /// The permission of what was asked for.
        action: &'static str,
        /// AWS's words.
        message: String,
    },
    /// The function is gone, and its stack is not.
    #[error(
        "the function is gone, which somebody must have removed by hand: `slsart remove` removes what is left, then `slsart deploy` makes it anew (`{action}`: {message})"
    )]
    NoFunction {
        /// The permission of what was asked for.
        action: &'static str,
        /// AWS's words.
        message: String,
    },
    /// Refused for a reason of its own.
    #[error("`{action}` was refused: {code}: {message}")]
    Refused {
        /// The permission of what was asked for.
        action: &'static str,
        /// AWS's name for it.
        code: String,
        /// AWS's words.
        message: String,
    },
}

impl AwsError {
    /// AWS's name for why it was refused, where it was for a reason of its own.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            _ => None,
        }
    }

    /// Whether it is no use to ask again, until somebody does something about it.
    pub fn is_lasting(&self) -> bool {
        match self {
            Self::NoRegion
            | Self::OddFile { .. }
            | Self::OddProfile { .. }
            | Self::OddRegion { .. }
            | Self::NoEndpoint { .. }
            | Self::NoProxy { .. }
            | Self::NoProfile { .. }
            | Self::NoCredentials { .. }
            | Self::HalfKeys { .. }
            | Self::SignedOut { .. }
            | Self::NoProcess { .. }
            | Self::Proxy { .. }
            | Self::Expired(_)
            | Self::Unknown(_)
            | Self::Denied { .. }
            | Self::NoBucket { .. }
            | Self::NoFunction { .. }
            | Self::TooLarge { .. } => true,
            Self::Throttled { .. }
            | Self::Unreachable { .. }
            | Self::Refusal { .. }
            | Self::Refused { .. } => false,
        }
    }

    pub(crate) fn of<E>(call: Call, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let action = call.action();
        let Some(refused) = error.as_service_error() else {
            return about_credentials(error).unwrap_or_else(|| Self::Unreachable {
                action,
                why: unreached(error),
            });
        };
        // An answer to `HEAD` has no body, and so no name.
        let status = error
            .raw_response()
            .map(|answer| answer.status().as_u16())
            .unwrap_or_default();
        if status == 407 {
            let between = between();
            return Self::Proxy { action, between };
        }
        let code = match (refused.code(), status) {
            (Some(code), _) => code.to_owned(),
            (None, 403) => "AccessDenied".to_owned(),
            (None, status) => format!("HTTP {status}"),
        };
        let message = refused
            .message()
            .unwrap_or("no reason was given")
            .to_owned();
        match code.as_str() {
            "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => {
                Self::Denied { action, message }
            }
            "RequestTooLargeException"
            | "RequestEntityTooLargeException"
            | "RequestEntityTooLarge"
            | "EntityTooLarge"
            | "HTTP 413" => Self::TooLarge { action, message },
            "NoSuchBucket" => Self::NoBucket { action, message },
            "ResourceNotFoundException" if call.is_of_function() => {
                Self::NoFunction { action, message }
            }
            "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => Self::Expired(message),
            "InvalidAccessKeyId"
            | "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "SignatureDoesNotMatch"
            | "InvalidSignatureException" => Self::Unknown(message),
            "TooManyRequestsException"
            | "Throttling"
            | "ThrottlingException"
            | "SlowDown"
            | "RequestLimitExceeded" => Self::Throttled { action, message },
            _ => Self::Refused {
                action,
                code,
                message,
            },
        }
    }
}

/// An error and its causes.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let next_text = next.to_string();
        // Some say no more than those around them.
        if !text.ends_with(&next_text) {
            text.push_str(": ");
            text.push_str(&next_text);
        }
        cause = next.source();
    }
    text
}

/// Why there was no answer, in a few words: what happened last of all.
fn unreached<E>(error: &SdkError<E, HttpResponse>) -> String
where
    E: Error + 'static,
{
    if matches!(error, SdkError::TimeoutError(_)) {
        return format!("there was no answer in time{}", between());
    }
    let mut last: &dyn Error = error;
    while let Some(next) = last.source() {
        last = next;
    }
    let last = last.to_string();
    // The system's number says no more than its words.
    let last = last.split(" (os error ").next().unwrap_or(&last);
    match between() {
        nothing if nothing.is_empty() && last.contains("lookup address") => {
            format!("{last} (there is no network here, or no such region)")
        }
        between => format!("{last}{between}"),
    }
}

fn no_credentials(profile: Option<&str>) -> String {
    match profile {
        Some(profile) => format!(
            "there are no AWS credentials in the profile `{profile}`: it needs keys, a `credential_process`, a role or somebody who signs in; or name another with `--aws-profile` or `AWS_PROFILE`"
        ),
        None => "there are no AWS credentials: name a profile with `--aws-profile` or `AWS_PROFILE`, or set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`".to_owned(),
    }
}

fn of_profile(profile: Option<&str>) -> String {
    profile.map_or_else(String::new, |profile| {
        format!(" of the profile `{profile}`")
    })
}

fn status_of(status: Option<&str>) -> String {
    status.map_or_else(String::new, |status| {
        format!(", and ended with the exit status {status}")
    })
}
