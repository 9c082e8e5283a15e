//! Runs scripts, as `slsart run` does: workers in threads, the ledger in memory.

use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use star_core::clock::SystemClock;
use star_core::context::Traced;
use star_core::document::Blob;
use star_core::ledger::{Book, Ledger, Memory};
use star_core::registry::Kinds;
use star_core::transport::Threads;
use star_core::worker::{Host, SystemIds, World};
use star_core::{
    AnyTask, Bell, Ending, Facts, Intervals, Job, Launch, Limits, Voice, attend, follow, launch,
};
use tokio::sync::Notify;

use super::Server;
use crate::Artillery;
use crate::report::LoadReport;
use crate::script::Script;
use crate::script::model::Proxies;
use star_core::Task as _;

/// How a script is run.
#[derive(Clone, Debug)]
pub(super) struct How {
    pub(super) limits: Limits,
    pub(super) rehearsal: bool,
    /// After how many users have started it is stopped.
    pub(super) stop_when: Option<u64>,
    /// What requests go through.
    pub(super) proxies: Proxies,
}

impl Default for How {
    fn default() -> Self {
        let limits = Limits {
            late: Duration::from_secs(10),
            ..Limits::here(1)
        };
        Self {
            limits,
            rehearsal: false,
            stop_when: None,
            proxies: Proxies::default(),
        }
    }
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) report: LoadReport,
    pub(super) facts: Facts,
    pub(super) trace: Vec<Traced>,
    /// The lines that were said.
    pub(super) said: Vec<String>,
}

impl Done {
    /// The errors, each with its count.
    pub(super) fn errors(&self) -> Vec<(&str, u64)> {
        self.report.errors().iter().collect()
    }

    /// The codes, each with its count.
    pub(super) fn codes(&self) -> Vec<(u16, u64)> {
        self.report
            .traffic
            .codes
            .iter()
            .map(|(code, count)| (*code, *count))
            .collect()
    }
}

/// Runs a script on one worker. `TARGET` in it is the server's URL.
pub(super) fn run(server: &Server, script: &str) -> Done {
    run_with(&server.url(), script, How::default())
}

/// Runs a script. `TARGET` in it is this one.
pub(super) fn run_with(target: &str, script: &str, how: How) -> Done {
    let script = script.replace("TARGET", target);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/run/tests");
    let mut document = star_yaml::document_from("script.yml", script.as_bytes(), folder).unwrap();
    let task = Artillery::read(&mut document).unwrap_or_else(|faults| {
        let faults = faults.iter().map(|fault| fault.one_line(&document.sources));
        panic!("{}", faults.collect::<Vec<_>>().join("\n"))
    });
    let mut script = task.script().clone();
    script.http.proxies = how.proxies.clone();
    run_read(script, document.blobs().to_vec(), how)
}

/// Runs a script that was read.
pub(super) fn run_script(script: Script) -> Done {
    run_read(script, Vec::new(), How::default())
}

fn run_read(script: Script, blobs: Vec<Blob>, how: How) -> Done {
    let task = Artillery::new(script).unwrap();
    let limits = Limits {
        tail: how.limits.tail,
        ..task.limits(how.limits)
    };
    let job = Job {
        task: AnyTask::new(task),
        blobs,
    };
    let how = How { limits, ..how };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let a_minute = Duration::from_mins(1);
        tokio::time::timeout(a_minute, execute(&job, how))
            .await
            .expect("a run ends in a minute")
    })
}

fn host(voice: Voice) -> Host {
    Threads::new(World {
        ledger: Arc::new(Memory::default()),
        clock: Arc::new(SystemClock::new()),
        kinds: Kinds::linked().unwrap(),
        ids: Arc::new(SystemIds),
        deployment: "test".to_owned(),
        voice,
        ending: Ending::default(),
        bell: Bell::default(),
    })
    .host()
}

async fn execute(job: &Job, how: How) -> Done {
    let said = Arc::new(Mutex::new(Vec::new()));
    let host = host(Voice::new({
        let said = Arc::clone(&said);
        move |line| said.lock().unwrap().push(line.to_owned())
    }));
    let millis = Duration::from_millis;
    let launched = Launch {
        run: "run".parse().unwrap(),
        seed: 7,
        limits: how.limits,
        intervals: Intervals {
            snapshot: millis(20),
            stop: millis(20),
            grace: millis(100),
            margin: millis(300),
            ..Intervals::HERE
        },
        rehearsal: how.rehearsal,
        traced: true,
    };
    let manifest = launch(&host, job, launched).await.unwrap();
    let mut observer = job.task.attend(&host, Rc::clone(&manifest));
    let attending = tokio::task::spawn_local({
        let (host, manifest) = (host.clone(), Rc::clone(&manifest));
        async move { attend(&host, &manifest).await }
    });
    let enough = Rc::new(Notify::new());
    tokio::task::spawn_local({
        let (host, run, enough) = (host.clone(), manifest.run.clone(), Rc::clone(&enough));
        async move {
            enough.notified().await;
            star_core::stop(&host, &run).await.unwrap();
        }
    });
    let told = |facts: &Facts| {
        if how
            .stop_when
            .is_some_and(|units| facts.tally.started >= units)
        {
            enough.notify_one();
        }
    };
    let outcome = follow(&host, &manifest, &mut observer, told).await.unwrap();
    attending.abort();
    assert!(outcome.facts.adds_up(), "{:?}", outcome.facts);
    assert!(
        outcome.facts.faults.is_empty(),
        "{:?}",
        outcome.facts.faults
    );
    assert!(
        outcome.facts.losses.is_empty(),
        "{:?}",
        outcome.facts.losses
    );
    let book = Book::new(
        Arc::clone(&host.world.ledger) as Arc<dyn Ledger>,
        manifest.run.clone(),
    );
    let closed = book.closed::<LoadReport>().await.unwrap().unwrap();
    let mut trace = Vec::new();
    for chunk in book.start().await.unwrap().unwrap().chunks() {
        trace.extend(book.trace(chunk, 1).await.unwrap().unwrap_or_default());
    }
    trace.sort_by_key(|line| line.unit);
    Done {
        report: closed.report,
        facts: closed.facts,
        trace,
        said: std::mem::take(&mut said.lock().unwrap()),
    }
}
