//! One run's part of a ledger, with types.

use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::records::{
    Begun, Claim, ClaimKey, Closed, Final, Live, LiveView, Manifest, PartId, RunId, StartRecord,
    StopMark,
};
use super::{Ledger, LedgerError, RUNS};
use crate::context::Traced;
use crate::document::{Blob, BlobRef};
use crate::failure::Failure;
use crate::hash::Hash;
use crate::report::Report;
use crate::slice::Slice;
use crate::time::Time;

/// How often a claim or a report is tried at once; whoever can wait asks again later. A ledger that turns requests away because there are
/// too many must not be asked many times more.
const TRIES: u32 = 2;

/// One run's part of a ledger.
#[derive(Clone, Debug)]
pub struct Book {
    ledger: Arc<dyn Ledger>,
    run: RunId,
}

/// What came of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// It is ours.
    Won,
    /// Somebody else has it.
    Taken,
}

/// The longest name of an artefact, in bytes.
const LONGEST_NAME: usize = 200;

impl Book {
    /// A run's part of `ledger`.
    pub fn new(ledger: Arc<dyn Ledger>, run: RunId) -> Self {
        Self { ledger, run }
    }

    /// The run.
    pub fn run(&self) -> &RunId {
        &self.run
    }

    fn key(&self, name: &str) -> String {
        format!("{RUNS}{}/{name}", self.run)
    }

    async fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, LedgerError> {
        let key = self.key(name);
        let Some(bytes) = self.ledger.get(&key).await? else {
            return Ok(None);
        };
        let value = serde_json::from_slice(&bytes).map_err(|error| LedgerError {
            what: "read",
            key,
            why: error.to_string(),
            lasting: true,
            remote: false,
        })?;
        Ok(Some(value))
    }

    /// Creates a record, trying again on errors. Whether it is the one there.
    async fn create<T: Serialize>(&self, name: &str, record: &T) -> Result<bool, LedgerError> {
        let key = self.key(name);
        let bytes = encode(&key, record)?;
        let mut tries = 1;
        loop {
            match self.ledger.create(&key, bytes.clone()).await {
                Ok(true) => return Ok(true),
                // An earlier try of ours may have been carried out although it was answered with an error.
                Ok(false) => {
                    return Ok(self
                        .ledger
                        .get(&key)
                        .await?
                        .is_some_and(|there| there == bytes));
                }
                Err(error) if tries >= TRIES => return Err(error),
                Err(_) => tries += 1,
            }
        }
    }

    async fn put<T: Serialize>(&self, name: &str, record: &T) -> Result<(), LedgerError> {
        let key = self.key(name);
        let bytes = encode(&key, record)?;
        put(&*self.ledger, &key, bytes).await
    }

    /// Claims something. A claim that is there with our own nonce is ours: the answer to an earlier try was lost.
    ///
    /// # Errors
    /// Where the ledger does not answer: then it is open whose it is.
    pub async fn claim(&self, key: ClaimKey, claim: &Claim) -> Result<Claimed, LedgerError> {
        let ours = self.create(&format!("claims/{key}"), claim).await?;
        Ok(if ours { Claimed::Won } else { Claimed::Taken })
    }

    /// Who has claimed something.
    pub async fn claimed(&self, key: ClaimKey) -> Result<Option<Claim>, LedgerError> {
        self.read(&format!("claims/{key}")).await
    }

    /// Notes that all parts of a claimed bundle were sent.
    pub async fn mark_sent(&self, bundle: ClaimKey) -> Result<(), LedgerError> {
        self.put(&format!("sent/{bundle}"), &()).await
    }

    /// Whether all parts of a claimed bundle were sent.
    pub async fn is_sent(&self, bundle: ClaimKey) -> Result<bool, LedgerError> {
        let key = self.key(&format!("sent/{bundle}"));
        Ok(self.ledger.get(&key).await?.is_some())
    }

    /// Writes the manifest; false if the run has one already.
    pub async fn write_manifest(&self, manifest: &Manifest) -> Result<bool, LedgerError> {
        self.create("manifest", manifest).await
    }

    /// The manifest.
    pub async fn manifest(&self) -> Result<Option<Manifest>, LedgerError> {
        self.read("manifest").await
    }

    /// Gives a sign of life of whoever claimed something.
    pub async fn write_sign(&self, claimed: ClaimKey, at: Time) -> Result<(), LedgerError> {
        self.put(&format!("signs/{claimed}"), &at).await
    }

    /// The last sign of life of whoever claimed something.
    pub async fn sign(&self, claimed: ClaimKey) -> Result<Option<Time>, LedgerError> {
        self.read(&format!("signs/{claimed}")).await
    }

