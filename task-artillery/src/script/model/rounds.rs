//! Pauses and loops.

use std::borrow::Cow;
use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use star_core::draw::Draws;
use star_core::{as_nanos, nanos};

use super::super::duration::{self, DurationError};
use super::super::path::Path;
use super::super::template::{JsonTemplate, Template};
use super::super::vars::Vars;
use super::flow::Step;

/// A pause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Think {
    /// How long.
    pub time: ThinkTime,
    /// By how much it is longer or shorter, by chance.
    pub jitter: Option<Jitter>,
}

/// By how much a pause is longer or shorter at most.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub enum Jitter {
    /// By this.
    Span(#[serde(with = "as_nanos")] Duration),
    /// By so many hundredths of it.
    Percent(f64),
}

impl Jitter {
    /// By how much a pause is longer or shorter at most.
    pub fn most(self, time: Duration) -> Duration {
        match self {
            Self::Span(span) => span,
            Self::Percent(percent) => {
                let most = time.as_secs_f64() * (percent / 100.0);
                Duration::try_from_secs_f64(most).unwrap_or_default()
            }
        }
    }

    /// A pause made longer or shorter, all lengths as likely; none where it would be less than none.
    pub fn spread(self, time: Duration, draws: &mut Draws) -> Duration {
        let most = nanos(self.most(time)).min(u64::MAX / 4);
        let more = draws.below(2 * most + 1);
        (time.saturating_add(Duration::from_nanos(more))).saturating_sub(Duration::from_nanos(most))
    }
}

/// How long a pause is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub enum ThinkTime {
    /// Known beforehand.
    Fixed(#[serde(with = "as_nanos")] Duration),
    /// Told by a placeholder.
    Template(Template),
}

/// A pause that a placeholder made impossible; reads as Artillery's name for it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Invalid think time: {text}")]
pub struct ThinkError {
    /// What the placeholder gave.
    pub text: String,
    /// What is wrong with it.
    #[source]
    pub reason: DurationError,
}

impl ThinkTime {
    /// The pause of a user.
    pub fn duration(&self, vars: &Vars, draws: &mut Draws) -> Result<Duration, ThinkError> {
        match self {
            Self::Fixed(duration) => Ok(*duration),
            Self::Template(template) => {
                let text = template.text(vars, draws);
                duration::parse(&text).map_err(|reason| ThinkError {
                    text: text.into_owned(),
                    reason,
                })
            }
        }
    }
}

/// Steps, several times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Loop {
    /// How often.
    pub rounds: Rounds,
    /// The variable that counts the rounds: the number before the first, one more after each.
    pub counter: String,
    /// The variable that holds the round's element: without a list the number that the first round has.
    pub element: String,
    /// What is done.
    pub flow: Vec<Step>,
}

/// How often a loop goes round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub enum Rounds {
    /// For each number from the first up to, not including, the second.
    Range(u64, u64),
    /// As a placeholder says: `3` or `2-5`.
    Template(Template),
    /// For each of these, rendered when its round begins; without calls.
    Each(Vec<JsonTemplate>),
    /// For each element of a variable; not at all where that holds no list.
    EachOf(Path),
}

/// A number of rounds that a placeholder made impossible.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Invalid loop count: {text}")]
pub struct LoopError {
    /// What the placeholder gave.
    pub text: String,
}

impl Rounds {
    /// The numbers that the counter takes, one a round.
    pub fn range(&self, vars: &Vars, draws: &mut Draws) -> Result<Range<u64>, LoopError> {
        match self {
            Self::Range(from, to) => Ok(*from..*to),
            Self::Template(template) => {
                let text = template.text(vars, draws);
                parse_range(&text).ok_or_else(|| LoopError {
                    text: text.into_owned(),
                })
            }
            Self::Each(values) => Ok(0..values.len() as u64),
            Self::EachOf(path) => {
                let list = vars.get(path);
                let length = list
                    .as_deref()
                    .and_then(Value::as_array)
                    .map_or(0, Vec::len);
                Ok(0..length as u64)
            }
        }
    }

    /// The element of a round that has this number: of the list where there is one.
    pub fn element(&self, vars: &Vars, number: u64) -> Option<Value> {
        let index = usize::try_from(number).ok()?;
        match self {
            Self::Range(..) | Self::Template(_) => None,
            Self::Each(values) => {
                // There are no calls in them, so nothing is drawn.
                let mut nothing_drawn = Draws::new(0, 0, 0, 0);
                let value = values.get(index)?.value(vars, &mut nothing_drawn);
                Some(value.map_or(Value::Null, Cow::into_owned))
            }
            Self::EachOf(path) => vars.get(path)?.as_array()?.get(index).cloned(),
        }
    }
}

