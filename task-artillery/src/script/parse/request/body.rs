//! What a request sends.

use star_core::document::{Entry, Node, Value as Tree};

use super::super::cookies::has_controls;
use super::super::fields::{Fields, short};
use super::super::keys;
use super::super::reader::Reader;
use super::super::scope::Place;
use super::fields::Empty;
use crate::script::model::{Body, Header, Method, Part, PartContent};
use crate::script::template::Template;

/// The keys of bodies; of several the first is sent.
const BODIES: [&str; 4] = ["json", "body", "form", "formData"];

impl Reader<'_> {
    /// The body: none inside where there is none, none outside where it is not good.
    #[expect(clippy::option_option, reason = "no body is not a bad body")]
    pub(super) fn request_body(
        &mut self,
        method: Method,
        fields: &Fields<'_>,
        headers: &[Header],
    ) -> Option<Option<Body>> {
        let allowed = self.flag(fields, "allowGetBody", false)?;
        let mut given = BODIES
            .into_iter()
            .filter_map(|key| Some((key, fields.key_span(key)?)));
        let Some((first, at)) = given.next() else {
            return Some(None);
        };
        let help = match method {
            Method::Get if !allowed => {
                "`post`, `put`, `patch`, `delete` and `options` may have one; `allowGetBody: true` sends it all the same"
            }
            Method::Head => "`post`, `put`, `patch`, `delete` and `options` may have one",
            _ => "",
        };
        if !help.is_empty() {
            let message = format!("a {} request has no body", method.as_str());
            self.error(at, message, help);
            return None;
        }
        let node = fields.get(first)?;
        for (other, at) in given {
            let help = match node.value {
                Tree::Bool(value) => format!("`{first}: {value}` sends the text `{value}`"),
                _ => String::new(),
            };
            let message = format!("`{other}` has no effect beside `{first}`");
            self.warn(at, message, help);
        }
        self.other_type(first, fields, headers);
        let body = match first {
            "json" => self.json_body(node)?,
            "body" => Body::Text(self.text_body(node)?),
            "form" => Body::Form(self.pairs(first, node, Empty::IsMissing)),
            _ => self.parts(node)?,
        };
        Some(Some(body))
    }

    /// Warns of a `content-type` that stands for the one which a form implies.
    fn other_type(&mut self, form: &str, fields: &Fields<'_>, headers: &[Header]) {
        let own = headers.iter().any(|header| header.name == "content-type");
        let (at, whose) = if own {
            (fields.key_span("headers"), "")
        } else {
            (fields.key_span(form), "default ")
        };
        let help = match form {
            "formData" => {
                "that one says where parts end; without it they cannot be told from each other"
            }
            "form" if !own => {
                "that one is `application/x-www-form-urlencoded`; as a header of the request it is sent"
            }
            _ => return,
        };
        if let Some(at) = at.filter(|_| own || self.default_content_type) {
            let message =
                format!("the {whose}header `content-type` is sent instead of that of `{form}`");
            self.warn(at, message, help);
        }
    }

    fn json_body(&mut self, node: &Node) -> Option<Body> {
        if matches!(node.value, Tree::Null) {
            return self.mismatch("json", node, "a value to send");
        }
        self.json("json", node, Place::Flow).map(Body::Json)
    }

    fn text_body(&mut self, node: &Node) -> Option<Template> {
        if matches!(node.value, Tree::Map(_) | Tree::List(_)) {
            let message = format!("`body` must be text, not {}", node.describe());
            self.error(node.span, message, "`json` sends such a value");
            return None;
        }
        let text = self.words("body", node)?;
        self.template(&text, node.span, Place::Flow)
    }

    /// `formData`.
    fn parts(&mut self, node: &Node) -> Option<Body> {
        let Some(map) = node.as_map() else {
            return self.mismatch("formData", node, "a mapping of names to parts");
        };
        let entries = map.entries().iter();
        Some(Body::Parts(
            entries.filter_map(|entry| self.part(entry)).collect(),
        ))
    }

    fn part(&mut self, entry: &Entry) -> Option<Part> {
        let name = self.template(&entry.key, entry.key_span, Place::Flow);
        if entry.node.as_map().is_none() {
            let content = self.part_value(&entry.key, &entry.node)?;
            return Some(Part {
                name: name?,
                content,
                content_type: None,
            });
        }
        let fields = self.fields(&entry.key, &entry.node, &keys::PART)?;
        let content_type = fields
            .get("contentType")
            .map(|node| self.content_type(node));
        let content = match (fields.get("fromFile"), fields.get("value")) {
            (Some(path), value) => {
                if value.is_some()
                    && let Some(at) = fields.key_span("value")
                {
                    self.warn(at, "`value` has no effect beside `fromFile`", "");
                }
                self.part_file(path)
            }
            (None, Some(node)) => self.part_value("value", node),
            (None, None) => {
                if !fields.means(&["fromFile", "value"]) {
                    let message = format!("the part `{}` is empty", short(&entry.key));
                    let help = "it needs `fromFile`, the path of a file, or `value`";
                    self.error(entry.node.span, message, help);
                }
                None
            }
        };
        let content_type = match content_type {
            Some(content_type) => Some(content_type?),
            None => None,
        };
        Some(Part {
            name: name?,
            content: content?,
            content_type,
        })
    }

    fn part_value(&mut self, name: &str, node: &Node) -> Option<PartContent> {
        match node.value {
            Tree::List(_) => {
                let help = "give each a part of its own, under a name of its own";
                self.error(
                    node.span,
                    format!("`{}` cannot be a list", short(name)),
                    help,
                );
                None
            }
            Tree::Null | Tree::Map(_) => self.mismatch(name, node, "text or a number"),
            Tree::Bool(_) | Tree::Number(_) | Tree::String(_) => {
                self.json(name, node, Place::Flow).map(PartContent::Value)
            }
        }
    }

    fn part_file(&mut self, node: &Node) -> Option<PartContent> {
        let path = self.config_text("fromFile", node)?;
        let blob = match self.document.file(&path, node.span) {
            Ok(blob) => blob,
            Err(error) => {
                self.tell(error);
                return None;
            }
        };
        let name = std::path::Path::new(&*path).file_name();
        let name = name.map(|name| name.to_string_lossy().into_owned());
        let mut file = blob.reference;
        file.name = self.config_name("fromFile", node)?;
        Some(PartContent::File {
            file,
            name: name.unwrap_or_default(),
        })
    }

    fn content_type(&mut self, node: &Node) -> Option<Template> {
        let text = self.words("contentType", node)?;
        let template = self.template(&text, node.span, Place::Flow)?;
        if template.as_fixed().is_some_and(has_controls) {
            let help = "it has no line breaks and no control characters";
            self.error(node.span, "`contentType` cannot be sent", help);
            return None;
        }
        Some(template)
    }
}
