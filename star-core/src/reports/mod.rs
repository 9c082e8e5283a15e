//! Ready-made reports, and how to put them together.
//!
//! Each adds up exactly, in any order, and stays as small however long the run:
//!
//! | report | what it keeps |
//! |---|---|
//! | [`Counter`] | a sum of whole numbers |
//! | [`Moments`] | count, sum, mean, variance, least and greatest of numbers |
//! | [`Histogram`](crate::Histogram) | a distribution, with percentiles |
//! | [`Times`] | lengths of time, with percentiles in milliseconds |
//! | [`Top`] | the few greatest, by name |
//! | [`Sample`] | a few of many texts, such as failures |
//!
//! Put together they are a report again: as a tuple, or by name with [`report!`](crate::report):
//!
//! ```
//! use star_core::Histogram;
//! use star_core::reports::{Counter, Top};
//!
//! star_core::report! {
//!     /// What was found in the logs.
//!     pub struct Found {
//!         /// How many lines there were.
//!         pub lines: Counter,
//!         /// How long they were.
//!         pub lengths: Histogram,
//!         /// The longest.
//!         pub longest: Top<3>,
//!     }
//! }
//!
//! let mut found = Found::default();
//! found.lines.add(2);
//! found.longest.offer(80, "GET /index.html");
//! ```

mod compose;
mod counter;
mod moments;
mod sample;
mod summary;
mod times;
mod top;

pub use counter::Counter;
pub use moments::Moments;
pub use sample::Sample;
#[doc(hidden)]
pub use serde_json::Value as Counts;
pub use summary::Figures;
pub use times::Times;
pub use top::Top;
#[cfg(test)]
mod tests;
