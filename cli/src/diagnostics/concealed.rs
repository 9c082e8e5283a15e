//! Lines of a document without what is not to be shown.

use std::ops::Range;

use star_core::document::{FileId, Sources};

/// Behind this key stands a password or a token, in documents of any kind.
const KEY: &str = "authorization";

/// Some lines of a document. What is not to be shown is covered letter by letter, so that columns stay; blanks, quotes and what divides
/// cells stay as well. Covered is what whoever read the document has concealed, and, since a text that is no document was read by
/// nobody, what stands behind the word `authorization`.
pub(super) struct Shown<'t> {
    text: &'t str,
    start: usize,
    covered: Vec<Range<usize>>,
}

impl<'t> Shown<'t> {
    pub(super) fn new(sources: &'t Sources, file: FileId, lines: Range<usize>) -> Self {
        let text = &sources.text(file)[lines.clone()];
        let mut covered: Vec<_> = sources
            .concealed(file)
            .filter(|range| range.start < lines.end && range.end > lines.start)
            .collect();
        let mut start = lines.start;
        for line in text.split_inclusive('\n') {
            covered.extend(
                credentials(line)
                    .into_iter()
                    .map(|range| start + range.start..start + range.end),
            );
            start += line.len();
        }
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

/// Where in a line values stand behind the key, but for placeholders in them.
fn credentials(line: &str) -> Vec<Range<usize>> {
    let lower = line.to_ascii_lowercase();
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = lower[from..].find(KEY) {
        let key = from + at;
        from = key + KEY.len();
        let rest = line[from..].trim_start_matches(['"', '\'']).trim_start();
        let Some(value) = rest.strip_prefix(':') else {
            continue;
        };
        let value = value.trim_start();
        let start = line.len() - value.len();
        let end = start + length(value, line[..key].contains(['{', '[']));
        found.extend(around_placeholders(line, start..end));
        from = end;
    }
    found
}

/// How long a value is that begins a text: to its closing quote, in a flow to what ends its entry, or to the end of the line.
fn length(value: &str, flow: bool) -> usize {
    let end = value.trim_end().len();
    match value.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let closing = value[1..].find(quote).map(|at| at + 2);
            closing.unwrap_or(end)
        }
        _ if flow => outside_placeholders(value).unwrap_or(end),
        _ => end,
    }
}

/// Where an entry of a flow ends.
fn outside_placeholders(value: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + value[from..].find([',', '}', ']', '{'])?;
        if !value[at..].starts_with("{{") {
            return Some(at);
        }
        from = at + value[at..].find("}}")? + 2;
    }
}

fn around_placeholders(line: &str, Range { mut start, end }: Range<usize>) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    while let Some(open) = line[start..end].find("{{") {
        let Some(close) = line[start + open..end].find("}}") else {
            break;
        };
        parts.push(start..start + open);
        start += open + close + 2;
    }
    parts.push(start..end);
    parts
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
