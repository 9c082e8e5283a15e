//! The author of a kind of task, who works in a folder of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::program::{Finished, finish};

/// The checkout of this repository.
const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// An author's crate, in a workspace of its own.
#[derive(Debug)]
pub struct Author {
    folder: PathBuf,
    runs: PathBuf,
    offline: bool,
}

impl Author {
    /// Whoever works in this folder, in which a `Cargo.toml` is. The versions of crates are those of this repository; what was built of them is there
    /// already, as far as it was built with the same features. Runs are recorded in `runs`.
    pub fn in_folder(folder: PathBuf, runs: PathBuf) -> Self {
        fs::copy(
            Path::new(CHECKOUT).join("Cargo.lock"),
            folder.join("Cargo.lock"),
        )
        .unwrap();
        let mut author = Self {
            folder,
            runs,
            offline: true,
        };
        // All crates have been fetched for this repository, and the registry need not be asked; where it must, it may.
        author.offline = author.cargo(&["tree", "--quiet"]).code == Some(0);
        author
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Calls Cargo as if these arguments were typed in the folder.
    pub fn cargo(&self, arguments: &[&str]) -> Finished {
        let mut command = cargo();
        command
            .current_dir(&self.folder)
            .args(arguments.first())
            .args(self.offline.then_some("--offline"))
            .args(arguments.get(1..).unwrap_or_default())
            .env("SLSART_RUNS", &self.runs)
            .env("SLSART_LATE_LIMIT", "10000");
        finish(command.spawn().unwrap())
    }
}

/// Cargo, with the target folder and the profile of this repository.
fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    // What a test's Cargo says of the test is nothing that an author's Cargo should hear.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_BIN_EXE_") {
            cargo.env_remove(&name);
        }
    }
    // The test is `TARGET/PROFILE/deps/NAME`.
    let test = std::env::current_exe().unwrap();
    cargo
        .env("CARGO_TARGET_DIR", test.ancestors().nth(3).unwrap())
        .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only")
        .env("CARGO_TERM_COLOR", "never")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    cargo
}
