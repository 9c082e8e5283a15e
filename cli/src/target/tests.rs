//! The target, seen over sockets.

mod client;
mod record;
mod routes;
mod wire;
