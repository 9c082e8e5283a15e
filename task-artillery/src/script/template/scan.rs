//! Finds the placeholders of a text.

/// A stretch of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'s> {
    /// Stays as it is.
    Text(&'s str),
    /// Looks like a placeholder, but holds neither a path nor a call; stays as it is.
    Untouched(&'s str),
    /// A path: all of the placeholder, and what is inside.
    Path { whole: &'s str, path: &'s str },
    /// A call: all of the placeholder, the helper's name, what is between the parentheses.
    Call {
        whole: &'s str,
        name: &'s str,
        arguments: &'s str,
    },
}

impl<'s> Piece<'s> {
    /// The piece as it stands in the text.
    pub(super) fn whole(self) -> &'s str {
        match self {
            Piece::Text(text) | Piece::Untouched(text) => text,
            Piece::Path { whole, .. } | Piece::Call { whole, .. } => whole,
        }
    }
}

/// The pieces of a text, in order; together they are the text.
pub(super) fn pieces(source: &str) -> Pieces<'_> {
    Pieces {
        rest: source,
        found: None,
    }
}

/// See [`pieces`].
#[derive(Debug)]
pub(super) struct Pieces<'s> {
    rest: &'s str,
    /// What was found behind the text that was just given out.
    found: Option<Piece<'s>>,
}

impl<'s> Iterator for Pieces<'s> {
    type Item = Piece<'s>;

    fn next(&mut self) -> Option<Piece<'s>> {
        if let Some(found) = self.found.take() {
            return Some(found);
        }
        let mut from = 0;
        while let Some(open) = self.rest[from..].find("{{").map(|at| from + at) {
            let Some((piece, length)) = placeholder(&self.rest[open..]) else {
                from = open + 1;
                continue;
            };
            let before = &self.rest[..open];
            self.rest = &self.rest[open + length..];
            if before.is_empty() {
                return Some(piece);
            }
            self.found = Some(piece);
            return Some(Piece::Text(before));
        }
        let text = std::mem::take(&mut self.rest);
        (!text.is_empty()).then_some(Piece::Text(text))
    }
}

/// The placeholder at the start of a text, and its length. None where its braces do not close on the same pair: of `{{{ x }}` the
/// first brace is text.
fn placeholder(text: &str) -> Option<(Piece<'_>, usize)> {
    let braces = text
        .bytes()
        .take(3)
        .take_while(|byte| *byte == b'{')
        .count();
    let inner_end = braces + text[braces..].find(['{', '}'])?;
    let closing = text[inner_end..]
        .bytes()
        .take(braces)
        .take_while(|byte| *byte == b'}')
        .count();
    if closing < braces {
        return None;
    }
    let whole = &text[..inner_end + closing];
    let inner = text[braces..inner_end].trim();
    let piece = match call(inner) {
        Some((name, arguments)) => Piece::Call {
            whole,
            name,
            arguments,
        },
        None if is_path(inner) => Piece::Path { whole, path: inner },
        None => Piece::Untouched(whole),
    };
    Some((piece, whole.len()))
}

/// `$name(arguments)`.
fn call(inner: &str) -> Option<(&str, &str)> {
    let (name, rest) = inner.split_once('(')?;
    let (name, arguments) = (name.trim_end(), rest.strip_suffix(')')?);
    let letters = name.strip_prefix('$')?;
    let is_name = !letters.is_empty()
        && letters
            .bytes()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == b'_');
    (is_name && !arguments.contains(['(', ')'])).then_some((name, arguments))
}

/// Whether Artillery would look this up. Its list of letters: words, digits, spaces, and `$ . [ ] ' " -`.
fn is_path(inner: &str) -> bool {
    !inner.is_empty()
        && inner.chars().all(|letter| {
            letter.is_ascii_alphanumeric()
                || letter.is_whitespace()
                || matches!(letter, '_' | '$' | '.' | '[' | ']' | '\'' | '"' | '-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shape(source: &str) -> String {
        let show = |piece| match piece {
            Piece::Text(text) => format!("T<{text}>"),
            Piece::Untouched(whole) => format!("U<{whole}>"),
            Piece::Path { path, .. } => format!("P<{path}>"),
            Piece::Call {
                name, arguments, ..
            } => format!("C<{name}|{arguments}>"),
        };
        pieces(source).map(show).collect()
    }

    #[test]
    fn placeholders_are_found_among_text() {
        for (source, expected) in [
            ("", ""),
            ("plain", "T<plain>"),
            ("{{x}}", "P<x>"),
            ("{{{ x }}}", "P<x>"),
            ("/u/{{ id }}?q={{ q[0] }}", "T</u/>P<id>T<?q=>P<q[0]>"),
            (r#"{"id":{{ id }}}"#, r#"T<{"id":>P<id>T<}>"#),
            ("{{{ x }}", "T<{>P<x>"),
            ("{{ x }", "T<{{ x }>"),
            ("{{ }}", "U<{{ }}>"),
            ("{{ 1 + 1 }}", "U<{{ 1 + 1 }}>"),
            ("{{ {{ x }}", "T<{{ >P<x>"),
            ("{{ $randomNumber( 1, 9 ) }}", "C<$randomNumber| 1, 9 >"),
            ("{{ $f(g(1)) }}", "U<{{ $f(g(1)) }}>"),
            ("{{ f(1) }}", "U<{{ f(1) }}>"),
            (r#"{{ o["k-e"] }}"#, r#"P<o["k-e"]>"#),
            ("{{ größe }}", "U<{{ größe }}>"),
        ] {
            assert_eq!(shape(source), expected, "{source}");
        }
    }

    #[test]
    fn a_text_of_many_braces_takes_linear_time() {
        let started = std::time::Instant::now();
        assert_eq!(pieces(&"{".repeat(1 << 20)).count(), 1);
        assert_eq!(pieces(&"{{".repeat(1 << 19)).count(), 1);
        assert!(started.elapsed().as_secs() < 5);
    }

    proptest! {
        #[test]
        fn pieces_together_are_the_text(source in "[{}a$(). é]{0,40}") {
            prop_assert_eq!(pieces(&source).map(Piece::whole).collect::<String>(), source);
        }
    }
}
