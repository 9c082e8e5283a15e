//! Maps that have few entries.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Index;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A map of few entries, in the order of their keys. A report has one or several for each stretch of a run, mostly of a single entry, for which a
/// [`BTreeMap`](std::collections::BTreeMap) takes room for eleven. On the wire it is a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Few<K, V>(Vec<(K, V)>);

impl<K, V> Default for Few<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord, V> Few<K, V> {
    /// The value under a key; its default where there was none.
    pub fn at(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        let at = match self.place_of(&key) {
            Ok(at) => at,
            Err(at) => {
                self.0.insert(at, (key, V::default()));
                at
            }
        };
        &mut self.0[at].1
    }

    /// The value under a key, if there is one.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.place_of(key).ok().map(|at| &self.0[at].1)
    }

    fn place_of(&self, key: &K) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.cmp(key))
    }
}

impl<K, V> Few<K, V> {
    /// The entries, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.0.iter().map(|(key, _)| key)
    }

    /// The values, in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    /// The values, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps no room for more entries.
    pub fn compact(&mut self) {
        self.0.shrink_to_fit();
    }

    /// How many bytes it takes besides itself, without what is behind its values.
    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.0.capacity() * size_of::<(K, V)>()
    }
}

impl<K, V> IntoIterator for Few<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<K: Ord, V> Index<&K> for Few<K, V> {
    type Output = V;

    fn index(&self, key: &K) -> &V {
        self.get(key)
            .expect("who indexes knows that the key is there")
    }
}

impl<K: Serialize, V: Serialize> Serialize for Few<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de> + Default> Deserialize<'de> for Few<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<K, V>(PhantomData<(K, V)>);

        impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de> + Default> Visitor<'de> for Entries<K, V> {
            type Value = Few<K, V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut few = Few::default();
                while let Some((key, value)) = map.next_entry()? {
                    *few.at(key) = value;
                }
                few.compact();
                Ok(few)
            }
        }

        deserializer.deserialize_map(Entries(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_what_a_map_is(counted in prop::collection::vec((0..20_u16, 1..9_u64), 0..30)) {
            let (mut few, mut map) = (Few::default(), BTreeMap::new());
            for (key, count) in counted {
                *few.at(key) += count;
                *map.entry(key).or_default() += count;
            }
            prop_assert!(few.iter().eq(&map));
            prop_assert_eq!((few.len(), few.is_empty()), (map.len(), map.is_empty()));
            prop_assert_eq!((few.get(&7), few.get(&99)), (map.get(&7), None));
            let written = serde_json::to_string(&few).unwrap();
            prop_assert_eq!(&written, &serde_json::to_string(&map).unwrap());
            let read: Few<u16, u64> = serde_json::from_str(&written).unwrap();
            prop_assert_eq!(read.room(), map.len() * 16);
            prop_assert_eq!(read, few);
        }
    }

    #[test]
    fn entries_in_another_order_are_the_same_map() {
        let read: Few<u16, u64> = serde_json::from_str(r#"{"404": 1, "200": 2}"#).unwrap();
        assert_eq!(read.keys().copied().collect::<Vec<_>>(), [200, 404]);
        assert!(serde_json::from_str::<Few<u16, u64>>("[]").is_err());
    }
}
