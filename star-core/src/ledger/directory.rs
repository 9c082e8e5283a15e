//! A ledger in a directory, for threads and processes of one machine.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;

use super::{Ledger, LedgerError, RUNS, RunId};

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

    /// Makes the folder now, where it is not there: its owner's alone.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn make(&self) -> io::Result<()> {
        make_folder(&self.root)
    }

    /// The runs that are recorded there, in no order.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn runs(&self) -> io::Result<Vec<RunId>> {
        let folder = match fs::read_dir(self.root.join(RUNS)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            folder => folder?,
        };
        let names = folder.map(|entry| Ok(entry?.file_name()));
        let names: io::Result<Vec<_>> = names.collect();
        let runs = names?.into_iter();
        Ok(runs
            .filter_map(|name| name.to_str()?.parse().ok())
            .collect())
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
    let failed = |why: String, lasting| LedgerError {
        what,
        key: key.to_owned(),
        why,
        lasting,
        remote: false,
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(failed(error.to_string(), is_lasting(error.kind()))),
        Err(error) => Err(failed(error.to_string(), true)),
    }
}

/// Whether a folder will say the same again, until somebody does something about it.
fn is_lasting(kind: io::ErrorKind) -> bool {
    use io::ErrorKind as Kind;
    matches!(
        kind,
        Kind::PermissionDenied
            | Kind::NotFound
            | Kind::NotADirectory
            | Kind::IsADirectory
            | Kind::ReadOnlyFilesystem
            | Kind::StorageFull
            | Kind::QuotaExceeded
            | Kind::InvalidFilename
            | Kind::InvalidInput
            | Kind::Other
    )
}

/// A file that only its owner reads: a task may hold what nobody else is to know.
fn private() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes a value to a file of its own in the directory of `path`.
fn write_beside(path: &Path, value: &[u8]) -> io::Result<PathBuf> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let folder = path.parent().unwrap_or(Path::new("."));
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let beside = folder.join(format!(".{}-{number}", std::process::id()));
    let open = || private().open(&beside);
    let mut file = match open() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make_folder(folder)?;
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// A folder of this test's own, under the build's.
    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("star-core-{}-{name}", std::process::id()));
        let _there_is_none = fs::remove_dir_all(&folder);
        folder
    }

    fn on_runtime<A>(work: impl Future<Output = A>) -> A {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(work)
    }

    #[test]
    fn of_twenty_who_create_a_value_at_once_one_does() {
        let root = folder("claims");
        let ledger = Arc::new(Directory::new(&root));
        for round in 0..20 {
            let key = format!("runs/r/claims/{round}");
            let barrier = Arc::new(std::sync::Barrier::new(20));
            let claimers: Vec<_> = (0..20)
                .map(|claimer: u8| {
                    let (ledger, barrier, key) =
                        (Arc::clone(&ledger), Arc::clone(&barrier), key.clone());
                    std::thread::spawn(move || {
                        barrier.wait();
                        on_runtime(ledger.create(&key, Bytes::copy_from_slice(&[claimer; 100])))
                            .unwrap()
                    })
                })
                .collect();
            let won: Vec<bool> = claimers
                .into_iter()
                .map(|claimer| claimer.join().unwrap())
                .collect();
            assert_eq!(won.iter().filter(|won| **won).count(), 1);
            let winner = won.iter().position(|won| *won).unwrap() as u8;
            let there = on_runtime(ledger.get(&key)).unwrap().unwrap();
            assert_eq!(
                &there[..],
                &[winner; 100],
                "the value is the winner's, whole"
            );
        }
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_value_can_be_set_again_and_nothing_is_left_beside() {
        let root = folder("values");
        let ledger = Directory::new(&root);
        on_runtime(async {
            assert_eq!(ledger.get("a/b").await.unwrap(), None);
            ledger.put("a/b", "one".into()).await.unwrap();
            ledger.put("a/b", "two".into()).await.unwrap();
            assert_eq!(ledger.get("a/b").await.unwrap().unwrap(), "two");
            assert!(!ledger.create("a/b", "three".into()).await.unwrap());
        });
        let names: Vec<_> = fs::read_dir(root.join("a"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(names, ["b"]);
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn only_its_owner_reads_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let root = folder("private");
        on_runtime(Directory::new(&root).put("a/b", "secret".into())).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(
            (mode(&root.join("a")), mode(&root.join("a/b"))),
            (0o700, 0o600)
        );
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_key_cannot_leave_the_folder() {
        let ledger = Directory::new(folder("keys"));
        for key in [
            "",
            "..",
            "a/../b",
            "/etc/passwd",
            "a//b",
            ".hidden",
            "a b",
            "a\0",
        ] {
            assert!(
                on_runtime(ledger.put(key, Bytes::new())).is_err(),
                "{key:?}"
            );
            assert!(on_runtime(ledger.get(key)).is_err(), "{key:?}");
        }
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_an_error_with_the_key() {
        let ledger = Directory::new("/proc/no/such/folder");
        let error = on_runtime(ledger.put("a", Bytes::new())).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("the ledger cannot write `a`: "),
            "{error}"
        );
    }
}
