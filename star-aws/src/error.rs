//! What AWS refuses, in one sentence that says what to do.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::call::Call;

/// Why something could not be done on AWS.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AwsError {
    /// Nobody said where.
    #[error("no AWS region is set: name one with `--region`, or set `AWS_REGION`")]
    NoRegion,
    /// Nobody said who.
    #[error(
        "there are no AWS credentials: name a profile with `--aws-profile`, or set `AWS_PROFILE`, or `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`; where the profile signs in, `aws sso login` ({0})"
    )]
    NoCredentials(String),
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
            | Self::NoCredentials(_)
            | Self::Expired(_)
            | Self::Unknown(_)
            | Self::Denied { .. }
            | Self::TooLarge { .. } => true,
            Self::Refused { code, .. } => code == "NoSuchBucket",
            Self::Throttled { .. } | Self::Unreachable { .. } => false,
        }
    }

    pub(crate) fn of<E>(call: Call, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let action = call.action();
        let Some(refused) = error.as_service_error() else {
            let why = chain(error);
            return if is_about_credentials(error) {
                Self::NoCredentials(why)
            } else {
                Self::Unreachable { action, why }
            };
        };
        // An answer to `HEAD` has no body, and so no name.
        let status = error
            .raw_response()
            .map(|answer| answer.status().as_u16())
            .unwrap_or_default();
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
            | "EntityTooLarge"
            | "HTTP 413" => Self::TooLarge { action, message },
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
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}

fn is_about_credentials(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<aws_credential_types::provider::error::CredentialsError>() {
            return true;
        }
        cause = error.source();
    }
    false
}
