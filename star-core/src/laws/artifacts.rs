//! What tasks keep: the same under the same names, however they are cut.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::execution::{Difference, Execution};
use crate::hash::Hash;
use crate::report::Report;

/// Whether everything has a name that it can be kept under.
pub(super) fn named<R: Report>(execution: &Execution<R>) -> Result<(), String> {
    let unfit = execution.made.iter().find_map(|made| made.unfit.as_ref());
    match unfit {
        Some(failure) => Err(failure.to_string()),
        None => Ok(()),
    }
}

/// Whether nothing is kept in the place of something else.
pub(super) fn apart<R: Report>(execution: &Execution<R>) -> Result<(), String> {
    let mut all = BTreeMap::new();
    for made in &execution.made {
        let before = all.insert(&*made.name, &made.bytes);
        if let Some(before) = before.filter(|before| *before != &made.bytes) {
            let (one, other) = (shown(Some(before)), shown(Some(&made.bytes)));
            return Err(format!(
                "`{}` is kept twice, and not the same:\n    {one}\n    {other}",
                made.name
            ));
        }
    }
    Ok(())
}

/// Whether two executions keep the same.
pub(super) fn same<R: Report>(one: &Execution<R>, other: &Execution<R>) -> Result<(), Difference> {
    let (first, second) = (kept(one), kept(other));
    let names = first.keys().chain(second.keys());
    let mut differing: Vec<_> = names
        .filter(|name| first.get(*name) != second.get(*name))
        .collect();
    differing.sort_unstable();
    let Some(name) = differing.first() else {
        return Ok(());
    };
    Err(Difference::of_artifacts(
        format!("what is kept as `{name}`"),
        shown(first.get(*name).copied()),
        shown(second.get(*name).copied()),
    ))
}

fn kept<R: Report>(execution: &Execution<R>) -> BTreeMap<&str, &Bytes> {
    let made = execution.made.iter();
    made.map(|made| (&*made.name, &made.bytes)).collect()
}

/// Bytes as people can tell them from others.
fn shown(bytes: Option<&Bytes>) -> String {
    const LONGEST: usize = 40;
    let Some(bytes) = bytes else {
        return "nothing".to_owned();
    };
    match std::str::from_utf8(bytes) {
        Ok(text) if text.len() <= LONGEST => format!("{text:?}"),
        _ => format!("{} bytes, {}", bytes.len(), Hash::of(bytes)),
    }
}
