//! `config.payload`: CSV files.

use std::collections::HashSet;
use std::slice;

use star_core::document::{Blob, Diagnostic, Node, Span};

use super::fields::{Fields, short};
use super::keys;
use super::reader::Reader;
use crate::payload::{Table, TableError};
use crate::script::model::{Order, Payload};

impl Reader<'_> {
    /// One payload, or a list of them.
    pub(super) fn payloads(&mut self, node: &Node) -> Vec<Payload> {
        let items = node.as_list().unwrap_or(slice::from_ref(node));
        items.iter().filter_map(|item| self.payload(item)).collect()
    }

    fn payload(&mut self, node: &Node) -> Option<Payload> {
        let fields = self.fields("payload", node, &keys::PAYLOAD)?;
        // The names are known even where the file is not good: one fault is told once.
        let names = fields.get("fields").map(|node| self.columns(node));
        for name in names.iter().flatten().flatten() {
            self.scope.share(name);
        }
        let order = match fields.get("order") {
            Some(node) => match self.choice("order", node, &["random", "sequence"])? {
                "sequence" => Order::Sequence,
                _ => Order::Random,
            },
            None => Order::default(),
        };
        let skip_header = self.flag(&fields, "skipHeader", false)?;
        let cast = self.flag(&fields, "cast", true)?;
        if !self.flag(&fields, "skipEmptyLines", true)? {
            let at = fields.key_span("skipEmptyLines")?;
            self.not_yet(at, "`skipEmptyLines: false`", "empty lines are passed over");
            return None;
        }
        let delimiter = match fields.get("delimiter") {
            Some(node) => self.delimiter(node)?,
            None => b',',
        };
        let path = self.required(&fields, "path", "path: \"users.csv\"")?;
        let blob = self.file(path)?;
        let names = if let Some(names) = names {
            names?
        } else {
            let help = "for example `fields: [\"user\", \"password\"]`";
            self.warn(
                fields.span,
                "without `fields` the payload sets no variable",
                help,
            );
            Vec::new()
        };
        let file = blob.reference.clone();
        let payload = Payload {
            file,
            fields: names,
            order,
            skip_header,
            delimiter,
            cast,
        };
        match Table::read(&blob.bytes, &payload) {
            Ok(_) => Some(payload),
            Err(error) => self.bad_table(&blob, &error, path.span),
        }
    }

    fn file(&mut self, node: &Node) -> Option<Blob> {
        let path = self.config_text("path", node)?;
        match self.document.file(&path, node.span) {
            Ok(blob) => Some(blob),
            Err(error) => {
                self.tell(error);
                None
            }
        }
    }

    fn flag(&mut self, fields: &Fields<'_>, key: &'static str, default: bool) -> Option<bool> {
        match fields.get(key) {
            Some(node) => self.boolean(key, node),
            None => Some(default),
        }
    }

    fn columns(&mut self, node: &Node) -> Option<Vec<String>> {
        let mut seen = HashSet::new();
        let mut names = Vec::new();
        for item in self.list("fields", node)? {
            let name = self.words("fields", item)?;
            if !seen.insert(name.clone()) {
                self.error(
                    item.span,
                    format!("the column `{}` is named twice", short(&name)),
                    "",
                );
                return None;
            }
            names.push(name);
        }
        Some(names)
    }

    fn delimiter(&mut self, node: &Node) -> Option<u8> {
        let text = self.words("delimiter", node)?;
        match text.as_bytes() {
            [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Some(*byte),
            _ => {
                let message = "`delimiter` must be one ASCII character, and no quote or line break";
                self.error(node.span, message, "for example `delimiter: \";\"`");
                None
            }
        }
    }

    /// Tells of a fault in a CSV file: at its place in the file, and at the place that names it.
    fn bad_table(&mut self, blob: &Blob, error: &TableError, named: Span) -> Option<Payload> {
        let name = &blob.reference.name;
        let Some(offset) = error.offset else {
            self.error(named, format!("`{}`: {error}", short(name)), "");
            return None;
        };
        // What is before the place is UTF-8, so the place is the same in the text as in the bytes.
        let text = String::from_utf8_lossy(&blob.bytes).into_owned();
        let rest = text.as_bytes().get(offset..).unwrap_or_default();
        let row = rest
            .iter()
            .position(|byte| matches!(byte, b'\n' | b'\r'))
            .unwrap_or(rest.len());
        let file = self.document.sources.add(name.clone(), text);
        let at = Span::new(file, offset, offset + row);
        let fault = Diagnostic::error(error.to_string()).at(at, "");
        self.tell(fault.see(named, "the file is named here"));
        None
    }
}
