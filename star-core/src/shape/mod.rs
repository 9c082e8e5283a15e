//! Ready-made shapes of work, as fields of a task.
//!
//! Each says what units there are and when they are due ([`Splittable`](crate::Splittable)), is written in a job file in the plainest way, and travels as
//! it is written. A [`UnitTask`](crate::UnitTask) names the field that is its shape:
//!
//! | shape | in a job file | its units |
//! |---|---|---|
//! | [`Batch`] | `items: 1000` | so many, as soon as somebody can |
//! | [`Keys`] | `hosts: [a, b]` | one for each |
//! | [`Ranges`] | `files: { paths: ["logs/*.gz"], part: 1048576 }` | one for each stretch of each file |
//! | [`Schedule`] | `load: [{ duration: 1m, rate: 5, to: 50 }]` | at a rate, each at its own instant |

mod batch;
mod keys;
mod ranges;
mod schedule;

pub use batch::Batch;
pub use keys::Keys;
pub use ranges::{Range, Ranges};
pub use schedule::{Schedule, Stretch};

/// Where a shape is a batch, there is little to say.
macro_rules! as_batch {
    ($shape:ty, $($generics:tt)*) => {
        impl<$($generics)*> crate::split::Splittable for $shape {
            fn extent(&self) -> crate::split::Extent {
                crate::split::Extent::Batch
            }

            fn units(&self) -> u64 {
                self.len()
            }

            fn due(&self, _unit: u64) -> std::time::Duration {
                std::time::Duration::ZERO
            }
        }
    };
}
use as_batch;
