//! Numbers as scripts write them.

use serde_json::Number;

/// What an unquoted scalar is as a number.
pub(crate) enum Numeral {
    None,
    Fits(Number),
    TooLarge,
    NotFinite,
}

/// Reads a number.
pub(crate) fn number(text: &str) -> Numeral {
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    match digits.as_bytes() {
        [b'0', b'x', ..] => return radix(negative, &digits[2..], 16),
        [b'0', b'o', ..] => return radix(negative, &digits[2..], 8),
        [b'0', b'b', ..] => return radix(negative, &digits[2..], 2),
        [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => {}
        [b'.', ..] if matches!(&digits[1..], "inf" | "Inf" | "INF") => return Numeral::NotFinite,
        [b'.', ..] if matches!(text, ".nan" | ".NaN" | ".NAN") => return Numeral::NotFinite,
        _ => return Numeral::None,
    }
    let Some(digits) = without_separators(digits) else {
        return Numeral::None;
    };
    if is_whole(&digits) {
        whole(negative, &digits)
    } else if is_decimal(&digits) {
        decimal(negative, &digits)
    } else {
        Numeral::None
    }
}

/// The digits without their `_`, each of which must stand between two digits.
fn without_separators(digits: &str) -> Option<String> {
    let bytes = digits.as_bytes();
    let digit = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(u8::is_ascii_hexdigit)
    };
    let placed = bytes
        .iter()
        .enumerate()
        .all(|(at, byte)| *byte != b'_' || (digit(at.checked_sub(1)) && digit(Some(at + 1))));
    placed.then(|| digits.replace('_', ""))
}

fn radix(negative: bool, digits: &str, radix: u32) -> Numeral {
    let Some(digits) = without_separators(digits) else {
        return Numeral::None;
    };
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return Numeral::None;
    }
    match i128::from_str_radix(&digits, radix) {
        Ok(magnitude) => integer(if negative { -magnitude } else { magnitude }),
        Err(_) => Numeral::TooLarge,
    }
}

fn is_whole(digits: &str) -> bool {
    digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn whole(negative: bool, digits: &str) -> Numeral {
    if digits.len() > 1 && digits.starts_with('0') {
        return Numeral::None;
    }
    match digits.parse::<i128>() {
        // JSON readers keep the sign of a negative zero.
        Ok(0) if negative => Number::from_f64(-0.0).map_or(Numeral::None, Numeral::Fits),
        Ok(magnitude) => integer(if negative { -magnitude } else { magnitude }),
        Err(_) => Numeral::TooLarge,
    }
}

fn integer(value: i128) -> Numeral {
    if let Ok(value) = u64::try_from(value) {
        Numeral::Fits(value.into())
    } else if let Ok(value) = i64::try_from(value) {
        Numeral::Fits(value.into())
    } else {
        Numeral::TooLarge
    }
}

/// Whether this is `digits . digits e digits` with at least one digit in front of the exponent.
fn is_decimal(digits: &str) -> bool {
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    let (front, back) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && is_whole(digits)
    });
    is_whole(front) && is_whole(back) && !(front.is_empty() && back.is_empty()) && exponent_fits
}

fn decimal(negative: bool, digits: &str) -> Numeral {
    let Ok(magnitude) = digits.parse::<f64>() else {
        return Numeral::None;
    };
    match Number::from_f64(if negative { -magnitude } else { magnitude }) {
        Some(number) => Numeral::Fits(number),
        None => Numeral::TooLarge,
    }
}
