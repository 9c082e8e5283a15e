//! Scripts as people write them, good and bad.

mod bad;
mod dialect;
mod generate;
mod good;
mod includes;
mod layers;
mod outside;
mod property;
mod reporting;
mod request;
mod steps;
mod table;
mod tls;
mod typos;

use std::path::Path;

use star_core::document::{Document, Sources};

use super::super::model::Script;
use super::parse;

/// Reads `s.yml`, with the files of the folder `data` beside it.
fn document(text: &str) -> Document {
    let mut sources = Sources::default();
    let root = star_yaml::read(&mut sources, "s.yml", text).unwrap();
    // Tests run in the folder of their crate.
    let folder = Path::new("src/script/parse/tests/data");
    Document::new(sources, root, folder)
}

/// The script, and the document that was read.
fn read(text: &str) -> (Script, Document) {
    let mut document = document(text);
    match parse(&mut document) {
        Ok(script) => (script, document),
        Err(errors) => {
            let lines: Vec<_> = errors
                .iter()
                .map(|error| error.one_line(&document.sources))
                .collect();
            panic!("{}\n{text}", lines.join("\n"));
        }
    }
}

/// Errors, or where there are none warnings, one a line.
fn complaints(text: &str) -> Vec<String> {
    let mut document = document(text);
    let errors = parse(&mut document).err().unwrap_or_default();
    let told = if errors.is_empty() {
        document.warnings()
    } else {
        &errors
    };
    told.iter()
        .map(|one| one.one_line(&document.sources))
        .collect()
}
