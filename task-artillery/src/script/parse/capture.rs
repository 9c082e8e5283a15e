//! What is kept of a response, and what it has to be.

use std::slice;

use star_core::document::{Node, Value as Tree};

use super::fields::{Fields, enumerate, short};
use super::keys;
use super::reader::Reader;
use super::scope::Place;
use crate::script::model::{Capture, CaptureSource, Match, Nth};
use crate::script::path::{MAX_INDEX, Path};
use crate::script::template::JsonTemplate;

/// Where captures and matches may look.
const SOURCES: [&str; 5] = ["json", "header", "regexp", "xpath", "selector"];

/// The keys that go with one of them.
const BESIDE: [(&str, &str); 5] = [
    ("multiple", "json"),
    ("group", "regexp"),
    ("flags", "regexp"),
    ("attr", "selector"),
    ("index", "selector"),
];

impl Reader<'_> {
    /// One capture, or a list of them.
    pub(super) fn captures(&mut self, node: &Node) -> Option<Vec<Capture>> {
        let items = node.as_list().unwrap_or(slice::from_ref(node));
        if items.is_empty() {
            self.warn(node.span, "`capture` is empty, so nothing is captured", "");
        }
        let captures: Vec<_> = items.iter().map(|item| self.capture(item)).collect();
        captures.into_iter().collect()
    }

    /// One match, or a list of them.
    pub(super) fn matches(&mut self, node: &Node) -> Option<Vec<Match>> {
        let items = node.as_list().unwrap_or(slice::from_ref(node));
        if items.is_empty() {
            let help = "for example `match: { json: $.id, value: 1 }`; without `match` nothing is looked for";
            self.error(node.span, "`match` is empty, so any answer meets it", help);
            return None;
        }
        let matches: Vec<_> = items.iter().map(|item| self.one_match(item)).collect();
        matches.into_iter().collect()
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
        let all = match fields.get("multiple") {
            Some(node) => self.boolean("multiple", node).map(|multiple| !multiple),
            None => Some(false),
        };
        let from = match (self.source(&fields)?, all?) {
            (CaptureSource::Json(path), true) => CaptureSource::JsonList(path),
            (from, _) => from,
        };
        Some(Capture {
            from,
            to: to??,
            strict: strict?,
        })
    }

    fn one_match(&mut self, node: &Node) -> Option<Match> {
        let fields = self.fields("match", node, &keys::MATCH)?;
        let strict = match fields.get("strict") {
            Some(node) => self.boolean("strict", node),
            None => Some(true),
        };
        let value = self
            .required(&fields, "value", "value: \"open\"")
            .map(|node| self.wanted(&fields, node));
        Some(Match {
            from: self.source(&fields)?,
            value: value??,
            strict: strict?,
        })
    }

    /// What is to be found.
    fn wanted(&mut self, fields: &Fields<'_>, node: &Node) -> Option<JsonTemplate> {
        let is_json = fields.key_span("json").is_some();
        let source = SOURCES
            .into_iter()
            .find(|source| fields.key_span(source).is_some());
        let help = match (&node.value, source) {
            (Tree::List(_) | Tree::Map(_), _) => "look for a text, a number or a boolean in it",
            (Tree::Number(_) | Tree::Bool(_) | Tree::Null, Some(source))
                if !is_json && source != "xpath" =>
            {
                "what is found there is text, so write it in quotes"
            }
            _ => return self.json("value", node, Place::Flow),
        };
        let message = format!(
            "`value` is {}, and that is never found here",
            node.describe()
        );
        self.error(node.span, message, help);
        None
    }

    /// Where a capture or a match looks.
    fn source(&mut self, fields: &Fields<'_>) -> Option<CaptureSource> {
        let mut there = SOURCES
            .into_iter()
            .filter(|source| fields.key_span(source).is_some());
        let (first, second) = (there.next(), there.next());
        if let (Some(first), Some(second)) = (first, second)
            && let Some(at) = fields.key_span(second)
        {
            let message = format!("`{first}` and `{second}` cannot stand beside each other");
            let help = format!("{} looks in one place", fields.noun());
            self.error(at, message, help);
        }
        if first.is_none() && !fields.means(&SOURCES) {
            let noun = fields.noun();
            let message = format!("{noun} needs {}", enumerate(SOURCES));
            self.error(fields.span, message, "for example `json: \"$.id\"`");
        }
        let mut good = second.is_none();
        for (option, source) in BESIDE {
            if let (Some(at), Some(first)) = (fields.key_span(option), first)
                && first != source
            {
                let message = format!("`{option}` cannot stand beside `{first}`");
                self.error(at, message, format!("it belongs to `{source}`"));
                good = false;
            }
        }
        let from = self.each_source(fields, first);
        from.filter(|_| good)
    }

    /// Reads what belongs to all sources, so that each fault is told; gives what belongs to one.
    fn each_source(&mut self, fields: &Fields<'_>, source: Option<&str>) -> Option<CaptureSource> {
        let flags = self.regexp_flags(fields);
        let group = self.regexp_group(fields);
        let attr = fields.get("attr").map(|node| self.filled("attr", node));
        let index = match fields.get("index") {
            Some(node) => self.nth(node),
            None => Some(Nth::At(0)),
        };
        match source? {
            "json" => {
                let path = self.json_path(fields.get("json")?)?;
                Some(CaptureSource::Json(path))
            }
            "header" => {
                let name = self.header_name(fields.get("header")?)?;
                Some(CaptureSource::Header(name))
            }
            "regexp" => self.regexp(fields, flags, group),
            "xpath" => {
                let path = self.xpath(fields.get("xpath")?)?;
                Some(CaptureSource::Xpath(path))
            }
            _ => Some(CaptureSource::Selector {
                css: self.selector(fields.get("selector")?)?,
                attr: match attr {
                    Some(attr) => Some(attr?),
                    None => None,
                },
                index: index?,
            }),
        }
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

    /// Which of several elements.
    fn nth(&mut self, node: &Node) -> Option<Nth> {
        match node.as_str().map(str::trim) {
            Some("random") => Some(Nth::Random),
            Some("last") => Some(Nth::Last),
            Some(text) if text.parse::<f64>().is_err() => {
                let message = format!("`index` cannot be `{}`", short(text));
                let help = "it may be a number, counted from 0, `random` or `last`";
                self.error(node.span, message, help);
                None
            }
            _ => {
                let index = self.whole("index", node, 0..=u64::from(u32::MAX))?;
                Some(Nth::At(index as u32))
            }
        }
    }

    /// Text that is not empty.
    pub(super) fn filled(&mut self, name: &str, node: &Node) -> Option<String> {
        let text = self.words(name, node)?;
        if text.is_empty() {
            self.error(node.span, format!("`{name}` is empty"), "");
            return None;
        }
        Some(text)
    }
}
