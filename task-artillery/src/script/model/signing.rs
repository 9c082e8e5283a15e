//! How requests are signed for AWS.

use serde::{Deserialize, Serialize};

use super::sinks::Hidden;

/// The plugin `aws-sigv4`: who signs, and for what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Signing {
    /// The service's name in signatures, such as `execute-api`.
    pub service: String,
    /// Its region.
    pub region: String,
    /// Who signs.
    pub access_key_id: Hidden,
    /// With what.
    pub secret_access_key: Hidden,
    /// For how long that holds, where it does not hold for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_token: Option<Hidden>,
}
