//! A worker process that may die between claiming a bundle and sending its parts. Arguments: the folder of the ledger, and a file that
//! the one who dies leaves behind, so that no other does; without it nobody dies.

use std::io::Read as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use async_trait::async_trait;
use star_core::transport::{Processes, Transport, TransportError, run_here};
use task_artillery as _;
use tests::world;

#[derive(Debug)]
struct Mortal {
    processes: Processes,
    once: Option<PathBuf>,
}

#[async_trait(?Send)]
impl Transport for Mortal {
    async fn send(&self, envelope: Vec<u8>) -> Result<(), TransportError> {
        if let Some(once) = &self.once
            && std::fs::File::create_new(once).is_ok()
        {
            std::process::abort();
        }
        self.processes.send(envelope).await
    }
}

fn main() -> ExitCode {
    let mut envelope = Vec::new();
    std::io::stdin()
        .read_to_end(&mut envelope)
        .expect("the envelope can be read");
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let runs = arguments
        .first()
        .expect("the folder of the ledger is named");
    let program = std::env::current_exe().expect("a program knows where it is");
    let host = star_core::worker::Host {
        world: world(PathBuf::from(runs)),
        transport: Arc::new(Mortal {
            processes: Processes::new(program, arguments.clone()),
            once: arguments.get(1).map(PathBuf::from),
        }),
        deadline: None,
    };
    run_here(&envelope, &host);
    ExitCode::SUCCESS
}
