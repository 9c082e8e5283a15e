//! `tags`: of everything that is deployed.

use std::collections::BTreeMap;

use star_core::document::{Map, Node, Span};

use super::reader::Reader;

/// So many tags a resource may have ([tagging](https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html)).
const MOST: usize = 50;

/// The most letters of a tag's key.
const LONGEST_KEY: usize = 128;

/// The most letters of its value.
const LONGEST_VALUE: usize = 256;

/// `tags`, as AWS takes them.
pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> BTreeMap<String, String> {
    let tags = reader.texts_by_name(node, "`tags`");
    if tags.len() > MOST {
        let wrong = format!("there are {} tags, and AWS takes {MOST}", tags.len());
        reader.wrong(node.span, wrong, "leave some of them out");
    }
    for entry in node.as_map().map(Map::entries).unwrap_or_default() {
        key(reader, &entry.key, entry.key_span);
    }
    tags.into_iter()
        .map(|(key, tag)| {
            let what = format!("the value of the tag `{key}`");
            fits(reader, &what, &tag.value, LONGEST_VALUE, tag.span);
            (key, tag.value)
        })
        .collect()
}

fn key(reader: &mut Reader<'_>, key: &str, span: Span) {
    if key.is_empty() {
        let right = format!("it has 1 to {LONGEST_KEY} letters");
        reader.wrong(span, "a tag's key is empty", &right);
    } else if key.to_lowercase().starts_with("aws:") {
        let wrong = format!("`{key}` cannot be the key of a tag");
        reader.wrong(span, wrong, "such keys are AWS's own");
    } else {
        fits(reader, "the key of a tag", key, LONGEST_KEY, span);
    }
}

/// Says what AWS would not take of a text.
fn fits(reader: &mut Reader<'_>, what: &str, text: &str, longest: usize, span: Span) {
    let letters = text.chars().count();
    if letters > longest {
        let wrong = format!("{what} has {letters} letters, and may have {longest}");
        reader.wrong(span, wrong, "make it shorter");
    }
    let is_taken = |letter: char| {
        letter.is_alphanumeric() || letter.is_whitespace() || "_.:/=+-@".contains(letter)
    };
    if let Some(odd) = text.chars().find(|letter| !is_taken(*letter)) {
        let wrong = format!("{what} has `{}`", odd.escape_default());
        let right = "it can have letters, digits, blanks and `_ . : / = + - @`";
        reader.wrong(span, wrong, right);
    }
}
