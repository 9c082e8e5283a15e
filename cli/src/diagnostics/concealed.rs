//! Lines of a document without what is not to be shown.

use std::ops::Range;

use star_core::document::{FileId, Sources, secrets_in};

/// Some lines of a document. What is not to be shown is covered letter by letter, so that columns stay; blanks, quotes and what divides
/// cells stay as well. Covered is what whoever read the document has concealed, and, since a text that is no document was read by
/// nobody, what looks like a secret in it.
pub(super) struct Shown<'t> {
    text: &'t str,
    start: usize,
    covered: Vec<Range<usize>>,
}

impl<'t> Shown<'t> {
    pub(super) fn new(sources: &'t Sources, file: FileId, lines: Range<usize>) -> Self {
        let whole = sources.text(file);
        let found = sources.concealed(file).chain(secrets_in(whole));
        let covered = found.filter(|range| range.start < lines.end && range.end > lines.start);
        let covered = covered.collect();
        let text = &whole[lines.clone()];
        Self {
            text,
            start: lines.start,
            covered,
        }
    }

    /// The text up to an offset in the document.
    pub(super) fn up_to(&self, end: usize) -> String {
        let text = &self.text[..end - self.start];
        let letters = text.char_indices().map(|(at, letter)| {
            let at = self.start + at;
            let plain = letter.is_whitespace() || matches!(letter, '"' | '\'' | ',' | ';');
            let covered = self.covered.iter().any(|range| range.contains(&at));
            if covered && !plain { '*' } else { letter }
        });
        letters.collect()
    }

    /// All of it.
    pub(super) fn all(&self) -> String {
        self.up_to(self.start + self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use star_core::document::Span;

    use super::*;

    fn shown(text: &str, concealed: Option<Range<usize>>) -> String {
        let mut sources = Sources::default();
        let file = sources.add("s.yml", text);
        if let Some(range) = concealed {
            sources.conceal(Span::new(file, range.start, range.end));
        }
        Shown::new(&sources, file, 0..text.len()).all()
    }

    #[test]
    fn credentials_are_covered_whoever_read_the_document() {
        for (text, expected) in [
            (
                "authorization: Bearer a, b\n",
                "authorization: ****** *, *\n",
            ),
            (
                "  Authorization: \"Basic é=\" # why",
                "  Authorization: \"***** **\" # why",
            ),
            (
                "{\"Proxy-Authorization\": \"x\", \"url\": 1}",
                "{\"Proxy-Authorization\": \"*\", \"url\": 1}",
            ),
            (
                "h: {authorization: a b, ulr: /}",
                "h: {authorization: * *, ulr: /}",
            ),
            (
                "h: {authorization: a{{ b }}c, d: e}",
                "h: {authorization: *{{ b }}*, d: e}",
            ),
            (
                "authorization: \"Bearer {{ tokn }}",
                "authorization: \"****** {{ tokn }}",
            ),
            ("authorization: \"a {{ b", "authorization: \"* ** *"),
            ("authorization:\n", "authorization:\n"),
            ("the authorization of users", "the authorization of users"),
        ] {
            assert_eq!(shown(text, None), expected);
        }
    }

    #[test]
    fn what_is_concealed_is_covered_letter_by_letter() {
        assert_eq!(shown("é: secrét\nx: 1", Some(4..11)), "é: ******\nx: 1");
        assert_eq!(shown("ada;\"p w\",1\n2", Some(0..100)), "***;\"* *\",*\n*");
    }
}
