//! Numbers as people read them.

/// A number to one decimal, with its thousands divided.
pub(super) fn tenths(number: f64) -> String {
    let tenths = (number * 10.0).round() as u64;
    format!("{}.{}", count(tenths / 10), tenths % 10)
}

/// A count, and nothing for zero.
pub(super) fn some(number: u64) -> String {
    if number == 0 {
        String::new()
    } else {
        count(number)
    }
}

/// A count with its thousands divided.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A size, in the unit that suits it.
pub(super) fn bytes(number: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    let mut size = number as f64 / 1000.0;
    if size < 1.0 {
        return format!("{number} B");
    }
    let mut unit = UNITS[0];
    for larger in &UNITS[1..] {
        // What rounds to 1000.0 of a unit is 1.0 of the next.
        if size < 999.95 {
            break;
        }
        (size, unit) = (size / 1000.0, larger);
    }
    format!("{size:.1} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_sizes_are_written_as_people_read_them() {
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(count),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [0, 999, 1000, 999_949, 999_951, 5_400_000_000].map(bytes),
            ["0 B", "999 B", "1.0 kB", "999.9 kB", "1.0 MB", "5.4 GB"]
        );
        assert_eq!(tenths(1234.56), "1,234.6");
    }
}
