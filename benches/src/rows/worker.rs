//! From the bytes that a worker gets to the first user, who is due already.

use std::io::{self, Write as _};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use rustix::thread::{CpuSet, sched_setaffinity};
use star_core::clock::SystemClock;
use star_core::document::{Document, Options};
use star_core::ledger::Directory;
use star_core::registry::Kinds;
use star_core::transport::{Transport, TransportError, run_here};
use star_core::wire::{Envelope, Order};
use star_core::worker::{Host, SystemIds, World};
use star_core::{Bell, Ending, Intervals, Launch, Limits, Voice, attend, launch, stop};
use task_artillery as _;

use crate::bench::{Bench, phases, scripts, slsart};
use crate::lateness::median;
use crate::machine::{Spent, monotonic};
use crate::table::Line;

/// The deployment whose envelopes `slsart worker` carries out.
const DEPLOYMENT: &str = concat!("here-", env!("CARGO_PKG_VERSION"));

/// Lets the worker that starts the run do so, and keeps what it sends to the other one.
#[derive(Clone, Debug)]
struct Kept {
    world: World,
    envelope: Arc<Mutex<Option<Vec<u8>>>>,
}

#[async_trait(?Send)]
impl Transport for Kept {
    async fn send(&self, bytes: Vec<u8>) -> Result<(), TransportError> {
        let order = Envelope::decode(&bytes)
            .map_err(TransportError::passing)?
            .order;
        if order == Order::Start {
            let host = self.host();
            std::thread::spawn(move || run_here(&bytes, &host));
        } else {
            *self.envelope.lock().unwrap_or_else(PoisonError::into_inner) = Some(bytes);
        }
        Ok(())
    }
}

impl Kept {
    fn host(&self) -> Host {
        Host {
            world: self.world.clone(),
            transport: Arc::new(self.clone()),
            deadline: None,
        }
    }
}

/// How long a worker takes until its first user sets out.
pub(super) fn worker(bench: &Bench) -> io::Result<Vec<Line>> {
    let spent = Spent::now();
    let rounds = 0..bench.options.rounds.max(3);
    let all = rounds
        .map(|round| once(bench, round))
        .collect::<io::Result<Vec<_>>>()?;
    let took = median(all);
    Ok(vec![Line {
        work: "a worker: from bytes in to the first user's connection, who is due".to_owned(),
        ours: format!("{took:.1} ms"),
        goal: "< 5 ms".to_owned(),
        held: Some(took < 5.0),
        others: spent.by_others(Duration::ZERO),
        ..Line::default()
    }])
}

/// Launches a run of two lanes with a user a second; the second lane's worker gets its envelope when its first user is overdue, and
/// before another of the first lane comes. In milliseconds.
fn once(bench: &Bench, round: usize) -> io::Result<f64> {
    let folder = bench.scratch.path().join(format!("worker-{round}"));
    let kept = Kept {
        world: World {
            ledger: Arc::new(Directory::new(&folder)),
            clock: Arc::new(SystemClock::new()),
            kinds: Kinds::linked().map_err(io::Error::other)?,
            ids: Arc::new(SystemIds),
            deployment: DEPLOYMENT.to_owned(),
            voice: Voice::default(),
            ending: Ending::default(),
            bell: Bell::default(),
        },
        envelope: Arc::default(),
    };
    let _from_before = bench.target.take();
    let launched = {
        let (kept, url) = (kept.clone(), bench.target.url().to_owned());
        std::thread::spawn(move || launched(&kept.host(), &url))
    };
    wait_until("the first user comes", || {
        bench.target.count() == 1 || launched.is_finished()
    })?;
    let mut cores = CpuSet::new();
    cores.set(0);
    sched_setaffinity(None, &cores)?;
    let mut worker = Command::new(slsart()?)
        .arg("worker")
        .arg("--runs")
        .arg(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    std::thread::park_timeout(Duration::from_millis(1_300));
    let envelope = kept
        .envelope
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    let Some(envelope) = envelope else {
        worker.kill()?;
        worker.wait()?;
        let ended = launched.join();
        return Err(io::Error::other(format!("nobody was sent for: {ended:?}")));
    };
    let mut input = worker
        .stdin
        .take()
        .ok_or_else(|| io::Error::other("no input"))?;
    let sent = monotonic();
    input.write_all(&envelope)?;
    drop(input);
    let came = wait_until("the second user comes", || bench.target.count() == 2);
    if let Err(error) = came {
        worker.kill()?;
        let said = worker.wait_with_output()?.stdout;
        let said = String::from_utf8_lossy(&said);
        return Err(io::Error::other(format!(
            "{error}; the worker said: {said}"
        )));
    }
    let came = bench.target.take().connections.last().copied();
    let took = came.unwrap_or(0).saturating_sub(sent);
    worker.wait()?;
    let ended = launched
        .join()
        .map_err(|_| io::Error::other("the launcher died"))?;
    ended.map_err(io::Error::other)?;
    Ok(took as f64 / 1e6)
}

/// Launches the run, and stops it after three seconds.
fn launched(host: &Host, url: &str) -> Result<(), String> {
    let text = |error: &dyn std::error::Error| error.to_string();
    let script = scripts().join("open.yml");
    let mut document: Document =
        star_yaml::document(&script).map_err(|errors| format!("{errors:?}"))?;
    let mut options = Options::default();
    options.give("target", url);
    let [_, overrides] = phases(1, 10);
    options.give("overrides", &*overrides);
    document.options = options;
    let job = host
        .world
        .kinds
        .read(&mut document)
        .map_err(|errors| format!("{errors:?}"))?;
    let how = Launch {
        run: "r".parse().map_err(|error| text(&error))?,
        seed: 1,
        limits: Limits {
            late: Duration::from_secs(9),
            ..Limits::here(2)
        },
        intervals: Intervals::HERE,
        rehearsal: false,
        traced: false,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| text(&error))?;
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let manifest = launch(host, &job, how)
            .await
            .map_err(|error| text(&error))?;
        let attending = async {
            attend(host, &manifest).await;
            std::future::pending::<()>().await;
        };
        let three_seconds = tokio::time::timeout(Duration::from_secs(3), attending);
        let _over = three_seconds.await;
        stop(host, &manifest.run)
            .await
            .map_err(|error| text(&error))
    })
}

fn wait_until(what: &str, holds: impl Fn() -> bool) -> io::Result<()> {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        if Instant::now() > deadline {
            return Err(io::Error::other(format!("this never came true: {what}")));
        }
        std::thread::park_timeout(Duration::from_micros(200));
    }
    Ok(())
}
