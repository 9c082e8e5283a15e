//! Expressions of schedules, as far as `EventBridge` says which it takes
//! ([User Guide, schedule patterns](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html)).

/// A field of `cron(…)`.
struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    /// What stands for numbers, from the least on.
    names: &'static [&'static str],
    /// The signs that it may have besides those of all fields.
    signs: &'static str,
}

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const FIELDS: [Field; 6] = [
    field("minutes", 0, 59, &[], "/"),
    field("hours", 0, 23, &[], "/"),
    field("the day of the month", 1, 31, &[], "/?LW"),
    field("the month", 1, 12, &MONTHS, "/"),
    field("the day of the week", 1, 7, &DAYS, "?L#"),
    field("the year", 1970, 2199, &[], "/"),
];

const fn field(
    name: &'static str,
    least: u32,
    most: u32,
    names: &'static [&'static str],
    signs: &'static str,
) -> Field {
    Field {
        name,
        least,
        most,
        names,
        signs,
    }
}

/// Whether `EventBridge` takes an expression; otherwise what would be right.
pub(super) fn check(text: &str) -> Result<(), String> {
    let inner = |name: &str| text.strip_prefix(name)?.strip_suffix(')');
    match (inner("rate("), inner("cron(")) {
        (Some(rate), _) => check_rate(rate).map_err(str::to_owned),
        (_, Some(cron)) => check_cron(cron),
        _ => Err("it is `rate(…)` or `cron(…)`".to_owned()),
    }
}

fn check_rate(rate: &str) -> Result<(), &'static str> {
    let (number, unit) = rate.split_once(' ').unwrap_or((rate, ""));
    let singular = match number_of(number) {
        Some(0) | None => return Err("for example `rate(5 minutes)`"),
        Some(number) => number == 1,
    };
    match unit {
        "minute" | "hour" | "day" if singular => Ok(()),
        "minutes" | "hours" | "days" if !singular => Ok(()),
        "minutes" | "hours" | "days" => {
            Err("one is `rate(1 minute)`, `rate(1 hour)` or `rate(1 day)`")
        }
        "minute" | "hour" | "day" => Err("more than one are `minutes`, `hours` or `days`"),
        _ => Err("the units are minutes, hours and days"),
    }
}

fn check_cron(cron: &str) -> Result<(), String> {
    let fields: Vec<_> = cron.split_ascii_whitespace().collect();
    let [_, _, day, _, weekday, _] = fields[..] else {
        return Err(
            "`cron(…)` has six fields: minutes, hours, day of the month, month, day of the week, year"
                .to_owned(),
        );
    };
    for (field, text) in FIELDS.iter().zip(&fields) {
        field.check(text)?;
    }
    if (day == "?") == (weekday == "?") {
        return Err(
            "one of the day of the month and the day of the week is `?`, and the other is not"
                .to_owned(),
        );
    }
    Ok(())
}

impl Field {
    fn check(&self, text: &str) -> Result<(), String> {
        if text == "?" && self.signs.contains('?') {
            return Ok(());
        }
        if text.split(',').all(|item| self.takes(item)) {
            return Ok(());
        }
        let (name, least, most) = (self.name, self.least, self.most);
        let names = match (self.names.first(), self.names.last()) {
            (Some(first), Some(last)) => format!(", {first} to {last}"),
            _ => String::new(),
        };
        let signs: Vec<_> = self
            .signs
            .chars()
            .map(|sign| format!(" `{sign}`"))
            .collect();
        let signs = signs.concat();
        Err(format!(
            "{name} cannot be `{text}`: {least} to {most}{names}, with `,` `-` `*`{signs}"
        ))
    }

