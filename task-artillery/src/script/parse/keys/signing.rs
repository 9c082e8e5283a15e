//! The keys of how requests are signed.

use super::Status::{Done, NotYet};
use super::{Key, Mapping};

/// Options of the plugin `aws-sigv4`.
pub(in crate::script::parse) static SIGNING: Mapping = Mapping {
    noun: "the plugin `aws-sigv4`",
    rest: "",
    keys: &[
        Key("serviceName", Done),
        Key("region", Done),
        Key(
            "credentials",
            NotYet("they are those of the environment, `AWS_ACCESS_KEY_ID` and so on"),
        ),
    ],
};
