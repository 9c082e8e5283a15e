//! The commands that reach AWS.

mod assets;
mod configure;
mod deploy;
mod forecast;
mod going_on;
mod invoke;
mod kill;
mod out;
mod packed;
mod place;
mod remove;
mod script;

pub(super) use assets::limits;
pub(super) use configure::configure;
pub(super) use deploy::deploy;
pub(super) use invoke::invoke;
pub(super) use kill::kill;
pub(super) use place::Deployed;
pub(super) use remove::remove;
