//! Durations as people write them.

use std::time::Duration;

/// The longest duration that is read as one: a thousand years. What a run may last is another question.
const LONGEST: f64 = 1000.0 * 365.25 * 86_400.0;

/// A text or number that is no duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// It is of another shape.
    #[error("not a duration")]
    Shape,
    /// It is below zero.
    #[error("negative")]
    Negative,
    /// It is no number of seconds that anybody could wait for.
    #[error("too long")]
    Endless,
}

/// A number of seconds, rounded to whole nanoseconds.
pub fn from_seconds(seconds: f64) -> Result<Duration, DurationError> {
    if seconds.is_nan() {
        return Err(DurationError::Shape);
    }
    if seconds < 0.0 {
        return Err(DurationError::Negative);
    }
    if seconds > LONGEST {
        return Err(DurationError::Endless);
    }
    Duration::try_from_secs_f64(seconds).map_err(|_| DurationError::Endless)
}

/// Reads `90`, `1.5`, `500ms`, `5m`, `0.5 min`, `1 hour`: a number, then perhaps one of the units of the npm package `ms`, in any
/// case. Without a unit it means seconds (where Artillery 2 takes `"0.5"` for half a millisecond, half a second is meant).
pub fn parse(text: &str) -> Result<Duration, DurationError> {
    let text = text.trim();
    let unit_at = text
        .find(|letter: char| !(letter.is_ascii_digit() || matches!(letter, '.' | '-' | '+')))
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let seconds = super::number::parse(number).ok_or(DurationError::Shape)?;
    let unit = unit.trim_start();
    let length = if unit.is_empty() {
        1.0
    } else {
        seconds_in(unit).ok_or(DurationError::Shape)?
    };
    // Milliseconds are divided, so that `100ms` is exactly what `0.1` is.
    from_seconds(if length == MILLISECOND {
        seconds / 1000.0
    } else {
        seconds * length
    })
}

const MILLISECOND: f64 = 0.001;

/// How many seconds a unit has.
fn seconds_in(unit: &str) -> Option<f64> {
    const DAY: f64 = 86_400.0;
    Some(match unit.to_ascii_lowercase().as_str() {
        "ms" | "msec" | "msecs" | "millisecond" | "milliseconds" => MILLISECOND,
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3600.0,
        "d" | "day" | "days" => DAY,
        "w" | "week" | "weeks" => 7.0 * DAY,
        "y" | "yr" | "yrs" | "year" | "years" => 365.25 * DAY,
        _ => return None,
    })
}

/// A duration for people: `90 s`, `1.5 s`, `500 ms`.
pub fn show(duration: Duration) -> String {
    if duration < Duration::from_secs(1) && duration.subsec_nanos() != 0 {
        format!("{} ms", duration.as_secs_f64() * 1000.0)
    } else {
        format!("{} s", duration.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_mean_them() {
        for (text, millis) in [
            ("60", 60_000),
            ("0.5", 500),
            (".5", 500),
            ("500ms", 500),
            ("0.5 min", 30_000),
            ("5m", 300_000),
            ("9 seconds", 9000),
            ("1 H", 3_600_000),
            ("2d", 172_800_000),
            (" 1 week ", 604_800_000),
            ("0", 0),
            ("2500MS", 2500),
            ("1y", 31_557_600_000),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn milliseconds_are_exact() {
        for millis in 0..5000 {
            assert_eq!(
                parse(&format!("{millis}ms")),
                Ok(Duration::from_millis(millis))
            );
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for (text, error) in [
            ("", DurationError::Shape),
            ("soon", DurationError::Shape),
            ("5 fortnights", DurationError::Shape),
            ("1-3", DurationError::Shape),
            ("1m30s", DurationError::Shape),
            ("NaN", DurationError::Shape),
            ("1e3", DurationError::Shape),
            ("-5", DurationError::Negative),
            ("-5m", DurationError::Negative),
            ("99999999999999999999y", DurationError::Endless),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
        assert_eq!(from_seconds(f64::INFINITY), Err(DurationError::Endless));
        assert_eq!(from_seconds(f64::NAN), Err(DurationError::Shape));
    }
}
