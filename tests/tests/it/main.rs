//! The whole pipeline, by real processes over real sockets.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't set itself up has failed"
)]

mod bad_input;
mod commands;
mod compatibility;
mod configured;
mod credentials;
mod documents;
mod duplicates;
mod examples;
mod find_max;
mod flags;
mod function;
mod guide;
mod health;
mod hostile;
mod includes;
mod interrupts;
mod layers;
mod library;
mod losses;
mod manner;
mod modes;
mod modes_told;
mod monitor;
mod new_task;
mod once;
mod outcomes;
mod packed;
mod places;
mod plans;
mod promise;
mod proxies;
mod reports;
mod runs;
mod said;
mod schedules;
mod scripts;
mod secrets;
mod simulate;
mod stood_still;
mod typed;
mod watch;
mod written;
