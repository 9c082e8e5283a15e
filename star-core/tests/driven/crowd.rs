//! Units that live long, and workers that may not have as many open.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::laws::toys::Sums;
use star_core::{Context, Executable, Extent, Failure, Fill, Limits, Slice, Splittable, Task};

use crate::fleet::{Fleet, driven};

/// A unit every ten milliseconds for four seconds, each of which lives for a second.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Crowd {}

impl Splittable for Crowd {
    fn extent(&self) -> Extent {
        Extent::Timed(Duration::from_secs(4))
    }

    fn units(&self) -> u64 {
        400
    }

    fn due(&self, unit: u64) -> Duration {
        Duration::from_millis(10 * unit)
    }
}

impl Executable for Crowd {
    type Report = Sums;

    async fn execute(&self, slice: Slice, cx: &Context<Sums>) -> Result<(), Failure> {
        let mut units = cx.units(&slice);
        while let Some(unit) = units.next().await {
            let user = cx.clone();
            cx.spawn(async move {
                user.sleep(Duration::from_secs(1)).await;
                drop(unit);
            });
        }
        Ok(())
    }
}

impl Task for Crowd {
    const KIND: &'static str = "crowd";
}

#[test]
fn a_worker_has_no_more_units_open_than_it_may_and_counts_whom_it_did_not_begin() {
    driven(async {
        let limits = Limits {
            open_units: Some(20),
            ..Limits::here(2)
        };
        let outcome = Fleet::new().run(Crowd {}, limits, async {}).await;
        let facts = &outcome.facts;
        assert!(facts.adds_up() && facts.is_partial(), "{facts:?}");
        assert_eq!(facts.health.open, Fill::new(20, 20), "of one worker");
        assert_eq!(facts.health.crowded, facts.tally.missed);
        // Two workers, each of which has twenty in a second.
        let (started, ended) = (facts.tally.started, facts.tally.ended);
        assert!((160..=170).contains(&started), "{facts:?}");
        assert_eq!(started, ended);
        let said = facts.trust().to_string();
        let expected = format!("{} units were missed; ", 400 - started);
        assert!(said.contains(&expected), "{said}");
        assert_eq!(facts.worst.len(), 2);
    });
}

#[test]
fn a_worker_that_may_have_them_all_begins_them_all() {
    driven(async {
        let limits = Limits {
            open_units: Some(102),
            ..Limits::here(1)
        };
        let outcome = Fleet::new().run(Crowd {}, limits, async {}).await;
        let facts = &outcome.facts;
        assert_eq!((facts.tally.started, facts.health.crowded), (400, 0));
        assert!(facts.trust().is_given(), "{}", facts.trust());
        assert!(facts.health.open.used >= 100, "{facts:?}");
        assert_eq!(facts.health.watched, 0, "no machine's clock, no machine");
    });
}
