//! Short texts, kept compactly.

use std::hash::{BuildHasher, RandomState};

/// A chunk's size, as a power of two: 1 MiB.
const CHUNK_BITS: u32 = 20;
const CHUNK: usize = 1 << CHUNK_BITS;

/// How many texts are remembered for being met again.
const RECENT: usize = 1 << 14;

/// Where a text is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Span {
    at: u32,
    len: u32,
}

/// Texts that are added, and never removed one by one.
///
/// A text that was met lately is kept once. The memory for that is a table with one place per hash,
/// where the newer text displaces the older: a growing hash map would do better on repetition far
/// apart, but stops the server for milliseconds each time it grows, which a generator under test would
/// measure as latency. For the same reason the bytes lie in chunks that are never moved.
#[derive(Debug)]
pub(super) struct Texts {
    chunks: Vec<Vec<u8>>,
    recent: Box<[Span]>,
    hasher: RandomState,
    allocated: usize,
    limit: usize,
}

impl Texts {
    /// No texts, and room for `limit` bytes; at most 4 GiB.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            chunks: Vec::new(),
            recent: vec![Span::default(); RECENT].into(),
            hasher: RandomState::new(),
            allocated: 0,
            limit: limit.min(CHUNK << (u32::BITS - CHUNK_BITS)),
        }
    }

    /// Keeps `text`; `None` when there is no room for it.
    pub(super) fn keep(&mut self, text: &[u8]) -> Option<Span> {
        let place = self.hasher.hash_one(text) as usize % RECENT;
        let known = self.recent[place];
        if self.get(known) == text {
            return Some(known);
        }
        let span = self.push(text)?;
        self.recent[place] = span;
        Some(span)
    }

    /// The text at `span`, which this value must have given.
    pub(super) fn get(&self, span: Span) -> &[u8] {
        if span.len == 0 {
            return &[];
        }
        let start = span.at as usize % CHUNK;
        &self.chunks[(span.at >> CHUNK_BITS) as usize][start..start + span.len as usize]
    }

    fn push(&mut self, text: &[u8]) -> Option<Span> {
        let fits = |chunk: &Vec<u8>| chunk.len() + text.len() <= CHUNK;
        if !self.chunks.last().is_some_and(fits) {
            // A text longer than a chunk has one of its own, and begins at 0 there as any first text.
            let capacity = text.len().max(CHUNK);
            if self.allocated + capacity > self.limit {
                return None;
            }
            self.allocated += capacity;
            self.chunks.push(Vec::with_capacity(capacity));
        }
        let index = self.chunks.len() - 1;
        let chunk = &mut self.chunks[index];
        let span = Span {
            at: (index as u32) << CHUNK_BITS | chunk.len() as u32,
            len: text.len() as u32,
        };
        chunk.extend_from_slice(text);
        Some(span)
    }
}

#[cfg(test)]
mod tests {
    use super::{CHUNK, Texts};

    #[test]
    fn every_text_is_given_back_as_it_was_kept() {
        let mut texts = Texts::new(64 * CHUNK);
        let long = vec![b'l'; CHUNK + 1];
        let mut kept = Vec::new();
        for i in 0..40_000_u32 {
            let text = match i % 10_000 {
                0 => long.clone(),
                1 => Vec::new(),
                n if n % 3 == 0 => b"GET /".to_vec(),
                _ => format!("GET /items/{i}")
                    .repeat(i as usize % 7 + 1)
                    .into_bytes(),
            };
            kept.push((texts.keep(&text).expect("there is room"), text));
        }
        for (span, text) in kept {
            assert_eq!(texts.get(span), text);
        }
    }

    #[test]
    fn a_text_met_again_takes_no_room() {
        let mut texts = Texts::new(CHUNK);
        let text = vec![b'a'; CHUNK / 2 + 1];
        for _ in 0..1_000 {
            assert!(texts.keep(&text).is_some());
        }
        assert!(
            texts.keep(&vec![b'b'; CHUNK / 2 + 1]).is_none(),
            "the limit holds for another text"
        );
    }

    #[test]
    fn empty_texts_need_no_chunk() {
        let mut texts = Texts::new(0);
        let span = texts.keep(b"").expect("nothing always fits");
        assert_eq!(texts.get(span), b"");
    }
}
