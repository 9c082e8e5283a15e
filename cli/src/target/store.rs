//! The documents behind `/items`.

use std::collections::BTreeMap;
use std::fmt::{Display, Formatter};

use bytes::Bytes;

use super::digest::Digest;

/// The most documents kept, and the most bytes of them; the oldest go first.
const MAX_ITEMS: usize = 100_000;
const MAX_BYTES: usize = 256 * 1024 * 1024;

/// The id of a document: the first 16 hexadecimal digits of the SHA-256 digest of what was posted.
///
/// So a document has the same id whatever was posted before it, in every run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ItemId(u64);

impl ItemId {
    pub(super) fn of(body: &Digest) -> Self {
        Self(body.prefix())
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let lower_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 16 || !text.bytes().all(lower_hex) {
            return None;
        }
        u64::from_str_radix(text, 16).ok().map(Self)
    }
}

impl Display for ItemId {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Documents by id, bounded.
#[derive(Debug)]
pub(super) struct Store {
    items: BTreeMap<ItemId, Item>,
    /// The ids by age, the oldest first.
    ages: BTreeMap<u64, ItemId>,
    next_age: u64,
    bytes: usize,
    max_items: usize,
    max_bytes: usize,
}

#[derive(Debug)]
struct Item {
    age: u64,
    document: Bytes,
}

impl Store {
    pub(super) fn new() -> Self {
        Self::with_limits(MAX_ITEMS, MAX_BYTES)
    }

    fn with_limits(max_items: usize, max_bytes: usize) -> Self {
        Self {
            items: BTreeMap::new(),
            ages: BTreeMap::new(),
            next_age: 0,
            bytes: 0,
            max_items,
            max_bytes,
        }
    }

    pub(super) fn get(&self, id: ItemId) -> Option<Bytes> {
        self.items.get(&id).map(|item| item.document.clone())
    }

    pub(super) fn contains(&self, id: ItemId) -> bool {
        self.items.contains_key(&id)
    }

    /// Stores a document, in place of the one with this id if there is one; it counts as new then.
    pub(super) fn put(&mut self, id: ItemId, document: Bytes) {
        self.remove(id);
        self.bytes += document.len();
        self.ages.insert(self.next_age, id);
        self.items.insert(
            id,
            Item {
                age: self.next_age,
                document,
            },
        );
        self.next_age += 1;
        while self.items.len() > self.max_items || self.bytes > self.max_bytes {
            let Some((_, oldest)) = self.ages.first_key_value() else {
                return;
            };
            self.remove(*oldest);
        }
    }

    /// Removes a document; whether there was one.
    pub(super) fn remove(&mut self, id: ItemId) -> bool {
        let Some(item) = self.items.remove(&id) else {
            return false;
        };
        self.ages.remove(&item.age);
        self.bytes -= item.document.len();
        true
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// All ids, the smallest first.
    pub(super) fn ids(&self) -> impl Iterator<Item = ItemId> {
        self.items.keys().copied()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{ItemId, Store};

    fn document(len: usize) -> Bytes {
        vec![b'0'; len].into()
    }

    #[test]
    fn the_oldest_documents_make_room_for_new_ones() {
        let mut store = Store::with_limits(3, 1_000);
        for id in [9, 1, 5, 7] {
            store.put(ItemId(id), document(1));
        }
        assert_eq!(store.ids().map(|id| id.0).collect::<Vec<_>>(), [1, 5, 7]);
        store.put(ItemId(1), document(2));
        store.put(ItemId(2), document(1));
        assert_eq!(
            store.ids().map(|id| id.0).collect::<Vec<_>>(),
            [1, 2, 7],
            "1 was stored anew, so 5 was oldest"
        );
        assert_eq!(store.get(ItemId(1)), Some(document(2)));
    }

    #[test]
    fn the_bytes_of_all_documents_are_bounded() {
        let mut store = Store::with_limits(100, 10);
        store.put(ItemId(1), document(4));
        store.put(ItemId(2), document(4));
        store.put(ItemId(3), document(4));
        assert!(!store.contains(ItemId(1)));
        assert_eq!(store.len(), 2);
        store.put(ItemId(4), document(11));
        assert_eq!(
            store.len(),
            0,
            "a document larger than the store is not kept"
        );
    }

    #[test]
    fn a_removed_document_leaves_nothing_behind() {
        let mut store = Store::with_limits(100, 10);
        for round in 0..1_000 {
            store.put(ItemId(round), document(10));
            assert!(store.remove(ItemId(round)));
            assert!(!store.remove(ItemId(round)));
        }
        assert_eq!((store.bytes, store.ages.len(), store.len()), (0, 0, 0));
    }

    #[test]
    fn an_id_is_16_lower_case_hexadecimal_digits() {
        assert_eq!(ItemId::parse("00000000000000ff"), Some(ItemId(255)));
        for text in [
            "",
            "ff",
            "00000000000000FF",
            "+0000000000000ff",
            "00000000000000ff0",
            "00000000000000f\u{e9}",
        ] {
            assert_eq!(ItemId::parse(text), None, "{text}");
        }
    }
}
