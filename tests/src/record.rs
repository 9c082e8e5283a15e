//! What a target received, without what depends on when.

use slsart::target::Running;

/// One request as it was sent: all that must be the same however a run is cut.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Request {
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// SHA-256 of the body.
    pub body: String,
    /// The header that tests put a unit's row in.
    pub row: Option<String>,
}

/// The multiset of requests that a target received, sorted.
pub fn requests(target: &Running) -> Vec<Request> {
    let mut all: Vec<Request> = target
        .record()
        .into_iter()
        .map(|received| Request {
            method: received.method,
            path: received.path,
            body: received.sha256,
            row: received.headers.get("x-row").cloned(),
        })
        .collect();
    all.sort_unstable();
    all
}
