//! The differences that are known.

use serde::Deserialize;
use star_core::document::{Sources, decode};

use super::folder;

/// Something that is different on purpose.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The script in which it shows.
    pub script: String,
    /// What differs, as the kit says it.
    pub differs: Vec<String>,
    /// The argument.
    pub why: String,
}

/// The list.
pub fn known() -> Vec<Known> {
    let mut sources = Sources::default();
    let path = folder().join("differences.yml");
    let root = star_yaml::read_file(&mut sources, &path)
        .unwrap_or_else(|diagnostic| panic!("{}", diagnostic.one_line(&sources)));
    decode(&root).unwrap()
}
