//! Whole runs of scripts against a server that answers as a test wants.

mod asking;
mod capture;
mod connection;
mod cutting;
mod endpoints;
mod expect;
mod flow;
mod guard;
mod hidden;
mod hostile;
mod limit;
mod names;
mod once;
mod parallel;
mod pool;
mod proxy;
mod redirect;
mod samples;
mod sending;
mod server;
mod signing;
mod sinks;
mod sources;
mod tls;
mod told;
mod undefined;
mod uploading;
mod world;

use server::{Peer, Server};
use world::{run, run_with};

/// A script of one user, with this flow.
fn one_user(flow: &str) -> String {
    script("phases: [{duration: 100ms, arrivalCount: 1}]", flow)
}

/// A script with this in its `config`, and this flow.
fn script(config: &str, flow: &str) -> String {
    format!(
        "config:\n  target: \"TARGET\"\n  http: {{timeout: 0.4}}\n  {config}\nscenarios:\n  - name: only\n    flow:\n{flow}"
    )
}
