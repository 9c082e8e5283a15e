//! Scripts with one slip in one key: each is told at its place, with the key that was meant.

use std::collections::BTreeMap;

use star_core::document::{Entry, Map, Node, Severity};
use star_core::draw::Draws;

use super::super::keys::{self, Mapping};
use super::super::step::is_method;
use super::generate::{generated, script, yaml};
use super::good::WHOLE;
use super::*;

/// A key of the language in a script.
pub(super) struct Position<'n> {
    pub(super) entry: &'n Entry,
    pub(super) mapping: &'static Mapping,
    /// The keys and indices that lead to its mapping.
    path: Vec<String>,
}

/// What stands under a key.
enum Under {
    /// A mapping with keys of the language, or a list of such.
    Keys(&'static Mapping),
    /// A mapping of such mappings by names that are free.
    Each(&'static Mapping),
    Steps,
    Anything,
}

fn under(mapping: &'static Mapping, key: &str) -> Under {
    let is = |other: &Mapping| mapping.noun == other.noun;
    Under::Keys(match key {
        _ if is(&keys::STEP) && is_method(key) => &keys::REQUEST,
        "config" => &keys::CONFIG,
        "scenarios" if is(&keys::SCRIPT) => &keys::SCENARIO,
        "_split" => &keys::SPLIT,
        "phases" => &keys::PHASE,
        "payload" => &keys::PAYLOAD,
        "defaults" => &keys::DEFAULTS,
        "http" => &keys::HTTP,
        "tls" => &keys::TLS,
        "client" => &keys::TLS_CLIENT,
        "cookieJarOptions" => &keys::COOKIE_JAR,
        "plugins" => &keys::PLUGINS,
        "apdex" => &keys::APDEX,
        "metrics-by-endpoint" => &keys::ENDPOINTS,
        "think" if is(&keys::DEFAULTS) => &keys::DEFAULT_THINK,
        "before" | "after" if is(&keys::SCRIPT) => &keys::ONCE,
        "auth" => &keys::AUTH,
        "formData" => return Under::Each(&keys::PART),
        "match" => &keys::MATCH,
        "options" => &keys::CSV,
        "capture" => &keys::CAPTURE,
        "flow" | "loop" | "parallel" => return Under::Steps,
        _ => return Under::Anything,
    })
}

/// All keys of the language in a script.
pub(super) fn positions(root: &Node) -> Vec<Position<'_>> {
    let mut found = Vec::new();
    let mut open = vec![(Vec::new(), root, Some(&keys::SCRIPT))];
    while let Some((path, node, mapping)) = open.pop() {
        if let Some(items) = node.as_list() {
            for (index, item) in items.iter().enumerate() {
                open.push((extended(&path, &index.to_string()), item, mapping));
            }
        }
        let entries = node.as_map().map_or(&[][..], Map::entries);
        for entry in entries.iter().filter(|entry| !entry.key.starts_with("x-")) {
            let own = mapping.unwrap_or_else(|| of_step(&entry.key));
            found.push(Position {
                entry,
                mapping: own,
                path: path.clone(),
            });
            let path = extended(&path, &entry.key);
            match under(own, &entry.key) {
                Under::Keys(mapping) => open.push((path, &entry.node, Some(mapping))),
                Under::Each(mapping) => {
                    for part in entry.node.as_map().map_or(&[][..], Map::entries) {
                        open.push((extended(&path, &part.key), &part.node, Some(mapping)));
                    }
                }
                Under::Steps => open.push((path, &entry.node, None)),
                Under::Anything => {}
            }
        }
    }
    found
}

/// The table that a key of a step is in.
fn of_step(key: &str) -> &'static Mapping {
    let own = [&keys::STEP, &keys::THINK, &keys::PARALLEL];
    let own = own.into_iter().find(|own| own.status(key).is_some());
    let step = is_method(key).then_some(&keys::STEP);
    step.or(own).unwrap_or(&keys::LOOP)
}

fn extended(path: &[String], key: &str) -> Vec<String> {
    let mut path = path.to_vec();
    path.push(key.to_owned());
    path
}

/// The letters beside a letter on a keyboard.
fn neighbour(letter: char, right: bool) -> char {
    const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
    let lower = letter.to_ascii_lowercase();
    for row in ROWS {
        if let Some(at) = row.find(lower) {
            let at = if right && at + 1 < row.len() || at == 0 {
                at + 1
            } else {
                at - 1
            };
            return char::from(row.as_bytes()[at]);
        }
    }
    'x'
}

