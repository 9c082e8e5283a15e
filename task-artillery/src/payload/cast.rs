//! What `cast: true` makes of a cell.

use serde_json::{Number, Value};

/// The number that a text is to JavaScript: `04` is 4, `1e3` 1000, ` 5` 5. Texts that are no decimal number stay texts: also
/// hexadecimals, of which Artillery makes 0. Whole numbers of up to 18 digits keep them all, where JavaScript rounds beyond 2⁵³.
pub(super) fn cast(text: &str) -> Value {
    let number = || {
        let trimmed = text.trim();
        let digits = trimmed.strip_prefix('-').unwrap_or(trimmed);
        if digits.bytes().all(|byte| byte.is_ascii_digit())
            && let Ok(whole) = trimmed.parse::<i64>()
        {
            return Some(Number::from(whole));
        }
        let float = crate::script::number::parse(trimmed)?;
        if float.fract() == 0.0 && float.abs() < 9e15 {
            return Some(Number::from(float as i64));
        }
        Number::from_f64(float)
    };
    number().map_or_else(|| Value::String(text.to_owned()), Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_looks_like_a_number_becomes_one() {
        for (text, value) in [
            ("04", json!(4)),
            ("-7", json!(-7)),
            ("-0", json!(0)),
            ("1.50", json!(1.5)),
            ("2.0", json!(2)),
            ("1e3", json!(1000)),
            (" 5", json!(5)),
            ("+5", json!(5)),
            ("4111111111111111", json!(4_111_111_111_111_111_u64)),
            ("9007199254740993", json!(9_007_199_254_740_993_u64)),
            ("", json!("")),
            (" ", json!(" ")),
            ("-", json!("-")),
            ("1-2", json!("1-2")),
            ("0x1F", json!("0x1F")),
            ("true", json!("true")),
            ("NaN", json!("NaN")),
            ("1e999", json!("1e999")),
            ("12 Main St", json!("12 Main St")),
        ] {
            assert_eq!(cast(text), value, "{text}");
        }
    }
}