/// Reads `3` (0, 1, 2) and `2-5` (2, 3, 4).
pub(in crate::script) fn parse_range(text: &str) -> Option<Range<u64>> {
    let whole = |text: &str| text.trim().parse::<u64>().ok();
    match text.split_once('-') {
        Some((from, to)) => Some(whole(from)?..whole(to)?),
        None => Some(0..whole(text)?),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn vars() -> Vars {
        [
            ("two".to_owned(), json!(2)),
            ("half".to_owned(), json!(0.5)),
            ("range".to_owned(), json!("2-5")),
            ("list".to_owned(), json!(["a", "b"])),
            ("word".to_owned(), json!("soon")),
        ]
        .into_iter()
        .collect()
    }

    fn draws() -> Draws {
        Draws::new(0, 0, 0, 0)
    }

    #[test]
    fn a_pause_told_by_a_placeholder_is_seconds_or_says_its_unit() {
        let think = |source| {
            let time = ThinkTime::Template(Template::parse(source).unwrap());
            time.duration(&vars(), &mut draws())
        };
        assert_eq!(think("{{ two }}"), Ok(Duration::from_secs(2)));
        assert_eq!(think("{{ half }}"), Ok(Duration::from_millis(500)));
        assert_eq!(think("{{ two }}ms"), Ok(Duration::from_millis(2)));
        assert_eq!(
            think("{{ $randomNumber(3, 3) }}"),
            Ok(Duration::from_secs(3))
        );
        assert_eq!(
            think("{{ word }}").unwrap_err().to_string(),
            "Invalid think time: soon"
        );
        assert_eq!(
            think("{{ range }}").unwrap_err().to_string(),
            "Invalid think time: 2-5"
        );
    }

    #[test]
    fn a_pause_differs_evenly_around_what_is_said_and_is_never_less_than_none() {
        let millis = Duration::from_millis;
        let spread = |jitter: Jitter, time: Duration| {
            let mut draws = draws();
            let pauses: Vec<_> = (0..1000).map(|_| jitter.spread(time, &mut draws)).collect();
            let within = |from, to| {
                let there = pauses
                    .iter()
                    .filter(|pause| (millis(from)..millis(to)).contains(*pause));
                there.count()
            };
            (
                within(0, 80),
                within(80, 100),
                within(100, 120),
                within(120, 1000),
            )
        };
        let (below, shorter, longer, beyond) = spread(Jitter::Span(millis(20)), millis(100));
        assert_eq!((below, beyond), (0, 0));
        assert!(shorter > 400 && longer > 400, "{shorter} {longer}");
        let same = spread(Jitter::Percent(20.0), millis(100));
        assert_eq!(same, (0, shorter, longer, 0));
        assert_eq!(
            spread(Jitter::Span(Duration::ZERO), millis(99)),
            (0, 1000, 0, 0)
        );
        let none = (0..100).map(|_| Jitter::Span(millis(50)).spread(millis(1), &mut draws()));
        assert!(none.max().unwrap() <= millis(51));
        let mut draws = draws();
        let some = (0..100).filter(|_| {
            Jitter::Percent(300.0)
                .spread(millis(9), &mut draws)
                .is_zero()
        });
        assert!((20..50).contains(&some.count()));
        let endless = Jitter::Percent(f64::MAX).spread(Duration::MAX, &mut draws);
        assert_eq!(endless, Duration::MAX);
    }

    #[test]
    fn rounds_told_by_a_placeholder_are_a_number_or_a_range() {
        let range = |source| {
            Rounds::Template(Template::parse(source).unwrap()).range(&vars(), &mut draws())
        };
        assert_eq!(range("{{ two }}"), Ok(0..2));
        assert_eq!(range("{{ range }}"), Ok(2..5));
        assert_eq!(range("1-{{ two }}"), Ok(1..2));
        assert_eq!(
            range("{{ word }}").unwrap_err().to_string(),
            "Invalid loop count: soon"
        );
        assert!(range("{{ half }}").is_err());
    }

    #[test]
    fn lists_give_a_round_and_an_element_each() {
        for rounds in [
            Rounds::Each(
                ["a", "b"]
                    .map(|text| JsonTemplate::parse(json!(text)).unwrap())
                    .to_vec(),
            ),
            Rounds::EachOf(Path::parse("list")),
        ] {
            assert_eq!(rounds.range(&vars(), &mut draws()), Ok(0..2));
            assert_eq!(rounds.element(&vars(), 1), Some(json!("b")));
            assert_eq!(rounds.element(&vars(), 2), None);
        }
        assert_eq!(
            Rounds::EachOf(Path::parse("two")).range(&vars(), &mut draws()),
            Ok(0..0)
        );
        assert_eq!(Rounds::Range(2, 5).element(&vars(), 2), None);
    }
}
