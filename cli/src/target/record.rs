//! What the target was sent.

mod listing;
#[cfg(test)]
mod tests;
mod texts;

use std::collections::BTreeMap;

use http::request::Parts;
use serde::{Deserialize, Serialize};

pub(super) use self::listing::{Format, Listing};
use self::texts::{Span, Texts};
use super::digest::Digest;
use super::headers::joined;

/// The most requests that a record holds; each takes 72 bytes besides its texts.
const MAX_REQUESTS: usize = 2_000_000;

/// The most bytes of paths and headers that a record holds, each distinct one counted about once.
const MAX_TEXT: usize = 512 * 1024 * 1024;

/// A request as it arrived; also the JSON of `/_record`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// The number of the request, by arrival of the heads, from 0 since the record was last cleared.
    pub sequence: u64,
    /// When its head arrived, in nanoseconds since the Unix epoch. Never goes back within one target.
    pub arrived_ns: u64,
    /// Which connection it came on, by acceptance, from 0.
    pub connection: u32,
    /// The method, as sent.
    pub method: String,
    /// The path with its query, as sent.
    pub path: String,
    /// The headers asked for, names in lower case; several values of one name are joined by `, `.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The SHA-256 digest of the body, 64 hexadecimal digits.
    pub sha256: String,
    /// Bytes of the body.
    pub length: u64,
    /// Whether the body arrived to its end. If not, digest and length are those of the part that did,
    /// or of nothing where the target would not read so long a body.
    pub complete: bool,
}

/// Which headers a reader of the record wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HeaderSelection {
    All,
    /// Those with these names, in lower case.
    Named(Vec<String>),
}

impl HeaderSelection {
    fn wants(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Named(names) => names.iter().any(|wanted| wanted == name),
        }
    }
}

/// What changes each time the record is cleared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Generation(u64);

/// The place that a request took in the record when its head arrived.
#[derive(Debug)]
pub(super) struct Slot {
    index: usize,
    generation: Generation,
}

/// The body of a request, as far as it was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyRead {
    pub(super) digest: Digest,
    pub(super) length: u32,
    pub(super) complete: bool,
}

/// The requests received, in order of arrival.
///
/// A request takes its place when its head arrives and is listed once its body is over, so that the
/// order does not depend on how long bodies take.
#[derive(Debug)]
pub(super) struct Record {
    entries: Vec<Entry>,
    texts: Texts,
    generation: Generation,
    finished: u64,
    dropped: u64,
    scratch: Vec<u8>,
    max_requests: usize,
    max_text: usize,
}

#[derive(Debug)]
struct Entry {
    arrived_ns: u64,
    /// Method, space, path with query.
    line: Span,
    /// `name:value\n` for each header; no name has a colon, and no value a line feed.
    headers: Span,
    connection: u32,
    length: u32,
    digest: Digest,
    state: EntryState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EntryState {
    Reading,
    Complete,
    Broken,
}

impl Record {
    pub(super) fn new() -> Self {
        Self::with_limits(MAX_REQUESTS, MAX_TEXT)
    }

    fn with_limits(max_requests: usize, max_text: usize) -> Self {
        Self {
            entries: Vec::new(),
            texts: Texts::new(max_text),
            generation: Generation(0),
            finished: 0,
            dropped: 0,
            scratch: Vec::new(),
            max_requests,
            max_text,
        }
    }

    /// Gives the request a place, or counts it as dropped.
    pub(super) fn open(&mut self, arrived_ns: u64, connection: u32, head: &Parts) -> Option<Slot> {
        let slot = self.try_open(arrived_ns, connection, head);
        if slot.is_none() {
            self.dropped += 1;
        }
        slot
    }

    fn try_open(&mut self, arrived_ns: u64, connection: u32, head: &Parts) -> Option<Slot> {
        let index = self.entries.len();
        if index == self.max_requests {
            return None;
        }
        self.scratch.clear();
        self.scratch
            .extend_from_slice(head.method.as_str().as_bytes());
        self.scratch.push(b' ');
        let target = head
            .uri
            .path_and_query()
            .map_or("", http::uri::PathAndQuery::as_str);
        self.scratch.extend_from_slice(target.as_bytes());
        let line = self.texts.keep(&self.scratch)?;
        self.scratch.clear();
        for (name, value) in &head.headers {
            self.scratch.extend_from_slice(name.as_str().as_bytes());
            self.scratch.push(b':');
            self.scratch.extend_from_slice(value.as_bytes());
            self.scratch.push(b'\n');
        }
        let headers = self.texts.keep(&self.scratch)?;
        self.entries.push(Entry {
            arrived_ns,
            line,
            headers,
            connection,
            length: 0,
            digest: Digest::ZERO,
            state: EntryState::Reading,
        });
        Some(Slot {
            index,
            generation: self.generation,
        })
    }

    /// Notes the body of the request at `slot`, which is listed from now on; does nothing if the record
    /// was cleared since.
    pub(super) fn close(&mut self, slot: &Slot, body: BodyRead) {
        if slot.generation != self.generation {
            return;
        }
        let Some(entry) = self.entries.get_mut(slot.index) else {
            return;
        };
        entry.digest = body.digest;
        entry.length = body.length;
        entry.state = if body.complete {
            EntryState::Complete
        } else {
            EntryState::Broken
        };
        self.finished += 1;
    }

    /// How many requests are listed.
    pub(super) fn count(&self) -> u64 {
        self.finished
    }

    /// How many requests found no place since the record was last cleared.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }

    pub(super) fn generation(&self) -> Generation {
        self.generation
    }

    /// How many places are taken, also by requests whose body is still being read.
    pub(super) fn slots(&self) -> usize {
        self.entries.len()
    }

    /// Forgets everything, also the requests whose body is still being read.
    pub(super) fn clear(&mut self) {
        self.entries = Vec::new();
        self.texts = Texts::new(self.max_text);
        self.generation.0 += 1;
        self.finished = 0;
        self.dropped = 0;
    }

    /// The request at a place, unless its body is still being read.
    pub(super) fn received(&self, index: usize, wanted: &HeaderSelection) -> Option<Received> {
        let entry = self
            .entries
            .get(index)
            .filter(|entry| entry.state != EntryState::Reading)?;
        let line = String::from_utf8_lossy(self.texts.get(entry.line));
        let (method, path) = line.split_once(' ').unwrap_or((&line, ""));
        Some(Received {
            sequence: index as u64,
            arrived_ns: entry.arrived_ns,
            connection: entry.connection,
            method: method.to_owned(),
            path: path.to_owned(),
            headers: headers(self.texts.get(entry.headers), wanted),
            sha256: entry.digest.to_string(),
            length: entry.length.into(),
            complete: entry.state == EntryState::Complete,
        })
    }
}

fn headers(block: &[u8], wanted: &HeaderSelection) -> BTreeMap<String, String> {
    let lines = block.split(|&byte| byte == b'\n');
    let pairs = lines.filter_map(|line| {
        let colon = line.iter().position(|&byte| byte == b':')?;
        let name = std::str::from_utf8(&line[..colon]).ok()?;
        wanted.wants(name).then_some((name, &line[colon + 1..]))
    });
    joined(pairs)
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
