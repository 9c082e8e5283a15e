//! What is told in the verbose and the debug mode.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use super::note;

const VERBOSE: u8 = 1;
const DEBUG: u8 = 2;

/// Of the whole process, as its standard error is.
static LEVEL: AtomicU8 = AtomicU8::new(0);
static TOLD: AtomicBool = AtomicBool::new(false);

/// Whether somebody at the terminal is being asked, where nothing may be written over the question.
static ASKING: AtomicBool = AtomicBool::new(false);

/// Somebody is being asked, as long as this lives: no progress is shown meanwhile.
#[derive(Debug)]
pub(crate) struct Asking(());

impl Asking {
    pub(crate) fn begin() -> Self {
        ASKING.store(true, Ordering::Relaxed);
        Self(())
    }

    pub(super) fn is_going_on() -> bool {
        ASKING.load(Ordering::Relaxed)
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        ASKING.store(false, Ordering::Relaxed);
    }
}

/// Tells what is about to be done.
pub(crate) fn be_verbose() {
    LEVEL.fetch_max(VERBOSE, Ordering::Relaxed);
}

/// Tells also of each call to AWS.
pub(crate) fn set_debug() {
    LEVEL.fetch_max(DEBUG, Ordering::Relaxed);
}

/// Whether each call to AWS is told.
pub(crate) fn debugs() -> bool {
    LEVEL.load(Ordering::Relaxed) >= DEBUG
}

/// Tells what is about to be done, where that is wanted.
pub(crate) fn verbose(text: &str) {
    if LEVEL.load(Ordering::Relaxed) >= VERBOSE {
        TOLD.store(true, Ordering::Relaxed);
        note(&format!("{text}\n"));
    }
}

/// Tells of a call.
pub(crate) fn debug(text: &str) {
    if debugs() {
        TOLD.store(true, Ordering::Relaxed);
        note(&format!("{text}\n"));
    }
}

/// Whether somebody wanted to be told more, and there was nothing to tell.
pub(crate) fn silent() -> bool {
    LEVEL.load(Ordering::Relaxed) >= VERBOSE && !TOLD.load(Ordering::Relaxed)
}
