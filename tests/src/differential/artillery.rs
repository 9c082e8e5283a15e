//! Artillery itself, from its registry.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::folder;

/// Artillery, installed.
#[derive(Clone, Debug)]
pub struct Artillery {
    folder: PathBuf,
}

impl Artillery {
    /// Installs what `package-lock.json` names into this folder, unless it is there.
    pub fn install(into: &Path) -> Self {
        let names = ["package.json", "package-lock.json"];
        let wanted = names.map(|name| std::fs::read(folder().join(name)).unwrap());
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
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A call of it, with the node that was installed beside it.
    pub fn command(&self, home: &Path) -> Command {
        let modules = self.folder.join("node_modules");
        let mut command = Command::new(modules.join(".bin/node"));
        let first = folder().join("two-cpus.cjs");
        command
            .arg(modules.join("artillery/bin/run"))
            .env_clear()
            .env("HOME", home)
            .env("PATH", modules.join(".bin"))
            .env("NODE_COMPILE_CACHE", self.folder.join("compiled"))
            .env("NODE_OPTIONS", format!("--require {}", first.display()))
            .env("ARTILLERY_DISABLE_TELEMETRY", "true");
        command
    }
}
