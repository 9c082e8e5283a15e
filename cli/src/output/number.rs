//! Numbers for people.

use std::time::Duration;

/// `150,030`
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `150,030 units`, `1 unit`
pub(crate) fn counted(number: u64, what: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {what}{ending}", grouped(number))
}

/// `0.25 s`, `12.5 s`, `600 s`: no digits that nobody reads.
pub(crate) fn seconds(span: Duration) -> String {
    let seconds = span.as_secs_f64();
    let digits = match seconds {
        _ if span.subsec_nanos() == 0 => 0,
        0.0..10.0 => 2,
        10.0..1_000.0 => 1,
        _ => 0,
    };
    format!("{seconds:.digits$} s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        let grouped_ones = [0, 12, 999, 1_000, 150_030, 1_000_000].map(grouped);
        assert_eq!(
            grouped_ones,
            ["0", "12", "999", "1,000", "150,030", "1,000,000"]
        );
        assert_eq!(counted(1, "worker"), "1 worker");
        assert_eq!(counted(1_200, "worker"), "1,200 workers");
        let millis = [0, 250, 9_999, 12_345, 600_000, 1_234_567].map(Duration::from_millis);
        let said = millis.map(seconds);
        assert_eq!(
            said,
            ["0 s", "0.25 s", "10.00 s", "12.3 s", "600 s", "1235 s"]
        );
    }
}
