use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::*;
use crate::document::{Entry, Map, Node, Sources, Span, Value as Tree};
use crate::laws;
use crate::reports::{Counter, Moments};
use crate::shape::{Batch, Keys, Ranges, Schedule};

/// Every third unit fails.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Thirds {
    items: Batch,
}

impl UnitTask for Thirds {
    const KIND: &'static str = "thirds";
    const EFFECTS: bool = false;
    type Report = (Counter, Moments);

    fn shape(&self) -> &impl Splittable {
        &self.items
    }

    async fn unit(&self, unit: &OneUnit<Self::Report>) -> Result<(), Failure> {
        let drawn = unit.draws(0).unit_interval();
        unit.record(|(count, moments)| {
            count.add(1);
            moments.add(drawn);
        });
        if unit.index().is_multiple_of(3) {
            return Err(Failure::new(format!("{} is a third", unit.index())));
        }
        Ok(())
    }
}

/// Units at a rate, each of which lives longer than the time to the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Pings {
    load: Schedule,
}

impl UnitTask for Pings {
    const KIND: &'static str = "pings";
    const EFFECTS: bool = false;
    type Report = Counter;

    fn shape(&self) -> &impl Splittable {
        &self.load
    }

    async fn unit(&self, unit: &OneUnit<Counter>) -> Result<(), Failure> {
        unit.sleep(Duration::from_millis(700)).await;
        unit.record(|count| count.add(1));
        Ok(())
    }
}

/// Would be noticed in a rehearsal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Effects {
    names: Keys<String>,
}

impl UnitTask for Effects {
    const KIND: &'static str = "effects";
    const AT_ONCE: u32 = 4;
    type Report = ();

    fn shape(&self) -> &impl Splittable {
        &self.names
    }

    async fn unit(&self, _: &OneUnit<()>) -> Result<(), Failure> {
        panic!("an effect in a rehearsal");
    }
}

fn load(text: &str) -> Result<Schedule, serde_json::Error> {
    serde_json::from_str(text)
}

#[test]
fn a_batch_of_which_some_fail_holds_every_law() {
    laws::check_task(&Thirds {
        items: Batch::of(40),
    });
}

#[test]
fn units_at_a_rate_hold_every_law() {
    let load = load(
        r#"[{"duration": 2, "rate": 3}, {"duration": "1.5s", "rate": 3, "to": 8.5}, {"duration": 1}, {"duration": 1, "count": 4}]"#,
    );
    laws::check_task(&Pings {
        load: load.unwrap(),
    });
}

#[test]
fn units_with_effects_are_not_done_in_rehearsals() {
    laws::check_task(&Effects {
        names: ["a", "b", "c"].map(str::to_owned).into_iter().collect(),
    });
}

#[test]
fn a_schedule_comes_back_from_the_wire_as_it_went() {
    let schedule = load(r#"[{"duration": "100ms", "rate": 1.5}, {"duration": 0.1234567, "to": 9}, {"duration": "5m", "count": 7}]"#).unwrap();
    let wire = serde_json::to_string(&schedule).unwrap();
    assert_eq!(
        wire,
        r#"[{"duration":"100000000ns","rate":1.5},{"duration":"123456700ns","to":9.0},{"duration":300,"count":7}]"#
    );
    assert_eq!(load(&wire).unwrap(), schedule);
}

#[test]
fn impossible_schedules_are_refused() {
    for (text, said) in [
        (
            r#"[{"duration": 1, "rate": 1, "count": 1}]"#,
            "a stretch has a `count` or a `rate`, not both",
        ),
        (
            r#"[{"duration": 1, "rate": -1}]"#,
            "the rate is not between 0 and 1,000,000 a second",
        ),
        (r#"[{"duration": "soon"}]"#, "such as `30`, `1.5` or `5m`"),
    ] {
        let error = load(text).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}

/// A document of one key, in a folder of its own with two files.
fn document(key: &str, value: Tree) -> (tempfile::TempDir, Document) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.log"), [1; 10]).unwrap();
    std::fs::write(folder.path().join("b.log"), []).unwrap();
    let node = |value| Node {
        value,
        span: Span::default(),
    };
    let entry = Entry {
        key: key.to_owned(),
        key_span: Span::default(),
        node: node(value),
    };
    let root = node(Tree::Map(Map::new([entry])));
    let document = Document::new(Sources::default(), root, folder.path());
    (folder, document)
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Bytes {
    files: Ranges,
}

impl UnitTask for Bytes {
    const KIND: &'static str = "bytes";
    const EFFECTS: bool = false;
    type Report = Counter;

    fn shape(&self) -> &impl Splittable {
        &self.files
    }

    async fn unit(&self, unit: &OneUnit<Counter>) -> Result<(), Failure> {
        let Some(range) = self.files.get(unit.index()) else {
            return Err(Failure::new("no such range"));
        };
        let bytes = unit.file(range.file).await?;
        let part = &bytes[range.bytes.start as usize..range.bytes.end as usize];
        unit.record(|sum| sum.add(part.iter().copied().map(u64::from).sum()));
        Ok(())
    }
}

fn ranges(paths: &[&str], part: u64) -> Tree {
    let node = |value| Node {
        value,
        span: Span::default(),
    };
    let entry = |key: &str, value| Entry {
        key: key.to_owned(),
        key_span: Span::default(),
        node: node(value),
    };
    let paths = paths
        .iter()
        .map(|path| node(Tree::String((*path).to_owned())))
        .collect();
    Tree::Map(Map::new([
        entry("paths", Tree::List(paths)),
        entry("part", Tree::Number(part.into())),
    ]))
}

#[test]
fn files_are_cut_in_ranges_and_travel_beside() {
    let (_folder, mut document) = document("files", ranges(&["*.log"], 4));
    let task = <Bytes as Task>::read(&mut document).unwrap();
    let found: Vec<_> = (0..task.units())
        .filter_map(|unit| task.files.get(unit))
        .collect();
    let shown: Vec<_> = found
        .iter()
        .map(|range| (range.file.name(), range.bytes.clone()))
        .collect();
    assert_eq!(
        shown,
        [
            ("a.log", 0..4),
            ("a.log", 4..8),
            ("a.log", 8..10),
            ("b.log", 0..0)
        ]
    );
    assert_eq!(document.blobs().len(), 2);
    laws::Kit::default()
        .blobs(document.blobs().to_vec())
        .check(proptest::strategy::Just(task))
        .unwrap();
}

#[test]
fn a_file_that_is_not_there_is_an_error() {
    for (path, said) in [
        ("c.log", "c.log`: no such file"),
        ("*.txt", "no file fits `*.txt`"),
    ] {
        let (_folder, mut document) = document("files", ranges(&[path], 4));
        let errors = <Bytes as Task>::read(&mut document).unwrap_err();
        let message = errors.iter().next().unwrap().message.clone();
        assert!(message.contains(said), "{message}");
        assert!(document.blobs().is_empty());
    }
}