    /// Writes what became of the run's start; false where something else is written.
    pub async fn write_begun(&self, begun: &Begun) -> Result<bool, LedgerError> {
        self.create("start", begun).await
    }

    /// What became of the run's start, once something has.
    pub async fn begun(&self) -> Result<Option<Begun>, LedgerError> {
        self.read("start").await
    }

    /// The start record, once the run has started.
    pub async fn start(&self) -> Result<Option<StartRecord>, LedgerError> {
        Ok(match self.begun().await? {
            Some(Begun::Started(start)) => Some(start),
            Some(Begun::Failed(_)) | None => None,
        })
    }

    /// Encodes a chunk's snapshot, with room for so many bytes to begin with.
    ///
    /// # Errors
    /// Where it can't be.
    pub fn encode_live<R: Report>(
        &self,
        chunk: Slice,
        live: &LiveView<'_, R>,
        room: usize,
    ) -> Result<Bytes, LedgerError> {
        encode_in(room, &self.key(&format!("live/{chunk}")), live)
    }

    /// Overwrites a chunk's snapshot with one that was encoded.
    pub async fn write_live(
        &self,
        chunk: Slice,
        attempt: u32,
        encoded: Bytes,
    ) -> Result<(), LedgerError> {
        let key = self.key(&format!("live/{chunk}.{attempt}"));
        put(&*self.ledger, &key, encoded).await
    }

    /// A chunk's newest snapshot.
    pub async fn live<R: Report>(
        &self,
        chunk: Slice,
        attempt: u32,
    ) -> Result<Option<Live<R>>, LedgerError> {
        self.read(&format!("live/{chunk}.{attempt}")).await
    }

    /// Encodes what was split off a chunk's report, with room for so many bytes to begin with.
    ///
    /// # Errors
    /// Where it can't be.
    pub fn encode_part<R: Report>(
        &self,
        chunk: Slice,
        part: &R,
        room: usize,
    ) -> Result<Bytes, LedgerError> {
        encode_in(room, &self.key(&format!("parts/{chunk}")), part)
    }

    /// Writes what was split off a chunk's report, which was encoded.
    ///
    /// # Errors
    /// Where the ledger does not answer: then it is open whether it is there, and the number is not to be used again.
    pub async fn write_part(
        &self,
        chunk: Slice,
        part: PartId,
        encoded: Bytes,
    ) -> Result<(), LedgerError> {
        put(&*self.ledger, &self.part_key(chunk, part), encoded).await
    }

    /// What was split off a chunk's report.
    pub async fn part<R: Report>(
        &self,
        chunk: Slice,
        part: PartId,
    ) -> Result<Option<R>, LedgerError> {
        self.read(&format!("parts/{chunk}.{part}")).await
    }

    /// Under which key a part is.
    pub(crate) fn part_key(&self, chunk: Slice, part: PartId) -> String {
        self.key(&format!("parts/{chunk}.{part}"))
    }

    /// Writes a chunk's last word, once.
    pub async fn write_final<R: Report>(
        &self,
        chunk: Slice,
        attempt: u32,
        last: &Final<R>,
    ) -> Result<bool, LedgerError> {
        self.create(&format!("final/{chunk}.{attempt}"), last).await
    }

    /// A chunk's last word.
    pub async fn last_word<R: Report>(
        &self,
        chunk: Slice,
        attempt: u32,
    ) -> Result<Option<Final<R>>, LedgerError> {
        self.read(&format!("final/{chunk}.{attempt}")).await
    }

    /// Writes what the units of a chunk did.
    pub async fn write_trace(
        &self,
        chunk: Slice,
        attempt: u32,
        trace: &[Traced],
    ) -> Result<(), LedgerError> {
        self.put(&format!("trace/{chunk}.{attempt}"), &trace).await
    }

    /// What the units of a chunk did.
    pub async fn trace(
        &self,
        chunk: Slice,
        attempt: u32,
    ) -> Result<Option<Vec<Traced>>, LedgerError> {
        self.read(&format!("trace/{chunk}.{attempt}")).await
    }

    /// Sets the stop mark; one that is there stays.
    pub async fn write_stop(&self, mark: StopMark) -> Result<(), LedgerError> {
        self.create("stop", &mark).await.map(|_ours| ())
    }

    /// The stop mark.
    pub async fn stop(&self) -> Result<Option<StopMark>, LedgerError> {
        self.read("stop").await
    }

    /// Writes the run's end, once.
    pub async fn write_closed<R: Report>(&self, closed: &Closed<R>) -> Result<bool, LedgerError> {
        self.create("closed", closed).await
    }

    /// The run's end.
    pub async fn closed<R: Report>(&self) -> Result<Option<Closed<R>>, LedgerError> {
        self.read("closed").await
    }

