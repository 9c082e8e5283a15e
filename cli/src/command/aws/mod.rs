//! The commands that reach AWS.

mod deploy;
mod invoke;
mod kill;
mod packed;
mod place;
mod remove;

pub(super) use deploy::deploy;
pub(super) use invoke::invoke;
pub(super) use kill::kill;
pub(super) use place::Deployed;
pub(super) use remove::remove;
