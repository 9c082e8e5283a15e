use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::health::Health;
use crate::histogram::Histogram;
use crate::outcome::Facts;
use crate::report::{Report, Tally, Verdict};

type All = (Counter, Moments, Histogram, Top<3>, Sample<4>);

crate::report! {
    /// Named, like an author's.
    struct Named {
        lines: Counter,
        sizes: Moments,
        longest: Top<2>,
    }
}

fn note(report: &mut All, unit: u64, value: f64) {
    report.0.add(unit);
    report.1.add(value);
    report.2.record(value.abs() as u64);
    report
        .3
        .offer(value.abs() as u64 % 7, format!("unit {}", unit % 9));
    report.4.add(unit, format!("failed of {}", unit % 3));
}

fn of(noted: &[(u64, f64)]) -> All {
    let mut report = All::default();
    for (unit, value) in noted {
        note(&mut report, *unit, *value);
    }
    report
}

fn wire<R: Report>(report: &R) -> String {
    serde_json::to_string(report).unwrap()
}

proptest! {
    #[test]
    fn reports_add_up_to_the_same_bytes_in_any_order(
        noted in prop::collection::vec((0..50_u64, -1e12..1e12_f64), 0..60),
        parts in 1..6_usize,
    ) {
        let whole = of(&noted);
        let mut forward = All::default();
        let mut backward = All::default();
        let chunks: Vec<_> = noted.chunks(noted.len() / parts + 1).collect();
        for chunk in &chunks {
            forward.merge(of(chunk));
        }
        for chunk in chunks.iter().rev() {
            let mut sum = of(chunk);
            sum.merge(backward);
            backward = sum;
        }
        prop_assert_eq!(wire(&forward), wire(&whole));
        prop_assert_eq!(wire(&backward), wire(&whole));
        let back: All = serde_json::from_str(&wire(&whole)).unwrap();
        prop_assert_eq!(wire(&back), wire(&whole));
        prop_assert!(serde_json::to_value(&whole).is_ok());
    }

    #[test]
    fn moments_are_those_of_the_numbers(values in prop::collection::vec(-1e6..1e6_f64, 1..50)) {
        let mut moments = Moments::default();
        for value in &values {
            moments.add(*value);
        }
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
        prop_assert!((moments.mean().unwrap() - mean).abs() < 1e-5);
        let scale = variance.max(1.0);
        prop_assert!((moments.variance().unwrap() - variance).abs() / scale < 1e-6);
    }
}

#[test]
fn the_top_has_the_greatest_value_of_each_name() {
    let mut top = Top::<2>::default();
    for (value, name) in [(3, "c"), (9, "a"), (3, "b"), (1, "a"), (9, "a"), (4, "c")] {
        top.offer(value, name);
    }
    assert_eq!(top.iter().collect::<Vec<_>>(), [(9, "a"), (4, "c")]);
}

#[test]
fn a_variance_of_numbers_far_from_zero_does_not_cancel() {
    let mut moments = Moments::default();
    for value in [1e8 + 1.0, 1e8 + 2.0, 1e8 + 3.0] {
        moments.add(value);
    }
    assert!((moments.variance().unwrap() - 2.0 / 3.0).abs() < 1e-9);
    moments.add(f64::NAN);
    assert_eq!(moments.count(), 3);
}

#[test]
fn a_sample_is_bounded_and_knows_how_many_there_were() {
    let mut sample = Sample::<4>::default();
    for unit in 0..1000 {
        sample.add(unit, "x".repeat(5000));
    }
    assert_eq!((sample.count(), sample.iter().count()), (1000, 4));
    assert!(wire(&sample).len() < 5000);
}

fn facts() -> Facts {
    Facts {
        run: "a-run".parse().unwrap(),
        kind: "named".to_owned(),
        seed: 0,
        zero: None,
        length: Duration::ZERO,
        planned: 3,
        tally: Tally::default(),
        lost: 0,
        unfinished: 0,
        lateness: Histogram::default(),
        health: Health::default(),
        worst: Vec::new(),
        chunks: 1,
        losses: Vec::new(),
        faults: Vec::new(),
        stopped: None,
        settled: true,
    }
}

#[test]
fn named_parts_are_named_in_both_forms() {
    let mut named = Named::default();
    named.lines.add(3);
    named.sizes.add(1.5);
    named.longest.offer(7, "seven");
    named.longest.offer(8, "eight");
    let facts = facts();
    let figures = named.summarize(&facts);
    assert_eq!(
        figures.to_string(),
        "lines    3\nsizes    1 values, mean 1.500 ± 0.000, from 1.5 to 1.5, sum 1.5\nlongest  8  eight\n         7  seven"
    );
    let value = serde_json::to_value(&figures).unwrap();
    assert_eq!(value["lines"], 3);
    assert_eq!(value["longest"][1]["name"], "seven");
    assert_eq!(named.verdict(&facts), Verdict::Passed);
}

#[test]
fn of_two_verdicts_the_worse_stands() {
    let failed = |why: &str| Verdict::Failed(vec![why.to_owned()]);
    assert_eq!(Verdict::Passed.and(Verdict::NoAnswer), Verdict::NoAnswer);
    assert_eq!(Verdict::NoAnswer.and(failed("a")), failed("a"));
    assert_eq!(
        failed("a").and(failed("b")),
        Verdict::Failed(vec!["a".to_owned(), "b".to_owned()])
    );
}
