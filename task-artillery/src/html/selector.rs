//! CSS selectors.

use super::cost::Walks;
use crate::syntax::SyntaxError;

/// The longest selector, in bytes.
const LENGTH_LIMIT: usize = 4 * 1024;

/// How deep parentheses may lie in each other.
const DEPTH_LIMIT: usize = 10;

/// What begins with a colon and depends on the document alone.
const PSEUDO_CLASSES: [&str; 17] = [
    "empty",
    "first-child",
    "first-of-type",
    "has",
    "is",
    "last-child",
    "last-of-type",
    "not",
    "nth-child",
    "nth-last-child",
    "nth-last-of-type",
    "nth-of-type",
    "only-child",
    "only-of-type",
    "root",
    "scope",
    "where",
];

const OTHERS: &str =
    "those of CSS that depend on the document alone can, as `:not(.a)` or `:nth-child(2)`";

/// A selector that was read.
#[derive(Clone, Debug)]
pub(crate) struct Selector {
    css: scraper::Selector,
    walks: Walks,
}

impl Selector {
    /// Reads a selector.
    ///
    /// # Errors
    /// Says what is wrong and what would be right; jQuery's additions to CSS are refused.
    pub(crate) fn parse(text: &str) -> Result<Self, SyntaxError> {
        if text.len() > LENGTH_LIMIT {
            let message = format!("the selector is longer than {LENGTH_LIMIT} bytes");
            return Err(SyntaxError::new(0, message, "write a shorter one"));
        }
        look_through(text)?;
        let css = scraper::Selector::parse(text).map_err(|error| {
            let message = format!("it has {}", words(&format!("{error:?}")));
            SyntaxError::new(0, message, "for example `form input[name=\"token\"]`")
        })?;
        let walks = Walks::of(text);
        Ok(Self { css, walks })
    }

    pub(super) fn css(&self) -> &scraper::Selector {
        &self.css
    }

    pub(super) fn walks(&self) -> &Walks {
        &self.walks
    }
}

/// The name of an error, which is all that it says, in words: `DanglingCombinator` becomes `a dangling combinator`.
fn words(name: &str) -> String {
    let name = name
        .strip_prefix("UnexpectedSelectorParseError(")
        .unwrap_or(name);
    if name == "EndOfLine" {
        return "an end too early".to_owned();
    }
    let mut words = String::new();
    for letter in name.chars().take_while(char::is_ascii_alphanumeric) {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    let article = if words.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {words}")
}

/// Refuses what is nested too deeply and what jQuery has in addition to CSS.
fn look_through(text: &str) -> Result<(), SyntaxError> {
    let mut letters = text.char_indices();
    let (mut depth, mut brackets) = (0_usize, 0_usize);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => {
                letters.next();
            }
            '"' | '\'' => {
                while let Some((_, inner)) = letters.next() {
                    if inner == letter {
                        break;
                    }
                    if inner == '\\' {
                        letters.next();
                    }
                }
            }
            '(' | '[' | '{' => {
                depth += 1;
                brackets += usize::from(letter == '[');
            }
            ')' | ']' | '}' => {
                depth = depth.saturating_sub(1);
                brackets = brackets.saturating_sub(usize::from(letter == ']'));
            }
            '!' if brackets > 0 => {
                let help = "write `:not([name=\"value\"])`";
                return Err(SyntaxError::new(at, "`!=` is no CSS", help));
            }
            ':' if brackets == 0 => known(text, at)?,
            _ => {}
        }
        if depth > DEPTH_LIMIT {
            let help = format!("{DEPTH_LIMIT} levels are possible");
            let message = "parentheses are nested too deeply here";
            return Err(SyntaxError::new(at, message, help));
        }
    }
    Ok(())
}

/// Refuses what begins with the colon at a place, where it cannot be used.
fn known(text: &str, at: usize) -> Result<(), SyntaxError> {
    let rest = text[at..].trim_start_matches(':');
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    let name = rest[..end].to_ascii_lowercase();
    if name.is_empty() || PSEUDO_CLASSES.contains(&&*name) {
        return Ok(());
    }
    let help = match &*name {
        "first" => "the first is taken anyway; `index: 0` beside `selector` says so".to_owned(),
        "last" => "write `index: last` beside `selector`".to_owned(),
        "eq" | "gt" | "lt" | "even" | "odd" | "nth" => {
            "write `index: 2` beside `selector`, or `:nth-child(3)`".to_owned()
        }
        "contains" | "icontains" | "text" => {
            "select by attributes, or capture by `regexp` instead".to_owned()
        }
        "parent" => "write `:not(:empty)`".to_owned(),
        "header" => "write `:is(h1, h2, h3, h4, h5, h6)`".to_owned(),
        "input" => "write `:is(input, textarea, select, button)`".to_owned(),
        "enabled" => "write `:not([disabled])`".to_owned(),
        "checked" | "selected" | "disabled" | "required" => format!("write `[{name}]`"),
        "checkbox" | "radio" | "password" | "file" | "submit" | "image" | "reset" | "button" => {
            format!("write `[type=\"{name}\"]`")
        }
        "link" | "any-link" => "write `a[href]`".to_owned(),
        _ => OTHERS.to_owned(),
    };
    let message = format!("`:{name}` cannot be used in a selector");
    Err(SyntaxError::new(at, message, help))
}
