//! The file to begin with.

use super::{Given, STAGE};
use crate::elf::Architecture;

/// What it is called.
pub const FILE: &str = "serverless.yml";

/// What it can be called, as in the framework: the first that is there is taken.
pub const FILES: [&str; 3] = [FILE, "serverless.yaml", "serverless.json"];

/// What the framework also takes, and a deployment does not read, since they are programs.
pub const UNREAD_FILES: [&str; 2] = ["serverless.js", "serverless.ts"];

const TEXT: &str = include_str!("serverless.yml");

/// A file that says what holds where there is none, for a service of this name.
pub fn written(service: &str, given: &Given, architecture: Architecture) -> String {
    let region = given.region.as_deref().map_or_else(
        || "# region: eu-central-1".to_owned(),
        |region| format!("region: {region}"),
    );
    let stage = given.stage.as_deref().unwrap_or(STAGE);
    TEXT.replace("{{service}}", service)
        .replace("{{architecture}}", architecture.as_str())
        .replace("{{stage}}", stage)
        .replace("{{region}}", &region)
}
