//! What whole-pipeline tests have in common: a scratch folder, the program under test, a target that keeps a record, and runs with
//! limits of their own.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't set itself up has failed"
)]

mod author;
mod cloud;
pub mod differential;
mod drip;
pub mod hostile;
mod launched;
mod ministack;
pub mod npm;
mod program;
mod proxy;
mod queue;
mod record;
mod runtime_api;
mod terminal;
mod vitals;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use star_core::clock::SystemClock;
use star_core::ledger::Directory;
use star_core::registry::Kinds;
use star_core::worker::{SystemIds, World};
use star_core::{Bell, Ending, Voice};
use task_artillery as _;

pub use author::Author;
pub use cloud::{Cloud, FUNCTION};
pub use drip::{Drip, DripAgain};
pub use launched::{Launched, Workers, job, launched, launched_job};
pub use ministack::{Ministack, SESSION_TOKEN};
pub use program::{Finished, Program, finish, interrupt, json, terminate};
pub use proxy::{Proxied, Proxy};
pub use queue::Queue;
pub use record::{Request, requests};
pub use runtime_api::{Asked, RuntimeApi};
pub use terminal::Terminal;
pub use vitals::{Most, Vitals};

/// A folder that is gone after the test.
#[derive(Debug)]
pub struct Scratch {
    folder: tempfile::TempDir,
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }
}

impl Scratch {
    /// A path in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file in it.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Where runs are recorded.
    pub fn runs(&self) -> PathBuf {
        self.path("runs")
    }
}

/// The world of workers whose ledger is in a folder.
pub fn world(runs: PathBuf) -> World {
    World {
        ledger: Arc::new(Directory::new(runs)),
        clock: Arc::new(SystemClock::new()),
        kinds: Kinds::linked().unwrap(),
        ids: Arc::new(SystemIds),
        deployment: "test".to_owned(),
        voice: Voice::default(),
        ending: Ending::default(),
        bell: Bell::default(),
    }
}

/// The repository's folder of example scripts.
pub fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/scripts")
}

/// Waits until a condition holds.
///
/// # Panics
/// When it does not in a minute.
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !holds() {
        assert!(Instant::now() < deadline, "this never came true: {what}");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}
