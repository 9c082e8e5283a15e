//! Cookies that a script gives users, and which of a server's they take.

use star_core::document::{Entry, Node};

use super::fields::{Fields, short};
use super::keys;
use super::reader::Reader;
use super::scope::Place;
use crate::script::model::{Cookie, CookieSettings};

impl Reader<'_> {
    /// `cookieJarOptions`.
    pub(super) fn cookie_settings(&mut self, http: Option<&Fields<'_>>) -> CookieSettings {
        let given = http.and_then(|http| http.get("cookieJarOptions"));
        let Some(fields) =
            given.and_then(|node| self.fields("cookieJarOptions", node, &keys::COOKIE_JAR))
        else {
            return CookieSettings::default();
        };
        if let Some(node) = fields.get("allowSpecialUseDomain")
            && self.boolean("allowSpecialUseDomain", node) == Some(false)
        {
            let instead = "cookies of `localhost` and the like are taken";
            self.not_yet(node.span, "`allowSpecialUseDomain: false`", instead);
        }
        let mut any_prefix = false;
        if let Some(node) = fields.get("prefixSecurity") {
            const WORDS: [&str; 3] = ["silent", "strict", "unsafe-disabled"];
            match self.choice("prefixSecurity", node, &WORDS) {
                Some("strict") => {
                    let instead = "`silent` passes such cookies over, and is the default";
                    self.not_yet(node.span, "`prefixSecurity: strict`", instead);
                }
                word => any_prefix = word == Some("unsafe-disabled"),
            }
        }
        CookieSettings {
            loose: self.flag(&fields, "looseMode", false).unwrap_or_default(),
            any_prefix,
        }
    }

    /// A mapping of names to values.
    pub(super) fn cookies(&mut self, name: &str, node: &Node, place: Place) -> Vec<Cookie> {
        let entries = self.named_values(name, node).iter();
        entries
            .filter_map(|entry| self.cookie(entry, place))
            .collect()
    }

    fn cookie(&mut self, entry: &Entry, place: Place) -> Option<Cookie> {
        let name = self.template(&entry.key, entry.key_span, place);
        let text = self.words(&entry.key, &entry.node)?;
        let value = self.template(&text, entry.node.span, place)?;
        let name = name?;
        let named = |name: &str| !name.trim().is_empty() && !name.contains(['=', ';']);
        if name
            .as_fixed()
            .is_some_and(|name| !named(name) || has_controls(name))
        {
            let message = format!("`{}` cannot be the name of a cookie", short(&entry.key));
            let help = "a name has no `=`, no `;` and no control characters";
            self.error(entry.key_span, message, help);
            return None;
        }
        if value.as_fixed().is_some_and(has_controls) {
            let message = format!(
                "the cookie `{}` has a value that cannot be sent",
                short(&entry.key)
            );
            let help = "a value has no line breaks and no control characters";
            self.error(entry.node.span, message, help);
            return None;
        }
        Some(Cookie { name, value })
    }
}

/// Whether a text has what no header can have.
pub(super) fn has_controls(text: &str) -> bool {
    text.chars()
        .any(|letter| letter.is_ascii_control() && letter != '\t')
}