    /// Whether the run is closed.
    pub async fn is_closed(&self) -> Result<bool, LedgerError> {
        Ok(self.ledger.get(&self.key("closed")).await?.is_some())
    }

    /// Stores a task under its hash.
    pub async fn write_task(&self, bytes: &[u8]) -> Result<Hash, LedgerError> {
        let hash = Hash::of(bytes);
        self.write_content(hash, Bytes::copy_from_slice(bytes))
            .await?;
        Ok(hash)
    }

    /// A task by its hash.
    pub async fn task(&self, hash: Hash) -> Result<Option<Bytes>, LedgerError> {
        self.ledger.get(&self.key(&format!("content/{hash}"))).await
    }

    /// Stores a file that travels beside the task.
    pub async fn write_blob(&self, blob: &Blob) -> Result<(), LedgerError> {
        self.write_content(blob.reference.hash, blob.bytes.clone())
            .await
    }

    /// Keeps what a task made, whole, under a name.
    ///
    /// # Errors
    /// Where the name is none, or the ledger does not answer.
    pub async fn write_artifact(&self, name: &str, bytes: Bytes) -> Result<(), Failure> {
        let key = self.artifact_key(name)?;
        let written = put(&*self.ledger, &key, bytes).await;
        written.map_err(|error| Failure::because(format!("cannot keep `{name}`"), &error))
    }

    /// What a task made under a name; none where it did not.
    ///
    /// # Errors
    /// Where the name is none, or the ledger does not answer.
    pub async fn artifact(&self, name: &str) -> Result<Option<Bytes>, Failure> {
        let key = self.artifact_key(name)?;
        let read = self.ledger.get(&key).await;
        read.map_err(|error| Failure::because(format!("cannot get `{name}`"), &error))
    }

    fn artifact_key(&self, name: &str) -> Result<String, Failure> {
        check_artifact(name)?;
        Ok(self.key(&format!("artifacts/{name}")))
    }

    async fn write_content(&self, hash: Hash, bytes: Bytes) -> Result<(), LedgerError> {
        let key = self.key(&format!("content/{hash}"));
        self.ledger.create(&key, bytes).await.map(|_new| ())
    }

    /// The bytes of a file that travels beside the task.
    ///
    /// # Errors
    /// Where the ledger does not have it or can't be read, or where what it has is not what was stored.
    pub async fn blob(&self, blob: &BlobRef) -> Result<Bytes, Failure> {
        let what = || format!("cannot get the file `{}`", blob.name);
        let key = self.key(&format!("content/{}", blob.hash));
        let bytes = self.ledger.get(&key).await;
        let bytes = bytes
            .map_err(|error| Failure::because(what(), &error))?
            .ok_or_else(|| Failure::new(format!("{}: it is not in the ledger", what())))?;
        if Hash::of(&bytes) != blob.hash {
            return Err(Failure::new(format!(
                "{}: it was changed in the ledger",
                what()
            )));
        }
        Ok(bytes)
    }
}

/// Whether this can be the name of an artefact.
///
/// # Errors
/// Why not.
pub(crate) fn check_artifact(name: &str) -> Result<(), Failure> {
    let fits = |part: &str| {
        let mut letters = part.bytes();
        letters.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
            && !part.is_empty()
            && !part.starts_with('.')
    };
    if name.len() > LONGEST_NAME {
        let (begin, length) = (name.chars().take(20).collect::<String>(), name.len());
        return Err(Failure::new(format!(
            "`{begin}…` cannot be an artefact's name: it has {length} bytes, and may have {LONGEST_NAME}"
        )));
    }
    if !name.split('/').all(fits) {
        return Err(Failure::new(format!(
            "`{name}` cannot be an artefact's name: it is made of letters, digits, `.`, `-`, `_`, and `/` between its parts, none of which begins with `.`"
        )));
    }
    Ok(())
}

/// Sets a value, trying again on errors.
async fn put(ledger: &dyn Ledger, key: &str, bytes: Bytes) -> Result<(), LedgerError> {
    let mut tries = 1;
    loop {
        match ledger.put(key, bytes.clone()).await {
            Err(_) if tries < TRIES => tries += 1,
            other => return other,
        }
    }
}

fn encode<T: Serialize>(key: &str, record: &T) -> Result<Bytes, LedgerError> {
    encode_in(0, key, record)
}

fn encode_in<T: Serialize>(room: usize, key: &str, record: &T) -> Result<Bytes, LedgerError> {
    let mut text = Vec::with_capacity(room);
    match serde_json::to_writer(&mut text, record) {
        Ok(()) => Ok(text.into()),
        Err(error) => Err(LedgerError {
            what: "write",
            key: key.to_owned(),
            why: error.to_string(),
            lasting: true,
            remote: false,
        }),
    }
}
