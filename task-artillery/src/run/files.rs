//! The files that requests send.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use bytes::Bytes;
use star_core::Failure;
use star_core::document::BlobRef;
use star_core::hash::Hash;

use super::Cx;

/// The files that a script's requests send. A script is compiled without them to learn which those are, and to check it.
#[derive(Debug, Default)]
pub(super) struct Files {
    known: HashMap<Hash, Bytes>,
    missing: RefCell<Vec<BlobRef>>,
}

impl Files {
    /// A file's bytes; where they are not there none, and it is noted.
    pub(super) fn get(&self, file: &BlobRef) -> Bytes {
        let known = self.known.get(&file.hash).cloned();
        known.unwrap_or_else(|| {
            self.missing.borrow_mut().push(file.clone());
            Bytes::new()
        })
    }

    /// Gets what was missing. Whether anything was.
    ///
    /// # Errors
    /// Where a file is not there.
    pub(super) async fn fetch(&mut self, cx: &Cx) -> Result<bool, Failure> {
        let missing = self.missing.take();
        for file in &missing {
            if let Entry::Vacant(unknown) = self.known.entry(file.hash) {
                unknown.insert(Bytes::from_owner(cx.blob(file).await?));
            }
        }
        Ok(!missing.is_empty())
    }
}
