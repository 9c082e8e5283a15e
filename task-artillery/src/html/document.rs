//! Documents and their elements.

use html5ever::ParseOpts;
use html5ever::driver::parse_document;
use html5ever::tendril::{StrTendril, TendrilSink as _};
use scraper::{ElementRef, Html, HtmlTreeSink};

use super::cost::Shape;
use super::selector::Selector;

/// A document is read in parts of so many bytes, and looked at after each.
const PART: usize = 1024;

/// The most nodes of a document.
const NODES_LIMIT: usize = 200_000;

/// How deep elements may lie in each other. Browsers stop at 512.
const DEPTH_LIMIT: usize = 1_000;

/// The most that attributes of tags may cost, each of which is compared with all before it.
const ATTRIBUTES_LIMIT: usize = 1 << 30;

/// The most steps of a search: some 0.1 s.
const STEP_LIMIT: u64 = 1 << 22;

/// What browsers know to be there or not, whatever its value. For those the value is the name.
const SWITCHES: [&str; 15] = [
    "autofocus",
    "autoplay",
    "async",
    "checked",
    "controls",
    "defer",
    "disabled",
    "hidden",
    "loop",
    "multiple",
    "open",
    "readonly",
    "required",
    "scoped",
    "selected",
];

/// A document that was read.
#[derive(Debug)]
pub(crate) struct Document {
    html: Html,
    shape: Shape,
}

impl Document {
    /// Reads a document. Any text is one; none where it is too large.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let sink = HtmlTreeSink::new(Html::new_document());
        let mut parser = parse_document(sink, ParseOpts::default());
        let mut growth = Growth::default();
        let mut rest = text;
        while !rest.is_empty() {
            let (part, behind) = rest.split_at(rest.floor_char_boundary(PART));
            rest = behind;
            parser.process(StrTendril::from(part));
            if !growth.is_bearable(&parser.tokenizer.sink.sink.0.borrow(), part) {
                return None;
            }
        }
        let html = parser.finish();
        let shape = Shape::of(&html);
        Some(Self { html, shape })
    }

    /// The elements that a selector names, in the order of the document; none where finding them could take too long.
    pub(crate) fn select<'d>(
        &'d self,
        selector: &'d Selector,
    ) -> impl Iterator<Item = Element<'d>> {
        let bearable = selector.walks().steps(&self.shape) <= STEP_LIMIT;
        let root = bearable.then(|| self.html.root_element());
        let outermost = root.filter(|root| selector.css().matches(root));
        let inner = root
            .into_iter()
            .flat_map(|root| root.select(selector.css()));
        outermost.into_iter().chain(inner).map(Element)
    }
}

/// How a document has grown.
#[derive(Debug, Default)]
struct Growth {
    /// How many nodes there are, and how long the last is if it is text.
    size: (usize, usize),
    /// Separators since it grew: so many attributes the tag that is being read may have.
    attributes: usize,
    compared: usize,
}

impl Growth {
    /// Whether a document that this part was just added to may grow on.
    fn is_bearable(&mut self, html: &Html, part: &str) -> bool {
        let mut nodes = html.tree.nodes();
        let count = nodes.len();
        let Some(last) = nodes.next_back() else {
            return true;
        };
        let is_separator = |byte: &u8| b" \t\n\r\x0c/\"'".contains(byte);
        let separators = part.bytes().filter(is_separator).count();
        self.attributes += separators;
        self.compared = self.compared.saturating_add(separators * self.attributes);
        let size = (count, last.value().as_text().map_or(0, |text| text.len()));
        if size != self.size {
            (self.size, self.attributes) = (size, 0);
        }
        let depth = last.ancestors().take(DEPTH_LIMIT + 1).count();
        count <= NODES_LIMIT && depth <= DEPTH_LIMIT && self.compared <= ATTRIBUTES_LIMIT
    }
}

/// An element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'d>(ElementRef<'d>);

impl<'d> Element<'d> {
    /// The text of everything in it.
    pub(crate) fn text(&self) -> String {
        self.0.text().collect()
    }

    /// The value of an attribute, as cheerio has it: that of a switch such as `checked` is its name, and some fields of forms have a
    /// `value` without saying so.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        let is_switch = SWITCHES.contains(&name);
        if let Some(value) = self.written(name) {
            return Some(if is_switch { name } else { value }.to_owned());
        }
        let is_ticked = || matches!(self.written("type"), Some("radio" | "checkbox"));
        match (self.0.value().name(), name) {
            ("option", "value") => Some(self.text()),
            ("input", "value") if is_ticked() => Some("on".to_owned()),
            _ => None,
        }
    }

    /// The value of an attribute. Names are lower-case but for some of SVG's.
    fn written(&self, name: &str) -> Option<&'d str> {
        let element = self.0.value();
        element
            .attr(name)
            .or_else(|| element.attr(&name.to_ascii_lowercase()))
    }
}
