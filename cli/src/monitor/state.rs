//! What a monitor knows of its past, also after it was started anew.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::round::Round;
use super::rules::Alert;
use crate::error::CommandError;
use crate::output;

/// What a monitor knows of its past. Instants are in milliseconds since the epoch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct State {
    /// How many rounds were done.
    pub(crate) rounds: u64,
    /// How many of them failed.
    pub(crate) failed: u64,
    /// How many were not begun, since the one before took too long.
    pub(crate) skipped: u64,
    /// How many errors there were in all.
    pub(crate) errors: u64,
    /// How many alerts were sent.
    pub(crate) sent: u64,
    /// How often an alert could not be sent.
    pub(crate) unsendable: u64,
    /// Since when rounds fail; none where the last passed.
    pub(crate) failing_since: Option<u64>,
    /// When there was the last alert.
    pub(crate) alerted_at: Option<u64>,
    /// An alert that not all were told yet.
    pub(crate) unsent: Option<Alert>,
    /// Who of them was.
    pub(crate) told: Told,
    /// The last round.
    pub(crate) last: Option<Round>,
}

/// Who was told of an alert.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Told {
    /// The command took it.
    pub(crate) command: bool,
    /// The webhook did.
    pub(crate) webhook: bool,
}

/// What became of an alert that was to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// All who are to be told were.
    ToAll,
    /// Somebody was not.
    NotToAll,
    /// There is nobody who is to be told.
    ToNobody,
}

/// Where that is kept.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    path: PathBuf,
}

impl Kept {
    /// In this file.
    pub(crate) fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps other monitors from this state for as long as what is returned lives; the system lets go of it wherever the process ends.
    /// None where nothing is kept but given away, or nothing can be locked there.
    ///
    /// # Errors
    /// Where another has it, or there is no place for it.
    pub(crate) fn alone(&self) -> Result<Option<File>, CommandError> {
        if output::is_special(&self.path) {
            return Ok(None);
        }
        self.make_folder()?;
        let name = self.path.file_name().unwrap_or_default();
        let lock = format!(".{}.lock", name.to_string_lossy());
        let lock = self.path.with_file_name(lock);
        let opened = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&lock);
        let lock = opened.map_err(|source| CommandError::Write { path: lock, source })?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(lock)),
            Err(TryLockError::WouldBlock) => Err(CommandError::Usage(format!(
                "another monitor is at work with the state `{}`: end that one, or name another file with `--state FILE`",
                self.path.display()
            ))),
            Err(TryLockError::Error(_)) => Ok(None),
        }
    }

    fn make_folder(&self) -> Result<(), CommandError> {
        let Some(folder) = self.path.parent() else {
            return Ok(());
        };
        std::fs::create_dir_all(folder).map_err(|source| CommandError::Write {
            path: folder.to_owned(),
            source,
        })
    }

    /// What was kept; nothing where there is no such file, or it is empty.
    ///
    /// # Errors
    /// Where the file is no state of a monitor.
    pub(crate) fn read(&self) -> Result<State, CommandError> {
        let failed = |why: String| {
            CommandError::Usage(format!(
                "the monitor's state `{}` cannot be read: {why} (`--state FILE` names another, and without the file it begins anew)",
                self.path.display()
            ))
        };
        match std::fs::read(&self.path) {
            // Whoever makes a place for it has an empty file.
            Ok(bytes) if bytes.trim_ascii().is_empty() => Ok(State::default()),
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| failed(error.to_string())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(State::default()),
            Err(error) => Err(failed(error.to_string())),
        }
    }

    /// Keeps it, whole or not at all.
    ///
    /// # Errors
    /// Where it can't be written.
    pub(crate) fn write(&self, state: &State) -> Result<(), CommandError> {
        self.make_folder()?;
        let mut text = serde_json::to_string_pretty(state).unwrap_or_default();
        text.push('\n');
        output::write_private(&self.path, text.as_bytes())
    }
}
