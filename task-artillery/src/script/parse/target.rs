//! What URLs that start with `/` are on.

use star_core::document::Diagnostic;

use super::fields::{Fields, short};
use super::reader::Reader;
use crate::script::address::without_user;

impl Reader<'_> {
    /// The target: the command line's, or the script's.
    pub(super) fn target(&mut self, fields: &Fields<'_>) -> Option<String> {
        const EXAMPLE: &str = "for example `http://localhost:8080`";
        let wrong = |text: &str| {
            format!(
                "the target `{}` is not an `http:` or `https:` URL",
                short(&without_user(text))
            )
        };
        if let Some(given) = self.typed_target.take() {
            let (message, help) = match beyond_path(&given) {
                None if absolute(&given).is_some() => return Some(given),
                None => (wrong(&given), EXAMPLE),
                Some((message, help)) => (message.to_owned(), help),
            };
            self.tell(Diagnostic::error(message).help(help));
            return None;
        }
        let Some(node) = fields.get("target") else {
            if !fields.means(&["target"]) {
                let help = "write it as `target: \"http://localhost:8080\"`, or say it on the command line with `--target`";
                self.error(fields.span, "the script has no target", help);
            }
            return None;
        };
        if node.as_str().is_none() {
            return self.mismatch("target", node, "a URL such as `http://localhost:8080`");
        }
        let text = self.config_text("target", node)?.into_owned();
        if let Some((message, help)) = beyond_path(&text) {
            self.error(node.span, message, help);
            return None;
        }
        if absolute(&text).is_some() {
            return Some(text);
        }
        let shown = self.config_name("target", node)?;
        self.error(node.span, wrong(&shown), EXAMPLE);
        None
    }
}

/// What a target has that nothing can be appended to, and what is meant instead.
fn beyond_path(target: &str) -> Option<(&'static str, &'static str)> {
    let url = absolute(target)?;
    if url.query().is_some() {
        let help = "URLs that start with `/` are appended to the target; a query belongs to each request, in its `url` or as `qs`";
        return Some(("the target has a query", help));
    }
    let help = "what is behind `#` is never sent; leave it out";
    let fragment = url.fragment().is_some();
    fragment.then_some(("the target has a fragment", help))
}

/// A text that is a URL to send requests to.
pub(in crate::script) fn absolute(text: &str) -> Option<url::Url> {
    let (scheme, _) = text.split_once("://")?;
    ["http", "https"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(scheme))?;
    url::Url::parse(text).ok()
}
