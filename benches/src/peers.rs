//! The other tools: found, or installed from the registries. One that is not to be had is named and left out.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::call::Call;

/// Where the repository is.
fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Where tools are looked for.
#[derive(Clone, Debug)]
pub(crate) struct Peers {
    folder: PathBuf,
    install: bool,
    left_out: RefCell<BTreeSet<String>>,
}

impl Peers {
    /// Those in the folder for temporary things of the build, or on the path; what is missing is installed there if that is wanted.
    pub(crate) fn new(install: bool) -> Self {
        let folder = repository().join("target/tmp/peers");
        Self {
            folder,
            install,
            // k6 is in none of the registries that the others come from.
            left_out: RefCell::new(BTreeSet::from(["k6".to_owned()])),
        }
    }

    /// The names of those that are not there.
    pub(crate) fn left_out(&self) -> String {
        let names: Vec<String> = self.left_out.borrow().iter().cloned().collect();
        names.join(", ")
    }

    /// wrk, from Debian's packages.
    pub(crate) fn wrk(&self) -> Option<Call> {
        let install = || {
            said(Command::new("apt-get").args(["install", "--yes", "wrk"]))?;
            Ok(PathBuf::from("wrk"))
        };
        self.found("wrk", "apt-get install wrk", || on_path("wrk"), install)
    }

    /// oha, from crates.io: some minutes of building.
    pub(crate) fn oha(&self) -> Option<Call> {
        let built = self.folder.join("bin/oha");
        let found = || on_path("oha").or_else(|| built.is_file().then(|| built.clone()));
        let install = || {
            let mut cargo = Command::new("cargo");
            cargo.args(["install", "oha", "--locked", "--root"]);
            said(cargo.arg(&self.folder))?;
            Ok(built.clone())
        };
        self.found(
            "oha",
            "cargo install oha, which takes some minutes",
            found,
            install,
        )
    }

    /// Artillery, from npm, as the differential tests have it, with the node that it asks for.
    pub(crate) fn artillery(&self) -> Option<Call> {
        let folder = self.folder.join("artillery");
        let modules = folder.join("node_modules");
        let node = modules.join(".bin/node");
        let stamp = folder.join("installed");
        let found = || stamp.is_file().then(|| node.clone());
        let install = || {
            fs::create_dir_all(&folder)?;
            for name in ["package.json", "package-lock.json"] {
                fs::copy(
                    repository().join("tests/differential").join(name),
                    folder.join(name),
                )?;
            }
            let mut npm = Command::new("npm");
            npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
            said(npm.current_dir(&folder))?;
            fs::write(&stamp, "")?;
            Ok(node.clone())
        };
        let call = self.found("artillery", "npm ci", found, install)?;
        let environment: Vec<(&'static str, OsString)> = vec![
            ("HOME", folder.clone().into()),
            ("PATH", modules.join(".bin").into()),
            ("NODE_COMPILE_CACHE", folder.join("compiled").into()),
            ("ARTILLERY_DISABLE_TELEMETRY", "true".into()),
        ];
        Some(Call {
            environment: Some(environment),
            ..call.with([modules.join("artillery/bin/run")])
        })
    }

    fn found(
        &self,
        name: &'static str,
        how: &str,
        find: impl Fn() -> Option<PathBuf>,
        install: impl Fn() -> io::Result<PathBuf>,
    ) -> Option<Call> {
        if let Some(program) = find() {
            return Some(Call::new(name, program));
        }
        eprintln!("{name} is not there: {how}");
        let wanted = self.install && !self.left_out.borrow().contains(name);
        let installed = wanted.then(install).transpose();
        let installed = installed.unwrap_or_else(|error| {
            eprintln!("{name} cannot be installed: {error}");
            None
        });
        if installed.is_none() {
            self.left_out.borrow_mut().insert(name.to_owned());
        }
        Some(Call::new(name, installed?))
    }
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut programs = std::env::split_paths(&path).map(|folder| folder.join(name));
    programs.find(|program| program.is_file())
}

/// Runs an installer, whose output goes where ours does.
fn said(command: &mut Command) -> io::Result<()> {
    let status = command.stdin(Stdio::null()).stdout(io::stderr()).status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("{command:?}: {status}")))
    }
}
