//! Text that no terminal obeys.

/// The text with every character that would do something else than show itself replaced by one that shows it, one for one, so
/// that columns stay. Line breaks stay too, without carriage returns, and tabs.
pub fn printable_lines(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .map(|c| {
            if matches!(c, '\n' | '\t') {
                c
            } else {
                shown(c)
            }
        })
        .collect()
}

/// The same for a text that must stay on one line.
pub fn printable(text: &str) -> String {
    text.chars().map(shown).collect()
}

fn shown(c: char) -> char {
    match c {
        '\0'..='\x1f' => {
            char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        '\x7f' => '␡',
        // Controls of the second set, marks without width, marks that turn the direction of the text, and line separators.
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => char::REPLACEMENT_CHARACTER,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_become_pictures_and_columns_stay() {
        let text = "a\x1b[31m\u{9b}1m\u{202e}\0\x7f\té\r\nb\r";
        let shown = printable_lines(text);
        assert_eq!(shown, "a␛[31m\u{fffd}1m\u{fffd}␀␡\té\nb␍");
        assert_eq!(shown.chars().count(), text.chars().count() - 1);
        assert_eq!(printable("a\r\n\tb"), "a␍␊␉b");
    }
}
