//! The expressions in a path: `[?(…)]` and `[(…)]`.

use super::error::ParseError;
use super::expression::Expression;
use super::mark::{self, Mark};
use super::script::{self, Closers};
use super::variable::Reference;

/// The most filters within each other.
const DEPTH_LIMIT: usize = 8;

/// Which of the elements are kept.
#[derive(Clone, Debug)]
pub(super) enum Filter {
    /// Those for which an expression is true: `?(@.price < 10)`.
    Expression(Expression<Reference>),
    /// Those in which another filter keeps something: `?(@.tags[?(@.name)])`.
    Nested {
        /// The byte of the path where the inner filter begins.
        offset: usize,
        /// The property to look in; none is the element itself.
        name: Option<Box<str>>,
        /// The inner filter.
        filter: Box<Filter>,
    },
}

impl Filter {
    /// Reads `?(…)` that begins at a byte of the path.
    pub(super) fn parse(text: &str, offset: usize) -> Result<Self, ParseError> {
        Self::parse_within(text, offset, 1)
    }

    fn parse_within(text: &str, offset: usize, depth: usize) -> Result<Self, ParseError> {
        let content = &text["?(".len()..text.len() - ")".len()];
        let offset = offset + "?(".len();
        let Some(nested) = find_nested(content) else {
            return Ok(Self::Expression(Expression::parse(content, offset)?));
        };
        let inner = offset + nested.script.start;
        if !nested.stands_alone(content) {
            let message =
                "JSONPath Plus takes this for a filter within the filter, and ignores the rest";
            let help =
                "write it as `?(@.name[?(…)])` and nothing else; leave parentheses out of quotes";
            return Err(ParseError::new(inner, message, help));
        }
        let name = &content[nested.name];
        let script = &content[nested.script];
        if !script.starts_with('?') {
            let message = "a computed name within a filter is not supported";
            return Err(ParseError::new(
                inner,
                message,
                "test the length, as in `@.name.length > 0`",
            ));
        }
        if depth == DEPTH_LIMIT {
            let message = format!("more than {DEPTH_LIMIT} filters are within each other");
            return Err(ParseError::new(inner, message, "filter in several steps"));
        }
        Ok(Self::Nested {
            offset: inner,
            name: (!name.is_empty()).then(|| name.into()),
            filter: Box::new(Self::parse_within(script, inner, depth + 1)?),
        })
    }
}

/// A script within a script, as bytes of the outer one.
struct Nested {
    /// The `@` before it.
    at_sign: usize,
    name: std::ops::Range<usize>,
    script: std::ops::Range<usize>,
}

impl Nested {
    /// Whether it has the form `@.name[…]` or `@[…]` and nothing else is there.
    fn stands_alone(&self, content: &str) -> bool {
        let before = content[..self.at_sign].trim_ascii();
        let after = content[self.script.end..].trim_ascii();
        let name = &content[self.name.clone()];
        let between = &content[self.at_sign + 1..self.name.start];
        let dotted = if name.is_empty() {
            between.is_empty()
        } else {
            between == "."
        };
        let is_simple = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '$');
        before.is_empty()
            && after == "]"
            && dotted
            && name.chars().all(is_simple)
            && content[self.name.end..].starts_with('[')
    }
}

/// Finds what `jsonpath-plus` takes for a script within a script: behind an `@`, with no question
/// mark between, the last bracket or quote that a script follows.
fn find_nested(content: &str) -> Option<Nested> {
    let marks = mark::of_text(content);
    let closers = Closers::of_script(&marks);
    let brackets: Vec<_> = (0..marks.len())
        .filter_map(|at| Some((at, script::find(&marks, at, &closers)?)))
        .collect();
    if brackets.is_empty() {
        return None;
    }
    let places = |c| {
        (0..marks.len())
            .filter(|&at| marks[at].is(c))
            .collect::<Vec<_>>()
    };
    let (signs, questions) = (places('@'), places('?'));
    let byte = |at: usize| {
        marks
            .get(at)
            .map_or(content.len(), |mark: &Mark| mark.offset)
    };
    for at in signs {
        // One character behind the `@` may be anything, so that `@.name` leaves the name.
        for start in [at + 2, at + 1] {
            let question = questions.partition_point(|&question| question < start);
            let stop = questions.get(question).copied().unwrap_or(marks.len());
            let before = brackets.partition_point(|(bracket, _)| *bracket < stop);
            let Some((bracket, script)) = brackets[..before].last() else {
                continue;
            };
            if *bracket >= start {
                return Some(Nested {
                    at_sign: byte(at),
                    name: byte(start)..byte(*bracket),
                    script: byte(script.start)..byte(script.end),
                });
            }
        }
    }
    None
}
