//! What is kept of a response's body.

use bytes::{Bytes, BytesMut};

/// The longest body that is kept. The rest of a longer one is read and forgotten.
pub(super) const LONGEST_BODY: usize = 16 * 1024 * 1024;

/// What came of a response's body.
#[derive(Debug, Default)]
pub(super) struct Received {
    /// How many bytes came.
    pub(super) bytes: u64,
    /// They, where they were to be kept.
    pub(super) kept: Kept,
}

/// A response's body, as far as it was kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::run) enum Kept {
    /// It was not to be.
    #[default]
    Nothing,
    /// All of it, as it came over the network.
    All(Bytes),
    /// It was longer than [`LONGEST_BODY`].
    TooLong,
}

/// Keeps the parts of a body; a body that comes in one part is not copied.
pub(super) struct Keeper {
    wanted: bool,
    first: Bytes,
    all: BytesMut,
    too_long: bool,
}

impl Keeper {
    pub(super) fn new(wanted: bool) -> Self {
        Self {
            wanted,
            first: Bytes::new(),
            all: BytesMut::new(),
            too_long: false,
        }
    }

    pub(super) fn keep(&mut self, part: Bytes) {
        if !self.wanted || self.too_long {
            return;
        }
        if self.first.len() + self.all.len() + part.len() > LONGEST_BODY {
            self.too_long = true;
            (self.first, self.all) = (Bytes::new(), BytesMut::new());
        } else if self.first.is_empty() && self.all.is_empty() {
            self.first = part;
        } else {
            self.all.extend_from_slice(&std::mem::take(&mut self.first));
            self.all.extend_from_slice(&part);
        }
    }

    pub(super) fn done(self) -> Kept {
        match (self.wanted, self.too_long) {
            (false, _) => Kept::Nothing,
            (true, true) => Kept::TooLong,
            (true, false) if self.all.is_empty() => Kept::All(self.first),
            (true, false) => Kept::All(self.all.freeze()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(wanted: bool, parts: &[&'static [u8]]) -> Kept {
        let mut keeper = Keeper::new(wanted);
        for part in parts {
            keeper.keep(Bytes::from_static(part));
        }
        keeper.done()
    }

    #[test]
    fn what_is_kept_is_all_of_it_or_nothing() {
        assert_eq!(kept(false, &[b"a"]), Kept::Nothing);
        assert_eq!(kept(true, &[]), Kept::All(Bytes::new()));
        assert_eq!(kept(true, &[b"ab"]), Kept::All(Bytes::from_static(b"ab")));
        assert_eq!(
            kept(true, &[b"ab", b"", b"c", b"d"]),
            Kept::All(Bytes::from_static(b"abcd"))
        );
        static HALF: [u8; LONGEST_BODY / 2] = [0; LONGEST_BODY / 2];
        assert!(matches!(kept(true, &[&HALF, &HALF]), Kept::All(_)));
        assert_eq!(kept(true, &[&HALF, &HALF, b"x", b"y"]), Kept::TooLong);
    }
}
