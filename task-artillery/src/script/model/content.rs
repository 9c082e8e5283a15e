//! What requests carry besides their URL and their headers.

use std::fmt;

use serde::{Deserialize, Serialize};
use star_core::document::BlobRef;
use star_core::draw::Draws;

use super::super::template::{JsonTemplate, Template};

/// A request's body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub enum Body {
    /// `json`: sent as `JSON.stringify` writes it ([`json_text`](crate::script::template::json_text)), with its content type.
    Json(JsonTemplate),
    /// `body`: sent as it is.
    Text(Template),
    /// `form`: sent as browsers send a form without files, with its content type.
    Form(Vec<Field>),
    /// `formData`: sent in parts, as browsers send a form with files, with its content type.
    Parts(Vec<Part>),
}

/// A name with a value, of `qs` or `form`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Field {
    /// The name.
    pub name: Template,
    /// The value. A list is sent as several values of that name by `qs`, and joined by commas by `form`.
    pub value: JsonTemplate,
}

/// One part of `formData`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Part {
    /// The name.
    pub name: Template,
    /// What is sent.
    pub content: PartContent,
    /// Its content type; by default a file's goes by its name, and a value has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<Template>,
}

/// What a part holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub enum PartContent {
    /// A value.
    Value(JsonTemplate),
    /// A file.
    File {
        /// The file, which travels beside the script.
        file: BlobRef,
        /// What the receiver is told that it is called.
        name: String,
    },
}

/// `auth`: who asks.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Auth {
    /// The user.
    pub user: Option<Template>,
    /// The password.
    pub pass: Option<Template>,
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// A cookie that the script gives a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Cookie {
    /// Its name.
    pub name: Template,
    /// Its value, behind which attributes may stand as in a `set-cookie` header.
    pub value: Template,
}

impl Cookie {
    /// The cookie with its calls made.
    #[must_use]
    pub fn settle(&self, draws: &mut Draws) -> Self {
        Self {
            name: self.name.settle(draws),
            value: self.value.settle(draws),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debugging_shows_no_password() {
        let template = |text| Some(Template::parse(text).unwrap());
        let auth = Auth {
            user: template("ada"),
            pass: template("hunter22"),
        };
        assert_eq!(format!("{auth:?}"), "Auth { user: Some(\"ada\"), .. }");
    }
}
