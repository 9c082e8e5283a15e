//! Tasks to simulate.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use star_core::reports::Counter;
use star_core::shape::{Batch, Schedule, Stretch};
use star_core::{AnyTask, Failure, OneUnit, Splittable, UnitTask};

/// Units at a rate.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Load {
    pub(crate) load: Schedule,
}

impl UnitTask for Load {
    const KIND: &'static str = "load";
    type Report = Counter;

    fn shape(&self) -> &impl Splittable {
        &self.load
    }

    async fn unit(&self, _: &OneUnit<Counter>) -> Result<(), Failure> {
        Ok(())
    }
}

macro_rules! batch {
    ($name:ident, $kind:literal, effects: $effects:literal, at once: $at_once:literal) => {
        #[derive(Clone, Debug, Serialize, Deserialize)]
        pub(crate) struct $name {
            pub(crate) items: Batch,
        }

        impl UnitTask for $name {
            const KIND: &'static str = $kind;
            const EFFECTS: bool = $effects;
            const AT_ONCE: u32 = $at_once;
            type Report = Counter;

            fn shape(&self) -> &impl Splittable {
                &self.items
            }

            async fn unit(&self, _: &OneUnit<Counter>) -> Result<(), Failure> {
                Ok(())
            }
        }
    };
}

batch!(Effects, "effects", effects: true, at once: 1);
batch!(Harmless, "harmless", effects: false, at once: 1);
batch!(Probes, "probes", effects: true, at once: 8);

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) fn stretch(length: u64, rate: Option<f64>, to: Option<f64>) -> Stretch {
    Stretch {
        duration: seconds(length),
        rate,
        to,
        count: None,
    }
}

pub(crate) fn load(stretches: Vec<Stretch>) -> AnyTask {
    let load = Schedule::new(stretches).expect("these rates are possible");
    AnyTask::new(Load { load })
}
