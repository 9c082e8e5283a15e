//! What the parser cannot read, in the words of those who wrote it.

use granit_parser::{ErrorKind, ScanError};
use star_core::document::{Diagnostic, FileId, Span};

use crate::collection::{Collection, Items};
use crate::limits::MAX_DEPTH;
use crate::stop::Stop;

/// What is wrong where the parser stopped, inside the innermost list or mapping that had begun.
pub(crate) fn diagnose(
    error: &ScanError,
    file: FileId,
    text: &str,
    inside: Option<&Collection>,
) -> Diagnostic {
    let stop = Stop::new(error, file, text);
    if *error.kind() == ErrorKind::RecursionLimitExceeded {
        return too_deep(stop.here());
    }
    if let Some(diagnostic) = template(file, text, stop.at()) {
        return diagnostic;
    }
    let diagnostic = of_quotes(error.kind(), &stop)
        .or_else(|| of_brackets(error.kind(), &stop))
        .or_else(|| of_indentation(error.kind(), &stop))
        .unwrap_or_else(|| of_the_rest(error.kind(), &stop));
    match inside {
        Some(collection) if is_about_structure(error.kind()) => {
            surroundings(diagnostic, &stop, collection)
        }
        _ => diagnostic,
    }
}

/// Refuses nesting.
pub(crate) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::error(format!(
        "lists and mappings are nested more than {MAX_DEPTH} levels deep"
    ))
    .at(span, "this level is too deep")
}

/// The advice for `key: {{ variable }}`, if that is what stands at byte `at`.
pub(crate) fn template(file: FileId, text: &str, at: usize) -> Option<Diagnostic> {
    let (before, rest) = text.split_at_checked(at)?;
    if !rest.starts_with("{{") {
        return None;
    }
    let line = rest.lines().next().unwrap_or(rest);
    let end = line.find("}}").map_or(line.trim_end().len(), |end| end + 2);
    let before = before.trim_end_matches(' ');
    let message = if before.is_empty() || before.ends_with([':', '-', '?', ',', '[', '{', '\n']) {
        "a value that starts with `{{` must be quoted"
    } else {
        "a value with `{{` in it must be quoted within `{…}` and `[…]`"
    };
    Some(
        Diagnostic::error(message)
            .at(Span::new(file, at, at + end), "")
            .help("YAML takes `{` for the start of a mapping: write `\"{{ … }}\"`"),
    )
}

/// Adds where the unfinished list or mapping starts.
fn surroundings(diagnostic: Diagnostic, stop: &Stop<'_>, collection: &Collection) -> Diagnostic {
    let kind = match collection.items {
        Items::List(_) => "list",
        Items::Mapping(_) => "mapping",
    };
    // A collection in brackets starts with its bracket, any other with its first word.
    let start = stop.moved(collection.start);
    let place = if collection.in_brackets {
        start.here()
    } else {
        start.word()
    };
    diagnostic.see(place, format!("the {kind} starts here"))
}

fn is_about_structure(kind: &ErrorKind) -> bool {
    use ErrorKind as E;
    matches!(
        kind,
        E::ExpectedBlockMappingKey
            | E::ExpectedBlockSequenceEntry
            | E::ExpectedFlowMappingSeparator
            | E::ExpectedFlowSequenceSeparator
            | E::InvalidColonPlacement
            | E::InvalidFlowScalarIndent
    )
}

