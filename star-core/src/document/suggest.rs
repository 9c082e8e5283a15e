//! "Did you mean …?"

/// The known name nearest to what was typed: at most two slips (insert, drop, change or swap a letter, whatever the case), and
/// fewer slips than half the word, so that short words are not matched with just anything.
///
/// ```
/// let keys = ["arrivalRate", "rampTo", "duration"];
/// assert_eq!(star_core::document::closest("arivalrate", keys), Some("arrivalRate"));
/// assert_eq!(star_core::document::closest("think", keys), None);
/// ```
pub fn closest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let most = 2.min(typed.chars().count() / 2);
    known
        .into_iter()
        .map(|name| {
            (
                strsim::damerau_levenshtein(&typed, &name.to_lowercase()),
                name,
            )
        })
        .filter(|(slips, _)| *slips <= most)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, name)| name)
}
