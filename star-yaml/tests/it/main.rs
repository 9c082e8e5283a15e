//! What the reader gives and says, from outside.

mod corpus;
mod files;
mod jobs;
mod limits;
mod properties;
mod tree;

use serde_json::Value;
use star_core::document::{Diagnostic, Node, Sources};

/// Reads a text; of a fault, its one line.
fn read(name: &str, text: &str) -> Result<Node, String> {
    let mut sources = Sources::default();
    star_yaml::read(&mut sources, name, text).map_err(|fault| fault.one_line(&sources))
}

/// Reads a text without its places.
fn json(text: &str) -> Result<Value, String> {
    read("t.yml", text).map(|node| node.to_json())
}

/// Reads a text that must be at fault.
fn fault(text: &str) -> (Sources, Diagnostic) {
    let mut sources = Sources::default();
    let fault = star_yaml::read(&mut sources, "t.yml", text).expect_err("this text is at fault");
    (sources, fault)
}
