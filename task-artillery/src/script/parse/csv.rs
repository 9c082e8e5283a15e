//! How the CSV file of a payload is to be read.

use star_core::document::{Node, Value as Tree};

use super::fields::Fields;
use super::keys;
use super::reader::Reader;
use crate::script::model::CsvFormat;

/// More rows no file has.
const MOST_ROWS: u64 = 1 << 32;

impl Reader<'_> {
    /// How the file is read, and whether numbers are cast: by the keys of the payload, and by `options`, which win.
    pub(super) fn csv_format(&mut self, payload: &Fields<'_>) -> Option<(CsvFormat, bool)> {
        let options = payload.get("options");
        let options = options.map(|node| self.fields("options", node, &keys::CSV));
        let skip_header = self.flag(payload, "skipHeader", false)?;
        let mut format = CsvFormat {
            from: if skip_header { 2 } else { 1 },
            skip_empty_lines: self.flag(payload, "skipEmptyLines", true)?,
            ..CsvFormat::default()
        };
        let mut cast = self.flag(payload, "cast", true)?;
        if let Some(node) = payload.get("delimiter") {
            format.delimiter = self.character("delimiter", node)?;
        }
        let Some(options) = options else {
            return Some((format, cast));
        };
        let options = options?;
        cast = self.flag(&options, "cast", cast)?;
        self.csv_options(&options, &mut format)?;
        if let (Some(_), false) = (format.comment, format.skip_empty_lines) {
            let at = options.key_span("comment")?;
            let message = "`comment` cannot be told from empty lines that count";
            self.error(at, message, "leave out `skipEmptyLines: false`");
            return None;
        }
        Some((format, cast))
    }

    fn csv_options(&mut self, options: &Fields<'_>, format: &mut CsvFormat) -> Option<()> {
        if let Some(node) = options.get("delimiter") {
            format.delimiter = self.character("delimiter", node)?;
        }
        if let Some(node) = options.get("quote") {
            format.quote = self.mark("quote", node)?;
        }
        if let Some(node) = options.get("escape") {
            format.escape = self.mark("escape", node)?;
        }
        if let Some(node) = options.get("comment") {
            format.comment = self.mark("comment", node)?;
        }
        let both = self.flag(options, "trim", false)?;
        let left = self.flag(options, "ltrim", both)?;
        format.trim = (left, self.flag(options, "rtrim", both)?);
        format.skip_empty_lines =
            self.flag(options, "skip_empty_lines", format.skip_empty_lines)?;
        if let Some(node) = options.get("from") {
            format.from = self.whole("from", node, 1..=MOST_ROWS)?;
        }
        if let Some(node) = options.get("to") {
            format.to = Some(self.whole("to", node, 1..=MOST_ROWS)?);
        }
        Some(())
    }

    fn character(&mut self, name: &str, node: &Node) -> Option<u8> {
        let text = self.words(name, node)?;
        match text.as_bytes() {
            [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Some(*byte),
            _ => {
                let message =
                    format!("`{name}` must be one ASCII character, and no quote or line break");
                self.error(node.span, message, format!("for example `{name}: \";\"`"));
                None
            }
        }
    }

    /// A character that may be left out: `false`, nothing, or an empty text.
    #[expect(
        clippy::option_option,
        reason = "the outer one says whether what stands there is good"
    )]
    fn mark(&mut self, name: &str, node: &Node) -> Option<Option<u8>> {
        match &node.value {
            Tree::Bool(false) | Tree::Null => Some(None),
            Tree::String(text) if text.is_empty() => Some(None),
            Tree::String(text) if text == "\"" => Some(Some(b'"')),
            _ => self.character(name, node).map(Some),
        }
    }
}
