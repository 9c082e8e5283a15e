//! What became of figures that were sent somewhere.

use serde::{Deserialize, Serialize};

/// What became of the figures for one sink.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Delivery {
    /// How many periods' figures it took.
    pub periods: u64,
    /// How many periods' figures it never took.
    pub undelivered: u64,
    /// How often it took none.
    pub failures: u64,
    /// Why, the last time.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
}

impl Delivery {
    /// Adds another's.
    pub fn merge(&mut self, other: Self) {
        self.periods += other.periods;
        self.undelivered += other.undelivered;
        self.failures += other.failures;
        if other.why > self.why {
            self.why = other.why;
        }
    }

    /// What is to be said where not all arrived.
    pub fn warning(&self, sink: &str) -> Option<String> {
        let Self {
            undelivered,
            failures,
            why,
            ..
        } = self;
        let periods = |count: u64| match count {
            1 => "1 period".to_owned(),
            count => format!("{count} periods"),
        };
        if *undelivered > 0 {
            let periods = periods(*undelivered);
            return Some(format!(
                "the figures of {periods} did not reach the sink `{sink}`: {why}"
            ));
        }
        (*failures > 0).then(|| {
            format!("the sink `{sink}` took nothing for a while ({failures} times): {why}")
        })
    }
}
