//! Everything is claimed before it is acted on.

use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use slsart::target::{Running, Target};
use star_core::ledger::{Book, Manifest};
use star_core::transport::Threads;
use star_core::wire::{Envelope, Order, VERSION};
use star_core::worker::Host;
use star_core::{Intervals, Launch, Limits, launch};
use tests::{Finished, Program, Scratch, finish, job, wait_until, world};

use crate::scripts;

const PROGRAM: &str = env!("CARGO_BIN_EXE_slsart-under-test");

/// A launched run whose first order nobody has sent.
struct Waiting {
    scratch: Scratch,
    target: Running,
    host: Host,
    manifest: Rc<Manifest>,
}

impl Waiting {
    fn new(workers: u32) -> Self {
        let scratch = Scratch::default();
        let target = Target::start(0).unwrap();
        let script = scripts::steady(&scratch, 50.0, 1.0);
        let job = job(&script, target.url());
        let mut world = world(scratch.runs());
        // The deployment of the program's own workers.
        world.deployment = format!("here-{}", env!("CARGO_PKG_VERSION"));
        let host = Threads::new(world).host();
        let how = Launch {
            run: "twice".parse().unwrap(),
            seed: 1,
            limits: Limits {
                lead: Duration::from_millis(500),
                tail: Duration::from_secs(1),
                ..Limits::here(workers)
            },
            intervals: Intervals::HERE,
            rehearsal: false,
            traced: false,
        };
        let manifest = on_runtime(async { launch(&host, &job, how).await.unwrap() });
        Self {
            scratch,
            target,
            host,
            manifest,
        }
    }

    /// Gives the same envelope to two processes at once.
    fn two_processes(&self, order: Order) -> [Finished; 2] {
        let envelope = Envelope {
            version: VERSION,
            deployment: self.manifest.deployment.clone(),
            run: self.manifest.run.clone(),
            order,
            hop: 1,
            expires: self.host.world.clock.now() + Duration::from_mins(1),
        };
        let envelope = self.scratch.write("envelope.json", envelope.encode());
        let start = || {
            let input = std::fs::File::open(&envelope).unwrap();
            Program::new(PROGRAM, &self.scratch)
                .args([
                    "worker".as_ref(),
                    "--runs".as_ref(),
                    self.scratch.runs().as_path(),
                ])
                .stdin(input)
                .start()
        };
        [start(), start()].map(finish)
    }

    fn replies(&self, order: Order) -> Vec<String> {
        let mut replies: Vec<_> = self
            .two_processes(order)
            .into_iter()
            .map(|finished| {
                let reply: serde_json::Value =
                    serde_json::from_str(&finished.expect(0).out).unwrap();
                reply["reply"].as_str().unwrap().to_owned()
            })
            .collect();
        replies.sort_unstable();
        replies
    }

    fn wait_until_closed(&self) {
        let book = Book::new(
            Arc::clone(&self.host.world.ledger),
            self.manifest.run.clone(),
        );
        wait_until("the run is closed", || {
            on_runtime(book.is_closed()).unwrap()
        });
    }
}

fn on_runtime<A>(work: impl Future<Output = A>) -> A {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(work)
}

#[test]
fn of_two_processes_with_one_envelope_one_executes_it() {
    let waiting = Waiting::new(1);
    assert_eq!(waiting.replies(Order::Start), ["duplicate", "executed"]);
    assert_eq!(waiting.target.record().len(), 50);
    // The chunk's own envelope, once more, long after.
    let book = Book::new(
        Arc::clone(&waiting.host.world.ledger),
        waiting.manifest.run.clone(),
    );
    let chunk = on_runtime(book.start())
        .unwrap()
        .unwrap()
        .chunks()
        .next()
        .unwrap();
    assert_eq!(
        waiting.replies(Order::Carry(chunk)),
        ["duplicate", "duplicate"]
    );
    assert_eq!(waiting.target.record().len(), 50);
}

#[test]
fn of_two_processes_with_one_bundle_one_carries_it_and_the_tree_runs_once() {
    let waiting = Waiting::new(7);
    assert_eq!(waiting.replies(Order::Start), ["duplicate", "executed"]);
    waiting.wait_until_closed();
    assert_eq!(waiting.target.record().len(), 50);
    let runs = PathBuf::from("runs/twice");
    let finals = std::fs::read_dir(waiting.scratch.runs().join(runs).join("final")).unwrap();
    assert_eq!(finals.count(), 7);
}
