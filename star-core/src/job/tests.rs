use std::time::Duration;

use super::*;
use crate::document::{Entry, FileId, Map, Node, Sources, Span};
use crate::laws::toys::{Items, Ticks};
use crate::limits::Limits;
use crate::registry::{Kind, Kinds};
use crate::split::Rate;

/// A mapping that stands in a text of one line; values are whole numbers or mappings again.
fn node(text: &str, from: usize) -> (Node, usize) {
    let rest = &text[from..];
    if let Some(word) = rest
        .split(['}', ','])
        .next()
        .filter(|_| !rest.starts_with('{'))
    {
        let word = word.trim_end();
        let value = match word.parse::<u64>() {
            Ok(number) => Value::Number(number.into()),
            Err(_) => Value::String(word.to_owned()),
        };
        let span = Span::new(FileId::default(), from, from + word.len());
        return (Node { value, span }, from + word.len());
    }
    let (mut entries, mut at) = (Vec::new(), from + 1);
    while let Some(start) = text[at..].find(|c: char| !" ,".contains(c)) {
        let start = at + start;
        if text[start..].starts_with('}') {
            at = start + 1;
            break;
        }
        let end = start + text[start..].find(':').unwrap();
        let (node, behind) = node(text, end + 2);
        at = behind;
        entries.push(Entry {
            key: text[start..end].to_owned(),
            key_span: Span::new(FileId::default(), start, end),
            node,
        });
    }
    let value = Value::Map(Map::new(entries));
    let span = Span::new(FileId::default(), from, at);
    (Node { value, span }, at)
}

fn read(text: &str) -> Result<crate::Job, Vec<String>> {
    let place = "here";
    let kinds = [Kind::of::<Ticks>(place), Kind::of::<Items>(place)];
    let mut sources = Sources::default();
    sources.add("job", text);
    let mut document = Document::new(sources, node(text, 0).0, ".");
    let read = Kinds::new(kinds).unwrap().read(&mut document);
    read.map_err(|faults| {
        let lines = faults.iter().map(|fault| fault.one_line(&document.sources));
        lines.collect()
    })
}

fn faults(text: &str) -> Vec<String> {
    read(text).expect_err("this cannot be read")
}

#[test]
fn a_batch_is_cut_as_its_job_file_says() {
    let job = read("{task: items, items: 100, _split: {maxWorkers: 3, maxChunkUnits: 10, timeBufferInMilliseconds: 500, maxScriptDurationInSeconds: 7200}}").unwrap();
    let limits = job.task.limits(Limits::here(8));
    assert_eq!(limits.workers, Some(3));
    assert_eq!(limits.chunk_units, Some(10));
    assert_eq!(limits.lead, Duration::from_millis(500));
    assert_eq!(limits.batch_end, Duration::from_hours(2));
    let plan = job.task.plan(&limits).unwrap();
    assert_eq!((plan.workers, plan.windows[0].lanes), (3, 10));
    let few = job.task.limits(Limits::here(2));
    assert_eq!(few.workers, Some(2), "it narrows, and never widens");
}

#[test]
fn a_timed_task_is_cut_as_its_job_file_says() {
    let job = read("{task: ticks, units: 400, gap: 100, _split: {maxChunkDurationInSeconds: 15, maxChunkRequestsPerSecond: 4}}").unwrap();
    let limits = job.task.limits(Limits::here(8));
    assert_eq!(limits.chunk, Duration::from_secs(15));
    assert_eq!(
        (limits.chunk_rate, limits.workers),
        (Some(Rate::per_second(4)), None)
    );
    let plan = job.task.plan(&limits).unwrap();
    let lanes: Vec<_> = plan.windows.iter().map(|window| window.lanes).collect();
    assert_eq!(lanes, [3, 3, 3], "40 s at 10 a second");
}

#[test]
fn what_cannot_be_asked_for_is_told_at_its_place() {
    for (split, at, said) in [
        ("7", 33, "the \"_split\" attribute must contain an object"),
        (
            "{maxWorkers: 0}",
            46,
            "the \"_split.maxWorkers\" attribute must be an integer between 1 and 1000 (inclusive)",
        ),
        (
            "{maxChunkDurationInSeconds: 14}",
            61,
            "the \"_split.maxChunkDurationInSeconds\" attribute must be an integer between 15 and 885 (inclusive)",
        ),
        (
            "{maxWorker: 1}",
            34,
            "unknown key `maxWorker` in `_split` (did you mean `maxWorkers`?)",
        ),
        (
            "{x: 1}",
            34,
            "unknown key `x` in `_split` (`_split` may have `maxScriptDurationInSeconds`, `maxScriptRequestsPerSecond`, `maxChunkDurationInSeconds`, `maxChunkRequestsPerSecond`, `maxChunkUnits`, `maxWorkers` and `timeBufferInMilliseconds`)",
        ),
        (
            "{maxChunkRequestsPerSecond: 5}",
            34,
            "`_split.maxChunkRequestsPerSecond` limits nothing here: the units of a batch have no instants (it may have `maxScriptDurationInSeconds`, `maxChunkUnits`, `maxWorkers` and `timeBufferInMilliseconds`)",
        ),
    ] {
        let told = faults(&format!("{{task: items, items: 1, _split: {split}}}"));
        assert_eq!(told, [format!("job:1:{at}: error: {said}")]);
    }
}

