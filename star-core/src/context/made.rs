//! What a task makes in a rehearsal, where nothing is kept: noted for the conformance kit.

use std::cell::RefCell;

use bytes::Bytes;

use super::Context;
use crate::failure::Failure;
use crate::report::Report;

/// An artefact that would have been kept.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    /// Its name.
    pub(crate) name: String,
    /// What it is.
    pub(crate) bytes: Bytes,
    /// Why it could not have been kept under that name, if so.
    pub(crate) unfit: Option<Failure>,
}

/// What has been made so far, if anybody wants to know.
#[derive(Debug, Default)]
pub(super) struct Making(RefCell<Option<Vec<Made>>>);

impl Making {
    pub(super) fn add(&self, name: &str, bytes: &Bytes, unfit: Option<&Failure>) {
        if let Some(all) = &mut *self.0.borrow_mut() {
            all.push(Made {
                name: name.to_owned(),
                bytes: bytes.clone(),
                unfit: unfit.cloned(),
            });
        }
    }
}

impl<R: Report> Context<R> {
    /// From now on what is made is noted.
    pub(crate) fn note_made(&self) {
        self.shared.made.0.replace(Some(Vec::new()));
    }

    /// What was made since.
    pub(crate) fn made(&self) -> Vec<Made> {
        self.shared.made.0.take().unwrap_or_default()
    }
}
