//! Times of day.

use star_core::Time;

const DAY: u64 = 86_400;

/// `2026-11-28T17:52:10Z`
pub(crate) fn instant(at: Time) -> String {
    let seconds = at.as_nanos() / 1_000_000_000;
    let (year, month, day) = date(seconds / DAY);
    let (hour, minute, second) = clock(seconds);
    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// `5:52:10 PM`, in UTC
pub(crate) fn time_of_day(at: Time) -> String {
    let (hour, minute, second) = clock(at.as_nanos() / 1_000_000_000);
    let half = if hour < 12 { "AM" } else { "PM" };
    let hour = match hour % 12 {
        0 => 12,
        hour => hour,
    };
    format!("{hour}:{minute:02}:{second:02} {half}")
}

fn clock(seconds: u64) -> (u64, u64, u64) {
    let of_day = seconds % DAY;
    (of_day / 3_600, of_day / 60 % 60, of_day % 60)
}

/// The date of a day that is so many after 1970-01-01: counted by years, then by months, as a calendar is read.
fn date(mut days: u64) -> (u64, u64, u64) {
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let mut year = 1970;
    loop {
        let of_year = if is_leap(year) { 366 } else { 365 };
        if days < of_year {
            break;
        }
        days -= of_year;
        year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 1;
    for of_month in months {
        if days < of_month {
            break;
        }
        days -= of_month;
        month += 1;
    }
    (year, month, days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_a_date_and_a_time_of_day() {
        let at = |seconds: u64| Time::from_nanos(seconds * 1_000_000_000);
        let instants = [0, 951_782_399, 951_782_400, 1_795_888_330, 4_107_542_400].map(at);
        assert_eq!(
            instants.map(instant),
            [
                "1970-01-01T00:00:00Z",
                "2000-02-28T23:59:59Z",
                "2000-02-29T00:00:00Z",
                "2026-11-28T17:52:10Z",
                "2100-03-01T00:00:00Z",
            ]
        );
        let times = [0, 43_199, 43_200, 64_330].map(at).map(time_of_day);
        assert_eq!(
            times,
            ["12:00:00 AM", "11:59:59 AM", "12:00:00 PM", "5:52:10 PM"]
        );
    }
}
