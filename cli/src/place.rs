//! This machine as the place of a run: where its ledger is, and who its workers are.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use star_core::clock::SystemClock;
use star_core::ledger::Directory;
use star_core::registry::Kinds;
use star_core::transport::{Processes, Threads};
use star_core::worker::{Host, SystemIds, World};
use star_core::{Bell, Ending, Job, Limits, Plan, Voice};

use crate::args::RunsArgs;
use crate::error::CommandError;
use crate::output::{self, Said};

/// The name of a deployment on this machine: workers of another version of this program refuse its envelopes.
const DEPLOYMENT: &str = concat!("here-", env!("CARGO_PKG_VERSION"));

/// Where runs are recorded, and whether that was said.
#[derive(Clone, Debug)]
pub(crate) struct Runs {
    folder: PathBuf,
}

impl Runs {
    /// The folder that was named, or the user's state folder.
    pub(crate) fn resolve(args: &RunsArgs) -> Result<Self, CommandError> {
        let named = args.runs.clone().or_else(state_folder);
        let folder = named.ok_or_else(|| {
            let help = "name one with `--runs DIR`";
            CommandError::Usage(format!(
                "there is no home folder to record runs in ({help})"
            ))
        })?;
        // A worker process may have another current folder.
        let folder = std::path::absolute(&folder).unwrap_or(folder);
        Ok(Self { folder })
    }

    pub(crate) fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes the folder, so that it is known before a run whether it can be.
    pub(crate) fn prepare(&self) -> Result<(), CommandError> {
        let made = Directory::new(&self.folder).make();
        made.map_err(|source| CommandError::Write {
            path: self.folder.clone(),
            source,
        })
    }

    fn world(&self) -> Result<World, CommandError> {
        Ok(World {
            ledger: Arc::new(Directory::new(&self.folder)),
            clock: Arc::new(SystemClock::new()),
            kinds: Kinds::linked()?,
            ids: Arc::new(SystemIds),
            deployment: DEPLOYMENT.to_owned(),
            voice: Voice::default(),
            ending: Ending::default(),
            bell: Bell::default(),
        })
    }

    /// This process, without any worker.
    pub(crate) fn alone(&self) -> Result<Host, CommandError> {
        Ok(Threads::new(self.world()?).host())
    }

    /// Workers that are threads of this process; what their tasks say goes there.
    pub(crate) fn threads(&self, said: Said) -> Result<Host, CommandError> {
        let world = World {
            voice: said.voice(),
            ending: Ending::default(),
            ..self.world()?
        };
        Ok(Threads::new(world).host())
    }

    /// Workers that are processes of this program; what their tasks say, if it goes anywhere, goes there.
    pub(crate) fn processes(&self, said: Option<Said>) -> Result<Host, CommandError> {
        let program = std::env::current_exe().map_err(|source| CommandError::System {
            what: "cannot tell where this program is",
            source,
        })?;
        let mut arguments = vec![
            "worker".into(),
            "--runs".into(),
            OsString::from(&self.folder),
        ];
        if let Some(said) = said {
            arguments.extend(["--say".into(), said.as_str().into()]);
        }
        let deaths = Voice::new(|line| output::note(&format!("warning: {line}\n")));
        let mut processes = Processes::new(program, arguments).mourned(deaths);
        if said == Some(Said::Out) {
            processes = processes.heard();
        }
        let voice = said.map(|said| said.voice_among(&self.folder));
        let mut host = self.alone()?;
        host.world.voice = voice.unwrap_or_default();
        host.transport = Arc::new(processes);
        Ok(host)
    }
}

/// `$XDG_STATE_HOME/slsart`, or `~/.local/state/slsart`.
fn state_folder() -> Option<PathBuf> {
    let absolute = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let state = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")));
    Some(state?.join("slsart"))
}

/// Raises the number of descriptors that this process may have to the most it is allowed.
///
/// # Errors
/// That is less than the program takes itself, with one worker: what would fail for want of one is the program, and its users last.
pub(crate) fn raise_descriptors() -> Result<(), CommandError> {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Where that is refused, what there is must do; reaching it is an error with a name.
    let _refused = setrlimit(Resource::Nofile, limit);
    let least = Room::PROGRAM + Room::WORKER;
    match getrlimit(Resource::Nofile).current {
        Some(limit) if limit < least => Err(CommandError::Descriptors { limit, least }),
        _ => Ok(()),
    }
}

/// What workers on this machine share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// Whether each has a process, and so descriptors, of its own.
    pub(crate) processes: bool,
    /// Whether the target is in this process too: then each connection has both of its ends here.
    pub(crate) bundled_target: bool,
}

impl Room {
    /// Kept for the program itself: its standard streams, its runtime, what it reads and writes.
    const PROGRAM: u64 = 32;
    /// Kept for every worker: its runtime, its timer, its files.
    const WORKER: u64 = 8;

    /// Sets how many units a worker may have open at once, of a job that is cut like this.
    pub(crate) fn bound(self, limits: &mut Limits, job: &Job, plan: &Plan) {
        limits.open_units = job.task.open_units(self.open_units(plan));
        limits.open_by_worker = self.processes;
    }

    /// How many units that hold a descriptor each a worker may have open at once; none where descriptors have no limit.
    fn open_units(self, plan: &Plan) -> Option<u64> {
        let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
        Some(self.share(limit.current?, plan))
    }

    /// A worker's share of so many descriptors. Where windows follow each other, users of one live on while the next has its own.
    fn share(self, descriptors: u64, plan: &Plan) -> u64 {
        let at_once = match plan.workers {
            0 => plan.windows.len().clamp(1, 2) as u64,
            _batch => 1,
        };
        let workers = if self.processes {
            1
        } else {
            workers(plan) * at_once
        };
        let left = descriptors.saturating_sub(Self::PROGRAM + Self::WORKER * workers);
        let ends = if self.bundled_target && !self.processes {
            2
        } else {
            1
        };
        (left / workers / ends).max(1)
    }
}

/// How many workers a window is shared by at most, or a batch.
pub(crate) fn workers(plan: &Plan) -> u64 {
    let lanes = plan.windows.iter().map(|window| window.lanes);
    match plan.workers {
        0 => lanes.max().unwrap_or(1).max(1).into(),
        batch => batch.into(),
    }
}

/// How many cores there are.
pub(crate) fn cores() -> u32 {
    std::thread::available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use star_core::Window;
    use star_core::ledger::WindowPlan;

    use super::*;

    #[test]
    fn descriptors_are_shared_by_those_who_have_a_process_in_common() {
        let window = |from: u64, lanes| WindowPlan {
            window: Window::new(Duration::from_secs(from), Duration::from_secs(from + 1)),
            lanes,
            units: 1,
        };
        let plan = |windows: &[WindowPlan]| Plan {
            windows: windows.to_vec(),
            workers: 0,
        };
        let room = |processes, bundled_target| Room {
            processes,
            bundled_target,
        };
        let one = plan(&[window(0, 2)]);
        assert_eq!(room(false, false).share(1048, &one), 500);
        assert_eq!(room(false, true).share(1048, &one), 250);
        assert_eq!(room(true, false).share(1048, &one), 1008);
        let handed_on = plan(&[window(0, 1), window(1, 2), window(2, 1)]);
        assert_eq!(room(false, false).share(1064, &handed_on), 250);
        assert_eq!(room(false, false).share(10, &one), 1);
    }
}
