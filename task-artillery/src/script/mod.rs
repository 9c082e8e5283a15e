//! Artillery scripts: the typed [`Script`], and how a [`Document`](star_core::document::Document) becomes one.
//!
//! Reading ([`parse()`]) finds all faults in one go. What comes out holds no text that still has to be understood: durations are
//! durations, and texts with placeholders are [`Template`](template::Template)s whose variables are known to exist. What a script
//! asks for and this version does not carry out is a fault as well, so nothing in a script is silently without effect.

pub(crate) mod address;
mod begin;
mod confidential;
mod environment;
mod literals;
pub mod model;
pub(crate) mod once;
mod parse;
pub mod path;
mod secrets;
mod spelling;
pub mod template;
mod vars;
mod words;

pub use star_core::document::{duration, number};
pub use star_core::job::split::{self, Split};

pub use begin::begin;
pub use confidential::Confidential;
pub use literals::Literals;
pub(crate) use literals::{INSTEAD, is_secret_name, says_who_asks};
pub use model::Script;
pub use parse::{claims, parse, schema};
pub use secrets::Secrets;
pub(crate) use secrets::{forms, longest_first, without};
pub use vars::{Changes, Globals, Lack, Vars};
