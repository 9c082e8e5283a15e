//! Numbers in texts.

/// Reads a decimal number as JavaScript would, without its hexadecimals and words: `12`, `-0.5`, `.5`, `5.`, `1e3`; finite.
pub fn parse(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    let number: f64 = (plain && has_digit).then(|| text.parse().ok()).flatten()?;
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_finite_decimals_are_numbers() {
        for (text, number) in [
            ("12", 12.0),
            ("-0.5", -0.5),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e3", 1e3),
            (" 7 ", 7.0),
            ("+4", 4.0),
        ] {
            assert_eq!(parse(text), Some(number), "{text}");
        }
        for text in [
            "", " ", ".", "e3", "NaN", "inf", "Infinity", "-inf", "1e999", "0x10", "1_000", "12px",
            "1 2",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
