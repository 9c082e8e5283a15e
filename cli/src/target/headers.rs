//! Headers as a map.

use std::collections::BTreeMap;

/// Maps names to values; several values of one name are joined by `, `, and what is not UTF-8 is
/// replaced.
pub(super) fn joined<'a>(
    headers: impl Iterator<Item = (&'a str, &'a [u8])>,
) -> BTreeMap<&'a str, String> {
    let mut map = BTreeMap::<&str, String>::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value);
        map.entry(name)
            .and_modify(|values| {
                values.push_str(", ");
                values.push_str(&value);
            })
            .or_insert_with(|| value.clone().into_owned());
    }
    map
}
