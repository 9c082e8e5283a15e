//! Taking in a request.

use std::sync::atomic::Ordering::Relaxed;

use http::request::Parts;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use sha2::{Digest as _, Sha256};

use super::digest::Digest;
use super::record::{BodyRead, Slot};
use super::state::State;

/// The longest body that is read, in bytes.
pub(super) const MAX_BODY: u64 = 64 * 1024 * 1024;

/// What a route wants of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    All,
    Nothing,
}

/// A body that was read to its end.
#[derive(Debug)]
pub(super) struct Content {
    /// The body if it was to be kept, else nothing.
    pub(super) bytes: Vec<u8>,
    pub(super) digest: Digest,
}

/// Why a body was not read to its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum BodyError {
    #[error("the body has more than {MAX_BODY} bytes, the most that is read here")]
    TooLarge,
    #[error("the body broke off, or its chunks are not well formed")]
    Broken(#[source] hyper::Error),
}

/// A request that is being received.
///
/// Dropped before its body is over, for example because the peer went away, it is recorded as far as it
/// came.
#[derive(Debug)]
pub(super) struct Reception<'a> {
    state: &'a State,
    slot: Option<Slot>,
    hasher: Sha256,
    length: u32,
}

impl<'a> Reception<'a> {
    /// Notes that a head arrived; call it first, for its time is the time of arrival.
    pub(super) fn open(state: &'a State, connection: u32, head: &Parts) -> Self {
        let arrived_ns = state.clock.now();
        state.counters.requests.fetch_add(1, Relaxed);
        let slot = state.record().open(arrived_ns, connection, head);
        Self {
            state,
            slot,
            hasher: Sha256::new(),
            length: 0,
        }
    }

    /// Reads the body, and records the request.
    pub(super) async fn read(
        mut self,
        mut body: Incoming,
        keep: Keep,
    ) -> Result<Content, BodyError> {
        if body.size_hint().lower() > MAX_BODY {
            return Err(BodyError::TooLarge);
        }
        let mut bytes = Vec::new();
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(BodyError::Broken)?.into_data() else {
                continue;
            };
            if u64::from(self.length) + data.len() as u64 > MAX_BODY {
                return Err(BodyError::TooLarge);
            }
            self.length += data.len() as u32;
            self.hasher.update(&data);
            if keep == Keep::All {
                bytes.extend_from_slice(&data);
            }
        }
        Ok(Content {
            bytes,
            digest: self.record(true),
        })
    }

    fn record(&mut self, complete: bool) -> Digest {
        let digest = Digest::from(std::mem::take(&mut self.hasher));
        if let Some(slot) = self.slot.take() {
            self.state.record().close(
                &slot,
                BodyRead {
                    digest,
                    length: self.length,
                    complete,
                },
            );
        }
        digest
    }
}

impl Drop for Reception<'_> {
    fn drop(&mut self) {
        if self.slot.is_some() {
            self.record(false);
        }
    }
}
