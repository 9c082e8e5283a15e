//! Workers that are threads of this process. They share nothing with whoever sends for them but the ledger, the clock, and a bell that rings at a
//! run's end.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::runtime::LocalOptions;

use super::{Transport, TransportError};
use crate::failure::Failure;
use crate::wire::Reply;
use crate::worker::{Host, World, work};

/// A thread with a runtime of its own for every envelope.
#[derive(Clone, Debug)]
pub struct Threads {
    world: World,
}

impl Threads {
    /// Workers in this world.
    pub fn new(world: World) -> Self {
        Self { world }
    }

    /// What one of them has.
    pub fn host(&self) -> Host {
        Host {
            world: self.world.clone(),
            transport: Arc::new(self.clone()),
            deadline: None,
        }
    }
}

#[async_trait(?Send)]
impl Transport for Threads {
    async fn send(&self, envelope: Vec<u8>) -> Result<(), TransportError> {
        let host = self.host();
        std::thread::Builder::new()
            .name("worker".to_owned())
            .spawn(move || run_here(&envelope, &host))
            .map(|_detached| ())
            .map_err(|error| TransportError::passing(error.to_string()))
    }
}

/// Does an envelope's work on this thread, on a runtime of its own.
pub fn run_here(envelope: &[u8], host: &Host) -> Reply {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default());
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return Reply::Failed(Failure::because("no runtime can be had", &error)),
    };
    let reply = runtime.block_on(work(envelope, host));
    // A name look-up that hangs in the system's resolver must not keep the worker.
    runtime.shutdown_background();
    reply
}
