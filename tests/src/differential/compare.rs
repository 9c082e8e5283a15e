//! What differs.

use std::collections::{BTreeMap, BTreeSet};

use super::observed::Observed;
use super::script::Script;
use super::stream::{Sent, on_a_line};

/// The exit codes with which the program under test says that it did not run what it was given.
const REFUSALS: [i32; 3] = [1, 2, 5];

/// What depends on the headers of requests where answers repeat them.
const BYTES: &str = "counter `http.downloaded_bytes`";

/// The counter of users.
const USERS: &str = "counter `vusers.created`";

/// What is looked at also where the requests are not as many, from which the other counts follow.
const APART: [&str; 2] = ["counter `errors.", "counter `vusers."];

/// By how many seconds pauses may differ: there are others on the machine.
const TOLERANCE: f64 = 0.75;

/// What Artillery and the program under test did differently, a line for each thing.
pub fn differences(theirs: &Observed, ours: &Observed, script: &Script) -> Vec<String> {
    let refused = (theirs.code != 0, REFUSALS.contains(&ours.code));
    match refused {
        (true, true) => multiset(&theirs.requests, &ours.requests),
        (true, false) if theirs.code < 0 => vec!["Artillery does not end".to_owned()],
        (true, false) => vec![format!("Artillery fails with exit code {}", theirs.code)],
        (false, true) => vec!["refused here".to_owned()],
        (false, false) => {
            let users = count(theirs, USERS).zip(count(ours, USERS));
            if let Some((theirs, ours)) = users.filter(|(theirs, ours)| theirs != ours) {
                return vec![format!("users: {theirs}, here {ours}, and what they do")];
            }
            let mut lines = requests(theirs, ours);
            let as_many = theirs.requests.len() == ours.requests.len();
            if script.gaps && as_many {
                lines.extend(between(&theirs.requests, &ours.requests));
            }
            let mut counts = counts(&theirs.counts, &ours.counts);
            counts.retain(|line| {
                (script.bytes || !line.starts_with(BYTES))
                    && (as_many || APART.iter().any(|apart| line.starts_with(apart)))
            });
            lines.extend(counts);
            lines
        }
    }
}

fn count(observed: &Observed, name: &str) -> Option<u64> {
    observed.counts.get(name).copied()
}

fn requests(theirs: &Observed, ours: &Observed) -> Vec<String> {
    let alone = count(theirs, USERS) == Some(1) && count(ours, USERS) == Some(1);
    let (theirs, ours) = (&theirs.requests, &ours.requests);
    let unordered = multiset(theirs, ours);
    if unordered.is_empty() && !alone {
        return unordered;
    }
    let same_places = theirs.len() == ours.len()
        && theirs
            .iter()
            .zip(ours)
            .all(|(theirs, ours)| theirs.method == ours.method);
    if alone && same_places {
        let pairs = theirs.iter().zip(ours).zip(1..);
        return pairs
            .flat_map(|((theirs, ours), place)| details(theirs, ours, place))
            .collect();
    }
    if unordered.is_empty()
        && theirs
            .iter()
            .map(Sent::to_string)
            .ne(ours.iter().map(Sent::to_string))
    {
        return vec!["the order of the requests".to_owned()];
    }
    unordered
}

fn multiset(theirs: &[Sent], ours: &[Sent]) -> Vec<String> {
    let mut counts = BTreeMap::<String, (u64, u64)>::new();
    for request in theirs {
        counts.entry(request.to_string()).or_default().0 += 1;
    }
    for request in ours {
        counts.entry(request.to_string()).or_default().1 += 1;
    }
    counts
        .into_iter()
        .filter(|(_, (theirs, ours))| theirs != ours)
        .map(|(request, (theirs, ours))| format!("`{request}`: {theirs}, here {ours}"))
        .collect()
}

/// How two requests differ that should be the same.
fn details(theirs: &Sent, ours: &Sent, place: usize) -> Vec<String> {
    let none = "none".to_owned();
    let mut parts = vec![
        ("method".to_owned(), &theirs.method, &ours.method),
        ("path".to_owned(), &theirs.path, &ours.path),
    ];
    let names: BTreeSet<_> = theirs.headers.keys().chain(ours.headers.keys()).collect();
    for name in names {
        let of = |sent: &'_ Sent| sent.headers.get(name).cloned();
        if of(theirs) != of(ours) {
            parts.push((
                format!("header {name}"),
                theirs.headers.get(name).unwrap_or(&none),
                ours.headers.get(name).unwrap_or(&none),
            ));
        }
    }
    parts.push(("body".to_owned(), &theirs.body, &ours.body));
    parts
        .into_iter()
        .filter(|(_, theirs, ours)| theirs != ours)
        .map(|(part, theirs, ours)| {
            let (theirs, ours) = (on_a_line(theirs), on_a_line(ours));
            format!("request {place}, {part}: `{theirs}`, here `{ours}`")
        })
        .collect()
}

fn between(theirs: &[Sent], ours: &[Sent]) -> Vec<String> {
    let pauses = |all: &[Sent]| -> Vec<f64> {
        all.windows(2)
            .map(|pair| pair[1].at.as_secs_f64() - pair[0].at.as_secs_f64())
            .collect()
    };
    let pairs = pauses(theirs).into_iter().zip(pauses(ours)).zip(2..);
    pairs
        .filter(|((theirs, ours), _)| (theirs - ours).abs() > TOLERANCE)
        .map(|((theirs, ours), place)| {
            let how = if ours > theirs { "longer" } else { "shorter" };
            format!("the pause before request {place} is {how} here")
        })
        .collect()
}

fn counts(theirs: &BTreeMap<String, u64>, ours: &BTreeMap<String, u64>) -> Vec<String> {
    let names: BTreeSet<_> = theirs.keys().chain(ours.keys()).collect();
    let count = |counts: &BTreeMap<String, u64>, name| counts.get(name).copied().unwrap_or(0);
    names
        .into_iter()
        .map(|name| (name, count(theirs, name), count(ours, name)))
        .filter(|(_, theirs, ours)| theirs != ours)
        .map(|(name, theirs, ours)| format!("{name}: {theirs}, here {ours}"))
        .collect()
}
