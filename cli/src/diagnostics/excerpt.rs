//! The lines of a document that a diagnostic points at.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Element, Level, Origin, Snippet};
use star_core::document::{Diagnostic, FileId, Label, Sources, Span};
use star_core::{printable, printable_lines};

use super::concealed::Shown;

/// Labels at most so many lines apart are shown together.
const NEAR: usize = 12;

/// Lines of more bytes than this are shown with one label each, so that each can be cut around its label.
const LONG: usize = 160;

/// A line of which more bytes than this stand before its label is not shown.
const HEAD: usize = 100_000;

/// Of what follows a label on its line, no more bytes than this are looked at.
const TAIL: usize = 400;

/// Whole lines of a document, and the labels on them.
pub(super) struct Excerpt<'d> {
    file: FileId,
    lines: Range<usize>,
    marks: Vec<Mark<'d>>,
}

/// A label, cut to its first line: what starts there is what matters.
struct Mark<'d> {
    kind: AnnotationKind,
    place: Range<usize>,
    text: &'d str,
}

impl<'d> Excerpt<'d> {
    /// The excerpts that show a diagnostic, the one with its primary label first.
    pub(super) fn of(diagnostic: &'d Diagnostic, sources: &Sources) -> Vec<Self> {
        let mut excerpts: Vec<Self> = Vec::new();
        let primary = diagnostic
            .primary
            .iter()
            .map(|label| (AnnotationKind::Primary, label));
        let related = diagnostic
            .related
            .iter()
            .map(|label| (AnnotationKind::Context, label));
        for (kind, label) in primary.chain(related) {
            let one = Self::around(kind, label, sources);
            match excerpts
                .iter_mut()
                .find_map(|known| known.joined(&one, sources))
            {
                Some((known, lines)) => {
                    known.lines = lines;
                    known.marks.extend(one.marks);
                }
                None => excerpts.push(one),
            }
        }
        excerpts
    }

    fn around(kind: AnnotationKind, label: &'d Label, sources: &Sources) -> Self {
        let text = sources.text(label.span.file);
        let start = text.floor_char_boundary(label.span.start as usize);
        let first = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let last = text[start..]
            .find('\n')
            .map_or(text.len(), |newline| start + newline);
        let last = start.max(first + text[first..last].trim_end_matches('\r').len());
        let end = text
            .floor_char_boundary(label.span.end as usize)
            .clamp(start, last);
        Self {
            file: label.span.file,
            lines: first..text.floor_char_boundary(last.min(end + TAIL)),
            marks: vec![Mark {
                kind,
                place: start..end,
                text: &label.text,
            }],
        }
    }

    /// This and the lines that it would have together with another excerpt, if the two are near and their lines short.
    fn joined(&mut self, other: &Self, sources: &Sources) -> Option<(&mut Self, Range<usize>)> {
        if self.file != other.file {
            return None;
        }
        let lines = self.lines.start.min(other.lines.start)..self.lines.end.max(other.lines.end);
        if lines.len() > NEAR * LONG {
            return None;
        }
        let text = &sources.text(self.file)[lines.clone()];
        let fits = text.lines().count() <= NEAR && text.lines().all(|line| line.len() <= LONG);
        fits.then_some((self, lines))
    }

    /// The excerpt for the renderer.
    pub(super) fn elements(&self, sources: &Sources) -> Vec<Element<'d>> {
        match self.marks.as_slice() {
            [mark] if mark.place.start - self.lines.start > HEAD => self.place_of(mark, sources),
            _ => vec![self.snippet(sources).into()],
        }
    }

    /// Only where it is, and what is to be said there.
    fn place_of(&self, mark: &Mark<'d>, sources: &Sources) -> Vec<Element<'d>> {
        let place = sources.position(Span::new(self.file, mark.place.start, mark.place.end));
        let origin = Origin::path(printable(&place.file))
            .line(place.line)
            .char_column(place.column);
        let note = (!mark.text.is_empty()).then(|| Level::NOTE.message(printable(mark.text)));
        std::iter::once(origin.into())
            .chain(note.map(Element::from))
            .collect()
    }

    fn snippet(&self, sources: &Sources) -> Snippet<'d, Annotation<'d>> {
        let text = sources.text(self.file);
        let line = text[..self.lines.start].matches('\n').count() + 1;
        let lines = Shown::new(sources, self.file, self.lines.clone());
        let shown = |to: usize| printable_lines(&lines.up_to(to)).len();
        let annotations = self.marks.iter().map(|mark| {
            let annotation = mark
                .kind
                .span(shown(mark.place.start)..shown(mark.place.end));
            match mark.text {
                "" => annotation,
                text => annotation.label(printable(text)),
            }
        });
        Snippet::source(printable_lines(&lines.all()))
            .path(printable(sources.name(self.file)))
            .line_start(line)
            .annotations(annotations)
    }
}
