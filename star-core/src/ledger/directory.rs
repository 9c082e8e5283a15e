//! A ledger in a directory, for threads and processes of one machine.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;

use super::{Ledger, LedgerError};

/// A ledger in a directory: a file a key. A value is written beside its place and then moved there, so that no reader sees half of
/// it; it is created by a hard link, which only one of many can make.
#[derive(Clone, Debug)]
pub struct Directory {
    root: PathBuf,
}

impl Directory {
    /// The ledger in `root`, which is made when the first value is written.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn path(&self, key: &str) -> io::Result<PathBuf> {
        let fit = |part: &str| {
            let letters = part.bytes().all(|letter| {
                letter.is_ascii_alphanumeric() || matches!(letter, b'.' | b'-' | b'_')
            });
            letters && !part.is_empty() && !part.starts_with('.')
        };
        if key.split('/').all(fit) {
            Ok(self.root.join(key))
        } else {
            Err(io::Error::other("the key has a character that no key has"))
        }
    }
}

/// Files are written and read away from the runtime's thread, which has units to start.
async fn aside<T: Send + 'static>(
    what: &'static str,
    key: &str,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, LedgerError> {
    let failed = |why: String| LedgerError {
        what,
        key: key.to_owned(),
        why,
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(failed(error.to_string())),
        Err(error) => Err(failed(error.to_string())),
    }
}

/// Writes a value to a file of its own in the directory of `path`.
fn write_beside(path: &Path, value: &[u8]) -> io::Result<PathBuf> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let folder = path.parent().unwrap_or(Path::new("."));
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let beside = folder.join(format!(".{}-{number}", std::process::id()));
    let open = || fs::File::create(&beside);
    let mut file = match open() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(folder)?;
            open()?
        }
        other => other?,
    };
    file.write_all(value)?;
    Ok(beside)
}

#[async_trait(?Send)]
impl Ledger for Directory {
    async fn create(&self, key: &str, value: Bytes) -> Result<bool, LedgerError> {
        let path = self.path(key);
        aside("write", key, move || {
            let path = path?;
            if path.exists() {
                return Ok(false);
            }
            let beside = write_beside(&path, &value)?;
            let linked = fs::hard_link(&beside, &path);
            fs::remove_file(&beside)?;
            match linked {
                Ok(()) => Ok(true),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
                Err(error) => Err(error),
            }
        })
        .await
    }

    async fn put(&self, key: &str, value: Bytes) -> Result<(), LedgerError> {
        let path = self.path(key);
        aside("write", key, move || {
            let path = path?;
            let beside = write_beside(&path, &value)?;
            fs::rename(&beside, &path)
        })
        .await
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, LedgerError> {
        let path = self.path(key);
        aside("read", key, move || match fs::read(path?) {
            Ok(value) => Ok(Some(value.into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }
}
