//! What is sent as a request's body.

use std::collections::VecDeque;

use bytes::{Buf, Bytes};

/// A body whose length is known: stretches of bytes, one after another. None of them is copied, so that a file that many users send is in
/// memory once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::run) struct Outgoing {
    first: Bytes,
    /// Few bodies have more.
    rest: Option<VecDeque<Bytes>>,
}

impl Outgoing {
    /// Appends bytes.
    pub(in crate::run) fn push(&mut self, bytes: impl Into<Bytes>) {
        let bytes = bytes.into();
        if bytes.is_empty() {
        } else if self.first.is_empty() {
            self.first = bytes;
        } else {
            self.rest.get_or_insert_default().push_back(bytes);
        }
    }

    /// How many bytes it has.
    pub(in crate::run) fn len(&self) -> u64 {
        let rest: usize = self
            .rest
            .iter()
            .flat_map(|rest| rest.iter())
            .map(Bytes::len)
            .sum();
        self.first.len() as u64 + rest as u64
    }

    /// Whether it has none.
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// Its stretches.
    pub(in crate::run) fn parts(&self) -> impl Iterator<Item = &Bytes> {
        let rest = self.rest.iter().flatten();
        std::iter::once(&self.first).chain(rest)
    }

    /// The first of them.
    pub(super) fn front(&self) -> &[u8] {
        &self.first
    }

    /// Leaves bytes at its beginning out, no more than the first stretch has.
    pub(super) fn advance(&mut self, length: usize) {
        self.first.advance(length);
        if self.first.is_empty() {
            let next = self.rest.as_mut().and_then(VecDeque::pop_front);
            self.first = next.unwrap_or_default();
        }
    }
}

impl<B: Into<Bytes>> From<B> for Outgoing {
    fn from(bytes: B) -> Self {
        let mut body = Self::default();
        body.push(bytes);
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_come_one_after_another_and_are_counted_together() {
        let mut body = Outgoing::from("");
        assert!(body.is_empty());
        assert_eq!(body.len(), 0);
        for part in ["ab", "", "c"] {
            body.push(part);
        }
        assert_eq!(body.len(), 3);
        assert!(body.parts().eq(["ab", "c"]));
        body.advance(1);
        assert_eq!((body.front(), body.len()), (&b"b"[..], 2));
        body.advance(1);
        assert_eq!((body.front(), body.len()), (&b"c"[..], 1));
        body.advance(1);
        assert!(body.is_empty());
        assert_eq!(body.len(), 0);
    }
}