fn of_quotes(kind: &ErrorKind, stop: &Stop<'_>) -> Option<Diagnostic> {
    use ErrorKind as E;
    Some(match kind {
        E::UnclosedQuotedScalar | E::DocumentIndicatorInQuotedScalar => {
            Diagnostic::error("this quote is never closed").at(stop.here(), "opened here")
        }
        E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar
            if matches!(stop.character(), Some('"' | '\'')) =>
        {
            Diagnostic::error("one quoted text follows another")
                .at(stop.word(), "")
                .help("a `:` or a `,` is missing between them, or a quote within the text is not escaped")
        }
        E::InvalidTrailingSingleQuotedScalar => Diagnostic::error("there is text behind the closing quote")
            .at(stop.word(), "")
            .help("put the whole value in quotes; a `'` within single quotes is written `''`"),
        E::InvalidTrailingDoubleQuotedScalar => Diagnostic::error("there is text behind the closing quote")
            .at(stop.word(), "")
            .help("put the whole value in quotes; a `\"` within double quotes is written `\\\"`"),
        E::UnknownQuotedScalarEscape => {
            Diagnostic::error("double quotes do not know this escape")
                .at(unknown_escape(stop), "")
                .help("write `\\\\` for a backslash, or use single quotes")
        }
        E::InvalidQuotedScalarHexEscape
        | E::InvalidLowSurrogateHexEscape
        | E::InvalidLowSurrogate
        | E::MissingLowSurrogate
        | E::UnpairedLowSurrogate
        | E::InvalidUnicodeEscape => Diagnostic::error("an escape in this text names no character")
            .at(stop.line(), "")
            .help("`\\x41`, `\\u0041` and `\\U00000041` are `A`; `\\ud83d\\ude00` is a pair, and neither half stands alone"),
        E::InvalidQuotedScalarIndent => Diagnostic::error("this quoted text goes on with too little indentation")
            .at(stop.line(), ""),
        _ => return None,
    })
}

/// The first escape behind the opening quote that YAML does not define.
fn unknown_escape(stop: &Stop<'_>) -> Span {
    let mut characters = stop.rest().char_indices();
    while let Some((offset, character)) = characters.next() {
        let Some((_, escaped)) = (character == '\\').then(|| characters.next()).flatten() else {
            continue;
        };
        if !"0abt\tnvfre \"/\\N_LPxuU\r\n".contains(escaped) {
            let start = stop.at() + offset;
            return stop.span(start, start + 1 + escaped.len_utf8());
        }
    }
    stop.here()
}

fn of_brackets(kind: &ErrorKind, stop: &Stop<'_>) -> Option<Diagnostic> {
    use ErrorKind as E;
    Some(match kind {
        E::UnclosedFlowCollection { open } => {
            Diagnostic::error(format!("this `{open}` is never closed"))
                .at(stop.here(), "opened here")
        }
        E::MismatchedFlowCollectionEnd { open, close } => {
            Diagnostic::error(format!("this `{open}` is closed by a `{close}`"))
                .at(stop.here(), "opened here")
        }
        E::MisplacedFlowCollectionEnd => {
            let close = stop.character().unwrap_or(']');
            Diagnostic::error(format!("there is nothing that this `{close}` could close"))
                .at(stop.here(), "")
        }
        E::ExpectedFlowMappingSeparator => expected("`,` or `}`", stop),
        E::ExpectedFlowSequenceSeparator => expected("`,` or `]`", stop),
        E::BlockEntryInFlowCollection => {
            Diagnostic::error("a `-` cannot start an item between brackets")
                .at(stop.here(), "")
                .help("part the items of `[…]` by commas")
        }
        E::InvalidColonPlacement => {
            Diagnostic::error("a `:` cannot stand here").at(stop.here(), "")
        }
        _ => return None,
    })
}

fn of_indentation(kind: &ErrorKind, stop: &Stop<'_>) -> Option<Diagnostic> {
    use ErrorKind as E;
    Some(match kind {
        E::TabNotAllowed
        | E::TabInBlockIndentation
        | E::TabInIndentation
        | E::TabInPlainScalar
        | E::TabAtBlockScalarStart => Diagnostic::error("YAML does not allow tabs for indentation")
            .at(stop.tabs().unwrap_or_else(|| stop.here()), "")
            .help("use spaces"),
        E::MappingValueNotAllowed => mapping_within_value(stop),
        E::ExpectedBlockMappingKey => expected("a `key: value` of this mapping", stop)
            .help("the keys of a mapping start in the same column"),
        E::ExpectedBlockSequenceEntry => expected("another `- item` of this list", stop)
            .help("the items of a list start in the same column"),
        E::SimpleKeyExpected | E::InvalidSimpleKey => missing_colon(stop),
        E::ExpectedDocumentStart if stop.character() == Some(':') => missing_colon(stop),
        E::ExpectedDocumentStart if stop.before().trim().is_empty() => {
            Diagnostic::error("this belongs to nothing above it")
                .at(stop.word(), "")
                .help("check its indentation")
        }
        E::ExpectedDocumentStart => {
            Diagnostic::error("the document ends before this").at(stop.word(), "")
        }
        E::BlockSequenceEntryNotAllowed => Diagnostic::error("a list cannot start here")
            .at(stop.here(), "")
            .help("put each `- item` on a line of its own, or quote a value that starts with `-`"),
        E::MappingKeyNotAllowed => Diagnostic::error("a key cannot start here")
            .at(stop.here(), "")
            .help("quote a value that starts with `?`"),
        E::InvalidIndentation | E::InvalidFlowScalarIndent => {
            Diagnostic::error("this line is indented too little for what it continues")
                .at(stop.word(), "")
        }
        _ => return None,
    })
}

