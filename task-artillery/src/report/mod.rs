//! What a run of a script is measured by, and what people and tools read of it.
//!
//! A [`LoadReport`] is counts and histograms only, so reports of chunks add up exactly, in any order. What is read of it, percentiles
//! and rates, exists in its [`Summary`] alone, which is never merged: [as JSON](Summary#json) in the shape that Artillery 2 writes,
//! and as text.
//!
//! Everything is counted five times: in all, by scenario, by phase, by request, and by when it happened. What lies in which is told
//! by [`Place`]: small numbers in the order of the script, which is the same in every worker.

mod active;
mod apdex;
mod checks;
mod endpoint;
mod ensure;
mod errors;
mod few;
mod journal;
mod judgement;
mod load;
mod made;
mod names;
mod over;
mod periods;
mod record;
mod series;
mod sinks;
mod summary;
mod traffic;
mod users;
mod view;

pub use active::Active;
pub use apdex::Apdex;
pub use checks::{Checks, FailedCheck, Held};
pub use endpoint::{Answered, Endpoint, EndpointKey, Endpoints};
pub use ensure::Ensurance;
pub use errors::{ErrorName, Errors};
pub use few::Few;
pub(crate) use journal::Note;
pub use judgement::Tried;
pub use load::{LoadReport, PhaseReport, RequestReport, ScenarioReport};
pub use names::{Names, PhaseName, RequestName};
pub use periods::{Parts, Period, Periods};
pub use record::{Place, Received};
pub use series::{Bucket, MOST_BUCKETS, Series};
pub use sinks::Delivery;
pub(crate) use summary::Published;
pub use summary::Summary;
pub use traffic::Traffic;
pub use users::Users;
pub use view::{Ensured, Sampled, View};

#[cfg(test)]
mod tests;
