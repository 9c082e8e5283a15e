//! What is kept of a response.

use std::slice;

use star_core::document::{Node, Span};

use super::fields::short;
use super::keys;
use super::reader::Reader;
use super::scope::Place;
use crate::jsonpath;
use crate::script::model::{Capture, CaptureSource};
use crate::script::path::{MAX_INDEX, Path};
use crate::script::template::Template;

impl Reader<'_> {
    /// One capture, or a list of them.
    pub(super) fn captures(&mut self, node: &Node) -> Option<Vec<Capture>> {
        let items = node.as_list().unwrap_or(slice::from_ref(node));
        let captures: Vec<_> = items.iter().map(|item| self.capture(item)).collect();
        captures.into_iter().collect()
    }

    fn capture(&mut self, node: &Node) -> Option<Capture> {
        let fields = self.fields("capture", node, &keys::CAPTURE)?;
        let to = self
            .required(&fields, "as", "as: \"id\"")
            .map(|node| self.variable(node));
        let strict = match fields.get("strict") {
            Some(node) => self.boolean("strict", node),
            None => Some(self.strict_capture),
        };
        // That it captures from elsewhere is told already.
        if fields.means(&["header", "regexp", "xpath", "selector"]) {
            return None;
        }
        let source = self.required(&fields, "json", "json: \"$.id\"")?;
        let from = CaptureSource::Json(self.json_path(source)?);
        Some(Capture {
            from,
            to: to??,
            strict: strict?,
        })
    }

    /// The variable that a capture sets.
    fn variable(&mut self, node: &Node) -> Option<Path> {
        let text = self.words("as", node)?;
        let path = Path::parse(&text);
        self.scope.bind(path.root());
        self.captured_in_vain(path.root(), node.span);
        let wrong = if text.contains("{{") {
            "placeholders in `as` are not filled in".to_owned()
        } else if path.root().is_empty() {
            "`as` names no variable".to_owned()
        } else if path.is_out_of_reach() {
            format!("an index in `as` is above {MAX_INDEX}")
        } else {
            return Some(path);
        };
        self.error(
            node.span,
            wrong,
            "for example `as: \"id\"` or `as: \"user.id\"`",
        );
        None
    }

    /// A path into the body, read where it has no placeholders.
    fn json_path(&mut self, node: &Node) -> Option<Template> {
        let text = self.words("json", node)?;
        let template = self.template(&text, node.span, Place::Flow)?;
        let Some(text) = template.as_fixed() else {
            return Some(template);
        };
        if text.is_empty() {
            self.error(node.span, "`json` is empty", "for example `json: \"$.id\"`");
            return None;
        }
        match jsonpath::Path::parse(text) {
            Ok(path) => {
                for warning in path.warnings() {
                    let at = self.place_behind(text, warning.offset, node.span);
                    self.warn(
                        at,
                        format!("`json`: {}", warning.message),
                        warning.help.clone(),
                    );
                }
                Some(template)
            }
            Err(error) => {
                let at = self.place_behind(text, error.offset, node.span);
                let message = format!("`{}` is no path: {}", short(text), error.message);
                self.error(at, message, error.help.clone());
                None
            }
        }
    }

    /// The rest of a text from an offset on, or all of it.
    fn place_behind(&self, text: &str, offset: usize, whole: Span) -> Span {
        let place = self.place_of(text, whole);
        let start = place.start as usize + offset;
        if self.document.sources.snippet(place) == text && offset < text.len() {
            Span::new(place.file, start, place.end as usize)
        } else {
            place
        }
    }
}
