//! "Did you mean …?"

/// The known name nearest to what was typed: at most two slips (insert, drop, change or swap a letter, whatever the case), and at most
/// half as many as the longer of the two has letters, so that short words are not matched with just anything. Of names as near the one
/// that begins with the same letters, then the first.
///
/// ```
/// let keys = ["arrivalRate", "rampTo", "duration"];
/// assert_eq!(star_core::document::closest("arivalrate", keys), Some("arrivalRate"));
/// assert_eq!(star_core::document::closest("think", keys), None);
/// ```
pub fn closest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let length = typed.chars().count();
    known
        .into_iter()
        .filter_map(|name| {
            let lower = name.to_lowercase();
            let slips = strsim::damerau_levenshtein(&typed, &lower);
            let most = 2.min(length.max(lower.chars().count()) / 2);
            let same = typed.chars().zip(lower.chars());
            let same = same.take_while(|(one, other)| one == other).count();
            (slips <= most).then_some((slips, usize::MAX - same, name))
        })
        .min_by_key(|(slips, different, _)| (*slips, *different))
        .map(|(_, _, name)| name)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn of_names_as_near_the_one_that_begins_alike_is_meant() {
        let known = ["loop", "log", "put", "post", "as", "to"];
        for (typed, meant) in [
            ("lop", Some("loop")),
            ("pot", Some("post")),
            ("pt", Some("put")),
            ("a", Some("as")),
            ("S", Some("as")),
            ("x", None),
            ("xy", None),
            ("", None),
        ] {
            assert_eq!(closest(typed, known), meant, "{typed}");
        }
    }
}
