//! Names that scripts and answers make: there may be any number of them, and a report stays small.

use std::collections::BTreeMap;

use star_core::printable;

/// The most that are told apart.
pub(super) const MOST: usize = 100;

/// The name as reports have it: with so many characters at most, none of which does anything but show itself.
pub(super) fn shortened(name: &str, longest: usize) -> String {
    match name.char_indices().nth(longest) {
        Some((end, _)) => printable(&name[..end]) + "…",
        None => printable(name),
    }
}

/// Keeps the first hundred names in alphabetical order, and gives away what the others have. Which these are does not depend on the order of
/// counting and merging: a name that is among the first hundred of all is so among any part of them, so none that is kept in the end was
/// given away before.
pub(super) fn keep_first<V>(made: &mut BTreeMap<String, V>, mut give: impl FnMut(V)) {
    while made.len() > MOST {
        if let Some((_, value)) = made.pop_last() {
            give(value);
        }
    }
}
