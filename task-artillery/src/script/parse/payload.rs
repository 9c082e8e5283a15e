//! `config.payload`: CSV files.

use std::collections::HashSet;
use std::slice;

use star_core::document::{Blob, BlobRef, Diagnostic, Map, Node, Span};

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
        if let Some(node) = fields.get("fields") {
            self.announce_columns(node);
        }
        let names = fields.get("fields").map(|node| self.columns(node));
        // All that it has is looked at before anything that is missing ends it.
        let csv = self.csv_format(&fields);
        let all_rows_in = self.all_rows_in(&fields)?;
        if let Some(name) = &all_rows_in {
            self.scope.share(name);
        }
        let order = match fields.get("order") {
            Some(node) => match self.choice("order", node, &["random", "sequence"])? {
                "sequence" => Order::Sequence,
                _ => Order::Random,
            },
            None => Order::default(),
        };
        let (format, cast) = csv?;
        let path = self.required(&fields, "path", "path: \"users.csv\"")?;
        let blob = self.file(path)?;
        let names = if let Some(names) = names {
            names?
        } else {
            if all_rows_in.is_none() {
                let help = "for example `fields: [\"user\", \"password\"]`";
                self.warn(
                    fields.span,
                    "without `fields` the payload sets no variable",
                    help,
                );
            }
            Vec::new()
        };
        let file = BlobRef {
            name: self.config_name("path", path)?,
            ..blob.reference.clone()
        };
        let payload = Payload {
            file,
            fields: names,
            order,
            all_rows_in,
            cast,
            format,
        };
        match Table::read(blob.bytes.clone(), &payload) {
            Ok(_) => Some(payload),
            Err(error) => self.bad_table(&blob, &error, path.span),
        }
    }

    /// The variable that `loadAll` and `name` make of all rows, if they do.
    #[expect(
        clippy::option_option,
        reason = "the outer one says whether what stands there is good"
    )]
    fn all_rows_in(&mut self, fields: &Fields<'_>) -> Option<Option<String>> {
        let wanted = self.flag(fields, "loadAll", false)?;
        let name = match fields.get("name") {
            Some(node) => Some(self.words("name", node)?),
            None => None,
        };
        let at = |key| fields.key_span(key);
        match (wanted, name) {
            (false, None) => Some(None),
            (false, Some(_)) => {
                self.warn(
                    at("name")?,
                    "`name` has no effect without `loadAll: true`",
                    "",
                );
                Some(None)
            }
            (true, None) => {
                let help = "`name` says which variable holds all rows";
                self.error(at("loadAll")?, "`loadAll` needs a `name` beside it", help);
                None
            }
            (true, Some(_)) if fields.key_span("order").is_some() => {
                let help = "with an `order` each user gets one row";
                self.warn(
                    at("loadAll")?,
                    "`loadAll` has no effect beside `order`",
                    help,
                );
                Some(None)
            }
            (true, name) => Some(name),
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

    pub(super) fn flag(
        &mut self,
        fields: &Fields<'_>,
        key: &'static str,
        default: bool,
    ) -> Option<bool> {
        match fields.get(key) {
            Some(node) => self.boolean(key, node),
            None => Some(default),
        }
    }

    /// Makes known what columns seem to be meant, also where something is wrong with their list.
    fn announce_columns(&mut self, node: &Node) {
        let items = node.as_list().unwrap_or(slice::from_ref(node));
        for text in items.iter().filter_map(Node::as_str) {
            // As one text they are written as in the file's first row.
            let parts = node.as_str().map(|text| text.split(','));
            for name in parts.into_iter().flatten().map(str::trim) {
                self.scope.share(name);
            }
            self.scope.share(text);
        }
        for entry in node.as_map().map_or(&[][..], Map::entries) {
            self.scope.share(&entry.key);
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

    /// Tells of a fault in a CSV file: at its place in the file, and at the place that names it.
    fn bad_table(&mut self, blob: &Blob, error: &TableError, named: Span) -> Option<Payload> {
        let name = &blob.reference.name;
        let Some(offset) = error.offset else {
            self.error(named, format!("`{}`: {error}", short(name)), "");
            return None;
        };
        // What is before the place is UTF-8, so the place is the same in the text as in the bytes. To whoever sees the file a byte order
        // mark is no column.
        let text = String::from_utf8_lossy(&blob.bytes);
        let shown = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let offset = offset.saturating_sub(text.len() - shown.len());
        let text = shown.to_owned();
        let rest = text.as_bytes().get(offset..).unwrap_or_default();
        let row = rest
            .iter()
            .position(|byte| matches!(byte, b'\n' | b'\r'))
            .unwrap_or(rest.len());
        let length = text.len();
        let file = self.document.sources.add(name.clone(), text);
        // Where the row is can be seen, and how many columns it has, but nothing of what is in them.
        self.document.sources.conceal(Span::new(file, 0, length));
        let at = Span::new(file, offset, offset + row);
        let fault = Diagnostic::error(error.to_string()).at(at, "");
        self.tell(fault.see(named, "the file is named here"));
        None
    }
}