#[test]
fn a_timed_task_beyond_its_own_limits_is_refused() {
    let told = faults(
        "{task: ticks, units: 100, gap: 50, _split: {maxScriptDurationInSeconds: 4, maxScriptRequestsPerSecond: 10, maxChunkUnits: 5}}",
    );
    assert_eq!(
        told,
        [
            "job:1:108: error: `_split.maxChunkUnits` limits nothing here: the units of this task are due at instants (it may have `maxScriptDurationInSeconds`, `maxScriptRequestsPerSecond`, `maxChunkDurationInSeconds`, `maxChunkRequestsPerSecond` and `timeBufferInMilliseconds`)",
            "job:1:73: error: the task lasts 5 s, and `_split.maxScriptDurationInSeconds` allows 4 s (set `_split.maxScriptDurationInSeconds` to 5)",
            "job:1:104: error: 20 units a second are planned, and `_split.maxScriptRequestsPerSecond` allows 10 (set `_split.maxScriptRequestsPerSecond` to 20)",
        ]
    );
}

#[test]
fn functions_take_no_more_than_the_defaults_where_nothing_is_said() {
    let day = "{task: ticks, units: 86401, gap: 1000";
    let fits = |job: String| read(&job).unwrap().task.fits_functions();
    assert_eq!(
        fits(format!("{day}}}")).unwrap_err().to_string(),
        "job:1:8: error: the task lasts 86401 s, and in functions `_split.maxScriptDurationInSeconds` allows 86400 s by default"
    );
    let allowed = format!("{day}, _split: {{maxScriptDurationInSeconds: 90000}}}}");
    assert!(fits(allowed).is_ok());
}

#[test]
fn slips_in_the_frameworks_keys_and_in_the_tasks_are_told_together() {
    assert_eq!(
        faults("{task: items, item: 1, _split: {x: 1}}"),
        [
            "job:1:33: error: unknown key `x` in `_split` (`_split` may have `maxScriptDurationInSeconds`, `maxScriptRequestsPerSecond`, `maxChunkDurationInSeconds`, `maxChunkRequestsPerSecond`, `maxChunkUnits`, `maxWorkers` and `timeBufferInMilliseconds`)",
            "job:1:15: error: unknown key `item` (did you mean `items`?)",
        ]
    );
    assert_eq!(
        faults("{task: items, items: 1, _splt: {maxWorkers: 1}}"),
        ["job:1:25: error: unknown key `_splt` (did you mean `_split`?)"]
    );
    assert_eq!(
        faults("{task: items, items: 1, other: 1}"),
        [
            "job:1:25: error: unknown key `other` (known here: `items`, `task`, `_split`, `_simulation`, `_trace`)"
        ]
    );
}

#[test]
fn a_job_file_of_any_kind_says_in_what_manner_it_is_carried_out() {
    let job = read("{task: items, items: 3, _simulation: 1}").unwrap();
    let expected = Manner {
        simulation: true,
        trace: false,
    };
    assert_eq!(job.task.manner(), expected);
    let job = read("{task: ticks, units: 3, gap: 5, _trace: 1, _simulation: 0}").unwrap();
    let expected = Manner {
        simulation: false,
        trace: true,
    };
    assert_eq!(job.task.manner(), expected);
    assert_eq!(
        faults("{task: items, items: 3, _trace: perhaps, _simulations: 1}"),
        [
            "job:1:33: error: `_trace` must be `true` or `false`, not text",
            "job:1:42: error: unknown key `_simulations` (did you mean `_simulation`?)",
        ]
    );
}

#[test]
fn what_cannot_be_cut_is_shown_where_it_is_cut_or_due() {
    use crate::plan::PlanError;
    for (text, no_time, late) in [
        (
            "{ task: ticks, units: 9, gap: 1000, _split: { timeBufferInMilliseconds: 30000 } }",
            "_split",
            "ticks",
        ),
        ("{ task: ticks, units: 9, gap: 1000 }", "ticks", "ticks"),
    ] {
        let job = read(text).unwrap();
        let shown = |why: &PlanError| {
            let unfit = job.task.uncut(why);
            let told = format!("the task cannot be cut: {why}");
            assert_eq!(unfit.diagnostic.message, told);
            let at = unfit.diagnostic.primary.unwrap().span;
            unfit.sources.snippet(at).to_owned()
        };
        let life = Duration::from_secs(46);
        let overhead = Duration::from_secs(50);
        assert_eq!(shown(&PlanError::NoTime { life, overhead }), no_time);
        let (due, extent) = (overhead, life);
        assert_eq!(shown(&PlanError::Beyond { due, extent }), late);
    }
}