/// A key with one slip of each kind, at a place that is drawn.
fn slips(key: &str, draws: &mut Draws) -> Vec<(&'static str, String)> {
    let letters: Vec<char> = key.chars().collect();
    let at = draws.below(letters.len() as u64) as usize;
    let with = |change: &dyn Fn(&mut Vec<char>)| {
        let mut letters = letters.clone();
        change(&mut letters);
        letters.into_iter().collect::<String>()
    };
    let right = draws.below(2) == 0;
    vec![
        (
            "deletion",
            with(&|letters| {
                letters.remove(at);
            }),
        ),
        (
            "transposition",
            with(&|letters| {
                let at = at.min(letters.len() - 2);
                letters.swap(at, at + 1);
            }),
        ),
        ("doubling", with(&|letters| letters.insert(at, letters[at]))),
        (
            "neighbour",
            with(&|letters| letters[at] = neighbour(letters[at], right)),
        ),
        (
            "case",
            with(&|letters| {
                let letter = &mut letters[at];
                *letter = if letter.is_uppercase() {
                    letter.to_ascii_lowercase()
                } else {
                    letter.to_ascii_uppercase()
                };
            }),
        ),
    ]
}

/// Whether a key with a slip is another key: then it is no slip.
fn is_a_key(mapping: &Mapping, key: &str) -> bool {
    let of_step = mapping.noun == keys::STEP.noun || mapping.noun == keys::LOOP.noun;
    key.is_empty()
        || mapping.status(key).is_some()
        || (of_step && (is_method(key) || keys::STEP.status(key).is_some()))
        || (mapping.noun == keys::SCRIPT.noun && key.starts_with("x-"))
}

/// Everything that is told of a script: file, line, and the sentence with its help.
fn told(document: &mut Document) -> Vec<(String, usize, String, Severity)> {
    let errors = parse(document).err().unwrap_or_default();
    let all = errors.iter().chain(document.warnings().iter());
    all.filter_map(|one| {
        let place = document.sources.position(one.primary.as_ref()?.span);
        let help = one.help.as_deref().unwrap_or_default();
        let sentence = format!("{} ({help})", one.message);
        Some((place.file, place.line, sentence, one.severity))
    })
    .collect()
}

/// What was tried, and what of it was answered well.
#[derive(Default)]
struct Score {
    tried: BTreeMap<&'static str, u32>,
    keys: BTreeMap<(&'static str, String), u32>,
    offered: u32,
    not_offered: Vec<String>,
}

impl Score {
    fn total(&self) -> u32 {
        self.tried.values().sum()
    }

    /// Tries all slips at all keys of a script, but each key a bounded number of times.
    fn try_all(&mut self, text: &str, read: fn(&str) -> Document, seed: u64) {
        const TIMES: u32 = 3;
        let document = read(text);
        let mut draws = Draws::new(seed, 1, 0, 0);
        for position in positions(&document.root) {
            let Position { entry, mapping, .. } = position;
            let known = mapping.done().any(|done| done == entry.key);
            let times = self
                .keys
                .entry((mapping.noun, entry.key.clone()))
                .or_default();
            if !known || *times >= TIMES {
                continue;
            }
            *times += 1;
            for (kind, slip) in slips(&entry.key, &mut draws) {
                if slip != entry.key && !is_a_key(mapping, &slip) {
                    self.try_one(text, read, &position, kind, &slip);
                }
            }
        }
    }

    fn try_one(
        &mut self,
        text: &str,
        read: fn(&str) -> Document,
        position: &Position<'_>,
        kind: &'static str,
        slip: &str,
    ) {
        let Position { entry, mapping, .. } = position;
        let span = entry.key_span;
        let (start, end) = (span.start as usize, span.end as usize);
        assert_eq!(&text[start..end], entry.key);
        let line = text[..start].matches('\n').count() + 1;
        let bad = format!("{}{slip}{}", &text[..start], &text[end..]);
        let told = told(&mut read(&bad));
        let here: Vec<_> = told
            .iter()
            .filter(|(file, at, _, severity)| {
                file == "s.yml" && *at == line && *severity == Severity::Error
            })
            .collect();
        let place = format!(
            "`{slip}` for `{}` in {}, line {line}",
            entry.key, mapping.noun
        );
        assert!(!here.is_empty(), "{place}: {told:#?}\n{bad}");
        *self.tried.entry(kind).or_default() += 1;
        let meant = format!("did you mean `{}`?", entry.key);
        if here
            .iter()
            .any(|(_, _, sentence, _)| sentence.contains(&meant))
        {
            self.offered += 1;
        } else {
            self.not_offered.push(format!("{place}: {here:?}"));
        }
    }
}

#[test]
fn a_slip_in_any_key_is_told_at_its_line_with_the_key_that_was_meant() {
    let mut score = Score::default();
    score.try_all(WHOLE, document, 0);
    let demo = include_str!("../../../../../examples/scripts/demo.yml");
    let in_examples = |text: &str| {
        let mut sources = Sources::default();
        let root = star_yaml::read(&mut sources, "s.yml", text).unwrap();
        Document::new(sources, root, "../examples/scripts")
    };
    score.try_all(demo, in_examples, 1);
    for seed in 2..80 {
        score.try_all(&yaml(&script(seed)), generated, seed);
    }
    let (total, offered) = (score.total(), score.offered);
    println!(
        "{total} scripts with a slip in one of {} keys {:?}: {offered} offer the key that was meant\n{}",
        score.keys.len(),
        score.tried,
        score.not_offered.join("\n")
    );
    assert!(total >= 1000, "{total}");
    assert!(
        score.tried.values().all(|kind| *kind >= 100),
        "{:?}",
        score.tried
    );
    assert!(offered * 100 >= total * 95, "{:#?}", score.not_offered);
}

/// Takes the entry at a path out of a value.
fn take(value: &mut serde_json::Value, path: &[String], key: &str) -> Option<serde_json::Value> {
    at(value, path)?.as_object_mut()?.shift_remove(key)
}

fn at<'v>(value: &'v mut serde_json::Value, path: &[String]) -> Option<&'v mut serde_json::Value> {
    path.iter().try_fold(value, |value, key| match value {
        serde_json::Value::Array(items) => items.get_mut(key.parse::<usize>().ok()?),
        other => other.get_mut(key),
    })
}

