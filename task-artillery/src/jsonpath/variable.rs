//! What `@` and the names with it stand for in an expression of a path.

use super::expression::Variable;
use crate::syntax::SyntaxError;

/// A value that an expression may refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reference {
    /// `@`: the element.
    Current,
    /// `@property`: its name or index.
    Property,
    /// `@parent`: the value that holds the list or object the element is in.
    Parent,
    /// `@parentProperty`: the name or index of that list or object.
    ParentProperty,
    /// `@root`: the document.
    Root,
    /// `@path`: where the element is, as in `$['items'][0]`.
    Path,
}

/// Longer names before their beginnings.
const NAMES: [(&str, Reference); 5] = [
    ("@parentProperty", Reference::ParentProperty),
    ("@parent", Reference::Parent),
    ("@property", Reference::Property),
    ("@root", Reference::Root),
    ("@path", Reference::Path),
];

/// What follows an `@` that stands for the element.
const BEHIND_CURRENT: [char; 7] = ['.', '[', ')', ' ', '\t', '\n', '\r'];

impl Variable for Reference {
    fn read(rest: &str) -> Option<Result<(Self, usize), SyntaxError>> {
        let behind = rest.strip_prefix('@')?;
        if let Some((name, reference)) = NAMES.iter().find(|(name, _)| rest.starts_with(name)) {
            let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
            if !rest[name.len()..].starts_with(is_part) {
                return Some(Ok((*reference, name.len())));
            }
            let message = format!("`{name}` is followed by a letter or digit");
            let help = "write a dot behind `@` for a property of the element";
            return Some(Err(SyntaxError::new(0, message, help)));
        }
        if behind.starts_with(BEHIND_CURRENT) {
            return Some(Ok((Self::Current, 1)));
        }
        let message = "`@` is read only before a dot, a space, `[` or `)`";
        let help = "write a space behind it, as in `@ == 'x'` or `?(@ )`, or a dot: `@.name`";
        Some(Err(SyntaxError::new(0, message, help)))
    }

    /// Refuses what `jsonpath-plus` replaces wherever it stands.
    fn check_literal(literal: &str) -> Result<(), SyntaxError> {
        for (at, _) in literal.match_indices('@') {
            let rest = &literal[at..];
            let name = NAMES.iter().find(|(name, _)| rest.starts_with(name));
            let is_sign = |c: char| BEHIND_CURRENT.contains(&c) || c.is_whitespace();
            let sign = rest[1..]
                .chars()
                .next()
                .filter(|&c| is_sign(c) || c == '\u{FEFF}');
            let length = name
                .map(|(name, _)| name.len())
                .or(sign.map(|c| 1 + c.len_utf8()));
            if let Some(length) = length {
                let replaced = &rest[..length];
                let message = format!("`{replaced}` is replaced in texts and patterns, too");
                let help = "write `'…@' + '…'` in a text, `\\x40` for `@` in a pattern";
                return Err(SyntaxError::new(at, message, help));
            }
        }
        Ok(())
    }
}
