//! One unit for each of a list.

use std::ops::Index;

use serde::{Deserialize, Serialize};

/// A list, and a unit for each of its items, without instants. In a job file a list: `hosts: [a, b]`.
///
/// It travels with the task to every worker: for some ten thousand items. More belong in a [`File`](crate::document::File).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Keys<K>(Vec<K>);

impl<K> Keys<K> {
    /// How many.
    pub fn len(&self) -> u64 {
        self.0.len() as u64
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, K> {
        self.0.iter()
    }
}

impl<K> FromIterator<K> for Keys<K> {
    fn from_iter<I: IntoIterator<Item = K>>(keys: I) -> Self {
        Self(keys.into_iter().collect())
    }
}

impl<'k, K> IntoIterator for &'k Keys<K> {
    type Item = &'k K;
    type IntoIter = std::slice::Iter<'k, K>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The item that a unit is.
impl<K> Index<u64> for Keys<K> {
    type Output = K;

    fn index(&self, unit: u64) -> &K {
        &self.0[unit as usize]
    }
}

super::as_batch!(Keys<K>, K);
