//! Dates as servers write them in cookies (RFC 6265, section 5.1.1): a time, a day, a month and a year, in any order.

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Reads a date, in seconds after the Unix epoch.
pub(super) fn parse(text: &str) -> Option<i64> {
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    let is_delimiter = |letter: char| !(letter.is_ascii_alphanumeric() || letter == ':');
    for word in text.split(is_delimiter).filter(|word| !word.is_empty()) {
        if let Some(found) = time_of_day(word).filter(|_| time.is_none()) {
            time = Some(found);
        } else if let Some(found) = number(word, 1..=2).filter(|_| day.is_none()) {
            day = Some(found);
        } else if let Some(found) = month_of(word).filter(|_| month.is_none()) {
            month = Some(found);
        } else if let Some(found) = number(word, 2..=4).filter(|_| year.is_none()) {
            year = Some(found);
        }
    }
    let year = match year? {
        short @ 70..=99 => short + 1900,
        short @ 0..=69 => short + 2000,
        year => year,
    };
    let (day, month) = (day?, month?);
    if !(1..=31).contains(&day) || year < 1601 {
        return None;
    }
    Some(days_since_epoch(year, month, day) * 86_400 + time?)
}

/// The number that a word begins with, if it has so many digits.
fn number(word: &str, digits: std::ops::RangeInclusive<usize>) -> Option<i64> {
    let end = word
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(word.len());
    digits
        .contains(&end)
        .then(|| word[..end].parse().ok())
        .flatten()
}

fn time_of_day(word: &str) -> Option<i64> {
    let mut parts = word.splitn(3, ':');
    let mut part = || number(parts.next()?, 1..=2);
    let (hour, minute, second) = (part()?, part()?, part()?);
    (hour < 24 && minute < 60 && second < 60).then_some(hour * 3600 + minute * 60 + second)
}

fn month_of(word: &str) -> Option<i64> {
    let start = word.get(..3)?.to_ascii_lowercase();
    let at = MONTHS.iter().position(|month| *month == start)?;
    i64::try_from(at + 1).ok()
}

/// The days from 1970-01-01 to a day of the Gregorian calendar. Years are counted from March, so that a leap day is a year's last.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    365 * year + year / 4 - year / 100 + year / 400 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_servers_write_them() {
        for (text, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Wed, 21 Oct 2015 07:28:00 GMT", 1_445_412_480),
            ("Wednesday, 21-Oct-15 07:28:00 GMT", 1_445_412_480),
            ("Wed Oct 21 07:28:00 2015", 1_445_412_480),
            ("Mon, 29-Feb-2016 23:59:59 GMT", 1_456_790_399),
            ("Tue, 01 Mar 2016 00:00:00 GMT", 1_456_790_400),
            ("31 Dec 9999 23:59:59", 253_402_300_799),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
        ] {
            assert_eq!(parse(text), Some(seconds), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "soon",
            "Wed, 21 Oct 2015",
            "21 Oct 2015 24:00:00",
            "0 Oct 2015 07:28:00",
            "32 Oct 2015 07:28:00",
            "21 Okt 2015 07:28:00",
            "21 Oct 1600 07:28:00",
            "1445412480",
            "äöü",
            "ää Oct",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
