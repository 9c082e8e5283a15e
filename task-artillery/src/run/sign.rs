//! Signatures of AWS, version 4.

use std::fmt;
use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderName, HeaderValue};
use sha2::{Digest as _, Sha256};
use star_core::Time;

use super::http::{Call, Outgoing, RequestError};
use crate::script::model::Signing;

/// The service whose paths are signed as they are, and which wants to be told what the body is.
const S3: &str = "s3";

/// Headers that signing adds, besides `authorization`.
static ADDED: [HeaderName; 3] = [
    HeaderName::from_static("x-amz-date"),
    HeaderName::from_static("x-amz-security-token"),
    HeaderName::from_static("x-amz-content-sha256"),
];

/// Signs requests.
pub(super) struct Signer {
    identity: Identity,
    service: String,
    region: String,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("service", &self.service)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

impl Signer {
    pub(super) fn new(signing: &Signing) -> Self {
        let token = signing.session_token.as_ref();
        let credentials = Credentials::new(
            signing.access_key_id.0.clone(),
            signing.secret_access_key.0.clone(),
            token.map(|token| token.0.clone()),
            None,
            "script",
        );
        Self {
            identity: credentials.into(),
            service: signing.service.clone(),
            region: signing.region.clone(),
        }
    }

    /// Adds the signature to a request that is to be made now. What is signed is where it goes, its body and its type, and headers of AWS:
    /// others may be changed on the way.
    ///
    /// # Errors
    /// Where a header is no text.
    pub(super) fn sign(&self, call: &mut Call<'_>, now: Time) -> Result<(), RequestError> {
        let mut headers = Vec::new();
        let rendered = call.rendered.iter().map(|(name, value)| (*name, value));
        let fixed = call.headers.iter().filter(|(name, _)| {
            let own = call.rendered.iter();
            !own.clone().any(|(other, _)| other == name)
        });
        for (name, value) in fixed.chain(rendered) {
            let meant = *name == HOST || *name == CONTENT_TYPE;
            if meant || name.as_str().starts_with("x-amz-") && !ADDED.contains(name) {
                let value = value.to_str().map_err(|_| RequestError::Header)?;
                headers.push((name.as_str().to_owned(), value.to_owned()));
            }
        }
        let url = format!("{}{}", call.location.origin, call.location.path);
        let parts = [call.method.as_str(), &url];
        let added = self.signature(parts, &headers, &digest(&call.body), now)?;
        call.rendered.retain(|(name, _)| !ADDED.contains(name));
        for (name, value) in added {
            let mut value = HeaderValue::from_str(&value).map_err(|_| RequestError::Header)?;
            if let Some(name) = ADDED.iter().find(|added| added.as_str() == name) {
                call.rendered.push((name, value));
            } else {
                value.set_sensitive(true);
                call.location.authorization = Some(value);
            }
        }
        Ok(())
    }

    /// The headers that a request gets: of this method and URL, with these headers, and a body of this digest.
    fn signature(
        &self,
        [method, url]: [&str; 2],
        headers: &[(String, String)],
        digest: &str,
        now: Time,
    ) -> Result<Vec<(String, String)>, RequestError> {
        let mut settings = SigningSettings::default();
        if self.service == S3 {
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        }
        let parameters = v4::SigningParams::builder()
            .identity(&self.identity)
            .region(&self.region)
            .name(&self.service)
            .time(SystemTime::UNIX_EPOCH + Duration::from_nanos(now.as_nanos()))
            .settings(settings)
            .build()
            .map_err(|_| RequestError::Header)?
            .into();
        let headers = headers.iter().map(|(name, value)| (&**name, &**value));
        let body = SignableBody::Precomputed(digest.to_owned());
        let request = SignableRequest::new(method, url, headers, body);
        let request = request.map_err(|_| RequestError::Header)?;
        let signed = sign(request, &parameters).map_err(|_| RequestError::Header)?;
        let (instructions, _signature) = signed.into_parts();
        let added = instructions.headers();
        Ok(added
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect())
    }
}

/// The SHA-256 of a body, in hexadecimal digits.
fn digest(body: &Outgoing) -> String {
    let mut hash = Sha256::new();
    for part in body.parts() {
        hash.update(part);
    }
    let mut text = String::with_capacity(64);
    for byte in hash.finalize() {
        let _infallible = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::script::model::Hidden;

    #[test]
    fn signatures_are_those_of_the_test_suite_of_aws() {
        let suite: Value = serde_json::from_str(include_str!("testdata/sigv4.json")).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let now = Time::from_nanos(suite["seconds"].as_u64().unwrap() * 1_000_000_000);
        let host = text(&suite["host"]);
        let cases = suite["cases"].as_array().unwrap();
        assert!(cases.len() > 10);
        for case in cases {
            let signer = Signer::new(&Signing {
                service: text(&suite["service"]),
                region: text(&suite["region"]),
                access_key_id: Hidden(text(&suite["accessKeyId"])),
                secret_access_key: Hidden(text(&suite["secretAccessKey"])),
                session_token: case.get("token").map(|token| Hidden(text(token))),
            });
            // As it is sent.
            let url = url::Url::parse(&format!("https://{host}{}", text(&case["path"]))).unwrap();
            let headers = [("host".to_owned(), host.clone())];
            let method = text(&case["method"]);
            let body = digest(&Outgoing::default());
            let signed = signer.signature([&method, url.as_str()], &headers, &body, now);
            let signed = signed.unwrap();
            let authorization = signed.iter().find(|(name, _)| name == "authorization");
            assert_eq!(
                authorization.unwrap().1,
                text(&case["authorization"]),
                "{case}"
            );
        }
    }

    #[test]
    fn debugging_shows_no_key() {
        let signer = Signer::new(&Signing {
            service: "s3".to_owned(),
            region: "eu-west-1".to_owned(),
            access_key_id: Hidden("Zid".to_owned()),
            secret_access_key: Hidden("Zsecret".to_owned()),
            session_token: None,
        });
        assert!(!format!("{signer:?}").contains('Z'));
    }
}
