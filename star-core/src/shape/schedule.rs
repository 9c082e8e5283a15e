//! Units at a rate.

use std::time::Duration;

use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::arrivals::{Arrivals, ArrivalsError, Load, Phase};
use crate::document::duration;
use crate::split::{Extent, Splittable};

/// Stretches of time that follow one another, and the units that are due in each, at the instants that
/// [`arrivals`](crate::arrivals) says.
///
/// In a job file a list: `load: [{ duration: 30s, rate: 5 }, { duration: 1m, rate: 5, to: 50 }, { duration: 10, count: 3 }, { duration: 5 }]`: a
/// constant rate, a ramp, a count, a pause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Stretch>", into = "Vec<Stretch>")]
pub struct Schedule {
    stretches: Vec<Stretch>,
    arrivals: Arrivals,
}

/// One stretch of a [`Schedule`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct Stretch {
    /// How long it is: seconds, or a text with a unit such as `5m`.
    #[serde(serialize_with = "write_duration")]
    pub duration: Duration,
    /// Units a second, at its start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// Units a second at its end, where that is another rate; without `rate` it starts at 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<f64>,
    /// So many units, spaced evenly, instead of a rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
}

/// The same as it is written, which may make no sense.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(deserialize_with = "read_duration")]
    duration: Duration,
    rate: Option<f64>,
    to: Option<f64>,
    count: Option<u64>,
}

impl TryFrom<Written> for Stretch {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written {
            duration,
            rate,
            to,
            count,
        } = written;
        if count.is_some() && (rate.is_some() || to.is_some()) {
            return Err("a stretch has a `count` or a `rate`, not both".to_owned());
        }
        let stretch = Self {
            duration,
            rate,
            to,
            count,
        };
        match Schedule::new(vec![stretch.clone()]) {
            Ok(_) => Ok(stretch),
            Err(ArrivalsError::Rate { .. }) => {
                Err("the rate is not between 0 and 1,000,000 a second".to_owned())
            }
            Err(ArrivalsError::Duration { .. }) => {
                Err("a stretch lasts no longer than a hundred years".to_owned())
            }
            Err(error) => Err(error.to_string()),
        }
    }
}

impl Schedule {
    /// These stretches, one after the other.
    ///
    /// # Errors
    /// Says which of them is impossible, and why.
    pub fn new(stretches: Vec<Stretch>) -> Result<Self, ArrivalsError> {
        let phases = stretches.iter().map(|stretch| Phase {
            duration: stretch.duration,
            load: stretch.load(),
        });
        Ok(Self {
            arrivals: Arrivals::new(phases)?,
            stretches,
        })
    }

    /// So many units a second for so long.
    ///
    /// # Errors
    /// Where the rate is none, or too high.
    pub fn steady(rate: f64, duration: Duration) -> Result<Self, ArrivalsError> {
        Self::new(vec![Stretch {
            duration,
            rate: Some(rate),
            to: None,
            count: None,
        }])
    }
}

impl Stretch {
    fn load(&self) -> Load {
        match (self.count, self.rate, self.to) {
            (Some(count), _, _) => Load::Count(count),
            (None, None, None) => Load::Pause,
            (None, rate, to) => {
                let from = rate.unwrap_or(0.0);
                Load::Rate {
                    from,
                    to: to.unwrap_or(from),
                }
            }
        }
    }
}

impl TryFrom<Vec<Stretch>> for Schedule {
    type Error = String;

    fn try_from(stretches: Vec<Stretch>) -> Result<Self, String> {
        Self::new(stretches).map_err(|error| error.to_string())
    }
}

impl From<Schedule> for Vec<Stretch> {
    fn from(schedule: Schedule) -> Self {
        schedule.stretches
    }
}

impl Splittable for Schedule {
    fn extent(&self) -> Extent {
        Extent::Timed(self.arrivals.duration())
    }

    fn units(&self) -> u64 {
        self.arrivals.units()
    }

    fn due(&self, unit: u64) -> Duration {
        self.arrivals.due(unit)
    }
}

fn read_duration<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Seconds(f64),
        Text(String),
    }
    let read = match &Written::deserialize(from)? {
        Written::Seconds(seconds) => duration::from_seconds(*seconds)
            .map_err(|_| D::Error::invalid_value(Unexpected::Float(*seconds), &"a duration")),
        Written::Text(text) => match text.strip_suffix("ns").map(str::parse) {
            Some(Ok(nanos)) => Ok(Duration::from_nanos(nanos)),
            _ => duration::parse(text)
                .map_err(|_| D::Error::invalid_value(Unexpected::Str(text), &"a duration")),
        },
    };
    read.map_err(|error| D::Error::custom(format!("{error}, such as `30`, `1.5` or `5m`")))
}

/// Whole seconds as their number; what is not whole in nanoseconds, for a fraction of seconds would not come back as it went.
fn write_duration<S: Serializer>(duration: &Duration, into: S) -> Result<S::Ok, S::Error> {
    if duration.subsec_nanos() == 0 {
        return into.serialize_u64(duration.as_secs());
    }
    into.collect_str(&format_args!("{}ns", duration.as_nanos()))
}
