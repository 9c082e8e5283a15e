//! Expressions in other languages, by which captures look.

use http::HeaderName;
use star_core::document::{Node, Span, Value as Tree};

use super::fields::{Fields, enumerate, short};
use super::reader::Reader;
use super::scope::Place;
use crate::html::Selector;
use crate::jsonpath;
use crate::jsonpath::expression::Search;
use crate::script::model::{CaptureSource, Group};
use crate::script::template::Template;
use crate::syntax::SyntaxError;
use crate::xpath::XPath;

/// The largest number of a group.
const MOST_GROUPS: u64 = 1_000;

impl Reader<'_> {
    /// A path into the body, read where it has no placeholders.
    pub(super) fn json_path(&mut self, node: &Node) -> Option<Template> {
        let template = self.expression("json", node, "`json: \"$.id\"`")?;
        let Some(text) = template.as_fixed() else {
            return Some(template);
        };
        if let Some(offset) = unclosed(text).filter(|_| jsonpath::Path::parse(text).is_ok()) {
            let at = self.place_behind(text, offset, node.span);
            let message = format!("`{}` is no path: the bracket is not closed", short(text));
            self.error(at, message, "write `]` behind what stands in it");
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
            Err(jsonpath::ParseError(error)) => {
                let at = self.place_behind(text, error.offset, node.span);
                let message = format!("`{}` is no path: {}", short(text), error.message);
                self.error(at, message, error.help);
                None
            }
        }
    }

    /// The name of a header.
    pub(super) fn header_name(&mut self, node: &Node) -> Option<Template> {
        let template = self.expression("header", node, "`header: \"location\"`")?;
        let name = template.as_fixed().map(str::as_bytes);
        if let Some(Err(_)) = name.map(HeaderName::from_bytes) {
            let name = short(template.source());
            let message = format!("`{name}` cannot be the name of a header");
            let help = "a name is made of letters, digits and hyphens";
            self.error(node.span, message, help);
            return None;
        }
        Some(template)
    }

    /// A regular expression, read where it has no placeholders.
    #[expect(clippy::option_option, reason = "no group is not a bad group")]
    pub(super) fn regexp(
        &mut self,
        fields: &Fields<'_>,
        flags: Option<String>,
        group: Option<Option<Group>>,
    ) -> Option<CaptureSource> {
        let node = fields.get("regexp")?;
        let pattern = self.expression("regexp", node, "`regexp: \"id=([0-9]+)\"`")?;
        if let Some(text) = pattern.as_fixed() {
            let search = Search::parse(text, flags.as_deref().unwrap_or_default())
                .map_err(|error| self.bad_expression("regular expression", text, &error, node.span))
                .ok()?;
            self.group_exists(fields, &search, group.as_ref()?.as_ref())?;
        }
        Some(CaptureSource::Regexp {
            pattern,
            flags: flags?,
            group: group?,
        })
    }

    fn group_exists(
        &mut self,
        fields: &Fields<'_>,
        search: &Search,
        group: Option<&Group>,
    ) -> Option<()> {
        let there = match group {
            None => true,
            Some(Group::Number(number)) => *number as usize <= search.count(),
            Some(Group::Name(name)) => search.named(name).is_some(),
        };
        if there {
            return Some(());
        }
        let help = match (search.names().next(), search.count()) {
            (Some(_), _) => format!("its groups are called {}", enumerate(search.names())),
            (None, 0) => "parentheses make a group, as in `id=([0-9]+)`".to_owned(),
            (None, 1) => "it has one".to_owned(),
            (None, count) => format!("it has {count}"),
        };
        let at = fields.get("group")?.span;
        self.error(at, "the regular expression has no such group", help);
        None
    }

    /// The flags of a regular expression.
    pub(super) fn regexp_flags(&mut self, fields: &Fields<'_>) -> Option<String> {
        let Some(node) = fields.get("flags") else {
            return Some(String::new());
        };
        let flags = self.words("flags", node)?;
        if let Err(error) = Search::check_flags(&flags) {
            let at = self.place_behind(&flags, error.offset, node.span);
            self.error(at, error.message, error.help);
            return None;
        }
        Some(flags)
    }

    /// Which group of a regular expression: none inside where all of the match is meant, none outside where it is not good.
    #[expect(clippy::option_option, reason = "no group is not a bad group")]
    pub(super) fn regexp_group(&mut self, fields: &Fields<'_>) -> Option<Option<Group>> {
        let Some(node) = fields.get("group") else {
            return Some(None);
        };
        let name = node.as_str().map(str::trim);
        let is_number = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
        if let Some(name) = name.filter(|name| !name.is_empty() && !is_number(name)) {
            return Some(Some(Group::Name(name.to_owned())));
        }
        if !matches!(node.value, Tree::Number(_) | Tree::String(_)) {
            return self.mismatch("group", node, "the number or the name of a group");
        }
        let number = self.whole("group", node, 0..=MOST_GROUPS)?;
        Some((number > 0).then_some(Group::Number(number as u32)))
    }

    /// An `XPath`, read where it has no placeholders.
    pub(super) fn xpath(&mut self, node: &Node) -> Option<Template> {
        let template = self.expression("xpath", node, "`xpath: \"//item/@id\"`")?;
        if let Some(text) = template.as_fixed()
            && let Err(error) = XPath::parse(text)
        {
            self.bad_expression("XPath", text, &error, node.span);
            return None;
        }
        Some(template)
    }

    /// A CSS selector, read where it has no placeholders.
    pub(super) fn selector(&mut self, node: &Node) -> Option<Template> {
        let template = self.expression("selector", node, "`selector: \"form input\"`")?;
        if let Some(text) = template.as_fixed()
            && let Err(error) = Selector::parse(text)
        {
            self.bad_expression("selector", text, &error, node.span);
            return None;
        }
        Some(template)
    }

    /// A text with placeholders that is not empty.
    fn expression(&mut self, name: &str, node: &Node, example: &str) -> Option<Template> {
        let text = self.words(name, node)?;
        if text.is_empty() {
            let message = format!("`{name}` is empty");
            self.error(node.span, message, format!("for example {example}"));
            return None;
        }
        self.template(&text, node.span, Place::Flow)
    }

    fn bad_expression(&mut self, what: &str, text: &str, error: &SyntaxError, span: Span) {
        let at = self.place_behind(text, error.offset, span);
        let message = format!("`{}` is no {what}: {}", short(text), error.message);
        self.error(at, message, error.help.clone());
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

/// Where a bracket stands that nothing closes: such a path finds what is called so, which nobody means.
fn unclosed(path: &str) -> Option<usize> {
    let (mut open, mut quote) = (Vec::new(), None);
    let mut letters = path.char_indices();
    while let Some((at, letter)) = letters.next() {
        match (letter, quote) {
            // A letter that is meant as it stands.
            ('\\' | '`', _) => {
                letters.next();
            }
            (_, Some(closing)) if letter == closing => quote = None,
            ('\'' | '"', None) => quote = Some(letter),
            ('[', None) => open.push(at),
            (']', None) => {
                open.pop();
            }
            _ => {}
        }
    }
    open.pop()
}