/// A `:` inside a value: a second one on the line, or the key of a line that was taken to continue the one above.
fn mapping_within_value(stop: &Stop<'_>) -> Diagnostic {
    let begin = stop.line_begin();
    let key = stop.before().trim_start();
    if begin.follows_line() && !key.contains(": ") && !key.starts_with("- ") {
        return Diagnostic::error("a mapping cannot start here")
            .at(stop.span(begin.at(), stop.at() + 1), "this continues the value above")
            .help("line it up with the keys that it belongs to; if the line above is its parent, that must end with `:`");
    }
    Diagnostic::error("a value cannot contain `: `")
        .at(stop.here(), "")
        .help("put the value in quotes if the `:` belongs to it")
}

fn missing_colon(stop: &Stop<'_>) -> Diagnostic {
    Diagnostic::error("this is not a `key: value`")
        .at(stop.line_begin().line(), "")
        .help("there must be a `:` behind the key, and a blank behind the `:`")
}

fn expected(what: &str, stop: &Stop<'_>) -> Diagnostic {
    match stop.character() {
        None => Diagnostic::error(format!("expected {what}, found the end of the document"))
            .at(stop.here(), ""),
        Some(_) => Diagnostic::error(format!("expected {what}")).at(stop.word(), "found this"),
    }
}

fn of_the_rest(kind: &ErrorKind, stop: &Stop<'_>) -> Diagnostic {
    use ErrorKind as E;
    match kind {
        E::UnexpectedCharacter { character } if character.is_control() => Diagnostic::error(format!(
            "the control character U+{:04X} cannot stand here",
            u32::from(*character)
        ))
        .at(stop.here(), "")
        .help(format!("write it as an escape in double quotes: `\\u{:04x}`", u32::from(*character))),
        E::UnexpectedCharacter { character } => misplaced(*character, stop),
        E::UnknownAnchor => Diagnostic::error(format!("no value above is named `{}`", stop.name()))
            .at(stop.word(), "")
            .help("name a value with `&name` first, or put this in quotes if the `*` belongs to the text"),
        E::MissingAnchorOrAliasName => Diagnostic::error("a name must follow here")
            .at(stop.here(), "")
            .help("put the value in quotes if this character belongs to it"),
        E::CommentInterceptedScalar | E::CommentNotSeparated => Diagnostic::error("a comment cannot stand here")
            .at(stop.here(), "")
            .help("a comment ends the value before it; put the value in quotes if the `#` belongs to it"),
        E::BomInsideDocument => Diagnostic::error("a byte order mark can stand only at the start of a file")
            .at(stop.here(), "")
            .help("remove this invisible character"),
        E::UnexpectedEof
        | E::UnexpectedEofFlowSequence
        | E::UnexpectedEofFlowMapping
        | E::UnexpectedEofImplicitFlowMapping
        | E::UnexpectedEofBlockSequence
        | E::UnexpectedEofBlockMapping => match stop.character() {
            None => Diagnostic::error("the document ends too early").at(stop.here(), ""),
            Some(character) => misplaced(character, stop),
        },
        E::InvalidBlockScalarHeader | E::ZeroBlockScalarIndent => {
            Diagnostic::error("the text of a `|` or `>` starts on the next line").at(stop.line(), "")
        }
        other => Diagnostic::error(format!("this cannot be read as YAML: {other}")).at(stop.here(), ""),
    }
}

fn misplaced(character: char, stop: &Stop<'_>) -> Diagnostic {
    let message = match character {
        '`' => "a backtick cannot stand here".to_owned(),
        other => format!("`{other}` cannot stand here"),
    };
    Diagnostic::error(message)
        .at(stop.here(), "")
        .help("put the value in quotes if this character belongs to it")
}