    /// Whether it may be this, or one of several of which this is one.
    fn takes(&self, item: &str) -> bool {
        let may = |sign| self.signs.contains(sign);
        if let Some((from, step)) = item.split_once('/') {
            let steps = number_of(step).is_some_and(|step| step > 0);
            return may('/') && steps && (self.is_range(from) || self.value(from).is_some());
        }
        if let Some((day, nth)) = item.split_once('#') {
            let fits = matches!(number_of(nth), Some(1..=5));
            return may('#') && fits && self.value(day).is_some();
        }
        match item {
            "L" => may('L'),
            "LW" => may('L') && may('W'),
            _ if self.is_range(item) || self.value(item).is_some() => true,
            // The weekday next to a day of the month, and the last such day of the week.
            _ => {
                let next = item.strip_suffix('W').filter(|_| may('W'));
                let last = item.strip_suffix('L').filter(|_| may('#'));
                next.or(last).is_some_and(|day| self.value(day).is_some())
            }
        }
    }

    fn is_range(&self, text: &str) -> bool {
        text == "*"
            || text
                .split_once('-')
                .is_some_and(|(from, to)| self.value(from).is_some() && self.value(to).is_some())
    }

    fn value(&self, text: &str) -> Option<u32> {
        let named = self
            .names
            .iter()
            .position(|name| name.eq_ignore_ascii_case(text));
        let named = named.and_then(|at| u32::try_from(at).ok());
        let value = named
            .map(|at| at + self.least)
            .or_else(|| number_of(text))?;
        (self.least..=self.most).contains(&value).then_some(value)
    }
}

/// A number of digits only.
fn number_of(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_eventbridge_takes_is_taken() {
        for good in [
            "rate(1 minute)",
            "rate(5 minutes)",
            "rate(1 day)",
            "cron(0 10 * * ? *)",
            "cron(15 12 * * ? *)",
            "cron(0 18 ? * MON-FRI *)",
            "cron(0 8 1 * ? *)",
            "cron(0/15 * * * ? *)",
            "cron(*/5 8-17 ? * 2-6 2026-2030)",
            "cron(0,30 0 L * ? *)",
            "cron(0 0 3W jan,dec ? *)",
            "cron(0 0 LW * ? *)",
            "cron(0 9 ? * 2#1 *)",
            "cron(0 9 ? * 6L *)",
            "cron(0 9 ? * L *)",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_eventbridge_refuses_is_refused_and_it_is_said_what_would_be_right() {
        for (bad, right) in [
            ("rate(+5 minutes)", "for example `rate(5 minutes)`"),
            ("rate(5  minutes)", "the units are minutes, hours and days"),
            ("cron(60 * * * ? *)", "minutes cannot be `60`: 0 to 59"),
            ("cron(0 24 * * ? *)", "hours cannot be `24`: 0 to 23"),
            ("cron(0 0 32 * ? *)", "the day of the month cannot be `32`"),
            (
                "cron(0 0 1 13 ? *)",
                "the month cannot be `13`: 1 to 12, JAN to DEC",
            ),
            (
                "cron(0 0 ? * 0 *)",
                "the day of the week cannot be `0`: 1 to 7, SUN to SAT",
            ),
            (
                "cron(0 0 ? * FUNDAY *)",
                "the day of the week cannot be `FUNDAY`",
            ),
            ("cron(0 0 ? * 2#6 *)", "the day of the week cannot be `2#6`"),
            ("cron(0 0 ? * 2/2 *)", "the day of the week cannot be `2/2`"),
            (
                "cron(0 0 * * ? 1969)",
                "the year cannot be `1969`: 1970 to 2199",
            ),
            ("cron(? 0 * * ? *)", "minutes cannot be `?`"),
            ("cron(0, 0 * * ? *)", "minutes cannot be `0,`"),
            ("cron(0/0 0 * * ? *)", "minutes cannot be `0/0`"),
            (
                "cron(0 0 1-40 * ? *)",
                "the day of the month cannot be `1-40`",
            ),
            ("cron(0 12 * * *)", "six fields"),
            ("cron(0 0 * * * *)", "is `?`, and the other is not"),
            ("cron(0 0 ? * ? *)", "is `?`, and the other is not"),
            ("every(1 day)", "it is `rate(…)` or `cron(…)`"),
        ] {
            let said = check(bad).unwrap_err();
            assert!(said.contains(right), "{bad}: {said}");
        }
    }
}
