//! Programs from npm's registry.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a folder's `package-lock.json` names, installed.
#[derive(Clone, Debug)]
pub struct Installed {
    folder: PathBuf,
}

impl Installed {
    /// Installs what the lock file in `from` names into a folder, unless it is there.
    ///
    /// # Panics
    /// Where `npm` is not on the path, or fails.
    pub fn new(from: &Path, into: &Path) -> Self {
        let names = ["package.json", "package-lock.json"];
        let wanted = names.map(|name| std::fs::read(from.join(name)).unwrap());
        let stamp = into.join("installed");
        if std::fs::read(&stamp).ok().as_ref() != Some(&wanted[1]) {
            std::fs::create_dir_all(into).unwrap();
            for (name, text) in names.iter().zip(&wanted) {
                std::fs::write(into.join(name), text).unwrap();
            }
            let npm = Command::new("npm")
                .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
                .args(["--loglevel", "error"])
                .current_dir(into)
                .stdin(Stdio::null())
                .status()
                .expect("`npm` is on the path");
            assert!(npm.success(), "`npm ci` in {}", into.display());
            std::fs::write(&stamp, &wanted[1]).unwrap();
        }
        Self {
            folder: into.to_owned(),
        }
    }

    /// Where it is installed.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A call of one of its programs, by the path of its script in the modules, with the node that was installed beside it.
    pub fn command(&self, script: &str, home: &Path) -> Command {
        let modules = self.folder.join("node_modules");
        let mut command = Command::new(modules.join(".bin/node"));
        command
            .arg(modules.join(script))
            .env_clear()
            .env("HOME", home)
            .env("PATH", modules.join(".bin"))
            .env("NODE_COMPILE_CACHE", self.folder.join("compiled"));
        command
    }
}
