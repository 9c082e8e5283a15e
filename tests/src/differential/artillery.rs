//! Artillery itself, from its registry.

use std::path::Path;
use std::process::Command;

use super::folder;
use crate::npm::Installed;

/// Artillery, installed.
#[derive(Clone, Debug)]
pub struct Artillery {
    installed: Installed,
}

impl Artillery {
    /// Installs what `package-lock.json` names into this folder, unless it is there.
    pub fn install(into: &Path) -> Self {
        Self {
            installed: Installed::new(&folder(), into),
        }
    }

    /// Where it is installed.
    pub(super) fn folder(&self) -> &Path {
        self.installed.folder()
    }

    /// A call of it, with the node that was installed beside it.
    pub fn command(&self, home: &Path) -> Command {
        let mut command = self.installed.command("artillery/bin/run", home);
        let first = folder().join("two-cpus.cjs");
        command
            .env("NODE_OPTIONS", format!("--require {}", first.display()))
            .env("ARTILLERY_DISABLE_TELEMETRY", "true");
        command
    }
}
