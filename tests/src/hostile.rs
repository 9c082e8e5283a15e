//! A target that does to requests all that targets should not, and keeps a record of what it did.
//!
//! What it does is a function of the number in a request's path (`/17`), so it is known what has to be reported.

mod act;
mod record;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::sync::oneshot;

pub use record::{Deed, Record};

/// The target. It ends when it is dropped.
#[derive(Debug)]
pub struct Hostile {
    address: SocketAddr,
    record: Arc<Record>,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Of so many connections one is reset before anything is read.
const EARLY: u64 = 64;

impl Hostile {
    /// Starts it on a port of its own.
    ///
    /// # Panics
    /// Where there is no such port.
    pub fn start() -> Self {
        raise_descriptors();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let record = Arc::<Record>::default();
        let (end, ended) = oneshot::channel();
        let serving = serve(listener, Arc::clone(&record));
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                tokio::select! {
                    () = serving => {}
                    _ = ended => {}
                }
            });
        });
        Self {
            address,
            record,
            end: Some(end),
            thread: Some(thread),
        }
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it did.
    pub fn record(&self) -> &Record {
        &self.record
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        let _ending = self.end.take().map(|end| end.send(()));
        let _ended = self.thread.take().map(JoinHandle::join);
    }
}

async fn serve(listener: TcpListener, record: Arc<Record>) {
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    let connections = AtomicU64::new(0);
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        if connections.fetch_add(1, Ordering::Relaxed) % EARLY == EARLY - 1 {
            record.did(Deed::Early);
            act::reset(&stream);
            continue;
        }
        let record = Arc::clone(&record);
        tokio::spawn(async move { act::serve(stream, &record).await });
    }
}

/// Who is kept waiting keeps a descriptor, here and there.
fn raise_descriptors() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    let _as_it_was = setrlimit(Resource::Nofile, raised);
}
