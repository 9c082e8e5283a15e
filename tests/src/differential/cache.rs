//! What Artillery did, from an earlier run of the kit: it is pinned, and does the same again.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::observed::Observed;
use super::script::Script;
use super::{Artillery, folder};

/// What Artillery did with a script, observed now or earlier.
///
/// It is looked up by all that it depends on: Artillery's version and how it is called, the script and the files that it names.
pub fn remembered(
    artillery: &Artillery,
    script: &Script,
    observe: impl FnOnce() -> Observed,
) -> Observed {
    let kept =
        artillery
            .folder()
            .join("observed")
            .join(format!("{}-{}.json", script.name, key(script)));
    if let Ok(text) = std::fs::read(&kept) {
        return serde_json::from_slice(&text).unwrap();
    }
    let observed = observe();
    std::fs::create_dir_all(kept.parent().unwrap()).unwrap();
    std::fs::write(&kept, serde_json::to_vec(&observed).unwrap()).unwrap();
    observed
}

fn key(script: &Script) -> String {
    let scripts = folder().join("scripts");
    let path = scripts.join(format!("{}.yml", script.name));
    let text = std::fs::read_to_string(&path).unwrap();
    let data = std::fs::read_dir(scripts.join("data")).unwrap();
    let mut files: Vec<PathBuf> = data
        .map(|entry| entry.unwrap().path())
        .filter(|path| text.contains(name(path)))
        .chain(["package-lock.json", "two-cpus.cjs"].map(|name| folder().join(name)))
        .chain([path])
        .collect();
    files.sort();
    let mut hasher = Sha256::new();
    for file in files {
        hasher.update(std::fs::read(file).unwrap());
    }
    let digest = hasher.finalize();
    let (first, _) = digest.split_first_chunk().unwrap();
    format!("{:016x}", u64::from_be_bytes(*first))
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}
