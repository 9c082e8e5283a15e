//! Stretches of time that are over.

use std::collections::BTreeMap;
use std::mem;

/// Takes out of numbered stretches those that are over, and in which so many `stragglers` are not looked for any more: all but the last, the one
/// before it, and so many before that. None where there are none.
pub(super) fn split_over<S>(
    stretches: &mut BTreeMap<u32, S>,
    stragglers: u32,
) -> Option<BTreeMap<u32, S>> {
    let (last, _) = stretches.last_key_value()?;
    let left = stretches.split_off(&last.saturating_sub(stragglers + 1));
    let over = mem::replace(stretches, left);
    (!over.is_empty()).then_some(over)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_is_split_off_and_what_stragglers_may_be_counted_in_is_left() {
        let mut stretches: BTreeMap<u32, char> = (0..9).zip("abcdefghi".chars()).collect();
        let over = split_over(&mut stretches, 3).unwrap();
        assert!(over.into_keys().eq(0..4));
        assert!(stretches.keys().copied().eq(4..9));
        assert!(split_over(&mut stretches, 3).is_none());
        // A straggler that comes all the same.
        stretches.insert(2, 'z');
        assert!(split_over(&mut stretches, 3).unwrap().into_keys().eq([2]));
        assert!(split_over(&mut BTreeMap::<u32, char>::new(), 3).is_none());
    }
}
