//! The commands that reach AWS.

mod assets;
mod configure;
mod deploy;
mod invoke;
mod place;
mod remove;

pub(super) use assets::limits;
pub(super) use configure::configure;
pub(super) use deploy::deploy;
pub(super) use invoke::invoke;
pub(super) use place::Deployed;
pub(super) use remove::remove;
