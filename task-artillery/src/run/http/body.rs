//! What is kept of a response's body.

use std::cell::Cell;
use std::rc::Rc;

use bytes::{Bytes, BytesMut};

/// The longest body that is kept. The rest of a longer one is read and forgotten.
pub(super) const LONGEST_BODY: usize = 16 * 1024 * 1024;

/// The most that a worker keeps of bodies that have not come to their ends: sixteen of the longest, or a thousand of 256 kB. More would be
/// a good part of a machine's memory where it has a worker for each core.
pub(super) const MOST_KEPT: usize = if cfg!(test) { 20 } else { 256 } * 1024 * 1024;

/// How much more a worker may keep of bodies. A body that is whole is looked at before any other, and is not counted any more.
#[derive(Debug)]
pub(super) struct Room(Cell<usize>);

impl Room {
    /// Room for so many bytes.
    pub(super) fn new(bytes: usize) -> Rc<Self> {
        Rc::new(Self(Cell::new(bytes)))
    }

    fn take(&self, bytes: usize) -> bool {
        let left = self.0.get().checked_sub(bytes);
        self.0.set(left.unwrap_or(self.0.get()));
        left.is_some()
    }

    fn give_back(&self, bytes: usize) {
        self.0.set(self.0.get() + bytes);
    }
}

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
    /// Together with all that the worker kept just then, it was more than [`MOST_KEPT`].
    NoRoom,
}

/// Keeps the parts of a body; a body that comes in one part is not copied.
pub(super) struct Keeper {
    /// Where it takes room; none where nothing is to be kept.
    room: Option<Rc<Room>>,
    first: Bytes,
    all: BytesMut,
    /// Why nothing is kept any more.
    given_up: Option<Kept>,
}

impl Keeper {
    /// Keeps what there is room for, or nothing.
    pub(super) fn new(room: Option<Rc<Room>>) -> Self {
        Self {
            room,
            first: Bytes::new(),
            all: BytesMut::new(),
            given_up: None,
        }
    }

    /// Whether it wants the next part.
    pub(super) fn wants(&self) -> bool {
        self.room.is_some() && self.given_up.is_none()
    }

    pub(super) fn keep(&mut self, part: Bytes) {
        let Some(room) = self.room.as_ref().filter(|_| self.given_up.is_none()) else {
            return;
        };
        if self.kept() + part.len() > LONGEST_BODY {
            self.give_up(Kept::TooLong);
        } else if !room.take(part.len()) {
            self.give_up(Kept::NoRoom);
        } else if self.kept() == 0 {
            self.first = part;
        } else {
            self.all.extend_from_slice(&std::mem::take(&mut self.first));
            self.all.extend_from_slice(&part);
        }
    }

    fn kept(&self) -> usize {
        self.first.len() + self.all.len()
    }

    fn give_up(&mut self, why: Kept) {
        self.leave();
        (self.first, self.all) = (Bytes::new(), BytesMut::new());
        self.given_up = Some(why);
    }

    fn leave(&self) {
        if let Some(room) = &self.room {
            room.give_back(self.kept());
        }
    }

    pub(super) fn done(mut self) -> Kept {
        if self.room.is_none() {
            return Kept::Nothing;
        }
        if let Some(why) = self.given_up.take() {
            return why;
        }
        self.leave();
        let (first, all) = (
            std::mem::take(&mut self.first),
            std::mem::take(&mut self.all),
        );
        Kept::All(if all.is_empty() { first } else { all.freeze() })
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.leave();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(wanted: bool, parts: &[&'static [u8]]) -> Kept {
        let mut keeper = Keeper::new(wanted.then(|| Room::new(MOST_KEPT)));
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

    #[test]
    fn what_all_keep_is_bounded_and_room_comes_back_however_a_body_ends() {
        let room = Room::new(10);
        let keeper = || Keeper::new(Some(Rc::clone(&room)));
        let (mut one, mut other, mut third) = (keeper(), keeper(), keeper());
        one.keep(Bytes::from_static(b"abcd"));
        other.keep(Bytes::from_static(b"efgh"));
        third.keep(Bytes::from_static(b"x"));
        one.keep(Bytes::from_static(b"yz"));
        assert_eq!(room.0.get(), 5, "who finds no room keeps nothing");
        assert_eq!(one.done(), Kept::NoRoom);
        third.keep(Bytes::from_static(b"yz"));
        assert_eq!(third.done(), Kept::All(Bytes::from_static(b"xyz")));
        assert_eq!(room.0.get(), 6);
        drop(other);
        assert_eq!(room.0.get(), 10);
        let mut long = Keeper::new(Some(Room::new(usize::MAX)));
        long.keep(Bytes::from(vec![0; LONGEST_BODY]));
        long.keep(Bytes::from_static(b"x"));
        assert_eq!(long.room.as_ref().unwrap().0.get(), usize::MAX);
        assert_eq!(long.done(), Kept::TooLong);
    }
}
