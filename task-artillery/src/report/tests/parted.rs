//! What is over of a report is split off, and nothing is lost or counted twice.

use super::*;

/// The report of these events, of which a part is split off after each that says so; and the parts, as they are read.
fn parted(events: &[((u64, Place, Event), bool)]) -> (LoadReport, Vec<LoadReport>) {
    let (mut report, mut parts) = (prepared(), Vec::new());
    for (event, splits) in events {
        apply(&mut report, *event);
        if *splits && let Some(part) = report.split_off() {
            parts.push(serde_json::from_str(&wire(&part)).unwrap());
        }
    }
    (report, parts)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_was_split_off_and_what_is_left_are_the_whole_report_in_any_order(
        mut events in prop::collection::vec((event(), prop::bool::weighted(0.2)), 0..200),
        // How far what happens is told out of order, in milliseconds.
        stragglers in prop::sample::select(vec![1_u64, 20_000, 900_000]),
        order in prop::collection::vec(any::<u32>(), 201),
    ) {
        events.sort_by_key(|((at, ..), _)| at / stragglers);
        let (report, mut parts) = parted(&events);
        let all: Vec<_> = events.iter().map(|(event, _)| *event).collect();
        let whole = of(&all);
        parts.push(report);
        let mut parts: Vec<_> = order.iter().zip(parts).collect();
        parts.sort_by_key(|(key, _)| **key);
        let parts = parts.into_iter().map(|(_, part)| part);
        let together = parts.fold(LoadReport::default(), merged);
        prop_assert_eq!(wire(&together), wire(&whole));
        prop_assert_eq!(together.counts(), whole.counts());
    }
}

/// What happens in each of so many seconds.
fn steady(seconds: u64) -> impl Iterator<Item = (u64, Place, Event)> {
    let place = Place {
        request: Some(1),
        ..Place::default()
    };
    let events = [
        Event::Started,
        Event::Request,
        Event::Response(200),
        Event::Answered(200),
        Event::Completed,
    ];
    (0..seconds * 40).flat_map(move |n| events.map(|event| (n * 25, place, event)))
}

#[test]
fn what_is_left_of_a_run_stays_as_small_as_it_was_in_its_first_minute() {
    let mut report = prepared();
    let mut lengths = Vec::new();
    let mut parts = 0;
    for (n, event) in steady(600).enumerate() {
        apply(&mut report, event);
        // Twice a minute.
        if n % (30 * 200) == 0 {
            lengths.push(wire(&report).len());
            parts += u32::from(report.split_off().is_some());
        }
    }
    let (first, last) = (lengths[2], lengths[19]);
    assert!(parts >= 18, "{parts}");
    assert!(last < first + first / 8, "{lengths:?}");
    let stretches = report.series.buckets().count() + report.periods.numbers().count();
    assert!(stretches < 50, "{stretches}");
}
