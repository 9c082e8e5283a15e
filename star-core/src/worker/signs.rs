//! Signs of life of whoever does what is done once per run, so that others can tell whether to wait for it.

use std::convert::Infallible;

use super::Worker;
use crate::ledger::{Book, Claim, ClaimKey, LedgerError, Manifest};
use crate::settle::SIGNS_MISSED;
use crate::time::Time;

/// Who has claimed something, as far as others can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// Nobody has.
    Nobody,
    /// Somebody, who is at it.
    Alive,
    /// Somebody whose life is over, or who has given no sign of it for too long.
    Gone,
}

/// Who has claimed something.
pub(crate) async fn holder(
    book: &Book,
    manifest: &Manifest,
    key: ClaimKey,
    now: Time,
) -> Result<Holder, LedgerError> {
    let Some(claim) = book.claimed(key).await? else {
        return Ok(Holder::Nobody);
    };
    let sign = book.sign(key).await?;
    Ok(judge(manifest, claim, sign, now))
}

fn judge(manifest: &Manifest, claim: Claim, sign: Option<Time>, now: Time) -> Holder {
    let intervals = &manifest.intervals;
    let last = sign.map_or(claim.at, |sign| sign.max(claim.at));
    let silent = last + intervals.snapshot * SIGNS_MISSED;
    if now > silent.min(claim.lease) + intervals.margin {
        Holder::Gone
    } else {
        Holder::Alive
    }
}

/// Does what was claimed, giving signs of life beside.
pub(super) async fn with_signs<A>(
    worker: &Worker,
    key: ClaimKey,
    work: impl Future<Output = A>,
) -> A {
    let signs = async {
        loop {
            // A sign that can't be given is made up for by the next.
            let _given = worker.book.write_sign(key, worker.now()).await;
            let next = worker.now() + worker.manifest.intervals.snapshot;
            worker.clock().sleep_until(next).await;
        }
    };
    // What is done at once needs no sign.
    tokio::select! {
        biased;
        done = work => done,
        never = signs => {
            let never: Infallible = never;
            match never {}
        }
    }
}