/// Whether a key says something in a mapping: what is moved there is no slip.
fn fits(mapping: &Mapping, step: bool, key: &str) -> bool {
    mapping.status(key).is_some_and(|status| {
        matches!(
            status,
            keys::Status::Done | keys::Status::Silent | keys::Status::Harmless(_)
        )
    }) || (step && is_a_key(&keys::STEP, key))
}

/// The mappings that keys of the language stand in, by their paths.
fn mappings(root: &Node) -> BTreeMap<Vec<String>, &'static Mapping> {
    let all = positions(root).into_iter();
    let mut found = BTreeMap::new();
    for position in all {
        let known = found.entry(position.path).or_insert(position.mapping);
        if position.mapping.noun == keys::STEP.noun {
            *known = position.mapping;
        }
    }
    found
}

#[test]
fn a_key_that_is_a_level_too_high_or_too_deep_is_told_at_its_line() {
    let (mut moved, mut homes) = (0, 0);
    let (mut lost, mut unplaced) = (Vec::new(), Vec::new());
    for seed in 0..20 {
        let json = script(seed);
        let document = generated(&yaml(&json));
        let all = mappings(&document.root);
        for position in positions(&document.root) {
            let Position {
                entry,
                path,
                mapping,
            } = &position;
            // One level up, over a list as well; or down into a mapping beside it.
            let targets = all.iter().filter(|(other, _)| {
                let (long, short) = if other.len() > path.len() {
                    (*other, path)
                } else {
                    (path, *other)
                };
                let between = &long[short.len().min(long.len())..];
                let levels = between
                    .iter()
                    .filter(|key| key.parse::<usize>().is_err())
                    .count();
                long.starts_with(short)
                    && levels == 1
                    && !other.starts_with(&extended(path, &entry.key))
            });
            for (target, to) in targets {
                let step = to.noun == keys::STEP.noun;
                if fits(to, step, &entry.key) || !mapping.done().any(|done| done == entry.key) {
                    continue;
                }
                let mut bad = json.clone();
                let value = take(&mut bad, path, &entry.key).unwrap();
                let Some(map) = at(&mut bad, target).and_then(|map| map.as_object_mut()) else {
                    continue;
                };
                // What stands beside a step may stand beside another of its kind.
                let beside = [
                    ("loop", &keys::LOOP),
                    ("think", &keys::THINK),
                    ("parallel", &keys::PARALLEL),
                ];
                if beside
                    .iter()
                    .any(|(kind, of)| map.contains_key(*kind) && of.status(&entry.key).is_some())
                {
                    continue;
                }
                map.insert(entry.key.clone(), value);
                let text = yaml(&bad);
                let mut document = generated(&text);
                let there = positions(&document.root);
                let there = there
                    .iter()
                    .find(|there| there.path == *target && there.entry.key == entry.key);
                let Some(there) = there else {
                    continue;
                };
                let line = document.sources.position(there.entry.key_span).line;
                let told = told(&mut document);
                moved += 1;
                let here: Vec<_> = told.iter().filter(|(_, at, ..)| *at == line).collect();
                let what = format!("`{}` of {} in {}", entry.key, mapping.noun, to.noun);
                if here.is_empty() {
                    unplaced.push(format!("{what}, line {line}: {told:#?}\n{text}"));
                }
                let home = [
                    "belong",
                    "stands beside",
                    "cannot stand beside",
                    "of its own",
                    "did you mean",
                    "leave it out",
                    "is one thing",
                ];
                if here
                    .iter()
                    .any(|(_, _, sentence, _)| home.iter().any(|home| sentence.contains(home)))
                {
                    homes += 1;
                } else {
                    lost.push(format!("{what}: {here:?}"));
                }
            }
        }
    }
    lost.sort();
    lost.dedup();
    println!(
        "{moved} keys moved by a level, {homes} told where they belong\n{}",
        lost.join("\n")
    );
    assert!(moved > 1000, "{moved}");
    assert!(unplaced.is_empty(), "{}", unplaced.join("\n---\n"));
    assert!(homes * 100 >= moved * 95, "{lost:#?}");
}
