//! Bins in as few bytes as they have to say.

/// The bins of a distribution that have something, in order. A bin is known by its number, and takes two bytes as a rule: how far its number
/// is from that of the bin before, and how many values are in it, each with seven bits a byte and the least first (LEB128).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Packed(Box<[u8]>);

impl Packed {
    /// These bins, in order.
    pub(super) fn new(bins: impl Iterator<Item = (u16, u64)>) -> Self {
        let (mut bytes, mut before) = (Vec::new(), 0);
        for (number, count) in bins {
            push(&mut bytes, u64::from(number - before));
            push(&mut bytes, count);
            before = number;
        }
        Self(bytes.into())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bins, in order: their numbers, and how many values are in each.
    pub(super) fn bins(&self) -> impl Iterator<Item = (u16, u64)> {
        let (mut rest, mut number) = (&*self.0, 0);
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            // What was packed here has no gap that is no number.
            number += pop(&mut rest) as u16;
            Some((number, pop(&mut rest)))
        })
    }
}

fn push(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn pop(bytes: &mut &[u8]) -> u64 {
    let (mut number, mut shift) = (0, 0);
    while let Some((byte, rest)) = bytes.split_first() {
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            break;
        }
    }
    number
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bins_are_what_was_packed(bins in prop::collection::btree_map(any::<u16>(), any::<u64>(), 0..50)) {
            let packed = Packed::new(bins.clone().into_iter());
            prop_assert_eq!(packed.bins().collect::<Vec<_>>(), bins.clone().into_iter().collect::<Vec<_>>());
            prop_assert_eq!(packed.is_empty(), bins.is_empty());
        }
    }

    #[test]
    fn neighbours_with_few_values_take_two_bytes_each() {
        let packed = Packed::new((300..400).map(|number| (number, 9)));
        assert_eq!(packed.0.len(), 201);
    }
}
