//! Job files of any kind: faults in them are told with file, line and column.

use serde::{Deserialize, Serialize};
use star_core::registry::{Kind, Kinds};
use star_core::reports::Counter;
use star_core::shape::{Batch, Keys, Schedule};
use star_core::{Failure, Job, Limits, OneUnit, Splittable, UnitTask};

/// A batch whose author did not think of unknown fields.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Look {
    hosts: Keys<String>,
    #[serde(default)]
    ports: Vec<u16>,
    #[serde(default)]
    how: How,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct How {
    #[serde(default)]
    careful: bool,
}

impl UnitTask for Look {
    const KIND: &'static str = "look";
    type Report = Counter;

    fn shape(&self) -> &impl Splittable {
        &self.hosts
    }

    async fn unit(&self, unit: &OneUnit<Counter>) -> Result<(), Failure> {
        unit.record(|counter| counter.add(1));
        Ok(())
    }
}

/// A batch some of whose fields are those of a part.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Paint {
    width: f64,
    #[serde(flatten)]
    canvas: Canvas,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Canvas {
    columns: Batch,
    #[serde(default)]
    offset: i32,
    #[serde(default)]
    depth: u8,
}

/// The same by an author who did think of unknown fields.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Etch {
    depth: u8,
    #[serde(flatten)]
    canvas: Plate,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Plate {
    columns: Batch,
}

impl UnitTask for Etch {
    const KIND: &'static str = "etch";
    type Report = Counter;

    fn shape(&self) -> &impl Splittable {
        &self.canvas.columns
    }

    async fn unit(&self, _: &OneUnit<Counter>) -> Result<(), Failure> {
        Ok(())
    }
}

impl UnitTask for Paint {
    const KIND: &'static str = "paint";
    type Report = Counter;

    fn shape(&self) -> &impl Splittable {
        &self.canvas.columns
    }

    async fn unit(&self, _: &OneUnit<Counter>) -> Result<(), Failure> {
        Ok(())
    }
}

/// Units at a rate.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Knock {
    load: Schedule,
}

impl UnitTask for Knock {
    const KIND: &'static str = "knock";
    type Report = Counter;

    fn shape(&self) -> &impl Splittable {
        &self.load
    }

    async fn unit(&self, _: &OneUnit<Counter>) -> Result<(), Failure> {
        Ok(())
    }
}

/// Reads a job; where that can't be, all that is said of it, a line each.
fn read(text: &str) -> Result<Job, String> {
    let kinds = Kinds::new([
        Kind::of::<Look>("here"),
        Kind::of::<Knock>("here"),
        Kind::of::<Paint>("here"),
        Kind::of::<Etch>("here"),
    ])
    .expect("three names");
    let mut document =
        star_yaml::document_from("job.yml", text.as_bytes(), ".").expect("this is YAML");
    kinds.read(&mut document).map_err(|faults| {
        let lines = faults.iter().map(|fault| fault.one_line(&document.sources));
        lines.collect::<Vec<_>>().join("\n")
    })
}

#[test]
fn a_job_of_any_kind_is_written_in_yaml_or_json() {
    let yaml = "task: look\n_split: { maxWorkers: 2 }\nhosts: [a, b, c]\n";
    let json = r#"{"task": "look", "_split": {"maxWorkers": 2}, "hosts": ["a", "b", "c"]}"#;
    for text in [yaml, json] {
        let job = read(text).unwrap();
        assert_eq!(job.task.timetable().units(), 3);
        assert_eq!(job.task.limits(Limits::here(8)).workers, Some(2));
    }
}

#[test]
fn faults_are_told_with_file_line_and_column() {
    for (text, said) in [
        (
            "task: lok\nhosts: [a]\n",
            "job.yml:1:7: error: no kind of task is called `lok` in this program (did you mean `look`? (known: etch, knock, look, paint))",
        ),
        (
            "task: look\n",
            "job.yml:1:1: error: the key `hosts` is missing",
        ),
        (
            "task: look\nhosts: [a, 7]\n",
            "job.yml:2:12: error: expected text, found the number `7`",
        ),
        (
            "task: look\nhosts: [a]\nports: [80, 70000]\n",
            "job.yml:3:13: error: expected a whole number from 0 to 65535, found the number `70000`",
        ),
        (
            "task: look\nhosts: [a]\nport: [80]\n",
            "job.yml:3:1: error: unknown key `port` (did you mean `ports`?)",
        ),
        (
            "task: look\nhosts: [a]\nhow:\n  carefull: true\n",
            "job.yml:4:3: error: unknown key `carefull` (did you mean `careful`?)",
        ),
        (
            "task: look\nhosts: [a]\n_split:\n  maxWorkers: many\n",
            "job.yml:4:15: error: the \"_split.maxWorkers\" attribute must be an integer between 1 and 1000 (inclusive)",
        ),
        (
            "task: look\nhosts: [a]\nsplit: { maxWorkers: 3 }\n",
            "job.yml:3:1: error: unknown key `split` (did you mean `_split`?)",
        ),
        (
            "task: knock\nload:\n  - { duration: 10, rate: 5 }\n  - { duration: soon }\n",
            "job.yml:4:17: error: expected a duration, found the text `soon`, such as `30`, `1.5` or `5m`",
        ),
        (
            "task: knock\nload:\n  - { duration: 10, rat: 5 }\n",
            "job.yml:3:21: error: unknown key `rat` (did you mean `rate`?)",
        ),
        (
            "task: knock\nload:\n  - { duration: 10, rate: 5 }\n  - { duration: 10, rate: -5 }\n",
            "job.yml:4:5: error: the rate is not between 0 and 1,000,000 a second",
        ),
        (
            "task: knock\nload:\n  - { duration: 10, rate: 5 }\n  - duration: 10\n    rate: 5\n    count: 3\n",
            "job.yml:4:5: error: a stretch has a `count` or a `rate`, not both",
        ),
        (
            "task: paint\nwidth: 3\ncolumns: 4\noffset: 300\ndepth: 300\n",
            "job.yml:5:8: error: expected a whole number from 0 to 255, found the number `300`",
        ),
        (
            "task: paint\nwidth: 3\ncolumns: wide\n",
            "job.yml:3:10: error: expected a whole number, not negative, found the text `wide`",
        ),
        (
            "task: paint\nwidth: 3\n",
            "job.yml:1:1: error: the key `columns` is missing",
        ),
        (
            "task: etch\ndepth: 3\ncolumns: 4\ncolour: red\n",
            "job.yml:4:1: error: unknown key `colour`",
        ),
        (
            "task: paint\nwidth: 3\ncolumns: 4\nofset: 3\n",
            "job.yml:4:1: error: unknown key `ofset` (did you mean `offset`?)",
        ),
        (
            "task: paint\nwidth: 3\ncolumns: 4\nsplit: { maxWorkers: 3 }\n",
            "job.yml:4:1: error: unknown key `split` (did you mean `_split`?)",
        ),
        (
            "task: paint\nwidth: 3\ncolumns: 4\ncolour: { name: red }\n",
            "job.yml:4:1: error: unknown key `colour` (read here: `width`, `columns`, `offset`, `depth`, `task`, `_split`, `_simulation`, `_trace`)",
        ),
        (
            "task: knock\nload: [{ duration: 10, rate: 50 }]\n_split: { maxScriptRequestsPerSecond: 40 }\n",
            "job.yml:3:39: error: 50 units a second are planned, and `_split.maxScriptRequestsPerSecond` allows 40 (set `_split.maxScriptRequestsPerSecond` to 50)",
        ),
    ] {
        assert_eq!(read(text).unwrap_err(), said, "{text}");
    }
}
